#!/bin/sh
# Cargo's RUSTC_WORKSPACE_WRAPPER. It only calls the compiler: what counts is where it lies. Cargo
# names what it builds by the path inside the workspace, so that two checkouts in one build
# directory would run each other's code; but the wrapper's own path goes into the names of our
# crates, and into those alone. So checkouts share their dependencies and nothing else.
exec "$@"
