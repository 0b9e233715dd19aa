#!/bin/sh
# SPDX-License-Identifier: MIT
# Both programs work when standard streams are closed, full, or a pipe that nobody reads.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir notes
for i in $(seq 200); do
    echo "mill number n$i" >"notes/$i.txt"
done
echo 'not JSON' >notes/broken.ndjson
quern-index -q notes 2>/dev/null

# Closed in every combination. A file opened later must not become a standard stream, which the next
# message would overwrite. Each run here prints a message and writes to the index.
for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
    echo "mill once more, $closed" >notes/new.txt
    echo 'not JSON' >notes/broken.ndjson # an unchanged file is not reported again
    eval "quern-index notes $closed"
    code=$?
    [ "$code" -eq 1 ] || fail "quern-index $closed: exit code $code"
    eval "quern-index -v notes $closed"
    code=$?
    [ "$code" -eq 1 ] || fail "quern-index -v $closed: exit code $code"
    eval "quern-index check $closed"
    code=$?
    [ "$code" -eq 0 ] || fail "quern-index check $closed: exit code $code"
    eval "quern-search -n 100 mill nosuchword $closed"
    code=$?
    [ "$code" -eq 0 ] || fail "quern-search $closed: exit code $code"
    eval "quern-search -i nowhere mill $closed"
    code=$?
    [ "$code" -eq 2 ] || fail "quern-search without an index $closed: exit code $code"
    run 0 quern-index check
    documents 201
done 2>"$scratch/noise" >"$scratch/noise.out"
grep '^FAILED' "$scratch/noise.out"

# Full: lost output is an error, a lost message is not.
if [ -w /dev/full ]; then
    quern-index status >/dev/full 2>"$scratch/err"
    [ $? -eq 74 ] || fail "status >/dev/full"
    err_has '^quern-index: write the output: No space left on device$'
    quern-index --dry-run --no-ignore notes >/dev/full 2>"$scratch/err"
    [ $? -eq 74 ] || fail "--dry-run >/dev/full"
    for format in '' --json -l -0 -c --why '--queries=list' '--queries=list --trec'; do
        seq 3 | sed 's/.*/mill/' >list
        word=mill
        case $format in *queries*) word= ;; esac
        # shellcheck disable=SC2086 # options and words
        quern-search -n 100 $format $word >/dev/full 2>"$scratch/err"
        [ $? -eq 2 ] || fail "quern-search $format >/dev/full"
        err_has '^quern-search: write the output: No space left on device$'
    done
    quern-search --timing=/dev/full --queries=list -q 2>"$scratch/err"
    [ $? -eq 2 ] || fail "--timing=/dev/full: not noticed"
    err_has "^quern-search: /dev/full: write: No space left on device\$"
    echo 'mill at last' >notes/new.txt
    echo 'not JSON' >notes/broken.ndjson
    quern-index -v notes 2>/dev/full
    [ $? -eq 1 ] || fail "quern-index 2>/dev/full"
    quern-search mill nosuchword 2>/dev/full >"$scratch/out" || fail "quern-search 2>/dev/full"
    out_has mill
    quern-index --report=/dev/full notes/1.txt 2>"$scratch/err"
    [ $? -eq 74 ] || fail "--report=/dev/full"
    run 0 quern-index check
fi

# closed NAME COMMAND...: its output goes to a pipe whose reader takes one line at most; it ends
# quietly, and not by a signal that a shell would report.
closed() {
    name=$1
    shift
    {
        "$@" 2>"$scratch/err"
        echo $? >"$scratch/code"
    } | head -n 1 >/dev/null
    [ ! -s "$scratch/err" ] || fail "$name | head: $(cat "$scratch/err")"
    code=$(cat "$scratch/code")
    [ "$code" -eq 0 ] || [ "$code" -eq 141 ] || fail "$name | head: exit code $code"
}
yes mill | head -n 20000 >list
closed lines quern-search -n 100000 mill
closed batch quern-search --queries=list
closed trec quern-search --queries=list --trec
closed json quern-search --queries=list --json
closed count quern-search --queries=list -c
rm notes/broken.ndjson
closed dry-run quern-index -i "$scratch/none" --dry-run notes
closed help quern-index --help
closed completion quern-search --completion=bash
closed status quern-index status

# A pipe without a reader from the start: on either stream, every command ends as if it were read.
mkfifo pipe
: <pipe &
exec 3>pipe
wait
for command in 'quern-index status' 'quern-index check' 'quern-index adopt' 'quern-index -n notes' \
    'quern-index -n --no-ignore -i none notes' 'quern-index --help' 'quern-index --version' \
    'quern-index --completion' 'quern-index nowhere' 'quern-index --nonsense' 'quern-index' \
    'quern-index -v notes' 'quern-index --progress=always notes' 'quern-index -i none status' \
    'quern-search mill' 'quern-search -n 1000 --json mill' 'quern-search mill nosuchword' \
    'quern-search --why mill' 'quern-search --help' 'quern-search --version' 'quern-search' \
    'quern-search --completion=bash' 'quern-search --nonsense' 'quern-search -i none mill' \
    'quern-search --queries=list' 'quern-search -c mill' 'quern-search --queries=none'; do
    $command >"$scratch/out" 2>"$scratch/err" 3>&-
    expected=$?
    cp "$scratch/out" "$scratch/out.read"
    cp "$scratch/err" "$scratch/err.read"
    $command >&3 2>"$scratch/err" 3>&-
    code=$?
    [ "$code" -eq "$expected" ] || fail "$command >&-: exit code $code, not $expected"
    cmp -s "$scratch/err" "$scratch/err.read" || fail "$command without a reader: $(cat "$scratch/err")"
    $command >"$scratch/out" 2>&3 3>&-
    code=$?
    [ "$code" -eq "$expected" ] || fail "$command 2>&-: exit code $code, not $expected"
    [ "$(wc -l <"$scratch/out")" -eq "$(wc -l <"$scratch/out.read")" ] ||
        fail "$command without a reader of messages: other output"
    $command >&3 2>&1 3>&-
    code=$?
    [ "$code" -eq "$expected" ] || fail "$command without any reader: exit code $code"
done
exec 3>&-
finish
