#!/usr/bin/env bash
# pygame-ce 2.5.8: what `get_pressed` returns answers where a key lies, if it is made of scancodes.
#
# Expected: pygame has no SDL_GetScancodeFromKey, so a program cannot learn which place the layout gives
# to a letter before that key is pressed.
# Seen: pygame.key.ScancodeWrapper, the class of `get_pressed`, looks the place of a key code up for each
# item. A wrapper around the numbers 0 to 511 therefore returns scancodes.
# Output: "a lies at 4 (KSCAN_A is 4), left arrow at 80 (80), a letter of no key at 0"
#
# Exits with 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pygame-ce==2.5.8
cd "$folder"
SDL_VIDEODRIVER=dummy PYGAME_HIDE_SUPPORT_PROMPT=1 "$folder/venv/bin/python" - <<'PY'
import sys

import pygame

pygame.display.init()
pygame.display.set_mode((64, 64))
place = pygame.key.ScancodeWrapper(range(512))
a, left, none = place[pygame.K_a], place[pygame.K_LEFT], place[ord("ф")]
print(
    f"a lies at {a} (KSCAN_A is {pygame.KSCAN_A}), left arrow at {left} ({pygame.KSCAN_LEFT}), "
    f"a letter of no key at {none}"
)
sys.exit((a, left, none) != (pygame.KSCAN_A, pygame.KSCAN_LEFT, 0))
PY
