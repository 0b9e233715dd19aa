#!/bin/sh
# SPDX-License-Identifier: MIT
# Passages with the lines of their files, for editors, and links to files on terminals.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir d
printf '/* turbine */\nint main(void) {\n\tint gas_valve = 3;\n}\n' >d/x.c
printf -- '---\ntitle: Storage\n---\n\nSome *words*.\n\n## Tanks\n\nA **round** [tank](http://tank.example) is\nhere.\n' \
    >d/a.md
printf '<title>Leaks</title>\n<p class="leak">Nothing.</p>\n<p>The <b>pipe</b> had a caf&eacute;.</p>\n' >d/p.html
printf '\r\n\r\nHeading\r\nOil.\r\nThe sea of\r\nCRLF\r\n' >d/crlf.txt
printf '北海には多くのガス田がある。\n東京ガスは利用している。\n' >d/ja.txt
printf 'compressed words' | gzip >d/z.txt.gz
printf '{"id":"rec","title":"T","text":"record words"}\n' >r.ndjson
run 0 quern-index --lang=none d r.ndjson

# place QUERY PLACE PASSAGE: the only line.
place() {
    run 0 quern-search --all -H "$1"
    [ "$(cat "$scratch/out")" = "$2: $3" ] || fail "$1: $(cat "$scratch/out")"
}
place gas d/x.c:3:6 'int main(void) { int gas_valve = 3; }'
place turbine d/x.c:1:4 '/* turbine */' # the first line is the title, and has the only mark
place tanks d/a.md:7:4 'Some words. Tanks A round tank is here.'
place tank d/a.md:9:14 'Some words. Tanks A round tank is here.'
place storage d/a.md:2:8 Storage
place pipe d/p.html:3:11 'Nothing. The pipe had a café.'
place café d/p.html 'Nothing. The pipe had a café.' # a character reference has no such bytes
place sea d/crlf.txt:5:5 'Oil. The sea of CRLF'
place 利用 d/ja.txt:2:16 '東京ガスは利用している。'
place record rec 'record words'
run 0 quern-search -H -s 2 --any gas main
[ "$(wc -l <"$scratch/out")" -eq 1 ] || fail 'one passage is shown twice'
printf 'q1\ttank\n' >list
run 0 quern-search -H --queries=list
out_has "^q1	d/a.md:9:14: "

# A file that has changed since has no lines, nor has one that is gone.
echo >>d/x.c
place gas d/x.c 'int main(void) { int gas_valve = 3; }'
rm d/x.c
place gas d/x.c 'int main(void) { int gas_valve = 3; }'
mkfifo d/x.c
place gas d/x.c 'int main(void) { int gas_valve = 3; }'

# Links.
escape=$(printf '\033')
mkdir "d/a b%"
printf 'linked words' >"d/a b%/é.txt"
run 0 quern-index -q d
run 0 quern-search --hyperlink=always -l linked
target=$(printf '%s' "$PWD" | sed 's/%/%25/g; s/ /%20/g')/d/a%20b%25/%C3%A9.txt
printf '%s' "${escape}]8;;file://$(uname -n)$target${escape}\\d/a b%/é.txt${escape}]8;;${escape}\\
" >want
cmp -s want "$scratch/out" || fail "the link is $(cat -v "$scratch/out")"
run 0 quern-search --hyperlink=always --color=never record
grep -q "$escape" "$scratch/out" && fail 'a link to a record'
for plain in --hyperlink=auto --hyperlink=never '--hyperlink=always -0' '--hyperlink=always --json' \
    '--hyperlink=always --trec'; do
    # shellcheck disable=SC2086 # several options
    run 0 quern-search $plain linked
    grep -q "$escape" "$scratch/out" && fail "$plain: a link"
done
finish
