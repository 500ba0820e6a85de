"""Who takes part: one person with any device, or two people with one each.

On the title, whoever steers the menu is the first. Somebody else joins by pressing fire on
another device, or on one half of the keyboard that the first uses; holding back leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from game.emulation.cabinet import FRAMES_PER_SECOND, Action
from game.play.match import EVEN, Handicap
from game.play.player import PLAYERS
from game.ui.input.bindings import Use
from game.ui.input.controls import Controls
from game.ui.input.stations import (
    HALVES,
    JOINS,
    WHOLE_KEYBOARD,
    Part,
    Station,
    other_half,
)
from game.ui.widgets.command import Command
from game.ui.widgets.theme import person_name
from game.ui.widgets.translation import say

HOLD_FRAMES = FRAMES_PER_SECOND  # for which whoever leaves holds back
FIRST_INITIALS = "AAA"

# Commands of a press that may also mean fire; up, which fires too, moves a menu's mark.
_FIRES = (Command.CONFIRM, Command.OTHER)


@dataclass
class Person:
    """Somebody who takes part, and what is theirs until they leave."""

    station: Station | None = None  # None until they have pressed something
    handicap: Handicap = EVEN  # of the next race
    coach: bool = False  # whether the coach panel is on
    initials: str = FIRST_INITIALS  # where they begin to sign
    pad_name: str = ""  # of their pad, to know it again


class Party:
    """The one or two people who take part."""

    def __init__(self, controls: Controls) -> None:
        """Begin with one person, who may use any device."""
        self._controls = controls
        self.people = [Person()]
        self._held = [0, 0]  # frames that each has held back
        self._newest_pad = -1  # when a pad was lost: later ones were plugged in since

    @property
    def first(self) -> Person:
        """The person who is always there."""
        return self.people[0]

    @property
    def is_two(self) -> bool:
        """Whether two people take part."""
        return len(self.people) == 2

    def hears(self, command: Command) -> bool:
        """Take note of a press on the title; return whether it made somebody join."""
        if self.is_two:
            return False
        station, code = self._controls.pressed_on, self._controls.pressed_code
        before = self.first.station
        if before == WHOLE_KEYBOARD and station == before and code in JOINS:
            self._seat(self.first, other_half(JOINS[code]))
            return self._join(JOINS[code])
        fires = self._controls.pressed_use is Use.FIRE and command in _FIRES
        if fires and before is not None and station != before:
            return self._join(station)
        if code or station != WHOLE_KEYBOARD:
            self._seat(self.first, station)
        return False

    def update(self) -> None:
        """Let a frame of the title pass: whoever holds back long enough leaves."""
        if not self.is_two:
            return
        holds = [
            person.station is not None and self._controls.holds_back(person.station)
            for person in self.people
        ]
        if all(holds):  # halves of one keyboard have one key for it
            holds[0] = False
        self._held = [held + 1 if now else 0 for held, now in zip(self._held, holds, strict=True)]
        for number, held in enumerate(self._held):
            if held >= HOLD_FRAMES:
                self.leave(number)
                return

    @property
    def holds_chord(self) -> bool:
        """Whether somebody holds the operator's chord.

        Two people at one keyboard go left and right and fire all the time: one of them has to
        hold all of it.
        """
        stations = [person.station for person in self.people if person.station is not None]
        shared = any(station.part in HALVES for station in stations)
        return self._controls.chord_of_one if shared else self._controls.chord

    def leave(self, number: int) -> None:
        """Let a person go; who stays may use any device again."""
        del self.people[number]
        station = self.first.station
        if station is not None and station.on_keyboard:
            self._seat(self.first, WHOLE_KEYBOARD)
        self._controls.watched.clear()
        self._held = [0, 0]

    def forget(self) -> None:
        """Forget everybody, for the next visitor."""
        self.people = [Person(initials=self.first.initials)]
        self._controls.watched.clear()

    def actions(self) -> list[Action]:
        """Return what each person presses in the next frame."""
        if not self.is_two:
            return [self._controls.take_action()]
        stations = [person.station for person in self.people if person.station is not None]
        return self._controls.take_actions(stations)

    def pressed_by(self) -> int | None:
        """Return the number of the person who made the last press, None if nobody knows."""
        if not self.is_two:
            return 0
        station, code = self._controls.pressed_on, self._controls.pressed_code
        for number, person in enumerate(self.people):
            its = person.station
            if its == station:
                return number
            if its is not None and station == WHOLE_KEYBOARD and code in HALVES.get(its.part, {}):
                return number
        return None

    def lost(self, pad_name: str) -> str:
        """Return the words for an unplugged pad of that name; they name whose it was."""
        pads = self._controls.pads
        self._newest_pad = max(pads, default=self._newest_pad)
        for number, person in enumerate(self.people):
            if self.is_two and self._is_missing(person):
                self._newest_pad = max(self._newest_pad, self._pad(person))
                name = person_name(PLAYERS[number])
                return say("{name}: {pad} was unplugged", name=name, pad=pad_name)
        return say("{pad} was unplugged", pad=pad_name)

    def reclaim(self) -> None:
        """Give whoever lost a pad another: one of its name that is new, or that fires."""
        for person in self.people:
            if not self.is_two or not self._is_missing(person):
                continue
            taken = {self._pad(other) for other in self.people}
            free = {p: name for p, name in self._controls.pads.items() if p not in taken}
            pressed = self._controls.pressed_on.pad
            fires = self._controls.pressed_use is Use.FIRE
            for pad, name in free.items():
                back = pad > self._newest_pad and name == person.pad_name
                if back or (fires and pad == pressed):
                    self._seat(person, Station(Part.PAD, pad))
                    break

    def station_name(self, person: Person) -> str:
        """Return what a person plays with, in words."""
        if person.station is None:
            return say("any device")
        names = {
            Part.KEYBOARD: say("keyboard"),
            Part.LEFT: say("left half of the keyboard"),
            Part.RIGHT: say("right half of the keyboard"),
        }
        if self._is_missing(person):
            return say("{pad}, unplugged", pad=person.pad_name)
        return names.get(person.station.part) or person.pad_name

    def _join(self, station: Station) -> bool:
        person = Person()
        self.people.append(person)
        self._seat(person, station)
        self._controls.watched = {self._pad(one) for one in self.people} - {-1}
        self._held = [0, 0]
        return True

    def _seat(self, person: Person, station: Station) -> None:
        person.station = station
        if station.pad is not None:
            person.pad_name = self._controls.pads.get(station.pad, say("The gamepad"))
        if self.is_two:
            self._controls.watched = {self._pad(one) for one in self.people} - {-1}

    def _is_missing(self, person: Person) -> bool:
        """Whether a person's pad is not there any more."""
        return self._pad(person) >= 0 and self._pad(person) not in self._controls.pads

    @staticmethod
    def _pad(person: Person) -> int:
        """Return the instance number of a person's pad, -1 without one."""
        pad = None if person.station is None else person.station.pad
        return -1 if pad is None else pad
