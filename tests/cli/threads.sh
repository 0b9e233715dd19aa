#!/bin/sh
# SPDX-License-Identifier: MIT
# Threads change how fast it goes, never an answer: documents, batches, merges, compact, a document
# in parts, and batches of queries. check.sh also runs this under ThreadSanitizer, whose reports
# fail a program.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/../crash/lib.sh"

questions
# Enough for several document batches in flight.
records 1 12000 >records.ndjson
records 11500 12500 2 >more.ndjson
# Larger than 4 MB, so it is indexed in parts.
{
    printf '{"id":"parts","text":"'
    awk 'BEGIN { for (i = 0; i < 450000; i++) printf "part w%d ", i % 977 }'
    printf '"}\n'
} >parts.ndjson

# build INDEX THREADS: one commit, then changed documents in several commits, so that segments are
# merged.
build() {
    run 0 quern-index -i "$1" --threads="$2" --memory=48M records.ndjson parts.ndjson
    run 0 quern-index -i "$1" --threads="$2" --memory=48M --commit-every=20ms more.ndjson
    run 0 quern-index -i "$1" --threads="$2" compact
    run 0 quern-index -i "$1" check
}

build "$scratch/one" 1
build "$scratch/many" 4
answers "$scratch/one" >"$scratch/expected"
[ -s "$scratch/expected" ] || fail "no answers"
answers "$scratch/many" | cmp -s - "$scratch/expected" || fail "four threads give other answers"
for threads in 1 4; do
    run 0 quern-search -i "$scratch/one" --threads="$threads" --queries="$scratch/questions" --trec=x
    cp "$scratch/out" "$scratch/queries.$threads"
done
cmp -s "$scratch/queries.1" "$scratch/queries.4" || fail "queries in four threads: other answers"
finish
