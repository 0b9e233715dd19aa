# SPDX-License-Identifier: MIT
# Functions that the scripts of this folder share besides those of ../cli/lib.sh: a corpus,
# questions, and answers that can be compared.
# shellcheck shell=sh
# shellcheck disable=SC1091,SC2154 # ../cli/lib.sh defines them
. "$(dirname "$0")/../cli/lib.sh"

# records FIRST LAST [VERSION]: prints these lines of NDJSON, the same ones each time; the
# frequencies of words are as skewed as in a language.
records() {
    awk -v first="$1" -v last="$2" -v version="${3:-1}" 'BEGIN {
        for (i = first; i <= last; i++) {
            srand(i * 7 + version)
            text = "mill"
            for (words = 20 + int(rand() * 60); words > 0; words--) {
                u = rand()
                text = text " w" int(exp(u * u * 9))
            }
            printf "{\"id\":\"d%d\",\"title\":\"Number %d\",\"text\":\"%s\"}\n", i, i, text
        }
    }'
}

# questions: writes 30 queries, from words of every document to words of none, some of them phrases.
questions() {
    awk 'BEGIN {
        srand(30)
        for (i = 1; i <= 30; i++) {
            question = i % 10 ? "" : "mill"
            for (words = int(rand() * 3); words >= 0; words--)
                question = question " w" int(exp(2 + rand() * 6))
            printf "q%d\t%s\n", i, i % 3 ? question : "\"" question "\""
        }
        print "p1\t\"number 7\""
        print "p2\t\"w1 w1\""
    }' >"$scratch/questions"
}

# answers INDEX: prints every hit of every question with all digits of its score, in an order that
# depends on the documents alone. Without nearness, as which of equal documents are among the best
# 100 depends on their order in the index.
answers() {
    for mode in --any --all; do
        quern-search -i "$1" --queries="$scratch/questions" --trec=x -n 100000 --nearness=0 "$mode" |
            cut -d ' ' -f 1,3,5 | sort
    done
}

# sound INDEX: check finds no damage, or there is no index since its creation never finished.
sound() {
    if quern-index -i "$1" check >"$scratch/out" 2>"$scratch/err"; then
        return 0
    fi
    grep -q ': no index at ' "$scratch/err" && return 0
    fail "check: $(cat "$scratch/err")"
}

# one_generation INDEX: the generations that killed runs left behind are removed.
one_generation() {
    set -- "$1"/gen-*
    [ $# -eq 1 ] || fail "left behind: $*"
}

# counted INDEX: prints how many documents it has.
counted() {
    quern-index -i "$1" status 2>/dev/null |
        awk '$1 == "documents" { gsub(",", "", $2); count = $2 } END { print count + 0 }'
}

# expect_answers INDEX: same_answers() compares with its answers from now on.
expect_answers() {
    answers "$1" >"$scratch/expected"
    [ -s "$scratch/expected" ] || fail "$1: no answers at all"
}

# same_answers INDEX WHAT: gives the expected answers.
same_answers() {
    answers "$1" >"$scratch/answers"
    cmp -s "$scratch/expected" "$scratch/answers" && return
    fail "$2: other answers than an undisturbed run"
    diff "$scratch/expected" "$scratch/answers" | head -n 5 | sed 's/^/    /'
}
