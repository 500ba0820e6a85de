"""The boards: the best runs of today and of all time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pygame

from game.play.ladder import RUNGS
from game.play.match import EVEN
from game.play.player import Kind
from game.records.archive import Standings
from game.records.initials import shown
from game.records.scores import BOARD_LINES, TOGETHER, TWO_PEOPLE, Board, Run
from game.ui.input.settled_input import SettledInput
from game.ui.scenes.menu_scene import STEPS
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
from game.ui.widgets.arrows import ASIDE, side_arrows
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
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
        return Board(mode, kind, arcade.options.rules, handicap=given.name).of_day(arcade.day)
    together = [TWO_PEOPLE] if arcade.party.is_two else []
    stored = TOGETHER.join(filter(None, [*together, arcade.race_handicap.name]))
    board = Board(mode, kind, arcade.options.rules, arcade.race_frames, stored)
    return board.of_day(arcade.day)


def both_boards(board: Board) -> tuple[Board, Board]:
    """Return the boards of people and of networks whose games compare with those on `board`.

    On a day's seed the game of a network that was watched is that of people who play alone.
    """
    people, networks = (dataclasses.replace(board, kind=kind) for kind in (Kind.HUMAN, Kind.AGENT))
    if board.day is None or board.mode == Mode.RACE:
        return people, networks
    if board.mode == Mode.PLAY:
        networks = dataclasses.replace(networks, mode=Mode.WATCH, handicap="").of_day(board.day)
    return dataclasses.replace(people, mode=Mode.PLAY), networks


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

        `played` is what was just played; `tapes` is the list of finished games, for those who may
        see it.
        """
        self._arcade = arcade
        self._first = board
        self._page = 0  # place among `boards`
        self._paging: Sequence[Control] = ()  # the arrows beside the title
        self._played = played
        self._own = own
        self._tapes = tapes
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._input = SettledInput(arcade.controls, settled=played is None)
        home = Choice("home", say("Main menu"))
        again = [] if played is None else [Choice("again", again_words(played.mode))]
        finished = [] if tapes is None else [Choice("tapes", say("Game library"))]
        self._menu = Menu([*again, home, *finished])

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if not self._input.hears(command):
            return None
        if command is Command.BACK:
            return Home()
        self._page = (self._page + STEPS.get(command, 0)) % len(self.boards)
        match self._menu.handle(command):
            case "again" if self._played is not None:
                return RematchWanted(self._played)
            case "tapes" if self._tapes is not None:
                return Push(self._tapes)
            case "home":
                return Home()
        return None

    @property
    def boards(self) -> list[Board]:
        """The boards to page through: the one that fits, then people's, then networks'."""
        archive = self._arcade.archive
        known = () if archive is None else archive.boards()
        others = [board for board in known if board != self._first and _has_page(board)]
        return [self._first, *sorted(others, key=lambda board: board.kind is not Kind.HUMAN)]

    def update(self) -> Transition | None:
        self._idle_timer.update()
        self._input.update()
        return Home() if self._idle_timer.over else None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def controls(self) -> Sequence[Control]:
        return [*self._menu.controls(), *self._paging]

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        window = target.get_rect()
        boards = self.boards
        page = min(self._page, len(boards) - 1)
        pages = (page, len(boards))
        board, own = boards[page], self._own
        self._paging = draw_high_scores(target, window, self._arcade, board, theme, own, pages)
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
    pages: tuple[int, int] = (0, 1),
) -> list[Control]:
    """Draw `board` into the middle of `area`, the runs with the numbers of `own` marked.

    It has columns for today and for all time; on the seed of a day, for people and networks.
    `pages` says which of how many boards that can be paged through it is. Returns the arrows that
    lead to the others.
    """
    people, networks = both_boards(board)
    if board.day is not None:
        board = people
    archive = arcade.archive
    standings = archive.standings(board) if archive is not None else None
    theirs = _lines(archive.standings(networks) if archive is not None else None, "ever")
    top = area.centery - theme.px(340)
    room, head = theme.drift_room(area.width), (area.centerx, top)
    headline = say("High scores") if board.day is None else say("Scores of the day")
    title = theme.text(target, headline, Font.HEADLINE, TEXT, room, midtop=head)
    arrows = _draw_pages(target, title, pages, theme) if pages[1] > 1 else []
    words = board.words(say)
    if board.day is not None:
        columns = [(say("People"), _lines(standings, "ever")), (say("The network"), theirs)]
    else:
        columns = [
            (say("Today"), _lines(standings, "today")),
            (say("All time"), _lines(standings, "ever")),
        ]
        words = _beside_the_network(words, theirs)
        if board.kind is Kind.AGENT:
            words = say("{board}, the networks", board=board.words(say))
    placed = theme.text(target, words, Font.BODY, AGENT, room, midtop=title.midbottom)
    width = theme.px(420)
    for side, (name, runs) in zip((-1, 1), columns, strict=True):
        column = pygame.Rect(0, placed.bottom + theme.px(4), width, 0)
        column.centerx = area.centerx + side * theme.px(226)
        _draw_column(target, column, name, runs, theme, own)
    return arrows


def _beside_the_network(words: str, theirs: tuple[Run, ...]) -> str:
    """Return a board's title with what the network reached there, if it ever played so."""
    if theirs and theirs[0].player in RUNGS:
        name, best = rung_name(theirs[0].player), grouped(theirs[0].score)
        return say("{board}   -   {name} reached {score} here", board=words, name=name, score=best)
    if theirs:
        best = grouped(theirs[0].score)
        return say("{board}   -   the network's best here: {score}", board=words, score=best)
    return words


def _has_page(board: Board) -> bool:
    """Whether `board` is shown by itself; a day's people and networks share a page."""
    return board.kind is Kind.HUMAN or (board.kind is Kind.AGENT and board.day is None)


def _draw_pages(
    target: pygame.Surface, title: pygame.Rect, pages: tuple[int, int], theme: Theme
) -> list[Control]:
    """Draw an arrow at each side of `title`, and which page this is; return the arrows."""
    labels = say("Previous board"), say("Next board")
    arrows = side_arrows(target, title, "page", labels, theme)
    words, right = f"{pages[0] + 1} / {pages[1]}", title.right + 2 * theme.px(ASIDE)
    theme.text(target, words, Font.BODY, MUTED, midleft=(right, title.centery))
    return arrows


def again_words(mode: Mode) -> str:
    """Return what one more match is called."""
    return {
        Mode.RACE: say("Rematch"),
        Mode.PLAY: say("Play again"),
        Mode.WATCH: say("Watch another game"),
        Mode.GHOST: say("Rematch"),
    }[mode]


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
            theme.box(target, line.inflate(-theme.px(12), 0), mine, radius=6)
        colour = BACKGROUND if mine is not None else TEXT if run is not None else MUTED
        faint = BACKGROUND if mine is not None else MUTED
        at, number = line.left + theme.px(50), f"{place + 1}"
        theme.on_bar(target, line, number, Font.BODY, faint, theme.px(40), right=at)
        whose, font = (shown(run.initials) if run is not None else "..."), Font.TABLE
        if run is not None and run.board.kind is Kind.AGENT:  # networks have names, not initials
            whose = rung_name(run.player) if run.player in RUNGS else say("The network")
            font = Font.BODY
        room = theme.px(170)
        left = at + theme.px(24)
        placed = theme.on_bar(target, line, whose, font, colour, room, left)
        if run is None:
            continue
        end = line.right - theme.px(56)
        room, points = end - placed.right - theme.px(12), grouped(run.score)
        theme.on_bar(target, line, points, Font.TABLE, colour, room, right=end)
        if run.verified:
            _draw_tick(target, (line.right - theme.px(32), line.centery), faint, theme)


def _draw_tick(
    target: pygame.Surface, centre: tuple[int, int], colour: tuple[int, int, int], theme: Theme
) -> None:
    """Draw the mark of a run whose tape was played again and gave its score."""
    x, y = centre
    size = theme.px(7)
    points = [(x - size, y), (x - size // 3, y + size * 2 // 3), (x + size, y - size)]
    pygame.draw.lines(target, theme.ink(colour), False, points, theme.px(3))
