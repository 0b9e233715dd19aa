#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Index a corpus and run queries with quern and its peers, one after the other, and print tables.

The peers are those that `cmake --build --preset release --target bench` has built. Every engine
gets the same uncompressed NDJSON file, the same queries and the same machine; README.md says what
is measured.
"""
import argparse
import shutil
import statistics
from pathlib import Path

from common import (CLASSES, ROOT, machine, percentile, plural, prepare_corpus, print_table, ratio,
                    read_queries, run, work_folder)
from engines import (PEERS, Command, built_peers, class_figures, measure_index, measure_queries,
                     print_queries, querns)

COLD_QUERY = "gas pipeline"


def print_index(title, figures, input_bytes):
    rows, base = [], None
    for name, (wall, cpu, peak, size) in figures.items():
        values = (wall, cpu, peak / 2**20, size / 1e6)
        rows.append([name, *(ratio(value, base and base[i], 2 if i < 2 else 1)
                             for i, value in enumerate(values)), f"{100 * size / input_bytes:.1f} %"])
        base = base or values
    print_table([title, "wall s", "CPU s", "peak MiB", "index MB", "of input"], rows)


def print_cold(engines, runs, log):
    """Prints the median wall time of whole processes, run in turn with a warm page cache."""
    commands = {engine.name: argv for engine in engines
                if (argv := engine.cold_argv(COLD_QUERY))}
    commands["/bin/true"] = ["/bin/true"]
    times = {name: [] for name in commands}
    for _ in range(runs):
        for name, argv in commands.items():
            times[name].append(run(argv, log, accept=(0, 1))[0] * 1000)
    rows, base = [], None
    for name, values in times.items():
        middle = statistics.median(values)
        rows.append([name, ratio(middle, base, 2), f"{percentile(values, 0.9):,.2f}"])
        base = base or middle
    print_table([f"a process, `{COLD_QUERY}`", "median ms", "p90 ms"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="FILE.ndjson or FILE.ndjson.zst")
    parser.add_argument("--documents", type=int, default=0, help="only the first N")
    parser.add_argument("--queries", type=Path, default=ROOT / "bench" / "queries.tsv")
    parser.add_argument("--peers", nargs="*", default=PEERS, metavar="PEER")
    parser.add_argument("--rounds", type=int, default=1, help="repeat everything, keep the best")
    parser.add_argument("--median", action="store_true", help="keep the median of the rounds")
    parser.add_argument("--threads", type=int, default=2,
                        help="also index with quern on N threads; 1: do not")
    parser.add_argument("--repeat", type=int, default=3, help="timed runs of a query in a process")
    parser.add_argument("--limit", type=int, default=10, help="hits asked for")
    parser.add_argument("--cold-runs", type=int, default=50)
    parser.add_argument("--optimize", action="store_true", help="search optimized, compact indexes")
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--baseline", type=Path, metavar="FOLDER",
                        help="programs of another build of quern, measured like a peer")
    parser.add_argument("--work", type=Path, help="keep corpus and indexes in this new folder")
    options = parser.parse_args()

    work = work_folder(options.work, "bench")
    log = str(work / "stderr")
    try:
        engines = [*querns(options, work), *built_peers(options.programs, work, options.peers)]
        variants = querns(options, work, "text stored", options=())
        if options.threads > 1:
            variants += querns(options, work, f"{options.threads} threads",
                               threads=options.threads)
        queries = read_queries(options.queries)
        corpus, documents, size = prepare_corpus(options.corpus, options.documents, work)
        print(f"{machine()}\n\n{documents:,} documents, {size / 1e6:,.1f} MB of NDJSON, "
              f"{'median' if options.median else 'best'} of {plural(options.rounds, 'round')}; "
              "in brackets: ratio to quern's figure.\n")
        built, optimized = measure_index([*engines, *variants], corpus, options, log)
        print_index("index", built, size)
        if options.optimize:
            print_index("then optimize", optimized, size)
        results = measure_queries(engines, queries, Command(options.limit, False), options, log)
        print_queries(class_figures(results, queries, CLASSES))
        print_cold(engines, options.cold_runs, log)
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
