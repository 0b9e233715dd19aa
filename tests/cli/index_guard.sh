#!/bin/sh
# SPDX-License-Identifier: MIT
# Files that vanish by accident stay in the index: an unmounted folder does not empty it.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir docs
for i in $(seq 100); do
    printf 'word number n%s\n' "$i" >"docs/$i.txt"
done
run 0 quern-index docs
documents 100

# The folder exists but is empty, as an unmounted one.
mkdir away
mv docs/* away
run 1 quern-index update
err_has "^quern-index: $PWD/docs: 0 files now, 100 before; kept them (not mounted?). To remove them: --max-delete=none$"
documents 100
finds n7 docs/7.txt

# The folder itself is missing.
mv docs docs.away
run 1 quern-index update
err_has "docs: 0 files now, 100 before"
documents 100
mv docs.away docs

# Too many at once.
mv away/[1-6]*.txt docs
run 1 quern-index update
err_has "files now, 100 before; kept them"
documents 100
run 1 quern-index --max-delete=10 update
documents 100

# All files are back: nothing is reported.
mv away/* docs
run 0 quern-index update
silent

# Few enough.
rm docs/1?.txt
run 1 quern-index --max-delete=0 update
run 0 quern-index update
documents 90

# Confirmed.
rm docs/*
run 1 quern-index --dry-run update
run 0 quern-index --max-delete=none update
documents 0

# A folder in a list of files is guarded too.
mkdir listed
printf 'turbine\n' >listed/a.txt
echo listed >list
run 0 quern-index --files-from=list
mv listed/a.txt .
run 1 quern-index --files-from=list
err_has "^quern-index: $PWD/listed: 0 files now, 1 before; kept them (not mounted?)"
rmdir listed
run 1 quern-index --files-from=list
err_has "^quern-index: $PWD/listed: 0 files now, 1 before; kept them (not mounted?)"
finds turbine listed/a.txt
echo listed/a.txt >list
run 0 quern-index --files-from=list
finds turbine

# A source that is a file may vanish, as long as its folder exists.
printf 'alone\n' >single.txt
run 0 quern-index single.txt
rm single.txt
run 0 quern-index -v update
err_has "^removed $PWD/single.txt$"

# A folder that cannot be read keeps its documents.
if [ "$(id -u)" -ne 0 ]; then
    mkdir docs/closed
    printf 'inside\n' >docs/closed/in.txt
    run 0 quern-index docs
    chmod 000 docs/closed
    run 1 quern-index update
    finds inside docs/closed/in.txt
    chmod 700 docs/closed
fi
finish
