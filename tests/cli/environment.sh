#!/bin/sh
# SPDX-License-Identifier: MIT
# Both programs cope with their surroundings: a current folder that was deleted, a ~ that no shell
# expanded, and a .quern that is a link or belongs to another user.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
# shellcheck disable=SC2088 # the ~ is not meant to expand
. "$(dirname "$0")/lib.sh"
export HOME="$scratch/home"
mkdir "$HOME" notes
echo 'mill by the river' >notes/a.txt
echo 'elsewhere' >"$scratch/elsewhere.txt"
run 0 quern-index notes
run 0 quern-index remove notes
run 0 quern-index notes
documents 1

# The current folder was deleted: a relative path means nothing, and is not taken from the root.
sources=$(quern-index status | sed -n '/^sources/,$p')
mkdir gone
cd gone || exit 1
rmdir ../gone
no_folder='the current folder cannot be named (No such file or directory)'
for words in . ../notes '-n .' 'add -- notes' 'remove .' 'remove ..' 'remove notes' \
    "$scratch/elsewhere.txt ."; do
    # shellcheck disable=SC2086 # options and words
    run 66 timeout 5 quern-index $words
    one_line "^quern-index: [^ ]*: $no_folder; give the whole path, or go to another folder\$"
done
printf '.\n' >"$scratch/list"
run 66 timeout 5 quern-index --files-from="$scratch/list"
one_line "^quern-index: \.: $no_folder"
# no_index CODE PROGRAM WORD...: an index named by a relative path, or not named at all.
no_index() {
    wanted=$1
    program=$2
    shift 2
    QUERN_INDEX=ix run "$wanted" "$program" "$@"
    one_line "^$program: ix: $no_folder"
    QUERN_INDEX='' run "$wanted" "$program" "$@"
    one_line "^$program: the index: $no_folder"
    run "$wanted" "$program" -i ../ix "$@"
    one_line "^$program: ../ix: $no_folder"
}
no_index 66 quern-index status
no_index 66 quern-index check
no_index 66 quern-index "$scratch/elsewhere.txt"
no_index 2 quern-search mill
# Commands that need no current folder work.
run 0 quern-index update
silent
run 0 quern-index "$scratch/room/notes"
run 0 quern-search -l mill
out_has '/notes/a.txt$'
cd "$scratch/room" || exit 1
documents 1
[ "$(quern-index status | sed -n '/^sources/,$p')" = "$sources" ] || fail "another source was added"
finds mill notes/a.txt

# A ~ that no shell expanded: after the = of an option, in a crontab's variable, within quotes.
run 0 quern-index --index='~/one' notes
run 0 quern-index -i '~/one' status
run 0 quern-search --index='~/one' -q mill
QUERN_INDEX='~/two' run 0 quern-index notes
QUERN_INDEX='~/two' run 0 quern-search -q mill
QUERN_INDEX='~/none' run 2 quern-search mill
err_has 'no index at ~/none; '
{ [ -d "$HOME/one" ] && [ -d "$HOME/two" ]; } || fail "a ~ was not expanded"
echo "$PWD/notes/a.txt" >"$HOME/list"
printf 'q1\tmill\n' >"$HOME/queries"
echo by >"$HOME/stop"
run 0 quern-index -i '~/three' --stopwords='~/stop' --files-from='~/list' --report='~/report'
[ -s "$HOME/report" ] || fail "--report=~/report: nothing there"
run 0 quern-search --index='~/three' --queries='~/queries' --timing='~/timing'
[ -s "$HOME/timing" ] || fail "--timing=~/timing: nothing there"
run 66 quern-index --files-from='~/missing'
err_has "^quern-index: $HOME/missing: "
run 66 quern-index --stopwords='~/missing' notes
err_has "$HOME/missing: "
run 2 quern-search --queries='~/missing'
err_has "$HOME/missing: "
[ ! -e '~' ] || fail "made ./~"
env -i PATH="$PATH" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
    quern-index -i '~/none' status >"$scratch/out" 2>"$scratch/err"
[ $? -eq 66 ] || fail "without HOME: $(cat "$scratch/err")"
mkdir '~'
run 0 quern-index -i './~/mine' notes
[ -d '~/mine' ] || fail "./~ is not taken literally"

# A .quern in a parent folder is used when it is a folder of the user's own; else one line says why
# it is not.
unset QUERN_INDEX
run 0 quern-index -q notes
mkdir -p desk/deep
(
    cd desk/deep || exit 1
    ln -s "$HOME/one" ../.quern
    run 0 quern-search -l mill
    err_has "^quern-search: $scratch/room/desk/.quern: is a symbolic link and is not used; name it"
    [ "$(wc -l <"$scratch/err")" -eq 1 ] || fail "more than a line: $(cat "$scratch/err")"
    run 0 quern-index status
    out_has '^index  *~/.local/share/quern$'
    err_has 'is a symbolic link'
    run 0 quern-search -i ../.quern -q mill
    silent
    rm ../.quern
    mkdir ../.quern
    run 2 quern-search mill
    err_has '^quern-search: no index at .*desk/.quern; '
    if [ "$(id -u)" -eq 0 ]; then
        chown 65534 ../.quern
        run 0 quern-search -l mill
        err_has "^quern-search: .*/.quern: belongs to another user and is not used; name it with -i"
        run 0 quern-index -q status
        err_has 'belongs to another user'
        run 2 quern-search -i ../.quern mill
        err_has 'no index at'
    fi
    [ "$failures" -eq 0 ]
) || failures=$((failures + 1))
finish
