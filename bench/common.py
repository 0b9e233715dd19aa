# SPDX-License-Identifier: MIT
"""Functions that the benchmark programs share: processes, folders, corpora, queries and tables."""
import json
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLASSES = ("term", "all", "any", "phrase")
GAME_CLASSES = {"term": "term", "intersection": "all", "union": "any", "phrase": "phrase"}


# What makes plain BM25, as other engines rank, of quern-search's default ranking.
PLAIN = ("--any", "--stopwords=none", "--nearness=0", "--boost=none", "--k1=1.2", "--b=0.75")


def plain_options(program):
    """Those of PLAIN that this quern-search has; an older one ranks so without the others."""
    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    return [option for option in PLAIN if option.split("=")[0] in shown]


def run(argv, log, accept=(0,), stdin=os.devnull, stdout=os.devnull):
    """Run a program to its end: (wall seconds, CPU seconds, peak memory in bytes)."""
    argv = [str(argument) for argument in argv]
    actions = [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
               (os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
               (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
    start = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in accept:
        sys.exit(f"{' '.join(argv)}: failed ({status}): {Path(log).read_text()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def work_folder(wanted, name):
    """The wanted folder, which must be new, or a temporary one."""
    if wanted:
        wanted.mkdir(parents=True)
    return wanted or Path(tempfile.mkdtemp(prefix=f"quern-{name}-"))


def disk_bytes(path):
    """The bytes that a file, or a folder with everything below it, occupies on disk."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_blocks * 512 for file in files)


def plain_words(query):
    """The words without anything that one engine's query language would take for an operator."""
    words = re.sub(r'["+()*:^~\s-]+', " ", query).split()
    return " ".join(word.lower() if word in ("AND", "OR", "NOT", "NEAR") else word
                    for word in words)


def format_query(kind, words):
    """A query of a class in the common query language: a phrase is quoted, a required word has a +,
    and any of several bare words is enough."""
    if kind == "phrase":
        return f'"{words}"'
    return " ".join(f"+{word}" for word in words.split()) if kind == "all" else words


def read_game(path):
    """[(qid, class, query)] of search-benchmark-game: lines {"query", "tags"}, the class first."""
    records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(str(number), record["tags"][0].replace("-", "_"), record["query"])
            for number, record in enumerate(records, 1)]


def read_queries(path):
    """[(qid, class, query)] with a class of CLASSES. A line of a TSV file is "label TAB query": a
    quoted query is a phrase, a label that names a class decides it, one word is a term, and several
    words are asked twice, as all and as any. A .jsonl file is that of search-benchmark-game."""
    if path.suffix == ".jsonl":
        return [(qid, GAME_CLASSES[kind], query) for qid, kind, query in read_game(path)
                if kind in GAME_CLASSES]
    asked = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        label, query = line.split("\t")
        words = plain_words(query)
        kinds = (["phrase"] if query.startswith('"') else [label] if label in CLASSES
                 else ["term"] if " " not in words else ["all", "any"])
        asked += [(kind, format_query(kind, words)) for kind in kinds if words]
    return [(str(number), kind, query) for number, (kind, query) in enumerate(asked, 1)]


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
    """A figure with its ratio to the base, unless there is no base."""
    text = f"{value:,.{digits}f}"
    return text if base is None or not base else f"{text} ({value / base:.2f}×)"


def plural(count, noun):
    return f"{count:,} {noun}{'s' * (count != 1)}"


def print_table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def percentile(values, fraction):
    """Nearest rank: the smallest value that at least this fraction of all values do not exceed."""
    return sorted(values)[max(0, math.ceil(fraction * len(values)) - 1)]


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), platform.machine())
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                            capture_output=True, text=True, check=False).stdout.strip()
    return (f"{model}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, "
            f"Linux {platform.release()}, commit {commit or 'unknown'}, {time.strftime('%F')}")
