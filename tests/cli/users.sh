#!/bin/sh
# SPDX-License-Identifier: MIT
# Files and indexes of other users: errors are reported, and documents that cannot be read now are
# kept. Run by root, the script takes another user's id where root would be allowed everything.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" -eq 0 ]; then
    other() {
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    }
    other test -x "$QUERN_BIN/quern-search" 2>/dev/null ||
        skip "root has no setpriv, or $QUERN_BIN is closed to others"
    chmod 755 "$scratch" "$scratch/room"
    mkdir "$scratch/theirs"
    chown 65534:65534 "$scratch/theirs"
else
    mkdir "$scratch/theirs"
    other() {
        "$@"
    }
fi
umask 022

# A file that cannot be read is reported; its document stays until the file is deleted.
mkdir notes notes/closed
echo 'mill open' >notes/open.txt
echo 'mill secret' >notes/secret.txt
echo 'mill inside' >notes/closed/in.txt
echo '{"id":"feed","text":"mill feed"}' >notes/feed.ndjson
export QUERN_INDEX="$scratch/theirs/index"
run 0 other quern-index notes
chmod 000 notes/secret.txt notes/feed.ndjson
chmod 000 notes/closed
age
touch notes/open.txt
run 1 other quern-index update
err_has "^quern-index: $PWD/notes/secret.txt: Permission denied$\|secret.txt: .*Permission denied"
err_has 'feed.ndjson.*Permission denied'
err_has 'closed.*Permission denied'
for word in secret inside feed; do
    run 0 other quern-search -q "$word"
done
run 1 other quern-index "$PWD/notes/secret.txt"
err_has 'secret.txt.*Permission denied'
chmod 755 notes/closed
chmod 644 notes/secret.txt notes/feed.ndjson
rm notes/secret.txt
run 0 other quern-index update
run 1 other quern-search -q secret
run 0 other quern-search -q inside
run 0 other quern-index check

# Rules that cannot be read: the folder is not scanned, and its documents stay. The same holds for
# the rules of a repository around the source.
mkdir rules rules/sub rules/.git rules/.git/info
echo 'ref: refs/heads/main' >rules/.git/HEAD
echo 'rye open' >rules/sub/open.txt
echo 'rye hidden' >rules/sub/hidden.txt
echo hidden.txt | tee rules/.gitignore rules/sub/.quernignore >rules/.git/info/exclude
run 0 other quern-index rules rules/sub
for name in .gitignore sub/.quernignore .git/info/exclude; do
    chmod 000 "rules/$name"
    run 1 other quern-index update
    err_has "not scanned: .*$name: cannot open: Permission denied\|sub: not scanned: .quernignore"
    run 0 other quern-search -q open
    run 1 other quern-search -q hidden
    chmod 644 "rules/$name"
done
run 0 other quern-index update
run 0 other quern-index remove rules

# An index that others may read but not write to: a reader takes a slot in lock.mdb, so the message
# says what to change; the indexer says what it is not allowed to do.
QUERN_INDEX=$scratch/index
run 0 quern-index notes
# permit FOLDERS FILES: sets the modes of all folders and files of the index.
permit() {
    find "$QUERN_INDEX" -type d -exec chmod "$1" {} +
    find "$QUERN_INDEX" -type f -exec chmod "$2" {} +
}
permit 500 000
run 2 other quern-search mill
err_has '^quern-search: .*: Permission denied'
run 74 other quern-index notes
err_has '^quern-index: .*: Permission denied'
run 74 other quern-index check
permit 555 444
run 2 other quern-search mill
err_has 'lock.mdb: searching takes a place among the readers there; let the searchers write to it'
run 74 other quern-index notes
chmod 666 "$QUERN_INDEX"/gen-*/lock.mdb
run 0 other quern-search -q mill
run 0 other quern-index check
run 0 other quern-index status
run 74 other quern-index notes
run 74 other quern-index compact
permit 755 644
run 0 quern-index notes
run 0 quern-index check

# The folder of the index cannot be made, or its path is a file.
QUERN_INDEX=$scratch/closed/index
mkdir "$scratch/closed"
chmod 555 "$scratch/closed"
run 74 other quern-index notes
err_has '^quern-index: .*: Permission denied$'
QUERN_INDEX=$PWD/notes/open.txt
run 74 quern-index notes
err_has '^quern-index: .*: Not a directory$\|File exists$'
run 2 quern-search mill
run 0 grep -q '^mill open$' notes/open.txt
QUERN_INDEX=/dev/null
run 74 quern-index notes
run 2 quern-search mill
finish
