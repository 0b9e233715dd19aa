#!/bin/sh
# shellcheck disable=SC1091,SC2154 # lib.sh has what seems to be missing
# Runs that meet each other, and runs that are asked to stop.
. "$(dirname "$0")/lib.sh"

# A run that waits for its input holds the lock.
mkfifo pipe
quern-index - <pipe &
holder=$!
exec 3>pipe
printf '{"id":"1","text":"first"}\n' >&3
tries=0
until [ -d "$QUERN_INDEX" ] && ! quern-index -q --lock=fail compact 2>"$scratch/err"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || break
    sleep 0.1
done
echo words >file.txt
run 75 quern-index file.txt
err_has "busy"
run 0 quern-index --lock=skip file.txt
silent
run 75 quern-index --lock=wait:300ms file.txt

# SIGTERM: what was read is committed, the exit code tells the signal.
kill -TERM "$holder"
wait "$holder"
code=$?
[ "$code" -eq 143 ] || fail "SIGTERM: exit code $code"
exec 3>&-
documents 1
finds first 1
run 0 quern-index --lock=wait:5s file.txt
run 0 quern-index check

# In the middle of work: whatever was done is whole, and the next run does the rest.
i=0
while [ "$i" -lt 20000 ]; do
    i=$((i + 1))
    echo "{\"id\":\"d$i\",\"text\":\"common text of many words, number n$i\"}"
done >many.ndjson
for signal in INT TERM HUP; do
    quern-index --commit-every=20ms many.ndjson &
    holder=$!
    sleep 0.1
    kill -s "$signal" "$holder" 2>/dev/null
    wait "$holder"
    code=$?
    case $signal in
    INT) expected=130 ;;
    TERM) expected=143 ;;
    HUP) expected=129 ;;
    esac
    # An interactive shell's children may be deaf to SIGINT, and a run may be quicker than we.
    [ "$code" -eq "$expected" ] || [ "$code" -eq 0 ] || fail "SIG$signal: exit code $code"
    run 0 quern-index check
done
run 0 quern-index many.ndjson
documents 20002
run 0 quern-index check
finds n777 d777
finish
