#!/bin/sh
# SPDX-License-Identifier: MIT
# Patterns and fuzzy words find the documents of the words that they match, in every segment and mode.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

mkdir d
echo 'The gas pipelines of Norway, built in 2019' >d/a
echo 'Piping for gas, café v1.2.3' >d/b
run 0 quern-index d
echo 'A pope and his pipe; gasoline, 2021 and 2022' >d/c
run 0 quern-index d

finds 'pip*' d/a d/b d/c
finds 'pipel*' d/a
finds 'p?pe' d/b d/c
finds '*line' d/c
finds '*lines' d/a
finds 'po?e' d/c
finds 'po*e' d/c
finds 'c?f*' d/b
finds 'piplines~' d/a
finds 'pplines~1'
finds 'pplines~2' d/a
finds 'gsa~' d/a d/b
finds 'gas pip* -norway' d/b
finds '(pope OR built) AND pip*' d/a d/c
finds 'zzz*'
finds '2?21' d/c
finds '20*' d/a d/c
finds 'v1.*' d/b

run 0 quern-search -c --any 'pip* zzz*'
out_has '^3$'
# A word that expands to nothing matches nothing, and its documents are not those of others.
run 1 quern-search --all 'gas zzz*'
run 0 quern-search --why -n 1 'pipel*'
out_has 'pipel\*'

finish
