#!/usr/bin/env bash
# Runs the tests: `test.sh all`, or `test.sh browser` for the browser stories alone. One build profile (release) and
# always the whole workspace, so that dependencies are compiled once.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s (%s)\n' "$1" "$(date -u +%H:%M:%S)"; }

scripts/need.sh cargo cc node

step "user interface: install and build"
make ui/node_modules/.installed
(cd ui && npm run build)

if [ "${1:-all}" != browser ]; then
    step "formatting"
    cargo fmt --all --check

    step "tidy: the rules of the code base"
    cargo xtask tidy

    step "lints"
    cargo clippy --release --locked --workspace --all-targets -- -D warnings

    step "user interface: types, lints, unit tests"
    (cd ui && npm run check && npm test)

    step "Rust tests"
    scripts/need.sh faketime
    cargo test --release --locked --workspace

    step "Rust tests on PostgreSQL"
    scripts/need.sh postgres pgbouncer
    server=$(mktemp -d)
    trap 'scripts/s3.sh stop "$server/s3"; scripts/pgbouncer.sh stop "$server/pooler"; scripts/postgres.sh stop "$server"' EXIT
    # Nothing here pulls the plug: what a process wrote is there after it was killed also without a flush.
    address=$(scripts/postgres.sh start "$server" fsync=off)
    export SHEAF_TEST_POSTGRES=$address
    cargo test --release --locked --workspace --lib --test it --test desk --test updates --test uploads --test journals --test nodes \
        --test operate --test newer

    step "Rust tests through pgbouncer"
    SHEAF_TEST_POSTGRES=$(scripts/pgbouncer.sh start "$server/pooler" "$address")
    cargo test --release --locked --workspace --test it -- nodes::a_ nodes::nodes nodes::what_nobody together:: turns:: writer:: agreements:: metadata:: metadata_updates:: bad_answers::
    unset SHEAF_TEST_POSTGRES

    step "Rust tests with files in S3"
    scripts/need.sh python3
    SHEAF_TEST_S3=$(scripts/s3.sh start "$server/s3")
    export SHEAF_TEST_S3
    cargo test --release --locked --workspace --test it --test uploads -- blobs:: content:: uploads:: files:: gc:: lifecycle:: manifests:: object_store:: sync::
    # Nodes that share a database and a bucket, and no folder.
    SHEAF_TEST_POSTGRES=$address cargo test --release --locked --workspace --test uploads -- nodes:: object_store::
else
    server=$(mktemp -d)
    trap 'scripts/s3.sh stop "$server/s3"; rm -rf "$server"' EXIT
    scripts/need.sh python3
    SHEAF_TEST_S3=$(scripts/s3.sh start "$server/s3")
    export SHEAF_TEST_S3
fi

cargo build --release --locked --workspace
if [ "${1:-all}" != browser ]; then
    step "Python package"
    scripts/python.sh

    step "Scale's own clients"
    scripts/scale.sh target/release/sheaf

    step "what the OpenAPI document says"
    # The same cases each time; the campaign asks other ones.
    scripts/schemathesis.sh target/release/sheaf 90 --seed 1
fi

step "browser stories"
scripts/need.sh chromium
(cd e2e && npm ci --ignore-scripts --no-audit --no-fund && npx playwright test)
if [ -n "${address:-}" ]; then
    # `make campaign` walks all of them there.
    step "browser stories on PostgreSQL"
    (cd e2e && SHEAF_TEST_POSTGRES=$address npx playwright test two-annotators review)
fi
