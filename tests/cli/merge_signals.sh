#!/bin/sh
# SPDX-License-Identifier: MIT
# A signal stops a merge or a compaction without losing documents or leaving files behind.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# records NUMBER: 20,000 documents of forty words.
records() {
    awk -v number="$1" 'BEGIN {
        srand(number)
        for (i = 1; i <= 20000; i++) {
            printf "{\"id\":\"%d-%d\",\"text\":\"part%d", number, i, number
            for (k = 0; k < 40; k++)
                printf " w%d", int(30000 * rand() * rand())
            print "\"}"
        }
    }'
}

# One segment more than may have the same size: the last one starts a merge.
for number in 1 2 3 4 5 6 7 8; do
    records "$number" >"$number.ndjson"
    run 0 quern-index -q "$number.ndjson"
done
[ "$(segments)" = 8 ] || fail "$(segments) segments, not 8"
records 9 >9.ndjson
quern-index -q --threads=1 9.ndjson &
run=$!
while [ "$(indexed)" -lt 180000 ] && kill -0 "$run" 2>/dev/null; do :; done
stop "$run" TERM
documents 180000
[ "$(segments)" = 9 ] || fail "$(segments) segments, not 9: the merge was not stopped"
run 0 quern-index check

# The next run merges.
echo 'one more' >more.txt
run 0 quern-index -q more.txt
[ "$(segments)" -lt 9 ] || fail "$(segments) segments: nothing was merged"
documents 180001
run 0 quern-index check

# The unfinished generation of a compaction is removed at once.
for signal in INT TERM HUP; do
    # A shell lets background processes ignore SIGINT.
    env --default-signal=INT quern-index --threads=1 compact &
    run=$!
    while [ ! -e "$QUERN_INDEX/gen-000002/data.mdb" ] && kill -0 "$run" 2>/dev/null; do :; done
    stop "$run" "$signal"
    left=$(cd "$QUERN_INDEX" && echo *)
    [ "$left" = "CURRENT gen-000001 lock" ] || fail "SIG$signal: the index has $left"
done
documents 180001
run 0 quern-index compact
[ "$(segments)" = 1 ] || fail "$(segments) segments after compact"
documents 180001
run 0 quern-index check
finish
