#!/usr/bin/env bash
# The long runs: property tests with many cases, kills in number, benchmarks at full size.
set -euo pipefail
cd "$(dirname "$0")/.."

export PROPTEST_CASES="${PROPTEST_CASES:-20000}"
cargo test --release --locked -p sheaf-model -p sheaf-query -p sheaf-select -p sheaf-intake
SHEAF_WALKS=40 cargo test --release --locked -p sheaf-app
SHEAF_KILLS="${SHEAF_KILLS:-40}" cargo test --release --locked -p sheaf
for size in 1000000 10000000; do
    target/release/sheaf bench import --assets "$size" --json
    target/release/sheaf bench select --assets "$size" --json
    target/release/sheaf bench update --assets "$size" --json
done
target/release/sheaf bench queue --assets 1000000 --json
