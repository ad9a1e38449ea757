#!/usr/bin/env bash
# A private PostgreSQL for tests and figures: postgres.sh start DIR [SETTING=VALUE ...] prints its address; postgres.sh stop DIR.
# It listens on 127.0.0.1 only, on a port of its own, and nothing of it outlives DIR.
set -euo pipefail

action=$1 dir=$2
shift 2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v pg_ctl)")

# The server refuses to run as root.
as_user() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

case "$action" in
start)
    mkdir -p "$dir"
    port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
    [ "$(id -u)" != 0 ] || chown postgres "$dir"
    cd "$dir"
    as_user "$bin/initdb" -D "$dir/data" -U sheaf -A trust -E UTF8 --no-locale --no-sync >"$dir/initdb.log"
    {
        echo "port = $port"
        echo "listen_addresses = '127.0.0.1'"
        echo "unix_socket_directories = '$dir'"
        echo "max_connections = 300"
        echo "shared_buffers = 256MB"
        for setting in "$@"; do echo "${setting%%=*} = ${setting#*=}"; done
    } >>"$dir/data/postgresql.conf"
    as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w start >/dev/null
    echo "postgres://sheaf@127.0.0.1:$port/postgres" ;;
stop)
    as_user "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null || true
    rm -rf "$dir" ;;
*)
    echo "postgres.sh: start or stop" >&2
    exit 2 ;;
esac
