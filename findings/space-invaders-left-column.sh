#!/usr/bin/env bash
# Space Invaders (Atari, 1980; ale-py 0.12.1): the formation's place changes its meaning in a game.
#
# Expected: byte 26 of the memory (x of the formation, Anand et al. 2019 call it enemies_x) is the place
# of the first of six columns, and bytes 18 to 23 have a bit for each column, the same for all the game.
# Seen: when the left column is gone, the game shifts all six rows by one bit and adds 16 to the place:
# it is always that of the leftmost column that is left.
# Output: "row 0b111100 becomes 0b1111, and the place goes on by 32" (more by what it walks)
#
# Exits with 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ale-py==0.12.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import ale_py
from ale_py import roms

ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
ale = ale_py.ALEInterface()
ale.setFloat("repeat_action_probability", 0.0)
ale.loadROM(roms.get_rom_path("space_invaders"))
ale.reset_game()
for _ in range(150):
    ale.act(ale_py.Action.NOOP)
before = int(ale.getRAM()[26])
for row in range(18, 24):
    ale.setRAM(row, 0b111100)
ale.setRAM(17, 24)  # invaders left
ale.act(ale_py.Action.NOOP)
ale.act(ale_py.Action.NOOP)
row, moved = int(ale.getRAM()[18]), int(ale.getRAM()[26]) - before
print(f"row 0b111100 becomes {bin(row)}, and the place goes on by {moved}")
sys.exit(not (row == 0b1111 and 32 <= moved <= 37))
PY
