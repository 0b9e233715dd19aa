# SPDX-License-Identifier: MIT
"""Times queries of one index in turns, and what the programs that do so have in common."""
import argparse
import sys
from pathlib import Path

from common import ROOT, run
from engines import read_timing

QUERIES = Path("queries") / "search-benchmark-game.jsonl"


class Searcher:
    """quern-search on an index, with options for all queries."""

    def __init__(self, programs, index, folder, repeat, *options):
        self.argv = [programs / "quern-search", "-i", index, f"--repeat={repeat}", *options]
        self.folder, self.log = folder, folder / "log"

    def time(self, queries, *more):
        """{qid: microseconds} of [(qid, query)]."""
        batch, timing = self.folder / "queries", self.folder / "timing"
        batch.write_text("".join(f"{qid}\t{query}\n" for qid, query in queries), encoding="utf-8")
        run([*self.argv, f"--queries={batch}", f"--timing={timing}", *(more or ("-q",))], self.log,
            accept=(0, 1))
        return {qid: found[0] for qid, found in
                read_timing(timing.read_text(encoding="utf-8")).items()}


def mean(times):
    return sum(times.values()) / max(1, len(times))


def best(rounds):
    return {qid: min(times[qid] for times in rounds) for qid in rounds[0]}


def measure(searcher, variants, rounds):
    """{name: best times} of {name: (queries, options)}; the rounds take turns."""
    found = {name: [] for name in variants}
    for _ in range(rounds):
        for name, (queries, more) in variants.items():
            found[name].append(searcher.time(queries, *more))
    return {name: best(times) for name, times in found.items()}


def parse_options(description):
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--corpus", type=Path, required=True, help="NDJSON, or .zst of it")
    parser.add_argument("--documents", type=int, default=0, help="the first N; 0: all")
    parser.add_argument("--queries", type=Path, help="queries of search-benchmark-game")
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=Path, help="a new folder, which is kept")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeat", type=int, default=5, help="runs of a query in each round")
    options = parser.parse_args()
    options.queries = options.queries or options.corpus.parent / QUERIES
    if not options.queries.exists():
        sys.exit(f"{options.queries}: no such file; name the queries with --queries")
    return options
