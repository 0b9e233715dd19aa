#!/bin/sh
# SPDX-License-Identifier: MIT
# Large corpora are indexed within --memory and the 64 MiB of a transaction: one word a hundred
# million times, and a real corpus on one thread and on sixteen.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/../cli/lib.sh"

yes word | head -c 500000000 >often.txt
for memory in 16 256; do
    rm -rf "$QUERN_INDEX"
    peak $((memory + 64)) quern-index --memory="${memory}M" --max-size=1G often.txt
    run 0 quern-index check
    finds word often.txt
done
rm often.txt

corpus=${QUERN_CORPORA:-/nonexistent}/enwiki.ndjson.zst
if [ -e "$corpus" ] && command -v zstd >/dev/null 2>&1; then
    zstd -q -d --long=27 -c "$corpus" >corpus.ndjson
    for memory in 64 256; do
        for threads in 1 16; do
            rm -rf "$QUERN_INDEX"
            peak $((memory + 64)) quern-index --memory="${memory}M" --threads="$threads" \
                --commit-every=10h corpus.ndjson
        done
        run 0 quern-index check
    done
else
    echo "unchecked: a real corpus (QUERN_CORPORA, and zstd to unpack it)"
fi
finish
