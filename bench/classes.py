#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ask quern and its peers the queries of search-benchmark-game, by class and command.

Every engine answers in one process and one thread, from an index that was optimized once. The
report is Markdown; --plots also draws SVG plots into a folder. README.md says what is measured.
"""
import argparse
import json
import os
import shutil
import sys
from pathlib import Path

import plot
from common import (ROOT, machine, plural, prepare_corpus, print_table, ratio, read_game, work_folder)
from engines import (PEERS, Command, Peer, build_index, built_peers, class_figures, measure_queries,
                     optimize_index, print_queries, querns)

COMMANDS = {"TOP_10": Command(10, False), "TOP_100": Command(100, False),
            "TOP_1000": Command(1000, False), "TOP_100_COUNT": Command(100, True),
            "COUNT": Command(0, True)}
CLASSES = ("term", "intersection", "union", "phrase", "intersection_union", "negated",
           "two_phase_critic")
QUERIES = Path("queries") / "search-benchmark-game.jsonl"


def choose(queries, classes, each):
    """The queries of some classes, at most `each` of one class, evenly spread."""
    chosen = []
    for kind in classes:
        found = [query for query in queries if query[1] == kind]
        count = min(each or len(found), len(found))
        chosen += [found[number * len(found) // count] for number in range(count)]
    return chosen


def ready(engines, wanted, folder, options, log):
    """Builds and optimizes the indexes that are missing. A file records those that exist:
    {"corpus", "documents", "bytes", "engines": {name: (wall, CPU, size)}}."""
    record, source = folder / "indexes.json", str(options.corpus.resolve())
    known = (json.loads(record.read_text(encoding="utf-8")) if record.exists()
             else {"corpus": source, "engines": {}})
    if known["corpus"] != source:
        sys.exit(f"{folder}: has indexes of {known['corpus']}")
    missing = [engine for engine in engines if engine.name not in known["engines"]]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        corpus, known["documents"], known["bytes"] = prepare_corpus(options.corpus, wanted, folder)
        for engine in missing:
            built, optimized = build_index(engine, corpus, log), optimize_index(engine, log)
            known["engines"][engine.name] = (built[0] + optimized[0], built[1] + optimized[1],
                                             optimized[3])
            record.write_text(json.dumps(known), encoding="utf-8")
        corpus.unlink()
    return known


def print_indexes(engines, known):
    rows, base = [], None
    for name in (engine.name for engine in engines):
        wall, cpu, size = known["engines"][name]
        values = wall, cpu, size / 1e6
        rows.append([name, *(ratio(value, base and base[i], 2 if i < 2 else 1)
                             for i, value in enumerate(values))])
        base = base or values
    print_table(["index, optimized", "wall s", "CPU s", "index MB"], rows)


def measure_size(engines, queries, options, log):
    """{command: class_figures()}; prints a table of each command once it is measured."""
    figures = {}
    for name in options.commands:
        results = measure_queries(engines, queries, COMMANDS[name], options, log)
        for engine in engines:
            if engine.name not in results:
                print(f"{engine.name} does not know {name}: left out", file=sys.stderr)
        if results:
            figures[name] = class_figures(results, queries, options.classes)
            print(f"#### {name}\n")
            print_queries(figures[name])
    return figures


def means(figures, kind, names):
    """The mean of each engine for a class; None if the engine was left out."""
    found = figures[kind][1]
    return [found[name][0][-1] if name in found else None for name in names]


def bar_label(value, quern):
    """The text above a bar: its ratio to quern's time."""
    return f"{value / quern:.{0 if value >= 10 * quern else 1}f}×" if value and quern else ""


def described(figures, names):
    """The figures of the bars in words."""
    return " ".join(f"{kind}: " + ", ".join(
        f"{name} {plot.time_label(value)}"
        for name, value in zip(names, means(figures, kind, names)) if value) + "."
        for kind in figures)


def draw_bars(folder, documents, command, figures, names):
    """Draws a command: the classes side by side, with the ratio to quern above each bar."""
    rows = [means(figures, kind, names) for kind in figures]
    times = dict(zip(names, zip(*rows)))
    labels = {name: [bar_label(value, row[0]) if name != names[0] else ""
                     for value, row in zip(values, rows)] for name, values in times.items()}
    title = f"{command}: mean time of a query, {documents:,} documents"
    about = ("Bars on a logarithmic scale, by class of queries; above them, the ratio to quern's "
             "time. " + described(figures, names))
    (folder / f"{command}-{documents}.svg").write_text(
        plot.bars(title, about, list(figures), times, labels), encoding="utf-8")


def draw_growth(folder, command, sizes, names):
    """Draws a command: the mean over the number of documents, a panel for each class."""
    documents = sorted(sizes)
    panels = {kind: dict(zip(names, zip(*(means(sizes[count][command], kind, names)
                                          for count in documents))))
              for kind in sizes[documents[0]][command]}
    title = f"{command}: mean time of a query by number of documents"
    about = "Lines on logarithmic scales, a panel for each class of queries. " + " ".join(
        f"{count:,} documents: {described(sizes[count][command], names)}" for count in documents)
    (folder / f"{command}-growth.svg").write_text(plot.lines(title, about, documents, panels),
                                                  encoding="utf-8")


def draw(folder, sizes, names):
    """Draws all plots: bars for each size, and lines if there are several sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    for command in next(iter(sizes.values())):
        for documents, figures in sizes.items():
            draw_bars(folder, documents, command, figures[command], names)
        if len(sizes) > 1:
            draw_growth(folder, command, sizes, names)


def parse():
    corpora = os.environ.get("QUERN_CORPORA")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="FILE.ndjson or FILE.ndjson.zst")
    parser.add_argument("--queries", type=Path, required=not corpora,
                        default=corpora and Path(corpora) / QUERIES,
                        help=f"the .jsonl of search-benchmark-game ($QUERN_CORPORA/{QUERIES})")
    parser.add_argument("--sizes", type=int, nargs="+", default=[0], metavar="N",
                        help="search the first N documents; 0: all")
    parser.add_argument("--classes", nargs="+", choices=CLASSES, default=CLASSES, metavar="CLASS")
    parser.add_argument("--each", type=int, default=0, help="only N queries of a class")
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=list(COMMANDS),
                        metavar="COMMAND", help=", ".join(COMMANDS))
    parser.add_argument("--peers", nargs="*", default=PEERS, metavar="PEER")
    parser.add_argument("--rounds", type=int, default=1, help="ask everything again, keep the best")
    parser.add_argument("--repeat", type=int, default=5, help="timed runs of a query in a process")
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--baseline", type=Path, metavar="FOLDER",
                        help="programs of another build of quern, measured like a peer, not drawn")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave indexes there, reuse them")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="also draw SVG plots there")
    parser.set_defaults(median=False)  # for measure_queries()
    return parser.parse_args()


def main():
    options = parse()
    queries = choose(read_game(options.queries), options.classes, options.each)
    work = options.keep or work_folder(None, "classes")
    work.mkdir(parents=True, exist_ok=True)
    log, sizes = str(work / "stderr"), {}
    try:
        peers = [peer.name for peer in built_peers(options.programs, work, options.peers)]
        print(f"{machine()}\n\n{len(queries):,} queries, the best of {plural(options.rounds, 'round')} of "
              f"{options.repeat} runs; in brackets: ratio to quern's figure.\n")
        for wanted in sorted(options.sizes, key=lambda size: size or sys.maxsize):
            folder = work / (str(wanted) if wanted else "all")
            engines = [*querns(options, folder),
                       *(Peer(options.programs, folder, name) for name in peers)]
            known = ready(engines, wanted, folder, options, log)
            print(f"### {known['documents']:,} documents, {known['bytes'] / 1e6:,.1f} MB\n")
            print_indexes(engines, known)
            sizes[known["documents"]] = measure_size(engines, queries, options, log)
        if options.plots:
            draw(options.plots, sizes, ["quern", *peers])
    finally:
        if not options.keep:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
