#!/bin/sh
# SPDX-License-Identifier: MIT
# Without cmocka the build leaves out the tests, and says so; it fails only when they are asked for.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
command -v cmake >/dev/null 2>&1 || skip 'no cmake'

# A folder where pkg-config finds every package that it finds now, except cmocka.
mkdir packages
pkg-config --variable pc_path pkg-config | tr : '\n' | while read -r folder; do
    for package in "$folder"/*.pc; do
        case $package in */cmocka.pc | *'/*.pc') continue ;; esac
        [ -e "packages/${package##*/}" ] || ln -s "$package" packages/
    done
done
export PKG_CONFIG_LIBDIR="$PWD/packages"
unset PKG_CONFIG_PATH

# Twice: the choice of the first run is not mistaken for one of the user's.
for _ in first again; do
    run 0 cmake -S "$QUERN_SOURCE" -B build -DQUERN_BENCH=OFF
    err_has 'No tests: cmocka is not installed'
done
run 0 cmake --build build --target help
out_has 'quern-search'
! grep -q 'test_' "$scratch/out" || fail 'tests are built without cmocka'
run 1 cmake -S "$QUERN_SOURCE" -B build -DBUILD_TESTING=ON
err_has cmocka
run 0 cmake -S "$QUERN_SOURCE" -B build -DBUILD_TESTING=OFF
! grep -q 'No tests' "$scratch/err" || fail '-DBUILD_TESTING=OFF: repeats what was asked for'

# With cmocka, the tests are built by default.
unset PKG_CONFIG_LIBDIR
run 0 cmake -S "$QUERN_SOURCE" -B complete -DQUERN_BENCH=OFF
run 0 cmake --build complete --target help
out_has 'test_codec'
finish
