#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Index the judged collections, run their queries in several rankings, and judge the answers.

A collection is a folder of QUERN_CORPORA with corpus.ndjson, queries.tsv (qid TAB text) and
qrels.tsv (qid 0 document grade). The rankings are plain BM25, the default, and each of the
default's extras alone. Exits with 1, and says why, if MAP or nDCG@10 of

  - plain BM25 is more than TOLERANCE below its reference (reference.tsv) in any collection,
  - the default is more than LOSS_MAX below plain BM25 in any collection,
  - the default is not GAIN_MIN better than plain BM25 in the mean of those of NATURAL;

else with 0. --tune chooses the settings of the extras on every second query of NATURAL and reports
what they gain on the others.

usage: relevance.py [--programs FOLDER] [--quick | --tune] [COLLECTION...]
       (all of reference.tsv unless named; --quick: plain BM25 and the default alone)
"""
import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(__file__).resolve().parent
REFERENCES = ("nDCG@10", "MAP", "P@10", "recall@100", "MRR@10")
MEASURES = ("MAP", "nDCG@10", "recall@100")
GUARDED = ("nDCG@10", "MAP")
NATURAL = ("cranfield", "cisi", "cacm", "scifact")
TOLERANCE = 0.01
LOSS_MAX = 0.003
GAIN_MIN = 0.02
DEPTH = 1000

# The options that make plain BM25 of quern-search's default ranking, by what they leave out.
PLAIN = {"two parts": "--any", "stop words": "--stopwords=none", "k1": "--k1=1.2", "b": "--b=0.75",
         "nearness": "--nearness=0", "boosts": "--boost=none"}
EXTRAS = {"documents with all words first": ("two parts",), "stop words left out": ("stop words",),
          "k1 and b": ("k1", "b"), "nearness": ("nearness",),
          "titles count twice": ("boosts",)}
# Settings that --tune tries, one extra after the other.
SETTINGS = {"titles": [("--boost=none",), *((f"--boost=title:{weight}",) for weight in (1.5, 2, 2.5, 3))],
            "k1 and b": [(f"--k1={k1}", f"--b={b}") for k1 in (0.9, 1.2, 1.35, 1.6)
                         for b in (0.5, 0.6, 0.7, 0.75, 0.8)],
            "nearness": [(f"--nearness={nearness}",) for nearness in (0, 0.05, 0.1, 0.2, 0.3)]}


def read_reference():
    """{collection: (language, {measure: value})}"""
    reference = {}
    for line in (BENCH / "reference.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, language, *values = line.split("\t")
            reference[name] = language, dict(zip(REFERENCES, map(float, values)))
    return reference


def read_qrels(path):
    """{qid: {document: grade}} of the grades above 0; a query without such a grade is left out."""
    judged = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        qid, _, document, grade = line.split()
        if int(grade) > 0:
            judged.setdefault(qid, {})[document] = int(grade)
    return judged


def read_run(path):
    """{qid: [document, best first]} of a TREC run: qid Q0 document rank score tag."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        qid, _, document, rank, *_ = line.split()
        found.setdefault(qid, []).append((int(rank), document))
    return {qid: [document for _, document in sorted(ranked)] for qid, ranked in found.items()}


def discounted(grades):
    """Discounted cumulative gain (Järvelin and Kekäläinen, 2002), discount log2(rank + 1)."""
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def judge(ranked, relevant):
    """The measures of one query: the documents found, best first, against {document: grade}."""
    grades = [relevant.get(document, 0) for document in ranked]
    ranks = [rank for rank, grade in enumerate(grades, 1) if grade]
    ideal = sorted(relevant.values(), reverse=True)
    return {
        "nDCG@10": discounted(grades[:10]) / discounted(ideal[:10]),
        "MAP": sum(found / rank for found, rank in enumerate(ranks, 1)) / len(relevant),
        "P@10": sum(rank <= 10 for rank in ranks) / 10,
        "recall@100": sum(rank <= 100 for rank in ranks) / len(relevant),
        "MRR@10": 1 / ranks[0] if ranks and ranks[0] <= 10 else 0.0,
    }


def mean(judged, measure, qids=None):
    """The mean of a measure over these queries, or all."""
    qids = judged if qids is None else qids
    return sum(judged[qid][measure] for qid in qids) / len(qids)


def plain_options(*without):
    """The options of plain BM25, except those of these extras."""
    return [option for name, option in PLAIN.items() if name not in without]


class Collection:
    """An indexed collection."""

    def __init__(self, programs, name, language, work, *options):
        self.name, self.programs, self.index, self.run = name, programs, work / name, work / "run"
        self.folder = Path(os.environ["QUERN_CORPORA"], name)
        self.qrels = read_qrels(self.folder / "qrels.tsv")
        subprocess.run([programs / "quern-index", "-q", "-i", self.index, f"--lang={language}",
                        *options, self.folder / "corpus.ndjson"], check=True)

    def judge(self, options):
        """{qid: {measure: value}} of the judged queries; one without hits counts as zero."""
        with open(self.run, "wb") as out:
            subprocess.run([self.programs / "quern-search", "-i", self.index, "-n", str(DEPTH),
                            f"--queries={self.folder / 'queries.tsv'}", "--trec=quern", *options],
                           stdout=out, check=True)
        found = read_run(self.run)
        return {qid: judge(found.get(qid, []), relevant) for qid, relevant in self.qrels.items()}


def cell(value, base):
    return f"{value:.4f}" + (f" ({100 * (value / base - 1):+.1f} %)" if base else "")


def report(collection, rankings):
    """Prints a row for each ranking; returns [{measure: value}] of them."""
    base, rows = None, []
    for name, options in rankings:
        judged = collection.judge(options)
        rows.append({measure: mean(judged, measure) for measure in REFERENCES})
        cells = [cell(rows[-1][measure], base and base[measure]) for measure in MEASURES]
        print(f"| {collection.name} | {name} | " + " | ".join(cells) + " |", flush=True)
        base = base or rows[0]
    return rows


def check(results, reference):
    """Sentences about what is worse than it has to be."""
    gains = {measure: [] for measure in GUARDED}
    for name, (plain, default, *_) in results.items():
        for measure in GUARDED:
            expected = reference[name][1][measure]
            if plain[measure] < expected - TOLERANCE:
                yield f"{name}: {measure} of plain BM25 {plain[measure]:.4f}, reference {expected:.4f}"
            gain = default[measure] / plain[measure] - 1
            if gain < -LOSS_MAX:
                yield f"{name}: {measure} of the default {100 * gain:+.2f} %"
            if name in NATURAL:
                gains[measure].append(gain)
    for measure, values in gains.items():
        if len(values) == len(NATURAL):
            gain = sum(values) / len(values)
            print(f"natural queries, mean {measure} of the default: {100 * gain:+.2f} %")
            if gain < GAIN_MIN:
                yield f"natural queries: mean {measure} of the default only {100 * gain:+.2f} %"


def tune(collections):
    """Chooses the settings of each extra by the gain on every second query, given those chosen
    before, and reports the gain on the others."""
    halves = [[sorted(collection.qrels)[half::2] for collection in collections] for half in (0, 1)]
    plain = [collection.judge(plain_options()) for collection in collections]

    def gain(judged, half):
        ratios = [mean(one, measure, qids) / mean(base, measure, qids) - 1
                  for one, base, qids in zip(judged, plain, halves[half]) for measure in GUARDED]
        return sum(ratios) / len(ratios)

    chosen = ()
    for name, settings in SETTINGS.items():
        best = None
        for setting in settings:
            judged = [collection.judge(chosen + setting) for collection in collections]
            gains = gain(judged, 0), gain(judged, 1)
            print(f"{name}: {' '.join(setting)}: {100 * gains[0]:+.2f} % on the half to choose by, "
                  f"{100 * gains[1]:+.2f} % on the other", flush=True)
            best = max(best or (gains, setting), (gains, setting))
        chosen += best[1]
        print(f"{name}: chosen {' '.join(best[1])}, {100 * best[0][1]:+.2f} % on the other half")
    default = gain([collection.judge(()) for collection in collections], 1)
    print(f"the default: {100 * default:+.2f} % on the other half")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=Path, default=BENCH.parent / "build" / "release")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("collections", nargs="*", metavar="COLLECTION")
    options = parser.parse_args()
    if not os.environ.get("QUERN_CORPORA"):
        sys.exit("relevance: set QUERN_CORPORA to the folder of the judged collections")
    reference, results = read_reference(), {}
    rankings = [("plain BM25", plain_options()), ("the default", [])]
    if not options.quick:
        rankings += [(name, plain_options(*without)) for name, without in EXTRAS.items()]
        rankings += [("words of the best documents (--expand)", [*plain_options(), "--expand"]),
                     ("these and the default", ["--expand"])]
    text = ("--no-store",) if options.quick or options.tune else ()  # --expand needs it
    with tempfile.TemporaryDirectory(prefix="quern-relevance-") as work:
        names = options.collections or (NATURAL if options.tune else reference)
        collections = (Collection(options.programs, name, reference[name][0], Path(work), *text)
                       for name in names)
        if options.tune:
            return tune(list(collections))
        print("| collection | ranking | " + " | ".join(MEASURES) + " |\n|---|---"
              + "|---:" * len(MEASURES) + "|")
        for collection in collections:
            results[collection.name] = report(collection, rankings)
    worse = list(check(results, reference))
    for sentence in worse:
        print(f"relevance: {sentence}", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
