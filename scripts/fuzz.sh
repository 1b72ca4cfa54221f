#!/bin/sh
# Fuzzes each target of fuzz/ for so many seconds, 60 unless told, from the seeds of the corpus. What
# is found goes to fuzz/artifacts; new seeds to fuzz/corpus, which is not committed.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}

if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo 'make fuzz needs nightly Rust, a C++ compiler and cargo-fuzz:' >&2
    echo '  rustup toolchain install nightly --profile minimal' >&2
    echo '  cargo install cargo-fuzz' >&2
    exit 1
fi

# Our own build goes on with other compilers and flags: it has a directory of its own.
unset CARGO_BUILD_BUILD_DIR RUSTC_WORKSPACE_WRAPPER
status=0
for target in rpc batch ws query config; do
    printf '\n== fuzz %s: %s s\n' "$target" "$seconds"
    mkdir -p "fuzz/corpus/$target"
    # There is no unsafe code of ours to watch, so no sanitizer: what is looked for are panics, answers
    # that blame the server, and inputs that take long.
    cargo +nightly fuzz run -O --sanitizer none "$target" \
        "fuzz/corpus/$target" "crates/claudebench/tests/corpus/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 ||
        status=$?
done
exit "$status"
