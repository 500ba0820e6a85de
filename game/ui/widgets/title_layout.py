"""The layout of the title in a window of any size, and the sky behind it."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pygame

from game.ui.widgets.game_picture import largest_picture
from game.ui.widgets.theme import BACKGROUND, LINE, Font, Theme

MARGIN, TOP = 40, 30  # units
WIDEST = 1500
NAMES = 0.56  # of the width at least, for the name and what this is
STARS = 220
PARTY = 38  # units, the height of the strip that says who takes part
# Units, in a window much higher than wide: large words above, and what a race is like below.
LARGE, TABLE, LEAST_GAP = 410, 270, 16


@dataclass(frozen=True)
class TitleLayout:
    """The rectangles of the title's parts."""

    names: pygame.Rect  # the logo, what this is and the event
    stage: pygame.Rect  # the demo, or what a race is like if that has no table of its own
    picture: pygame.Rect  # the demo's, inside of the stage
    party: pygame.Rect  # who takes part
    menu: pygame.Rect
    problems: int  # top of the lines that say what does not work
    foot: tuple[int, int]  # the middle of the last line's lower edge
    table: pygame.Rect | None = None  # what a race is like, where there is room beside the demo


def title_layout(
    theme: Theme, menu_height: int, problems: int, drift: tuple[int, int]
) -> TitleLayout:
    """Lay out a menu of `menu_height` pixels below a stage that takes what room there is.

    All moves by `drift`; nothing else depends on it.
    """
    window = pygame.Rect((0, 0), theme.size).move(drift)
    width = min(window.width - 2 * theme.px(MARGIN), theme.px(WIDEST))
    area = pygame.Rect(0, window.top + theme.px(TOP), width, window.height)
    area.centerx = window.centerx
    foot = window.bottom - theme.px(14)
    line = theme.height(Font.BODY)
    problems_top = foot - line - theme.px(4) - problems * line
    menu = pygame.Rect(area.left, 0, area.width, menu_height)
    menu.bottom = problems_top - theme.px(6)
    party = pygame.Rect(area.left, 0, area.width, theme.text_px(PARTY))
    party.bottom = menu.top - theme.px(10)
    area.height = party.top - theme.px(14) - area.top
    if window.height > window.width:
        names, stage, table = _upright(area, theme)
        picture = largest_picture(stage)
        end = (window.centerx, foot)
        return TitleLayout(names, stage, picture, party, menu, problems_top, end, table)
    stage = area.copy()
    stage.width = round(area.width * (1 - NAMES))
    stage.right = area.right
    picture = largest_picture(stage)
    picture.midright = stage.midright
    names = area.copy()
    names.width = min(picture.left, stage.left) - theme.px(24) - area.left
    return TitleLayout(names, stage, picture, party, menu, problems_top, (window.centerx, foot))


def _upright(
    area: pygame.Rect, theme: Theme
) -> tuple[pygame.Rect, pygame.Rect, pygame.Rect | None]:
    """Return the places of names, stage and table, one below the other.

    A table, and larger names, are only where a picture as wide as the window leaves room for them;
    what is left then is between them, the same everywhere.
    """
    names, stage = area.copy(), area.copy()
    wide = largest_picture(pygame.Rect(0, 0, area.width, area.height))
    table = pygame.Rect(area.left, 0, area.width, theme.text_px(TABLE))
    spare = area.height - theme.px(LARGE) - wide.height - table.height
    if spare < 4 * theme.px(LEAST_GAP):
        names.height = theme.px(380)
        stage.top = names.bottom + theme.px(10)
        stage.height = area.bottom - stage.top
        return names, stage, None
    gap = spare // 4
    names.top, names.height = area.top + gap, theme.px(LARGE)
    stage.top, stage.height = names.bottom + gap, wide.height
    table.top = stage.bottom + gap
    return names, stage, table


def draw_sky(target: pygame.Surface, theme: Theme) -> None:
    """Fill the window with a still sky of faint stars."""

    def sky() -> pygame.Surface:
        surface = pygame.Surface(theme.size)
        surface.fill(theme.ink(BACKGROUND))
        chance = random.Random(2600)
        for _ in range(STARS):
            star = pygame.Rect(0, 0, theme.px(2), theme.px(2))
            star.topleft = chance.randrange(theme.size[0]), chance.randrange(theme.size[1])
            surface.fill(theme.ink(LINE), star)
        return surface

    target.blit(theme.keep(("sky", theme.size), sky), (0, 0))
