#!/bin/sh
# SPDX-License-Identifier: MIT
# 20,000 random trees of clauses against the oracle (test_tree.c), from several seeds; prints how many were
# tried.
set -u
: "${QUERN_BIN:?names the folder of the programs}"
trees=${QUERN_TREES:-20000}
seeds=${QUERN_SEEDS:-10}
failed=0
tried=0
seed=1
while [ "$seed" -le "$seeds" ]; do
    said=$(QUERN_SEED=$seed QUERN_TREES=$((trees / seeds)) "$QUERN_BIN/test_tree" 2>/dev/null) || {
        echo "FAILED: QUERN_SEED=$seed QUERN_TREES=$((trees / seeds)) test_tree"
        failed=1
    }
    tried=$((tried + $(printf '%s\n' "$said" | sed -n 's/ trees$//p')))
    seed=$((seed + 1))
done
echo "$tried trees"
exit "$failed"
