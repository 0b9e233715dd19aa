#!/bin/sh
# SPDX-License-Identifier: MIT
# Titles and passages show what matched, whatever the query is made of.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
escape=$(printf '\033')
mkdir d
printf '# Gas pipelines\n\nThe pipeline carries gas and oil. A pipe, pipes, a piper. %s\n' \
    'Nothing about the sea; Norwegian oil of the sea.' >d/a.md
run 0 quern-index d

# marks QUERY WORD...: these are highlighted, first in the title, then in the passage, in order.
marks() {
    query=$1
    shift
    run 0 quern-search --why --color=always "$query"
    found=$(grep -o "$escape\\[1;31m[^$escape]*" "$scratch/out" | sed 's/^.*m//' | tr '\n' ' ')
    [ "$found" = "$* " ] || fail "$query: highlights <$found>, not <$*>"
}
marks gas Gas gas
marks 'title:gas' Gas
marks 'text:gas' gas
marks 'title:(gas OR pipeline)' Gas pipelines
marks 'pip*' pipelines pipeline pipe pipes piper
marks 'title:pip*' pipelines
marks 'text:pip*' pipeline pipe pipes piper
marks 'p?pe' pipe pipes
marks 'pipline~1' pipelines pipeline
marks pipes pipe pipes
marks '=pipes' pipes
marks '=pipe OR =Norwegian' pipe Norwegian
marks 'gas NEAR/1 oil' gas oil
marks '"gas oil"~1' gas oil
marks '"norwegian oil"' Norwegian oil
marks '(gas OR oil) AND sea' Gas gas oil sea oil sea
marks 'norwegian AND NOT missing' Norwegian
marks 'pipe^2 norwegian' pipe pipes Norwegian
marks 'norwegian -missing' Norwegian
printf 'fuel, gas, crude oil, norwegian oil\n' >synonyms
run 0 quern-search --synonyms=synonyms --why --color=always fuel
grep -q "$escape\\[1;31mNorwegian$escape.*$escape\\[1;31moil" "$scratch/out" ||
    fail "synonyms: $(cat -v "$scratch/out")"
finish
