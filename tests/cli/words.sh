#!/bin/sh
# SPDX-License-Identifier: MIT
# Words are found as they are typed and by their parts.
# shellcheck disable=SC1091,SC1112,SC2154 # lib.sh defines them; quotes are meant
. "$(dirname "$0")/lib.sh"

mkdir d
echo 'The pump stopped.Next day it ran again.' >d/glued
printf 'Mail\n\n' >d/mail
printf 'Signs\n\n' >d/signs
printf 'Letters\n\n' | tee d/ascii d/japanese >d/thai
echo 'Ask jane.doe@example.org for quarterly.pdf, made with Node.js: max_connection_count' >>d/mail
echo 'Invoice# 4711 was paid. C#, C++, F# and .NET' >>d/signs
echo 'חיילי צה"ל בבסיס' >>d/ascii
echo 'הודעה של צה״ל היום, שָׁלוֹם' >d/gershayim
echo 'كِتَابٌ جديد محـــمد' >d/arabic
echo 'عام ١٩٧٣ و ۱۲۳ و १२३' >d/digits
echo 'the gas pipeline leaks' >d/phrase
echo 'a pipeline for gas, 04' >d/apart
echo 'U.S. exports, e.g. LNG, v1.2.3 and 20.04 and 1,000.50' >d/dots
echo 'best pizza 🍕 by 👩‍🍳' >d/emoji
echo '彼は京都で茶を飲んだ。1945年3月に戻った。日本の水と国' >>d/japanese
echo '중국의 물과 차 5인' >d/korean
echo 'ท่อแก๊สธรรมชาติ' >>d/thai
run 0 quern-index --lang=none d

for word in stopped next stopped.Next; do
    finds "$word" d/glued
done
for word in jane example quarterly pdf node connection; do
    finds "$word" d/mail
done
for word in jane.doe@example.org quarterly.pdf Node.js max_connection_count; do
    finds "$word" d/mail
done
for word in invoice 'Invoice#' 'invoice 4711' '"invoice 4711"' c 'c#' c++ 'F#' .net net; do
    finds "$word" d/signs
done
for word in 'צה"ל' 'צה״ל' 'צה”ל'; do
    finds "$word" d/ascii d/gershayim
done
finds 'שלום' d/gershayim
finds 'كتاب' d/arabic
finds 'محمد' d/arabic
for word in 1973 '١٩٧٣' 123 '۱۲۳'; do
    finds "$word" d/digits
done
for word in u.s. e.g. v1.2.3 20.04 1,000.50; do
    finds "$word" d/dots
done
finds 04 d/apart
for word in '🍕' '👩‍🍳' '👩' '🍳'; do
    finds "$word" d/emoji
done
for word in 茶 水 国 京 都 京都 京都で 1945年 3月 日本 '"京都で茶"' '"1945年 3月"'; do
    finds "$word" d/japanese
done
for word in 물 과 물과 5인; do
    finds "$word" d/korean
done
finds 'แก๊ส' d/thai
run 1 quern-search --all '本京'

for phrase in '"gas pipeline"' '“gas pipeline”' '„gas pipeline“' '«gas pipeline»' \
    '”gas pipeline”' '‘gas pipeline’'; do
    finds "$phrase" d/phrase
done

# marks QUERY WORDS: the passage marks these words: parts, and signs with their letters.
marks() {
    run 0 quern-search --json "$1"
    python3 - "$scratch/out" "$2" <<'END' || fail "$1: not marked: $2"
import json, sys
answer = json.load(open(sys.argv[1], encoding="utf-8"))
marked = [s["text"][a:b] for s in answer["hits"][0]["snippets"] for a, b in s["marks"]]
assert marked == sys.argv[2].split(), marked
END
}
if command -v python3 >/dev/null 2>&1; then
    marks node 'Node'
    marks node.js 'Node js'
    marks 'c# f#' 'C# F#'
    marks 'צה"ל חיילי' 'חיילי צה"ל'
    marks '茶 1945年' '茶 1945年'
    marks 'แก๊ส' 'แก๊ส'
fi

# In Vietnamese, marks distinguish words, and a word without any finds all of its forms.
mkdir vi
echo 'thị trường khí đốt' >vi/marked
echo 'thi truong' >vi/plain
rm -r "$QUERN_INDEX"
run 0 quern-index --lang=vi vi
finds 'thị trường' vi/marked
finds '"THỊ TRƯỜNG"' vi/marked
finds 'thi truong' vi/marked vi/plain
finds '"truong khi dot"' vi/marked
run 1 quern-search --all 'thí trường'
for code in ja ko th zh-TW; do
    rm -r "$QUERN_INDEX"
    run 0 quern-index --lang=$code vi
done

# A phrase of thousands of words is cut, and one line says so.
{ printf '"'; yes 'gas pipeline' | head -n 8000 | tr '\n' ' '; } >long
quern-search --all "$(cat long)" >"$scratch/out" 2>"$scratch/err"
err_has 'words after the first 1,024 are left out)$'
[ "$(wc -l <"$scratch/err")" -eq 1 ] || fail 'a long phrase: not one line'

finish
