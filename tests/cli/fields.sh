#!/bin/sh
# SPDX-License-Identifier: MIT
# Fields come from records, pages, front matter and file names, keep their types, and those that do not fit are told once.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

cat >feed.ndjson <<'END'
{"id":"1","text":"gas","price":"abc","meta":{"place":"Oslo"},"tags":["Energy","gas"],"date":"2024-02-29"}
{"id":"2","text":"gas","price":{"eur":1},"meta":{"place":["Bergen","Oslo"]},"date":1709164800}
{"id":"3","text":"gas","price":17.5,"when":"2024-03-01T10:00:00+02:00"}
{"id":"4","text":"gas","price":"n/a"}
END

# What does not fit is counted, told once a field, and no failure; not told again of what is unchanged.
run 0 quern-index -v --field=price:number --field=place:keyword=meta.place feed.ndjson
err_has 'feed.ndjson:1: field "price": not a number: "abc"; indexed without it (told once)$'
[ "$(grep -c 'field "price"' "$scratch/err")" -eq 1 ] || fail "told twice: $(cat "$scratch/err")"
err_has '^indexed 4 new, 0 changed, 0 removed, 0 failed, 3 values did not fit their field in'
run 0 quern-index update
silent
run 0 quern-index -v update
err_has '^indexed 0 new, 0 changed, 0 removed, 0 failed in'
run 0 quern-index -q --field=price:number=meta.place feed.ndjson
silent

# Other fields of a source: it is read again. A type that contradicts the index is refused.
run 0 quern-index -v --field=price --date-field=when --field=note:filter feed.ndjson
err_has '^changed 3$'
run 0 quern-index -v update
err_has '^indexed 0 new, 0 changed, 0 removed, 0 failed in'
run 64 quern-index --field=price:keyword feed.ndjson
err_has '^quern-index: --field price:keyword: in this index it is of type number; leave'
run 64 quern-index --field=note:text feed.ndjson
run 64 quern-index --field=date:number feed.ndjson
run 64 quern-index --field=Price feed.ndjson
run 64 quern-index --field=price update

# A dry run knows the fields, too, also without an index.
run 0 quern-index -n -i none --field=price:number feed.ndjson
out_has '^4 documents would be added, .* 3 values did not fit their field$'

# Pages and front matter; a year later, the index gains a field.
mkdir docs
printf '<html lang=de-AT><meta name=keywords content="gas, oil"><meta name=project content=Nordic>' >docs/a.html
printf '<meta name=date content=2020-05-06><title>Pipe</title><p>turbine' >>docs/a.html
printf -- '---\ntitle: Notes\ntags: [a, b]\nproject: Baltic\ndate: soon\n---\nturbine\n' >docs/b.md
touch -d 2019-01-01 docs/a.html docs/b.md
run 0 quern-index docs
err_has 'docs/b.md: field "date": not a date: "soon"; indexed without it (told once)$'
printf 'turbine\n' >docs/budget-2024.txt
run 0 quern-index -v --field=project:keyword docs
err_has '^indexed 1 new, 2 changed, 0 removed'
run 0 quern-index update
silent
run 0 quern-index compact
run 0 quern-index check

# Hostile records: many values, large ones, deep ones, members that come twice, names that are no text.
awk 'BEGIN {
    printf "{\"id\":\"many\",\"text\":\"peat\",\"price\":[0"; for (i = 1; i < 10000; i++) printf ",%d", i; print "]}"
    large = "x"; for (i = 0; i < 20; i++) large = large large
    print "{\"id\":\"large\",\"text\":\"peat\",\"place\":\"" large "\",\"author\":\"y" large "\"}"
    printf "{\"id\":\"deep\",\"text\":\"peat\",\"place\":"
    for (i = 0; i < 900; i++) printf "["; printf "1"; for (i = 0; i < 900; i++) printf "]"; print "}"
    printf "{\"id\":\"twice\",\"text\":\"peat\""; for (i = 0; i < 5000; i++) printf ",\"price\":%d", i; print "}"
    printf "{\"id\":\"name\",\"text\":\"peat\",\"pr\377ice\":1,\"price\":2}\n"
}' >hostile.ndjson
run 0 quern-index --field=price --field=place hostile.ndjson
err_has 'hostile.ndjson:1: field "price": too many values; indexed without it (told once)$'
err_has 'hostile.ndjson:2: field "author": too long; indexed without it (told once)$'
err_has 'hostile.ndjson:3: field "place": nested too deeply; indexed without it (told once)$'
[ "$(wc -l <"$scratch/err")" -eq 3 ] || fail "not three lines: $(head -c 1000 "$scratch/err")"
finds peat deep large many name twice
run 0 quern-index check

# Settings of the ranking: kept by compact, replaced, taken back; wrong ones change nothing.
ranking() {
    run 0 quern-index status
    [ "$(sed -n 's/^ranking *//p' "$scratch/out")" = "$1" ] || fail "not $1: $(cat "$scratch/out")"
}
ranking ''
run 0 quern-index --k1=1.25 --b=0.5 --boost=name:0.5,title:3
run 0 quern-index compact
ranking 'k1=1.25 b=0.5 boost=title:3,name:0.5'
run 0 quern-index --b=default --boost=author:2 update
ranking 'k1=1.25 boost=author:2'
run 64 quern-index --boost=nowhere:2
run 64 quern-index --b=2
run 64 quern-index --k1=much
run 64 quern-index --b=0.5 check
run 66 quern-index -i none --b=0.5
run 0 quern-index --k1=default --boost=none
ranking 'boost=none'
run 0 quern-index -n --boost=default
ranking 'boost=none'
run 0 quern-index --boost=default
ranking ''
run 0 quern-index check

# status says what fields there are.
out_fields() {
    run 0 quern-index status
    sed -n '/^fields/,/^last/s/^.\{13\}//p' "$scratch/out" | grep -q "^$1\$" || fail "no field $1: $(cat "$scratch/out")"
}
out_fields 'note  *filter  *0'

# What the fields are for: each kind of source and each type, also of documents before and after the index gained a field.
run 0 quern-index -q --field=price --field=place=meta.place feed.ndjson
finds tag:energy 1
finds place:OSLO 1 2
finds price:17.5 3
finds 'gas price:>10' 3
finds 'gas date:2024-02' 1 2
finds 'turbine date:2020-05-06' docs/a.html
finds 'turbine date:2019' docs/b.md
finds 'turbine size:1..10' docs/budget-2024.txt
finds lang:de docs/a.html
finds tag:oil docs/a.html
finds project:nordic docs/a.html
finds 'project:baltic turbine' docs/b.md
finds 'budget 2024' docs/budget-2024.txt
finds name:budget docs/budget-2024.txt
finds 'ext:TXT turbine' docs/budget-2024.txt
finds 'type:markdown turbine' docs/b.md
run 0 quern-search --path="$PWD/docs" -l turbine
[ "$(wc -l <"$scratch/out")" -eq 3 ] || fail "not three in docs: $(cat "$scratch/out")"
finish
