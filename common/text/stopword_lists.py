#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes common/text/stopword_lists.h: the stop words of each language that has a list.

usage: stopword_lists.py POSTGRESQL ISO >common/text/stopword_lists.h

POSTGRESQL is the folder tsearch_data of Debian's package postgresql-15, which has the lists of the
Snowball project in UTF-8 (*.stop). They consist of function words and were made for the stemmers
that quern uses. ISO is the file stopwords-iso.json of the npm package stopwords-iso 1.1.0, a
collection of lists from many sources. It serves languages that Snowball has no list for, except
those whose lists there have hundreds of words with a meaning of their own.
"""
import json
import re
import sys
import textwrap
import unicodedata
from pathlib import Path

SNOWBALL = ("danish dutch english finnish french german hungarian italian nepali norwegian "
            "portuguese russian spanish swedish turkish").split()
# Words that came from the news, of which the Arabic list was made.
NEWS = set("""سنة سنوات عام عشر عشرة ثلاثة اربعة مليون مليار صفر مايو ايار صباح مساء شخصا زيارة لقاء
للامم لوكالة الوقت الذاتي الماضي المقبل قوة اعلنت""".split())
ISO = {"arabic": "ar", "armenian": "hy", "basque": "eu", "catalan": "ca", "greek": "el",
       "hindi": "hi", "irish": "ga"}

HEADER = """\
/* SPDX-License-Identifier: MIT */
/* The stop words of languages, each between spaces: folded, and without marks where the language
 * loses them before stemming. Written by common/text/stopword_lists.py; do not edit.
 *
 * Arabic, Armenian, Basque, Catalan, Greek, Hindi, Irish: from stopwords-iso 1.1.0, Copyright (c)
 * 2016 Gene Diaz, under the MIT License. Nepali, Turkish: from PostgreSQL 15, Copyright (c)
 * 1996-2022, PostgreSQL Global Development Group, under the PostgreSQL License. The others: from the
 * Snowball project, Copyright (c) 2001, Dr Martin Porter, Copyright (c) 2002, Richard Boulton, under
 * the 3-clause BSD License. */
#ifndef QUERN_COMMON_TEXT_STOPWORD_LISTS_H
#define QUERN_COMMON_TEXT_STOPWORD_LISTS_H

/* clang-format off */"""


def fold(word, language):
    """The word as unicode_fold() leaves it; near enough for words of these lists."""
    if language == "turkish":
        word = word.replace("I", "ı").replace("İ", "i")
    word = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    word = word.replace("’", "'").replace("∆", "δ")
    if language == "greek":
        word = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", word))
    if language == "arabic":
        word = re.sub("[\u0640\u064b-\u0652]", "", word)
    return unicodedata.normalize("NFC", word)


def main():
    folder, iso = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    lists = {name: (folder / f"{name}.stop").read_text(encoding="utf-8").split()
             for name in SNOWBALL}
    lists |= {name: iso[code] for name, code in ISO.items()}
    print(HEADER)
    for name, words in sorted(lists.items()):
        folded = sorted({fold(word, name) for word in words if word not in NEWS}, key=str.encode)
        folded = [word for word in folded if any(map(str.isalpha, word)) and " " not in word]
        print(f"static const char {name.upper()}_STOPWORDS[] =")
        lines = textwrap.wrap(" ".join(folded), 90, break_long_words=False, break_on_hyphens=False)
        print("\n".join(f'    " {line}"' for line in lines) + '\n    " ";')
    print("/* clang-format on */\n\n#endif")


if __name__ == "__main__":
    main()
