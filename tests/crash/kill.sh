#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 at any moment loses nothing that was committed: the index is sound, and the next run ends
# where an undisturbed one does.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
seed=${QUERN_SEED:-1}
kills=25
sanitized && kills=3 # sanitizers are slow
[ -z "${QUERN_LONG:-}" ] || kills=200
kills=${QUERN_KILLS:-$kills}
echo "seed $seed, $kills kills"

# now: prints the time in milliseconds.
now() {
    echo $(($(date +%s%N) / 1000000))
}

# measure COMMAND...: sets $duration to the milliseconds that it takes undisturbed.
measure() {
    before=$(now)
    run 0 "$@"
    duration=$(($(now) - before))
}

# killed COMMAND...: kills it after a random part of $duration; false when it ended before that.
killed() {
    "$@" >"$scratch/out" 2>"$scratch/err" </dev/null &
    running=$!
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    sleep "$(awk -v part=$((seed / 65536 % 1000)) -v duration="$duration" \
        'BEGIN { print part * duration / 1e6 }')"
    kill -9 "$running" 2>/dev/null
    wait "$running" 2>/dev/null
    code=$?
    [ "$code" -eq 137 ] && return
    [ "$code" -eq 0 ] || fail "$*: exit code $code: $(cat "$scratch/err")"
    return 1
}

questions
index=$scratch/killed

# Adding, with a commit every few milliseconds and thus merges. After a run that is not killed the
# index starts afresh.
records 1 6000 >records.ndjson
echo "exec quern-index -i '$index' --memory=1M --commit-every=2ms records.ndjson" >build
measure sh build
run 0 quern-index -i "$scratch/reference" records.ndjson
expect_answers "$scratch/reference"
same_answers "$index" "many commits"
rm -r "$index"
before=0
done=0
for i in $(seq "$kills"); do
    if ! killed sh build; then
        done=$((done + 1))
        same_answers "$index" "kill $i"
        one_generation "$index"
        rm -r "$index"
        before=0
        continue
    fi
    sound "$index"
    count=$(counted "$index")
    [ "$count" -ge "$before" ] || fail "kill $i: $count documents, $before before"
    before=$count
done
run 0 sh build
sound "$index"
one_generation "$index"
[ "$(counted "$index")" -eq 6000 ] || fail "$(counted "$index") documents at the end, not 6000"
same_answers "$index" "killed $((kills - done)) times"
echo "add: killed $((kills - done)) times, done $done times"

# Replacing a third and adding some, which leaves deleted documents; then compacting.
{
    records 1 2000 2
    records 2001 6500
} >records.ndjson
run 0 quern-index -i "$scratch/new" records.ndjson
before=6000
for i in $(seq $((kills / 2))); do
    killed sh build || break
    sound "$index"
    count=$(counted "$index")
    [ "$count" -ge "$before" ] || fail "replacing, kill $i: $count documents, $before before"
    before=$count
done
run 0 sh build
sound "$index"
[ "$(counted "$index")" -eq 6500 ] || fail "$(counted "$index") documents, not 6500"
cp -R "$index" "$scratch/copy"
measure quern-index -i "$scratch/copy" compact
done=0
for i in $(seq "$kills"); do
    if ! killed quern-index -i "$index" compact; then
        done=$((done + 1))
        one_generation "$index"
    fi
    sound "$index"
    [ "$(counted "$index")" -eq 6500 ] || fail "compact, kill $i: not 6500 documents"
done
run 0 quern-index -i "$index" compact
one_generation "$index"
sound "$index"
expect_answers "$scratch/new"
same_answers "$index" "killed compactions"
echo "compact: killed $((kills - done)) times, done $done times"

# Changed, new and deleted files.
mkdir tree
for i in $(seq 600); do
    records "$i" "$i" >"tree/$i.txt"
done
files=$scratch/files
run 0 quern-index -i "$files" tree
cp -R "$files" "$scratch/files.before"
for i in $(seq 100); do
    records "$i" "$i" 2 >"tree/$i.txt"
    rm "tree/$((i + 100)).txt"
    records $((i + 600)) $((i + 600)) >"tree/$((i + 600)).txt"
done
echo "exec quern-index -i '$files' --commit-every=1ms update" >update
measure sh update
done=0
for i in $(seq "$kills"); do
    if ! killed sh update; then
        done=$((done + 1))
        [ "$(counted "$files")" -eq 600 ] || fail "update, kill $i: not 600 documents"
        rm -r "$files"
        cp -R "$scratch/files.before" "$files"
    fi
    sound "$files"
done
run 0 sh update
run 0 quern-index -i "$files" compact
run 0 quern-index -i "$scratch/files.new" tree
expect_answers "$scratch/files.new"
same_answers "$files" "killed updates"
echo "update: killed $((kills - done)) times, done $done times"
finish
