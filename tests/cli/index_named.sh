#!/bin/sh
# SPDX-License-Identifier: MIT
# A file named on the command line is indexed, or one line says why not; none is passed over in
# silence. Streams, which can be read only once, are never remembered as sources.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

echo gas >notes.txt
run 0 quern-index notes.txt
silent

# A file that is no document is reported the second time too; the others are indexed all the same.
printf '%%PDF-1.4 \000\001x' >report.pdf
head -c 100 /dev/zero >zeros.bin
echo "oil well" >big.txt
for round in 1 2; do
    for file in report.pdf zeros.bin; do
        run 1 quern-index "$file"
        [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "$file, round $round: not one line"
        err_has "^quern-index: $PWD/$file: cannot be indexed: binary"
    done
    run 1 quern-index --max-size=4 big.txt notes.txt
    err_has "^quern-index: $PWD/big.txt: cannot be indexed: larger than --max-size$"
    [ "$round" -eq 2 ] || age
done
run 0 quern-index update
mkdir folder
cp report.pdf zeros.bin folder
run 0 quern-index folder
find folder -type f | quern-index --files-from=- || fail "a list with binary files"
[ -e /dev/full ] && {
    run 1 quern-index /dev/full folder
    err_has "^quern-index: /dev/full: cannot be indexed: a device$"
}
for name in /proc /proc/cpuinfo /proc/self/cwd /sys /dev; do
    [ -e "$name" ] || continue
    run 1 quern-index "$name"
    err_has "^quern-index: $name: cannot be indexed: in a kernel file system$"
done
run 66 quern-index nowhere
err_has "nowhere: No such file"
rm -r folder
run 0 quern-index remove folder report.pdf zeros.bin

# Named pipes and the descriptors that shells pass on are read like '-'.
echo '{"id":"1","text":"oil"}' | quern-index /dev/stdin || fail "/dev/stdin"
finds oil 1
quern-index /dev/fd/5 5<<END || fail "/dev/fd/5"
{"id":"2","text":"coal"}
END
finds coal 2
quern-index /proc/self/fd/0 <<END || fail "/proc/self/fd/0"
{"id":"3","text":"peat"}
END
finds peat 3
mkfifo pipe
echo '{"id":"4","text":"wind"}' >pipe &
run 0 timeout 20 quern-index pipe
wait
finds wind 4
echo '{"id":"5","text":"wave"}' >"$scratch/feed"
run 0 quern-index - <"$scratch/feed"
run 1 quern-index /dev/fd/77 notes.txt
err_has "^quern-index: /dev/fd/77: cannot open: Bad file descriptor$"
run 0 quern-index status
sed "s|$scratch||g" "$scratch/out" | grep -q '/proc/\|/dev/\|/pipe\|/room/-' &&
    fail "a stream is remembered as a source"
echo notes.txt >pipe &
run 0 timeout 20 quern-index --files-from=pipe
wait

# A name in a list that leads nowhere removes no file that exists, not even the file whose path it
# has once it is normalized.
mkdir listed listed/deep
echo needle >listed/a.txt
ln -s listed/deep way
run 0 quern-index listed
for name in listed/a.txt/ listed/a.txt/. listed/deep/../a.txt/../a.txt none/../listed/a.txt \
    way/../listed/a.txt none/../listed; do
    echo "$name" >list
    run 1 quern-index -q --files-from=list
    err_has "^quern-index: $name: No"
    finds needle listed/a.txt
done
rm -r listed way
run 0 quern-index remove listed

# A name in a list must exist or be known. A known file that was deleted leaves the index, as does
# the memory of a file that was no document. Binary files are skipped in silence, since lists are
# made by find.
mkdir listed
echo peach >listed/a.txt
cp zeros.bin listed
run 0 quern-index listed
rm listed/a.txt listed/zeros.bin
printf '%s\n' listed/a.txt listed/zeros.bin >list
run 0 quern-index --dry-run --files-from=list
run 0 quern-index --files-from=list
silent
finds peach
run 1 quern-index --files-from=list
err_has "^quern-index: listed/a.txt: No such file or directory$"
printf 'notes.txt\r\nlisted/none.txt\n' >list
run 1 quern-index --files-from=list
err_has "^quern-index: notes.txt.*: No such file or directory$"
err_has "^quern-index: listed/none.txt: No such file or directory$"
run 1 quern-index --dry-run --files-from=list
echo pipe >list
run 0 quern-index --files-from=list
silent
run 0 quern-index remove listed

# A run that waits for a pipe without a writer ends on SIGTERM.
quern-index pipe &
holder=$!
reads_pipe() {
    find "/proc/$holder/fd" -lname '*/pipe' 2>/dev/null | grep -q .
}
await reads_pipe
stop "$holder" TERM

# Records without title and text: one line lists the members that they have.
for i in 1 2 3; do
    echo "{\"key\":$i,\"Subject\":\"gas\",\"Body\":\"pipeline $i\"}"
done >tickets.ndjson
before=$(indexed)
for round in 1 2; do
    run 1 quern-index tickets.ndjson
    [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "tickets.ndjson, round $round: not one line"
    err_has "tickets.ndjson: no record has a member title or text; the first one has key, Subject, Body;"
    err_has "name the right ones with --title-field and --text-field$"
    documents "$before"
done
run 0 quern-index --id-field=key --title-field=Subject --text-field=Body tickets.ndjson
finds pipeline 1 2 3
# The line is printed even if the file did not change, and its documents stay.
age
run 1 quern-index --id-field=key tickets.ndjson
finds pipeline 1 2 3

# JSON in another layout: nothing of it is indexed, and the advice of the message works.
printf '[\n{"id":"6","text":"tide"},\n{"id":"7","text":"tide"}\n]\n' >array.ndjson
run 1 quern-index array.ndjson
[ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "array.ndjson: not one line"
err_has "array.ndjson: a JSON array, not one object a line; nothing of it was indexed; convert it with: jq -c '.\[\]'$"
finds tide
printf '{\n"all":[\n{"id":"6","text":"tide"}\n]}\n' >object.ndjson
run 1 quern-index object.ndjson
err_has "object.ndjson: JSON over several lines"
finds tide
if command -v jq >/dev/null 2>&1; then
    jq -c '.[]' array.ndjson | quern-index - || fail "jq"
    finds tide 6 7
fi

# Records without ids from different pipes do not replace each other, and the same records from
# another pipe change nothing.
before=$(indexed)
echo '{"text":"first pipe"}' | quern-index - || fail "a pipe"
echo '{"text":"second pipe"}' | quern-index - || fail "another pipe"
documents $((before + 2))
echo '{"text":"second pipe"}' | quern-index --progress=always - 2>"$scratch/err" || fail "again"
grep -q '^indexed 0 new, 0 changed' "$scratch/err" || fail "the same pipe again: $(cat "$scratch/err")"
run 0 quern-index check

# An NDJSON file without documents within a folder is reported when it is new or changed, not by
# every run; and -v does not call a file without documents unchanged.
export QUERN_INDEX="$scratch/stray"
mkdir stray
echo words >stray/a.txt
echo '{"message":"x"}' >stray/log.jsonl
head -c 100 /dev/zero >stray/z.bin
age
run 1 quern-index stray
err_has 'log.jsonl: no record has a member title or text'
run 0 quern-index update
silent
run 0 quern-index -v update
err_has '^skipped .*log.jsonl: no document, as before$'
err_has '^skipped .*z.bin: no document, as before$'
echo '{"message":"y"}' >>stray/log.jsonl
run 1 quern-index update
run 1 quern-index stray/log.jsonl
finish
