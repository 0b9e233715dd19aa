#!/bin/sh
# shellcheck disable=SC1091,SC2154 # lib.sh has what seems to be missing
# A merge keeps no document in memory beyond --memory: 600,000 go through less than their hashes,
# lengths and new numbers would take.
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

# Documents that were replaced get new numbers by way of a map.
records 1 40000 second | quern-index -q --threads=1 - || fail "replace"
[ "$(segments)" = 4 ] || fail "merged already"
documents 600000

# Of 32 MiB the program, its libraries, what LMDB changes and buffers take half.
if sanitized; then
    run 0 quern-index --memory=1M --threads=1 compact # a sanitizer has memory of its own
else
    run 0 sh -c 'ulimit -d 32768 && exec quern-index --memory=1M --threads=1 compact'
fi
documents 600000
[ "$(quern-search -c second)" = 40000 ] || fail "$(quern-search -c second) documents with second"
run 0 quern-index check
finish
