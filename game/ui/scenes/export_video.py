"""A film of the match under review: which part of it, what stands beside it, how far it is."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.records.playback import Playback, Rerun
from game.system.preferences import ENGINEER, LEVELS, OFF, VISITOR
from game.ui.jobs.film import GIF, MP4, Reel, frames_of, why_no_mp4
from game.ui.jobs.film_job import Filming, Order
from game.ui.review.timeline import clock
from game.ui.scenes.scene import Arcade, Home, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.game_picture import draw_picture, largest_picture
from game.ui.widgets.idle_timer import Patience
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import BACKGROUND, HUMAN, LINE, MUTED, TEXT, WARNING, Colour, Font, Theme
from game.ui.widgets.translation import say

WAIT_S = 60
FILMS = "films"  # the folder in the arcade's own
HOLD_FRAMES, RUN_EVERY = 18, 3  # that a direction is held before seconds run, and how fast
DEAF_FRAMES = 30  # after a film's end, for a press that was meant to cancel it
_VALUES = ("kind", "begin", "end", "level")


class Studio:
    """Chooses a part of a match, and has a film of it made beside the window."""

    def __init__(self, reels: Sequence[Reel], rerun: Rerun, now: int, arcade: Arcade) -> None:
        """Offer a film of `reels` from frame `now` of the match on; the first one is `rerun`'s."""
        self._reels, self._arcade = reels, arcade
        self._playback = Playback(rerun)
        self._frames = frames_of(reels)
        self._last = -(-self._frames // FRAMES_PER_SECOND)
        self.begin = min(now // FRAMES_PER_SECOND, self._last - 1)  # seconds
        self.end = self._last
        self.kind = GIF if why_no_mp4() else MP4
        self.level = OFF
        self.filming: Filming | None = None
        self._held = self._deaf = 0
        self._patience = Patience(WAIT_S)
        self._menu = Menu([])
        self._offer()

    @property
    def at_work(self) -> bool:
        """Whether a film is being made."""
        return self.filming is not None and not self.filming.done

    def handle(self, command: Command) -> Transition | None:
        self._patience.renew()
        if self.at_work:
            if command is Command.BACK or self._menu.handle(command) == "cancel":
                self._cancel()
            return None
        if self._deaf:
            return None
        if command is Command.BACK:
            return Pop()
        step = {Command.LEFT: -1, Command.RIGHT: 1}.get(command)
        key = self._menu.current.key
        if key in _VALUES and (step is not None or command is Command.CONFIRM):
            self._change(key, step or 1)
            return None
        match self._menu.handle(command):
            case "make":
                self._make()
            case "back":
                return Pop()
        return None

    def update(self) -> Transition | None:
        self._run(self._arcade.controls.take_action().direction)
        self._deaf = max(0, self._deaf - 1)
        if self.at_work:
            self._patience.renew()
        elif self._menu.current.key == "cancel":
            self._offer()
            self._menu.index = len(self._menu.choices) - 1
            self._deaf = DEAF_FRAMES
        self._patience.update()
        return Home() if self._patience.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Give up a film that is not finished."""
        if self.at_work:
            self._cancel()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        gap, window = theme.px(40), target.get_rect()
        head = (window.centerx, window.top + theme.px(18))
        title = theme.text(target, say("Make a film"), Font.HEADLINE, TEXT, midtop=head)
        area = window.inflate(-2 * gap, 0)
        area.top = title.bottom + theme.px(18)
        area.height = window.bottom - theme.px(196) - area.top
        column = pygame.Rect(0, area.top, theme.text_px(480), area.height)
        column.right = area.right
        room = pygame.Rect(area.topleft, (column.left - gap - area.left, area.height))
        picture = largest_picture(room)
        picture.topleft = room.topleft
        draw_picture(target, self._playback.frame.rgb, picture)
        self._menu.draw(target, column, HUMAN, theme)
        bar = pygame.Rect(area.left, area.bottom + theme.px(56), area.width, theme.px(16))
        self._draw_bar(target, bar, theme)
        words, colour = self._state()
        at = (window.centerx, bar.bottom + theme.px(22))
        for line in theme.wrap(words, Font.BODY, area.width)[:2]:
            below = theme.text(target, line, Font.BODY, colour, area.width, midtop=at)
            at = below.midbottom
        self._patience.draw(target, theme, say("Title"))

    def _offer(self) -> None:
        """Let everything be chosen; the mark stays where it is."""
        kinds = {MP4: say("MP4 with sound"), GIF: "GIF"}
        levels = {
            OFF: say("the game alone"),
            VISITOR: say("for visitors"),
            ENGINEER: say("for engineers"),
        }
        labels = {
            "kind": with_value(say("As"), kinds[self.kind]),
            "begin": with_value(say("From"), clock(self.begin * FRAMES_PER_SECOND)),
            "end": with_value(say("To"), clock(self.end * FRAMES_PER_SECOND)),
            "level": with_value(say("Thoughts"), levels[self.level]),
            "make": say("Make it"),
            "back": say("Back to the review"),
        }
        problem = self._arcade.agent.problem
        index = self._menu.index if len(self._menu.choices) == len(labels) else 0
        self._menu = Menu(
            [
                Choice(key, label, problem if key == "level" else None)
                for key, label in labels.items()
            ]
        )
        self._menu.index = index
        second = self.end if self._menu.current.key == "end" else self.begin
        self._playback.go(second * FRAMES_PER_SECOND - self._reels[0].begins)

    def _change(self, key: str, step: int) -> None:
        if key == "kind":
            self.kind = GIF if self.kind == MP4 or why_no_mp4() else MP4
        elif key == "begin":
            self.begin = min(max(0, self.begin + step), self.end - 1)
        elif key == "end":
            self.end = min(max(self.begin + 1, self.end + step), self._last)
        elif self._arcade.agent.problem is None:
            self.level = LEVELS[(LEVELS.index(self.level) + step) % len(LEVELS)]
        self.filming = None  # what became of the last one is read
        self._offer()

    def _run(self, way: int) -> None:
        """Let the marked time run while a direction is held."""
        self._held = self._held + 1 if way else 0
        key = self._menu.current.key
        runs = key in ("begin", "end") and self._held > HOLD_FRAMES
        if runs and self._held % RUN_EVERY == 0:
            self._patience.renew()
            self._change(key, way)

    def _make(self) -> None:
        archive = self._arcade.archive
        if archive is None:
            return
        score = self._reels[0].tape.score
        stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{score}"
        order = Order(
            self._reels,
            self.begin * FRAMES_PER_SECOND,
            min(self.end * FRAMES_PER_SECOND, self._frames),
            self.level,
            archive.folder / FILMS / f"{stem}{self.kind}",
            self._arcade.options.agent,
        )
        self.filming = Filming(order)
        self._menu = Menu([Choice("cancel", say("Cancel"))])

    def _cancel(self) -> None:
        if self.filming is not None:
            self.filming.cancel()

    def _state(self) -> tuple[str, Colour]:
        """Return what is to be said of the film, and its colour."""
        filming = self.filming
        if filming is None:
            problem = why_no_mp4()
            return problem or say("Left and right change a value"), MUTED
        if filming.cancelled:
            return say("Given up: nothing of it is left"), MUTED
        if not filming.done:
            return say("Making: {percent} %", percent=100 * filming.made // filming.frames), TEXT
        if filming.problem is not None:
            return filming.problem, WARNING
        return say("Saved as {file}", file=filming.order.file), TEXT

    def _draw_bar(self, target: pygame.Surface, bar: pygame.Rect, theme: Theme) -> None:
        """Draw the part of the match that the film is of, and how much of it is made."""
        pygame.draw.rect(target, theme.ink(LINE), bar, border_radius=theme.px(8))
        left, right = (
            bar.left + round(bar.width * min(1.0, second * FRAMES_PER_SECOND / self._frames))
            for second in (self.begin, self.end)
        )
        part = pygame.Rect(left, bar.top, max(theme.px(4), right - left), bar.height)
        colour = MUTED if self.at_work else HUMAN
        pygame.draw.rect(target, theme.ink(colour), part, border_radius=theme.px(8))
        if self.at_work and self.filming is not None:
            part.width = round(part.width * self.filming.made / self.filming.frames)
            if part.width:
                pygame.draw.rect(target, theme.ink(HUMAN), part, border_radius=theme.px(8))
        above = bar.top - theme.px(6)
        length = clock(self._frames)
        theme.text(target, "0:00", Font.CAPTION, MUTED, bottomleft=(bar.left, above))
        theme.text(target, length, Font.CAPTION, MUTED, bottomright=(bar.right, above))
