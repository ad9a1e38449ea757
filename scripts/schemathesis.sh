#!/usr/bin/env bash
# Everything that the OpenAPI document has (/api, /v1, /v2) asked of a real server by schemathesis: no 5xx, no answer outside the document.
# schemathesis.sh path/to/sheaf [SECONDS, 90 when left out] [FLAGS]. SHEAF_SCHEMATHESIS names a folder for its packages, which is kept
# and used again; without it they go into a temporary one. A failure is found again with the printed --seed.
set -euo pipefail
sheaf=$(realpath "$1")
shift
cd "$(dirname "$0")/../testing/schemathesis"

venv=${SHEAF_SCHEMATHESIS:-$(mktemp -d)}
if [ -z "${SHEAF_SCHEMATHESIS:-}" ]; then trap 'rm -rf "$venv"' EXIT; fi
../../scripts/venv.sh "$venv" requirements.txt
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" run.py "$sheaf" "$@"
