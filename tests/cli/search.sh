#!/bin/sh
# SPDX-License-Identifier: MIT
# quern-search as its users see it: queries, formats, exit codes, messages.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
tab=$(printf '\t')

# No index, no words, wrong options: exit code 2, and a message that says what to do.
run 2 quern-search gas
err_has '^quern-search: no index at .*; create one with: quern-index ~/notes$'
run 2 quern-search -i nowhere gas
err_has 'no index at nowhere; create one with: quern-index -i nowhere ~/notes$'
run 2 quern-search
err_has '^usage: quern-search '
run 2 quern-search --colr=auto gas
err_has '^quern-search: --colr: no such option; did you mean --color?$'
run 2 quern-search -n ten gas
run 0 quern-search --help
out_has '^  -n, --limit=N '
run 0 quern-search --version
out_has '^quern-search [0-9]'

# A folder of notes, and records whose ids are no paths.
mkdir notes
printf '# Gas pipeline\n\nThe Norway gas pipeline caf\303\251.\n' >notes/a.md
printf 'A pipeline leak\n\nOil leaked from the pipeline. Nobody mentioned multi-agent systems.\n' \
    >notes/leak.txt
printf 'Norway only.\n' >"notes/-dash.txt"
printf '{"id":"7","title":"Oil","text":"Crude oil and a pipeline"}\n' >feed.ndjson
printf '{"id":"bad\\u001b[31m\\nid","title":"\\u001b]0;owned\\u0007","text":"escape norway"}\n' \
    >>feed.ndjson
run 0 quern-index notes feed.ndjson

# In a pipe: ranked lines, relative paths, no colour, no header.
run 0 quern-search --all gas pipeline
out_has "^[0-9.]*${tab}notes/a.md${tab}"
[ "$(wc -l <"$scratch/out")" -eq 1 ] || fail 'gas pipeline: not one line'
run 0 sh -c 'cd notes && quern-search -l gas'
out_has '^a.md$'
run 0 sh -c 'cd notes && quern-search --all -l norway only'
out_has '^\./-dash.txt$'

# The query language.
finds cafe notes/a.md
finds "CAF$(printf '\303\211')" notes/a.md
finds '"gas pipeline"' notes/a.md
finds '"pipeline gas"'
finds 'pipeline -gas' notes/leak.txt 7
finds 'multi-agent' notes/leak.txt
run 0 quern-search --any -l 'nosuchword well-mentioned'
out_has '^notes/leak.txt$'
run 1 quern-search --all well-mentioned
run 0 quern-search pipeline -gas -oil +norway --any
run 0 quern-search -l 'gas pipeline' norway
out_has '^notes/a.md$'
run 0 quern-search -- -gas pipeline
run 0 quern-search '"gas pipeline'
err_has '^quern-search: read as: "gas pipeline" (closed a quote)$'
run 1 quern-search -- -gas
err_has 'words to exclude alone match nothing'
run 1 quern-search '?!'

# All words, then some of them; --all is content with all only, --any with one, and many words rank
# by score alone.
run 0 quern-search -l cafe crude
err_has '^quern-search: no document has all 2 words; showing documents with some$'
[ "$(wc -l <"$scratch/out")" -eq 2 ] || fail 'relaxed: not two lines'
run 0 quern-search -l norway gas
err_has '^quern-search: 1 document has all words, 2 more have some$'
[ "$(head -n 1 "$scratch/out")" = notes/a.md ] || fail 'a document with all words is not the first'
[ "$(wc -l <"$scratch/out")" -eq 3 ] || fail 'all, then some: not three lines'
cp "$scratch/out" "$scratch/whole"
for offset in 0 1 2; do
    run 0 quern-search -l -n 1 --offset=$offset norway gas
    cat "$scratch/out" >>"$scratch/pages"
done
cmp -s "$scratch/whole" "$scratch/pages" || fail 'pages are not the whole list'
run 0 quern-search -l -n 1 norway gas
[ -s "$scratch/err" ] && fail 'a full page of documents with all words prints a message'
run 0 quern-search -c norway gas
out_has '^1$'
run 0 quern-search --color=always --why norway gas
out_has "^$(printf '\033')\\[2m1 document has all words, 2 more have some:"
[ -s "$scratch/err" ] && fail 'the line is printed twice'
run 0 quern-search -l norway gas b c d
[ -s "$scratch/err" ] && fail 'a query of many words prints a message'
run 0 quern-search -l --all norway gas
[ "$(wc -l <"$scratch/out")" -eq 1 ] || fail '--all fills up'
run 1 quern-search --all cafe crude
silent
run 0 quern-search --any -l cafe crude
[ -s "$scratch/err" ] && fail '--any prints a message'

# How many hits, and which.
run 0 quern-search -c pipeline
out_has '^3$'
run 1 quern-search -c nosuchword
out_has '^0$'
run 0 quern-search -n 1 -l pipeline
cp "$scratch/out" "$scratch/first"
run 0 quern-search -n 2 --offset=1 -l pipeline
grep -qxF "$(cat "$scratch/first")" "$scratch/out" && fail '--offset shows the first again'
run 1 quern-search --offset=3 pipeline
run 0 quern-search -q pipeline
silent
run 1 quern-search -q nosuchword
silent

# A template of the user's.
run 0 quern-search --format='%n\t%p\t%{ext}%%\n' cafe
[ "$(cat "$scratch/out")" = "1${tab}notes/a.md${tab}md%" ] || fail "--format: $(cat "$scratch/out")"
run 0 quern-search --format='%p\0' cafe
printf 'notes/a.md\0' | cmp -s - "$scratch/out" || fail '--format: no NUL'
run 0 quern-search --format='%S\n' cafe
out_has '^The Norway gas pipeline caf'
run 2 quern-search --format='%p %y' cafe
one_line '^quern-search: --format: no %y; there are %s '
run 2 quern-search --format='%{colour}' cafe
one_line '^quern-search: --format: no document has a field colour;'
run 2 quern-search --format='%p' --json cafe

# No document can send a command to the terminal or split a record.
run 0 quern-search escape
out_has 'bad\\x1b\[31m\\x0aid'
[ "$(wc -l <"$scratch/out")" -eq 1 ] || fail 'an id splits a line'
run 0 quern-search -0 escape
printf 'bad\033[31m\nid\000' | cmp -s - "$scratch/out" || fail '-0 changes an id'
run 0 quern-search --json escape
out_has '"id":"bad\\u001b\[31m\\u000aid"'

# A truncated title is marked as such, and ends with a whole character: here an e with two accents,
# 5 bytes.
letters=$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "e\314\201\314\243" }')
words=$(awk 'BEGIN { for (i = 0; i < 300; i++) printf "word " }')
printf '{"id":"l","title":"%s of letters","text":"abc"}\n{"id":"w","title":"%s","text":"abc"}\n' \
    "$letters" "$words" >titles.ndjson
run 0 quern-index -i titles titles.ndjson
run 0 quern-search -i titles --json abc
out_has "\"title\":\"$(printf '%s' "$letters" | head -c 1020)\",\"title_cut\":true,"
out_has '"title":"word [^"]*","title_cut":true,'
run 0 quern-search -i titles abc
[ "$(grep -c ' \.\.\.$' "$scratch/out")" -eq 2 ] || fail 'a truncated title does not end with ...'

# A JSON parser accepts the output, and the values agree.
run 0 quern-search --json --why -s2 cafe crude
if command -v python3 >/dev/null 2>&1; then
    python3 - "$scratch/out" <<'END' || fail 'the JSON is not as promised'
import json, sys
answer = json.load(open(sys.argv[1], encoding="utf-8"))
assert answer["v"] == 1 and answer["query"] == "cafe crude" and answer["relaxed"] is True
assert answer["total"] == 2 and answer["documents"] == 5
assert answer["words"] == 2 and answer["with_all"] == 0
for rank, hit in enumerate(answer["hits"], 1):
    assert hit["rank"] == rank and hit["all"] is False and hit["words"] == 1
    total = sum(clause["score"] for clause in hit["why"]["clauses"])
    assert abs(total - hit["score"]) <= 1e-8 * hit["score"], (total, hit["score"])
    marked = [s["text"][a:b] for s in hit["snippets"] for a, b in s["marks"]]
    assert marked in (["caf\u00e9"], ["Crude"]), marked
END
fi

# The passage is the best one of the whole text, and every matching word of it is marked.
{
    yes 'filler text goes here and there' | head -c 3000000
    echo ' the rare needle is here'
} >book.txt
echo 'Pipelines. There are 456 kilometers of crude oil pipeline, 298 kilometers of refined petroleum' \
    'pipeline, and 2,948 kilometers of natural gas pipeline.' >measures.txt
run 0 quern-index -i passages book.txt measures.txt
run 0 quern-search -i passages --json needle
out_has '"snippets":\[{"text":"[^"]* the rare needle is here","marks":\[\[[0-9]*,[0-9]*\]\],"cut":\[true,false\]}\]'
run 0 quern-search -i passages --json gas pipeline
[ "$(grep -o '\[[0-9]*,[0-9]*\]' "$scratch/out" | wc -l)" -eq 5 ] || fail "not 5 marks: $(cat "$scratch/out")"

# The format for people; the score is the sum that --why prints.
run 0 quern-search --why gas
out_has 'gas: idf [0-9.]* (in 1 of 5 documents) \* tf [0-9]* /'
out_has ' the sum; the document has '
out_has '^1 of 1 document, [0-9.]* ms, index [0-9]* s old$'
run 0 quern-search --why --color=always gas
out_has "$(printf '\033')\\[1;31m"

# Batches.
printf 'q1\tgas pipeline\npipeline -gas\n\nq4\tnosuchword\n' >queries
run 0 quern-search --queries=queries --trec=run
out_has '^q1 Q0 .*/room/notes/a.md 1 [0-9.]* run$'
out_has '^2 Q0 7 [12] [0-9.]* run$'
[ "$(wc -l <"$scratch/out")" -eq 5 ] || fail 'the run has not five lines'
grep '^q1 ' "$scratch/out" | sort -c -k 5,5gr || fail 'the scores of the run are not in its order'
run 0 quern-search --queries=queries -c
printf 'q1\t1\n2\t2\nq4\t0\n' | cmp -s - "$scratch/out" || fail 'counts of a batch'
run 0 quern-search --queries=queries --timing=timing --repeat=2 -q
silent
[ "$(cut -f 1,3 timing | tr '\t\n' ', ')" = 'q1,3 2,2 q4,0 ' ] || fail "timing: $(cat timing)"
printf 'nosuchword\n' | quern-search --queries=- >"$scratch/out"
[ $? -eq 1 ] || fail 'a batch without hits'
run 2 quern-search --queries=nowhere
run 2 quern-search --queries=queries gas

# Several threads print what one prints, and --timing keeps the order of the file.
i=0
while [ $i -lt 300 ]; do
    printf 'n%d\tpipeline oil\nnorway -gas\ncrude\n"gas pipeline"\n' "$i"
    i=$((i + 1))
done >"$scratch/many"
for format in --tsv --trec -c -l; do
    quern-search --queries="$scratch/many" "$format" >"$scratch/single"
    for threads in 1 2 64; do
        run 0 quern-search --queries="$scratch/many" "$format" --threads="$threads"
        cmp -s "$scratch/single" "$scratch/out" || fail "$format: other output in $threads threads"
    done
done
run 0 quern-search --queries="$scratch/many" --threads=3 --timing=timing -q
cut -f 1,3 timing >"$scratch/threads"
run 0 quern-search --queries="$scratch/many" --timing=timing -q
cut -f 1,3 timing | cmp -s - "$scratch/threads" || fail '--timing: another order in threads'
run 0 quern-search --queries=queries --threads=64 -c
printf 'q1\t1\n2\t2\nq4\t0\n' | cmp -s - "$scratch/out" || fail 'fewer lines than threads'
run 2 quern-search --queries=queries --threads=0
err_has '^quern-search: --threads: at least 1; see quern-search --help$'
run 2 quern-search --queries=queries --threads=65
run 2 quern-search --threads=2 gas
err_has '^quern-search: --threads: needs --queries; see quern-search --help$'
run 2 quern-search --queries=queries --threads=2 --timing=/dev/full
[ "$(grep -c . "$scratch/err")" -eq 1 ] || fail 'not one line for a full disk'
for threads in 1 3; do
    (
        trap '' PIPE
        quern-search --queries="$scratch/many" --threads=$threads 2>"$scratch/err"
        echo $? >"$scratch/code"
    ) | true
    [ -s "$scratch/err" ] && fail 'a batch reports a closed pipe'
    [ "$(cat "$scratch/code")" -le 1 ] || fail 'a closed pipe is a failure of a batch'
done

# Each line is answered before the next one arrives.
# answered N: exactly N lines are printed.
answered() {
    [ "$(wc -l <"$scratch/out")" -eq "$1" ]
}
mkfifo "$scratch/questions"
for threads in 1 3; do
    quern-search --queries="$scratch/questions" --threads=$threads -c >"$scratch/out" &
    exec 3>"$scratch/questions"
    for lines in 1 2 3; do
        printf 'pipeline\n' >&3
        await answered $lines || fail "line $lines is not answered at once"
    done
    printf 'oil' >&3
    exec 3>&-
    wait $!
    [ "$(tail -n 1 "$scratch/out")" = "4${tab}2" ] || fail 'the last line is not answered'
done

# The total is a lower bound by default, and exact on request.
i=0
while [ $i -lt 3000 ]; do
    case $i in
    0 | *000) printf '{"id":"%d","text":"stone mill quern quern"}\n' "$i" ;;
    *[12]) printf '{"id":"%d","text":"stone"}\n' "$i" ;;
    *) printf '{"id":"%d","text":"stone mill"}\n' "$i" ;;
    esac
    i=$((i + 1))
done | quern-index -q -i "$scratch/mills" -
total() {
    run 0 quern-search -i "$scratch/mills" --any -n 2 "$@" stone mill quern
}
total --why
out_has '^2 of at least [1-9][0-9,]* documents, '
total --why --total
out_has '^2 of 3,000 documents, '
total --json
out_has ',"total":[0-9]*,"exact":false,'
total --json --total
out_has ',"total":3000,"exact":true,'
for format in --tsv --trec -l -0 -c -q; do
    quern-search -i "$scratch/mills" --any "$format" stone mill quern >"$scratch/single"
    run 0 quern-search -i "$scratch/mills" --any "$format" --total stone mill quern
    cmp -s "$scratch/single" "$scratch/out" || fail "--total changes $format"
done
total --all --why --total
out_has '^2 of 3 documents, '

# The same scores without pruning.
quern-search -n 100 --any --trec pipeline norway oil >"$scratch/pruned"
quern-search -n 100 --any --trec --exhaustive pipeline norway oil >"$scratch/full"
cmp -s "$scratch/pruned" "$scratch/full" || fail '--exhaustive changes the scores'

# Several indexes have the scores of one; one named twice counts once.
quern-index -i "$scratch/one" notes && quern-index -i "$scratch/two" feed.ndjson
quern-search --trec pipeline oil >"$scratch/whole"
quern-search -i "$scratch/one" -i "$scratch/two" --trec pipeline oil >"$scratch/parts"
cmp -s "$scratch/whole" "$scratch/parts" || fail 'two indexes give other scores than one'
run 0 quern-search -i "$scratch/one" -i "$scratch/one/." -c pipeline
out_has '^2$'
quern-index -i "$scratch/other" --stem=none feed.ndjson
run 2 quern-search -i "$scratch/one" -i "$scratch/other" pipeline
err_has 'other settings'

# Closed and full outputs.
quern-search gas >/dev/full 2>"$scratch/err"
[ $? -eq 2 ] || fail 'a full disk is taken for success'
err_has '^quern-search: write the output: '
quern-search gas >&- 2>/dev/null
quern-search gas >&- 2>&- <&-
(
    trap '' PIPE
    quern-search gas 2>"$scratch/err"
    echo $? >"$scratch/code"
) | true
[ -s "$scratch/err" ] && fail 'a closed pipe is reported'
run 0 quern-index check

finish
