#!/bin/sh
# SPDX-License-Identifier: MIT
# A merge stays within --memory: 600,000 documents are merged in less memory than their hashes,
# lengths and new numbers would take.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# records PART COUNT WORD: documents of five words, one of which all have.
records() {
    awk -v part="$1" -v count="$2" -v word="$3" 'BEGIN {
        srand(part)
        for (i = 1; i <= count; i++)
            printf "{\"id\":\"%d/%d\",\"text\":\"all %s w%d w%d w%d\"}\n", part, i, word,
                   10000 * rand() * rand(), 10000 * rand() * rand(), 10000 * rand() * rand()
    }'
}

for part in 1 2 3; do
    records "$part" 200000 first | quern-index -q --threads=1 - || fail "add part $part"
done

# Segments with replaced documents are renumbered through a map.
records 1 40000 second | quern-index -q --threads=1 - || fail "replace"
[ "$(segments)" = 4 ] || fail "merged already"
documents 600000

# The program, its libraries, LMDB's dirty pages and buffers take half of 32 MiB.
if sanitized; then
    run 0 quern-index --memory=1M --threads=1 compact # a sanitizer needs more
else
    run 0 sh -c 'ulimit -d 32768 && exec quern-index --memory=1M --threads=1 compact'
fi
documents 600000
[ "$(quern-search -c second)" = 40000 ] || fail "$(quern-search -c second) documents with second"
run 0 quern-index check
finish
