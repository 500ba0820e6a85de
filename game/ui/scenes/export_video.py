"""Exports a video of the match under review: format, part, panels and progress."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.player import Player
from game.records.playback import Playback, TapeIndex
from game.system.files import unused
from game.system.open_file import open_file
from game.system.preferences import ENGINEER, LEVELS, OFF, VISITOR
from game.ui.input.hints import change_hint
from game.ui.input.settled_input import SettledInput
from game.ui.jobs.film import GIF, MP4, SeatTape, frames_of, why_no_mp4
from game.ui.jobs.film_job import FilmJob, FilmRequest
from game.ui.jobs.film_preview import FilmChoice, FilmPreview
from game.ui.review.timeline import clock
from game.ui.scenes.scene import Arcade, Home, Pop, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.game_picture import draw_picture, largest_picture
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import (
    BACKGROUND,
    HUMAN,
    MARK,
    MUTED,
    TEXT,
    WARNING,
    Colour,
    Font,
    Theme,
    colour_of,
)
from game.ui.widgets.translation import on_off, percent, say

WAIT_S = 60
FILMS = "films"  # in the data folder
HOLD_FRAMES, RUN_EVERY = 18, 3  # frames until a held direction repeats, and between repeats
_VALUES = ("kind", "begin", "end", "level", "card")


class ExportVideo:
    """Lets a person choose part of a match, and exports it in the background."""

    def __init__(
        self,
        seat_tapes: Sequence[SeatTape],
        tape_indexes: Sequence[TapeIndex],
        now: int,
        arcade: Arcade,
    ) -> None:
        """Offer a video of `seat_tapes`, whose `tape_indexes` are given, from frame `now` on."""
        self._seat_tapes, self._arcade = seat_tapes, arcade
        self._playback = Playback(tape_indexes[0])
        self._preview = FilmPreview(seat_tapes, tape_indexes, self._players)
        self._frames = frames_of(seat_tapes)
        self._last = -(-self._frames // FRAMES_PER_SECOND)
        self.begin = min(now // FRAMES_PER_SECOND, self._last - 1)  # seconds
        self.end = self._last
        self.kind = GIF if why_no_mp4() else MP4
        self.level = OFF
        self.card = True
        self.film_job: FilmJob | None = None
        self._unopened = False  # whether the system could not open the video
        self._held = 0
        self._input = SettledInput(arcade.controls, settled=True)
        self._idle_timer = IdleTimer(WAIT_S)
        self._menu = Menu([])
        self._offer()

    @property
    def at_work(self) -> bool:
        """Whether a video is being exported."""
        return self.film_job is not None and not self.film_job.done

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if self.at_work:
            if command is Command.BACK or self._menu.handle(command) == "cancel":
                self._cancel()
            return None
        if not self._input.hears(command):
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
            case "open" | "folder" as key if self.film_job is not None:
                file = self.film_job.request.file
                if not open_file(file if key == "open" else file.parent):
                    self._unopened = True
            case "back":
                return Pop()
        return None

    def update(self) -> Transition | None:
        self._run(self._arcade.controls.take_action().direction)
        self._input.update()
        if self.at_work:
            self._idle_timer.renew()
        else:
            self._preview.update(self._chosen)
        if not self.at_work and self._menu.current.key == "cancel":
            self._offer()
            self._menu.index = len(self._menu.choices) - 1
            self._input = SettledInput(self._arcade.controls)  # a press was meant to cancel
        self._idle_timer.update()
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Cancel an unfinished export."""
        if self.at_work:
            self._cancel()

    def controls(self) -> Sequence[Control]:
        return self._menu.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        gap, window = theme.px(40), target.get_rect()
        head = (window.centerx, window.top + theme.px(18))
        title = theme.text(target, say("Export video"), Font.HEADLINE, TEXT, midtop=head)
        area = window.inflate(-2 * gap, 0)
        area.top = title.bottom + theme.px(18)
        area.height = window.bottom - theme.px(196) - area.top
        column = pygame.Rect(0, area.top, theme.text_px(480), area.height)
        column.right = area.right
        room = pygame.Rect(area.topleft, (column.left - gap - area.left, area.height))
        if window.height > window.width:  # the menu below the picture
            room.size = area.width, area.width * 3 // 4
            column.topleft, column.width = (area.left, room.bottom + gap), area.width
            column.height = min(area.bottom - column.top, self._menu.height(theme))
            area.height = column.bottom - area.top
        self._draw_picture(target, room, theme)
        self._menu.draw(target, column, HUMAN, theme)
        bar = pygame.Rect(area.left, area.bottom + theme.px(56), area.width, theme.px(16))
        self._draw_bar(target, bar, theme)
        words, colour = self._state()
        at = (window.centerx, bar.bottom + theme.px(22))
        for line in theme.wrap(words, Font.BODY, area.width)[:2]:
            below = draw_hint(target, line, Font.BODY, colour, theme, area.width, midtop=at)
            at = below.midbottom
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _draw_picture(self, target: pygame.Surface, room: pygame.Rect, theme: Theme) -> None:
        """Draw the film as it will be, or the picture at the marked time until it is known."""
        film = self._preview.canvas
        if film is None:
            place = largest_picture(room)
            place.topleft = room.topleft
            draw_picture(target, self._playback.frame.rgb, place)
        else:
            place = film.get_rect().fit(room)
            place.topleft = room.topleft
            target.blit(pygame.transform.smoothscale(film, place.size), place)
        theme.surround(target, place, colour_of(self._seat_tapes[0].tape.kind), 3)

    @property
    def _chosen(self) -> FilmChoice:
        """What the film will be."""
        begin, end = self.begin * FRAMES_PER_SECOND, self.end * FRAMES_PER_SECOND
        return FilmChoice(begin, min(end, self._frames), self.kind, self.level, self.card)

    def _players(self) -> list[Player]:
        """Return a network for each game, none where there is none."""
        players = [self._arcade.agent.player() for _ in self._seat_tapes]
        return [player for player in players if player is not None]

    def _offer(self) -> None:
        """Build the menu; the marked row stays the same."""
        kinds = {MP4: say("MP4 with sound"), GIF: "GIF"}
        levels = {
            OFF: say("none"),
            VISITOR: say("simple"),
            ENGINEER: say("detailed"),
        }
        labels = {
            "kind": with_value(say("Format"), kinds[self.kind]),
            "begin": with_value(say("From"), clock(self.begin * FRAMES_PER_SECOND)),
            "end": with_value(say("To"), clock(min(self.end * FRAMES_PER_SECOND, self._frames))),
            "level": with_value(say("Thoughts"), levels[self.level]),
            "card": with_value(say("Title card"), on_off(self.card)),
            "make": say("Export"),
        }
        job = self.film_job
        if job is not None and job.done and not job.cancelled and job.problem is None:
            labels |= {"open": say("Play the video"), "folder": say("Open its folder")}
        labels["back"] = say("Back to review")
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
        self._playback.go(second * FRAMES_PER_SECOND - self._seat_tapes[0].begins)

    def _change(self, key: str, step: int) -> None:
        if key == "kind":
            self.kind = GIF if self.kind == MP4 or why_no_mp4() else MP4
        elif key == "begin":
            self.begin = min(max(0, self.begin + step), self.end - 1)
        elif key == "end":
            self.end = min(max(self.begin + 1, self.end + step), self._last)
        elif key == "card":
            self.card = not self.card
        elif self._arcade.agent.problem is None:
            self.level = LEVELS[(LEVELS.index(self.level) + step) % len(LEVELS)]
        self.film_job = None  # the message about the last one is read
        self._offer()

    def _run(self, way: int) -> None:
        """Change the marked time repeatedly while a direction is held."""
        self._held = self._held + 1 if way else 0
        key = self._menu.current.key
        runs = key in ("begin", "end") and self._held > HOLD_FRAMES
        if runs and self._held % RUN_EVERY == 0:
            self._idle_timer.renew()
            self._change(key, way)

    def _make(self) -> None:
        archive = self._arcade.archive
        if archive is None:
            return
        chosen, score = self._chosen, self._seat_tapes[0].tape.score
        stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{score}"
        request = FilmRequest(
            self._seat_tapes,
            chosen.begin,
            chosen.end,
            self.level,
            unused(archive.folder / FILMS / f"{stem}{self.kind}"),
            self._arcade.options.agent,
            self.card,
        )
        self.film_job, self._unopened = FilmJob(request), False
        self._menu = Menu([Choice("cancel", say("Cancel"))])

    def _cancel(self) -> None:
        if self.film_job is not None:
            self.film_job.cancel()

    def _state(self) -> tuple[str, Colour]:
        """Return the state of the export as a message, and its colour."""
        film_job = self.film_job
        if film_job is None:
            problem = why_no_mp4()
            return problem or change_hint(self._arcade.controls.kind), MUTED
        if film_job.cancelled:
            return say("Cancelled, nothing was saved"), MUTED
        if not film_job.done:
            share = percent(100 * film_job.made // film_job.frames)
            left = film_job.seconds_left
            if left is None:
                return say("Exporting ... {percent}", percent=share), TEXT
            words = say("Exporting ... {percent}, {seconds} s left", percent=share, seconds=left)
            return words, TEXT
        if film_job.problem is not None:
            return film_job.problem, WARNING
        if self._unopened:
            file = film_job.request.file
            return say("Nothing on this system opens it: {file}", file=file), WARNING
        return say("Saved as {file}", file=film_job.request.file), TEXT

    def _draw_bar(self, target: pygame.Surface, bar: pygame.Rect, theme: Theme) -> None:
        """Draw the chosen part of the match, or how much of it has been exported.

        A short part would be too small to show progress, which has the whole bar.
        """
        theme.box(target, bar, MARK, 2, radius=8)
        if self.at_work and self.film_job is not None:
            made = bar.copy()
            made.width = round(bar.width * min(1.0, self.film_job.made / self.film_job.frames))
            if made.width:
                theme.box(target, made, HUMAN, radius=8)
            return
        left, right = (
            bar.left + round(bar.width * min(1.0, second * FRAMES_PER_SECOND / self._frames))
            for second in (self.begin, self.end)
        )
        part = pygame.Rect(left, bar.top, max(theme.px(4), right - left), bar.height)
        theme.box(target, part, HUMAN, radius=8)
        above = bar.top - theme.px(6)
        length = clock(self._frames)
        theme.text(target, "0:00", Font.CAPTION, MUTED, bottomleft=(bar.left, above))
        theme.text(target, length, Font.CAPTION, MUTED, bottomright=(bar.right, above))
