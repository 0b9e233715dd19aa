#!/bin/sh
# SPDX-License-Identifier: MIT
# --expand finds documents by words of the best ones, and --like those like a document.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir docs
for i in 1 2 3 4 5; do
    echo "The gas pipeline of report p$i, a number, needs a compressor and a valve." >"docs/pipeline$i.txt"
done
echo 'A compressor and its valve were replaced in March.' >docs/compressor.txt
for i in $(seq 80); do
    echo "Bread of kind k$i, a garden and the weather of day d$i." >"docs/other$i.txt"
done
run 0 quern-index -q docs

# Without the words of the query, but with words of the documents that have them.
run 0 quern-search -l --expand pipeline
out_has '^docs/pipeline1.txt$'
out_has '^docs/compressor.txt$'
[ "$(wc -l <"$scratch/out")" -eq 6 ] || fail "--expand: $(cat "$scratch/out")"
# Those with them come first.
head -n 5 "$scratch/out" | grep -q compressor && fail '--expand: the words of the query count less'
run 0 quern-search -l --expand --all gas pipeline
[ "$(wc -l <"$scratch/out")" -eq 5 ] || fail "--expand --all: $(cat "$scratch/out")"
run 1 quern-search --expand zeppelin
run 1 quern-search --expand 'pipeline -number'
run 0 quern-search -l --expand 'pipeline -replaced'
grep -q compressor.txt "$scratch/out" && fail '--expand finds what is excluded'

# Like a document, by its id or path, and not the document itself.
run 0 quern-search -l --like docs/pipeline1.txt
[ "$(head -n 4 "$scratch/out" | grep -c 'docs/pipeline[2-5]')" -eq 4 ] || fail "--like: $(cat "$scratch/out")"
out_has '^docs/compressor.txt$'
grep -q pipeline1 "$scratch/out" && fail '--like: shows the document itself'
(cd docs && quern-search -l --like pipeline1.txt) | cmp -s - /dev/null && fail '--like: not below the folder'
printf '{"id":"7 *","text":"a valve leaks"}\n' | quern-index -q -
run 0 quern-search -l --like '7 *'
out_has '^docs/compressor.txt$'
run 0 quern-search -l --like docs/pipeline1.txt march
[ "$(cat "$scratch/out")" = docs/compressor.txt ] || fail "--like with a word: $(cat "$scratch/out")"
run 0 quern-search --why --like docs/compressor.txt
echo 'xylophone' >docs/alone.txt
run 0 quern-index -q docs/alone.txt
run 1 quern-search --like docs/alone.txt
run 1 quern-search --like docs/alone.txt ext:txt
run 2 quern-search --like docs/none.txt
err_has '^quern-search: docs/none.txt: not in the index$'

run 2 quern-search --like docs/pipeline1.txt --expand
run 2 quern-search --expand --sort=date gas
run 0 quern-index -q -i bare --no-store docs
run 2 quern-search -i bare --expand pipeline
err_has 'no texts (--no-store)'
run 2 quern-search -i bare --like docs/pipeline1.txt
finish
