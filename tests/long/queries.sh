#!/bin/sh
# SPDX-License-Identifier: MIT
# Millions of random queries, trees and strings of bytes through the parser and back, from many seeds
# (test_query_text.c, test_query_text_trees.c, test_query_hostile.c).
set -u
: "${QUERN_BIN:?names the folder of the programs}"
export QUERN_ROUNDS="${QUERN_ROUNDS:-500000}"
failed=0
seed=1
while [ "$seed" -le "${QUERN_SEEDS:-10}" ]; do
    for test in test_query_text test_query_text_trees test_query_hostile; do
        QUERN_SEED=$seed "$QUERN_BIN/$test" >/dev/null 2>&1 || {
            echo "FAILED: QUERN_ROUNDS=$QUERN_ROUNDS QUERN_SEED=$seed $test"
            failed=1
        }
    done
    seed=$((seed + 1))
done
exit "$failed"
