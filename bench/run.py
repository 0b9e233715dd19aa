#!/usr/bin/env python3
"""Index a corpus and run queries with quern and its peers, one after the other, and print tables.

The peers are those that `cmake --build --preset release --target bench` has built. Everybody gets
the same uncompressed NDJSON file, the same words and one machine; README.md says what is measured.
"""
import argparse
import json
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLASSES = ("term", "all", "any", "phrase")
COLD_QUERY = "gas pipeline"


def run(argv, log, accept=(0,), stdin=os.devnull):
    """Run a program to its end: (wall seconds, CPU seconds, peak memory in bytes)."""
    argv = [str(argument) for argument in argv]
    actions = [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
               (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
               (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in accept:
        sys.exit(f"{' '.join(argv)}: failed ({status}): {Path(log).read_text()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def work_folder(wanted, name):
    """The folder that was asked for, which must be new, or a temporary one."""
    if wanted:
        wanted.mkdir(parents=True)
    return wanted or Path(tempfile.mkdtemp(prefix=f"quern-{name}-"))


def disk_bytes(path):
    """What a file, or a folder and all below it, occupies on disk."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_blocks * 512 for file in files)


class Quern:
    """quern, or a variant of it that indexes with other options or more threads."""

    def __init__(self, programs, work, variant=None, options=("--no-store",), threads=1):
        self.name = f"quern, {variant}" if variant else "quern"
        self.programs, self.options = programs, options
        self.index = work / "-".join(self.name.replace(",", "").split())
        self.indexer = [programs / "quern-index", "-q", "-i", self.index, f"--threads={threads}"]

    def build_argv(self, corpus):
        return [*self.indexer, *self.options, corpus]

    def optimize_argv(self):
        return [*self.indexer, "compact"]

    def search(self, queries, options, log):
        """{qid: (microseconds, hits)}: one process for the queries of a flag."""
        results = {}
        for flag, classes in (("--any", ("any",)), ("--all", ("term", "all", "phrase"))):
            batch, timing = self.index.with_suffix(".queries"), self.index.with_suffix(".timing")
            lines = [f'{qid}\t"{words}"\n' if kind == "phrase" else f"{qid}\t{words}\n"
                     for qid, kind, words in queries if kind in classes]
            if not lines:
                continue
            batch.write_text("".join(lines), encoding="utf-8")
            run([self.programs / "quern-search", "-i", self.index, flag, "-n", options.limit,
                 f"--queries={batch}", f"--timing={timing}", f"--repeat={options.repeat}",
                 "--trec=bench"], log, accept=(0, 1))
            results.update(read_timing(timing.read_text(encoding="utf-8")))
        return results

    def cold_argv(self):
        return [self.programs / "quern-search", "-i", self.index, *COLD_QUERY.split()]


class Peer:
    """A program of bench/peers/."""

    def __init__(self, programs, work, name):
        self.name, self.program = name, programs / f"{name}_peer"
        self.index = work / name

    def build_argv(self, corpus):
        return [self.program, "index", self.index, corpus]

    def optimize_argv(self):
        return [self.program, "optimize", self.index]

    def search(self, queries, options, log):
        batch = self.index.with_suffix(".queries")
        batch.write_text("".join("\t".join(query) + "\n" for query in queries), encoding="utf-8")
        with open(log, "w", encoding="utf-8") as errors:
            found = subprocess.run([self.program, "search", self.index, batch, str(options.limit),
                                    str(options.repeat)], stdout=subprocess.PIPE, stderr=errors,
                                   encoding="utf-8", check=False)
        if found.returncode:
            sys.exit(Path(log).read_text(encoding="utf-8"))
        return read_timing(found.stdout)

    def cold_argv(self):
        if self.name != "fts5" or not shutil.which("sqlite3"):
            return None
        return ["sqlite3", self.index, f"select rowid from documents where documents match "
                f"'{COLD_QUERY}' order by rank limit 10"]


def read_timing(text):
    rows = (line.split("\t") for line in text.splitlines())
    return {qid: (float(microseconds), int(hits)) for qid, microseconds, hits in rows}


def plain_words(query):
    """The words without anything that one engine's query language would read as an operator."""
    words = re.sub(r'["+()*:^~\s-]+', " ", query).split()
    return " ".join(word.lower() if word in ("AND", "OR", "NOT", "NEAR") else word
                    for word in words)


def read_queries(path):
    """[(qid, class, words)]. A TSV line is "label TAB query": a quoted query is a phrase, a label
    that is one of CLASSES is obeyed, one word is a term, and other words are asked for twice, once
    as all and once as any. A JSON line is of search-benchmark-game: {"query", "tags"}."""
    tags = {"term": "term", "intersection": "all", "union": "any", "phrase": "phrase"}
    asked = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if path.suffix == ".jsonl":
            record = json.loads(line)
            query, kinds = record["query"], [tags[tag] for tag in record["tags"] if tag in tags]
        elif not line or line.startswith("#"):
            continue
        else:
            label, query = line.split("\t")
            kinds = (["phrase"] if query.startswith('"') else [label] if label in CLASSES
                     else ["term"] if " " not in plain_words(query) else ["all", "any"])
        asked += [(kind, plain_words(query)) for kind in kinds]
    return [(str(number), kind, words) for number, (kind, words) in enumerate(asked, 1) if words]


def prepare_corpus(source, documents, work):
    """The first `documents` lines as a plain file: (path, documents, bytes)."""
    target, count = work / "corpus.ndjson", 0
    unpack = (subprocess.Popen(["zstd", "-dcq", "--long=27", source], stdout=subprocess.PIPE)
              if source.suffix == ".zst" else None)
    with (unpack.stdout if unpack else open(source, "rb")) as lines, open(target, "wb") as out:
        for line in lines:
            out.write(line)
            count += 1
            if count == documents:
                break
    if unpack:
        unpack.terminate()
        unpack.wait()
    return target, count, target.stat().st_size


def ratio(value, base, digits=0):
    """A figure, and how many times quern's it is."""
    text = f"{value:,.{digits}f}"
    return text if base is None or not base else f"{text} ({value / base:.2f}×)"


def print_table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def percentile(values, share):
    """Nearest rank: the smallest value that at least this share of all do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def summary(rounds, median):
    """Of each figure the median of all rounds, or the figures of the round of least CPU."""
    if median:
        return tuple(statistics.median(figures) for figures in zip(*rounds))
    return min(rounds, key=lambda figures: figures[1])


def measure_index(engines, corpus, options, log):
    """{engine: (wall, CPU, peak, size)}, twice: of building, and of optimizing when that is asked
    for. The engines in turn in every round, so that a noisy minute hits everybody."""
    built, optimized = ({engine.name: [] for engine in engines} for _ in range(2))
    for _ in range(options.rounds):
        for engine in engines:
            if engine.index.exists():
                (os.remove if engine.index.is_file() else shutil.rmtree)(engine.index)
            figures = run(engine.build_argv(corpus), log)
            built[engine.name].append((*figures, disk_bytes(engine.index)))
            if options.optimize:
                figures = run(engine.optimize_argv(), log)
                optimized[engine.name].append((*figures, disk_bytes(engine.index)))
    return tuple({name: summary(rounds, options.median) for name, rounds in found.items() if rounds}
                 for found in (built, optimized))


def print_index(title, figures, input_bytes):
    rows, base = [], None
    for name, (wall, cpu, peak, size) in figures.items():
        values = (wall, cpu, peak / 2**20, size / 1e6)
        rows.append([name, *(ratio(value, base and base[i], 2 if i < 2 else 1)
                             for i, value in enumerate(values)), f"{100 * size / input_bytes:.1f} %"])
        base = base or values
    print_table([title, "wall s", "CPU s", "peak MiB", "index MB", "of input"], rows)


def measure_queries(engines, queries, options, log):
    """{engine: {qid: (microseconds, the best or the median of all rounds, hits)}}"""
    rounds = {engine.name: [] for engine in engines}
    for _ in range(options.rounds):
        for engine in engines:
            rounds[engine.name].append(engine.search(queries, options, log))
    middle = statistics.median if options.median else min
    return {name: {qid: (middle(found[qid][0] for found in all_found), hits)
                   for qid, (_, hits) in all_found[0].items()}
            for name, all_found in rounds.items()}


def print_queries(results, queries):
    rows = []
    for kind in CLASSES:
        qids = [qid for qid, of, _ in queries if of == kind]
        base = None
        for name, found in results.items() if qids else ():
            times = [found[qid][0] for qid in qids]
            values = (percentile(times, 0.5), percentile(times, 0.99), statistics.fmean(times))
            hits = sum(found[qid][1] for qid in qids)
            rows.append([kind, f"{len(qids)}", name,
                         *(ratio(value, base and base[i]) for i, value in enumerate(values)),
                         f"{hits:,}"])
            base = base or values
    print_table(["class", "queries", "engine", "p50 µs", "p99 µs", "mean µs", "hits"], rows)


def print_cold(engines, runs, log):
    """Whole processes in turn, the page cache warm: the median wall time of each."""
    commands = {engine.name: engine.cold_argv() for engine in engines if engine.cold_argv()}
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


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                            capture_output=True, text=True, check=False).stdout.strip()
    return (f"{model}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, "
            f"Linux {platform.release()}, commit {commit or 'unknown'}, {time.strftime('%F')}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="FILE.ndjson or FILE.ndjson.zst")
    parser.add_argument("--documents", type=int, default=0, help="only the first N")
    parser.add_argument("--queries", type=Path, default=ROOT / "bench" / "queries.tsv")
    parser.add_argument("--peers", nargs="*", default=["fts5", "xapian"], metavar="PEER")
    parser.add_argument("--rounds", type=int, default=1, help="repeat everything, keep the best")
    parser.add_argument("--median", action="store_true", help="keep the median of the rounds")
    parser.add_argument("--threads", type=int, default=2,
                        help="also index with quern on so many threads; 1: do not")
    parser.add_argument("--repeat", type=int, default=3, help="timed runs of a query in a process")
    parser.add_argument("--limit", type=int, default=10, help="hits asked for")
    parser.add_argument("--cold-runs", type=int, default=50)
    parser.add_argument("--optimize", action="store_true", help="search optimized, compact indexes")
    parser.add_argument("--programs", type=Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=Path, help="keep corpus and indexes in this new folder")
    options = parser.parse_args()

    work = work_folder(options.work, "bench")
    log = str(work / "stderr")
    try:
        engines = [Quern(options.programs, work)]
        for name in options.peers:
            peer = Peer(options.programs, work, name)
            if peer.program.exists():
                engines.append(peer)
            else:
                print(f"{peer.program} is not built: left out", file=sys.stderr)
        variants = [Quern(options.programs, work, "text stored", options=())]
        if options.threads > 1:
            variants.append(Quern(options.programs, work, f"{options.threads} threads",
                                  threads=options.threads))
        queries = read_queries(options.queries)
        corpus, documents, size = prepare_corpus(options.corpus, options.documents, work)
        print(f"{machine()}\n\n{documents:,} documents, {size / 1e6:,.1f} MB of NDJSON, "
              f"{'median' if options.median else 'best'} of {options.rounds} rounds; in brackets: "
              "times quern's figure.\n")
        built, optimized = measure_index([*engines, *variants], corpus, options, log)
        print_index("index", built, size)
        if options.optimize:
            print_index("then optimize", optimized, size)
        print_queries(measure_queries(engines, queries, options, log), queries)
        print_cold(engines, options.cold_runs, log)
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
