#!/bin/sh
# SPDX-License-Identifier: MIT
# The style that tools can check: clang-format for C and C++, shellcheck for scripts, mandoc for
# manual pages. The files of a tool that is not installed stay unchecked, which is reported.
cd "${QUERN_SOURCE:-$(dirname "$0")/../..}" || exit 1
failed=0
ran=0

# have TOOL: whether it can be run.
have() {
    if command -v "$1" >/dev/null 2>&1; then
        ran=$((ran + 1))
    else
        echo "unchecked: no $1"
        return 1
    fi
}

if have clang-format; then
    find common indexer searcher tests bench \( -name '*.[ch]' -o -name '*.cpp' \) \
        -exec clang-format --dry-run --Werror {} + || failed=1
fi
if have shellcheck; then
    find try.sh check.sh .ci tests bench -type f \( -name '*.sh' -o -path .ci/run \) \
        -exec shellcheck -s sh {} + || failed=1
fi
if have mandoc; then
    find indexer searcher -name '*.1' -exec mandoc -T lint -W warning {} + || failed=1
fi
[ "$ran" -gt 0 ] || exit 77
exit "$failed"
