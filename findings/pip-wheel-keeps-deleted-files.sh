#!/usr/bin/env bash
# pip 26.3 and setuptools 80.9.0: a module that was deleted from the source is in the next wheel.
#
# Expected: `pip wheel .` packs what is in the source folder now.
# Seen: setuptools builds in `build/lib` inside the source folder, leaves it there, and packs it again
# with whatever an earlier build had put into it.
# Output: "the second wheel has: thing/__init__.py thing/gone.py"
#
# Exits with 1 if that changes. A build of a fresh copy of the source has no such files.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pip==26.3
cd "$folder"
mkdir -p source/thing
cat >source/pyproject.toml <<'TOML'
[build-system]
requires = ["setuptools==80.9.0"]
build-backend = "setuptools.build_meta"

[project]
name = "thing"
version = "1"

[tool.setuptools]
packages = ["thing"]
TOML
touch source/thing/__init__.py source/thing/gone.py
"$folder/venv/bin/pip" wheel --quiet --no-deps -w first ./source
rm source/thing/gone.py
"$folder/venv/bin/pip" wheel --quiet --no-deps -w second ./source
"$folder/venv/bin/python" - <<'PY'
import glob
import sys
import zipfile

(wheel,) = glob.glob("second/*.whl")
names = sorted(n for n in zipfile.ZipFile(wheel).namelist() if n.startswith("thing/"))
print("the second wheel has:", *names)
sys.exit("thing/gone.py" not in names)
PY
