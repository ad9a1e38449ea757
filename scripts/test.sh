#!/usr/bin/env bash
# Runs the tests: `test.sh all`, or `test.sh browser` to walk the browser stories after them. One build profile
# (release), so that dependencies are compiled once.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s (%s)\n' "$1" "$(date -u +%H:%M:%S)"; }

scripts/need.sh cargo cc node

step "formatting"
cargo fmt --all --check

step "tidy: the rules of the code base"
cargo xtask tidy

step "lints"
cargo clippy --release --locked --workspace --all-targets -- -D warnings

step "user interface: install, types and lints, unit tests, build"
make ui/node_modules/.installed
(cd ui && npm run check && npm test && npm run build)

step "Rust tests"
cargo test --release --locked --workspace

if [ "${1:-all}" != browser ]; then
    exit 0
fi

step "binary"
cargo build --release --locked -p sheaf

step "browser tests"
scripts/need.sh chromium
(cd e2e && npm ci --ignore-scripts --no-audit --no-fund && npx playwright test)
