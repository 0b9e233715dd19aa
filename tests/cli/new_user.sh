#!/bin/sh
# SPDX-License-Identifier: MIT
# The first ten minutes work with nothing set but PATH and HOME, as a new user or cron has it.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"
unset QUERN_INDEX
home=$scratch/home
mkdir -p "$home/notes"
cd "$home" || exit 1

# clean COMMAND...: runs it with nothing but PATH and HOME in the environment.
clean() {
    env -i PATH="$PATH" HOME="$home" ${index:+QUERN_INDEX="$index"} \
        ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} "$@"
}

printf '# Gas pipeline\nThe Norway gas pipeline caf\303\251.\n' >notes/a.md
printf '{"id":"7","title":"Oil","text":"pipeline leak"}\n' >notes/t.ndjson

# No index: both programs say what to type.
run 2 clean quern-search gas
err_has '^quern-search: no index at .local/share/quern; create one with: quern-index ~/notes$'
run 66 clean quern-index update
err_has '^quern-index: no index at .local/share/quern; create one with: quern-index ~/notes$'
run 2 clean sh -c 'cd / && quern-search gas'
err_has '^quern-search: no index at ~/.local/share/quern; create one with: quern-index ~/notes$'
[ ! -e .local ] || fail "a failed command left files"
run 0 clean quern-index --dry-run notes
out_has '^2 documents would be added'
[ ! -e .local ] || fail "a dry run left files"
run 0 clean quern-index "$home/notes"
silent
[ -d .local/share/quern ] || fail "the index is not at ~/.local/share/quern"
[ "$(find .local/share/quern -perm /077 | wc -l)" -eq 0 ] || fail "others may read the index"

# The documents are found.
run 0 clean quern-search gas pipeline
out_has "^[0-9.]*	notes/a.md	Gas pipeline"
[ "$(wc -l <"$scratch/out")" -eq 2 ] || fail "not one hit with all words and one with some"
err_has '^quern-search: 1 document has all words, 1 more has some$'
run 0 clean quern-search -l pipeline -gas
[ "$(cat "$scratch/out")" = 7 ] || fail "-gas: $(cat "$scratch/out")"
run 0 clean quern-search cafe --json
out_has '"hits":\[{"rank":1,"id":".*/notes/a.md","score":[0-9.]*,'
if command -v jq >/dev/null 2>&1; then
    [ "$(clean quern-search cafe --json | jq -r '.hits[0].id')" = "$home/notes/a.md" ] ||
        fail "jq reads another id"
fi
run 1 clean quern-search gass
run 1 clean quern-search -q gass

# Renamed files, lists of files, and output for other programs.
mv notes/a.md notes/b.md
run 0 clean quern-index -v update
run 0 clean quern-search -l gas
[ "$(cat "$scratch/out")" = notes/b.md ] || fail "renamed: $(cat "$scratch/out")"
find notes -name '*.md' -print0 | clean quern-index add -0 --files-from=- || fail "a list on stdin"
words=$(clean quern-search -l -0 norway | xargs -0 wc -w | awk '{ print $1 }')
[ "$words" = 8 ] || fail "xargs -0 wc -w: $words"
run 0 clean quern-search --why gas
out_has 'gas: idf '

# A deleted file: the guard keeps its document until deletions are allowed.
mv notes/b.md ..
run 1 clean quern-index --max-delete=0 update
err_has 'kept'
run 0 clean quern-search -q gas
run 0 clean quern-index update
run 1 clean quern-search -q gas
run 0 clean quern-search -q leak

# Maintenance.
run 0 clean quern-index status
out_has '^documents    1'
out_has '^sources      '
run 0 clean quern-index check
run 0 clean quern-index compact
silent

# Another index, named by the variable and found as a folder .quern above.
index=$home/other
run 0 clean quern-index notes
run 0 clean quern-search -q leak
[ -d other ] || fail "QUERN_INDEX is ignored"
index=
mkdir -p project/src project/.quern
echo 'a turbine' >project/src/c.txt
(
    cd project/src || exit 1
    run 0 clean quern-index .
    run 0 clean quern-search -l turbine
    [ "$(cat "$scratch/out")" = c.txt ] || fail ".quern: $(cat "$scratch/out")"
    [ "$failures" -eq 0 ]
) || failures=$((failures + 1))
run 1 clean quern-search -q turbine

# As a line of a crontab: cron mails the output, and there is none.
cron="quern-index --lock=skip -i $home/other update"
clean sh -c "cd / && $cron" >"$scratch/out" 2>"$scratch/err" </dev/null || fail "cron"
silent
echo 'a compressor' >notes/d.txt
clean sh -c "cd / && $cron" >"$scratch/out" 2>"$scratch/err" </dev/null || fail "cron"
silent
index=$home/other
run 0 clean quern-search -q compressor
# Without HOME, the home folder is taken from the list of users.
env -i PATH="$PATH" quern-search -i "$home/other" -q compressor || fail "without HOME"

# The commands of the README's "Ten minutes" work as they stand.
mkdir "$home/readme" && cd "$home/readme" || exit 1
sed -n '/^## Ten minutes/,/^From cron/p' "$QUERN_SOURCE/README.md" | sed '1,/^...sh$/d; /^...$/,$d' \
    >"$scratch/ten_minutes"
command -v jq >/dev/null 2>&1 || sed -i '/jq/d' "$scratch/ten_minutes"
[ "$(wc -l <"$scratch/ten_minutes")" -gt 10 ] || fail "the README has no ten minutes"
index=
run 0 clean sh "$scratch/ten_minutes"
[ "$(grep -c 'no index at' "$scratch/err")" -eq 1 ] || fail "README: $(cat "$scratch/err")"
[ "$(grep -c 'has all words' "$scratch/err")" -eq 1 ] || fail "README: $(cat "$scratch/err")"
[ "$(grep -c '^quern-' "$scratch/err")" -eq 2 ] || fail "README: $(cat "$scratch/err")"
out_has '^sound: 1 documents'
finish
