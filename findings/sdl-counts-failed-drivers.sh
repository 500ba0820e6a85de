#!/usr/bin/env bash
# pygame-ce 2.5.8 (SDL 2.32.10): keys are dead after 253 attempts to open sound that cannot be had.
#
# Expected: pygame.mixer.init that fails leaves everything as it was, however often it is tried.
# Seen: where the audio driver itself cannot be started, each attempt keeps one of the references
# that SDL counts to its events, up to 255. After 253 of them, with a window open, the first two
# devices that are opened and closed again take the events with them: pygame.event.post raises an
# error without words, and no key arrives any more. pygame says that the display is still there.
# Output: "after 252: 1 key; after 253: error ''; the display is there: True"
#
# Exits with 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pygame-ce==2.5.8
cat >"$folder/sound.py" <<'PY'
import os
import sys

import pygame

pygame.display.init()
pygame.display.set_mode((320, 200))


def attempt(driver):
    os.environ["SDL_AUDIODRIVER"] = driver
    try:
        pygame.mixer.init()
    except pygame.error:
        return
    pygame.mixer.quit()


for _ in range(int(sys.argv[1])):
    attempt("no-driver-of-that-name")
for _ in range(2):
    attempt("dummy")
try:
    pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_a))
    keys = [event for event in pygame.event.get() if event.type == pygame.KEYDOWN]
    print(len(keys), "key")
except pygame.error as error:
    print(f"error {str(error)!r}; the display is there: {pygame.display.get_init()}")
PY
export SDL_VIDEODRIVER=dummy PYGAME_HIDE_SUPPORT_PROMPT=1
few=$("$folder/venv/bin/python" "$folder/sound.py" 252)
many=$("$folder/venv/bin/python" "$folder/sound.py" 253)
echo "after 252: $few; after 253: $many"
[ "$few" = "1 key" ] && [ "$many" = "error ''; the display is there: True" ]
