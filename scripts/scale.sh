#!/usr/bin/env bash
# The official Python client of Scale's API, unmodified, against a real server: scale.sh path/to/sheaf [TEST...].
# SHEAF_SCALE_CLIENT names a folder for its Python packages, which is kept and used again; without it they go into a temporary one.
set -euo pipefail
sheaf=$(realpath "$1")
shift
cd "$(dirname "$0")/../testing/scale"

venv=${SHEAF_SCALE_CLIENT:-$(mktemp -d)}
if [ -z "${SHEAF_SCALE_CLIENT:-}" ]; then trap 'rm -rf "$venv"' EXIT; fi
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check 'scaleapi==2.18.4'
fi
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" test_client.py "$sheaf" "$@"
