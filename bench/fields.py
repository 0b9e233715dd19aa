#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure filters, orders and facets on documents that are given values of fields.

Each document gets a word that half of them have, a keyword that one in a hundred has, a keyword of
twenty values, a price, and two dates: one in the order of the documents and one at random. Every
figure has its ratio to the same search without the filter, order or facet, in the same rounds.
README.md says what is measured.
"""
import json
import random
import shutil

from common import (machine, plural, prepare_corpus, print_table, ratio, read_game, run,
                    work_folder)
from searcher import Searcher, mean, measure, parse_options

HALF = "everyother"
FIRST_DAY, DATES = 946684800, 100 * 31 * 86400  # January 2000 is one in a hundred
FIELDS = ("--field=rare:keyword", "--field=kind:keyword", "--field=price:number",
          "--field=posted:date")
CLASSES = ("term", "union", "intersection", "phrase")
FILTERS = {"1 % of the documents": "rare:yes", "half of the documents": "price:..50",
           "1 % of the dates, in order": "date:2000-01", "1 % of the dates, at random":
           "posted:2000-01"}
SORTS = ("date", "posted", "price:asc", "kind")
FACETS = ("kind", "posted")


def give_fields(corpus, documents, target):
    """Writes the documents with fields."""
    chance = random.Random(1)
    with open(corpus, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for number, line in enumerate(lines):
            document = json.loads(line)
            if chance.random() < 0.5:
                document["text"] += " " + HALF
            if chance.random() < 0.01:
                document["rare"] = "yes"
            document["kind"] = f"kind {min(19, int(chance.expovariate(0.3)))}"
            document["price"] = chance.randrange(10000) / 100
            document["date"] = FIRST_DAY + number * DATES // documents
            document["posted"] = FIRST_DAY + chance.randrange(DATES)
            out.write(json.dumps(document, ensure_ascii=False) + "\n")


def report_filters(searcher, queries, rounds):
    rows = []
    for kind in CLASSES:
        asked = [(qid, query) for qid, found, query in queries if found == kind]
        variants = {"none": (asked, ())}
        for name, text in FILTERS.items():
            variants[name] = ([(qid, f"{query} {text}") for qid, query in asked], ())
        times = measure(searcher, variants, rounds)
        base = mean(times["none"])
        rows.append([f"{kind} ({len(asked)})", f"{base:,.1f}",
                     *(ratio(mean(times[name]), base, 1) for name in FILTERS)])
    print_table(["mean µs of queries", "without", *FILTERS], rows)


def report_half(searcher, rounds):
    """Orders and facets of all documents that have a word."""
    asked = [("1", HALF)]
    shown = ("--json", "--snippets=0")
    variants = {"by score": (asked, ()), "counted": (asked, (*shown, "--total"))}
    variants |= {f"by {field}": (asked, ("-q", f"--sort={field}")) for field in SORTS}
    variants |= {f"facet {field}": (asked, (*shown, f"--facet={field}")) for field in FACETS}
    times = measure(searcher, variants, rounds)
    base = mean(times["by score"]) / 1000
    print_table([f"`{HALF}`", "ms"],
                [[name, ratio(mean(found) / 1000, base, 2)] for name, found in times.items()])


def main():
    options = parse_options(__doc__)
    folder = work_folder(options.work, "fields")
    try:
        corpus, documents, _ = prepare_corpus(options.corpus, options.documents, folder)
        records, index, log = folder / "records.ndjson", folder / "index", folder / "log"
        give_fields(corpus, documents, records)
        corpus.unlink()
        indexer = [options.programs / "quern-index", "-q", "-i", index]
        run([*indexer, "--no-store", *FIELDS, records], log)
        run([*indexer, "compact"], log)
        records.unlink()
        searcher = Searcher(options.programs, index, folder, options.repeat, "--any")
        print(f"{machine()}\n\n{plural(documents, 'document')}; the best of "
              f"{plural(options.rounds, 'round')} of {plural(options.repeat, 'run')}; in brackets: "
              "ratio to the search without filter, order and facet.\n")
        report_filters(searcher, read_game(options.queries), options.rounds)
        report_half(searcher, options.rounds)
    finally:
        if not options.work:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
