"""The tournament between its matches: the bracket or the table, and who is called next."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

import pygame

from game.system.files import write_atomically
from game.tournament.model import Format, Tournament
from game.tournament.standings import to_csv
from game.tournament.store import FOLDER, stamp
from game.ui.audio.effects import Effect
from game.ui.input.settled_input import SettledInput
from game.ui.jobs.screenshot import png
from game.ui.scenes.party_panel import draw_party
from game.ui.scenes.scene import Arcade, GameCalled, Home, Push, Transition
from game.ui.scenes.tournament_menu import TournamentMenu
from game.ui.widgets.bracket import draw_bracket, middle_width
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.league_table import draw_table
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import BACKGROUND, HUMAN, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.title_layout import PARTY
from game.ui.widgets.tournament_words import (
    called_words,
    last_words,
    progress_words,
    turn_words,
)
from game.ui.widgets.translation import say

PICTURE = (1920, 1080)  # pixels, of the final standings


class TournamentScene:
    """Stays on the screen between the matches; fire begins the one that is called."""

    def __init__(self, arcade: Arcade, settled: bool = True) -> None:
        """Show the tournament; after a game, wait until its last presses are over."""
        self._arcade = arcade
        self._desk = arcade.desk
        self._input = SettledInput(arcade.controls, settled)
        self._frame = 0
        self._menu = Menu([])
        self._shown: Tournament | None = None  # that the menu is made for
        self._drawn: Hashable = None  # what the last drawing held, see _content
        arcade.party.forget()  # other people come for each match
        self._follow()
        if not self._desk.running:
            arcade.speaker.effect(Effect.RECORD)

    def handle(self, command: Command) -> Transition | None:
        if not self._input.hears(command):
            return None
        if self._at_once and self._arcade.party.hears(command):
            return None
        if command is Command.PAUSE:  # a gamepad's start
            command = Command.CONFIRM
        if command is Command.BACK:
            return None if self._arcade.options.kiosk else Home()
        match self._menu.handle(command):
            case "start":
                return GameCalled()
            case "manage":
                return Push(TournamentMenu(self._arcade))
            case "home":
                return Home()
        return None

    def update(self) -> Transition | None:
        self._frame += 1
        self._input.update()
        if self._at_once:
            self._arcade.party.update()
        self._follow()
        return None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order: every result was written at once."""

    def controls(self) -> Sequence[Control]:
        return self._menu.controls()

    def draw(
        self, target: pygame.Surface, theme: Theme, fresh: bool = True
    ) -> list[pygame.Rect] | None:
        now, content = self._desk.tournament, self._content(theme)
        if not fresh and content == self._drawn:
            return []
        self._drawn = content
        target.fill(theme.ink(BACKGROUND))
        if now is None:
            return None
        window = target.get_rect().move(theme.drift(self._frame))
        rows = pygame.Rect(0, 0, theme.text_px(360), self._menu.height(theme))
        rows.midbottom = (window.centerx, window.bottom - theme.px(14))
        top = _draw_head(target, window, self._arcade, now, theme)
        problem = self._problem()
        if problem:
            foot = (window.centerx, rows.top - theme.px(6))
            placed = theme.text(
                target,
                theme.fit(problem, Font.BODY, window.width - theme.px(40)),
                Font.BODY,
                WARNING,
                midbottom=foot,
            )
            rows.top = placed.top
        if self._at_once:
            party = pygame.Rect(0, 0, window.width - 2 * theme.px(32), theme.text_px(PARTY))
            party.midbottom = (window.centerx, rows.top - theme.px(4))
            draw_party(target, party, self._arcade.party, theme)
            rows.top = party.top
        menu = rows.copy()
        menu.bottom = window.bottom - theme.px(14)
        area = pygame.Rect(0, top, window.width - 2 * theme.px(32), rows.top - theme.px(8) - top)
        if _is_bracket(now) and rows.top == menu.top:  # below the final there is room for the menu
            area.height = menu.bottom - top
            menu.width = min(menu.width, middle_width(area, now, theme))
            menu.centerx = window.centerx
        area.centerx = window.centerx
        draw_standing(target, area, now, self._called, theme)
        self._menu.draw(target, menu, HUMAN, theme, centred=True)
        return None

    def _content(self, theme: Theme) -> Hashable:
        """Return what decides how the page looks: it stands for long and seldom changes."""
        rows = tuple(choice.label for choice in self._menu.choices)
        people = tuple(person.station for person in self._arcade.party.people)
        place = theme.drift(self._frame)
        return (place, self._shown, self._called, rows, self._menu.index, people, self._problem())

    @property
    def _at_once(self) -> bool:
        """Whether both of a match play at once, and so have to join."""
        now = self._desk.tournament
        return now is not None and self._desk.running and not now.plan.turns

    @property
    def _called(self) -> int | None:
        pairing = self._desk.next
        return None if pairing is None else pairing.number

    def _follow(self) -> None:
        """Take over what has happened, and keep the standings once the last match is over."""
        self._rename()
        now = self._desk.tournament
        if now is self._shown:
            return
        self._shown = now
        kiosk, running = self._arcade.options.kiosk, self._desk.running
        choices = [Choice("start", say("Start"))] if running else []
        if not kiosk:
            choices.append(Choice("manage", say("Manage the tournament")))
        if not kiosk or not running:
            choices.append(Choice("home", say("Main menu")))
        self._menu = Menu(choices)
        self._rename()
        if now is not None and now.over:
            export(self._arcade, now)

    def _rename(self) -> None:
        """Begin only once both are there, where both play at once."""
        waits = self._at_once and not self._arcade.party.is_two
        for choice in self._menu.choices:
            if choice.key == "start":
                choice.why_not = say("Both press fire first") if waits else None
                choice.label = choice.why_not or say("Start")

    def _problem(self) -> str:
        """Return what is wrong: with the file that was read, or with writing."""
        archive = self._arcade.archive
        told = [self._desk.problem, archive.problem if archive is not None else None]
        return next((problem.said(say) for problem in told if problem is not None), "")


def _draw_head(
    target: pygame.Surface, window: pygame.Rect, arcade: Arcade, now: Tournament, theme: Theme
) -> int:
    """Draw who is called and what happened last; return where that ends."""
    desk, room = arcade.desk, theme.drift_room(window.width)
    head = (window.centerx, window.top + theme.px(10))
    placed = theme.text(target, called_words(desk), Font.HEADLINE, HUMAN, room, midtop=head)
    pairing = desk.next
    lines = [(last_words(now), MUTED)]
    if pairing is not None:
        words = say("{what}:  {who}", what=progress_words(pairing, now), who=turn_words(desk))
        lines.insert(0, (words, TEXT))
    bottom = placed.bottom
    for words, colour in lines:
        if words:
            place = (window.centerx, bottom)
            bottom = theme.text(target, words, Font.BODY, colour, room, midtop=place).bottom
    return bottom + theme.px(8)


def draw_standing(
    target: pygame.Surface, area: pygame.Rect, now: Tournament, called: int | None, theme: Theme
) -> None:
    """Draw the bracket of a knock-out that is under way, or else the table."""
    if _is_bracket(now):
        draw_bracket(target, area, now, called, theme)
    else:
        draw_table(target, area, now, theme)


def _is_bracket(now: Tournament) -> bool:
    return now.plan.format is Format.KNOCKOUT and not now.over


def export(arcade: Arcade, now: Tournament) -> None:
    """Write the final standings beside the tournament: a table and a picture of them."""
    if arcade.archive is None:
        return
    look = Theme(PICTURE)
    canvas = pygame.Surface(PICTURE)
    canvas.fill(look.ink(BACKGROUND))
    window = canvas.get_rect()
    top = _draw_head(canvas, window, arcade, now, look)
    area = pygame.Rect(look.px(32), top, window.width - look.px(64), 0)
    area.height = (window.height - top) // 2 if now.plan.format is Format.KNOCKOUT else 0
    area.height = area.height or window.height - top - look.px(20)
    draw_table(canvas, area, now, look)
    if now.plan.format is Format.KNOCKOUT:
        area.top = area.bottom + look.px(8)
        area.height = window.height - area.top - look.px(20)
        draw_bracket(canvas, area, now, None, look)
    pixels, table = pygame.image.tobytes(canvas, "RGB"), to_csv(now)
    name = f"{FOLDER}/{stamp(now)}"

    def write(folder: Path) -> None:
        write_atomically(folder / f"{name}.csv", table)
        write_atomically(folder / f"{name}.png", png(pixels, PICTURE))

    arcade.archive.keep(write)
