#!/usr/bin/env bash
# ale-py 0.12.1: the samples before the first frame are a click and not silence.
#
# Expected: after `reset_game` and before the first `act`, `getAudio` returns silence. Its samples are
# unsigned, and silence in every later frame is 128.
# Seen: 512 zeros, which is as far from silence as a sample can be.
# Output: "before the first frame: {0}; in a silent frame: {128}"
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
ale.setBool("sound_obs", True)
ale.loadROM(roms.get_rom_path("space_invaders"))
ale.reset_game()
before = {int(sample) for sample in ale.getAudio()}
ale.act(ale_py.Action.NOOP)
silent = {int(sample) for sample in ale.getAudio()}
print(f"before the first frame: {before}; in a silent frame: {silent}")
sys.exit(not (before == {0} and silent == {128}))
PY
