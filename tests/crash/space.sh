#!/bin/sh
# SPDX-License-Identifier: MIT
# Running out of disk, file size, memory or descriptors loses nothing: committed documents stay and
# are searchable, and indexing goes on once there is room.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
# shellcheck disable=SC3045 # dash, bash, ksh and busybox have ulimit -f, -n and -v
. "$(dirname "$0")/lib.sh"

questions
records 1 500 >few.ndjson
records 1 30000 >many.ndjson

# limited OPTION NUMBER CODE COMMAND...: runs it within a limit of ulimit; it ends with this code.
limited() {
    limit="ulimit $1 $2"
    shift 2
    expected=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    run "$expected" sh -c "$limit"' && exec "$@"' sh "$@"
}

# fills INDEX WHAT CODE COMMAND...: the command fails for want of room; committed documents stay.
fills() {
    index=$1
    what=$2
    expected=$3
    shift 3
    before=$(counted "$index")
    run "$expected" "$@"
    [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "$what: $(cat "$scratch/err")"
    err_has ': the disk is full; make room and run again$'
    sound "$index"
    count=$(counted "$index")
    [ "$count" -ge "$before" ] || fail "$what: $count documents, $before before"
    run 0 quern-search -i "$index" -c number 7
}

# A disk of 4 MiB, if one can be mounted.
disk=$scratch/disk
mkdir "$disk"
if mount -t tmpfs -o size=4m quern-test "$disk" 2>/dev/null; then
    trap 'umount "$disk"; chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
    for batch in "--memory=2M --commit-every=20ms" "--memory=1M" "--memory=256M"; do
        rm -rf "${disk:?}/index"
        run 0 quern-index -i "$disk/index" few.ndjson
        # shellcheck disable=SC2086 # two options
        fills "$disk/index" "disk full, $batch" 74 quern-index -i "$disk/index" $batch many.ndjson
        head -c 5M /dev/zero >"$disk/ballast" 2>/dev/null
        # Not a byte left.
        quern-index -i "$disk/index" compact 2>"$scratch/err"
        code=$?
        [ "$code" -eq 74 ] || [ "$code" -eq 0 ] || fail "compact on a full disk: $code"
        fills "$disk/index" "no byte left" 74 quern-index -i "$disk/index" many.ndjson
        one_generation "$disk/index"
        rm "$disk/ballast"
        mount -o remount,size=64m "$disk"
        run 0 quern-index -i "$disk/index" many.ndjson
        sound "$disk/index"
        [ "$(counted "$disk/index")" -eq 30000 ] || fail "not all documents when there was room"
        rm -r "$disk/index"
        mount -o remount,size=4m "$disk"
        ! sanitized || break # they are slow
    done
    # No room for a new index, at any point of its creation; then there is room.
    for kib in 0 4 8 12 16 20 24 32 48 64 80 96 128; do
        rm -rf "${disk:?}"/*
        head -c 5M /dev/zero >"$disk/ballast" 2>/dev/null
        truncate -s "-${kib}K" "$disk/ballast"
        quern-index -i "$disk/index" few.ndjson 2>"$scratch/err"
        code=$?
        [ "$code" -eq 74 ] || fail "$kib KiB for a new index: exit code $code"
        err_has 'full\|No space left'
        rm "$disk/ballast"
        run 0 quern-index -i "$disk/index" few.ndjson
        sound "$disk/index"
        [ "$(counted "$disk/index")" -eq 500 ] || fail "not all documents in the new index"
    done
    # Searches work on a read-only disk.
    mount -o remount,ro "$disk"
    run 0 quern-search -i "$disk/index" -c mill
    run 0 quern-index -i "$disk/index" check
    run 74 quern-index -i "$disk/index" many.ndjson
    mount -o remount,rw "$disk"
else
    echo "unchecked: a full disk (mounting one takes root)"
fi

# Files may not grow beyond 1 MiB.
run 0 quern-index few.ndjson
limited -f 2048 74 quern-index many.ndjson
err_has '^quern-index: '
sound "$QUERN_INDEX"
[ "$(counted "$QUERN_INDEX")" -ge 500 ] || fail "ulimit -f loses documents"
limited -f 0 74 quern-index --memory=1M many.ndjson
limited -f 0 0 quern-search -q mill
run 0 quern-index many.ndjson
expect_answers "$QUERN_INDEX"

# ends OK FAILED OPTION NUMBER COMMAND...: within a limit it ends with one of these codes; if it
# fails, it prints one line.
ends() {
    ok=$1
    failed=$2
    limit="ulimit $3 $4"
    shift 4
    # shellcheck disable=SC2016 # for the inner shell
    sh -c "$limit"' && exec "$@"' sh "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
    [ "$code" -eq "$ok" ] && return
    # The dynamic linker could not load the libraries.
    [ "$code" -eq 127 ] && grep -q 'shared' "$scratch/err" && return
    [ "$code" -eq "$failed" ] || fail "$limit: $*: exit code $code"
    [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "$limit: $*: $(cat "$scratch/err")"
}

# Few descriptors.
for n in 3 4 5 6 7 8 9 10 12; do
    ends 0 2 -n $n quern-search -q mill
    ends 0 74 -n $n quern-index few.ndjson
done
sound "$QUERN_INDEX"

# Little address space: a search needs little, indexing more, and a shortage is reported.
if ! sanitized; then
    limited -v $((200 * 1024)) 0 quern-search -q mill
    limited -v $((200 * 1024)) 0 quern-index check
    limited -v $((200 * 1024)) 0 quern-index status
    for mib in 400 350 300 250 200 150 125 100 75 50; do
        ends 0 71 -v $((mib * 1024)) quern-index compact
        ends 0 71 -v $((mib * 1024)) quern-index few.ndjson
        ends 0 2 -v $((mib * 1024)) quern-search -q mill
        sound "$QUERN_INDEX"
    done
    same_answers "$QUERN_INDEX" "little address space"
    rm -r "$QUERN_INDEX"
    limited -v $((400 * 1024)) 0 quern-index --memory=16M many.ndjson
    same_answers "$QUERN_INDEX" "400 MiB of address space"
fi
finish
