#!/usr/bin/env bash
# Sheaf on PostgreSQL beside the usual relational design on the same server: `scripts/peer/postgres.sh ASSETS [FOLDER]` measures both
# and prints a Markdown table. FOLDER keeps the figures of Sheaf as JSON. The server is a private one, with flushes on.
set -euo pipefail
cd "$(dirname "$0")/../.."

n="$1"
figures="${2:-target/figures/postgres-$n}"
work="$PWD/target/peer"
mkdir -p "$work" "$figures"
scripts/need.sh python3 postgres
[ -x target/release/sheaf ] || cargo build --release --locked --workspace
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'psycopg[binary]==3.3.9'

server=$(mktemp -d)
trap 'scripts/postgres.sh stop "$server"' EXIT
address=$(scripts/postgres.sh start "$server" shared_buffers=1GB max_wal_size=8GB)
for bench in import select update queue; do
    psql "$address" --quiet -c "CREATE DATABASE bench_$bench"
    size="--assets $n"
    [ "$bench" != queue ] || size="--tasks $n"
    # shellcheck disable=SC2086
    target/release/sheaf bench "$bench" $size --database "${address%/*}/bench_$bench" --json >"$figures/$bench.json"
    psql "$address" --quiet -c "DROP DATABASE bench_$bench WITH (FORCE)"
done
target/release/sheaf bench rows --assets "$n" >"$work/rows.csv"
"$work/venv/bin/python" scripts/peer/naive_peer.py "$work/rows.csv" "$figures" "$address" | tee "$figures/peer.md"
rm -f "$work/rows.csv"
