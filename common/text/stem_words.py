#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes common/text/stem_words.h: words of each language by whose stems a stemmer is recognised.

usage: stem_words.py FOLDER >common/text/stem_words.h

FOLDER holds https://github.com/snowballstem/snowball-data (BSD), where LANGUAGE/voc.txt lists words
and output.txt their stems. Of each language, the words are those that together show the most endings
that the algorithm removes or replaces, the most frequent ones first. Other words change the
fingerprint of every index.
"""
import re
import sys
import unicodedata
from pathlib import Path

COUNT = 32
SHORTEST, LONGEST = 4, 14  # letters
# Those without a usable list there.
BY_HAND = {
    "arabic": "والكتاب كتابهم المدرسة مدرسات يكتبون كتبت سيكتب المعلمين معلمون فالبيت للناس كالشمس بالعربية "
              "أخبار الأخبار استخدام يستخدمون استخدمت مستخدم المستخدمين برامج البرنامج برنامجك وسنقرأ نظامها "
              "إدارة الإدارية ملفات ملفاتهما الجديدة جديدتين أكبر كبيران لبنان وصل تواصل يتواصلون أسئلة سؤال "
              "مكتبي شبكة الشبكات شبكتنا تثبيتها",
    "tamil": "மரம் மரங்கள் மரத்தில் மரத்தை மரத்தின் வீடு வீடுகள் வீட்டில் வீட்டிற்கு வீட்டிலிருந்து பறவை பறவைகளை பறவைகளுக்கு "
             "வந்தான் வந்தார்கள் வருகிறேன் வருகிறார் வருவார்கள் செய்தது செய்கிறது செய்யும் செய்யாமல் செய்வதற்கு படித்த "
             "படிக்கின்றனர் படிப்பதில்லை நல்ல நன்மை நாடுகளின் நாட்டிலுள்ள மொழிகளில் மொழியும் தமிழகத்தின் அவருடைய அவர்களுடன் "
             "எங்கே அந்தப் இந்தக் பெரியது பெரியவர்கள்",
}


def ending(word, stem):
    """What the algorithm took from the word, and what it put in its place."""
    same = 0
    while same < min(len(word), len(stem)) and word[same] == stem[same]:
        same += 1
    return word[same:], stem[same:]


def choose(folder):
    words = (folder / "voc.txt").read_text(encoding="utf-8").split("\n")
    stems = (folder / "output.txt").read_text(encoding="utf-8").split("\n")
    endings = {}
    for word, stem in zip(words, stems):
        letters = all(unicodedata.category(letter)[0] in "LM" for letter in word)
        if letters and SHORTEST <= len(word) <= LONGEST:
            endings.setdefault(ending(word, stem), []).append(word)
    frequent = sorted(endings.items(), key=lambda item: (-len(item[1]), item[0]))[:COUNT]
    return [words[len(words) // 2] for _, words in frequent]


def main():
    folder = Path(sys.argv[1])
    table = (Path(__file__).parent / "language.c").read_text(encoding="utf-8")
    names = re.findall(r'\.stemmer = "(\w+)",\s*\.codes', table)
    found = {name: BY_HAND[name].split() if name in BY_HAND else choose(folder / name)
             for name in names if name in BY_HAND or (folder / name).exists()}
    print("""\
/* SPDX-License-Identifier: MIT */
/* Words by whose stems a stemmer is recognised, separated by spaces. Written by
 * common/text/stem_words.py from https://github.com/snowballstem/snowball-data; do not edit. */
#ifndef QUERN_COMMON_TEXT_STEM_WORDS_H
#define QUERN_COMMON_TEXT_STEM_WORDS_H

static const struct stem_words {
    const char *algorithm;
    const char *words;
} STEM_WORDS[] = {
    /* clang-format off */""")
    for name in sorted(found):
        lines, line = [], ""
        for word in found[name]:
            if len(line) + len(word) > 85:
                lines.append(line)
                line = ""
            line += word + " "
        lines.append(line.rstrip())
        print(f'    {{"{name}",')
        print("\n".join(f'     "{line}"' for line in lines) + "},")
    print("""\
    /* clang-format on */
};

#endif""")


main()
