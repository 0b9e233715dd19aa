#!/bin/sh
# SPDX-License-Identifier: MIT
# On a terminal: progress that is erased, colours where they are wanted, and no control sequence
# that came from a document.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
# shellcheck disable=SC2016 # the single quotes are for the shell on the terminal
. "$(dirname "$0")/lib.sh"
script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip 'no script(1) that takes -e and -c'
escape=$(printf '\033')
export TERM=xterm
unset NO_COLOR

# tty COMMAND: the shell runs it on a terminal, and what the terminal receives is in $scratch/out.
tty() {
    script -qec "$1" /dev/null </dev/null >"$scratch/out" 2>"$scratch/err"
    code=$?
}

# lacks PATTERN WHAT: the terminal got no line that matches.
lacks() {
    ! grep -q -- "$1" "$scratch/out" || fail "$2: $(od -c "$scratch/out" | head -n 20)"
}

# slowly: prints records with pauses in which a line of progress must appear.
slowly() {
    for i in $(seq 300); do
        echo "{\"id\":\"d$i\",\"title\":\"Number $i\",\"text\":\"mill word$i\"}"
        [ $((i % 100)) -ne 0 ] || sleep 0.15
    done
}

# One line of progress, redrawn and erased, then the summary.
mkfifo pipe
(slowly >pipe) &
tty 'quern-index - <pipe'
[ "$code" -eq 0 ] || fail "quern-index on a terminal: exit code $code"
out_has "$(printf '\r')[0-9]* documents, .*$escape\\[K"
out_has "$(printf '\r')$escape\\[Kindexed 300 new, 0 changed, 0 removed, 0 failed in "
[ "$(wc -l <"$scratch/out")" -eq 1 ] || fail "progress takes more than a line"
documents 300

for quiet in 'quern-index -q' 'quern-index --progress=never'; do
    (slowly >pipe) &
    tty "$quiet - <pipe"
    lacks "$escape" "$quiet"
done
(slowly >pipe) &
tty 'TERM=dumb quern-index - <pipe'
lacks "$escape" 'a dumb terminal gets a line of progress'
out_has '^indexed 0 new'
(slowly >pipe) &
tty 'quern-index - <pipe 2>errors'
[ ! -s errors ] || fail "progress in a file: $(cat errors)"
(slowly >pipe) &
tty 'quern-index --progress=always - <pipe 2>errors'
grep -q 'documents, ' errors || fail "--progress=always: no line"

# An error message does not mix with the line of progress.
(
    slowly
    echo broken
    sleep 0.2
    echo '{"id":"more","text":"more"}'
) >pipe &
tty 'quern-index - <pipe'
[ "$code" -eq 1 ] || fail "an error on a terminal: exit code $code"
out_has "$(printf '\r')$escape\\[Kquern-index: -:301: "

# Colours.
tty 'quern-search -n 3 mill'
out_has "$escape\\["
out_has ' documents, .* ms, index [0-9]* s old'
for plain in 'NO_COLOR=1 quern-search' 'TERM=dumb quern-search' 'quern-search --color=never' \
    'TERM= quern-search'; do
    tty "$plain -n 3 mill"
    lacks "$escape\\[" "$plain"
    out_has 'mill'
done
tty 'NO_COLOR= quern-search -n 3 mill'
out_has "$escape\\["
tty 'quern-search -n 3 mill | cat'
lacks "$escape" 'colours in a pipe'

# Links, which are no colours.
printf 'a file about querns' >file.txt
tty 'quern-index -q --progress=never file.txt'
for linked in quern-search 'NO_COLOR=1 quern-search' 'quern-search -l' 'quern-search -H'; do
    tty "$linked querns"
    out_has "$escape]8;;file://[^/]*$PWD/file.txt$escape.*file.txt$escape]8;;$escape"
done
for plain in 'TERM=dumb quern-search' 'TERM= quern-search' 'quern-search --hyperlink=never'; do
    tty "$plain querns"
    lacks "$escape]" "$plain"
done
tty 'quern-search -n 3 --json mill'
lacks "$escape" 'colours in JSON'
tty 'quern-search nosuchword'
[ "$code" -eq 1 ] || fail "no hits on a terminal: exit code $code"

# Documents, names and queries full of control sequences: cursor movements, titles, C1 controls,
# right-to-left overrides, bells, backspaces.
bad=$(printf 'a\033[2Jb\033]0;owned\007c\302\233Hd\342\200\256e\010f\177g\rh')
mkdir "dir$bad"
{
    printf '# Title %s\n\nThe quarry %s and more of the quarry.\n' "$bad" "$bad"
} >"dir$bad/note$bad.md"
printf '{"id":"x\\u001b[2J\\u009b2J\\u202e","title":"\\u001b]0;owned\\u0007\\u009b","text":"quarry \\u001b[31m\\u0085 \\u202e quarry"}\n' \
    >bad.ndjson
printf '{"id":"\033[2J\302\233' >>bad.ndjson

# harmless WHAT: apart from quern's own colours, links and erasing of a line, no control sequence
# reached the terminal.
harmless() {
    sed "s/$escape\\[[0-9;]*m//g; s|$escape]8;;[-A-Za-z0-9%._~:/]*$escape\\\\||g; s/$(printf '\r')$escape\\[K//g; s/$(printf '\r')\$//" \
        "$scratch/out" >"$scratch/rest"
    for control in '\033' '\007' '\010' '\177' '\r' '\302\205' '\302\233' '\342\200\256'; do
        # shellcheck disable=SC2059 # it is a format
        LC_ALL=C grep -q "$(printf "$control")" "$scratch/rest" &&
            fail "$1: $control reaches the terminal: $(cat -v "$scratch/rest")"
    done
}
tty 'quern-index --progress=never -v "$(echo dir*)" bad.ndjson'
[ "$code" -eq 1 ] || fail "exit code $code"
harmless 'quern-index -v'
tty 'quern-index --progress=never --dry-run -i none .'
harmless 'quern-index --dry-run'
for options in '' -l --tsv --json --why '--queries=list' '--trec' '-s 3'; do
    word=quarry
    case $options in *queries*) word= ;; esac
    printf 'q\033[2J\tquarry\n' >list
    tty "quern-search $options $word"
    [ "$code" -eq 0 ] || fail "quern-search $options: exit code $code"
    harmless "quern-search $options"
    tty "quern-search $options $word | cat"
    harmless "quern-search $options | cat"
done
printf '%s' "$bad" >word
tty 'quern-search quarry "$(cat word)" nosuchword'
harmless 'a query'
tty 'quern-search --json "$(cat word)" quarry'
harmless 'a query in JSON'
tty 'quern-search -i "$(cat word)" quarry'
harmless 'the name of an index'
tty 'quern-index "$(cat word)"'
harmless 'a source that is not there'
tty 'quern-search "--$(cat word)" x'
harmless 'a wrong option'
tty 'quern-index -i "$(cat word)" bad.ndjson'
harmless 'an index with such a name'
tty 'quern-index -i "$(cat word)" status'
harmless 'its status'
tty 'quern-index remove "$(cat word)"'
harmless 'a removal'
finish
