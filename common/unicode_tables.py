#!/usr/bin/env python3
"""Writes common/unicode_tables.h: the class of every code point, as a two-stage table.

usage: unicode_tables.py [FOLDER] >common/unicode_tables.h

FOLDER holds the Unicode character database (Debian: package unicode-data, the default folder is
/usr/share/unicode). The classes are Word_Break values of UAX #29, tailored where TAILORING says so;
enum unicode_class of common/unicode.h has the same order.
"""
import re
import sys
from pathlib import Path

CLASSES = ("OTHER LETTER HEBREW DIGIT CONNECTOR EXTEND MID_LETTER MID_NUMBER MID_BOTH QUOTE "
           "DOUBLE_QUOTE DENSE DENSE_TAIL").split()
MARKS_FOLD = 0x10  # a letter of Latin, Greek or Cyrillic: loses its diacritics in terms
LIMIT = 0x110000

# Line breaks, spaces, regional indicators and whatever else makes no word are OTHER.
WORD_BREAK = {
    "ALetter": "LETTER", "Hebrew_Letter": "HEBREW", "Numeric": "DIGIT",
    "ExtendNumLet": "CONNECTOR", "Extend": "EXTEND", "Format": "EXTEND", "ZWJ": "EXTEND",
    "MidLetter": "MID_LETTER", "MidNum": "MID_NUMBER", "MidNumLet": "MID_BOTH",
    "Single_Quote": "QUOTE", "Double_Quote": "DOUBLE_QUOTE", "Katakana": "DENSE",
}


def property_file(folder, name):
    """The lines "0041..005A ; Value" of a property file as {code point: value}."""
    values = {}
    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        match = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)", line)
        if match:
            first, last, value = match.groups()
            for code in range(int(first, 16), int(last or first, 16) + 1):
                values[code] = value
    return values


def class_of(code, word_break, category, script, syllable):
    base = WORD_BREAK.get(word_break, "OTHER")
    # TAILORING
    # A colon joins letters only in Swedish and Finnish; CLDR's root takes it out as well.
    if code in (0x3A, 0xFE55, 0xFF1A):
        return "OTHER"
    # CO₂ is typed CO2. Superscripts stay apart: they are mostly references to footnotes.
    if 0x2080 <= code <= 0x2089:
        return "DIGIT"
    # Hangul has spaces, but they are optional between nouns and its particles are not words.
    if script == "Hangul" and base == "LETTER":
        return "DENSE_TAIL" if syllable in ("V", "T") else "DENSE"
    # Letters that the standard leaves to a dictionary: Han, Hiragana, Thai, Lao, Khmer, Myanmar ...
    if base == "OTHER" and (category[0] == "L" or (category == "Nl" and script == "Han")):
        return "DENSE"
    # Signs that are no letters may stand in a word but make none.
    if base == "DENSE" and category == "Sk":
        return "OTHER"
    if base == "LETTER" and category in ("Sk", "Po", "Pd", "Cf"):
        return "EXTEND"
    if base == "DIGIT" and category[0] != "N":
        return "MID_NUMBER"
    return base


def table(folder):
    word_break = property_file(folder, "auxiliary/WordBreakProperty.txt")
    category = property_file(folder, "extracted/DerivedGeneralCategory.txt")
    script = property_file(folder, "Scripts.txt")
    syllable = property_file(folder, "HangulSyllableType.txt")
    values = bytearray(LIMIT)
    for code in range(LIMIT):
        kind = category.get(code, "Cn")
        value = CLASSES.index(class_of(code, word_break.get(code), kind, script.get(code),
                                       syllable.get(code)))
        if script.get(code) in ("Latin", "Greek", "Cyrillic") and kind[0] == "L":
            value |= MARKS_FOLD
        values[code] = value
    return values


def stages(values, shift):
    rows, index = {}, []
    for start in range(0, LIMIT, 1 << shift):
        row = bytes(values[start:start + (1 << shift)])
        index.append(rows.setdefault(row, len(rows)))
    return index, list(rows)


def array(numbers):
    lines, line = [], "   "
    for number in numbers:
        item = f" {number},"
        if len(line) + len(item) > 100:
            lines.append(line)
            line = "   "
        line += item
    return "\n".join(lines + [line])


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode")
    first = (folder / "auxiliary/WordBreakProperty.txt").read_text(encoding="utf-8").split("\n")[0]
    version = re.search(r"-(\d+\.\d+\.\d+)\.txt", first).group(1)
    values = table(folder)
    shift = 7
    index, rows = stages(values, shift)
    assert len(rows) <= 256
    print(f"""\
/* Written by common/unicode_tables.py from the Unicode character database {version}; do not edit.
 *
 * Derived, modified, from data files that are Copyright (c) 1991-2022 Unicode, Inc., distributed
 * under the Terms of Use in https://www.unicode.org/copyright.html: permission is granted, free of
 * charge, to deal in the data files without restriction, provided that this copyright and permission
 * notice appear with all copies or in the documentation. The data files are provided "as is", without
 * warranty of any kind. */
#ifndef QUERN_COMMON_UNICODE_TABLES_H
#define QUERN_COMMON_UNICODE_TABLES_H

#define UNICODE_TABLES_VERSION "{version}"

_Static_assert(UNICODE_SHIFT == {shift}, "common/unicode.h and its tables disagree");

/* clang-format off */
const uint8_t unicode_rows[{len(index)}] = {{
{array(index)}
}};

const uint8_t unicode_classes[{len(rows)} << UNICODE_SHIFT] = {{
{array(value for row in rows for value in row)}
}};
/* clang-format on */

#endif""")


main()
