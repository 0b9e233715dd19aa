# SPDX-License-Identifier: MIT
# Functions that the scripts of this folder share: a scratch folder with an index of its own, and
# words for expectations. A failed expectation is reported and the script goes on; finish() ends it.
# shellcheck shell=sh
: "${QUERN_BIN:?names the folder of the programs}"
PATH=$QUERN_BIN:$PATH
scratch=$(mktemp -d) || exit 1
scratch=$(cd "$scratch" && pwd -P)
trap 'chmod -R u+rwx "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/room" && cd "$scratch/room" || exit 1
export QUERN_INDEX="$scratch/index"
failures=0

fail() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# skip REASON: ends the script as one that cannot run here.
skip() {
    echo "skipped: $1"
    exit 77
}

# Whether the programs are built with a sanitizer, which needs more time and memory.
sanitized() {
    [ -n "${QUERN_SANITIZE:-}" ]
}

# run CODE COMMAND...: runs it, expects the exit code; its output is in $scratch/out and /err.
run() {
    expected=$1
    shift
    "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
    [ "$code" -eq "$expected" ] && return
    fail "$*: exit code $code, not $expected"
    sed 's/^/    /' "$scratch/out" "$scratch/err"
}

# peak MIB COMMAND...: runs it, expects success and a resident set of at most this, mapped files
# included. Sanitizers need more.
peak() {
    mib=$1
    shift
    if sanitized || [ ! -x /usr/bin/time ]; then
        run 0 "$@"
        return
    fi
    run 0 /usr/bin/time -o "$scratch/peak" -f %M "$@"
    [ "$(tail -n 1 "$scratch/peak")" -le $((mib * 1024)) ] ||
        fail "$*: takes $(tail -n 1 "$scratch/peak") KiB, more than $mib MiB"
}

# await COMMAND...: repeats it until it succeeds, for ten seconds at most.
await() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || return 1
        sleep 0.1
    done
}

# stop PID SIGNAL: sends the signal to a background run, which must end with 128 + its number.
stop() {
    case $2 in
    HUP) expected=129 ;;
    INT) expected=130 ;;
    TERM) expected=143 ;;
    esac
    kill -s "$2" "$1"
    wait "$1"
    code=$?
    [ "$code" -eq "$expected" ] || fail "SIG$2: exit code $code, not $expected"
}

# out_has PATTERN, err_has PATTERN: a line of the last run's output matches.
out_has() {
    grep -q -- "$1" "$scratch/out" || {
        fail "stdout lacks: $1"
        sed 's/^/    /' "$scratch/out"
    }
}
err_has() {
    grep -q -- "$1" "$scratch/err" || {
        fail "stderr lacks: $1"
        sed 's/^/    /' "$scratch/err"
    }
}
# silent: the last run printed nothing.
silent() {
    [ ! -s "$scratch/out" ] && [ ! -s "$scratch/err" ] && return
    fail "not silent"
    sed 's/^/    /' "$scratch/out" "$scratch/err"
}

# one_line PATTERN: the last run printed nothing but one line on stderr, which matches.
one_line() {
    err_has "$1"
    { [ ! -s "$scratch/out" ] && [ "$(wc -l <"$scratch/err")" -eq 1 ]; } ||
        fail "not one line: $(head -n 5 "$scratch/out" "$scratch/err")"
}

# segments [OPTION...]: prints how many the index has.
segments() {
    quern-index "$@" status | sed -n 's/^segments *//p'
}

# indexed: prints how many documents the index has.
indexed() {
    quern-index status | sed -n 's/^documents *\([0-9,]*[0-9]\).*/\1/p' | tr -d ,
}

# documents N: the index has exactly this many.
documents() {
    found=$(indexed)
    [ "$found" = "$1" ] || fail "${found:-no} documents, not $1"
}

# finds WORD ID...: exactly these documents have all of it; paths are relative to $PWD.
finds() {
    word=$1
    shift
    found=$(quern-search --all -n 1000 -l "$word" 2>/dev/null | sort | tr '\n' ' ')
    wanted=$(for id; do printf '%s\n' "$id"; done | sort | tr '\n' ' ')
    [ "$#" -eq 0 ] && wanted=
    [ "$found" = "$wanted" ] || fail "$word: found <$found>, not <$wanted>"
}

# age: waits until the files are old enough to be skipped. A file may change again within the same
# time stamp, so a run within two seconds reads it again.
age() {
    sleep 3
}

# finish: ends the script; it fails if an expectation did.
finish() {
    [ "$failures" -eq 0 ] || exit 1
}
