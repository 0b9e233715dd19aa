#!/bin/sh
# SPDX-License-Identifier: MIT
# Filters, orders and facets of larger random indexes, from many seeds (test_search_fields.c).
set -u
: "${QUERN_BIN:?names the folder of the programs}"
export QUERN_LONG=1
failed=0
seed=1
while [ "$seed" -le "${QUERN_SEEDS:-40}" ]; do
    QUERN_SEED=$seed "$QUERN_BIN/test_search_fields" >/dev/null 2>&1 || {
        echo "FAILED: QUERN_LONG=1 QUERN_SEED=$seed test_search_fields"
        failed=1
    }
    seed=$((seed + 1))
done
exit "$failed"
