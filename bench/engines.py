# SPDX-License-Identifier: MIT
"""Runs quern and its peers through one interface, in turn, to index and to answer queries."""
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

from common import disk_bytes, percentile, plain_options, print_table, ratio, run

# The programs of bench/peers/ that are measured unless others are asked for.
PEERS = ["fts5", "xapian"]

# What a query returns of the matching documents: the best `limit`, and the exact total if `total`.
Command = namedtuple("Command", "limit total")


def read_timing(text):
    """{qid: (microseconds, hits)} of lines "qid TAB microseconds TAB hits"."""
    rows = (line.split("\t") for line in text.splitlines())
    return {qid: (float(microseconds), int(hits)) for qid, microseconds, hits in rows}


def write_batch(index, queries):
    """Writes the file of queries for an engine, lines "qid TAB query", and returns its path."""
    batch = index.with_suffix(".queries")
    batch.write_text("".join(f"{qid}\t{query}\n" for qid, _, query in queries), encoding="utf-8")
    return batch


class Quern:
    """quern, or a variant of it that indexes with other options or more threads."""

    def __init__(self, programs, work, variant=None, options=("--no-store",), threads=1,
                 name="quern"):
        self.name = f"{name}, {variant}" if variant else name
        self.program, self.options = programs / "quern-search", options
        self.index = work / "-".join(self.name.replace(",", "").split())
        self.indexer = [programs / "quern-index", "-q", "-i", self.index, f"--threads={threads}"]

    def build_argv(self, corpus):
        return [*self.indexer, *self.options, corpus]

    def optimize_argv(self):
        return [*self.indexer, "compact"]

    def can(self, command):
        """Whether the program supports the command: ranking with an exact count needs --total."""
        return not (command.limit and command.total) or "--total" in subprocess.run(
            [self.program, "--help"], capture_output=True, text=True, check=True).stdout

    def search(self, queries, command, repeat, log):
        """{qid: (microseconds, hits)}, by plain BM25; the queries spell out every operator."""
        batch, timing = write_batch(self.index, queries), self.index.with_suffix(".timing")
        answers = self.index.with_suffix(".answers")
        shown = ["--json", "--snippets=0"] if command.total else ["-q"]
        if command.limit and command.total:
            shown.append("--total")
        run([self.program, "-i", self.index, *plain_options(self.program), "-n", command.limit,
             f"--queries={batch}", f"--timing={timing}", f"--repeat={repeat}", *shown], log,
            accept=(0, 1), stdout=answers)
        found = read_timing(timing.read_text(encoding="utf-8"))
        if command.total:
            for line in answers.read_text(encoding="utf-8").splitlines():
                answer = json.loads(line)
                found[answer["qid"]] = found[answer["qid"]][0], answer["total"]
        return found

    def cold_argv(self, words):
        return [self.program, "-i", self.index, *words.split()]


def querns(wanted, work, *variants, **settings):
    """quern, and with --baseline the other build too."""
    found = [Quern(wanted.programs, work, *variants, **settings)]
    if wanted.baseline:
        found.append(Quern(wanted.baseline, work, *variants, name="baseline", **settings))
    return found


class Peer:
    """A program of bench/peers/."""

    def __init__(self, programs, work, name):
        self.name, self.program = name, programs / f"{name}_peer"
        self.index = work / name

    def build_argv(self, corpus):
        return [self.program, "index", self.index, corpus]

    def optimize_argv(self):
        return [self.program, "optimize", self.index]

    def can(self, _):
        return True

    def search(self, queries, command, repeat, log):
        """{qid: (microseconds, hits)}"""
        batch, timing = write_batch(self.index, queries), self.index.with_suffix(".timing")
        run([self.program, "search", self.index, batch, command.limit, int(command.total), repeat],
            log, stdout=timing)
        return read_timing(timing.read_text(encoding="utf-8"))

    def cold_argv(self, words):
        if self.name != "fts5" or not shutil.which("sqlite3"):
            return None
        return ["sqlite3", self.index, f"select rowid from documents where documents match "
                f"'{words}' order by rank limit 10"]


def built_peers(programs, work, names):
    """The peers that are built; reports the others."""
    peers = [Peer(programs, work, name) for name in names]
    for peer in peers:
        if not peer.program.exists():
            print(f"{peer.program} is not built: left out", file=sys.stderr)
    return [peer for peer in peers if peer.program.exists()]


def remove_index(engine):
    if engine.index.exists():
        (os.remove if engine.index.is_file() else shutil.rmtree)(engine.index)


def build_index(engine, corpus, log):
    """(wall, CPU, peak, size) of a new index"""
    remove_index(engine)
    return *run(engine.build_argv(corpus), log), disk_bytes(engine.index)


def optimize_index(engine, log):
    """(wall, CPU, peak, size) of bringing an index into its most compact form"""
    return *run(engine.optimize_argv(), log), disk_bytes(engine.index)


def summary(rounds, median):
    """The median of each figure over all rounds, or the figures of the round with the least CPU."""
    if median:
        return tuple(statistics.median(figures) for figures in zip(*rounds))
    return min(rounds, key=lambda figures: figures[1])


def measure_index(engines, corpus, options, log):
    """({engine: (wall, CPU, peak, size)} of building, the same of optimizing if that is asked for).
    The engines take turns in every round, so that a noisy minute affects all of them."""
    built, optimized = ({engine.name: [] for engine in engines} for _ in range(2))
    for _ in range(options.rounds):
        for engine in engines:
            built[engine.name].append(build_index(engine, corpus, log))
            if options.optimize:
                optimized[engine.name].append(optimize_index(engine, log))
    return tuple({name: summary(rounds, options.median) for name, rounds in found.items() if rounds}
                 for found in (built, optimized))


def measure_queries(engines, queries, command, options, log):
    """{engine: {qid: (microseconds, hits)}} of the engines that support the command; the time is
    the best or the median of all rounds. Every engine takes a turn in every round."""
    rounds = {engine.name: [] for engine in engines if engine.can(command)}
    for _ in range(options.rounds):
        for engine in engines:
            if engine.name in rounds:
                rounds[engine.name].append(engine.search(queries, command, options.repeat, log))
    middle = statistics.median if options.median else min
    return {name: {qid: (middle(found[qid][0] for found in all_found), hits)
                   for qid, (_, hits) in all_found[0].items()}
            for name, all_found in rounds.items()}


def class_figures(results, queries, classes):
    """{class: (queries, {engine: ((p50, p99, mean), hits)})} of the classes that have queries"""
    figures = {}
    for kind in classes:
        qids = [qid for qid, of, _ in queries if of == kind]
        if not qids:
            continue
        figures[kind] = len(qids), {}
        for name, found in results.items():
            times = [found[qid][0] for qid in qids]
            values = percentile(times, 0.5), percentile(times, 0.99), statistics.fmean(times)
            figures[kind][1][name] = values, sum(found[qid][1] for qid in qids)
    return figures


def print_queries(figures):
    """Prints a table of class_figures(), with ratios to quern's figures in brackets."""
    rows = []
    for kind, (count, engines) in figures.items():
        base = engines["quern"][0] if "quern" in engines else (None,) * 3
        for name, (values, hits) in engines.items():
            rows.append([kind, f"{count}", name,
                         *(ratio(value, name != "quern" and quern)
                           for value, quern in zip(values, base)), f"{hits:,}"])
    print_table(["class", "queries", "engine", "p50 µs", "p99 µs", "mean µs", "hits"], rows)
