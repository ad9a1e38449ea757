#!/usr/bin/env bash
# A private S3 server (moto) for tests: s3.sh start DIR prints its address and makes the bucket `sheaf`; s3.sh stop DIR.
# It listens on 127.0.0.1 only, on a port of its own, has everything in memory, and nothing of it outlives DIR.
# SHEAF_MOTO names a folder for its Python packages, which is kept and used again; without it they go into DIR.
set -euo pipefail

action=$1 dir=$2
venv=${SHEAF_MOTO:-$dir/venv}

case "$action" in
start)
    mkdir -p "$dir"
    if [ ! -x "$venv/bin/moto_server" ]; then
        python3 -m venv "$venv" >&2
        "$venv/bin/pip" install -q --disable-pip-version-check 'moto[server]==5.*' >&2
    fi
    port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
    setsid "$venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$dir/s3.log" 2>&1 </dev/null &
    echo $! >"$dir/s3.pid"
    for _ in $(seq 300); do
        kill -0 "$(cat "$dir/s3.pid")" 2>/dev/null || { cat "$dir/s3.log" >&2; exit 1; }
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
        sleep 0.1
    done
    node -e 'fetch(process.argv[1], { method: "PUT" }).then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))' \
        "http://127.0.0.1:$port/sheaf" || { cat "$dir/s3.log" >&2; exit 1; }
    echo "http://127.0.0.1:$port" ;;
stop)
    [ ! -f "$dir/s3.pid" ] || kill "$(cat "$dir/s3.pid")" 2>/dev/null || true
    rm -rf "$dir" ;;
*)
    echo "s3.sh: start or stop" >&2
    exit 2 ;;
esac
