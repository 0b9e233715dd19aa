#!/bin/sh
# shellcheck disable=SC1091,SC2154 # lib.sh has what seems to be missing
# CURRENT is lost while its generation is there: nothing is removed, every command says in a line how
# to go on, and `adopt` does. And an index is made only where nothing else is.
. "$(dirname "$0")/lib.sh"

# generations NAME...: the index has just these.
generations() {
    found=$(cd "$QUERN_INDEX" && echo gen-*)
    [ "$found" = "$*" ] || fail "generations <$found>, not <$*>"
}

mkdir notes
echo 'mill by the river' >notes/a.txt
echo '{"id":"7","title":"Precious","text":"cannot be had again"}' | quern-index -q - ||
    fail "a record from a pipe"
documents 1

# lost SAID: nothing can be done with the index but what is said.
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
# The command of the message, word by word.
command=$(sed 's/.* by: //' "$scratch/err")
run 0 sh -c "$command"
[ "$(cat "$scratch/out")" = "adopted gen-000001, which is $(quern-index check)" ] ||
    fail "said: $(cat "$scratch/out")"
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

# What is no file is no better: nobody waits for it, and it is replaced.
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

# Of several the newest sound one counts; a damaged one is reported.
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
run 0 quern-index notes # which sweeps
generations gen-000002
documents 2

# The current one is damaged, or its data is gone: an older one that is sound takes its place.
for harm in cut pipe zeros gone; do
    rm -r "$QUERN_INDEX"
    cp -R "$scratch/before" "$QUERN_INDEX"
    run 0 quern-index compact
    cp -R "$scratch/before/gen-000001" "$QUERN_INDEX"
    data=$QUERN_INDEX/gen-000002/data.mdb
    case $harm in
    cut) : >"$data" ;;
    pipe) rm "$data" && mkfifo "$data" ;;
    zeros) dd if=/dev/zero of="$data" bs=4096 seek=2 count=6 conv=notrunc 2>/dev/null ;;
    gone) rm "$data" ;;
    esac
    run 65 quern-index check
    if [ "$harm" = gone ]; then
        run 0 quern-index adopt
    else
        run 1 quern-index adopt
        err_has '^quern-index: .*/gen-000002'
    fi
    out_has '^adopted gen-000001, which is sound: 2 documents'
    generations gen-000001 gen-000002
    documents 2
done
# Without another one the advice is that of the other commands.
rm -r "$QUERN_INDEX/gen-000001"
echo gen-000002 >"$QUERN_INDEX/CURRENT"
for command in status adopt; do
    run 65 quern-index $command
    one_line '/gen-000002: the generation is missing; rebuild the index$'
done
rm -r "$QUERN_INDEX"
cp -R "$scratch/before" "$QUERN_INDEX"
run 0 quern-index compact

# None is sound: nothing is removed, nor anything adopted.
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

# While another run is at work it waits, or not, as --lock says.
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

# An index is not made among other files, whose folder stays as it is.
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
[ "$(ls -A "$QUERN_INDEX")" = notes ] || fail "left in a folder of others: $(ls -A "$QUERN_INDEX")"
# It is in an empty one, and in what a killed creation left.
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
