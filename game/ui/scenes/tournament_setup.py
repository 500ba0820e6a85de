"""What is decided before a tournament: who takes part, who meets whom, and how long a match is."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.system.preferences import TURNS
from game.tournament.model import FEWEST, MOST, Format
from game.tournament.round_robin import schedule
from game.ui.scenes.menu_scene import MenuScene
from game.ui.scenes.name_entry import NameEntry
from game.ui.scenes.scene import Arcade, Pop, Push, TournamentWanted, Transition
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.menu import with_value
from game.ui.widgets.theme import AGENT, BACKGROUND, TEXT, Font, Theme
from game.ui.widgets.translation import decimal, plural, say

WAIT_S = 120
WIDTH = 760  # units, of the rows
BETWEEN_S = 30  # between two games: who changes seats, reads the bracket and is called
_A_MINUTE = 60 * FRAMES_PER_SECOND
_LONG_MINUTES = 90  # from which on a time is given in hours
_UNLIMITED_MINUTES = 3  # what a game without a time limit takes a person, roughly


class TournamentSetup(MenuScene):
    """Rows for the plan; the last one begins."""

    def __init__(self, arcade: Arcade) -> None:
        keys = ("format", "seats", "limit", "names", "begin", "home")
        super().__init__(arcade, IdleTimer(WAIT_S), keys)

    def _change(self, key: str, step: int | None) -> bool:
        draft = self._arcade.desk.draft
        if key == "format":
            draft.form = next(form for form in Format if form is not draft.form)
            return True
        if key == "seats":
            draft.turns = not draft.turns
            return True
        if key == "limit":
            index = TURNS.index(draft.minutes) if draft.minutes in TURNS else 0
            draft.minutes = TURNS[(index + (step or 1)) % len(TURNS)]
            return True
        return False

    def _chosen(self, key: str | None) -> Transition | None:
        match key:
            case "names":
                return Push(NameList(self._arcade))
            case "begin":
                self._arcade.desk.begin(self._arcade.options.rules)
                return TournamentWanted()
            case "home":
                return Pop()
        return None

    def _follow(self) -> None:
        self._label()

    def _label(self) -> None:
        super()._label()
        enough = FEWEST <= len(self._arcade.desk.draft.names) <= MOST
        why_not = None if enough else say("Enter 4 to 32 names")
        for choice in self._menu.choices:
            if choice.key == "begin":
                choice.why_not = why_not

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        head = (middle, y - theme.px(290))
        title = theme.text(target, say("New tournament"), Font.HEADLINE, TEXT, midtop=head)
        room = target.get_width() - theme.px(40)
        placed = theme.text(target, self._size(), Font.BODY, AGENT, room, midtop=title.midbottom)
        self._draw_rows(target, placed.bottom + theme.px(30), WIDTH, theme)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _labels(self) -> dict[str, str]:
        draft = self._arcade.desk.draft
        forms = {Format.KNOCKOUT: say("knock-out"), Format.ROUND_ROBIN: say("all against all")}
        seats = say("one after the other") if draft.turns else say("both at once")
        limit = say("no time limit")
        if draft.minutes:
            limit = plural(draft.minutes, "{number} minute", "{number} minutes")
        return {
            "format": with_value(say("Matches"), forms[draft.form]),
            "seats": with_value(say("The two of a match play"), seats),
            "limit": with_value(say("Length of a game"), limit),
            "names": say("Names: {number}", number=len(draft.names)),
            "begin": say("Draw lots and begin"),
            "home": say("Back"),
        }

    def _size(self) -> str:
        """Return how many matches it will be, and roughly how long they take."""
        draft = self._arcade.desk.draft
        people = len(draft.names)
        if not FEWEST <= people <= MOST:
            return say("Enter 4 to 32 names")
        matches = people - 1 if draft.form is Format.KNOCKOUT else len(schedule(people))
        a_game = draft.minutes or _UNLIMITED_MINUTES
        games = 2 * matches if draft.turns else matches
        minutes = games * (a_game + BETWEEN_S / 60)
        took = say("{minutes} min", minutes=round(minutes))
        if minutes >= _LONG_MINUTES:
            took = say("{hours} hours", hours=decimal(minutes / 60, 1))
        return say("{number} matches, about {time}", number=matches, time=took)


class NameList(MenuScene):
    """Everybody who takes part; a name can be changed, or erased to take it off the list."""

    def __init__(self, arcade: Arcade) -> None:
        super().__init__(arcade, IdleTimer(WAIT_S), _rows(arcade))
        self._menu.index = len(self._menu.choices) - 2

    def _chosen(self, key: str | None) -> Transition | None:
        if key == "add":
            return Push(NameEntry(self._arcade))
        if key == "done":
            return Pop()
        return None if key is None else Push(NameEntry(self._arcade, int(key)))

    def _keys_now(self) -> Sequence[str]:
        return _rows(self._arcade)

    def _follow(self) -> None:
        super()._follow()
        self._label()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        head = (middle, y - theme.px(330))
        title = theme.text(target, say("Who takes part"), Font.HEADLINE, TEXT, midtop=head)
        self._draw_rows(target, title.bottom + theme.px(20), 420, theme)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _labels(self) -> dict[str, str]:
        names = self._arcade.desk.draft.names
        labels = {"add": say("Add a name"), "done": say("Done")}
        return labels | {str(number): name for number, name in enumerate(names)}


def _rows(arcade: Arcade) -> Sequence[str]:
    names = arcade.desk.draft.names
    add = ["add"] if len(names) < MOST else []
    return [*map(str, range(len(names))), *add, "done"]
