#!/usr/bin/env bash
# The Python package: formatting, lints, types, then its tests against the real server (SHEAF_BIN, target/release/sheaf).
# SHEAF_PYTHON names the folder of the virtual environment, target/python when it is left out; it is made when it is not
# there or when python/requirements.txt has changed, and used again otherwise. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=${SHEAF_PYTHON:-target/python}
scripts/venv.sh "$venv" python/requirements.txt
# As users install it, so that the wheel has all that it needs.
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall ./python
bin=$(cd "$venv/bin" && pwd)
cd python
"$bin/ruff" format -q --check . || { echo "format it: (cd python && $bin/ruff format .)" >&2; exit 1; }
"$bin/ruff" check -q .
"$bin/mypy"
"$bin/pytest" "$@"
