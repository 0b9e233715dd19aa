#!/bin/sh
# SPDX-License-Identifier: MIT
# Each write, sync, truncation, renaming and creation of a run fails in turn, in several ways, and
# the process ends before each. The index stays sound, the exit code reports the failure, and the
# next run ends where an undisturbed one does.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
[ -e "${QUERN_FAULTS:-}" ] || skip 'QUERN_FAULTS does not name the library of faults'
# Sanitizers are slow: only every ninth call fails.
step=1
sanitized && step=27

# faulty KIND N COMMAND...: runs it with the library. $code is its exit code, and $call its N-th
# call, or empty when it made fewer.
faulty() {
    kind=$1
    n=$2
    shift 2
    ASAN_OPTIONS=verify_asan_link_order=0 FAULTS="$kind:$n" FAULTS_LOG="$scratch/calls" \
        LD_PRELOAD="$QUERN_FAULTS" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
    call=$(sed -n "${n}p" "$scratch/calls")
}

# reported WHAT: the failed run has printed one line about it.
reported() {
    case $code in
    99) [ "$kind" = exit ] || fail "$1: ended" ;;
    0) # A run tolerates failures to write its name to the lock file, to write the checksum of a meta
        # page, and to reserve the blocks of lock.mdb. It completes short writes.
        case $kind:$call in
        *: | *:"pwrite " | *:"ftruncate " | *:"open lock.mdb" | short:"write ") ;;
        *) fail "$1: not noticed" ;;
        esac
        ;;
    74)
        { [ "$(wc -l <"$scratch/err")" -eq 1 ] && grep -q '^quern-index: ' "$scratch/err"; } ||
            fail "$1: said: $(cat "$scratch/err")"
        [ "$kind" != enospc ] || err_has 'the disk is full\|No space left'
        ;;
    *) fail "$1: exit code $code: $(cat "$scratch/err")" ;;
    esac
}

# sweep NAME MIN MAX COMMAND...: the command takes the index "before", which may be missing, to
# "after". Whichever call fails, the index has MIN to MAX documents.
sweep() {
    name=$1
    min=$2
    max=$3
    shift 3
    restore
    faulty none 9999 "$@"
    [ "$code" -eq 0 ] || fail "$name: exit code $code: $(cat "$scratch/err")"
    run 0 quern-index -i "$scratch/after" compact
    expect_answers "$scratch/after"
    grep -n . "$scratch/calls" >"$scratch/names"
    calls=$(wc -l <"$scratch/names")
    tolerated=0
    for kind in eio short enospc exit; do
        for n in $(seq 1 "$step" "$calls"); do
            # enospc differs from eio in its message only, and short for writes only.
            [ "$kind" = enospc ] && [ $((n % 3)) -ne 0 ] && continue
            [ "$kind" = short ] && ! grep -q "^$n:.*write" "$scratch/names" && continue
            restore
            faulty "$kind" "$n" "$@"
            what="$name, $kind:$n ($call)"
            reported "$what"
            [ "$code" -eq 0 ] && tolerated=$((tolerated + 1))
            sound "$QUERN_INDEX"
            count=$(counted "$QUERN_INDEX")
            { [ "$count" -ge "$min" ] && [ "$count" -le "$max" ]; } ||
                fail "$what: $count documents"
            run 0 "$@"
            one_generation "$QUERN_INDEX"
            # Deleted documents count in the scores until they are compacted away.
            run 0 quern-index compact
            sound "$QUERN_INDEX"
            same_answers "$QUERN_INDEX" "$what"
            [ "$failures" -lt 20 ] || finish
        done
    done
    echo "$name: $calls calls, $tolerated failures tolerated"
}

restore() {
    rm -rf "$QUERN_INDEX"
    [ ! -e "$scratch/before" ] || cp -R "$scratch/before" "$QUERN_INDEX"
}

printf 'q1\tmill\nq2\tw3 w5\nq3\t"w1 w1"\nq4\tnumber 303\n' >"$scratch/questions"

# A new index.
records 1 100 >first.ndjson
run 0 quern-index -i "$scratch/after" first.ndjson
sweep create 0 100 quern-index --memory=1M --commit-every=1s first.ndjson

# Three commits, with a document that is replaced.
mv "$scratch/after" "$scratch/before"
cp -R "$scratch/before" "$scratch/after"
{
    records 7 7 2
    records 303 304
} >more.ndjson
run 0 quern-index -i "$scratch/after" more.ndjson
sweep add 100 102 quern-index --commit-every=0ms more.ndjson

# Files of a folder.
rm -r "$scratch/before" "$scratch/after"
mkdir tree
for i in $(seq 10); do
    records "$i" "$i" >"tree/$i.txt"
done
run 0 quern-index -i "$scratch/before" tree
records 3 3 2 >tree/3.txt
rm tree/5.txt
records 11 11 >tree/11.txt
cp -R "$scratch/before" "$scratch/after"
run 0 quern-index -i "$scratch/after" update
sweep update 9 11 quern-index --commit-every=0ms update

# Deleted documents are compacted away.
rm -r "$scratch/before"
mv "$scratch/after" "$scratch/before"
cp -R "$scratch/before" "$scratch/after"
run 0 quern-index -i "$scratch/after" compact
sweep compact 10 10 quern-index compact
finish
