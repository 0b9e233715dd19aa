#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs what takes too long for check.sh: the scripts of this folder, and the long form of the
# scripts of ../cli and ../crash that have one. Prints how long each took and whether it passed. Set
# QUERN_CORPORA to the folder of the real corpora; without it most are skipped.
set -u
cd "$(dirname "$0")/../.." || exit 1
cmake --preset release >/dev/null && cmake --build --preset release -j "$(nproc)" >/dev/null || exit 1
QUERN_BIN=$PWD/build/release
QUERN_SOURCE=$PWD
QUERN_FAULTS=$QUERN_BIN/libfaults.so
QUERN_LONG=1
export QUERN_BIN QUERN_SOURCE QUERN_FAULTS QUERN_LONG
failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
for script in $(grep -l QUERN_LONG tests/cli/*.sh tests/crash/*.sh) tests/long/*.sh; do
    case $script in */lib.sh | */all.sh) continue ;; esac
    began=$(date +%s)
    code=0
    sh "$script" >"$log" 2>&1 || code=$?
    case $code in
    0) result=passed ;;
    77) result=skipped ;;
    *) result=FAILED failed=$((failed + 1)) ;;
    esac
    printf '%-30s %5s s  %s\n' "$script" $(($(date +%s) - began)) "$result"
    sed 's/^/    /' "$log"
done
[ "$failed" -eq 0 ]
