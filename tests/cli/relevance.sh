#!/bin/sh
# SPDX-License-Identifier: MIT
# The ranking is as good as the reference on the judged collections.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
[ -n "${QUERN_CORPORA:-}" ] || skip 'no corpus'
command -v python3 >/dev/null 2>&1 || skip 'no python3'

# A sanitizer changes no score: one collection shows that it has nothing to report.
set --
sanitized && set -- cranfield
python3 "$QUERN_SOURCE/bench/relevance.py" --programs "$QUERN_BIN" --quick "$@" || fail 'below the reference'
finish
