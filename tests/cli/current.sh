#!/bin/sh
# SPDX-License-Identifier: MIT
# A lost or damaged CURRENT costs nothing: no generation is removed, every command says in one line
# how to go on, and `adopt` goes on. An index is made only in a folder that holds nothing else.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# generations NAME...: the index has exactly these.
generations() {
    found=$(cd "$QUERN_INDEX" && echo gen-*)
    [ "$found" = "$*" ] || fail "generations <$found>, not <$*>"
}

mkdir notes
echo 'mill by the river' >notes/a.txt
echo '{"id":"7","title":"Precious","text":"cannot be had again"}' | quern-index -q - ||
    fail "a record from a pipe"
documents 1

# lost MESSAGE: every command fails with this message, and none removes the generation.
lost() {
    for command in 'quern-index notes' 'quern-index -' 'quern-index -n notes' 'quern-index update' \
        'quern-index remove 7' 'quern-index status' 'quern-index check' 'quern-index compact' \
        'quern-index --files-from=/dev/null'; do
        # shellcheck disable=SC2086 # options and words
        run 65 $command
        one_line "^quern-index: $QUERN_INDEX$1"
    done
    run 2 quern-search precious
    one_line "^quern-search: $QUERN_INDEX$1"
    run 2 quern-search -i "$QUERN_INDEX" precious
    one_line "^quern-search: $QUERN_INDEX$1"
    [ -s "$QUERN_INDEX"/gen-000001/data.mdb ] || fail "the generation was removed"
}
adopt="; go on with gen-000001, the newest generation that can be read, by: quern-index -i .*/index adopt\$"

rm "$QUERN_INDEX/CURRENT"
lost ": CURRENT is missing$adopt"
# The command in the message works as it stands.
command=$(sed 's/.* by: //' "$scratch/err")
run 0 sh -c "$command"
[ "$(cat "$scratch/out")" = "adopted gen-000001, which is $(quern-index check)" ] ||
    fail "adopt prints: $(cat "$scratch/out")"
finds precious 7
run 0 quern-index adopt
out_has '^nothing to adopt: gen-000001 is the current generation$'
run 0 quern-index notes
documents 2

: >"$QUERN_INDEX/CURRENT"
lost "/CURRENT: names no generation$adopt"
echo gen-000009 >"$QUERN_INDEX/CURRENT"
lost "/gen-000009: the generation is missing$adopt"
mkdir "$QUERN_INDEX/gen-000009"
lost "/gen-000009: the generation is missing$adopt"
run 0 quern-index -q adopt
silent
documents 2
echo lock >"$QUERN_INDEX/CURRENT"
lost "/CURRENT: names no generation$adopt"
run 0 quern-index -q adopt
documents 2

# Something other than a file is no better: no command waits for it, and adopt replaces it.
for kind in 'mkfifo' 'mkdir' 'ln -s CURRENT'; do
    rm "$QUERN_INDEX/CURRENT"
    $kind "$QUERN_INDEX/CURRENT"
    lost "/CURRENT: names no generation$adopt"
    run 0 quern-index -q adopt
    documents 2
done
rm "$QUERN_INDEX/CURRENT"
mkdir -p "$QUERN_INDEX/CURRENT/mine"
run 74 quern-index adopt
one_line '/CURRENT: is a folder; move it away and run again$'
rm -r "$QUERN_INDEX/CURRENT"
run 0 quern-index -q adopt

# Of several generations the newest sound one is adopted; a damaged one is reported.
cp -R "$QUERN_INDEX" "$scratch/before"
run 0 quern-index compact
generations gen-000002
cp -R "$scratch/before/gen-000001" "$QUERN_INDEX"
cp -R "$QUERN_INDEX/gen-000002" "$QUERN_INDEX/gen-000003"
size=$(wc -c <"$QUERN_INDEX/gen-000003/data.mdb")
dd if=/dev/zero of="$QUERN_INDEX/gen-000003/data.mdb" bs=4096 seek=2 count=$((size / 4096 - 2)) \
    conv=notrunc 2>/dev/null
mkdir "$QUERN_INDEX/gen-000004" "$QUERN_INDEX/gen-000005.new"
rm "$QUERN_INDEX/CURRENT"
run 65 quern-index notes
one_line ': CURRENT is missing; go on with gen-00000[23], '
generations gen-000001 gen-000002 gen-000003 gen-000004 gen-000005.new
run 1 quern-index adopt
err_has '^quern-index: .*/gen-000003: '
out_has '^adopted gen-000002, which is sound: 2 documents'
generations gen-000001 gen-000002 gen-000003 gen-000004 gen-000005.new
run 0 quern-index notes # removes the other generations
generations gen-000002
documents 2

# The current generation is damaged, or its data is missing: an older sound one takes its place.
for harm in truncated pipe zeros missing; do
    rm -r "$QUERN_INDEX"
    cp -R "$scratch/before" "$QUERN_INDEX"
    run 0 quern-index compact
    cp -R "$scratch/before/gen-000001" "$QUERN_INDEX"
    data=$QUERN_INDEX/gen-000002/data.mdb
    case $harm in
    truncated) : >"$data" ;;
    pipe) rm "$data" && mkfifo "$data" ;;
    zeros) dd if=/dev/zero of="$data" bs=4096 seek=2 count=6 conv=notrunc 2>/dev/null ;;
    missing) rm "$data" ;;
    esac
    run 65 quern-index check
    if [ "$harm" = missing ]; then
        run 0 quern-index adopt
    else
        run 1 quern-index adopt
        err_has '^quern-index: .*/gen-000002'
    fi
    out_has '^adopted gen-000001, which is sound: 2 documents'
    generations gen-000001 gen-000002
    documents 2
done
# Without another generation, adopt gives the same advice as the other commands.
rm -r "$QUERN_INDEX/gen-000001"
echo gen-000002 >"$QUERN_INDEX/CURRENT"
for command in status adopt; do
    run 65 quern-index $command
    one_line '/gen-000002: the generation is missing; rebuild the index$'
done
rm -r "$QUERN_INDEX"
cp -R "$scratch/before" "$QUERN_INDEX"
run 0 quern-index compact

# No generation is sound: nothing is removed and nothing adopted.
rm "$QUERN_INDEX/CURRENT"
dd if=/dev/zero of="$QUERN_INDEX/gen-000002/data.mdb" bs=4096 count=2 conv=notrunc 2>/dev/null
run 65 quern-index notes
one_line ': CURRENT is missing, and no generation can be read (.*); move the folder away and index again'
run 2 quern-search precious
one_line ': CURRENT is missing, and no generation can be read ('
run 65 quern-index adopt
err_has ': no generation is sound; move the folder away and index again$'
generations gen-000002
[ ! -e "$QUERN_INDEX/CURRENT" ] || fail "a damaged generation was adopted"

# While another run holds the lock, adopt fails or waits, as --lock asks.
rm -r "$QUERN_INDEX"
cp -R "$scratch/before" "$QUERN_INDEX"
rm "$QUERN_INDEX/CURRENT"
cat >beside <<'EOF'
quern-index adopt
[ $? -eq 75 ] && [ ! -e "$QUERN_INDEX/CURRENT" ]
EOF
run 0 flock "$QUERN_INDEX/lock" sh beside
err_has ': index busy'
run 0 quern-index --lock=wait:10s adopt
documents 2
run 66 quern-index -i "$scratch/none" adopt
one_line ': no index at '

# An index is not made among other files, and their folder stays as it is.
QUERN_INDEX=$scratch/full
mkdir "$QUERN_INDEX"
echo mine >"$QUERN_INDEX/notes"
for command in 'quern-index notes' 'quern-index -n notes' 'quern-index -'; do
    # shellcheck disable=SC2086 # options and words
    run 73 $command
    one_line "^quern-index: $QUERN_INDEX: is no index, and holds other files (notes); name a folder"
done
run 66 quern-index update
run 66 quern-index compact
run 66 quern-index adopt
run 2 quern-search mill
[ "$(ls -A "$QUERN_INDEX")" = notes ] || fail "left among other files: $(ls -A "$QUERN_INDEX")"
# It is made in an empty folder, and in one that a killed creation left behind.
rm "$QUERN_INDEX/notes"
run 0 quern-index notes
documents 1
rm -r "$QUERN_INDEX"
mkdir -p "$QUERN_INDEX/gen-000001.new" "$QUERN_INDEX/gen-000001"
touch "$QUERN_INDEX/lock" "$QUERN_INDEX/CURRENT.new" "$QUERN_INDEX/gen-000001.new/lock.mdb"
run 2 quern-search mill
one_line ': no index at '
run 0 quern-index notes
documents 1
finish
