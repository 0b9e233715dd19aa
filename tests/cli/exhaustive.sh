#!/bin/sh
# SPDX-License-Identifier: MIT
# Pruning changes no answer. On a real corpus, in one segment and in many with deleted documents,
# every query prints the same bytes as with --exhaustive: in every mode, for few hits and for many,
# and in several threads. And -c counts the documents that an exhaustive search lists.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
# shellcheck disable=SC2086 # an empty mode is no argument
. "$(dirname "$0")/lib.sh"
[ -n "${QUERN_CORPORA:-}" ] || skip 'no corpus'
command -v zstd >/dev/null 2>&1 || skip 'no zstd'
tab=$(printf '\t')

# The long form takes all documents and all queries, a run of the tests a part of both, and a run
# with a sanitizer less.
documents=6000 part_size=800 every=5
[ -z "${QUERN_LONG:-}" ] || documents=40000 part_size=2000 every=1
sanitized && documents=2000 part_size=400 every=16

# corpus N: its first N documents, a line of JSON each. head closes the pipe before zstd is done.
corpus() {
    zstd -dcq --long=27 "$QUERN_CORPORA/enwiki.ndjson.zst" 2>/dev/null | head -n "$1"
}

# The queries of both files, and queries with + and - made of three of them each.
{
    sed 's/^{"query": "\(.*\)", "tags": .*/\1/; s/\\"/"/g' \
        "$QUERN_CORPORA/queries/search-benchmark-game.jsonl"
    grep -v '^#' "$QUERN_CORPORA/queries/mixed.tsv" | cut -f 2
} >plain
grep -q '[{\\]' plain && fail 'queries are not read as they should be'
[ "$(wc -l <plain)" -gt 1900 ] || fail 'few queries'
awk '{ word = $NF; gsub(/[^a-z]/, "", word) }
     NR % 3 == 1 { required = word }
     NR % 3 == 2 { rest = $0 }
     NR % 3 == 0 { print rest " +" required " -" word }' plain >signs
cat plain signs | awk -v every=$every 'NR % every == 0' >queries
awk 'NR % 25 == 7' queries >some

# All in one segment.
corpus $documents | quern-index -q -i one --no-store - || fail 'quern-index: one'
[ "$(segments -i one)" -eq 1 ] || run 0 quern-index -q -i one compact
[ "$(segments -i one)" -eq 1 ] || fail 'not compact'

# Part of it in many: several runs in little memory, each of which changes and removes some of the
# documents of the run before.
corpus $((3 * part_size)) | split -l $part_size - part.
for part in part.*; do
    awk 'NR % 7 == 3 { sub(/"text": "/, "&the old pipeline in norway ") } 1' "$part" |
        quern-index -q -i many --no-store --memory=16M - || fail "add $part"
    awk 'NR % 14 == 3' "$part" | quern-index -q -i many - || fail "change $part"
    sed -n 's/^{"id": "\([^"]*\)".*/\1/p' "$part" | awk 'NR % 11 == 5' >removed
    xargs quern-index -q -i many remove <removed || fail "remove $part"
done
# Where batches end depends on the time they take, and so does the number of segments left.
for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
    [ "$(segments -i many)" -gt 2 ] && break
    awk -v round="$round" 'NR % 40 == round { sub(/"text": "/, "&round " round " "); print }' part.aa |
        quern-index -q -i many --no-store - || fail "round $round"
done
[ "$(segments -i many)" -gt 2 ] || fail 'few segments'

# same INDEX LIMIT [OPTION...]: every query prints the same bytes. Both searches run at once.
same() {
    index=$1 limit=$2
    shift 2
    quern-search -i "$index" --queries=queries --trec -n "$limit" "$@" --exhaustive \
        >"$scratch/full" &
    quern-search -i "$index" --queries=queries --trec -n "$limit" "$@" >"$scratch/pruned"
    code=$?
    wait $! || fail "$index -n $limit $*: --exhaustive ends with $?"
    [ $code -eq 0 ] || fail "$index -n $limit $*: ends with $code"
    [ "$(wc -l <"$scratch/full")" -gt 300 ] || fail "$index -n $limit $*: few hits"
    cmp -s "$scratch/full" "$scratch/pruned" && return
    fail "$index -n $limit $*: other hits than with --exhaustive"
    diff "$scratch/full" "$scratch/pruned" | head -n 6
}

# counts INDEX [MODE]: -c prints for some queries how many hits an exhaustive search lists.
counts() {
    index=$1
    shift
    awk -F "$tab" '{ print "q" NR "\t" $0 }' some >named
    quern-search -i "$index" --queries=named -c "$@" >"$scratch/counts"
    quern-search -i "$index" --queries=named --trec -n 100000 --exhaustive "$@" |
        awk 'FNR == NR { found[$1]++; next } { print $1 "\t" found[$1] + 0 }' - named |
        cmp -s - "$scratch/counts" || fail "$index -c $*: not what a search lists"
}

for mode in --any --all ''; do
    for index in one many; do
        same $index 1000 $mode
        same $index 100 $mode
        same $index 10 $mode
        quern-search -i $index --queries=queries --trec $mode --threads=2 |
            cmp -s - "$scratch/pruned" || fail "$index $mode --threads=2: other bytes"
        [ -z "$mode" ] || counts $index $mode
    done
done
finish
