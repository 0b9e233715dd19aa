#!/bin/sh
# SPDX-License-Identifier: MIT
# Words of fields, filters and the list of fields, as users of quern-search see them.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
tab=$(printf '\t')

mkdir -p docs/old 'Notes [2]'
printf '# Gas pipeline\n\nOil rig.\n' >docs/a.md
printf '# Oil\n\nThe gas pipeline leaks.\n' >docs/old/gas-report.md
printf 'Prices\n\nGas prices fall.\n' >docs/prices.txt
printf 'Brackets\n\nGas in brackets.\n' >'Notes [2]/b.txt'
printf '{"id":"7","title":"Oil","text":"gas","author":"Jane Doe","tag":["Natural Gas","draft"]}\n' >t.ndjson
touch -d '2020-05-17 12:00 UTC' docs/prices.txt
run 0 quern-index docs 'Notes [2]' t.ndjson

# found ID... -- ARGUMENT...: the search finds exactly these, in any order.
found() {
    : >"$scratch/expected"
    while [ "$1" != -- ]; do
        printf '%s\n' "$1" >>"$scratch/expected"
        shift
    done
    shift
    quern-search --all -l "$@" 2>"$scratch/err" >"$scratch/out"
    sort -o "$scratch/out" "$scratch/out"
    sort "$scratch/expected" | cmp -s - "$scratch/out" || {
        fail "$*"
        cat "$scratch/out"
    }
}

# Words of one field.
found docs/a.md -- title:gas
found docs/a.md -- -f title gas
found docs/old/gas-report.md docs/prices.txt 'Notes [2]/b.txt' 7 -- text:gas
found docs/old/gas-report.md -- name:report
found 7 -- 'author:"jane doe"'
found docs/a.md -- 'title:(gas pipeline)'
found docs/a.md -- 'title:gas pipeline' rig
found docs/a.md docs/prices.txt 'Notes [2]/b.txt' -- gas -title:oil

# Filters, alone and with words, in the query and as options.
found docs/a.md docs/old/gas-report.md -- ext:md
found docs/prices.txt 'Notes [2]/b.txt' -- gas ext:TXT
found docs/a.md docs/old/gas-report.md docs/prices.txt 'Notes [2]/b.txt' -- --ext=.md,txt gas
found 7 -- 'tag:"natural gas"'
found 7 -- gas tag:draft
found docs/a.md docs/old/gas-report.md docs/prices.txt 'Notes [2]/b.txt' -- gas -tag:draft
found docs/old/gas-report.md docs/prices.txt -- --path=docs gas -rig
found docs/old/gas-report.md -- --path=docs/old/
found docs/old/gas-report.md 'Notes [2]/b.txt' -- --path=./docs/old '--path=Notes [2]' gas
found docs/a.md -- --path=docs --ext=md title:gas
found -- --path=docs/none gas
(cd docs && quern-search -l --path=. --ext=txt gas) | grep -q '^prices.txt$' || fail 'path: .'

# Ranges, and patterns of ids.
found docs/prices.txt -- date:2020
found docs/prices.txt -- gas date:..2021-06
found docs/a.md docs/old/gas-report.md 'Notes [2]/b.txt' -- gas date:1d
found docs/prices.txt -- --since=2020-05-17 --until=2020-05-17 gas
found docs/a.md docs/prices.txt -- gas '-size:>26' ext:md,txt
found docs/a.md docs/old/gas-report.md -- '--path=*.md' gas
found docs/a.md -- '--path=docs/?.md' --path=t.csv gas
found docs/prices.txt -- --path=docs/prices.txt gas

# What is no field is text, with a note where it looks like one.
run 0 quern-search titel:gas
err_has 'read as: titel\\:gas (titel: is no field, but title: is)$'
run 0 quern-search size:big gas
err_has 'size: takes numbers, as in size:>10k'
run 1 quern-search --all std::vector
run 2 quern-search -f titel gas
err_has 'no document has a field titel; --field-list shows the fields$'
run 2 quern-search --since=soon gas
err_has '^quern-search: --since=soon: is no date'
run 2 quern-search --sort=title gas
err_has 'is text; sort by'
run 2 quern-search --facet=size gas
run 2 quern-search --boost=ext:2 gas

# The same in a batch.
printf 'x\ttitle:gas\ny\text:txt prices\n' >queries
run 0 quern-search -l --queries=queries
out_has "^x${tab}docs/a.md$"
out_has "^y${tab}docs/prices.txt$"
run 0 quern-search -l --queries=queries --ext=md
out_has '^x'
[ "$(wc -l <"$scratch/out")" -eq 1 ] || fail 'a filter of a batch'

# The fields.
run 0 quern-search --field-list
out_has "^title${tab}text${tab}5$"
out_has "^text${tab}text${tab}5$"
out_has "^ext${tab}keyword${tab}4$"
run 0 quern-search --field-list --json
out_has '"fields":\[{"name":"title","type":"text","documents":5}'
run 2 quern-search --field-list gas

finish
