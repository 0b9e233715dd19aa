#!/bin/sh
# shellcheck disable=SC1091,SC2154 # lib.sh has what seems to be missing
# shellcheck disable=SC2086 # no mode is no argument
# What is left out changes nothing: on a real corpus, in one segment and in many with holes, every
# query gives the same bytes as with --exhaustive, in any mode, for few hits and for many, and in
# several threads; and -c counts what an exhaustive search lists.
. "$(dirname "$0")/lib.sh"
[ -n "${QUERN_CORPORA:-}" ] || skip 'no corpus'
command -v zstd >/dev/null 2>&1 || skip 'no zstd'
tab=$(printf '\t')

# All documents and all queries in the long form; of both a part in every run of the tests, and less
# when a sanitizer makes everything slow.
documents=8000 part_size=1000 every=3
[ -z "${QUERN_LONG:-}" ] || documents=40000 part_size=2000 every=1
sanitized && documents=4000 part_size=700 every=8

# corpus N: its first N documents, a line of JSON each. zstd may find that nobody reads on.
corpus() {
    zstd -dcq --long=27 "$QUERN_CORPORA/enwiki.ndjson.zst" 2>/dev/null | head -n "$1"
}

# The queries of both files, and words of three of them with a sign each.
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

# Part of it in many: run by run within little memory, each time some of the documents before are
# changed and some are removed.
corpus $((3 * part_size)) | split -l $part_size - part.
for part in part.*; do
    awk 'NR % 7 == 3 { sub(/"text": "/, "&the old pipeline in norway ") } 1' "$part" |
        quern-index -q -i many --no-store --memory=16M - || fail "add $part"
    awk 'NR % 14 == 3' "$part" | quern-index -q -i many - || fail "change $part"
    sed -n 's/^{"id": "\([^"]*\)".*/\1/p' "$part" | awk 'NR % 11 == 5' >gone
    xargs quern-index -q -i many remove <gone || fail "remove $part"
done
# Where batches end depends on the time they take, and so does what the last merge left.
for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
    [ "$(segments -i many)" -gt 2 ] && break
    awk -v round="$round" 'NR % 40 == round { sub(/"text": "/, "&round " round " "); print }' part.aa |
        quern-index -q -i many --no-store - || fail "round $round"
done
[ "$(segments -i many)" -gt 2 ] || fail 'few segments'

# same INDEX LIMIT [OPTION...]: every query gives the same bytes. Both searches run at once.
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

# counts INDEX [MODE]: -c says of some queries how many lines an exhaustive search has of them.
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
        counts $index $mode
    done
done
finish
