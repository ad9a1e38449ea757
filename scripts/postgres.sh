#!/usr/bin/env bash
# A private PostgreSQL for tests and figures: postgres.sh start DIR [SETTING=VALUE ...] prints its address; postgres.sh stop DIR.
# With server.crt, server.key, ca.crt and pg_hba.conf (lines to put first) in DIR it speaks TLS too.
# It listens on 127.0.0.1 only, on a port of its own, and nothing of it outlives DIR.
# postgres.sh kill DIR sends SIGKILL to all of it, immediate DIR ends it without a checkpoint; again DIR starts it again.
set -euo pipefail

action=$1 dir=$2
shift 2
bin=$({ ls -d /usr/lib/postgresql/*/bin 2>/dev/null || true; } | sort -V | tail -1)
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
        if [ -f "$dir/server.key" ]; then
            echo "ssl = on"
            echo "ssl_ca_file = 'ca.crt'"
        fi
    } >>"$dir/data/postgresql.conf"
    if [ -f "$dir/server.key" ]; then
        chmod 600 "$dir/server.key"
        [ "$(id -u)" != 0 ] || chown postgres "$dir"/{server.crt,server.key,ca.crt}
        mv "$dir"/{server.crt,server.key,ca.crt} "$dir/data/"
        cat "$dir/data/pg_hba.conf" >>"$dir/pg_hba.conf"
        cat "$dir/pg_hba.conf" >"$dir/data/pg_hba.conf"
    fi
    as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w start >/dev/null
    echo "postgres://sheaf@127.0.0.1:$port/postgres" ;;
kill)
    postmaster=$(head -1 "$dir/data/postmaster.pid")
    # It starts no more processes meanwhile.
    kill -STOP "$postmaster"
    # One that just ended by itself is as good.
    kill -KILL $(ps -o pid= --ppid "$postmaster") "$postmaster" 2>/dev/null || true
    while ps -o stat= -p "$postmaster" | grep -qv '^Z'; do sleep 0.02; done
    # Nothing of it runs, so that a process which has its number by chance must not keep it from starting.
    rm -f "$dir/data/postmaster.pid" "$dir"/.s.PGSQL.* ;;
immediate)
    as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null ;;
again)
    as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w start >/dev/null ;;
stop)
    as_user "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null || true
    rm -rf "$dir" ;;
*)
    echo "postgres.sh: start or stop" >&2
    exit 2 ;;
esac
