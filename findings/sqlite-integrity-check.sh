#!/usr/bin/env bash
# SQLite (3.40.1): `PRAGMA integrity_check` says "ok" of a table whose values changed.
#
# Expected: after a byte of the file was changed on the disk, integrity_check finds it.
# Seen: it looks at how pages, rows and indexes fit together. A byte inside a value that no index has
# is none of that: the check says "ok", and the value is another one. Who has to know needs a checksum
# or a look at every value of their own.
# Output: "SQLite 3.40.1: integrity_check: ok; the name is 'bnn'"
#
# Exits with 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sqlite3
import sys
from pathlib import Path

database = sqlite3.connect("scores.sqlite")
database.execute("CREATE TABLE runs (id INTEGER PRIMARY KEY, name TEXT, score INTEGER)")
database.execute("INSERT INTO runs VALUES (1, 'ann', 500)")
database.commit()
database.close()
file = Path("scores.sqlite")
file.write_bytes(file.read_bytes().replace(b"ann", b"bnn"))
database = sqlite3.connect(file)
(verdict,) = database.execute("PRAGMA integrity_check").fetchone()
(name,) = database.execute("SELECT name FROM runs").fetchone()
print(f"SQLite {sqlite3.sqlite_version}: integrity_check: {verdict}; the name is {name!r}")
sys.exit(not (verdict == "ok" and name == "bnn"))
PY
