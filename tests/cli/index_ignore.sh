#!/bin/sh
# SPDX-License-Identifier: MIT
# .gitignore, .quernignore and .git/info/exclude leave out the files of a repository that
# `git ls-files --others --exclude-standard` leaves out, whichever of its folders is the source.
# shellcheck disable=SC1091,SC2154 # lib.sh defines them
. "$(dirname "$0")/lib.sh"

# repository FOLDER [GITDIR]: makes the folder the root of a repository. With GITDIR its .git is a
# file that names that folder.
repository() {
    git=$1/.git
    if [ $# -gt 1 ]; then
        mkdir -p "$1"
        echo "gitdir: $2" >"$1/.git"
        case $2 in
        /*) git=$2 ;;
        *) git=$1/$2 ;;
        esac
    fi
    mkdir -p "$git/info" "$git/objects" "$git/refs"
    echo 'ref: refs/heads/main' >"$git/HEAD"
}

# put FILE...: makes files with a word in each.
put() {
    for file; do
        mkdir -p "$(dirname "$file")"
        echo word >"$file"
    done
}

# gives SOURCE FILE...: indexing the source would add exactly these files.
gives() {
    source=$1
    shift
    found=$(quern-index -n "$source" | sed -n "s|^would add $PWD/||p" | sort | tr '\n' ' ')
    wanted=$(for file; do printf '%s\n' "$file"; done | sort | tr '\n' ' ')
    [ "$found" = "$wanted" ] || fail "$source gives <$found>, not <$wanted>"
}

repository repo
put repo/top.txt repo/a.log repo/keep.log repo/sub/b.log repo/sub/keep.log repo/sub/b.txt \
    repo/build/x.txt repo/build/keep.txt repo/sub/build repo/only.txt repo/sub/only.txt \
    repo/doc/a.tmp repo/doc/deep/a.tmp repo/doc/deep/b.txt repo/local.txt repo/sub/local.txt \
    repo/sub/deep/c.log repo/sub/deep/c.txt repo/A.TXT repo/trailing repo/'space ' repo/windows \
    repo/x/y/z/w.txt repo/x/w.txt repo/#hash repo/!bang repo/'star*' repo/starry
printf '%s\n' '# rules' '*.log' '!keep.log' '/build/' '!build/keep.txt' '/only.txt' 'doc/**/*.tmp' 'a.txt' \
    'trailing   ' 'space\ ' '\#hash' '\!bang' 'star\*' 'x/**/w.txt' >repo/.gitignore
printf 'windows\r\n' >>repo/.gitignore
printf '%s\n' '!b.log' 'c.txt' >repo/sub/.gitignore
printf '%s\n' '*.txt' >repo/sub/deep/.gitignore
printf '%s\n' '!c.txt' >>repo/sub/deep/.gitignore
printf '%s\n' 'local.txt' '!a.log' >repo/.git/info/exclude
gives repo repo/top.txt repo/keep.log repo/sub/b.log repo/sub/keep.log repo/sub/b.txt repo/sub/build \
    repo/sub/only.txt repo/doc/deep/b.txt repo/sub/deep/c.txt repo/A.TXT repo/starry

# The same rules hold when the source is a folder within the repository; a folder that is named is
# scanned even if the rules leave it out.
gives repo/sub repo/sub/b.log repo/sub/keep.log repo/sub/b.txt repo/sub/build repo/sub/only.txt \
    repo/sub/deep/c.txt
gives repo/sub/deep repo/sub/deep/c.txt
gives repo/doc repo/doc/deep/b.txt
gives repo/x
gives repo/build repo/build/x.txt repo/build/keep.txt
ln -s repo/sub/deep link
gives link link/c.txt
cd repo/sub || exit 1
gives . b.log keep.log b.txt build only.txt deep/c.txt
cd ../.. || exit 1

# A .quernignore has the last word in its folder, and applies beyond the end of a repository.
put repo/big.csv
printf '%s\n' '!a.log' '*.csv' >repo/.quernignore
gives repo/sub/deep repo/sub/deep/c.txt
mkdir repo/lib
repository repo/lib/other
put repo/lib/other/a.log repo/lib/other/d.csv repo/lib/other/e.txt repo/lib/other/local.txt
echo e.txt >repo/lib/other/.git/info/exclude
gives repo/lib repo/lib/other/a.log repo/lib/other/local.txt
gives repo/lib/other repo/lib/other/a.log repo/lib/other/d.csv repo/lib/other/local.txt

# A submodule, whose .git is a file, has its own info/exclude; a work tree shares its repository's.
repository repo/module ../.git/modules/module
put repo/module/a.log repo/module/m.txt
echo m.txt >repo/.git/modules/module/info/exclude
gives repo/module repo/module/a.log
repository tree "$PWD/repo/.git/worktrees/tree"
echo ../.. >repo/.git/worktrees/tree/commondir
put tree/local.txt tree/n.txt tree/sub/local.txt
gives tree tree/n.txt
gives tree/sub

# A .git that makes no repository, and a folder outside of any repository.
put plain/.git/notes plain/inner/a.log plain/inner/b.txt
echo '*.log' >plain/.gitignore
gives plain plain/inner/b.txt
gives plain/inner plain/inner/a.log plain/inner/b.txt
echo 'gitdir: nowhere' >"$scratch/git"
rm -r plain/.git
mv "$scratch/git" plain/.git
gives plain/inner plain/inner/a.log plain/inner/b.txt

# Rules that are too long to be read: the folder is not scanned, and its documents stay.
put long/kept.txt long/sub/in.txt long/sub/out.txt
echo out.txt >long/sub/.gitignore
run 0 quern-index long
head -c 1100000 /dev/zero | tr '\0' '\n' >>long/sub/.gitignore
put long/more.txt long/sub/more.txt
run 1 quern-index update
err_has "^quern-index: $PWD/long/sub: not scanned: .gitignore: .* more than the limit"
finds word long/kept.txt long/more.txt long/sub/in.txt
run 1 quern-index long/sub
err_has "^quern-index: $PWD/long/sub: not scanned: .gitignore: .* more than the limit"
finds word long/kept.txt long/more.txt long/sub/in.txt
run 0 quern-index --no-ignore long
run 0 quern-index remove long

# An ignore file that is no regular file has no rules.
put odd/a.txt odd/sub/b.txt
ln -s /etc/passwd odd/.gitignore
mkfifo odd/sub/.quernignore
gives odd odd/a.txt odd/sub/b.txt

# The user's own configuration of git does not change what is indexed.
mkdir -p "$scratch/home/git"
echo '*' >"$scratch/home/git/ignore"
XDG_CONFIG_HOME=$scratch/home
export XDG_CONFIG_HOME
gives repo/doc repo/doc/deep/b.txt
finish
