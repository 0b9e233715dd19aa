#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs every check that a change must pass before it is published: the release and the sanitizer
# build without a warning, all tests in both, and the tests of threads under ThreadSanitizer.
# Installs the Debian packages that are missing. Set QUERN_CORPORA to the folder of the judged
# collections to check the quality of the ranking too.
set -u
cd "$(dirname "$0")" || exit 1
# shellcheck source=.ci/packages.sh disable=SC1091
. ./.ci/packages.sh

passed=0
failed=0
skipped=0
jobs=$(($(nproc) + 1)) # some tests wait
log=$(mktemp) || exit 1
trap 'rm -rf "$log" ${memory:+"$memory"}' EXIT
# Tests write and sync many small stores. In memory, if there is room for 4 GiB, that takes no time.
memory=
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ -z "${TMPDIR:-}" ] && [ "${room:-0}" -ge 4194304 ] && memory=$(mktemp -d -p /dev/shm); then
    chmod 755 "$memory" # some tests run as another user
    export TMPDIR="$memory"
fi

# count: adds the results of a ctest run to the counts. A skipped test neither passed nor failed.
count() {
    # "98% tests passed, 1 tests failed out of 50"; without that line the run itself failed, or
    # there were no tests.
    # shellcheck disable=SC2046
    set -- $(sed -n 's/.* \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' "$log")
    [ $# -eq 2 ] || set -- 1 1
    set -- "$1" "$2" "$(grep -c '\*\*\*Skipped' "$log")"
    failed=$((failed + $1))
    skipped=$((skipped + $3))
    passed=$((passed + $2 - $1 - $3))
}

packages_install build check
for preset in release asan; do
    targets=all
    [ "$preset" != release ] || targets='all bench'
    # shellcheck disable=SC2086 # one target or two
    if step cmake --preset "$preset" -DBUILD_TESTING=ON &&
        step cmake --build --preset "$preset" -j "$jobs" --target $targets; then
        printf '$ ctest --preset %s -j %s\n' "$preset" "$jobs"
        ctest --preset "$preset" -j "$jobs" 2>&1 | tee "$log"
        count
    else
        echo "check.sh: the $preset build failed" >&2
        failed=$((failed + 1))
    fi
done

# The tests of threads run under ThreadSanitizer. It cannot start where the kernel randomizes more
# bits of addresses than it supports, so randomization is turned off if that is allowed.
fixed=
setarch "$(uname -m)" -R true 2>/dev/null && fixed="setarch $(uname -m) -R"
if step cmake --preset tsan && step cmake --build --preset tsan --target threads -j "$jobs"; then
    printf '$ %s ctest --preset tsan -L threads -j %s\n' "$fixed" "$jobs"
    # shellcheck disable=SC2086 # a command and its options, or nothing
    $fixed ctest --preset tsan -L threads -j "$jobs" 2>&1 | tee "$log"
    count
else
    echo "check.sh: the tsan build failed" >&2
    failed=$((failed + 1))
fi

[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
