#!/bin/sh
# Checks that the tools named on the command line are there; says what is missing and how to get
# it. What apt-get and rustup can install is installed, where the rights allow: a C compiler (for
# the bundled SQLite), make, Node.js with npm, rustfmt and clippy. Rust itself is not: Debian's is
# too old, and rustup is for you to run.
#
# usage: scripts/need.sh [cargo] [lint] [cc] [make] [node]
set -eu
cd "$(dirname "$0")/.."

missing=0

has() { command -v "$1" >/dev/null 2>&1; }

lacks() {
    missing=1
    printf 'missing: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '         %s\n' "$line" >&2; done
}

# older A B: is version A older than version B?
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

need_cargo() {
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if ! has cargo; then
        lacks "cargo (Rust $wanted or newer)" \
            "run: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" \
            'then open a new shell'
        return
    fi
    found=$(cargo --version | cut -d ' ' -f 2 | cut -d - -f 1)
    if older "$found" "$wanted"; then
        lacks "Rust $wanted or newer (this is $found)" "run: rustup update stable"
    fi
}

need_lint() {
    has cargo || return 0 # said already
    for part in fmt clippy; do
        cargo "$part" --version >/dev/null 2>&1 && continue
        component=$part
        [ "$part" = fmt ] && component=rustfmt
        has rustup && rustup component add "$component" && continue
        lacks "cargo $part" "run: rustup component add $component"
    done
}

# A compiler without the headers of the C library is no use: so try one.
compiles() { printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c -o /dev/null - 2>/dev/null; }

# Installs packages of Debian.
install() {
    has apt-get || return 1
    as=
    if [ "$(id -u)" != 0 ]; then
        # A password is asked for only where somebody can type it.
        if has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as=sudo; else return 1; fi
    fi
    echo "installing $*" >&2
    $as apt-get update -q >&2 &&
        $as env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
}

need_cc() {
    compiles && return
    if ! install gcc libc6-dev || ! compiles; then
        lacks 'a C compiler, for the bundled SQLite' \
            'Debian, Ubuntu: apt-get install gcc libc6-dev   (as root)' \
            'Fedora: dnf install gcc      macOS: xcode-select --install'
    fi
}

need_make() {
    has make && return
    install make || lacks 'make' 'Debian, Ubuntu: apt-get install make   (as root)'
}

need_node() {
    wanted=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' web/package.json)
    if ! has node || ! has npm; then
        if ! install nodejs npm || ! has node || ! has npm; then
            lacks "Node.js $wanted or newer, with npm" \
                'Debian 12, Ubuntu 24.04 and newer: apt-get install nodejs npm   (as root)' \
                'elsewhere: get it from https://nodejs.org'
            return
        fi
    fi
    found=$(node --version | sed 's/^v//')
    if older "$found" "$wanted"; then
        lacks "Node.js $wanted or newer (this is $found)" 'get it from https://nodejs.org'
    fi
}

for tool in "$@"; do
    case $tool in
        cargo | lint | cc | make | node) "need_$tool" ;;
        *) echo "usage: $0 [cargo] [lint] [cc] [make] [node]" >&2 && exit 2 ;;
    esac
done
exit "$missing"
