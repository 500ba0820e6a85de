"""The interface of a scene, its transitions, and what all scenes share."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND, Rules
from game.play.audience import Audience
from game.play.daily import day_seed
from game.play.ladder import Rung
from game.play.match import EVEN, Handicap, Match, Seat
from game.play.opponents import LONGEST_WAIT_S, AgentSource, Opponents
from game.play.options import Options
from game.play.player import Player
from game.play.story import Story
from game.play.tape import Tape
from game.records.archive import Archive, Entry
from game.records.scores import Board
from game.system.dates import day_words, today
from game.system.detail import AUTO, Detail
from game.system.health import Health
from game.system.preferences import FILE as PREFERENCES_FILE
from game.system.preferences import LOOKS, LOUDEST, Preferences
from game.system.sentence import Sentence
from game.tournament.desk import Call, Desk
from game.ui.audio.speaker import Speaker
from game.ui.input.bindings import own_buttons, own_keys
from game.ui.input.controls import Controls
from game.ui.input.party import Party, Person
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.theme import Theme
from game.ui.widgets.translation import speak


class Mode(StrEnum):
    """Who sits at the cabinets."""

    PLAY = "play"
    WATCH = "watch"
    RACE = "race"
    GHOST = "ghost"


@dataclass
class Arcade:
    """What all scenes share."""

    options: Options
    controls: Controls
    speaker: Speaker
    agent: AgentSource  # the champion
    archive: Archive | None  # None saves nothing
    preferences: Preferences = field(default_factory=Preferences)
    damaged_settings: Path | None = None  # where they lie, until something is set
    race_frames: int | None = None
    opponents: Opponents | None = None  # None without a ladder
    audience: Audience | None = None  # None where nobody follows from elsewhere
    has_voice: bool = False  # whether the system has a speech service
    monitors: list[str] = field(default_factory=list)  # the names of those that are plugged in
    desk: Desk = field(default_factory=Desk)  # of tournaments
    # What starts one at a port, and raises AudienceError; None where that is not offered.
    open_audience: Callable[[int], Audience] | None = None
    event_picture: pygame.Surface | None = None  # the operator's, for the title
    health: Health = field(default_factory=Health)
    detail: Detail = field(default_factory=Detail)  # that the machine keeps up with
    _usual: dict[str, Any] = field(default_factory=dict)  # what a visit has changed of the looks
    _seeds: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.party = Party(self.controls)  # who takes part
        self.race_frames = self.options.race_frames
        if self.options.kiosk:
            self.set_turn()
        self.set_language()
        self._apply()
        self.set_opponents()
        if self.options.mute:
            self.speaker.muted = True  # for this run only

    def set_turn(self) -> None:
        """Set the length of a race to the operator's."""
        self.race_frames = self.preferences.turn_minutes * 60 * FRAMES_PER_SECOND or None

    def set_opponents(self) -> None:
        """Let visitors choose among the opponents that the operator allows."""
        if self.options.kiosk and self.opponents is not None:
            self.opponents.bar(self.preferences.barred)

    def idle_timer(self, seconds: float, stands: bool = False) -> IdleTimer:
        """Return an idle timer of `seconds`, scaled by the operator's menu timeout in a kiosk.

        It `stands` on a page above a match that may wait for ever.
        """
        percent = self.preferences.time_out if self.options.kiosk else 100
        return IdleTimer(seconds * percent / 100, stands)

    def set_language(self) -> None:
        """Go back to the preferred language, whatever a visitor chose."""
        speak(self.preferences.language)

    def prefer(self, preferences: Preferences) -> None:
        """Apply and save `preferences`."""
        before, self.preferences = self.preferences, preferences
        self.damaged_settings = None
        self._apply()
        if preferences.turn_minutes != before.turn_minutes:
            self.set_turn()
        if preferences.language != before.language:
            self.set_language()
        self.set_opponents()
        if self.archive is not None:
            saved = replace(preferences, **self._usual)
            self.archive.write(PREFERENCES_FILE, saved.to_json())

    def prefer_for_visit(self, preferences: Preferences) -> None:
        """Apply `preferences`, whose looks last until `end_visit` and are not saved."""
        if not self._usual:
            self._usual = {name: getattr(self.preferences, name) for name in LOOKS}
        self.prefer(preferences)

    def end_visit(self) -> None:
        """Go back to the looks from before the visit."""
        if self._usual:
            usual, self._usual = self._usual, {}
            self.prefer(replace(self.preferences, **usual))

    @property
    def shown_detail(self) -> str:
        """How much is shown: what was chosen, or what the machine has time for."""
        chosen = self.preferences.detail
        return self.detail.level if chosen == AUTO else chosen

    def measure(self) -> None:
        """Let the machine be measured anew, and decide."""
        self.detail = Detail(measured=False)
        self.prefer(replace(self.preferences, detail=AUTO))

    def rumble(self, person: int, strength: float, seconds: float) -> None:
        """Let the pad of a person shake, where that is wanted and it can.

        `strength` is from 0 to 1.
        """
        now = self.preferences
        if not (now.kiosk_rumble if self.options.kiosk else now.rumble):
            return
        station = self.controls.pressed_on
        if self.party.is_two:
            station = self.party.people[person].station or station
        self.controls.rumble(station.pad, strength, seconds)

    def turn_overlay(self) -> None:
        """Step to the next level of the network's panel."""
        self.prefer(self.preferences.stepped("overlay", 1))

    def _apply(self) -> None:
        now = self.preferences
        self.speaker.set_volumes(now.volume / LOUDEST, now.effects / LOUDEST)
        self.speaker.muted = now.muted
        self.controls.bind(own_keys(now), own_buttons(now))
        self.controls.dead_zone = now.dead_zone / 100
        self.controls.ignore({name for name, ignored in now.ignored_pads.items() if ignored})

    @property
    def demo_is_heard(self) -> bool:
        """Whether the attract loop's demo has sound."""
        kiosk = self.options.kiosk and self.preferences.attract_sound
        return self.options.attract_sound or kiosk

    @property
    def handicap(self) -> Handicap:
        """What the first person is given in the next race."""
        return self.party.first.handicap

    @handicap.setter
    def handicap(self, handicap: Handicap) -> None:
        self.party.first.handicap = handicap

    @property
    def coach(self) -> bool:
        """Whether the first person's coach panel is on."""
        return self.party.first.coach

    @coach.setter
    def coach(self, coach: bool) -> None:
        self.party.first.coach = coach

    @property
    def race_handicap(self) -> Handicap:
        """The handicap of the next race of one person."""
        return self.handicap_of(self.party.first)

    def handicap_of(self, person: Person) -> Handicap:
        """Return what a person is given in the next race; without a time limit no extra time."""
        endless = self.race_frames is None
        given = EVEN if endless and person.handicap.extra_s else person.handicap
        usual = self.play_handicap
        return replace(
            given,
            auto_fire=given.auto_fire or usual.auto_fire,
            one_switch=given.one_switch or usual.one_switch,
        )

    @property
    def play_handicap(self) -> Handicap:
        """The handicap of the next solo game."""
        now = self.preferences
        if self.options.kiosk:
            return EVEN
        return Handicap(auto_fire=now.auto_fire, one_switch=now.one_switch)

    @property
    def play_speed(self) -> int:
        """The speed of the next solo game, in percent; below 100 it is practice."""
        return 100 if self.options.kiosk else self.preferences.speed

    @property
    def rival(self) -> AgentSource:
        """The network to race: the chosen opponent, or the champion."""
        return self.agent if self.opponents is None else self.opponents.current.source

    @property
    def rung(self) -> Rung | None:
        """The model card's data of that network, None without one."""
        return None if self.opponents is None else self.opponents.current.rung

    @property
    def watched(self) -> AgentSource:
        """The network to watch: the champion, unless another was chosen for that."""
        return self.agent if self.opponents is None else self.opponents.watched.source

    def network(self, mode: Mode) -> AgentSource:
        """Return the network of a match of `mode`; one who plays alone is coached by the champion.

        A match of two or more has the chosen opponent in it.
        """
        if mode is Mode.PLAY:
            return self.agent
        return self.watched if mode is Mode.WATCH else self.rival

    def rival_player(self) -> Player | None:
        """Wait for the opponent and return a new player, None if there is none yet or none at all.

        An opponent that fails to load is replaced by the next.
        """
        self.rival.wait(LONGEST_WAIT_S)
        while self.opponents is not None and self.opponents.pass_by():
            self.rival.wait(LONGEST_WAIT_S)
        return self.rival.player()

    def watched_player(self) -> Player | None:
        """Wait likewise for the network to watch and return a new player."""
        self.watched.wait(LONGEST_WAIT_S)
        while self.opponents is not None and self.opponents.pass_by_watched():
            self.watched.wait(LONGEST_WAIT_S)
        return self.watched.player()

    @property
    def day(self) -> date | None:
        """The day whose seed the next match has, None where it has one of its own.

        It never goes back: once somebody has played a day's seed to the end here, a clock that is
        set back opens no earlier board again.
        """
        if not (self.preferences.daily if self.chooses_day else self.options.daily):
            return None
        return max(today(), self._latest_day or date.min)

    @property
    def chooses_day(self) -> bool:
        """Whether it is left to the settings, and not to the command line, whose seed it is."""
        return self.options.seed is None and not self.options.daily

    @property
    def clock_problem(self) -> Sentence | None:
        """What there is to say if the clock is behind the day that is being played."""
        day, now = self.day, today()
        if day is None or day <= now:
            return None
        return Sentence(
            lambda say: say(
                "The clock says {today}, but {day} has been played here: that day goes on",
                today=day_words(now, say),
                day=day_words(day, say),
            )
        )

    @property
    def _latest_day(self) -> date | None:
        return None if self.archive is None else self.archive.latest_day

    def next_start(self) -> tuple[int, date | None]:
        """Return the seed of the next match, and the day whose seed it is."""
        day = self.day
        return (self.next_seed(), None) if day is None else (day_seed(day), day)

    def next_seed(self) -> int:
        """Return the seed of the command line, or a new one."""
        seed = self.options.seed
        return self._seeds.randrange(2**31) if seed is None else seed


@dataclass(frozen=True)
class Push:
    """Show another scene on top of this one."""

    scene: Scene


@dataclass(frozen=True)
class Pop:
    """Return to the scene below."""


@dataclass(frozen=True)
class Replace:
    """Show another scene instead of this one and all above the title."""

    scene: Scene


@dataclass(frozen=True)
class Home:
    """Return to the title."""


@dataclass(frozen=True)
class Quit:
    """Close the window."""


# What can happen in the course of a game. A scene says that it did; flow.py knows which scene
# comes next.


@dataclass(frozen=True)
class MatchWanted:
    """A new match of `mode` was chosen, under `rules` or those of the command line."""

    mode: Mode
    rules: Rules | None = None


@dataclass(frozen=True)
class TapeRaceWanted:
    """Somebody wants to race the game on `tape`."""

    tape: Tape


@dataclass(frozen=True)
class MatchPaused:
    """A match stands still, for `reason` or because the player asked for it."""

    played: PlayedMatch
    reason: str | None = None


@dataclass(frozen=True)
class MatchMenuWanted:
    """Somebody wants to leave a match that stands still, or to begin it again."""

    played: PlayedMatch


@dataclass(frozen=True)
class MatchOver:
    """A match has come to its end."""

    played: PlayedMatch


@dataclass(frozen=True)
class RematchWanted:
    """Somebody wants the same kind of match once more."""

    played: PlayedMatch


@dataclass(frozen=True)
class ReviewWanted:
    """Somebody wants to look at a match again."""

    played: PlayedMatch


@dataclass(frozen=True)
class Earned:
    """A person's game that is among the best of its board."""

    seat: int  # its number in the match
    entry: Entry
    board: Board


@dataclass(frozen=True)
class BoardEarned:
    """These games are among the best, and their players may sign, one after another.

    `signed` have done so already.
    """

    played: PlayedMatch
    earned: tuple[Earned, ...]
    signed: tuple[Earned, ...] = ()


@dataclass(frozen=True)
class BoardWanted:
    """Somebody wants to see `board` after a match, its people's runs marked."""

    played: PlayedMatch
    board: Board


@dataclass(frozen=True)
class TournamentWanted:
    """Somebody wants to see the tournament."""


@dataclass(frozen=True)
class GameCalled:
    """The game that a tournament calls shall begin."""


@dataclass(frozen=True)
class NobodyThere:
    """The title has waited long enough for a player."""


Move = Push | Pop | Replace | Home | Quit
SceneEvent = (
    MatchWanted
    | TapeRaceWanted
    | MatchPaused
    | MatchMenuWanted
    | MatchOver
    | RematchWanted
    | ReviewWanted
    | BoardEarned
    | BoardWanted
    | TournamentWanted
    | GameCalled
    | NobodyThere
)
Transition = Move | SceneEvent


class Scene(Protocol):
    """One screen. `update` is called sixty times a second, `draw` changes nothing."""

    def handle(self, command: Command) -> Transition | None:
        """React to a command."""
        ...

    def update(self) -> Transition | None:
        """Advance by one frame."""
        ...

    def draw(
        self, target: pygame.Surface, theme: Theme, fresh: bool = True
    ) -> list[pygame.Rect] | None:
        """Draw the window; unless `fresh`, it still shows this scene's last drawing.

        Return the rectangles that have changed since then, or None for everything.
        """
        ...

    def controls(self) -> Sequence[Control]:
        """Return what can be pressed, where it was drawn last; what lies on top comes first."""
        ...

    def interrupt(self, reason: str) -> Transition | None:
        """React to lost focus or a lost gamepad, named in `reason`."""
        ...

    def leave(self) -> None:
        """Clean up: the scene is not shown again."""
        ...


@runtime_checkable
class TextScene(Protocol):
    """A scene in which a text is entered."""

    @property
    def takes_text(self) -> str:
        """The characters that are typed now and no commands; none while nothing is entered."""
        ...

    def write(self, text: str) -> Transition | None:
        """React to typed characters, ERASE and DONE among them."""
        ...


class PlayedMatch(Scene, Protocol):
    """The scene of a match, as the scenes that follow it see it."""

    mode: Mode
    match: Match
    speed: int
    entries: dict[int, Entry]  # what the archive was given, by the number of the seat
    story: Story
    call: Call | None  # of a tournament, whose game it is

    def resume(self) -> None:
        """Go on after a pause."""
        ...

    def step_decision(self) -> None:
        """Let a match that is watched go on to the network's next decision."""
        ...

    @property
    def is_practice(self) -> bool:
        """Whether the match goes slower than the console."""
        ...

    @property
    def hand_over_words(self) -> str | None:
        """What the key that hands over does now, None for nothing."""
        ...

    def hand_over(self) -> None:
        """Let the network take over, or the person again, where that is possible."""
        ...

    def board(self, seat: Seat) -> Board:
        """Return the board that a seat of this match plays for."""
        ...
