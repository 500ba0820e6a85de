"""The course of a match on the screen: count-down, steps, pauses, sounds, and the tapes kept."""

from __future__ import annotations

import abc
from collections.abc import Sequence

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, NO_AUDIO, Action
from game.play.coached_player import CoachedPlayer
from game.play.match import AFTERMATH_FRAMES, COUNTDOWN_FRAMES, Handicap, Match, Seat
from game.play.player import FRAMES_A_DECISION, HumanPlayer, Kind, Player
from game.play.saliency import look_in_time
from game.play.story import Story
from game.records.archive import Entry
from game.records.scores import TOGETHER, TOURNAMENT, TWO_PEOPLE, Board
from game.system.detail import FULL
from game.system.preferences import ENGINEER
from game.tournament.desk import Call
from game.ui.audio.effects import Effect
from game.ui.input.settled_input import SettledInput
from game.ui.overlay.history import History
from game.ui.overlay.saliency_tint import SaliencyTint
from game.ui.scenes.scene import Arcade, MatchOver, MatchPaused, Mode, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.theme import Theme, name_of
from game.ui.widgets.translation import say

HURRY_FRAMES = 10 * FRAMES_PER_SECOND
HIT_STRENGTH, HIT_S = 0.7, 0.35  # of the pad, when a life is lost
FULL_SPEED = 100  # percent of the console's
# Of four frames, the one after which the colours of a new map are mixed, beside the drawing.
# The tint changes in the next, the only one with neither a decision nor a panel (see history.py).
MAP_PHASE = 3
FAST_STEPS = 6  # frames of the match in one of the window, to the result of who is out


class MatchCourse(abc.ABC):
    """Lets a match run. How it looks is left to the scene."""

    def __init__(
        self,
        mode: Mode,
        match: Match,
        arcade: Arcade,
        heard: bool = True,
        level: str | None = None,
        speed: int = FULL_SPEED,
        call: Call | None = None,
    ) -> None:
        """Show `match`, silent unless `heard`, with the overlay's `level` or the one preferred.

        Below full `speed`, in percent, it is practice: silent too, as the cartridge's sound would
        come in pieces, and for no board. It is the App that lets frames pass. With a `call` it is
        a game of a tournament.
        """
        self.mode = mode
        self.speed = speed
        self.call = call
        self.entries: dict[int, Entry] = {}  # what the archive was given, by the seat's number
        self._is_heard = heard and not self.is_practice
        self.match = match
        self.arcade = arcade
        self.is_shown_only = level is not None  # nobody sits before it who could change something
        self._level = level
        self.histories = [History() for _ in match.seats]
        self.saliency_tint = SaliencyTint()
        self._countdown = COUNTDOWN_FRAMES if len(match.seats) > 1 or call is not None else 0
        self._aftermath = AFTERMATH_FRAMES
        self._saved = False
        self.story = Story(match)
        self.resuming = 0  # frames until a match that stood still goes on
        self._skip: SettledInput | None = None  # of a person who is out, while the other plays on
        self.hurries = False  # whether that person wants to see the result
        arcade.controls.take_action()  # the press that chose this match is not a shot

    def handle(self, command: Command) -> Transition | None:
        if command in (Command.PAUSE, Command.BACK):
            self.arcade.speaker.stop()
            return MatchPaused(self, self._who_paused())
        # Up fires too; both count only when they are not meant for the game that is over.
        fires = command in (Command.CONFIRM, Command.UP)
        if fires and self._skip is not None and self._skip.hears(Command.CONFIRM):
            self.hurries = True
            self.arcade.speaker.stop()
        return None

    def _who_paused(self) -> str | None:
        """Return who of two people pressed pause, in words."""
        number = self.arcade.party.pressed_by()
        if len(self.match.people) < 2 or number is None:
            return None
        return say("{name} paused", name=name_of(self.match.people[number].player))

    def resume(self) -> None:
        """Go on after a pause; a person who plays is given three seconds to get ready."""
        plays = any(
            isinstance(seat.player, HumanPlayer)
            or (isinstance(seat.player, CoachedPlayer) and not seat.player.handed_over)
            for seat in self.match.seats
            if not seat.done(self.match.number)
        )
        if plays and self.match.number > 0 and self._countdown == 0:
            self.resuming = COUNTDOWN_FRAMES

    def step_decision(self) -> None:
        """Let a match that is watched go on to the network's next decision."""
        made = self.histories[0].made
        for _ in range(FRAMES_A_DECISION):
            self._step([Action.NOOP])
            self._look()
            if self.histories[0].made > made:
                return

    def interrupt(self, reason: str) -> Transition | None:
        self.arcade.speaker.stop()
        return MatchPaused(self, reason)

    def update(self) -> Transition | None:
        actions = self.arcade.party.actions()
        if self._countdown > 0:
            self._countdown = self._count(self._countdown)
            return None
        if self.resuming > 0:
            self.resuming = self._count(self.resuming)
            return None
        if self.match.over:
            return self._after()
        if self._skip is not None:
            self._skip.update()
        elif self.people_are_out:
            self._skip = SettledInput(self.arcade.controls)
        if self.hurries:
            for _ in range(FAST_STEPS):
                self._step(actions)
                self._look()
            return None
        self._step(actions)
        if self._is_heard:
            self.arcade.speaker.play(*self._listen())
            self._announce()
        # Last: what is begun here in other threads would only hold up the rest.
        self._look()
        self.match.think_ahead()
        return None

    def _count(self, left: int) -> int:
        """Let a frame of a count-down pass, of which so many are left; return how many are now."""
        if left % FRAMES_PER_SECOND == 0:
            self.arcade.speaker.effect(Effect.COUNT)
        if left == 1:
            self.arcade.speaker.effect(Effect.GO)
        return left - 1

    def _step(self, actions: list[Action]) -> None:
        """Advance the match by one frame, unless it is over; each person holds their action."""
        if self.match.over:
            return
        players = [seat.player for seat in self.match.people]
        for player, action in zip(players, actions, strict=False):
            if isinstance(player, (HumanPlayer, CoachedPlayer)):
                player.held = action
            if isinstance(player, CoachedPlayer) and self.coaches(player):
                player.coach()
        lives = self._lives()
        self.match.step()
        for number, (before, now) in enumerate(zip(lives, self._lives(), strict=True)):
            if now < before and self._is_heard:
                self.arcade.rumble(number, HIT_STRENGTH, HIT_S)
        self.story.update()
        for history, seat in zip(self.histories, self.match.seats, strict=True):
            player = seat.player
            decision = player.opinion if isinstance(player, CoachedPlayer) else seat.decision
            history.update(decision, seat.frame)

    def _lives(self) -> list[int]:
        """The lives of each person; a network's are no concern of a pad."""
        return [
            seat.frame.lives if seat.player.kind is Kind.HUMAN else 0 for seat in self.match.people
        ]

    def _announce(self) -> None:
        """Let a race be heard: a lead that passes over, and each of the last ten seconds."""
        if self.mode is not Mode.RACE:
            return
        number, left = self.match.number, self.match.frames_left
        if self.story.changes and self.story.changes[-1] == number:
            person = self.match.seats[self.story.leader or 0] in self.match.people
            self.arcade.speaker.effect(Effect.AHEAD if person else Effect.BEHIND)
        elif left is not None and 0 < left <= HURRY_FRAMES and left % FRAMES_PER_SECOND == 0:
            self.arcade.speaker.effect(Effect.TICK)

    @property
    def people_are_out(self) -> bool:
        """Whether every person's game is over while another seat plays on."""
        number = self.match.number
        return (
            len(self.match.seats) > 1
            and bool(self.match.people)
            and all(seat.done(number) for seat in self.match.people)
            and not self.match.over
        )

    @property
    def level(self) -> str:
        """How much of the network's thoughts is shown here."""
        return self._level or self.arcade.preferences.overlay

    @property
    def hand_over_words(self) -> str | None:
        """What the key that hands over does now, None for nothing."""
        coached_player = self.coached_player
        if coached_player is None or not coached_player.ready or self.match.over:
            return None
        return (
            say("Take back control") if coached_player.handed_over else say("Let the network play")
        )

    def hand_over(self) -> None:
        """Give the stick to the network, or take it back, where that is possible."""
        if self.coached_player is not None and not self.match.over:
            self.coached_player.hand_over()

    def turn_overlay(self) -> None:
        """Show more of the network's thoughts, or none; to people without a network its advice."""
        player = self.coached_player
        if self.advises_several:
            person = self.arcade.party.people[self.arcade.party.pressed_by() or 0]
            person.coach = not person.coach
        elif player is None or player.handed_over:
            self.arcade.turn_overlay()
        else:
            self.arcade.coach = not self.arcade.coach

    @property
    def advises_several(self) -> bool:
        """Whether this is a race of people, each of whom may be coached."""
        seats = self.match.seats
        return len(seats) > 1 and any(isinstance(seat.player, CoachedPlayer) for seat in seats)

    @property
    def coached_player(self) -> CoachedPlayer | None:
        """The person who plays alone, if a network looks on."""
        seats = self.match.seats
        player = seats[0].player
        return player if len(seats) == 1 and isinstance(player, CoachedPlayer) else None

    def coaches(self, player: Player) -> bool:
        """Whether this player sees the network's advice."""
        if not isinstance(player, CoachedPlayer):
            return False
        number = [seat.player for seat in self.match.people].index(player)
        wanted = [person.coach for person in self.arcade.party.people[number:]][:1]
        return any(wanted) and player.ready and not player.handed_over

    @property
    def is_practice(self) -> bool:
        """Whether the match goes slower than the console."""
        return self.speed < FULL_SPEED

    @property
    def countdown(self) -> int:
        """Frames until the start."""
        return self._countdown

    def skip_countdown(self) -> None:
        """Begin at once."""
        self._countdown = 0

    def leave(self) -> None:
        """Keep the tapes of a match that anybody has begun to play."""
        self.arcade.speaker.stop()
        if self._saved or self.match.number == 0 or self.arcade.archive is None:
            return
        self._saved = True
        match = self.match
        match.finish()
        # Who won is counted of races with the network only.
        counts = match.over and self.mode is Mode.RACE and len(match.people) < len(match.seats)
        for number, seat in enumerate(match.seats):
            if seat.frame.number == 0 or seat.tape.kind is Kind.TAPE:
                continue  # its turn had not come, or it is kept already
            won = match.winner() is seat if counts else None
            completed = match.over and not self.is_practice
            self.entries[number] = self.arcade.archive.save(
                self.board(seat), seat.tape, completed=completed, won=won
            )

    def _look(self) -> None:
        """Ask now and then where each network looks, and take what is known."""
        for history, seat in zip(self.histories, self.match.seats, strict=True):
            if seat.player.kind is Kind.AGENT:
                self._look_at(history)

    def _look_at(self, history: History) -> None:
        saliency = self.arcade.network(self.mode).saliency
        wanted = self.level == ENGINEER and self.arcade.shown_detail == FULL
        if saliency is None or not wanted:
            self.saliency_tint.begin(None)
            return
        self.saliency_tint.take()
        look_in_time(saliency, history.thought, self.match.number)
        if self.match.number % FRAMES_A_DECISION == MAP_PHASE:
            saliency_map = saliency.saliency_map
            of_this_game = saliency_map is not None and history.age(saliency_map) is not None
            self.saliency_tint.begin(saliency_map if of_this_game else None)

    def _after(self) -> Transition | None:
        if self._aftermath == AFTERMATH_FRAMES:
            self.arcade.speaker.stop()
        self._aftermath -= 1
        if self._aftermath > 0:
            return None
        return MatchOver(self)

    def _listen(self) -> list[NDArray[np.uint8]]:
        """Return what is heard: a person's game, of two people one at each side.

        Once their games are over, it is that of whoever still plays.
        """
        number = self.match.number
        people = self.match.people or self.match.seats[:1]
        if all(seat.done(number) for seat in people):
            still = [seat for seat in self.match.seats if not seat.done(number)]
            return [seat.frame.audio for seat in still[:1] or people[:1]]
        rests = [seat.done(number) or seat.waits(number) for seat in people]
        heard = zip(people, rests, strict=True)
        return [NO_AUDIO if silent else seat.frame.audio for seat, silent in heard]

    def board(self, seat: Seat) -> Board:
        """Return the board that a seat plays for here."""
        match, people = self.match, self.match.people
        player, given = seat.player, seat.handicap
        if seat not in people and len(people) == 1:
            given = people[0].handicap  # the network beside one person is on the board below theirs
        elif seat not in people:
            given = Handicap(delay_ms=match.delay_ms)
        parts = [
            TWO_PEOPLE if len(people) > 1 else "",
            player.help if isinstance(player, CoachedPlayer) else "",
            given.name,
            TOURNAMENT if self.call is not None else "",
        ]
        helps = TOGETHER.join(filter(None, parts))
        board = Board(self.mode, seat.tape.kind, match.rules, match.limit_frames, helps)
        return board.of_day(match.day)

    def best_human(self) -> int:
        """Return the best score of a person in this kind of match, zero in a tournament."""
        archive, people = self.arcade.archive, self.match.people
        if self.call is not None:
            return 0
        return archive.best(self.board(people[0])) if archive is not None and people else 0

    @abc.abstractmethod
    def controls(self) -> Sequence[Control]:
        """Return what a pointer can press."""

    @abc.abstractmethod
    def draw(
        self, target: pygame.Surface, theme: Theme, fresh: bool = True
    ) -> list[pygame.Rect] | None:
        """Draw the match, see Scene."""
