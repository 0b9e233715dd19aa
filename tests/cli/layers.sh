#!/bin/sh
# SPDX-License-Identifier: MIT
# The structure of the source tree: folders are layers, each library is included by one module, and
# files and folders stay small. Every line that breaks a rule is printed under the rule.
cd "${QUERN_SOURCE:-$(dirname "$0")/../..}" || exit 1
failed=0

# rule SENTENCE LINES: fails when there are lines.
rule() {
    [ -z "$2" ] && return
    printf '%s:\n%s\n' "$1" "$2"
    failed=1
}

# includes FOLDER...: every #include below them as path:line:text.
includes() {
    grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' --include='*.cpp' "$@"
}

# only HEADER MODULE: includes of the header outside of the module's files.
only() {
    includes common indexer searcher | grep -F "<$1>" | grep -v "^$2[^/]*:"
}

# sources: the files that people write.
sources() {
    find common indexer searcher tests bench CMakeLists.txt check.sh try.sh .ci -type f \
        \( -name '*.[ch]' -o -name '*.cpp' -o -name '*.py' -o -name '*.sh' -o -name '*.cmake' -o \
        -name CMakeLists.txt -o -path .ci/run \) ! -path 'tests/data/*'
}

# arrows: every include of one of quern's headers, as "FILE HEADER".
arrows() {
    includes common indexer searcher |
        sed -n 's/^\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/p'
}

# A layer's number is its line in layers.txt; folders that are not listed have none.
rule 'a file includes headers of its own folder and of lower layers (tests/layers.txt)' "$(
    grep -v '^#' tests/layers.txt | awk '
        function folder(path) { sub("/[^/]*$", "", path); return path }
        function program(path) { sub("/.*", "", path); return path }
        NR == FNR { layer[$1] = NR; next }
        {
            from = folder($1)
            to = folder($2)
            up = layer[to] >= layer[from] && to != from
            across = program(to) != "common" && program(to) != program(from)
            if (!layer[from] || !layer[to] || up || across)
                print $1 " includes " $2
        }' - /dev/fd/3 3<<END
$(arrows)
END
)"
# Modules do not include each other in cycles; a private header is part of its module.
rule 'modules in a cycle' "$(
    arrows | sed -E 's/(_private)?\.(c|h|cpp)\b//g' | awk '$1 != $2' | tsort 2>&1 >/dev/null
)"
rule 'a folder has at most 16 modules' "$(
    find common indexer searcher -name '*.[ch]' -o -name '*.cpp' | sed -E 's/\.(c|h|cpp)$//' | sort -u |
        sed 's,/[^/]*$,,' | uniq -c | awk '$1 > 16'
)"
rule 'a file has at most 600 lines, unless it is a table' "$(
    sources | grep -vE '(_tables|_entities)\.h$' | xargs wc -l | awk '$1 > 600 && $2 != "total"'
)"
rule 'a file begins with the SPDX line and a sentence' "$(
    for file in $(sources); do
        sed -e '1{/^#!/d' -e '}' "$file" | head -n 2 | tr '\n' ' ' |
            grep -qE '^(/\* SPDX-License-Identifier: MIT \*/ /\* |# SPDX-License-Identifier: MIT (# |"""))[^ ]' ||
            echo "$file"
    done
)"
rule 'the root is the only include path' "$(includes . | grep -vE '^./build/' | grep -F '../')"
rule '<lmdb.h> belongs to common/store/store' "$(only lmdb.h common/store/store)"
rule '<utf8proc.h> belongs to common/text/unicode' "$(only utf8proc.h common/text/unicode)"
rule '<libstemmer.h> belongs to common/text/stemmer' "$(only libstemmer.h common/text/stemmer)"
rule '<simdjson.h> belongs to indexer/source/json' "$(only simdjson.h indexer/source/json)"
rule '<yaml.h> belongs to indexer/extract/yaml' "$(only yaml.h indexer/extract/yaml)"
rule 'unfinished work' \
    "$(grep -rnE '\b(TO[D]O|FIX[M]E|X[X]X)\b' common indexer searcher tests bench try.sh check.sh .ci)"

[ "$failed" -eq 0 ] && echo 'the structure is as it should be'
exit "$failed"
