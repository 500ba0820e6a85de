"""How a match ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from game.cabinet import FRAMES_PER_SECOND
from game.player import Kind
from game.ui.controls import Command
from game.ui.menu import Choice, Menu
from game.ui.scene import Arcade, Home, Mode, Transition
from game.ui.theme import AGENT, HUMAN, MUTED, TEXT, Colour, Font, Theme, colour_of, name_of

if TYPE_CHECKING:
    from game.ui.arena import Arena

DEAF_FRAMES = 30  # so that a player still firing does not choose


class Results:
    """Says who won and by how much, and offers a rematch."""

    def __init__(self, arena: Arena, arcade: Arcade) -> None:
        self._arena = arena
        self._arcade = arcade
        self._best_before = arcade.archive.best_human if arcade.archive else 0
        self._age = 0
        again = {Mode.RACE: "Rematch", Mode.PLAY: "Play again", Mode.WATCH: "Watch another"}
        self._menu = Menu([Choice("again", again[arena.mode]), Choice("home", "Title")])
        arena.leave()  # the tapes are kept as soon as there is a result

    @property
    def headline(self) -> tuple[str, Colour]:
        """The result in a few words, and its colour."""
        match = self._arena.match
        if len(match.seats) == 1:
            return "Game over", TEXT
        winner = match.winner()
        if winner is None:
            return "A tie", TEXT
        if winner.player.kind is Kind.HUMAN:
            return "You win", HUMAN
        return f"{name_of(winner.player)} wins", colour_of(winner.player.kind)

    def handle(self, command: Command) -> Transition | None:
        if self._age < DEAF_FRAMES:
            return None
        if command is Command.BACK:
            return Home()
        match self._menu.handle(command):
            case "again":
                return self._arena.again()
            case "home":
                return Home()
        return None

    def update(self) -> Transition | None:
        self._age += 1
        return None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to put in order."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        self._arena.draw(target, theme)
        theme.shade(target, target.get_rect(), 240)
        middle = target.get_rect().centerx
        match = self._arena.match
        words, colour = self.headline
        y = target.get_rect().centery - theme.px(260)
        placed = theme.text(target, words, Font.HEADLINE, colour, midtop=(middle, y))
        order = match.standings()
        if match.winner() is not None:
            lead = order[0].frame.score - order[1].frame.score
            placed = theme.text(
                target, f"by {lead} points", Font.MENU, TEXT, midtop=placed.midbottom
            )
        card = pygame.Rect(0, 0, theme.px(330), theme.px(168))
        spread = theme.px(360) * (len(match.seats) - 1)
        for number, seat in enumerate(match.seats):
            card.midtop = (
                middle - spread // 2 + number * theme.px(360),
                target.get_rect().centery - theme.px(120),
            )
            theme.panel(target, card)
            tint = colour_of(seat.player.kind)
            name = name_of(seat.player)
            theme.text(
                target, name, Font.MENU, tint, midtop=(card.centerx, card.top + theme.px(12))
            )
            theme.text(target, f"{seat.frame.score}", Font.SCORE, TEXT, center=card.center)
            ended = "game over" if seat.frame.over else "time up"
            seconds = seat.frame.number / FRAMES_PER_SECOND
            theme.text(
                target,
                f"{ended} after {seconds:.0f} s",
                Font.BODY,
                MUTED,
                midbottom=(card.centerx, card.bottom - theme.px(12)),
            )
        rows = pygame.Rect(0, card.bottom + theme.px(66), theme.px(360), 0)
        rows.centerx = middle
        best = self._new_best()
        if best:
            theme.text(target, best, Font.BODY, HUMAN, midbottom=(middle, rows.top - theme.px(18)))
        accent = AGENT if all(s.player.kind is Kind.AGENT for s in match.seats) else HUMAN
        self._menu.draw(target, rows, accent, theme, centred=True)

    def _new_best(self) -> str | None:
        humans = [s for s in self._arena.match.seats if s.player.kind is Kind.HUMAN]
        if not humans or self._best_before == 0:
            return None
        if humans[0].frame.score > self._best_before:
            return f"The best score on this machine! It was {self._best_before}"
        return f"The best score on this machine is {self._best_before}"
