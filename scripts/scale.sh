#!/usr/bin/env bash
# The official clients of Scale's API, unmodified, against a real server: scale.sh path/to/sheaf [TEST...]. With names of tests only
# these, of the Python client; without them the Node client too. SHEAF_SCALE_CLIENT names a folder for the Python packages, which
# is kept and used again; without it they go into a temporary one.
set -euo pipefail
sheaf=$(realpath "$1")
shift
cd "$(dirname "$0")/../testing/scale"

venv=${SHEAF_SCALE_CLIENT:-$(mktemp -d)}
if [ -z "${SHEAF_SCALE_CLIENT:-}" ]; then trap 'rm -rf "$venv"' EXIT; fi
../../scripts/venv.sh "$venv" requirements.txt
export PYTHONDONTWRITEBYTECODE=1
"$venv/bin/python" run.py "$sheaf" "$@"
if [ $# = 0 ]; then
    (cd node && npm ci --ignore-scripts --no-audit --no-fund --silent)
    "$venv/bin/python" node.py "$sheaf"
fi
