#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Index more and more documents on one and two threads, and one very large document; print tables.

The figures are medians of rounds in which every engine takes a turn. FTS5 is measured too if its
peer is built.
"""
import argparse
import json
import shutil
import sys
from pathlib import Path

from common import ROOT, machine, prepare_corpus, print_table, ratio, work_folder
from engines import Quern, built_peers, measure_index

THREADS = 1, 2


def make_engines(options, work, *keep):
    """quern on each number of threads, with these options besides --memory."""
    return [Quern(options.programs, work, f"{threads} thread{'s' * (threads > 1)}",
                  options=[f"--memory={options.memory}", *keep], threads=threads)
            for threads in THREADS]


def measure_sizes(options, work, log):
    """{documents: (bytes, {engine: (wall, CPU, peak, size)})}, from few documents to many"""
    sizes, engines = {}, [*make_engines(options, work, "--no-store"),
                          *built_peers(options.programs, work, ["fts5"])]
    for wanted in sorted(options.sizes, key=lambda size: size or sys.maxsize):
        corpus, documents, size = prepare_corpus(options.corpus, wanted, work)
        if documents not in sizes:
            sizes[documents] = size, measure_index(engines, corpus, options, log)[0]
    return sizes


def print_sizes(sizes):
    rows, base = [], {}
    for documents, (size, figures) in sizes.items():
        for name, (wall, cpu, peak, _) in figures.items():
            each = cpu * 1e6 / documents, cpu * 1e9 / size
            first = base.get(name)
            rows.append([f"{documents:,}", f"{size / 1e6:,.1f}", name, f"{wall:,.2f}",
                         f"{cpu:,.2f}", f"{peak / 2**20:,.1f}",
                         *(ratio(value, first and first[i], 1) for i, value in enumerate(each))])
            base.setdefault(name, each)
    print_table(["documents", "MB", "engine", "wall s", "CPU s", "peak MiB", "CPU µs a document",
                 "CPU ns a byte"], rows)


def print_speed(sizes):
    """Prints the ratios of times between engines."""
    rows = []
    for documents, (_, figures) in sizes.items():
        one, two, *peers = figures
        for slow, fast in ((one, two), *((peer, ours) for peer in peers for ours in (one, two))):
            rows.append([f"{documents:,}", slow, fast,
                         *(f"{figures[slow][i] / figures[fast][i]:.2f}×" for i in range(2))])
    print_table(["documents", "the time of", "over that of", "wall", "CPU"], rows)


def make_large(source, size, target):
    """Writes a plain text of about `size` bytes: the texts of the corpus, repeated as needed."""
    with open(target, "wb") as out:
        while True:
            with open(source, encoding="utf-8") as lines:
                for line in lines:
                    text = (json.loads(line)["text"] + "\n\n").encode()
                    if out.tell() + len(text) > size:
                        return
                    out.write(text)


def print_large(options, work, log):
    large = work / "large.txt"
    make_large(work / "corpus.ndjson", options.large_megabytes * 10**6, large)
    engines = make_engines(options, work, f"--max-size={options.large_megabytes}M")
    figures, _ = measure_index(engines, large, options, log)
    print_table([f"a text of {large.stat().st_size / 1e6:,.1f} MB, stored", "wall s", "CPU s",
                 "peak MiB", "index MB"],
                [[name, f"{wall:,.2f}", f"{cpu:,.2f}", f"{peak / 2**20:,.1f}", f"{size / 1e6:,.1f}"]
                 for name, (wall, cpu, peak, size) in figures.items()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="FILE.ndjson or FILE.ndjson.zst")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100000, 0], metavar="N",
                        help="index the first N documents; 0: all")
    parser.add_argument("--memory", default="256M", help="as of quern-index")
    parser.add_argument("--large-megabytes", type=int, default=500, help="0: no large document")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=Path, help="keep corpus and indexes in this new folder")
    parser.set_defaults(median=True, optimize=False)  # for measure_index()
    options = parser.parse_args()

    work = work_folder(options.work, "scale")
    log = str(work / "stderr")
    try:
        print(f"{machine()}\n\n--memory={options.memory}, --no-store; medians of {options.rounds} "
              "rounds; in brackets: ratio to the figure for the fewest documents.\n")
        sizes = measure_sizes(options, work, log)
        print_sizes(sizes)
        print_speed(sizes)
        if options.large_megabytes:
            print_large(options, work, log)
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
