#!/usr/bin/env bash
# A virtual environment of Python with the packages that a file pins: venv.sh FOLDER REQUIREMENTS. It is made when it is not there or
# when the file has changed since, and used again otherwise.
set -euo pipefail
venv=$1 pins=$(sha256sum <"$2")
if [ "$(cat "$venv/.pins" 2>/dev/null)" != "$pins" ]; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check -r "$2"
    echo "$pins" >"$venv/.pins"
fi
