#!/usr/bin/env bash
# Space Invaders (Atari, 1980; ale-py 0.12.1): up to thirty no-ops at the start make four games, not 31.
#
# Expected: "0 to 30 no-ops" (Mnih et al. 2015) gives a deterministic agent 31 different games.
# Seen: no button counts before frame 129. Whatever was held until then leaves no trace, so for an agent
# that decides on every fourth frame only the number of no-ops modulo 4 matters.
# Output: "held 128 frames: same as never; held 129 frames: another game"
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


def memory_after(held):
    ale = ale_py.ALEInterface()
    ale.setFloat("repeat_action_probability", 0.0)
    ale.loadROM(roms.get_rom_path("space_invaders"))
    ale.reset_game()
    for frame in range(400):
        ale.act(ale_py.Action.RIGHTFIRE if frame < held else ale_py.Action.NOOP)
    return ale.getRAM().tobytes()


never = memory_after(0)
words = ["same as never" if memory_after(held) == never else "another game" for held in (128, 129)]
print(f"held 128 frames: {words[0]}; held 129 frames: {words[1]}")
sys.exit(words != ["same as never", "another game"])
PY
