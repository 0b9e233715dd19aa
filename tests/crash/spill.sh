#!/bin/sh
# SPDX-License-Identifier: MIT
# A document larger than memory goes through a temporary file, on any file system and within tight
# limits. If the file cannot be written, an error says so and the index stays as it was.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
# shellcheck disable=SC3045 # dash, bash, ksh and busybox have ulimit -n
. "$(dirname "$0")/lib.sh"
[ -e "${QUERN_FAULTS:-}" ] || skip 'QUERN_FAULTS does not name the library of faults'

# 5 MB of distinct words: within 1 MiB they make several sorted runs.
awk 'BEGIN { for (i = 0; i < 700000; i++) print "w" i * 7919 % 700001 }' >large.txt
echo 'a windmill' >small.txt
index=$QUERN_INDEX

# preloaded VARIABLE=VALUE...: runs quern-index on the large document with the library of faults.
preloaded() {
    env "$@" ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$QUERN_FAULTS" \
        quern-index --memory=1M large.txt >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
}

# names FOLDER: lists all its files, hidden ones too.
names() {
    find "$1" | sed "s|^$1||" | sort
}

run 0 quern-index --memory=1M large.txt
silent
run 0 quern-index check
finds w7919 large.txt
finds '"w7919 w15838"' large.txt
names "$index" >"$scratch/names"

rm -r "$index"
# Few descriptors suffice, as all sorted runs share one file.
run 0 sh -c 'ulimit -n 10 && exec quern-index --memory=1M large.txt'
silent
finds w7919 large.txt

rm -r "$index"
preloaded FAULTS_NAMES=1
[ "$code" -eq 0 ] || fail "without O_TMPFILE: exit code $code: $(cat "$scratch/err")"
finds w7919 large.txt
run 0 quern-index check
names "$index" | cmp -s - "$scratch/names" || fail "without O_TMPFILE: left behind: $(names "$index")"

# A write to the temporary file fails, the first one or a later one.
writes='1 2 9' kinds='enospc eio short'
sanitized && writes=2 kinds='enospc short' # sanitizers are slow
for kind in $kinds; do
    for write in $writes; do
        rm -r "$index"
        run 0 quern-index small.txt
        preloaded FAULTS_LOG="$scratch/calls" FAULTS=none:0
        n=$(grep -n '^write $' "$scratch/calls" | sed -n "${write}s/:.*//p")
        [ -n "$n" ] || fail "the file is not written $write times"
        rm -r "$index"
        run 0 quern-index small.txt
        preloaded FAULTS="$kind:$n"
        finds windmill small.txt
        if [ "$kind" = short ]; then
            [ "$code" -eq 0 ] || fail "a short write: exit code $code"
            finds w7919 large.txt
        else
            [ "$code" -eq 74 ] || fail "$kind: exit code $code"
            [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "$kind: prints: $(cat "$scratch/err")"
            err_has 'write a temporary file in the index: '
            [ "$kind" != enospc ] || err_has 'the disk is full\|No space left'
        fi
        sound "$index"
    done
done
run 0 quern-index large.txt
finds w7919 large.txt
finish
