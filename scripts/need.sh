#!/usr/bin/env bash
# Makes sure that tools are there: need.sh node|cargo|cc|chromium ... Installs what Debian packages; says what to do
# for the rest.
set -euo pipefail

install_package() {
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        echo "missing: $1. Install the Debian package $1 and run this again." >&2
        exit 1
    fi
    local as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo"
    echo "installing $1 ..." >&2
    $as_root apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

for tool in "$@"; do
    case "$tool" in
    node)
        if ! command -v npm >/dev/null || [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
            echo "missing: Node 20 or newer with npm. Install it and run this again." >&2
            exit 1
        fi ;;
    cargo)
        command -v cargo >/dev/null || { echo "missing: Rust (cargo). Install it with rustup and run this again." >&2; exit 1; } ;;
    cc)
        command -v cc >/dev/null || install_package gcc ;;
    python3)
        { command -v python3 && python3 -c 'import ensurepip'; } >/dev/null 2>&1 || install_package python3 python3-venv ;;
    chromium)
        command -v chromium >/dev/null || install_package chromium fonts-liberation ;;
    postgres)
        compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || install_package postgresql
        command -v ps >/dev/null || install_package procps ;;
    pgbouncer)
        command -v pgbouncer >/dev/null || compgen -G '/usr/sbin/pgbouncer' >/dev/null || install_package pgbouncer ;;
    faketime)
        compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || install_package libfaketime ;;
    *)
        echo "need.sh: unknown tool $tool" >&2
        exit 2 ;;
    esac
done
