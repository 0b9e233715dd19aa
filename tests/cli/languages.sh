#!/bin/sh
# SPDX-License-Identifier: MIT
# An index of several languages: documents are read in theirs, queries in all.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir mixed german
echo '<html lang=de-AT><p>Die alten Häuser am Meer' >mixed/meer.html
printf -- '---\nlang: en\n---\nOld houses by the sea' >mixed/sea.md
echo 'Houses, Häuser and gas pipelines' >mixed/plain
echo 'Neue Häuser in der Stadt' >german/stadt
echo '<html lang=en><p>New houses in town' >german/town.html
cat >records.ndjson <<'END'
{"id":"r1","text":"Ein verkauftes Haus","lang":"de"}
{"id":"r2","text":"A sold house","lang":"eng"}
{"id":"r3","text":"Une maison vendue: Häuser","lang":"fr"}
END
run 0 quern-index --lang=en,de mixed records.ndjson
silent
run 0 quern-index --lang=de german
silent
documents 8
run 0 quern-index status
out_has '^stemmer  *english; for other languages: german$'
run 0 quern-index check

# A word stands for its stems in both languages.
finds haus mixed/meer.html german/stadt r1
finds Häuser mixed/meer.html mixed/plain german/stadt r1 r3
finds house mixed/sea.md mixed/plain german/town.html r2
finds '"neues haus"' german/stadt
finds '"haus neues"'
finds '"old house"' mixed/sea.md
finds 'alte häuser' mixed/meer.html
finds '+house -old' mixed/plain german/town.html r2
finds 'house OR haus' mixed/meer.html mixed/sea.md mixed/plain german/stadt german/town.html r1 r2
finds '(alte OR neues) AND haus' mixed/meer.html german/stadt
finds 'neues NEAR/1 haus' german/stadt
finds 'haus NEAR verkauftes' r1
finds '=häuser' mixed/meer.html mixed/plain german/stadt r3
finds '="neue häuser"' german/stadt
finds 'häus*' mixed/meer.html mixed/plain german/stadt r1 r3
finds 'housse~1' mixed/sea.md mixed/plain german/town.html r2
finds 'hauss~1' mixed/meer.html german/stadt r1
finds 'lang:de' mixed/meer.html german/stadt r1

run 0 quern-search -l --like="$PWD/german/stadt"
out_has 'mixed/meer.html'

# A source keeps its language, and other languages are refused.
echo 'Ein großes Haus' >german/neu
run 0 quern-index update
documents 9
finds lang:de mixed/meer.html german/stadt german/neu r1
run 0 quern-index --lang=en,de update
for languages in de,en fr en,fr; do
    run 78 quern-index --lang=$languages german
    err_has "stemmers english,german; now "
done
# Read again in another language.
run 0 quern-index --lang=en german
finds lang:de mixed/meer.html r1
finds haus german/neu mixed/meer.html r1
run 0 quern-index compact
run 0 quern-index check
finds haus german/neu mixed/meer.html r1
# Guessed, if the library is there.
mkdir guessed
echo 'Die Häuser an der alten Straße wurden im letzten Jahr verkauft und werden nun umgebaut.' >guessed/a
echo 'The houses along the old road were sold last year, and are now being rebuilt.' >guessed/b
printf -- '---\nlang: en\n---\nDie Häuser an der alten Straße wurden im letzten Jahr verkauft.\n' >guessed/c.md
quern-index -q --lang=en,de,auto guessed 2>"$scratch/err"
case $? in
0)
    finds haus guessed/a german/neu mixed/meer.html r1
    finds 'house road' guessed/b
    finds lang:de guessed/a mixed/meer.html r1
    finds lang:en guessed/b guessed/c.md mixed/sea.md german/neu german/stadt german/town.html
    ;;
78) one_line 'apt install libexttextcat-2.0-0' ;;
*) fail "guess: $(cat "$scratch/err")" ;;
esac
run 64 quern-index --lang=auto guessed
one_line 'as in en,de,auto'
run 64 quern-index --lang=en,xx german
one_line 'lang xx: unknown'
finish
