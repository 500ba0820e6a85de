"""The game library: finished games to review, race against, name, keep or delete."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pygame

from game.play.player import Kind
from game.play.tape import TapeError, load
from game.records.games import Game
from game.records.initials import LETTERS
from game.records.tape_library import LONGEST_NAME, Label, TapeEntry
from game.system.files import written
from game.system.sentence import in_words
from game.ui.input.hints import button_of, entry_hint
from game.ui.jobs.film import SeatTape
from game.ui.scenes.menu_scene import STEPS
from game.ui.scenes.notice import Notice
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import Arcade, Home, Pop, Push, TapeRaceWanted, Transition
from game.ui.widgets.arrows import side_arrows
from game.ui.widgets.back_button import draw_back
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.game_rows import WIDTH, draw_game, draw_heads
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.letter_picker import KEY, LetterPicker
from game.ui.widgets.menu import Choice, Menu, draw_more
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    HUMAN,
    MARK,
    MUTED,
    TEXT,
    WARNING,
    Font,
    Theme,
)
from game.ui.widgets.translation import grouped, say, stamp_words

WAIT_S = 60
ALL, RACES, ALONE, NETWORKS, KEPT = FILTERS = ("all", "races", "alone", "networks", "kept")
ROWS = 9  # visible at once
ROW = 46  # units


class TapeLibraryScene:
    """A list of tapes; confirming one opens the menu of what can be done with it."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._index = 0  # of the marked row
        self._marked: Path | None = None  # its recording: rows move when a game is written
        self._first: int | None = None  # the first row shown, while a pointer holds the list still
        self._listed: list[Control] = []  # where rows and buttons were drawn last
        self._filter = 0  # place among the filters
        self._menu: Menu | None = None  # of the chosen tape
        self._picker: LetterPicker | None = None  # its new name
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._move(0)

    @property
    def games(self) -> tuple[Game, ...]:
        """What is listed, newest first."""
        archive = self._arcade.archive
        known = (archive.games() if archive is not None else None) or ()
        return tuple(game for game in known if _belongs(game, FILTERS[self._filter]))

    @property
    def tapes(self) -> tuple[TapeEntry, ...]:
        """The recordings that stand for the games."""
        return tuple(game.first for game in self.games)

    @property
    def current(self) -> TapeEntry | None:
        """The marked recording, None if it is gone or there is none."""
        return next((tape for tape in self.tapes if tape.path == self._marked), None)

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        tape = self.current
        if self._picker is not None and tape is not None:
            if command is Command.BACK and self._picker.at == 0:
                self._picker = None
            elif self._picker.handle(command):
                self._rename(tape, self._picker.text)
        elif self._menu is not None and tape is not None:
            if command is Command.BACK:
                self._menu = None
                return None
            return self._chosen(self._menu.handle(command), tape)
        elif command is Command.BACK:
            return Pop()
        elif command is Command.CONFIRM and tape is not None:
            self._menu = Menu(_actions(tape))
        elif command in STEPS:
            self._filter = (self._filter + STEPS[command]) % len(FILTERS)
            self._index, self._first, self._marked = 0, None, None
            self._move(0)
        else:
            self._move({Command.UP: -1, Command.DOWN: 1}.get(command, 0))
        return None

    @property
    def takes_text(self) -> str:
        """The characters that are typed, while a recording is renamed."""
        return "" if self._picker is None else self._picker.takes

    def write(self, text: str) -> Transition | None:
        self._idle_timer.renew()
        tape = self.current
        if self._picker is not None and tape is not None and self._picker.write(text):
            self._rename(tape, self._picker.text)
        return None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        if self.current is None:  # what was chosen is gone, and its menu with it
            self._menu = self._picker = None
        self._move(0)
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to clean up: every change was saved at once."""

    def controls(self) -> Sequence[Control]:
        if self._picker is not None:
            return self._picker.controls()
        return self._listed if self._menu is None else self._menu.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        games, top = self.games, y - theme.px(348)
        title = theme.text(target, say("Game library"), Font.HEADLINE, TEXT, midtop=(middle, top))
        self._listed = [draw_back(target, theme), *self._draw_filter(target, title, theme)]
        panel = pygame.Rect(0, 0, theme.px(WIDTH), theme.px(ROW * ROWS + 16))
        panel.midtop = (middle, title.bottom + 2 * theme.height(Font.CAPTION) + theme.px(12))
        theme.panel(target, panel)
        draw_heads(target, panel, theme)
        first = self._index - ROWS // 2 if self._first is None else self._first
        first = max(0, min(first, len(games) - ROWS))
        for row, game in enumerate(games[first : first + ROWS]):
            line = pygame.Rect(panel.left, 0, panel.width, theme.px(ROW))
            line.top = panel.top + theme.px(8) + row * theme.px(ROW)
            draw_game(target, line, game, first + row == self._index, theme)
            self._listed.append(self._row(game.first, first, first + row, line))
        if first > 0:
            self._draw_more(target, (panel.centerx, panel.top), Command.UP, theme)
        if first + ROWS < len(games):
            self._draw_more(target, (panel.centerx, panel.bottom), Command.DOWN, theme)
        fire = button_of(Command.CONFIRM, self._arcade.controls.kind)
        words = say("{fire} opens a game.  You can also drop a recording on this window", fire=fire)
        if not games:
            theme.text(target, say("No games yet"), Font.MENU, MUTED, center=panel.center)
            words = say("Drop a recording on this window to open it")
        problem = self._arcade.archive.problem if self._arcade.archive is not None else None
        foot = (middle, panel.bottom + theme.px(14))
        if problem is not None:
            words = problem.said(say)
        draw_hint(target, words, Font.BODY, WARNING if problem else MUTED, theme, midtop=foot)
        if self._menu is not None:
            theme.shade(target, target.get_rect(), 170)
            self._draw_chosen(target, theme)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _row(self, tape: TapeEntry, first: int, number: int, line: pygame.Rect) -> Control:
        """Return the control of `tape`, the one with `number` in a list that begins at `first`."""

        def mark() -> None:
            self._index, self._first, self._marked = number, first, tape.path

        words = f"{tape.name or stamp_words(tape.finished)}, {grouped(tape.score)}"
        return Control(f"tape {number}", line, Command.CONFIRM, words, mark, number == self._index)

    def _draw_more(
        self, surface: pygame.Surface, centre: tuple[int, int], way: Command, theme: Theme
    ) -> None:
        """Draw an arrow on the list's edge: there are recordings beyond."""
        around = draw_more(surface, centre, way, theme)
        self._listed.insert(0, Control(f"more {way.name}", around, way))

    def _draw_filter(
        self, target: pygame.Surface, title: pygame.Rect, theme: Theme
    ) -> list[Control]:
        """Draw which games are listed below `title`; return the arrows that change it."""
        words = f"{filter_words(FILTERS[self._filter])}  ({grouped(len(self.games))})"
        middle = (title.centerx, title.bottom)
        placed = theme.text(target, words, Font.BODY, AGENT, midtop=middle)
        return side_arrows(target, placed, "list", (say("Previous list"), say("Next list")), theme)

    def _move(self, step: int) -> None:
        """Mark the row `step` below the marked recording, wherever that is by now."""
        if step:
            self._first = None
        paths = [tape.path for tape in self.tapes]  # once: a thread beside writes and deletes games
        if self._marked in paths:
            self._index = paths.index(self._marked)
        self._index = min(max(0, len(paths) - 1), max(0, self._index + step))
        self._marked = paths[self._index] if paths else None

    def _chosen(self, key: str | None, tape: TapeEntry) -> Transition | None:
        archive = self._arcade.archive
        match key:
            case "review":
                self._menu = None
                game = self._game_of(tape)
                return None if game is None else open_game(game, self._arcade)
            case "ghost":
                return _race(tape)
            case "protect":
                changed = not tape.label.protected
                self._label(tape, dataclasses.replace(tape.label, protected=changed))
                self._menu = None
            case "rename":
                known = "".join(c for c in tape.label.name.upper() if c in LETTERS)
                self._picker = LetterPicker(LETTERS, known.ljust(LONGEST_NAME))
            case "delete":
                self._menu = Menu(
                    [Choice("keep", say("Cancel")), Choice("gone", say("Delete permanently"))]
                )
            case "gone" if archive is not None:
                for each in self._recordings(tape):
                    archive.delete(each)
                self._menu = None
            case "keep" | "back":
                self._menu = None
        return None

    def _rename(self, tape: TapeEntry, name: str) -> None:
        self._label(tape, dataclasses.replace(tape.label, name=name.strip()))
        self._picker = self._menu = None

    def _label(self, tape: TapeEntry, label: Label) -> None:
        """Give all recordings of the marked game, whose first is `tape`, this label."""
        if self._arcade.archive is not None:
            for each in self._recordings(tape):
                self._arcade.archive.label(each, label)

    def _recordings(self, tape: TapeEntry) -> list[TapeEntry]:
        """Return all recordings of the game whose first is `tape`."""
        game = self._game_of(tape)
        return [tape] if game is None else [seat.tape for seat in game.seats]

    def _game_of(self, tape: TapeEntry) -> Game | None:
        """Return the game whose first recording is `tape`, None if it is gone."""
        return next((game for game in self.games if game.first.path == tape.path), None)

    def _draw_chosen(self, target: pygame.Surface, theme: Theme) -> None:
        """Draw the menu of the chosen tape, or the entry of its new name, over the list."""
        menu, tape = self._menu, self.current
        assert menu is not None
        if tape is None:
            return
        box = pygame.Rect(0, 0, theme.px(700), menu.height(theme) + theme.px(120))
        box.center = target.get_rect().center
        theme.panel(target, box)
        theme.frame(target, box, MARK, 2)
        head = (box.centerx, box.top + theme.px(14))
        title = tape.name or stamp_words(tape.finished)
        if self._picker is not None:
            title = say("New name")
        theme.text(target, title, Font.MENU, TEXT, midtop=head)
        rows = box.inflate(-theme.px(60), 0)
        rows.top = box.bottom - menu.height(theme) - theme.px(28)
        if self._picker is None:
            menu.draw(target, rows, HUMAN, theme, centred=True)
        else:
            self._draw_letters(target, rows, self._picker, theme)

    def _draw_letters(
        self, target: pygame.Surface, rect: pygame.Rect, picker: LetterPicker, theme: Theme
    ) -> None:
        """Draw a row of letters with the marked one underlined, and how to change them."""
        width = rect.width // len(picker.text)
        boxes = []
        for number, letter in enumerate(picker.text):
            box = pygame.Rect(rect.left + number * width, 0, width, theme.px(64))
            box.top = rect.top + theme.px(KEY)
            boxes.append(box)
            here = number == picker.at
            theme.text(target, letter, Font.SCORE, TEXT if here else MUTED, center=box.center)
            line = box.inflate(-theme.px(10), 0)
            ends = line.bottomleft, line.bottomright
            pygame.draw.line(target, theme.ink(HUMAN if here else MARK), *ends, theme.px(3))
        picker.place(target, boxes, theme)
        below = rect.move(0, theme.px(64 + 2 * KEY))
        if self._arcade.controls.kind.is_pointer:
            picker.draw_letters(target, below, theme)
            return
        words = entry_hint(self._arcade.controls.kind)
        room, foot = rect.width, (rect.centerx, below.top + theme.px(10))
        draw_hint(target, words, Font.BODY, MUTED, theme, room, midtop=foot)


def _race(tape: TapeEntry) -> Transition:
    """Return the transition to a race against `tape`, or to a notice why it fails."""
    try:
        return TapeRaceWanted(load(tape.path))
    except TapeError as error:
        return Push(Notice(in_words(error, say)))


def _actions(tape: TapeEntry) -> list[Choice]:
    protect = say("Stop keeping") if tape.label.protected else say("Keep forever")
    return [
        Choice("review", say("Review")),
        Choice("ghost", say("Race against it")),
        Choice("protect", protect),
        Choice("rename", say("Rename")),
        Choice("delete", say("Delete")),
        Choice("back", say("Back")),
    ]


def open_game(game: Game, arcade: Arcade) -> Transition:
    """Return the transition to the review of all seats of `game`, or to a notice why it fails."""
    try:
        tapes = [
            SeatTape(load(seat.tape.path), game.begins(number), written(seat.tape.path))
            for number, seat in enumerate(game.seats)
        ]
    except TapeError as error:
        return Push(Notice(in_words(error, say)))
    return Push(ReviewScene(tapes, arcade))


def filter_words(name: str) -> str:
    """Return what a list of games holds."""
    return {
        ALL: say("All games"),
        RACES: say("Races"),
        ALONE: say("People alone"),
        NETWORKS: say("The network alone"),
        KEPT: say("Kept games"),
    }[name]


def _belongs(game: Game, name: str) -> bool:
    """Whether `game` is in the list of that name."""
    alone = not game.is_race
    return {
        ALL: True,
        RACES: game.is_race or game.first.mode in ("race", "ghost"),
        ALONE: alone and game.first.kind is Kind.HUMAN and game.first.mode == "play",
        NETWORKS: alone and game.first.kind is Kind.AGENT and game.first.mode == "watch",
        KEPT: game.first.label.protected,
    }[name]
