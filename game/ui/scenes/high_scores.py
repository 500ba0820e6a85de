"""The boards: the best runs of today and of all time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pygame

from game.play.ladder import RUNGS
from game.play.match import EVEN
from game.play.player import Kind
from game.records.archive import Standings
from game.records.initials import shown
from game.records.scores import BOARD_LINES, TOGETHER, TWO_PEOPLE, Board, Run
from game.ui.input.settled_input import SettledInput
from game.ui.scenes.scene import (
    Arcade,
    Home,
    Mode,
    PlayedMatch,
    Push,
    RematchWanted,
    Scene,
    Transition,
)
from game.ui.widgets.command import Command
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    HUMAN,
    MUTED,
    TEXT,
    Colour,
    Font,
    Theme,
    rung_name,
)
from game.ui.widgets.translation import grouped, say

WAIT_S = 20
NOBODY: Mapping[int, Colour] = {}
ROW = 32  # units


def board_of(mode: Mode, kind: Kind, arcade: Arcade) -> Board:
    """Return the board that a match of `mode` started now counts for."""
    if mode is not Mode.RACE:
        given = arcade.play_handicap if mode is Mode.PLAY else EVEN
        return Board(mode, kind, arcade.options.rules, handicap=given.name)
    together = [TWO_PEOPLE] if arcade.party.is_two else []
    stored = TOGETHER.join(filter(None, [*together, arcade.race_handicap.name]))
    return Board(mode, kind, arcade.options.rules, arcade.race_frames, stored)


class HighScores:
    """Shows one board; with choices after a game, and without a hand for the attract loop."""

    def __init__(
        self,
        arcade: Arcade,
        board: Board,
        played: PlayedMatch | None = None,
        own: Mapping[int, Colour] = NOBODY,
        tapes: Scene | None = None,
    ) -> None:
        """Show `board`, the runs with the numbers of `own` marked in their colours.

        `played` is what was just played.

        `tapes` is the list of finished games, for those who may see it.
        """
        self._arcade = arcade
        self._board = board
        self._played = played
        self._own = own
        self._tapes = tapes
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._input = SettledInput(arcade.controls, settled=played is None)
        home = Choice("home", say("Main menu"))
        again = [] if played is None else [Choice("again", say("Play again"))]
        finished = [] if tapes is None else [Choice("tapes", say("Game library"))]
        self._menu = Menu([*again, home, *finished])

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if not self._input.hears(command):
            return None
        if command is Command.BACK:
            return Home()
        match self._menu.handle(command):
            case "again" if self._played is not None:
                return RematchWanted(self._played)
            case "tapes" if self._tapes is not None:
                return Push(self._tapes)
            case "home":
                return Home()
        return None

    def update(self) -> Transition | None:
        self._idle_timer.update()
        self._input.update()
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        window = target.get_rect()
        draw_high_scores(target, window, self._arcade, self._board, theme, self._own)
        rows = pygame.Rect(0, 0, theme.text_px(300), 0)
        rows.midtop = (window.centerx, window.centery + theme.px(186))
        self._menu.draw(target, rows, HUMAN, theme, centred=True)
        self._idle_timer.draw(target, theme, say("Main menu"))


def draw_high_scores(
    target: pygame.Surface,
    area: pygame.Rect,
    arcade: Arcade,
    board: Board,
    theme: Theme,
    own: Mapping[int, Colour] = NOBODY,
) -> None:
    """Draw `board` into the middle of `area`, the runs with the numbers of `own` marked."""
    standings = arcade.archive.standings(board) if arcade.archive is not None else None
    top = area.centery - theme.px(340)
    room, head = theme.drift_room(area.width), (area.centerx, top)
    title = theme.text(target, say("High scores"), Font.HEADLINE, TEXT, room, midtop=head)
    words = board.words(say)
    rival = dataclasses.replace(board, kind=Kind.AGENT)
    theirs = _lines(arcade.archive.standings(rival) if arcade.archive else None, "ever")
    if theirs and theirs[0].player in RUNGS:
        name, best = rung_name(theirs[0].player), grouped(theirs[0].score)
        words = say("{board}   -   {name} reached {score} here", board=words, name=name, score=best)
    elif theirs:
        best = grouped(theirs[0].score)
        words = say("{board}   -   the network's best here: {score}", board=words, score=best)
    placed = theme.text(target, words, Font.BODY, AGENT, room, midtop=title.midbottom)
    width = theme.px(420)
    columns = {"today": say("Today"), "ever": say("All time")}
    for side, (key, name) in zip((-1, 1), columns.items(), strict=True):
        column = pygame.Rect(0, placed.bottom + theme.px(4), width, 0)
        column.centerx = area.centerx + side * theme.px(226)
        _draw_column(target, column, name, _lines(standings, key), theme, own)


def _lines(standings: Standings | None, key: str) -> tuple[Run, ...]:
    if standings is None:
        return ()
    return standings.today if key == "today" else standings.ever


def _draw_column(
    target: pygame.Surface,
    rect: pygame.Rect,
    name: str,
    runs: tuple[Run, ...],
    theme: Theme,
    own: Mapping[int, Colour],
) -> None:
    row = theme.px(ROW)
    left = rect.left + theme.px(14)
    theme.text(target, name, Font.MENU, MUTED, rect.right - left, topleft=(left, rect.top))
    head = theme.height(Font.MENU)
    panel = pygame.Rect(rect.left, rect.top + head, rect.width, row * BOARD_LINES)
    panel.height += theme.px(16)
    theme.panel(target, panel)
    for place in range(BOARD_LINES):
        line = pygame.Rect(panel.left, panel.top + theme.px(8) + place * row, panel.width, row)
        run = runs[place] if place < len(runs) else None
        mine = None if run is None else own.get(run.number)
        if mine is not None:
            bar = line.inflate(-theme.px(12), -theme.px(2))
            theme.box(target, bar, mine, radius=6)
        colour = BACKGROUND if mine is not None else TEXT if run is not None else MUTED
        faint = BACKGROUND if mine is not None else MUTED
        middle = line.centery
        at = line.left + theme.px(50)
        number = f"{place + 1}"
        theme.text(target, number, Font.BODY, faint, theme.px(40), row, midright=(at, middle))
        whose, font = (shown(run.initials) if run is not None else "..."), Font.TABLE
        if run is not None and run.board.kind is Kind.AGENT:  # networks have names, not initials
            whose = rung_name(run.player) if run.player in RUNGS else say("The network")
            font = Font.BODY
        room = theme.px(170)
        left = at + theme.px(24)
        placed = theme.text(target, whose, font, colour, room, row, midleft=(left, middle))
        if run is None:
            continue
        end = line.right - theme.px(56)
        room, points = end - placed.right - theme.px(12), grouped(run.score)
        theme.text(target, points, Font.TABLE, colour, room, midright=(end, middle))
        if run.verified:
            _draw_tick(target, (line.right - theme.px(32), middle), faint, theme)


def _draw_tick(
    target: pygame.Surface, centre: tuple[int, int], colour: tuple[int, int, int], theme: Theme
) -> None:
    """Draw the mark of a run whose tape was played again and gave its score."""
    x, y = centre
    size = theme.px(7)
    points = [(x - size, y), (x - size // 3, y + size * 2 // 3), (x + size, y - size)]
    pygame.draw.lines(target, theme.ink(colour), False, points, theme.px(3))
