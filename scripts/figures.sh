#!/usr/bin/env bash
# The figures of docs/benchmarks.md: `scripts/figures.sh [ASSETS] [FOLDER]` measures (10,000,000 assets by default), writes
# JSON to target/figures/ and prints the tables as Markdown. FOLDER keeps the library for the next run. PEER=0 leaves DuckDB out.
set -euo pipefail
cd "$(dirname "$0")/.."

n="${1:-10000000}"
dir="${2:-$PWD/target/bench-$n}"
out="target/figures"
mkdir -p "$out" "$dir"
sheaf="$PWD/target/release/sheaf"
scripts/need.sh python3
[ -x "$sheaf" ] || cargo build --release --locked -p sheaf

uptime | sed 's/.*load average: //' > "$out/load-before"
for bench in machine select start; do
    "$sheaf" bench "$bench" --assets "$n" --dir "$dir" --json > "$out/$bench.json"
done
# On libraries of their own: one is made, the other is changed.
for bench in import update; do
    "$sheaf" bench "$bench" --assets "$n" --json > "$out/$bench.json"
done
uptime | sed 's/.*load average: //' > "$out/load-after"
python3 scripts/figures.py "$out"
if [ "${PEER:-1}" != 0 ]; then
    echo
    scripts/peer/run.sh "$n" "$out"
fi
