#!/bin/sh
# SPDX-License-Identifier: MIT
# A query with misspelt words is answered with a better one, but only with one that finds something.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# suggests TEXT WORD...: what stderr offers for these words; empty: nothing.
suggests() {
    expected=$1
    shift
    quern-search "$@" >"$scratch/out" 2>"$scratch/err"
    found=$(sed -n 's/^quern-search: did you mean: //p' "$scratch/err")
    [ "$found" = "$expected" ] || fail "$*: suggests \"$found\", not \"$expected\""
}

mkdir d
echo 'The gas pipeline from Norway' >d/a
echo 'A separate café' >d/b
run 0 quern-index d

suggests 'gas pipeline' 'gas pipline'
suggests 'gas pipeline' gas pipline
suggests 'what is The Gas pipeline?' 'what is The Gas pipline?'
suggests '"gas pipeline" +norway' '"gass pipline" +norwya'
suggests '"gas pipeline" -leak' 'gas pipline' -leak
suggests '(separate café' '(seperate caffe' --all
suggests 'title:gas' title:gass
suggests '' gas pipeline
suggests '' gas -pipline
suggests '' pipline:gas
suggests '' qqqqqq
suggests '' "gass $(printf '%0700d' 0)"
# Both words exist, but not in one document.
suggests '' --all norwya caffe
suggests 'norway café' norwya caffe

run 1 quern-search -q gass
[ -s "$scratch/err" ] && fail '-q is not quiet'
run 1 quern-search --json gass
out_has '"did_you_mean":"gas"'
run 0 quern-search --json gas
grep -q did_you_mean "$scratch/out" && fail 'a sound query is corrected'
printf 'gass\ngas\n' >queries
run 0 quern-search --queries=queries --json
out_has '"query":"gass","did_you_mean":"gas"'
[ "$(grep -c did_you_mean "$scratch/out")" -eq 1 ] || fail 'each line has its own'

finish
