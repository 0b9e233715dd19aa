#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure `quern-index update` of a tree of small files: unchanged, and with a few files changed.

The files are pieces of the texts of an NDJSON corpus. If Debian's omindex (Xapian Omega) is
installed, it updates the same tree; both recognize an unchanged file by its times and size.
"""
import argparse
import json
import random
import shutil
import sys
import time
from pathlib import Path

from common import ROOT, machine, percentile, print_table, ratio, run, work_folder

FOLDERS = 400
SIZES = 1000, 3000  # minimum and maximum of characters in a file
SETTLE = 2.5  # seconds after which a file's times prove that it has not changed since


def pieces(path):
    """Yields texts of a random length within SIZES, over and over through the corpus."""
    lengths = random.Random(1)
    while True:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                text, start = json.loads(line)["text"], 0
                while len(text) - start >= SIZES[0]:
                    end = start + lengths.randint(*SIZES)
                    yield text[start:end]
                    start = end


def make_tree(root, corpus, count):
    """Makes FOLDERS folders, two thirds of them two levels deep: the paths of all files."""
    paths = []
    for number, text in zip(range(count), pieces(corpus)):
        folder = number * FOLDERS // count
        path = root / (f"year-{folder // 20:02d}/month-{folder % 20:02d}" if folder % 3
                       else f"topic-{folder:03d}")
        path.mkdir(parents=True, exist_ok=True)
        paths.append(path / f"note-{number:06d}.txt")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


class Quern:
    name = "quern"

    def __init__(self, programs, work, tree):
        self.index = [programs / "quern-index", "-q", "-i", work / "quern"]
        self.build, self.update = [*self.index, tree], [*self.index, "update"]


class Omindex:
    name = "omindex"

    def __init__(self, work, tree):
        self.build = self.update = ["omindex", "--db", work / "omega", "--url", "/", tree]


def change(paths, count, choice):
    for path in choice.sample(paths, min(count, len(paths))):
        with open(path, "a", encoding="utf-8") as file:
            file.write(" changed\n")


def measure(engines, times, prepare, argv, log):
    """{engine: [(wall, CPU, peak)]}; the engines take turns and all see the same changes."""
    figures = {engine.name: [] for engine in engines}
    for _ in range(times):
        prepare()
        for engine in engines:
            figures[engine.name].append(run(getattr(engine, argv), log))
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="NDJSON with text")
    parser.add_argument("--files", type=int, default=40000)
    parser.add_argument("--changed", type=int, default=100, help="files changed between two updates")
    parser.add_argument("--times", type=int, default=20, help="updates of each kind")
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=Path, help="keep tree and indexes in this new folder")
    options = parser.parse_args()

    work = work_folder(options.work, "update")
    log, choice = str(work / "stderr"), random.Random(2)
    try:
        paths = make_tree(work / "tree", options.corpus, options.files)
        engines = [Quern(options.programs, work, work / "tree")]
        if shutil.which("omindex"):
            engines.append(Omindex(work, work / "tree"))

        megabytes = sum(path.stat().st_size for path in paths) / 1e6
        print(f"{machine()}\n\n{len(paths):,} files, {megabytes:,.1f} MB, in {FOLDERS} folders; "
              f"{options.times} times each; in brackets: ratio to quern's figure.\n")
        rows, wait = [], lambda: time.sleep(SETTLE)
        for label, times, prepare, argv in (
                ("build", 1, wait, "build"),
                ("nothing changed", options.times, lambda: None, "update"),
                (f"{options.changed} files changed", options.times,
                 lambda: (change(paths, options.changed, choice), wait()), "update")):
            base = None
            for name, found in measure(engines, times, prepare, argv, log).items():
                walls, cpus = ([one[i] * 1000 for one in found] for i in range(2))
                values = (percentile(walls, 0.5), min(walls), max(walls), percentile(cpus, 0.5))
                rows.append([label, name, *(ratio(value, base and base[i])
                                            for i, value in enumerate(values))])
                base = base or values
        print_table(["update", "engine", "median ms", "best ms", "slowest ms", "CPU ms"], rows)
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())
