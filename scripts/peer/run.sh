#!/usr/bin/env bash
# Sheaf beside DuckDB on the same rows: `scripts/peer/run.sh ASSETS FOLDER`. FOLDER holds select.json, update.json and
# import.json of `sheaf bench`; DuckDB is installed into target/peer.
set -euo pipefail
cd "$(dirname "$0")/../.."

n="$1"
figures="$2"
work="target/peer"
mkdir -p "$work"
# The peer on PostgreSQL has its packages there, too.
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1
target/release/sheaf bench rows --assets "$n" > "$work/rows.csv"
"$work/venv/bin/python" scripts/peer/duckdb_peer.py "$work/rows.csv" "$figures" "$work" | tee "$figures/peer.md"
rm -f "$work/rows.csv" "$work/peer.duckdb"
