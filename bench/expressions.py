#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure patterns, fuzzy words, nearness and groups of a query language, with ten hits.

The words are those of search-benchmark-game. Patterns are made of words of the collection: its
beginning, its end, its middle, a character left open, a character mistyped. Words near each other are
compared with the same words as a phrase, and an OR of two ANDs with these two by themselves.
README.md says what is measured.
"""
import random
import shutil

from common import (machine, percentile, plural, prepare_corpus, print_table, ratio, read_game,
                    run, work_folder)
from searcher import Searcher, mean, measure, parse_options

WORDS = 300  # that patterns are made of


def game_words(queries):
    """Words of letters, at least five of them, each once, in an order that is always the same."""
    words = {word for _, _, query in queries for word in query.replace("+", " ").split()
             if word.isascii() and word.isalpha() and word.islower() and len(word) >= 5}
    chosen = sorted(words)
    random.Random(1).shuffle(chosen)
    return chosen[:WORDS]


def mistype(word, chance):
    """The word with one letter of its middle replaced."""
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1:]


def pattern_classes(words):
    chance = random.Random(2)
    return {"word": words,
            "prefix `pipel*`": [f"{word[:len(word) - 2]}*" for word in words],
            "prefix of three `pip*`": [f"{word[:3]}*" for word in words],
            "`pi*ne`": [f"{word[:2]}*{word[-2:]}" for word in words],
            "`p?peline`": [f"{word[0]}?{word[2:]}" for word in words],
            "`*eline`": [f"*{word[2:]}" for word in words],
            "fuzzy `~1`": [f"{mistype(word, chance)}~1" for word in words],
            "fuzzy `~2`": [f"{mistype(mistype(word, chance), chance)}~2" for word in words]}


def numbered(queries):
    return [(str(number), query) for number, query in enumerate(queries, 1)]


def report_patterns(searcher, words, rounds):
    variants = {name: (numbered(queries), ()) for name, queries in pattern_classes(words).items()}
    rows = []
    for name, times in measure(searcher, variants, rounds).items():
        values = list(times.values())
        rows.append([name, *(f"{percentile(values, part):,.0f}" for part in (0.5, 0.99, 1)),
                     f"{mean(times):,.0f}"])
    print_table([f"µs, {plural(len(words), 'word')}", "p50", "p99", "max", "mean"], rows)


def report_near(searcher, queries, rounds):
    phrases = [query.strip('"').split() for _, kind, query in queries if kind == "phrase"]
    variants = {"phrase": [f'"{" ".join(words)}"' for words in phrases],
                "all words": [" ".join(f"+{word}" for word in words) for words in phrases],
                "NEAR/5": [" NEAR/5 ".join(words) for words in phrases],
                "phrase ~5": [f'"{" ".join(words)}"~5' for words in phrases]}
    times = measure(searcher, {name: (numbered(asked), ()) for name, asked in variants.items()},
                    rounds)
    base = mean(times["phrase"])
    print_table([f"µs, {plural(len(phrases), 'phrase')}", "mean", "p99"],
                [[name, ratio(mean(found), base, 1),
                  f"{percentile(list(found.values()), 0.99):,.0f}"] for name, found in times.items()])


def report_groups(searcher, queries, rounds):
    ands = [" AND ".join(query.replace("+", " ").split()) for _, kind, query in queries
            if kind == "intersection"]
    pairs = list(zip(ands[::2], ands[1::2]))
    variants = {"first": [one for one, _ in pairs], "second": [other for _, other in pairs],
                "either": [f"({one}) OR ({other})" for one, other in pairs]}
    times = measure(searcher, {name: (numbered(asked), ()) for name, asked in variants.items()},
                    rounds)
    parts = mean(times["first"]) + mean(times["second"])
    print_table([f"µs, {plural(len(pairs), 'pair')}", "mean"],
                [["two ANDs, one after the other", f"{parts:,.1f}"],
                 ["an OR of both", ratio(mean(times["either"]), parts, 1)]])


def main():
    options = parse_options(__doc__)
    folder = work_folder(options.work, "expressions")
    try:
        corpus, documents, _ = prepare_corpus(options.corpus, options.documents, folder)
        index, log = folder / "index", folder / "log"
        indexer = [options.programs / "quern-index", "-q", "-i", index]
        run([*indexer, "--no-store", corpus], log)
        run([*indexer, "compact"], log)
        corpus.unlink()
        queries = read_game(options.queries)
        searcher = Searcher(options.programs, index, folder, options.repeat)
        print(f"{machine()}\n\n{plural(documents, 'document')}; the best of "
              f"{plural(options.rounds, 'round')} of {plural(options.repeat, 'run')}\n")
        report_patterns(searcher, game_words(queries), options.rounds)
        report_near(searcher, queries, options.rounds)
        report_groups(searcher, queries, options.rounds)
    finally:
        if not options.work:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
