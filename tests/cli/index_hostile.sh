#!/bin/sh
# SPDX-License-Identifier: MIT
# Hostile folders do no harm: FIFOs, loops, odd names, broken records, an index within its own
# corpus, closed descriptors.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir -p tree/deep
printf 'plain words\n' >tree/plain.txt
mkfifo tree/fifo
ln -s . tree/loop
ln -s loop2 tree/loop2
ln -s /dev/zero tree/zero
: >tree/empty.txt
printf 'odd \377\376 bytes\n' >"tree/odd$(printf '\377\033').txt"
printf 'newline\n' >"tree/new
line.txt"
truncate -s 1T tree/sparse.txt 2>/dev/null || truncate -s 1G tree/sparse.txt
run 0 timeout 20 quern-index -v tree
err_has "^skipped $PWD/tree/fifo: FIFO$"
err_has "^skipped $PWD/tree/loop: symbolic link$"
err_has "^skipped $PWD/tree/sparse.txt: larger than --max-size$"
err_has "^added $PWD/tree/new.x0aline.txt$"
grep -q "$(printf '\033')" "$scratch/err" && fail "an escape reached stderr"
documents 4
finds odd "tree/odd$(printf '\357\277\275')\\x1b.txt"

# Arguments that cannot be sources are reported.
run 1 timeout 20 quern-index tree/zero
err_has "^quern-index: tree/zero: cannot be indexed: a device$"
run 1 quern-index tree/loop2
err_has "symbolic links$"

# An NDJSON file that was replaced is left alone: a pipe without a writer is not waited for, and a
# link is not followed.
mkdir feeds
echo '{"id":"secret","text":"password"}' >secret.ndjson
echo '{"id":"open","text":"public"}' >feeds/a.ndjson
run 0 quern-index feeds feeds/a.ndjson
rm feeds/a.ndjson
mkfifo feeds/a.ndjson
run 0 timeout 20 quern-index update
rm feeds/a.ndjson
ln -s ../secret.ndjson feeds/a.ndjson
run 1 timeout 20 quern-index update
err_has "^quern-index: $PWD/feeds/a.ndjson: now a symbolic link, which is not followed; to follow it: "
finds password
finds public open
run 0 quern-index remove feeds
run 0 quern-index remove open

# Bad records are reported, counted and skipped; many of them take few lines.
{
    echo '{"id":"good","text":"wheat"}'
    echo 'not json'
    for i in $(seq 50); do
        echo '{"id":"x'
    done
    printf '{"id":"bytes","text":"\377 barley"}\n\n{"id":"last","text":"rye"}'
} >records.ndjson
run 1 quern-index records.ndjson
[ "$(wc -l <"$scratch/err")" -eq 21 ] || fail "not 20 lines of errors and one more"
err_has "records.ndjson:2: "
err_has "^quern-index: ... and 31 more$"
finds wheat good
finds barley bytes
finds rye last

# Compressed data that ends too early: the records read so far count, and the end is reported.
seq 100000 | sed 's/.*/{"id":"z&","text":"maize"}/' | gzip >cut.ndjson.gz
head -c 100000 cut.ndjson.gz >short && mv short cut.ndjson.gz
run 1 quern-index cut.ndjson.gz
finds nothing
run 0 quern-index check

# The index in its own corpus, and under other names.
QUERN_INDEX=$PWD/tree/index
export QUERN_INDEX
run 0 quern-index tree
run 0 quern-index -v tree
err_has "^skipped $PWD/tree/index: "
for source in tree/index tree/index/gen-* tree/index/gen-*/data.mdb; do
    run 1 quern-index "$source"
    err_has "^quern-index: $PWD/$source: cannot be indexed: part of the index$"
done
ln -s "$(echo tree/index/gen-*/lock.mdb)" alias
run 1 quern-index alias
err_has "^quern-index: $PWD/alias: cannot be indexed: part of the index$"
run 64 quern-index --files-from=alias
err_has "^quern-index: --files-from alias: part of the index$"
find tree/index -type f | quern-index --files-from=- || fail "a list of the index's files"
documents 4
run 0 quern-index check

# Closed standard descriptors: a file of the index must not become one of them.
mkdir more
for i in $(seq 30); do
    echo "closed $i" >"more/$i.txt"
done
quern-index more <&- >&- 2>&-
run 0 quern-index check
documents 34
rm more/1.txt
printf '{"id":"x' >more/bad.ndjson
quern-index update <&- >&- 2>&-
[ $? -eq 1 ] || fail "an error with all descriptors closed: not exit code 1"
run 0 quern-index check
documents 33

# Standard output to a full disk is an error, to a closed pipe it is not.
if [ -w /dev/full ]; then
    quern-index status >/dev/full 2>/dev/null
    [ $? -eq 74 ] || fail "/dev/full: not exit code 74"
fi
quern-index --help | true
finish
