#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs that meet each other, and runs that a signal stops, leave a sound index and exit with the
# documented code.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# A run that waits for its input holds the lock.
mkfifo pipe
quern-index - <pipe &
holder=$!
exec 3>pipe
printf '{"id":"1","text":"first"}\n' >&3
is_locked() {
    [ -d "$QUERN_INDEX" ] && ! quern-index -q --lock=fail compact 2>"$scratch/err"
}
await is_locked
echo words >file.txt
run 75 quern-index file.txt
err_has "busy"
run 0 quern-index --lock=skip file.txt
silent
run 75 quern-index --lock=wait:300ms file.txt

# SIGTERM: the records read so far are committed, and the exit code names the signal.
stop "$holder" TERM
exec 3>&-
documents 1
finds first 1
run 0 quern-index --lock=wait:5s file.txt
run 0 quern-index check

# In the middle of work: the index is sound, and the next run does the remaining work. A commit
# after each document makes the run long enough to be interrupted.
mkdir many
i=0
while [ "$i" -lt 2000 ]; do
    i=$((i + 1))
    echo "common text of many words, number n$i" >"many/$i.txt"
done
count=2
for signal in INT TERM HUP; do
    # A shell lets background processes ignore SIGINT.
    env --default-signal=INT quern-index --commit-every=0s many &
    holder=$!
    before=$count
    while [ "$count" -le "$before" ] && kill -0 "$holder" 2>/dev/null; do
        count=$(indexed)
    done
    stop "$holder" "$signal"
    run 0 quern-index check
    count=$(indexed)
done
[ "$count" -lt 2002 ] || fail "no signal came before the end"
run 0 quern-index many
documents 2002
run 0 quern-index check
finds n777 many/777.txt
finish
