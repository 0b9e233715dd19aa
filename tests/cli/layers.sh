#!/bin/sh
# The walls of the house: indexer -> common <- searcher, each library behind one module, includes
# from the root only. Every line that breaks a rule is printed under the rule.
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

rule 'common includes only common' "$(includes common | grep '"' | grep -v '"common/')"
rule 'indexer includes only indexer and common' \
    "$(includes indexer | grep '"' | grep -vE '"(common|indexer)/')"
rule 'searcher includes only searcher and common' \
    "$(includes searcher | grep '"' | grep -vE '"(common|searcher)/')"
rule 'the root is the only include path' "$(includes . | grep -vE '^./build/' | grep -F '../')"
rule '<lmdb.h> belongs to common/store/store' "$(only lmdb.h common/store/store)"
rule '<utf8proc.h> belongs to common/text/unicode' "$(only utf8proc.h common/text/unicode)"
rule '<libstemmer.h> belongs to common/text/stemmer' "$(only libstemmer.h common/text/stemmer)"
rule '<simdjson.h> belongs to indexer/source/json' "$(only simdjson.h indexer/source/json)"
rule '<yaml.h> belongs to indexer/extract/yaml' "$(only yaml.h indexer/extract/yaml)"
rule 'work left undone' \
    "$(grep -rnE '\b(TO[D]O|FIX[M]E|X[X]X)\b' common indexer searcher tests bench try.sh check.sh .ci)"

[ "$failed" -eq 0 ] && echo "the layers hold"
exit "$failed"
