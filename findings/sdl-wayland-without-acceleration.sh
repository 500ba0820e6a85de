#!/usr/bin/env bash
# pygame-ce 2.5.8 (SDL 2.32.10) on Wayland: without framebuffer acceleration there is no window.
#
# Expected: with SDL_FRAMEBUFFER_ACCELERATION=0 SDL hands pictures over in shared memory, as it does
# on X11, where that is much faster for a picture that the processor makes.
# Seen: on Wayland SDL has no such way, and opening a window is refused.
# Output: "x11-like setting: <the error>; SDL's own choice: a window of (320, 200)"
#
# Needs Weston (Debian 12 has 10.0.1) on the search path. Exits with 1 if that changes.
set -euo pipefail
command -v weston >/dev/null || { echo "install weston first"; exit 2; }
folder=$(mktemp -d)
trap 'kill "$weston" 2>/dev/null || true; rm -rf "$folder"' EXIT
weston=""
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pygame-ce==2.5.8
export XDG_RUNTIME_DIR="$folder" WAYLAND_DISPLAY=finding SDL_VIDEODRIVER=wayland
export PYGAME_HIDE_SUPPORT_PROMPT=1
chmod 700 "$folder"
weston --backend=headless-backend.so --use-pixman --socket=finding >"$folder/log" 2>&1 &
weston=$!
for _ in $(seq 50); do [ -S "$folder/finding" ] && break; sleep 0.2; done
cat >"$folder/window.py" <<'PY'
import pygame

pygame.display.init()
try:
    surface = pygame.display.set_mode((320, 200))
    print("a window of", surface.get_size())
except pygame.error as error:
    print(error)
PY
refused=$(SDL_FRAMEBUFFER_ACCELERATION=0 "$folder/venv/bin/python" "$folder/window.py")
opened=$("$folder/venv/bin/python" "$folder/window.py")
echo "x11-like setting: $refused; SDL's own choice: $opened"
case "$refused" in "a window"*) exit 1 ;; esac
[ "$opened" = "a window of (320, 200)" ]
