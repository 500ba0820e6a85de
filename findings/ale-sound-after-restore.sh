#!/usr/bin/env bash
# ale-py 0.12.1: a restored state has no sound chip.
#
# Expected: after `restoreState` of a state from `cloneState`, the same actions bring the same memory,
# picture and sound as they did before.
# Seen: memory and picture are the same in all 400 frames, the samples of `getAudio` in nearly none.
# Output: "memory differs in 0 frames, picture in 0, sound in 388 of 400" (Linux x86-64)
#
# Exits with 1 if the sound is the same, or if memory or picture are not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ale-py==0.12.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import random
import sys

import ale_py
from ale_py import roms

ale_py.ALEInterface.setLoggerMode(ale_py.LoggerMode.Error)
ale = ale_py.ALEInterface()
ale.setInt("random_seed", 1)
ale.setFloat("repeat_action_probability", 0.0)
ale.setBool("sound_obs", True)
ale.loadROM(roms.get_rom_path("space_invaders"))
chance = random.Random(1)
actions = [chance.choice(ale.getMinimalActionSet()) for _ in range(700)]


def play(some):
    for action in some:
        ale.act(action)
        yield ale.getRAM().tobytes(), ale.getScreenRGB().tobytes(), ale.getAudio().tobytes()


list(play(actions[:300]))
state = ale.cloneState(include_rng=True)
first = list(play(actions[300:]))
ale.restoreState(state)
again = list(play(actions[300:]))
memory, picture, sound = (
    sum(a[i] != b[i] for a, b in zip(first, again, strict=True)) for i in range(3)
)
print(f"memory differs in {memory} frames, picture in {picture}, sound in {sound} of {len(first)}")
sys.exit(not (memory == picture == 0 < sound))
PY
