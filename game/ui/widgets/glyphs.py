"""Keys and buttons as they look on the device in use, drawn by ourselves.

A text holds a glyph as a name between two marks, which `glyph` makes and `draw_hint` draws.
"""

from __future__ import annotations

import math

import pygame

from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.theme import PANEL, TEXT, Colour, Font, Theme

_MARK, _GAP = "\ue000", "\ue001"  # around a name, and for a space in it; no font has them
SMALLEST = 0.6  # share of a font's height, for a hint with little room
# What is printed on a pad's face and shoulders, by SDL's names: south, east, west, north.
_FACES = {
    InputKind.XBOX: ("A", "B", "X", "Y"),
    InputKind.DECK: ("A", "B", "X", "Y"),
    InputKind.NINTENDO: ("A", "B", "X", "Y"),  # SDL goes by the letters, wherever they lie
    InputKind.PLAYSTATION: ("cross", "circle", "square", "triangle"),
}
_SHOULDERS = {
    InputKind.XBOX: ("LB", "RB"),
    InputKind.DECK: ("L1", "R1"),
    InputKind.NINTENDO: ("L", "R"),
    InputKind.PLAYSTATION: ("L1", "R1"),
}
_MIDDLES = {  # back and start
    InputKind.XBOX: ("squares", "lines"),
    InputKind.DECK: ("squares", "lines"),
    InputKind.NINTENDO: ("minus", "plus"),
    InputKind.PLAYSTATION: ("share", "options"),
}
_WAYS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def glyph(name: str) -> str:
    """Return what stands in a text for the glyph `name`."""
    return f"{_MARK}{name.replace(' ', _GAP)}{_MARK}"


def key_glyph(printed: str) -> str:
    """Return the glyph of a key with `printed` on it; an arrow's is named by its way."""
    return glyph(f"key {printed}")


def button_glyph(kind: InputKind, button: int) -> str | None:
    """Return the glyph of SDL's `button` on a pad of `kind`, None for one without a sign."""
    faces, shoulders, middles = _FACES[kind], _SHOULDERS[kind], _MIDDLES[kind]
    names = {
        pygame.CONTROLLER_BUTTON_A: f"face {faces[0]}",
        pygame.CONTROLLER_BUTTON_B: f"face {faces[1]}",
        pygame.CONTROLLER_BUTTON_X: f"face {faces[2]}",
        pygame.CONTROLLER_BUTTON_Y: f"face {faces[3]}",
        pygame.CONTROLLER_BUTTON_LEFTSHOULDER: f"key {shoulders[0]}",
        pygame.CONTROLLER_BUTTON_RIGHTSHOULDER: f"key {shoulders[1]}",
        pygame.CONTROLLER_BUTTON_BACK: f"middle {middles[0]}",
        pygame.CONTROLLER_BUTTON_START: f"middle {middles[1]}",
        pygame.CONTROLLER_BUTTON_LEFTSTICK: "press L",
        pygame.CONTROLLER_BUTTON_RIGHTSTICK: "press R",
        pygame.CONTROLLER_BUTTON_DPAD_UP: "cross up",
        pygame.CONTROLLER_BUTTON_DPAD_DOWN: "cross down",
        pygame.CONTROLLER_BUTTON_DPAD_LEFT: "cross left",
        pygame.CONTROLLER_BUTTON_DPAD_RIGHT: "cross right",
    }
    return glyph(names[button]) if button in names else None


def has_glyph(words: str) -> bool:
    """Whether there are glyphs among `words`."""
    return _MARK in words


def hint_width(words: str, font: Font, theme: Theme) -> int:
    """Return how many pixels a line of `words` with glyphs among them takes."""
    return _width(words.split(_MARK), font, 1.0, theme)


def draw_hint(
    target: pygame.Surface,
    words: str,
    font: Font,
    colour: Colour,
    theme: Theme,
    width: int | None = None,
    **anchor: tuple[float, float],
) -> pygame.Rect:
    """Draw a line of `words` with glyphs among them, anchored as in Theme.text; return its place.

    It is made as small as it must be to take at most `width` pixels.
    """
    if not has_glyph(words):
        return theme.text(target, words, font, colour, width, None, **anchor)
    parts = words.split(_MARK)
    share = 1.0
    while width is not None and share > SMALLEST and _width(parts, font, share, theme) > width:
        share = round(share - 0.05, 2)
    ((name, (x, y)),) = anchor.items()
    size = (_width(parts, font, share, theme), round(theme.height(font) * share))
    place = pygame.Rect((0, 0), size)
    setattr(place, name, (round(x), round(y)))
    left = place.left
    for number, part in enumerate(parts):
        wide = _part_width(number, part, font, share, theme)
        rect = pygame.Rect(left, place.top, wide, place.height)
        if number % 2:
            _draw_glyph(target, rect, part, colour, theme)
        elif part:
            words_drawn = theme.render(part, font, colour, share)
            target.blit(words_drawn, words_drawn.get_rect(midleft=rect.midleft))
        left += wide
    return place


def _width(parts: list[str], font: Font, share: float, theme: Theme) -> int:
    return sum(_part_width(n, part, font, share, theme) for n, part in enumerate(parts))


def _part_width(number: int, part: str, font: Font, share: float, theme: Theme) -> int:
    """Return the width in pixels of a part: every second one is a glyph."""
    if number % 2 == 0:
        return round(theme.width(part, font) * share)
    high = round(theme.height(font) * share)
    kind, _, sign = part.partition(_GAP)
    sign = sign.replace(_GAP, " ")
    if kind == "key" and sign not in _WAYS:
        return max(high, round(theme.width(sign, Font.CAPTION) * high / theme.height(font)) + high)
    return high


def _draw_glyph(
    target: pygame.Surface, rect: pygame.Rect, name: str, colour: Colour, theme: Theme
) -> None:
    kind, _, sign = name.partition(_GAP)
    sign = sign.replace(_GAP, " ")
    inner = rect.inflate(-max(2, rect.height // 12), -max(2, rect.height // 12))
    x, y, size = inner.centerx, inner.centery, min(inner.size) / 2
    ink = theme.ink(colour)
    line = max(1, round(size / 6))
    if kind == "key":
        _draw_key(target, inner, sign, colour, theme)
    elif kind in ("face", "middle", "press"):
        pygame.draw.circle(target, theme.ink(PANEL), (x, y), round(size))
        pygame.draw.circle(target, ink, (x, y), round(size), line)
        _draw_sign(target, inner, sign, colour, theme)
    elif kind == "cross":
        _draw_cross(target, inner, sign, colour, theme)
    elif kind == "stick":
        pygame.draw.circle(target, ink, (x, y), round(size), line)
        pygame.draw.circle(target, ink, (x, y), round(size * 0.45))
    elif kind == "mouse":
        _draw_mouse(target, inner, colour, theme)
    elif kind == "finger":
        pygame.draw.circle(target, ink, (x, y), round(size * 0.45))
        pygame.draw.circle(target, ink, (x, y), round(size * 0.9), line)


def _draw_key(
    target: pygame.Surface, rect: pygame.Rect, sign: str, colour: Colour, theme: Theme
) -> None:
    """Draw a key's cap."""
    theme.box(target, rect, PANEL, radius=5)
    theme.box(target, rect, colour, 2, radius=5)
    if sign in _WAYS:
        _draw_arrow(target, rect, _WAYS[sign], 0.26, colour, theme)
        return
    room = rect.width - max(4, rect.height // 4)
    theme.text(target, sign, Font.CAPTION, colour, room, rect.height, center=rect.center)


def _draw_arrow(
    target: pygame.Surface,
    rect: pygame.Rect,
    way: tuple[int, int],
    share: float,
    colour: Colour,
    theme: Theme,
) -> None:
    (x, y), size, (across, down) = rect.center, min(rect.size) * share, way
    tip = (x + across * size, y + down * size)
    feet = [
        (x - across * size + side * down * size, y - down * size + side * across * size)
        for side in (-1, 1)
    ]
    pygame.draw.polygon(target, theme.ink(colour), [tip, *feet])


def _draw_sign(
    target: pygame.Surface, rect: pygame.Rect, sign: str, colour: Colour, theme: Theme
) -> None:
    """Draw what is printed on a round button."""
    (x, y), size = rect.center, min(rect.size) * 0.24
    ink, line = theme.ink(colour), max(2, round(size / 3))
    corners = {
        "triangle": [(x, y - size), (x - size, y + size * 0.7), (x + size, y + size * 0.7)],
        "square": [(x + a * size, y + b * size) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))],
    }
    if sign in corners:
        pygame.draw.polygon(target, ink, corners[sign], line)
    elif sign == "circle":
        pygame.draw.circle(target, ink, (x, y), round(size * 1.1), line)
    elif sign == "cross":
        for way in (-1, 1):
            ends = (x - size, y - way * size), (x + size, y + way * size)
            pygame.draw.line(target, ink, *ends, line)
    elif sign in ("lines", "options"):
        for row in (-1, 0, 1):
            ends = (x - size, y + row * size * 0.8), (x + size, y + row * size * 0.8)
            pygame.draw.line(target, ink, *ends, max(1, line // 2))
    elif sign in ("squares", "share"):
        side = round(size * 1.2)
        for shift in (-0.35, 0.35):
            box = pygame.Rect(0, 0, side, side)
            box.center = (round(x + shift * size), round(y + shift * size))
            pygame.draw.rect(target, ink, box, max(1, line // 2))
    elif sign in ("plus", "minus"):
        pygame.draw.line(target, ink, (x - size, y), (x + size, y), line)
        if sign == "plus":
            pygame.draw.line(target, ink, (x, y - size), (x, y + size), line)
    else:
        room, high = round(size * 3.4), rect.height
        theme.text(target, sign, Font.CAPTION, colour, room, high, center=rect.center)


def _draw_cross(
    target: pygame.Surface, rect: pygame.Rect, way: str, colour: Colour, theme: Theme
) -> None:
    """Draw a D-pad, the arm that is meant filled."""
    (x, y), size = rect.center, min(rect.size) / 2
    arm = size * 0.36
    meant = _WAYS.get(way, (0, 0))
    for across, down in _WAYS.values():
        middle = (x + across * size * 0.62, y + down * size * 0.62)
        wide, high = (size * 0.62, arm * 2) if across else (arm * 2, size * 0.62)
        box = pygame.Rect(0, 0, math.ceil(wide), math.ceil(high))
        box.center = round(middle[0]), round(middle[1])
        filled = (across, down) == meant or meant == (0, 0)
        pygame.draw.rect(target, theme.ink(colour), box, 0 if filled else 1)


def _draw_mouse(target: pygame.Surface, rect: pygame.Rect, colour: Colour, theme: Theme) -> None:
    """Draw a mouse with its left button filled."""
    body = pygame.Rect(0, 0, round(rect.height * 0.62), rect.height)
    body.center = rect.center
    theme.box(target, body, colour, 2, radius=9)
    button = pygame.Rect(body.left, body.top, body.width // 2, body.height // 2)
    theme.box(target, button, colour if colour != PANEL else TEXT, radius=7)
