#!/usr/bin/env bash
# The long runs: property tests with many cases, the engine against its definition on very many pairs, fuzzing, kills in
# number, the figures at both sizes with the peer beside them. PAIRS, FUZZ_SECONDS and SIZES make it shorter or longer.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh faketime postgres node chromium

PROPTEST_CASES="${PROPTEST_CASES:-20000}" \
    cargo test --release --locked -p sheaf-model -p sheaf-query -p sheaf-select -p sheaf-intake
# Other pairs at every run; a failure names its seed.
SHEAF_PAIRS="${PAIRS:-100000}" SHEAF_SEED="${SEED:-$(date +%s)}" cargo test --release --locked --workspace \
    --test engine the_engine_agrees_with_the_definition -- --nocapture
scripts/fuzz.sh "${FUZZ_SECONDS:-300}"
SHEAF_WALKS="${SHEAF_WALKS:-40}" cargo test --release --locked --workspace --test updates
SHEAF_KILLS="${SHEAF_KILLS:-40}" cargo test --release --locked --workspace --test kills --test import --test standing
SHEAF_WORLD=2 cargo test --release --locked --workspace --test task_world -- --nocapture
PROPTEST_CASES="${QUEUE_CASES:-2000}" cargo test --release --locked --workspace --test desk the_queue_does
SHEAF_JOURNALS="${SHEAF_JOURNALS:-3600}" cargo test --release --locked --workspace --test journals -- --nocapture
# The same with four nodes on PostgreSQL: hundreds of nodes killed and stopped, links cut and deaf, the database killed; and
# claims must be back soon after each.
server=$(mktemp -d)
trap 'scripts/postgres.sh stop "$server"' EXIT
SHEAF_TEST_POSTGRES=$(scripts/postgres.sh start "$server")
SHEAF_TEST_POSTGRES=$SHEAF_TEST_POSTGRES SHEAF_EVENTS="${SHEAF_EVENTS:-500}" \
    cargo test --release --locked --workspace --test journals -- --nocapture
SHEAF_TEST_POSTGRES=$SHEAF_TEST_POSTGRES SHEAF_KILLS="${SHEAF_KILLS:-40}" SHEAF_WALKS="${SHEAF_WALKS:-40}" \
    cargo test --release --locked --workspace --test kills --test standing --test batch --test webhooks --test updates
SHEAF_TEST_POSTGRES=$SHEAF_TEST_POSTGRES PROPTEST_CASES="${QUEUE_CASES:-2000}" \
    cargo test --release --locked --workspace --test desk the_queue_does
cargo build --release --locked --workspace
# Everything that the OpenAPI document has, for longer and in another order at every run.
scripts/schemathesis.sh target/release/sheaf "${API_SECONDS:-1800}"
# The browser stories on PostgreSQL; `make test` walks them on SQLite.
(cd e2e && npm ci --ignore-scripts --no-audit --no-fund && SHEAF_TEST_POSTGRES=$SHEAF_TEST_POSTGRES npx playwright test)
for size in ${SIZES:-1000000 10000000}; do
    scripts/figures.sh "$size"
done
target/release/sheaf bench queue --assets 1000000 --json
target/release/sheaf bench scale --assets 1000000 --json
# Sheaf on PostgreSQL beside the usual relational design.
for size in ${SIZES:-1000000 10000000}; do
    scripts/peer/postgres.sh "$size"
done
