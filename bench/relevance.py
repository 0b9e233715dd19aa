#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Index the judged collections, run their queries, and compare the quality with reference.tsv.

A collection is a folder of QUERN_CORPORA with corpus.ndjson, queries.tsv (qid TAB text) and
qrels.tsv (qid 0 document grade). Exits with 1 if MAP or nDCG@10 of a collection is more than
TOLERANCE below its reference, else with 0.

usage: relevance.py [--programs FOLDER] [COLLECTION...]    (all of reference.tsv unless named)
"""
import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BENCH = Path(__file__).resolve().parent
MEASURES = ("nDCG@10", "MAP", "P@10", "recall@100", "MRR@10")
GUARDED = ("nDCG@10", "MAP")
TOLERANCE = 0.01
DEPTH = 1000


def read_reference():
    """{collection: (language, {measure: value})}"""
    reference = {}
    for line in (BENCH / "reference.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, language, *values = line.split("\t")
            reference[name] = language, dict(zip(MEASURES, map(float, values)))
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


def evaluate(qrels, found):
    """The mean of each measure over the judged queries; a query without hits counts as zero."""
    judged = [judge(found.get(qid, []), relevant) for qid, relevant in qrels.items()]
    return {measure: sum(one[measure] for one in judged) / len(judged) for measure in MEASURES}


def search(programs, collection, language, work):
    """Indexes a collection, runs its queries, and returns the path of the TREC run."""
    index, run = work / "index", work / "run"
    subprocess.run([programs / "quern-index", "-q", "-i", index, f"--lang={language}",
                    "--no-store", collection / "corpus.ndjson"], check=True)
    with open(run, "wb") as out:
        subprocess.run([programs / "quern-search", "-i", index, "--any", "-n", str(DEPTH),
                        f"--queries={collection / 'queries.tsv'}", "--trec=quern"], stdout=out, check=True)
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=Path, default=BENCH.parent / "build" / "release")
    parser.add_argument("collections", nargs="*", metavar="COLLECTION")
    options = parser.parse_args()
    corpora = os.environ.get("QUERN_CORPORA")
    if not corpora:
        sys.exit("relevance: set QUERN_CORPORA to the folder of the judged collections")
    reference, below = read_reference(), []
    print("| collection | " + " | ".join(MEASURES) + " |\n|---" + "|---:" * len(MEASURES) + "|")
    for name in options.collections or reference:
        language, expected = reference[name]
        with tempfile.TemporaryDirectory(prefix="quern-relevance-") as work:
            run = search(options.programs, Path(corpora, name), language, Path(work))
            figures = evaluate(read_qrels(Path(corpora, name, "qrels.tsv")), read_run(run))
        cells = [f"{figures[measure]:.4f} ({figures[measure] - expected[measure]:+.4f})"
                 for measure in MEASURES]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        below += [f"{name}: {measure} {figures[measure]:.4f}, reference {expected[measure]:.4f}"
                  for measure in GUARDED if figures[measure] < expected[measure] - TOLERANCE]
    for sentence in below:
        print(f"relevance: {sentence}", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
