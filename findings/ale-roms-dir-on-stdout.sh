#!/usr/bin/env bash
# ale-py 0.12.1: with ALE_ROMS_DIR set, asking for a ROM's path prints on standard output.
#
# Expected: `roms.get_rom_path` returns a path and is silent, as it is without the variable.
# Seen: it prints "Loading roms from FOLDER...". A program whose standard output others read (JSON, a
# table, progress) has that line in it as soon as a user sets the variable.
# Output: "without: ''; with: 'Loading roms from ...'"
#
# Exits with 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ale-py==0.12.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import contextlib
import io
import os
import sys

from ale_py import roms


def said():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        roms.get_rom_path("space_invaders")
    return out.getvalue().strip()


without = said()
os.environ["ALE_ROMS_DIR"] = os.path.dirname(roms.__file__)
with_it = said()
print(f"without: {without!r}; with: {with_it[:17] + '...'!r}")
sys.exit(not (without == "" and with_it.startswith("Loading roms from")))
PY
