#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole query language, as users of quern-search type it.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir docs
cd docs || exit 1
echo 'The Norway gas pipeline leaks.' >a.txt
echo 'Oil rigs and a gas field; pipelines are far away from here.' >b.txt
echo 'Fire in the pipeline of the north.' >c.txt
echo 'Run rm -rf in a shell.' >d.txt
printf '# Gas\n\nWater pipes.\n' >e.md
run 0 quern-index .

# found "ID..." ARGUMENT...: the search finds exactly these, in any order.
found() {
    printf '%s\n' "$1" | tr ' ' '\n' | sed '/^$/d; s/$/.txt/; s/e.txt/e.md/' >"$scratch/expected"
    shift
    quern-search -n 100 -l "$@" 2>"$scratch/err" | sort >"$scratch/out"
    cmp -s "$scratch/expected" "$scratch/out" || {
        fail "$*"
        cat "$scratch/out" "$scratch/err"
    }
    [ ! -s "$scratch/err" ] || fail "$*: $(cat "$scratch/err")"
}

found 'a b' gas AND pipeline
found 'a b c e' --any gas pipeline
found 'a b c e' gas OR pipeline
found 'a b c d e' --any gas OR pipeline rm
found 'a e' --all 'gas NOT oil'
found 'a c' '(gas OR fire) AND pipeline AND NOT oil'
found 'b c' \( oil OR fire \) AND pipeline
found 'a e' --all 'gas -oil OR fire'
found 'a' 'gas NEAR/0 pipeline'
found 'a b' 'gas NEAR/1 pipeline'
found 'a b' '"pipeline gas"~1'
found 'a b c e' --all 'pipe*'
found 'a b c' --all 'pip?line*'
found 'a b c' --all '*line*'
found 'a b c' 'pipline~'
found 'a c' '=pipeline'
found 'b' '=pipelines'
found 'e' 'title:gas -pipeline -rigs'
found 'b c' 'title:(fire OR rigs)'
found 'a b' 'ext:txt gas'
found 'e' '(ext:md OR ext:html) gas'
found 'a b e' '((((gas))))'
found '' --all 'fire water'

# Weights decide the order.
[ "$(quern-search -l --any 'fire^9 OR gas' | head -n 1)" = c.txt ] || fail 'a weight'

# What is read otherwise than typed is a query, and an error if wanted.
run 0 quern-search '"gas pipeline'
err_has '^quern-search: read as: "gas pipeline" (closed a quote)$'
run 2 quern-search --strict '"gas pipeline'
err_has '^quern-search: read as: "gas pipeline" (closed a quote)$'
run 0 quern-search --strict '"gas pipeline"'
[ ! -s "$scratch/err" ] || fail '--strict: nothing was guessed'
run 0 quern-search gas AND
err_has '^quern-search: read as: gas \\AND (AND is read as a word)$'
printf 'gas\nOR oil\n' >queries
run 2 quern-search --strict --queries=queries --trec
err_has '^quern-search: read as: \\OR oil (OR is read as a word)$'
out_has '^1 Q0 '

# An option that looks like an excluded word.
run 1 quern-search rm -rf
err_has '^quern-search: -rf: this word was excluded; to search for it as text, type "-rf" or rf$'
run 0 quern-search 'rm "-rf"'
run 0 quern-search --all pipeline -gas
[ ! -s "$scratch/err" ] || fail 'an excluded word where something is found'

finish
