"""Colours, fonts and sizes: the one place that defines the looks."""

from __future__ import annotations

import dataclasses
import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.coached_player import NAMELESS
from game.play.ladder import CHAMPION, RUNGS
from game.play.player import PLAYERS, Kind, Player
from game.ui.widgets.face import Face, pieces
from game.ui.widgets.picture_style import PLAIN_STYLE, PictureStyle
from game.ui.widgets.translation import say

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """A palette of colours, named by their use."""

    background: Colour
    panel: Colour
    line: Colour  # edges that only divide; nothing is read from them
    mark: Colour  # axes, ticks, outlines: what is not chosen and still says something
    text: Colour
    muted: Colour
    human: Colour  # amber, blue and pink are distinct for every kind of colour vision
    agent: Colour
    second: Colour  # of the second of two people
    warning: Colour

    def colours(self) -> tuple[Colour, ...]:
        """Return all of them, always in the same order."""
        return tuple(getattr(self, field.name) for field in dataclasses.fields(self))


USUAL = Palette(
    background=(9, 11, 18),
    panel=(19, 24, 36),
    line=(48, 58, 80),
    mark=(104, 114, 138),
    text=(238, 242, 248),
    muted=(148, 160, 182),
    human=(255, 188, 66),
    agent=(96, 190, 255),
    second=(255, 130, 205),
    warning=(255, 122, 98),
)
HIGH_CONTRAST = Palette(
    background=(0, 0, 0),
    panel=(0, 0, 0),
    line=(150, 160, 180),
    mark=(150, 160, 180),
    text=(255, 255, 255),
    muted=(214, 222, 236),
    human=(255, 200, 80),
    agent=(130, 208, 255),
    second=(255, 160, 220),
    warning=(255, 150, 130),
)
# Scenes use these names; Theme.ink maps them to the colours of the present look.
BACKGROUND, PANEL, LINE, MARK = USUAL.background, USUAL.panel, USUAL.line, USUAL.mark
TEXT, MUTED = USUAL.text, USUAL.muted
HUMAN, AGENT, SECOND, WARNING = USUAL.human, USUAL.agent, USUAL.second, USUAL.warning
PEOPLE = (HUMAN, SECOND)  # the colours of the first and the second person

# The contrast that a reader needs (Web Content Accessibility Guidelines 2.2, 1.4.3 and 1.4.11):
# of a text, and of a mark from which something is read.
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0
_GROUNDS = ("background", "panel")
_BARS = ("human", "agent", "second")  # below a marked choice
# Which colour lies on which ground, and the contrast it needs there. A thing that is filled, such
# as a step that is reached, differs from one that is not by a fill on the ground of its outline.
CONTRASTS: tuple[tuple[str, str, float], ...] = (
    *((name, on, TEXT_CONTRAST) for name in ("text", "muted") for on in _GROUNDS),
    *(
        (name, on, TEXT_CONTRAST)
        for name in ("human", "agent", "second", "warning")
        for on in _GROUNDS
    ),
    *((on, bar, TEXT_CONTRAST) for on in _GROUNDS for bar in (*_BARS, "text", "muted")),
    *(("mark", on, MARK_CONTRAST) for on in _GROUNDS),
)


@dataclass(frozen=True)
class Look:
    """What a person needs to read the screen."""

    text: int = 100  # percent of the usual height
    contrast: bool = False  # black background, brighter text, stronger lines
    steady: bool = True  # nothing of ours blinks
    picture: PictureStyle = PLAIN_STYLE

    @property
    def palette(self) -> Palette:
        """The colours."""
        return HIGH_CONTRAST if self.contrast else USUAL


# The window is laid out on a grid of 1280 x 720 units; other sizes scale it.
GRID = (1280, 720)
GAP = 12  # units between things
CACHED_TEXTS = 600
CACHED_SURFACES = 24  # of up to a window's size
LEADING = 1.08  # of a line's height to the distance that two lines need at least
DRIFT = (8, 5)  # units, across and down
LONGEST_NAME = 16  # characters of a name that are shown
LEAST_SHARE = 0.75  # of a font's height, below which a smaller font is the better choice
SMALLEST_SHARE = 0.5  # of a font's height, for a text that has little room
HIGH_AND_LOW = "ÄÉÖÜgjpqy"  # what reaches highest and lowest in a line
BAR_EDGE = 2  # units that a text keeps from the edges of its bar


class Font(Enum):
    """A face and its height in units."""

    LOGO = ("fonts/PressStart2P-Regular.ttf", 60)
    SCORE = ("fonts/PressStart2P-Regular.ttf", 32)
    COUNT = ("fonts/PressStart2P-Regular.ttf", 110)
    CAPTION = ("fonts/BarlowCondensed-SemiBold.ttf", 20)
    TABLE = ("fonts/PressStart2P-Regular.ttf", 20)
    BODY = ("fonts/BarlowCondensed-SemiBold.ttf", 25)
    MENU = ("fonts/BarlowCondensed-SemiBold.ttf", 38)
    HEADLINE = ("fonts/BarlowCondensed-SemiBold.ttf", 64)


def colour_of(kind: Kind) -> Colour:
    """Return the colour of a player's things; a script stands in for a person."""
    return {Kind.AGENT: AGENT, Kind.TAPE: MUTED}.get(kind, HUMAN)


def colours_of(kinds: Iterable[Kind]) -> list[Colour]:
    """Return the colour of each seat of a match; the second person has another than the first."""
    colours, people = [], iter(PEOPLE)
    for kind in kinds:
        colours.append(next(people, SECOND) if kind is Kind.HUMAN else colour_of(kind))
    return colours


def person_name(stored: str) -> str:
    """Return what a person is called on the screen, by the name that their tape holds."""
    named = dict(zip(PLAYERS, (say("Player 1"), say("Player 2")), strict=True))
    return say("You") if stored in NAMELESS else named.get(stored, stored[:LONGEST_NAME])


def name_of(player: Player) -> str:
    """Return what a player is called on the screen."""
    if player.kind is Kind.HUMAN:
        return person_name(player.name)
    if player.kind is Kind.TAPE:
        return say("The recording")
    if player.kind is Kind.AGENT and player.name not in RUNGS:
        return say("The network")
    return rung_name(player.name)


def rung_name(name: str) -> str:
    """Return what the rung `name` of the ladder is called on the screen."""
    names = {
        "recruit": say("Recruit"),
        "gunner": say("Gunner"),
        "corporal": say("Corporal"),
        "sergeant": say("Sergeant"),
        "lieutenant": say("Lieutenant"),
        "captain": say("Captain"),
        "major": say("Major"),
        CHAMPION: say("Champion"),
    }
    return names.get(name, name.capitalize())


# Fonts that grow with the text size; the logo, scores and headlines are large anyway.
GROWS = (Font.CAPTION, Font.TABLE, Font.BODY, Font.MENU)


class Theme:
    """The looks at one window size: scaled lengths, fonts, and a cache of drawn texts."""

    def __init__(self, size: tuple[int, int], look: Look | None = None) -> None:
        """Load the bundled fonts for a window of `size` pixels."""
        if not pygame.font.get_init():
            pygame.font.init()
        self.size = size
        self.look = look or Look()
        self._inks = dict(zip(USUAL.colours(), self.look.palette.colours(), strict=True))
        self.unit = min(size[0] / GRID[0], size[1] / GRID[1])
        self._faces: dict[tuple[Font, float], Face] = {}
        self._inked: dict[Font, tuple[int, float]] = {}
        self._texts: OrderedDict[tuple[str, Font, Colour, float], pygame.Surface] = OrderedDict()
        self._kept: OrderedDict[Hashable, pygame.Surface] = OrderedDict()

    def px(self, units: float) -> int:
        """Return a length in pixels, at least one."""
        return max(1, round(units * self.unit))

    def text_px(self, units: float) -> int:
        """Return a length in pixels that grows with the text."""
        return self.px(units * self.look.text / 100)

    def ink(self, colour: Colour) -> Colour:
        """Return the colour of this look that replaces one of the usual palette."""
        return self._inks.get(colour, colour)

    def render(self, string: str, font: Font, colour: Colour, share: float = 1.0) -> pygame.Surface:
        """Return `string` drawn in `colour`, at a `share` of the font's height.

        The surface is shared and must not be changed.
        """
        key = (string, font, colour, share)
        if key in self._texts:
            self._texts.move_to_end(key)
            return self._texts[key]
        surface = self._face(font, share).render(string, self.ink(colour))
        self._texts[key] = surface
        if len(self._texts) > CACHED_TEXTS:
            self._texts.popitem(last=False)
        return surface

    def fitted(
        self, string: str, font: Font, colour: Colour, width: int, height: int | None = None
    ) -> pygame.Surface:
        """Return `string` drawn as small as it must be to take at most `width` pixels.

        With `height`, lines can stand so many pixels apart.
        """
        surface = self.render(string, font, colour)
        share, most = 1.0, math.inf if height is None else height * LEADING
        while share > SMALLEST_SHARE and (
            surface.get_width() > width or surface.get_height() > most
        ):
            share = round(share - 0.05, 2)
            surface = self.render(string, font, colour, share)
        return surface

    def text(
        self,
        target: pygame.Surface,
        string: str,
        font: Font,
        colour: Colour,
        width: int | None = None,
        height: int | None = None,
        **anchor: tuple[float, float],
    ) -> pygame.Rect:
        """Draw `string` with one of pygame's rectangle anchors, such as `midtop=(x, y)`.

        It is made as small as it must be to take at most `width` pixels, without one
        the room that it has in `target`, and for lines `height` pixels apart.
        """
        ((name, (x, y)),) = anchor.items()
        room = _room(target, name, x) - self.px(4) if width is None else width
        surface = self.fitted(string, font, colour, room, height)
        place = surface.get_rect(**{name: (round(x), round(y))})
        target.blit(surface, place)
        return place

    def on_bar(
        self,
        target: pygame.Surface,
        bar: pygame.Rect,
        string: str,
        font: Font,
        colour: Colour,
        width: int | None = None,
        left: int | None = None,
        right: int | None = None,
    ) -> pygame.Rect:
        """Draw `string` on a `bar`: from `left` on, up to `right`, or in its middle.

        What reaches highest and lowest in a line, umlauts and descenders, has the same room above
        and below, and keeps `BAR_EDGE` from the bar's edges.
        """
        below, share = self._ink_of(font)
        most = round((bar.height - 2 * self.px(BAR_EDGE)) / (share * LEADING))
        middle = bar.centery - below
        anchor = {"center": (bar.centerx, middle)}
        if left is not None:
            anchor = {"midleft": (left, middle)}
        elif right is not None:
            anchor = {"midright": (right, middle)}
        return self.text(target, string, font, colour, width, most, **anchor)

    def width(self, string: str, font: Font) -> int:
        """Return how many pixels `string` takes."""
        return self._face(font).width(string)

    def roomy(self, string: str, fonts: Sequence[Font], width: int) -> Font:
        """Return the first of `fonts`, larger ones first, that `string` need not shrink much for.

        It is the last one where all would have to.
        """
        fits = (font for font in fonts if self.width(string, font) * LEAST_SHARE <= width)
        return next(fits, fonts[-1])

    def fit(self, string: str, font: Font, width: int) -> str:
        """Return `string`, shortened with an ellipsis if it is wider than `width` pixels."""
        if self._face(font).width(string) <= width:
            return string
        while string and self._face(font).width(string + "…") > width:
            string = string[:-1]
        return string + "…"

    def wrap(self, string: str, font: Font, width: int) -> list[str]:
        """Return `string` as lines of at most `width` pixels, broken where its language may be.

        A no-break space, as French has before a colon, breaks none.
        """
        lines = [""]
        for piece in pieces(string):
            longer = lines[-1] + piece
            if lines == [""] or self._face(font).width(longer.rstrip(" ")) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
        return [line.rstrip(" ") for line in lines]

    def height(self, font: Font) -> int:
        """Return the line height of `font` in pixels."""
        return self._face(font).line_height

    def keep(self, key: Hashable, make: Callable[[], pygame.Surface]) -> pygame.Surface:
        """Return the surface of `key`, made once for this window size while it is in use."""
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > CACHED_SURFACES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def drift_room(self, width: int) -> int:
        """Return how many of `width` pixels a text in their middle has wherever it drifts to."""
        return width - 2 * math.ceil(DRIFT[0] * self.unit) - 2 * self.px(4)

    def drift(self, frame: int) -> tuple[int, int]:
        """Return the offset of still content after `frame` frames, in pixels, against burn-in.

        It moves slowly around the centre, up to `DRIFT` away, once in four minutes. What fits
        must not depend on it: a layout that counts rows counts them without the drift.
        """
        turn = frame * math.tau / (4 * 60 * FRAMES_PER_SECOND)
        across, down = DRIFT
        return (
            round(across * self.unit * math.sin(turn)),
            round(down * self.unit * math.sin(2 * turn)),
        )

    def shade(self, target: pygame.Surface, rect: pygame.Rect, alpha: int) -> None:
        """Darken `rect` of `target`; `alpha` from 0 (not at all) to 255 (black)."""

        def veil() -> pygame.Surface:
            surface = pygame.Surface(rect.size)
            surface.fill(self.ink(BACKGROUND))
            surface.set_alpha(alpha)
            return surface

        target.blit(self.keep(("shade", rect.size, alpha), veil), rect)

    def panel(self, target: pygame.Surface, rect: pygame.Rect) -> None:
        """Draw the background of a group of things."""
        self.box(target, rect, PANEL)
        if self.look.contrast:
            self.frame(target, rect, LINE, 2)

    def edge(self, target: pygame.Surface, picture: pygame.Rect, colour: Colour) -> None:
        """Draw a frame around a game's picture where its black would meet a black window."""
        if self.look.contrast:
            self.surround(target, picture, colour, 3)

    def surround(
        self, target: pygame.Surface, rect: pygame.Rect, colour: Colour, units: int
    ) -> None:
        """Draw a frame of `units` around `rect`, just outside it."""
        width = self.px(units)
        pygame.draw.rect(target, self.ink(colour), rect.inflate(2 * width, 2 * width), width)

    def frame(self, target: pygame.Surface, rect: pygame.Rect, colour: Colour, units: int) -> None:
        """Draw a line of `units` around `rect`, just inside it."""
        self.box(target, rect, colour, units)

    def box(
        self,
        target: pygame.Surface,
        rect: pygame.Rect,
        colour: Colour,
        line: int = 0,
        radius: int = 8,
        top_only: bool = False,
    ) -> None:
        """Draw a box with round corners of `radius`, filled or as a `line`, both in units.

        With `top_only` the lower corners are square. Nothing is drawn outside `rect`: pygame-ce
        2.5.8 draws an outline that is thicker than half of a low box above and below it, so such
        a box is filled.
        """
        width = self.px(line) if line else 0
        if 2 * width >= min(rect.size):
            width = 0
        corner = min(self.px(radius), rect.width // 2, rect.height // 2)
        lower = 0 if top_only else corner
        pygame.draw.rect(
            target,
            self.ink(colour),
            rect,
            width,
            border_top_left_radius=corner,
            border_top_right_radius=corner,
            border_bottom_left_radius=lower,
            border_bottom_right_radius=lower,
        )

    def _ink_of(self, font: Font) -> tuple[int, float]:
        """Return how many pixels a line's ink lies below its middle, and its share of the line."""
        if font not in self._inked:
            line = self._face(font).render(HIGH_AND_LOW, TEXT)
            ink, whole = line.get_bounding_rect(), line.get_rect()
            self._inked[font] = ink.centery - whole.centery, ink.height / whole.height
        return self._inked[font]

    def _face(self, font: Font, share: float = 1.0) -> Face:
        key = (font, share)
        if key not in self._faces:
            name, units = font.value
            grown = units * self.look.text / 100 if font in GROWS else units
            height = max(8, round(grown * self.unit * share))
            self._faces[key] = Face(name, height)
        return self._faces[key]


def _room(target: pygame.Surface, anchor: str, x: float) -> int:
    """Return how wide a text may be that hangs with `anchor` at `x`."""
    right = target.get_width() - x
    if anchor.endswith("left"):
        return int(right)
    return int(x if anchor.endswith("right") else 2 * min(x, right))
