#!/bin/sh
# SPDX-License-Identifier: MIT
# A run never opens the lock.mdb of its own index as a document. Closing any descriptor of that file
# would drop the locks that the process holds on it.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
strace -o /dev/null true 2>/dev/null || skip 'no strace'

# opened COMMAND...: prints how often it opens a lock.mdb. The leak detector does not work in a
# traced program.
opened() {
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=open,openat -o "$scratch/trace" "$@" \
        >"$scratch/out" 2>"$scratch/err"
    grep -c '/lock.mdb"\|"lock.mdb"' "$scratch/trace"
}

mkdir tree
echo 'mill' >tree/mill.txt
usual=$(opened quern-index tree)
[ "${usual:-0}" -gt 0 ] || fail "lock.mdb is never opened"
again=$(opened quern-index tree)

export QUERN_INDEX="$PWD/tree/index"
first=$(opened quern-index --no-ignore tree)
[ "$first" = "$usual" ] || fail "a new index: $first opens, not $usual"
echo 'mill and millstone' >tree/mill.txt
lock=$(echo tree/index/gen-*/lock.mdb)
ln -s "$lock" link
ln "$lock" tree/hard.txt
for source in tree tree/index tree/index/gen-* "$lock" link tree/hard.txt "--files-from=list" \
    "--files-from=list --format=ndjson" "--files-from=$lock" "--files-from=link" "--format=ndjson $lock" "--format=text link" update \
    "remove $lock" "--dry-run tree"; do
    find tree link >list
    # shellcheck disable=SC2086 # options
    count=$(opened quern-index --no-ignore --commit-every=1ms $source)
    # A dry run opens the index as a search does.
    { [ "${count:-0}" -gt 0 ] && [ "$count" -le "$again" ]; } ||
        fail "$source: $count opens, not $again"
done
rm tree/hard.txt
run 0 quern-index check
documents 1
finish
