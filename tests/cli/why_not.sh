#!/bin/sh
# SPDX-License-Identifier: MIT
# --why-not says what of a query a document has, and whether the query finds it.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir docs
echo 'The Norway gas pipeline, gas' >docs/a.md
printf 'An old one.\n\nThe oil pipeline has a leak.\n' >docs/b.txt
run 0 quern-index -q docs

# answers CODE LINE... -- ARGUMENT...: prints these lines.
answers() {
    expected=$1
    shift
    : >"$scratch/expected"
    while [ "$1" != -- ]; do
        printf '%b\n' "$1" >>"$scratch/expected"
        shift
    done
    shift
    run "$expected" quern-search "$@"
    cmp -s "$scratch/expected" "$scratch/out" || fail "$*: $(cat "$scratch/out")"
}

answers 0 'no\tgas' 'yes\tpipeline (1)' 'found: hit 2 of 2' -- --why-not=docs/b.txt gas pipeline
answers 1 'no\tgas' 'yes\tpipeline (1)' 'not found: it lacks gas' -- \
    --why-not=docs/b.txt --all gas pipeline
answers 1 'yes\tpipeline (1)' 'yes\t-leak (1)' 'not found: it matches -leak' -- \
    --why-not=docs/b.txt 'pipeline -leak'
answers 1 'yes\tpipeline (1)' 'no\text:pdf' 'not found: it lacks ext:pdf' -- \
    --why-not=docs/b.txt pipeline ext:pdf
answers 0 'yes\tgas OR oil' 'yes\tpipe*' 'no\tzebra' 'found: hit 2 of 2' -- \
    --why-not=docs/b.txt '(gas OR oil) pipe* zebra'
answers 1 'no\tzebra' 'not found: it has none of the words' -- --why-not="$PWD/docs/b.txt" zebra
answers 1 'no\t-gas' 'not found: it has none of the words' -- --why-not=docs/b.txt -- '-gas'
run 2 quern-search --why-not=docs/none.txt gas
err_has '^quern-search: docs/none.txt: not in the index$'
run 2 quern-search --why-not=docs/b.txt --json gas
run 2 quern-search --why-not=docs/b.txt
quern-search --why-not=docs/b.txt pipeline | true
finish
