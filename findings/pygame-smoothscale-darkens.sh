#!/usr/bin/env bash
# pygame-ce 2.5.8: a white surface that smoothscale makes a little smaller is white no more.
#
# Expected: pygame.transform.smoothscale averages pixels, so a surface of one colour keeps it.
# Seen: made smaller by other than a whole factor it loses up to two levels of 255 an axis, four in all,
# with both of its back ends, and not the same in each pixel. Made larger or half as large it keeps it.
# Output: "100x100 of 255: to 99x99 251 to 253, to 50x50 255 to 255, to 250x250 255 to 255"
#
# Exits with 1 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pygame-ce==2.5.8 numpy==2.4.6
cd "$folder"
PYGAME_HIDE_SUPPORT_PROMPT=1 "$folder/venv/bin/python" - <<'PY'
import sys

import pygame

white = pygame.Surface((100, 100), depth=32)
white.fill("white")


def levels(side):
    small = pygame.transform.smoothscale(white, (side, side))
    seen = pygame.surfarray.array3d(small)
    return int(seen.min()), int(seen.max())


sides = {side: levels(side) for side in (99, 50, 250)}
each = [f"to {side}x{side} {low} to {high}" for side, (low, high) in sides.items()]
print(f"100x100 of 255: {', '.join(each)}")
sys.exit(sides != {99: (251, 253), 50: (255, 255), 250: (255, 255)})
PY
