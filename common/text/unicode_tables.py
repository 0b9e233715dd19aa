#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes common/text/unicode_tables.h: the class of every code point, as a two-stage table.

usage: unicode_tables.py [FOLDER] >common/text/unicode_tables.h

FOLDER holds the Unicode Character Database; the default is /usr/share/unicode, where Debian's
package unicode-data puts it. The classes are the Word_Break values of UAX #29, tailored by TAILORED
and class_of(). enum unicode_class in common/text/unicode.h has the same order.
"""
import re
import sys
from pathlib import Path

CLASSES = ("OTHER LETTER HEBREW DIGIT EXTEND MID_LETTER MID_NUMBER DOT APOSTROPHE DOUBLE_QUOTE "
           "UNSPACED UNSPACED_TAIL SYMBOL REGIONAL IDEOGRAPH").split()
STRIPS_MARKS = 0x10  # a letter of Latin, Greek or Cyrillic, which loses its diacritics in terms
DROPPED = 0x20  # a sign that is in no term
LIMIT = 0x110000

# All other values, such as line breaks, spaces and connectors (_), are OTHER.
WORD_BREAK = {
    "ALetter": "LETTER", "Hebrew_Letter": "HEBREW", "Numeric": "DIGIT",
    "Extend": "EXTEND", "Format": "EXTEND", "ZWJ": "EXTEND",
    "MidLetter": "MID_LETTER", "MidNum": "MID_NUMBER", "MidNumLet": "DOT",
    "Single_Quote": "APOSTROPHE", "Double_Quote": "DOUBLE_QUOTE", "Katakana": "IDEOGRAPH",
    "Regional_Indicator": "REGIONAL",
}

# Single characters whose class is not the standard's.
TAILORED = {
    # A colon joins letters only in Swedish and Finnish; CLDR's root takes it out as well.
    "OTHER": [0x3A, 0xFE13, 0xFE55, 0xFF1A]
             # Semicolons and Armenian full stops are between the numbers of a list, not in one.
             + [0x3B, 0x37E, 0x589, 0xFE14, 0xFE54, 0xFF1B]
             # Hyphens that the standard has as letters: Armenian, and between Katakana names.
             + [0x58A, 0x30A0],
    # Everything typed for an apostrophe, an okina or a geresh.
    "APOSTROPHE": [0x2BB, 0x2BC, 0x55A, 0x5F3, 0x2018, 0x2019, 0xFF07],
    # Everything typed for gershayim.
    "DOUBLE_QUOTE": [0x5F4, 0x201C, 0x201D],
    # CO₂ is typed CO2. Superscripts separate: most of them refer to footnotes.
    "DIGIT": range(0x2080, 0x208A),
    # The keycap of 1, # or *: a word of its own, so that the 1 is found.
    "SYMBOL": [0x20E3],
}
TAILORED = {code: name for name, codes in TAILORED.items() for code in codes}

# Signs on letters that most writers omit: points and cantillation of Hebrew, vowel signs of Arabic
# and Syriac. Arabic marks that make another letter (madda, hamza) are not among them.
SIGNS = [(0x590, 0x5FF), (0x600, 0x652), (0x656, 0x6FF), (0x700, 0x77F), (0x860, 0x8FF),
         (0xFB1E, 0xFB1E)]
DROPPED_CODES = ([0x640]                  # tatweel only stretches a word
               + [0x55B, 0x55C, 0x55E]  # Armenian writes ! and ? into the word
               + list(range(0x1F3FB, 0x1F400)))  # skin tones of emoji


# Written without spaces in letters, of which none is a word by itself.
UNSPACED_LETTERS = ("Ahom", "Khmer", "Lao", "Myanmar", "New_Tai_Lue", "Tai_Le", "Tai_Tham", "Tai_Viet",
                    "Thai")


def property_items(folder, name):
    """Yields (code point, value) for the lines "0041..005A ; Value" of a property file."""
    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        match = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)", line)
        if match:
            first, last, value = match.groups()
            for code in range(int(first, 16), int(last or first, 16) + 1):
                yield code, value


def property_file(folder, name):
    return dict(property_items(folder, name))


def class_of(code, word_break, category, script, syllable, pictographic, compatible):
    """`compatible`: the tag and the first letter or digit of the compatibility decomposition."""
    if code in TAILORED:
        return TAILORED[code]
    base = WORD_BREAK.get(word_break, "OTHER")
    # Hangul has spaces, but they are optional between nouns, and its particles are no words.
    if script == "Hangul" and base == "LETTER":
        return "UNSPACED_TAIL" if syllable in ("V", "T") else "IDEOGRAPH"
    if base == "OTHER":
        return class_of_other(code, category, script, pictographic, *compatible)
    # Signs may be part of a word but do not make one.
    if base == "IDEOGRAPH" and category == "Sk":
        return "OTHER"
    if base == "LETTER" and category in ("Sk", "Po", "Pd", "Cf"):
        return "EXTEND"
    if base == "DIGIT" and category[0] != "N":
        return "MID_NUMBER"
    return base


def class_of_other(code, category, script, pictographic, tag, letter):
    """The class of what the standard has in no word or leaves to a dictionary."""
    # Han, Hiragana, Thai, Lao, Khmer, Myanmar ...; radicals, which many PDF files use for Han.
    if category[0] == "L" or (script == "Han" and (category == "Nl" or letter)):
        return "UNSPACED" if script in UNSPACED_LETTERS else "IDEOGRAPH"
    # Emoji, including future ones, but not punctuation and the signs ©, ® and ™.
    if pictographic and category[0] != "P" and code not in (0xA9, 0xAE, 0x2122):
        return "SYMBOL"
    # Units in one character, common in CJK text: ㎏ is typed kg.
    if tag == "<square>" and letter and ord(letter) < 0x400:
        return "LETTER"
    # ① ⑴ ½ ℃ ㈱ are not part of the word before them. Superscripts are no words, see above.
    if category in ("So", "No") and letter and tag != "<super>":
        return "SYMBOL"
    # Numerals of scripts that have their own, such as Ethiopic.
    if category == "No" and script not in (None, "Common", "Inherited"):
        return "DIGIT"
    if script == "Braille" and code != 0x2800:
        return "LETTER"
    return "OTHER"


def is_dropped(code, category):
    return code in DROPPED_CODES or (category == "Mn" and
                                   any(first <= code <= last for first, last in SIGNS))


def compatible_forms(folder):
    """{code point: (tag, first letter or digit or "")} where there is a compatibility decomposition."""
    fields = [line.split(";") for line
              in (folder / "UnicodeData.txt").read_text(encoding="utf-8").splitlines()]
    category = {int(field[0], 16): field[2] for field in fields}
    found = {}
    for field in fields:
        tag, *codes = field[5].split() or [""]
        if tag.startswith("<"):
            codes = [int(code, 16) for code in codes]
            # Ranges such as the Han characters have no line for each.
            letters = [chr(code) for code in codes if category.get(code, "Lo")[0] in "LN"]
            found[int(field[0], 16)] = tag, (letters + [""])[0]
    return found


def table(folder):
    word_break = property_file(folder, "auxiliary/WordBreakProperty.txt")
    category = property_file(folder, "extracted/DerivedGeneralCategory.txt")
    script = property_file(folder, "Scripts.txt")
    syllable = property_file(folder, "HangulSyllableType.txt")
    pictographic = {code for code, value in property_items(folder, "emoji/emoji-data.txt")
                    if value == "Extended_Pictographic"}
    compatible = compatible_forms(folder)
    values = bytearray(LIMIT)
    for code in range(LIMIT):
        kind = category.get(code, "Cn")
        value = CLASSES.index(class_of(code, word_break.get(code), kind, script.get(code),
                                       syllable.get(code), code in pictographic,
                                       compatible.get(code, ("", ""))))
        if script.get(code) in ("Latin", "Greek", "Cyrillic") and kind[0] == "L":
            value |= STRIPS_MARKS
        if is_dropped(code, kind):
            value |= DROPPED
        values[code] = value
    return values


def zeros(folder):
    """The digit 0 of each script, which its other digits follow."""
    category = property_file(folder, "extracted/DerivedGeneralCategory.txt")
    digits = [code for code in range(LIMIT) if category.get(code) == "Nd"]
    found, previous = [], None
    for code in digits:
        # Those of the mathematical alphabets are adjacent.
        if not found or code != previous + 1 or code == found[-1] + 10:
            found.append(code)
        previous = code
    assert len(digits) == 10 * len(found)
    return found


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
/* SPDX-License-Identifier: MIT */
/* The classes of all code points, in two stages. Written by common/text/unicode_tables.py from the
 * Unicode Character Database {version}; do not edit.
 *
 * Derived, modified, from data files that are Copyright (c) 1991-2022 Unicode, Inc., distributed
 * under the Terms of Use in https://www.unicode.org/copyright.html: permission is granted, free of
 * charge, to deal in the data files without restriction, provided that this copyright and
 * permission notice appear with all copies or in the documentation. The data files are provided "as
 * is", without warranty of any kind. */
#ifndef QUERN_COMMON_TEXT_UNICODE_TABLES_H
#define QUERN_COMMON_TEXT_UNICODE_TABLES_H

#define UNICODE_TABLES_VERSION "{version}"

_Static_assert(UNICODE_SHIFT == {shift}, "common/text/unicode.h and its tables disagree");

/* clang-format off */
const uint8_t unicode_rows[{len(index)}] = {{
{array(index)}
}};

const uint8_t unicode_classes[{len(rows)} << UNICODE_SHIFT] = {{
{array(value for row in rows for value in row)}
}};

static const uint32_t unicode_digit_zeros[] = {{
{array(zeros(folder))}
}};
/* clang-format on */

#endif""")


main()
