#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds quern, indexes the sample of news articles that comes with it (invented for this purpose)
# and searches them. Installs the Debian packages that are missing; otherwise it writes only to
# build/try and .try. A second run takes a second.
set -eu
cd "$(dirname "$0")"
# shellcheck source=.ci/packages.sh disable=SC1091
. ./.ci/packages.sh

# show COMMAND...: shows the command and its output.
show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

packages_install build
step cmake -S . -B build/try -DCMAKE_BUILD_TYPE=Release -DQUERN_BENCH=OFF -DBUILD_TESTING=OFF
step cmake --build build/try -j "$(nproc)"
PATH=$PWD/build/try:$PATH

rm -rf .try
mkdir .try
export QUERN_INDEX=.try/index
show quern-index tests/data/sample
show quern-search gas pipeline

cat <<END

Now try words and documents of your own:
    export PATH=$PWD/build/try:\$PATH QUERN_INDEX=$PWD/.try/index
    quern-search '"gas pipeline" -leak'     # a phrase, without a word
    quern-search --json -n 1 cafe           # for programs
    quern-search газопровод
    quern-index ~/Documents && quern-search --any words from your documents
END
