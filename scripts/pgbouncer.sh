#!/usr/bin/env bash
# A private pgbouncer that pools transactions in front of a PostgreSQL: pgbouncer.sh start DIR ADDRESS prints its address;
# pgbouncer.sh stop DIR.
set -euo pipefail
PATH=$PATH:/usr/sbin

action=$1 dir=$2
case "$action" in
start)
    mkdir -p "$dir"
    address=${3#postgres://}
    user=${address%%@*} rest=${address#*@}
    host=${rest%%:*} rest=${rest#*:}
    port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
    cat >"$dir/pgbouncer.ini" <<INI
[databases]
* = host=$host port=${rest%%/*} user=$user
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
admin_users = $user
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 20
ignore_startup_parameters = extra_float_digits
logfile = $dir/pgbouncer.log
pidfile = $dir/pgbouncer.pid
INI
    if [ "$(id -u)" = 0 ]; then
        chown -R postgres "$dir"
        setpriv --reuid=postgres --regid=postgres --clear-groups pgbouncer -q -d "$dir/pgbouncer.ini"
    else
        pgbouncer -q -d "$dir/pgbouncer.ini"
    fi
    echo "postgres://$user@127.0.0.1:$port/postgres?pooled=yes" ;;
stop)
    kill "$(cat "$dir/pgbouncer.pid")" 2>/dev/null || true
    rm -rf "$dir" ;;
*)
    echo "pgbouncer.sh: start or stop" >&2
    exit 2 ;;
esac
