#!/bin/sh
# SPDX-License-Identifier: MIT
# The life of an index: add, update, remove, lists of files, reports; and which runs print
# something.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# No index yet: the message says what to type.
run 66 quern-index status
err_has "no index at .*; create one with: quern-index ~/notes"
run 66 quern-index update
run 66 quern-index check
run 66 quern-index remove 7
run 66 quern-index nowhere
err_has "nowhere: No such file"
[ ! -e "$QUERN_INDEX" ] || fail "a failed command left an index"

mkdir notes
printf '# Gas pipeline\nThe Norway gas pipeline caf\303\251.\n' >notes/a.md
printf '{"id":"7","title":"Oil","text":"pipeline leak"}\n' >notes/t.ndjson
printf 'GIF89a\000\000' >notes/picture.gif
printf 'secret\n' >notes/.hidden

# A dry run reports what would be done and does nothing.
run 0 quern-index --dry-run notes
out_has "^would add $PWD/notes/a.md$"
out_has "^would add 7$"
out_has "^skip $PWD/notes/picture.gif: binary$"
out_has "^2 documents would be added"
[ ! -e "$QUERN_INDEX" ] || fail "a dry run left an index"

# A run without a terminal is silent.
run 0 quern-index notes
silent
documents 2
finds pipeline notes/a.md 7
finds cafe notes/a.md
finds secret
run 0 quern-index check
out_has "^sound: 2 documents"
run 0 quern-index -q check
silent

# Nothing changed: nothing is read.
age
run 0 quern-index update
run 0 quern-index --progress=always update
err_has "^indexed 0 new, 0 changed, 0 removed, 0 failed in "
run 0 quern-index --progress=always -q update
silent
run 0 quern-index -v update
err_has "^unchanged $PWD/notes/a.md$"
err_has "^indexed 0 new, 0 changed, 0 removed, 0 failed in "

# Changed, new and deleted files.
printf 'A valve of the gas pipeline.\n' >notes/a.md
printf 'turbine\n' >notes/b.txt
run 0 quern-index -v update
err_has "^changed $PWD/notes/a.md$"
err_has "^added $PWD/notes/b.txt$"
finds norway
finds valve notes/a.md
finds turbine notes/b.txt
rm notes/b.txt
run 0 quern-index --dry-run update
out_has "^would remove $PWD/notes/b.txt$"
documents 3
run 0 quern-index -v update
err_has "^removed $PWD/notes/b.txt$"
documents 2
finds turbine

# A renamed file counts as deleted and new.
mv notes/a.md notes/c.md
run 0 quern-index update
finds valve notes/c.md

# A document that becomes binary leaves the index.
printf 'valve\000\000' >notes/c.md
run 0 quern-index update
finds valve
printf 'valve again\n' >notes/c.md
run 0 quern-index update
finds valve notes/c.md

# Removal by id, by path, by folder; an argument that names nothing is reported.
run 0 quern-index remove 7
finds leak
run 1 quern-index remove 7
err_has "^quern-index: 7: no such document, file or folder in the index$"
run 66 quern-index remove ''
run 66 quern-index ''
documents 1
# A removed file that a scan finds comes back, whichever way it was named.
age
run 0 quern-index update
for name in notes/c.md "$PWD/notes/c.md"; do
    run 0 quern-index --dry-run remove "$name"
    [ "$(grep -c '^would remove ' "$scratch/out")" -eq 1 ] || fail "$name: $(cat "$scratch/out")"
    run 0 quern-index remove "$name"
    documents 0
    run 0 quern-index check
    grep -q '^without a document' "$scratch/out" && fail "$name is remembered"
    run 0 quern-index update
    finds valve notes/c.md
done
# Removing a source makes `update` forget it.
printf 'alone\n' >single.txt
run 0 quern-index single.txt
run 0 quern-index remove "$PWD/single.txt"
run 0 quern-index status
out_has '^tokens       [1-9]'
grep -q 'single.txt' "$scratch/out" && fail "single.txt is still a source"
rm single.txt
# Removing a record whose id is the path of a folder leaves the folder's files.
echo "{\"id\":\"$PWD/notes\",\"text\":\"namesake\"}" | quern-index - || fail "stdin"
run 0 quern-index remove "$PWD/notes"
finds namesake
documents 1
run 0 quern-index remove notes
documents 0
run 66 quern-index update
err_has "nothing to update"

# A list of files adds the files that exist and removes those that do not; names with newlines,
# hidden files.
newline='notes/new
line.txt'
printf 'compressor\n' >"$newline"
find notes -type f ! -name '*.gif' -print0 >list
run 0 quern-index -0 --files-from=list
documents 4
finds secret notes/.hidden
rm "$newline" notes/.hidden
run 0 quern-index -n add -0 --files-from=list
[ "$(grep -c '^would remove ' "$scratch/out")" -eq 2 ] || fail "dry run: $(cat "$scratch/out")"
run 0 quern-index add -0 --files-from=list
documents 2
finds compressor
echo notes/c.md | quern-index --files-from=- || fail "--files-from=-"
run 66 quern-index --files-from=nolist

# A hidden file that was named stays, though scans of its folder leave it out.
printf 'secret\n' >notes/.hidden
run 0 quern-index notes/.hidden notes
run 0 quern-index update
finds secret notes/.hidden
rm notes/.hidden
run 0 quern-index update
finds secret

# NDJSON from a pipe; ids for records without one; other names of fields.
printf '{"key":"k1","subject":"Ferry","body":"harbour","note":"pier"}\n{"body":"quay"}\n' |
    quern-index --id-field=key --title-field=subject --text-field=body,note - || fail "stdin"
finds pier k1
id=$(quern-search -l quay)
echo "$id" | grep -qE '^-#[0-9a-f]{16}$' || fail "the id of a record without one"
run 64 quern-index remove "$id"
err_has "^quern-index: $id: no such option; .* put -- before "
run 0 quern-index remove -- "$id"
finds quay

# --report writes one line of JSON for each run.
run 0 quern-index --report="$scratch/report" update
run 64 quern-index --report="$scratch/report" --colr update
run 66 quern-index --report="$scratch/report" nowhere
[ "$(wc -l <"$scratch/report")" -eq 2 ] || fail "report: not 2 lines"
grep -q '^{"v":1,"time":[0-9]*,"command":"update","index":".*","exit":0,.*"error":null,' \
    "$scratch/report" || fail "report: $(cat "$scratch/report")"

run 0 quern-index compact
run 0 quern-index check
finds pier k1

# An index made with other settings is refused.
run 78 quern-index --lang=de notes
err_has 'made with other settings (stemmer english; now german); leave these options out'
echo the >stopwords
run 78 quern-index --stopwords=stopwords notes
err_has 'made with other settings (stop words: none; now a list); leave these options out'
run 0 quern-index notes

# Wrong usage, and questions about usage.
run 64 quern-index
run 64 quern-index --no-such-option notes
run 0 quern-index --help
out_has "--files-from=FILE"
run 0 quern-index --version
finish
