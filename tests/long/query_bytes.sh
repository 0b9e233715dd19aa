#!/bin/sh
# SPDX-License-Identifier: MIT
# Millions of random queries, and lines of random bytes, answered from a small index: nothing crashes,
# nothing takes a second, and memory stays below 64 MiB.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/../cli/lib.sh"

export LC_ALL=C
lines=${QUERN_LINES:-1000000}

awk 'BEGIN {
    srand(1)
    count = split("gas oil leak pipeline pipelines rig norway the fire water multi-agent c++ 20.04 don'"'"'t", words)
    for (doc = 0; doc < 300; doc++) {
        text = ""
        for (i = 3 + int(rand() * 100); i > 0; i--)
            text = text " " words[1 + int(rand() * count)]
        printf "{\"id\":\"%d\",\"title\":\"%s\",\"text\":\"%s\"}\n", doc, words[1 + doc % count], text
    }
}' >docs.ndjson
run 0 quern-index docs.ndjson

random_queries() {
    awk -v seed="$1" -v lines="$2" 'BEGIN {
        srand(seed)
        count = split("( ) ( ) \" \" + - AND OR NOT NEAR NEAR/3 ~ ~1 ~2 ^2 ^0.5 = * ? \\ *: title: ext:md " \
                      "size:>10 date:7d size: gas oil leak pipe pip?line *line =pipelines norwy~2 the , . /", pieces)
        for (line = 1; line <= lines; line++) {
            text = ""
            for (i = 1 + int(rand() * 12); i > 0; i--)
                text = text (rand() < 0.6 ? " " : "") pieces[1 + int(rand() * count)]
            print line "\t" text
        }
    }'
}

# check FILE MODE: answers the queries in the file.
check() {
    peak 64 quern-search "$2" --queries="$1" --trec --timing=times
    awk -F '\t' '$2 > 1000000 { print "a second for query " $1; bad = 1 } END { exit bad }' times ||
        fail "$1 $2"
}

random_queries "${QUERN_SEED:-1}" "$lines" >queries
for mode in --all --any; do
    check queries "$mode"
done
head -c $((lines * 40)) /dev/urandom | tr '\000\t' '  ' >bytes
check bytes --any

finish
