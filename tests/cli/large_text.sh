#!/bin/sh
# SPDX-License-Identifier: MIT
# Plain text too large to be held in memory gives the same documents as small files do, and an
# update notices whether it changed.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# lines: about 12 MB of them.
lines() {
    awk 'BEGIN { for (i = 0; i < 400000; i++) print "line " i " of zebra and words" }'
}

mkdir docs
{
    printf '\n  The first line \n\n'
    lines
    echo 'after it a lighthouse'
} >docs/plain.txt
{
    lines
    printf 'gr\374n and harbour\n'
} >docs/latin
{
    printf '<html><title>page</title>'
    lines
    echo '<b>windmill</b>'
} >docs/page
head -c 9000000 /dev/zero >docs/zeros
{
    printf 'word\n'
    head -c 12000000 /dev/zero | tr '\0' b
    printf ' quay'
} >docs/letters.txt

run 0 quern-index -n docs
out_has '^would add .*/plain.txt$'
out_has '^4 documents would be added'
run 0 quern-index docs
silent
documents 4
run 0 quern-index check
finds lighthouse docs/plain.txt
finds '"the first line"' docs/plain.txt
finds '"words line 399999"' docs/latin docs/page docs/plain.txt
finds grün docs/latin
finds windmill docs/page
finds quay docs/letters.txt

# passage QUERY TEXT: the passage shown is the one that matched, wherever it is, with <marks>.
escape=$(printf '\033')
passage() {
    run 0 quern-search --why --color=always "$1"
    sed "s/$escape\\[1;31m/</g; s/$escape\\[m/>/g" "$scratch/out" >"$scratch/shown"
    grep -qF -- "$2" "$scratch/shown" || fail "$1: does not show $2: $(cat "$scratch/shown")"
}
passage lighthouse 'after it a <lighthouse>'
passage '"words line 399999"' '<words> <line> <399999> of zebra'
passage grün '<grün> and harbour'
passage windmill '<windmill>'
passage quay '<quay>'

# The date is part of a document. A file that is read again for its fresh time has not changed; then more text.
age
touch docs/plain.txt docs/latin
run 0 quern-index -n docs
out_has '^0 documents would be added, 2 changed'
run 0 quern-index -v docs
err_has '^changed .*/latin$'
run 0 quern-index -v docs
err_has '^unchanged .*/latin$'
err_has '^indexed 0 new, 0 changed'
echo 'and a ferry' >>docs/plain.txt
run 0 quern-index -n docs
out_has '^would change .*/plain.txt$'
run 0 quern-index -v docs
err_has '^changed .*/plain.txt$'
finds ferry docs/plain.txt
documents 4

# A record that takes the id of the document in the same run is replaced by the file.
touch docs/plain.txt
printf '{"id":"%s/docs/plain.txt","text":"impostor"}\n' "$PWD" >feed.ndjson
run 0 quern-index feed.ndjson docs
finds impostor
finds ferry docs/plain.txt

# A file that is no text any more leaves the index.
printf '%%PDF-1.4\n' | dd of=docs/plain.txt conv=notrunc 2>/dev/null
run 0 quern-index -v docs
err_has '/plain.txt: binary$'
finds ferry
run 0 quern-index check
finish
