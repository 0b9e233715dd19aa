#!/bin/sh
# SPDX-License-Identifier: MIT
# --new=NAME shows each document once, whatever happens to the runs.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
export XDG_STATE_HOME="$scratch/state"
mkdir d
for i in 1 2 3; do
    echo "the norwegian pipeline $i" >"d/$i.txt"
done
run 0 quern-index d

# Only what is new, at most as many as asked for, and silence if there is nothing.
run 0 quern-search --new=alert -l -n 2 pipeline
[ "$(wc -l <"$scratch/out")" -eq 2 ] || fail 'the first run does not show two'
sort "$scratch/out" >shown
run 0 quern-search --new=alert -l -n 2 pipeline
[ "$(wc -l <"$scratch/out")" -eq 1 ] || fail 'the second run does not show the third'
sort "$scratch/out" shown >all
printf 'd/%s.txt\n' 1 2 3 | cmp -s - all || fail "shown: $(cat all)"
for options in '' --json '--color=always --why' -H '-s 2 --facet=ext' --any; do
    # shellcheck disable=SC2086 # several options
    run 1 quern-search --new=alert $options 'norwegian "pipeline'
    silent
done
echo 'a pipeline changed' >d/1.txt # a changed document is not new
echo 'another pipeline' >d/4.txt
run 0 quern-index d
run 0 quern-search --new=alert -l pipeline
[ "$(cat "$scratch/out")" = d/4.txt ] || fail "not the new one: $(cat "$scratch/out")"
run 0 quern-search --new=other -l --json pipeline
out_has '"total":4,'

# What was not written counts as not shown: a closed pipe, a full disk, a run that is killed.
quern-search --new=pipe -l pipeline | :
(
    trap '' PIPE
    sleep 0.1
    quern-search --new=closed -l pipeline
) 2>/dev/null | :
run 0 quern-search --new=closed -l pipeline
[ "$(wc -l <"$scratch/out")" -eq 4 ] || fail 'hits were lost in a closed pipe'
if [ -e /dev/full ]; then
    quern-search --new=full -l pipeline >/dev/full 2>/dev/null
    [ $? -eq 2 ] || fail 'a full disk is no error'
    run 0 quern-search --new=full -l pipeline
fi
mkfifo pipe
sleep 5 <>pipe &
reader=$!
head -c 65536 /dev/zero >pipe # so the next write waits
quern-search --new=killed -l pipeline >pipe &
killed=$!
await test -e "$XDG_STATE_HOME/quern/new/.killed.lock" || fail 'the run has not begun'
sleep 0.1
kill -9 $killed
wait $killed 2>/dev/null
kill $reader
run 0 quern-search --new=killed -l pipeline
[ "$(wc -l <"$scratch/out")" -eq 4 ] || fail 'hits were lost in a run that was killed'
run 1 quern-search --new=killed -l pipeline

# Runs at once share the documents out.
for i in 1 2 3 4; do
    quern-search --new=race -l -n 1 pipeline >"race$i" &
done
wait
cat race? | sort >all
printf 'd/%s.txt\n' 1 2 3 4 | cmp -s - all || fail "runs at once showed: $(cat all)"

# Names are no paths, and what shows no documents has nothing to remember.
run 2 quern-search --new=../x pipeline
err_has '^quern-search: --new: '
run 2 quern-search --new= pipeline
for options in -c -q --queries=list; do
    run 2 quern-search --new=x $options pipeline
done

# Without XDG_STATE_HOME, below the home folder; an unreadable state is an error that says what to do.
unset XDG_STATE_HOME
export HOME="$scratch/home"
mkdir "$HOME"
run 0 quern-search --new=h -l pipeline
[ -f "$HOME/.local/state/quern/new/h" ] || fail 'no state below the home folder'
echo damage >"$HOME/.local/state/quern/new/h"
run 2 quern-search --new=h -l pipeline
err_has 'damaged; remove it'
finish
