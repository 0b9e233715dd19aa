# SPDX-License-Identifier: MIT
# Functions that try.sh and check.sh share, sourced by both: install the missing Debian packages,
# and run a step, which is shown and quiet unless it fails.
# shellcheck shell=sh

# packages_of KIND...: the packages of "build" (the two programs) or "check" (tests and style).
packages_of() {
    for kind in "$@"; do
        case $kind in
        build)
            echo gcc g++ libc6-dev make cmake pkg-config liblmdb-dev libzstd-dev zlib1g-dev \
                libxxhash-dev libutf8proc-dev libsimdjson-dev libyaml-dev libmd4c-dev libstemmer-dev
            ;;
        # strace shows which files are opened, and time the peak memory; the last three check the
        # style and are 36 MB to fetch.
        check) echo libcmocka-dev libexttextcat-2.0-0 strace time clang-format shellcheck mandoc ;;
        esac
    done
}

# step COMMAND...: shows the command and runs it; its output is shown only when it fails.
step() {
    printf '$ %s\n' "$*"
    step_log=$(mktemp) || return 1
    step_status=0
    "$@" >"$step_log" 2>&1 || step_status=$?
    [ "$step_status" -eq 0 ] || tail -n 60 "$step_log" >&2
    rm -f "$step_log"
    return "$step_status"
}

# packages_missing NAME...: prints those that are not installed.
packages_missing() {
    # dpkg-query lists unknown packages on stderr and fails.
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null) || true
    for package in "$@"; do
        printf '%s\n' "$installed" | grep -qxF "installed $package" || printf ' %s' "$package"
    done
}

# packages_install KIND...: installs the missing packages, as root or through sudo. If neither is
# possible, it prints the command to type and exits with 69.
packages_install() {
    # The list is split into words on purpose.
    # shellcheck disable=SC2046
    set -- $(packages_of "$@")
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "no apt-get here: going on as if these were installed: $*" >&2
        return 0
    fi
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root=sudo
        if ! command -v sudo >/dev/null 2>&1 || ! { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            echo "$0: packages are missing; install them with: sudo apt-get install$missing" >&2
            exit 69
        fi
    fi
    # shellcheck disable=SC2086
    if ! step $as_root apt-get update || ! step $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $missing; then
        echo "$0: cannot install the packages; try: sudo apt-get install$missing" >&2
        exit 69
    fi
}
