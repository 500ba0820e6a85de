#!/usr/bin/env bash
# pygame-ce 2.5.8: a hollow, rounded box that is low is drawn far outside its rectangle.
#
# Expected: pygame.draw.rect(surface, colour, rect, width=2, border_radius=2) marks pixels of `rect` only,
# as it does without a radius.
# Seen: where the rectangle is hardly higher than the line is thick, the ink reaches above and below it.
# Output: "12x3, line 2: 9 rows of ink with round corners, 3 without"
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


def rows(radius):
    surface = pygame.Surface((40, 40))
    pygame.draw.rect(surface, "white", pygame.Rect(10, 18, 12, 3), 2, border_radius=radius)
    return int(pygame.surfarray.array3d(surface).any(axis=2).any(axis=0).sum())


print(f"12x3, line 2: {rows(2)} rows of ink with round corners, {rows(0)} without")
sys.exit(not rows(2) > 3 == rows(0))
PY
