#!/bin/sh
# SPDX-License-Identifier: MIT
# A damaged index, truncated, overwritten or with files missing, never misleads: every command ends
# soon, with the right answer or with the exit code for damage, never by a signal.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
sanitized && skip 'a sanitizer handles faults of memory itself'
flips=200
[ -z "${QUERN_LONG:-}" ] || flips=2000
flips=${QUERN_FLIPS:-$flips}
seed=${QUERN_SEED:-1}
echo "seed $seed, $flips flips"

questions
{
    records 1 300
    records 1 20 2
} >records.ndjson
run 0 quern-index records.ndjson
run 0 quern-index compact
{
    records 1 10 3
    records 301 600
} >more.ndjson
run 0 quern-index more.ndjson
quern-search --queries="$scratch/questions" --trec=x -n 100000 --any | cut -d ' ' -f 1,3,5 |
    sort >"$scratch/expected"
[ -s "$scratch/expected" ] || fail "no answers at all"
records 601 605 >few.ndjson
cp -R "$QUERN_INDEX" "$scratch/sound"
data=$(echo "$QUERN_INDEX"/gen-*/data.mdb)
size=$(wc -c <"$data")

# ends CODE... -- COMMAND...: it ends in time with one of these codes, and a failure prints one
# line.
ends() {
    codes=
    while [ "$1" != -- ]; do
        codes="$codes $1"
        shift
    done
    shift
    timeout -s KILL 20 "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
    case "$codes " in
    *" $code "*) ;;
    *) fail "$what: $*: exit code $code: $(head -c 500 "$scratch/err")" ;;
    esac
    case $code in
    0 | 1) ;;
    *) [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "$what: $*: $(cat "$scratch/err")" ;;
    esac
}

# suffers WHAT: runs all commands on the damaged index, then restores it. A search may miss a term
# whose entry in the dictionary is damaged; then `check` must find the damage.
suffers() {
    what=$1
    ends 0 65 -- quern-index check
    checked=$code
    [ "$checked" -eq 0 ] || found=$((found + 1))
    ends 0 2 -- quern-search --queries="$scratch/questions" --trec=x -n 100000 --any
    if [ "$code" -eq 0 ]; then
        cut -d ' ' -f 1,3,5 "$scratch/out" | sort >"$scratch/answers"
        if cmp -s "$scratch/expected" "$scratch/answers"; then
            right=$((right + 1))
        else
            wrong=$((wrong + 1))
            [ "$checked" -ne 0 ] || fail "$what: wrong answers, and check finds nothing"
        fi
    fi
    ends 0 65 -- quern-index status
    ends 0 65 -- quern-index few.ndjson
    ends 0 65 -- quern-index compact
    ends 0 2 -- quern-search -s 3 --why mill w5
    rm -rf "$QUERN_INDEX"
    cp -R "$scratch/sound" "$QUERN_INDEX"
}

found=0 right=0 wrong=0
for part in 0 1 4096 4097 8192 $((size / 2)) $((size - 1)); do
    head -c "$part" "$scratch"/sound/gen-*/data.mdb >"$data"
    suffers "truncated to $part bytes"
done
echo "truncated: check finds $found of 7; $right searches are right, $wrong wrong"

found=0 right=0 wrong=0
for i in $(seq "$flips"); do
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    at=$((seed % size))
    # Every second flip walks over the whole file, so that every page is hit; every eighth hits a
    # meta page.
    [ $((i % 2)) -eq 0 ] || at=$((size * i / flips))
    [ $((i % 8)) -ne 0 ] || at=$((seed / 8 % 8192))
    byte=$(od -A n -t u1 -j "$at" -N 1 "$data")
    bit=$((1 << seed / 16 % 8))
    printf '%b' "\\0$(printf %o $((byte ^ bit)))" |
        dd of="$data" bs=1 seek="$at" conv=notrunc 2>/dev/null
    suffers "bit $bit of byte $at flipped"
done
[ "$wrong" -le $((flips / 100)) ] || fail "$wrong wrong searches"
echo "flipped: check finds $found of $flips; $right searches are right, $wrong wrong"

# Whole pages are overwritten.
found=0 right=0 wrong=0
for page in 0 1 2 5 $((size / 4096 / 2)) $((size / 4096 - 1)); do
    dd if=/dev/zero of="$data" bs=4096 seek="$page" count=1 conv=notrunc 2>/dev/null
    suffers "page $page zeroed"
    dd if="$scratch/room/records.ndjson" of="$data" bs=4096 seek="$page" count=1 conv=notrunc \
        2>/dev/null
    suffers "page $page overwritten"
    dd if="$scratch"/sound/gen-000002/data.mdb of="$data" bs=4096 seek="$page" skip=7 count=1 \
        conv=notrunc 2>/dev/null
    suffers "page $page replaced by page 7"
done
echo "pages: check finds $found of 18; $right searches are right, $wrong wrong"

# Files of the index are missing or nonsense.
for file in CURRENT gen-000002/data.mdb; do
    for content in '' nonsense '../../etc' gen-000009; do
        printf '%s' "$content" >"$QUERN_INDEX/$file"
        suffers "$file: <$content>"
    done
done
rm "$data"
suffers "no data.mdb"
rm -r "$QUERN_INDEX/gen-000002"
suffers "no generation"
mkdir -p "$QUERN_INDEX/gen-000002.new" "$QUERN_INDEX/gen-000007" "$QUERN_INDEX/other"
what=leftovers
run 0 quern-index few.ndjson
[ ! -e "$QUERN_INDEX/gen-000007" ] || fail "an abandoned generation stays"
[ -e "$QUERN_INDEX/other" ] || fail "a folder that is not quern's was removed"
finish
