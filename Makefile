# `make help` lists what there is.

# One build directory serves all checkouts: dependencies are built once. What is made from our own
# crates is kept apart (see scripts/rustc.sh), and the finished programs lie in ./target. If you
# set CARGO_TARGET_DIR, everything goes there instead.
ifndef CARGO_TARGET_DIR
export CARGO_BUILD_BUILD_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/claudebench/build
endif
export RUSTC_WORKSPACE_WRAPPER ?= $(CURDIR)/scripts/rustc.sh

# Clippy is a wrapper itself and rustdoc knows none, so scripts/rustc.sh cannot keep checkouts
# apart there. This does: with other arguments, cargo looks again.
checkout := --cfg=checkout_$(shell printf '%s' '$(CURDIR)' | cksum | cut -d ' ' -f 1)

# The dashboard as the program takes it in (crates/claudebench/build.rs).
dashboard := web/dist/files/index.html

claudebench := cargo run --locked --release --package claudebench --

.DEFAULT_GOAL := help
.PHONY: help run test lint docs bench bench-peers crash beside claude fuzz fmt generate web web-build web-dev web-test clients clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-11s %s\n' "$$name" "$$what"; done

run: $(dashboard) ## build the server with its dashboard and start it on 127.0.0.1:3000, with its data in ./claudebench-data
	@scripts/need.sh cargo cc
	@$(claudebench) serve --listen 127.0.0.1:3000 --data claudebench-data

test: ## check everything: format, lints, documentation, tests, generated files
	@scripts/test.sh

lint: ## check with clippy; a warning is an error
	@cargo clippy --locked --workspace --all-targets -- --deny warnings $(checkout)

docs: ## build the documentation of the code, in target/doc; a warning is an error
	@RUSTDOCFLAGS='--deny warnings $(checkout)' \
		cargo doc --locked --workspace --no-deps --document-private-items

bench: ## measure the server on this machine
	@scripts/need.sh cargo cc
	@$(claudebench) bench

peers := bench/peers

bench-peers: $(peers)/node/node_modules/.package-lock.json $(peers)/pgqueuer/venv/pyvenv.cfg ## measure other queues over PostgreSQL beside us (ARGS="pg-boss apalis --rounds 1")
	@scripts/need.sh cargo cc postgres
	@cargo build --locked --release --package claudebench
	@cargo build --locked --release --manifest-path $(peers)/apalis/Cargo.toml
	@$(peers)/pgqueuer/venv/bin/python $(peers)/run.py $(ARGS)

crash: ## kill servers, their database and their Redis a few hundred times under load, and prove that nothing was lost
	@scripts/need.sh cargo cc postgres redis
	cargo test --locked --package claudebench --release --test it crash_long -- --ignored --nocapture --test-threads 1

beside: ## run the release before and this one on one database under load (PREVIOUS=/path/to/claudebench)
	@scripts/need.sh cargo cc postgres
	@test -x '$(PREVIOUS)' || { echo 'name the program of the release before: make beside PREVIOUS=/path/to/claudebench'; exit 1; }
	cargo test --locked --package claudebench --test it the_release_before -- --ignored --nocapture '$(abspath $(PREVIOUS))'

fuzz: ## fuzz what reads the bytes of others, a minute for each target (SECONDS=60); needs nightly Rust
	@scripts/fuzz.sh $(or $(SECONDS),60)

claude: clients/claude/node_modules/.package-lock.json ## run sessions of the real Claude Code, in a repository that `init` set up and as `work` does
	@scripts/need.sh cargo cc node
	cargo build --locked --package claudebench
	node clients/claude/session.mjs target/debug/claudebench

fmt: ## format the code
	cargo fmt --all

generate: web ## write openapi.json from the methods, and web/src/api from openapi.json
	@scripts/need.sh cargo cc node
	@mkdir -p target
	cargo run --locked --quiet --package claudebench -- openapi > target/openapi.json
	mv target/openapi.json openapi.json
	npm --prefix web run types

web: web/node_modules/.package-lock.json ## install the packages of web/

web-build: $(dashboard) ## build the dashboard, which the next build of the server takes in

$(dashboard): web/node_modules/.package-lock.json web/index.html web/vite.config.ts web/scripts/pack.mjs $(shell find web/src web/public -type f)
	npm --prefix web run build
	@touch $@

web-test: web ## try the dashboard in a browser, with the program of the last debug build
	@scripts/need.sh chromium
	@cargo build --locked --package claudebench
	@CLAUDEBENCH='$(or $(CARGO_TARGET_DIR),$(CURDIR)/target)/debug/claudebench' npm --prefix web run e2e

web-dev: web ## show the dashboard as it is written, against a server that runs (URL=http://127.0.0.1:3000)
	@CLAUDEBENCH_URL='$(or $(URL),http://127.0.0.1:3000)' npm --prefix web run dev

clients: clients/node/node_modules/.package-lock.json clients/python/venv/pyvenv.cfg ## install the clients of others that the tests run

# npm writes this file last, so it tells a whole installation from a broken one.
%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@scripts/need.sh node
	npm --prefix $* ci --no-audit --no-fund
	@touch $@

# Touched last, for the same reason.
%/venv/pyvenv.cfg: %/requirements.txt
	@scripts/need.sh python
	@rm -rf $(@D)
	python3 -m venv $(@D) || { rm -rf $(@D); exit 1; }
	$(@D)/bin/pip install --quiet --no-deps --requirement $< || { rm -rf $(@D); exit 1; }
	@touch $@

clean: ## delete what was built here, and the build directory of all checkouts
	rm -rf target web/node_modules $(peers)/apalis/target $(peers)/node/node_modules $(peers)/pgqueuer/venv clients/node/node_modules clients/claude/node_modules clients/python/venv $(CARGO_BUILD_BUILD_DIR)
