#!/bin/sh
# SPDX-License-Identifier: MIT
# Hits in the order of a field, facets, and fields in JSON; and an index that gains a field in its
# second year answers the same before and after a merge.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

cat >first.ndjson <<'END'
{"id":"a","title":"A","text":"gas pipe","date":"2021-06-01","price":10.5,"tag":["Energy","north sea"]}
{"id":"b","title":"B","text":"gas oil","date":"2019-01-02T03:04:05Z","price":3,"tag":"energy"}
{"id":"c","title":"C","text":"gas","price":-1,"tag":"Öl"}
{"id":"d","title":"D","text":"oil","date":"2021-12-31"}
END
run 0 quern-index --field=price:number first.ndjson

# ids OPTION... WORD...: the ids of the hits, in a line.
ids() {
    quern-search -l "$@" 2>&1 | tr '\n' ' '
}
same() {
    [ "$1" = "$2" ] || fail "got: $1; expected: $2"
}
same "$(ids --sort=date gas)" 'a b c '
same "$(ids --sort=date:asc gas)" 'b a c '
same "$(ids --sort=price gas)" 'a b c '
same "$(ids --sort=price:asc gas)" 'c b a '
same "$(ids --sort=tag gas)" 'a b c '
same "$(ids --sort=tag:desc gas)" 'c a b '
same "$(ids --sort=date --any gas oil)" 'd a b c '
same "$(ids --sort=date -n 1 --offset=2 --any gas oil)" 'b '
same "$(ids --sort=score gas)" "$(ids gas)"
same "$(ids --sort=date 'tag:energy')" 'a b '
same "$(ids --sort=size:asc 'date:2021')" 'd a '

# Documents with some words, where none has all.
same "$(ids --sort=date pipe oil)" 'd a b '

# What the formats show.
run 0 quern-search --sort=date gas
out_has '^2021-06-01T00:00:00Z	a	A$'
out_has '^	c	C$'
run 0 quern-search --sort=price gas
out_has '^10.5	a	A$'
run 0 quern-search --json --sort=tag gas
out_has '"id":"a","sort":"Energy",.*"fields":{"date":"2021-06-01T00:00:00Z","size":[0-9]*,"tag":\["Energy","north sea"\],"price":10.5}'
run 0 quern-search --json --facet=tag --facet=date:1 gas
out_has '"score":'
out_has '"facets":{"tag":\[{"value":"Energy","count":2},{"value":"north sea","count":1},{"value":"Öl","count":1}\],"date":\[{"value":"2019","count":1}\]}}$'
run 0 quern-search --facet=tag -n 1 gas
out_has '^tag$'
out_has '^          2  Energy$'
out_has '^1 of 3 documents'

# What they refuse.
run 2 quern-search --sort=nothing gas
err_has 'no document has a field nothing'
run 2 quern-search --sort=title gas
run 2 quern-search --sort=date --trec gas
run 2 quern-search --sort=date --why gas
run 2 quern-search --facet=price gas
run 2 quern-search --facet=tag --tsv gas
run 2 quern-search --facet=tag -c gas

# The second year: a field that the first year does not have, in a segment of its own; some of the
# old documents are replaced.
cat >second.ndjson <<'END'
{"id":"e","title":"E","text":"gas storage","date":"2022-02-02","price":7,"color":"Blue"}
{"id":"f","title":"F","text":"gas","price":1e3,"color":["red","blue"],"tag":"Energy"}
{"id":"b","title":"B","text":"gas oil","date":"2022-03-04","price":4,"color":"green"}
END
run 0 quern-index --field=price:number --field=color:keyword second.ndjson

answers() {
    for query in gas 'gas color:blue' 'gas -color:blue' 'color:red' 'gas price:>=4' 'date:2022 gas' \
        'gas date:..2021' 'gas tag:energy'; do
        for order in score date date:asc price price:asc color color:desc tag; do
            echo "$query by $order: $(quern-search "$@" --any --sort="$order" "$query" | sort_if_score $order)"
        done
        quern-search "$@" --any --json --facet=color --facet=tag --facet=date "$query" |
            sed 's/.*"facets"/facets/'
    done
}
sort_if_score() {
    if [ "$1" = score ]; then
        cut -f 2 | sort
    else
        cut -f 1,2
    fi
}
answers >"$scratch/before"
grep -q '^gas by color: Blue	e$' "$scratch/before" || fail "order: $(cat "$scratch/before")"
grep -q '"color":\[{"value":"Blue","count":2},{"value":"green","count":1},{"value":"red","count":1}\]' \
    "$scratch/before" || fail "facet: $(cat "$scratch/before")"
run 0 quern-index compact
run 0 quern-index check
answers >"$scratch/after"
cmp -s "$scratch/before" "$scratch/after" || fail "$(diff "$scratch/before" "$scratch/after")"

# Two indexes with different fields, searched as one.
grep -v '"id":"b"' first.ndjson >others.ndjson
run 0 quern-index -i "$scratch/one" --field=price:number others.ndjson
run 0 quern-index -i "$scratch/two" --field=color:keyword --field=price:number second.ndjson
answers -i "$scratch/one" -i "$scratch/two" | sort >"$scratch/several"
sort "$scratch/after" | cmp -s - "$scratch/several" || fail "$(sort "$scratch/after" | diff - "$scratch/several")"
finish
