#!/bin/sh
# SPDX-License-Identifier: MIT
# A source that is a symbolic link is resolved anew by each run; its documents are named by the path
# through the link.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir -p releases/1/doc releases/2/doc
echo 'manual old' >releases/1/doc/manual.txt
echo 'changes old' >releases/1/changes.txt
echo 'manual new' >releases/2/doc/manual.txt
echo 'licence new' >releases/2/licence.txt
ln -s releases/1 current
run 0 quern-index current/
silent
finds old current/changes.txt current/doc/manual.txt
[ -e "$(quern-search -l changes)" ] || fail "no file of this name"
run 0 quern-index status
out_has "$PWD/current$"

# The link now leads elsewhere: files of the old folder alone go, and shared names stay.
ln -sfn releases/2 current
run 0 quern-index -v update
err_has "^changed $PWD/current/doc/manual.txt$"
err_has "^removed $PWD/current/changes.txt$"
finds old
finds new current/doc/manual.txt current/licence.txt

# A link that leads nowhere is treated as a disk that is not mounted.
rm current
ln -s releases/none current
run 1 quern-index update
err_has "^quern-index: $PWD/current: 0 files now, 2 before; kept them (not mounted?)"
rm current
run 1 quern-index update
finds new current/doc/manual.txt current/licence.txt
ln -s releases/2 current

# A scan of the folder that holds the link keeps the documents of the link.
echo 'beside' >beside.txt
run 0 quern-index .
run 0 quern-index --max-delete=0 update
finds manual current/doc/manual.txt releases/1/doc/manual.txt releases/2/doc/manual.txt
run 0 quern-index remove releases
run 0 quern-index remove beside.txt

# Documents are removed by the names that searches print, and all of them by the link.
run 0 quern-index remove current/licence.txt
finds licence
run 0 quern-index remove current
finds manual
run 0 quern-index remove .
documents 0

# A link to a file: the same with one document, even if the link's name does not show the format.
echo '# Monday' >monday.md
echo '# Tuesday' >tuesday.md
ln -s monday.md today
run 0 quern-index today
finds monday today
ln -sf tuesday.md today
run 0 quern-index update
finds monday
finds tuesday today
echo '{"id":"7","text":"wednesday"}' >wednesday.ndjson
ln -sf wednesday.ndjson today
run 0 quern-index update
finds wednesday 7
finds tuesday
rm wednesday.ndjson
run 0 quern-index update
rm today
mkdir today
echo thursday >today/a.txt
run 0 quern-index update
finds thursday today/a.txt
run 0 quern-index remove today

# A folder that became a link is followed once it is added again; a link within it is not.
mkdir -p docs elsewhere
echo 'moved' >docs/a.txt
run 0 quern-index docs
mv docs elsewhere/docs
ln -s elsewhere/docs docs
ln -s ../../releases elsewhere/docs/inner
echo 'elsewhere' >elsewhere/docs/b.txt
run 1 quern-index update
err_has "^quern-index: $PWD/docs: now a symbolic link, which is not followed; to follow it: quern-index $PWD/docs$"
finds moved docs/a.txt
finds elsewhere
run 0 quern-index docs
run 0 quern-index update
finds moved docs/a.txt
finds elsewhere docs/b.txt
finds old
run 0 quern-index check
finish
