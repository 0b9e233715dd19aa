#!/bin/sh
# SPDX-License-Identifier: MIT
# Searches and checks during indexing and compaction see one commit each, and all of it.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

records 1 12000 >records.ndjson
last=$(wc -l <records.ndjson)

# watch PID: searches and checks until the process ends. Every document has the word mill, and its
# number is in its id and its title.
watch() {
    before=0
    looks=0
    while kill -0 "$1" 2>/dev/null; do
        quern-search --queries=looks -c >"$scratch/out" 2>"$scratch/err"
        code=$?
        # At first there is no index.
        [ "$code" -eq 2 ] && [ "$before" -eq 0 ] && grep -q 'no index at' "$scratch/err" && continue
        [ "$code" -le 1 ] || fail "look $looks: exit code $code: $(cat "$scratch/err")"
        looks=$((looks + 1))
        # One process has one snapshot, so the words that every document has all count the same.
        totals=$(cut -f 2 "$scratch/out" | sort -u)
        [ "$(echo "$totals" | wc -l)" -eq 1 ] || fail "look $looks: different totals: $totals"
        [ "$totals" -ge "$before" ] || fail "look $looks: $totals documents, $before before"
        before=$totals
        quern-search -n 1000000 --tsv mill >"$scratch/out" 2>"$scratch/err"
        code=$?
        [ "$code" -le 1 ] || fail "look $looks: exit code $code: $(cat "$scratch/err")"
        awk -F '\t' '$3 != "Number " substr($2, 2) { bad = 1 } END { exit bad }' "$scratch/out" ||
            fail "look $looks: an id with another title"
        [ "$(wc -l <"$scratch/out")" -ge "$before" ] || fail "look $looks: hits are missing"
        [ "$(cut -f 2 "$scratch/out" | sort | uniq -d | wc -l)" -eq 0 ] ||
            fail "look $looks: a document twice"
        run 0 quern-index check
    done
    wait "$1" || fail "the run in the background: exit code $?"
}

printf 'a\tmill\nb\tnumber\nc\tmill number\n' >looks
quern-index --memory=1M --commit-every=2ms records.ndjson &
watch $!
echo "adding: $looks looks, the last one at $before of $last documents"
[ "$looks" -gt 2 ] || fail "too few looks"
documents "$last"

# Compaction replaces the generation during the searches.
for i in 1 2 3 4 5 6 7 8 9 10; do
    quern-index compact || echo "compact: exit code $?"
done >"$scratch/compact" 2>&1 &
watch $!
echo "compacting: $looks looks"
[ -s "$scratch/compact" ] && fail "$(cat "$scratch/compact")"
[ "$before" -eq "$last" ] || fail "$before of $last documents while compacting"

# Many compactions of a small index, so that searches meet every moment of one.
compactions=200
sanitized && compactions=15
(
    records 1 30 | quern-index -i "$scratch/small" -
    for i in $(seq "$compactions"); do
        quern-index -i "$scratch/small" compact
    done &
    running=$!
    for i in 1 2 3; do
        while kill -0 "$running" 2>/dev/null; do
            answer=$(quern-search -i "$scratch/small" -c mill 2>&1)
            [ "$answer" = 30 ] || echo "search $i: $answer"
        done &
    done
    wait
) >"$scratch/out" 2>&1
[ ! -s "$scratch/out" ] || fail "searches during many compactions: $(cat "$scratch/out")"

# A suspended search keeps its generation, and no other process waits for it.
mkfifo pipe
quern-search --queries=pipe -c >"$scratch/slow" 2>&1 &
slow=$!
exec 3>pipe
printf 'mill\n' >&3
sleep 0.2
kill -STOP "$slow"
run 0 timeout 20 quern-index compact
echo '{"id":"d0","title":"Number 0","text":"mill"}' >one.ndjson
run 0 timeout 20 quern-index one.ndjson
run 0 timeout 20 quern-index compact
kill -CONT "$slow"
printf 'mill\n' >&3
exec 3>&-
wait "$slow" || fail "the search that was stopped: $(cat "$scratch/slow")"
[ "$(cut -f 2 "$scratch/slow" | tr '\n' ' ')" = "$last $last " ] ||
    fail "the snapshot of a search changed: $(cat "$scratch/slow")"
documents $((last + 1))

# A killed search does not pin pages: the file does not grow with every commit.
quern-search --queries=pipe -c >/dev/null 2>&1 &
slow=$!
exec 3>pipe
printf 'mill\n' >&3
sleep 0.2
kill -9 "$slow"
wait "$slow" 2>/dev/null
exec 3>&-
size=$(wc -c <"$(echo "$QUERN_INDEX"/gen-*/data.mdb)")
for i in $(seq 30); do
    echo "{\"id\":\"d0\",\"title\":\"Number 0\",\"text\":\"mill number $i\"}" >one.ndjson
    run 0 quern-index one.ndjson
done
grown=$(($(wc -c <"$(echo "$QUERN_INDEX"/gen-*/data.mdb)") - size))
[ "$grown" -lt 2000000 ] || fail "a dead reader keeps $grown bytes"
run 0 quern-index check
finish
