#!/bin/sh
# Everything that must hold before a change goes in. Each step says its name and what it took.
# Called by `make test`, which also sets where the build goes.
set -eu
cd "$(dirname "$0")/.."

step() {
    title=$1
    shift
    printf '\n== %s\n' "$title"
    began=$(date +%s)
    status=0
    "$@" || status=$?
    took=$(($(date +%s) - began))
    if [ "$status" != 0 ]; then
        printf '== %s: failed after %s s\n' "$title" "$took"
        exit "$status"
    fi
    printf '== %s: %s s\n' "$title" "$took"
}

# What does not end is ended where nobody watches, so that it is seen which test that was.
bounded() {
    if [ ! -t 0 ] && command -v timeout >/dev/null 2>&1; then timeout 1800 "$@"; else "$@"; fi
}

# Deletes what checkouts left in the build directory and nobody has built for two days, unless
# somebody is building now.
prune() {
    for profile in "${CARGO_BUILD_BUILD_DIR-/nowhere}"/*/.cargo-lock; do
        [ -f "$profile" ] || continue
        command -v flock >/dev/null 2>&1 || return 0
        flock --nonblock "$profile" find "${profile%/*}" -mindepth 2 -maxdepth 2 \
            \( -name '*claudebench*' -o -name 'it-*' \) -mtime +1 -exec rm -rf {} + || true
    done
}

# The tests hold the same for this platform; cargo-deny looks at the others, too.
deny() {
    if cargo deny --version >/dev/null 2>&1; then
        cargo deny --offline check licenses bans sources
    else
        echo 'cargo-deny is not installed: the tests check licences, sources and bans without it'
    fi
    echo 'not checked, as that needs the network: advisories (cargo deny check advisories)'
}

step 'tools' scripts/need.sh cargo lint cc node python postgres pgbouncer redis nginx chromium
prune
step 'web: packages' make --no-print-directory web
step 'web: build' make --no-print-directory web-build
step 'web: types, lints and units' npm --prefix web run check
step 'dependencies' deny
step 'format' cargo fmt --all --check
step 'lints' make --no-print-directory lint
step 'documentation' make --no-print-directory docs
# The stores wait for their databases more than they compute.
step 'tests of the stores' bounded cargo test --locked --package claudebench-store -- --test-threads=10
step 'tests' bounded cargo test --locked --workspace --exclude claudebench-store
step 'clients of MCP: packages' make --no-print-directory clients
step 'clients of MCP' bounded cargo test --locked --package claudebench --test it mcp_client -- --ignored
# The program that the tests before have built, with the dashboard in it.
step 'web: browser' bounded make --no-print-directory web-test
