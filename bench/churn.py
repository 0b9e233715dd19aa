#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Change a few documents of a large index again and again, as cron would, and print tables.

Every round is a new `quern-index -` that reads changed records from a file. At the end the index is
checked and compacted, and its answers are compared with those of a fresh index of the final
documents.
"""
import argparse
import array
import json
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from common import (ROOT, disk_bytes, machine, percentile, plain_options, print_table, read_queries,
                    run, work_folder)

REPORT = 10  # approximate number of rows in the table of rounds


class Corpus:
    """The first documents of an NDJSON file by number, with their changes."""

    def __init__(self, path, documents):
        self.file = open(path, "rb")
        self.starts, self.changed = array.array("Q"), {}
        for line in self.file:
            if documents and len(self.starts) == documents:
                break
            self.starts.append(self.starts[-1] + self.size if self.starts else 0)
            self.size = len(line)

    def __len__(self):
        return len(self.starts)

    def line(self, number):
        if number in self.changed:
            return self.changed[number]
        self.file.seek(self.starts[number])
        return self.file.readline().rstrip(b"\n") + b"\n"

    def change(self, number, source):
        """Replaces the second half of a document's words by those of another, which keeps the
        number and the vocabulary of the corpus's words."""
        record = json.loads(self.line(number))
        words, others = (text.split() for text in (record["text"],
                                                   json.loads(self.line(source))["text"]))
        half = " ".join(words[:len(words) // 2] + others[len(others) // 2:])
        record["text"] = half + " again" if half == record["text"] else half
        self.changed[number] = json.dumps(record, ensure_ascii=False).encode() + b"\n"

    def write(self, path, numbers):
        with open(path, "wb") as out:
            out.writelines(self.line(number) for number in numbers)


class Index:
    def __init__(self, programs, path, log):
        self.index, self.search, self.path, self.log = (programs / "quern-index",
                                                        programs / "quern-search", path, log)

    def run(self, *words, stdin="/dev/null"):
        """(wall seconds, CPU seconds, peak memory in bytes)"""
        return run([self.index, "-q", "-i", self.path, *words], self.log, stdin=stdin)

    def segments(self):
        shown = subprocess.run([self.index, "-i", self.path, "status"], stdout=subprocess.PIPE,
                               encoding="utf-8", check=True).stdout
        return int(re.search(r"^segments +([\d,]+)$", shown, re.M)[1].replace(",", ""))

    def bytes(self):
        return disk_bytes(self.path)

    def answers(self, queries, limit):
        """{query: {score: ids}}, best score first"""
        found = {}
        with open(self.log, "wb") as errors:
            shown = subprocess.run([self.search, "-i", self.path, *plain_options(self.search), "-n",
                                    str(limit), f"--queries={queries}", "--trec=churn"],
                                   stdout=subprocess.PIPE,
                                   stderr=errors, encoding="utf-8", check=False)
        if shown.returncode > 1:
            sys.exit(Path(self.log).read_text(encoding="utf-8"))
        for line in shown.stdout.splitlines():
            name, _, document, _, score, _ = line.split(" ")
            found.setdefault(name, {}).setdefault(score, []).append(document)
        return found


def differing(ours, fresh, limit):
    """The queries whose answers differ in the score at some rank or in the documents of a score.
    Documents of equal score are listed in the order in which they were added, so changed documents
    come later than in a fresh index, and the last score may list other documents."""
    wrong = []
    for name in ours.keys() | fresh.keys():
        a, b = ours.get(name, {}), fresh.get(name, {})
        scores = [(score, len(ids)) for score, ids in a.items()]
        cut = scores[-1][0] if sum(count for _, count in scores) >= limit else None
        if (scores != [(score, len(ids)) for score, ids in b.items()] or
                any(sorted(a[score]) != sorted(b[score]) for score in a if score != cut)):
            wrong.append(name)
    return wrong


def churn(index, corpus, options, batch):
    """[(wall, CPU, peak)] of all rounds; prints how the index and the rounds grow."""
    choice, rounds, rows = random.Random(options.seed), [], []
    every = max(1, options.rounds // REPORT)
    for number in range(1, options.rounds + 1):
        chosen = choice.sample(range(len(corpus)), min(options.changed, len(corpus)))
        for document in chosen:
            corpus.change(document, choice.randrange(len(corpus)))
        corpus.write(batch, chosen)
        rounds.append(index.run("-", stdin=batch))
        if number % every == 0 or number == options.rounds:
            walls = [wall for wall, _, _ in rounds[-every:]]
            rows.append([f"{number - every + 1} to {number}", f"{percentile(walls, 0.5) * 1000:,.0f}",
                         f"{max(walls) * 1000:,.0f}", f"{index.segments()}",
                         f"{index.bytes() / 1e6:,.1f}"])
        if options.pause:
            time.sleep(options.pause)
    print_table(["rounds", "median ms", "slowest ms", "segments", "index MB"], rows)
    return rounds


def print_rounds(rounds, changed):
    walls, cpus, peaks = ([figures[i] for figures in rounds] for i in range(3))
    print_table([f"{len(rounds)} rounds of {changed} documents", "median", "p90", "slowest"],
                [[label, *(f"{value * scale:,.{digits}f}"
                           for value in (percentile(values, 0.5), percentile(values, 0.9),
                                         max(values)))]
                 for label, values, scale, digits in (("wall ms", walls, 1000, 0),
                                                      ("CPU ms", cpus, 1000, 0),
                                                      ("peak MiB", peaks, 1 / 2**20, 1))])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="NDJSON with id and text")
    parser.add_argument("--documents", type=int, default=0, help="only the first N")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--changed", type=int, default=100, help="documents in a round")
    parser.add_argument("--pause", type=float, default=0, help="seconds between rounds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stored", action="store_true", help="keep the text in the index")
    parser.add_argument("--queries", type=Path, default=ROOT / "bench" / "queries.tsv")
    parser.add_argument("--limit", type=int, default=100, help="hits compared")
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=Path, help="keep the indexes in this new folder")
    options = parser.parse_args()

    work = work_folder(options.work, "churn")
    log, keep = str(work / "stderr"), [] if options.stored else ["--no-store"]
    try:
        index, fresh = (Index(options.programs, work / name, log) for name in ("index", "fresh"))
        corpus = Corpus(options.corpus, options.documents)
        records, queries = work / "records.ndjson", work / "queries.tsv"
        queries.write_text("".join(f"{qid}\t{query}\n"
                                   for qid, _, query in read_queries(options.queries)),
                           encoding="utf-8")
        corpus.write(records, range(len(corpus)))
        wall, cpu, _ = index.run(*keep, records)
        print(f"{machine()}\n\n{len(corpus):,} documents, {records.stat().st_size / 1e6:,.1f} MB of "
              f"NDJSON; built in {wall:.1f} s, {cpu:.1f} s of CPU: {index.bytes() / 1e6:,.1f} MB in "
              f"{index.segments()} segments.\n")
        print_rounds(churn(index, corpus, options, records), options.changed)

        index.run("check")
        segments, size = index.segments(), index.bytes()
        wall, _, _ = index.run("compact")
        index.run("check")
        corpus.write(records, range(len(corpus)))
        fresh.run(*keep, records)
        ours, theirs = (one.answers(queries, options.limit) for one in (index, fresh))
        wrong = differing(ours, theirs, options.limit)
        compacted = index.bytes()
        print_table(["at the end", ""], [
            ["segments", f"{segments}"],
            ["index MB", f"{size / 1e6:,.1f}"],
            ["compacted MB", f"{compacted / 1e6:,.1f}"],
            ["ratio", f"{size / compacted:.2f}"],
            ["compact, wall s", f"{wall:.1f}"],
            ["queries with hits", f"{len(ours):,}"],
            ["queries that a fresh index answers differently", f"{len(wrong):,}"],
        ])
    finally:
        if not options.work:
            shutil.rmtree(work)
    if wrong:
        print(f"churn: queries {', '.join(wrong[:20])} differ", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
