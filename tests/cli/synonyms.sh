#!/bin/sh
# SPDX-License-Identifier: MIT
# Words find the documents of their synonyms, as a file has them.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# stands_for WORD ID...: exactly these documents have it, or what it stands for.
stands_for() {
    word=$1
    shift
    found=$(quern-search --all -n 1000 -l --synonyms=synonyms "$word" | sort | tr '\n' ' ')
    [ "$found" = "$* " ] || fail "$word: found <$found>, not <$*>"
}

mkdir d
echo 'petrol prices rise' >d/petrol
echo 'gas prices fall' >d/gas
echo 'natural gas and coal' >d/natural
echo 'the United States' >d/states
echo 'united in other states' >d/apart
echo 'made in the USA' >d/usa
run 0 quern-index d

cat >synonyms <<'END'
# fuels
gas, petrol    # and more
coal, "natural gas"
usa => united states
nothing
END
run 0 quern-search --synonyms=synonyms --all price
[ "$(cat "$scratch/err")" = "quern-search: synonyms:5: a single word has no synonyms; the line is left out" ] ||
    fail "the warning is: $(cat "$scratch/err")"
sed -i '$d' synonyms
stands_for 'gas price' d/gas d/petrol
stands_for 'petrol' d/gas d/natural d/petrol
stands_for 'usa' d/states d/usa
stands_for '"united states"' d/states
stands_for 'usa -gas' d/states d/usa
stands_for '"natural gas"' d/natural
finds 'gas' d/gas d/natural
printf 'petrol\nusa\n' >queries
run 0 quern-search --synonyms=synonyms --queries=queries -l
[ "$(wc -l <"$scratch/out")" -eq 5 ] || fail "a batch finds: $(cat "$scratch/out")"
run 2 quern-search --synonyms=missing gas
err_has 'quern-search: missing: open: No such file'

finish
