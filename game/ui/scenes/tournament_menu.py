"""The tournament's own menu: begin one, call another match, enter who did not come, undo, end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygame

from game.system.files import write_atomically
from game.tournament.model import Pairing
from game.tournament.standings import to_csv
from game.ui.scenes.menu_scene import MenuScene
from game.ui.scenes.question import Question
from game.ui.scenes.scene import Arcade, Home, Pop, Push, TournamentWanted, Transition
from game.ui.scenes.tournament_setup import WAIT_S, TournamentSetup
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.menu import with_value
from game.ui.widgets.theme import AGENT, BACKGROUND, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.tournament_words import called_words, last_words, progress_words
from game.ui.widgets.translation import say

CSV_NAME = "bigchamp-tournament.csv"
SIDES = ((True, False), (False, True), (True, True))  # who did not come


class TournamentMenu(MenuScene):
    """What an operator does with a tournament; at home everybody is one."""

    def __init__(self, arcade: Arcade, drive: Callable[[], Path | None] | None = None) -> None:
        """With `drive`, the standings can be written to the USB drive that it finds."""
        self._drive = drive
        self._away = 0  # among SIDES
        self._done = ""
        super().__init__(arcade, IdleTimer(WAIT_S), self._keys(arcade))

    def _keys(self, arcade: Arcade) -> list[str]:
        desk = arcade.desk
        now = desk.tournament
        has_results = now is not None and (now.ended or bool(now.events))
        rows = {
            "show": desk.tournament is not None,
            "next": desk.running,
            "away": desk.running,
            "undo": has_results,
            "rest": desk.running and arcade.options.kiosk,
            "end": desk.running,
            "new": not desk.running,
            "export": self._drive is not None and desk.tournament is not None,
            "home": True,
        }
        return [key for key, is_there in rows.items() if is_there]

    def _change(self, key: str, step: int | None) -> bool:
        if key == "next" and step is not None:
            self._arcade.desk.pick(step)
            return True
        if key == "away" and step is not None:
            self._away = (self._away + step) % len(SIDES)
            return True
        return False

    def _chosen(self, key: str | None) -> Transition | None:
        match key:
            case "show" | "next":
                return TournamentWanted()
            case "away":
                return self._ask_who_is_away()
            case "undo":
                words = say("Take back: {what}?", what=self._last)
                return Push(Question(words, say("Take back"), self._undo))
            case "rest":
                self._arcade.desk.resting = True
                return Home()
            case "end":
                words = say("End the tournament before its last match?")
                return Push(Question(words, say("End"), self._end))
            case "new":
                return Push(TournamentSetup(self._arcade))
            case "export":
                self._export()
            case "home":
                return Pop()
        return None

    def _keys_now(self) -> list[str]:
        return self._keys(self._arcade)

    def _follow(self) -> None:
        super()._follow()
        self._label()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        head = (middle, y - theme.px(330))
        title = theme.text(target, say("Tournament"), Font.HEADLINE, TEXT, midtop=head)
        desk = self._arcade.desk
        words, colour = called_words(desk), AGENT
        if desk.problem is not None:
            words, colour = desk.problem.said(say), WARNING
        elif desk.tournament is None:
            words = say("For 4 to 32 people")
        elif desk.next is not None:
            what = progress_words(desk.next, desk.tournament)
            words = say("{what}:  {who}", what=what, who=called_words(desk))
        room = target.get_width() - theme.px(40)
        placed = theme.text(target, words, Font.BODY, colour, room, midtop=title.midbottom)
        rows = self._draw_rows(target, placed.bottom + theme.px(20), 720, theme)
        if self._done:
            foot = (middle, rows.bottom + theme.px(6))
            theme.text(target, self._done, Font.BODY, MUTED, room, midtop=foot)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _labels(self) -> dict[str, str]:
        desk = self._arcade.desk
        running = desk.running
        return {
            "show": say("Show the tournament") if running else say("Show the last standings"),
            "next": with_value(say("Next match"), called_words(desk) if running else ""),
            "away": with_value(say("Walk-over"), self._away_words()),
            "undo": say("Take back the last result"),
            "rest": say("Let visitors play meanwhile"),
            "end": say("End the tournament"),
            "new": say("New tournament"),
            "export": say("Export the standings to USB"),
            "home": say("Back"),
        }

    @property
    def _last(self) -> str:
        now = self._arcade.desk.tournament
        if now is None or now.ended:
            return say("The tournament was ended early")
        return last_words(now)

    def _away_words(self) -> str:
        """Return who would have to be absent for the chosen walk-over."""
        pairing = self._arcade.desk.next
        if pairing is None:
            return ""
        names = self._names(pairing)
        away = [name for name, gone in zip(names, SIDES[self._away], strict=True) if gone]
        if len(away) == 2:
            return say("neither of them came")
        return say("{name} did not come", name=away[0])

    def _names(self, pairing: Pairing) -> list[str]:
        now = self._arcade.desk.tournament
        return [] if now is None else [now.plan.names[side or 0] for side in pairing.sides]

    def _ask_who_is_away(self) -> Transition | None:
        pairing, sides = self._arcade.desk.next, SIDES[self._away]
        if pairing is None:
            return None
        played = [score is not None for score in pairing.scores]
        if any(gone and known for gone, known in zip(sides, played, strict=True)):
            self._done = say("Whoever has played was there: take the result back first")
            return None

        def enter() -> Transition | None:
            self._arcade.desk.absent(pairing.number, sides)
            return TournamentWanted()

        return Push(Question(f"{self._away_words()}?", say("Walk-over"), enter))

    def _undo(self) -> Transition | None:
        self._arcade.desk.take_back()
        return None

    def _end(self) -> Transition | None:
        self._arcade.desk.end()
        return TournamentWanted()

    def _export(self) -> None:
        """Write the standings to a USB drive, if there is one."""
        folder = None if self._drive is None else self._drive()
        archive, now = self._arcade.archive, self._arcade.desk.tournament
        if folder is None:
            self._done = say("Insert a USB drive and try again")
        elif archive is not None and now is not None:
            file, table = folder / CSV_NAME, to_csv(now)
            archive.do(lambda: write_atomically(file, table))
            self._done = say("Exporting the standings to {file}", file=file)
