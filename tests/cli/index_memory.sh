#!/bin/sh
# SPDX-License-Identifier: MIT
# Large inputs fit into little memory: a batch that fills the budget is committed, and the next one
# has the whole budget again.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# commits COMMAND...: runs it; prints how often it synced the index, if that can be traced.
commits() {
    # The leak detector does not work in a traced program.
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=fdatasync -o "$scratch/trace" "$@" >&2 || return
    grep -c 'fdatasync(' "$scratch/trace"
}

# few WHAT COMMITS LIMIT: the commits are within the limit.
few() {
    [ "${2:-1000}" -le "$3" ] || fail "$1: ${2:-no} commits"
}

run 64 quern-index --memory=1023K nowhere
err_has "^quern-index: --memory: at least 1M is needed$"

# A document of 100,000 words, then small ones; and many ids in few bytes of text.
{
    awk 'BEGIN {
        printf "{\"id\":\"large\",\"text\":\""
        for (i = 0; i < 100000; i++)
            printf "x%d ", i
        print "\"}"
    }'
    for i in $(seq 1000); do
        echo "{\"id\":\"small/$i\",\"text\":\"word n$i\"}"
    done
} >large.ndjson
awk 'BEGIN { for (i = 0; i < 40000; i++)
                 printf "{\"id\":\"some/long/path/of/%d\",\"text\":\"x\"}\n", i }' >ids.ndjson
if command -v strace >/dev/null 2>&1 && strace -o /dev/null true 2>/dev/null; then
    few "after a large document" "$(commits quern-index --memory=1M large.ndjson)" 20
    few "many ids" "$(commits quern-index --memory=1M ids.ndjson)" 60
else
    run 0 quern-index --memory=1M large.ndjson ids.ndjson
fi
run 0 quern-index check
documents 41001
finds x99999 large
finds n1000 small/1000

# One word very often: no memory is kept per occurrence. 64 MiB are for a transaction.
yes often | head -c 80000000 >often.txt
peak $((16 + 64)) quern-index --memory=16M --max-size=1G often.txt
run 0 quern-index check
finds often often.txt
run 0 quern-index remove often.txt

# Words, lines and files of any length are indexed or refused in time.
{
    printf 'before '
    head -c 1000000 /dev/zero | tr '\0' a
    printf ' after'
} >token.txt
run 0 quern-index token.txt
finds '"before after"'
finds before token.txt
finds after token.txt
{
    printf '{"id":"long","text":"ferry '
    head -c 20000000 /dev/zero | tr '\0' ' '
    printf 'harbour"}\n{"id":"next","text":"quay"}\n'
} >long.ndjson
run 0 timeout 50 quern-index long.ndjson
finds harbour long
finds quay next
truncate -s 1G endless.ndjson && echo >>endless.ndjson
echo '{"id":"next","text":"lighthouse"}' >>endless.ndjson
run 1 timeout 50 quern-index endless.ndjson
err_has 'endless.ndjson:1: a line of more than 67108864 bytes$'
finds lighthouse next
truncate -s 1G endless.txt
run 1 timeout 50 quern-index endless.txt
err_has 'endless.txt: cannot be indexed: larger than --max-size$'
truncate -s 60M zeros.txt
run 1 timeout 50 quern-index zeros.txt
err_has 'zeros.txt: cannot be indexed: binary$'
head -c 30000000 /dev/zero | tr '\0' b >letters.txt
run 0 timeout 50 quern-index letters.txt
run 0 quern-index check
finish
