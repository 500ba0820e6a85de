"""A match on the screen. Play, watch and race differ only in who sits there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, NO_AUDIO, Action, Rules
from game.play.coached_player import CoachedPlayer
from game.play.match import AFTERMATH_FRAMES, COUNTDOWN_FRAMES, EVEN, Handicap, Match, Seat
from game.play.player import PLAYERS, DelayedPlayer, HumanPlayer, Kind, Player
from game.play.saliency import look_in_time
from game.play.story import Story
from game.play.tape import Tape, TapePlayer
from game.records.archive import Entry
from game.records.scores import TOGETHER, TOURNAMENT, TWO_PEOPLE, Board
from game.system.preferences import ENGINEER, OFF, VISITOR
from game.tournament.desk import Call
from game.ui.audio.effects import Effect
from game.ui.input.bindings import KEYBOARD, Use, own_places
from game.ui.input.party import Person
from game.ui.input.settled_input import SettledInput
from game.ui.input.stations import Part, Station, keys_of
from game.ui.overlay.coach_panel import draw_coach
from game.ui.overlay.history import History
from game.ui.overlay.overlay import draw_overlay
from game.ui.overlay.saliency_tint import SaliencyTint
from game.ui.scenes.scene import Arcade, MatchOver, MatchPaused, Mode, Transition
from game.ui.widgets.badge import SIZE, draw_badge
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.fairness_panel import draw_facts, draw_fairness, introduction, of_day_words
from game.ui.widgets.fairness_table import both_words, differences, draw_fairness_table
from game.ui.widgets.game_picture import draw_picture
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.layout import PairLayout, pair_layout, row_layout, single_layout
from game.ui.widgets.person_panel import draw_out, draw_progress
from game.ui.widgets.race_words import lead_words, out_words
from game.ui.widgets.theme import (
    BACKGROUND,
    MUTED,
    TEXT,
    WARNING,
    Colour,
    Font,
    Theme,
    colour_of,
    colours_of,
    name_of,
)
from game.ui.widgets.thumb_pad import ThumbPad
from game.ui.widgets.translation import grouped, percent, say
from game.ui.widgets.turn_panel import below_turn, draw_turn, turn_place

HURRY_FRAMES = 10 * FRAMES_PER_SECOND
FULL_LIVES = 3
# The keys for left, right, fire and pause that lie where a person expects a game's.
LETTERS = (pygame.KSCAN_A, pygame.KSCAN_D, pygame.KSCAN_W, pygame.KSCAN_P)
FULL_SPEED = 100  # percent of the console's
KEYS_FRAMES = 10 * FRAMES_PER_SECOND  # a person's panel names the keys for so long
FADE_FRAMES = 30  # and then fades to what happened so far
FRAMES_A_DECISION = 4  # a network decides again after so many
FAST_STEPS = 6  # frames of the match in one of the window, to the result of who is out


def seat_players(mode: Mode, arcade: Arcade) -> list[Player] | None:
    """Return the players of `mode`, or None if it needs an agent and there is none."""
    given = arcade.play_handicap if mode is Mode.PLAY else arcade.race_handicap
    human = HumanPlayer(auto_fire=given.auto_fire)
    if mode is Mode.PLAY:
        return [human if arcade.agent.problem else CoachedPlayer(arcade.agent.player, human)]
    agent = arcade.watched_player() if mode is Mode.WATCH else arcade.rival_player()
    if agent is None:
        return None
    if mode is Mode.WATCH:
        return [agent]
    return [human, DelayedPlayer(agent, given.delay_frames)]


def start_match(mode: Mode, arcade: Arcade, rules: Rules | None = None) -> MatchScene | None:
    """Return the scene of a new match, or None if there is no agent to sit in it.

    It is played under `rules`, or those of the command line.
    """
    if arcade.party.is_two and mode in (Mode.RACE, Mode.PLAY):
        return start_race(arcade, with_network=mode is Mode.RACE, rules=rules)
    players = seat_players(mode, arcade)
    if players is None:
        return None
    race = mode is Mode.RACE
    limit = arcade.race_frames if race else None
    handicap = {Mode.RACE: arcade.race_handicap, Mode.PLAY: arcade.play_handicap}.get(mode, EVEN)
    speed = arcade.play_speed if mode is Mode.PLAY else FULL_SPEED
    seed, day = arcade.next_start()
    match = Match(players, rules or arcade.options.rules, seed, limit, handicap, day=day)
    return MatchScene(mode, match, arcade, speed=speed)


def start_called(call: Call, arcade: Arcade) -> MatchScene:
    """Return the scene of a tournament's game, in which nobody is given or told anything."""
    if call.side is not None:
        arcade.party.forget()  # one seat, which is everybody's in turn
    players = [HumanPlayer(name) for name in call.names]
    match = Match(players, call.rules, call.seed, call.limit_frames)
    return MatchScene(Mode.RACE if len(players) > 1 else Mode.PLAY, match, arcade, call=call)


def start_race(
    arcade: Arcade,
    names: Sequence[str] | None = None,
    with_network: bool = False,
    rules: Rules | None = None,
    seed: int | None = None,
) -> MatchScene | None:
    """Return the scene of a race of the two people who take part.

    They are called by `names`, which tapes and boards keep. With the network it is a race of
    three; None if there is none. `rules` and `seed` are those of the command line unless given.
    """
    party = arcade.party
    handicaps = [arcade.handicap_of(person) for person in party.people]
    people: list[Player] = []
    for name, person, given in zip(names or PLAYERS, party.people, handicaps, strict=True):
        human = HumanPlayer(name, given.auto_fire)
        coached = not with_network and arcade.agent.problem is None
        people.append(CoachedPlayer(_coach_of(person, arcade), human) if coached else human)
    players = people
    if with_network:
        agent = arcade.rival_player()
        if agent is None:
            return None
        delay = max(given.delay_frames for given in handicaps)
        players = [*people, DelayedPlayer(agent, delay)]
        handicaps = [*handicaps, EVEN]
    day = None
    if seed is None:
        seed, day = arcade.next_start()
    rules = rules or arcade.options.rules
    match = Match(players, rules, seed, arcade.race_frames, handicaps, day=day)
    return MatchScene(Mode.RACE, match, arcade)


def _coach_of(person: Person, arcade: Arcade) -> Callable[[], Player | None]:
    """Return what finds the network for a person once they want its advice."""
    return lambda: arcade.agent.player() if person.coach else None


def start_ghost(tape: Tape, arcade: Arcade) -> MatchScene:
    """Return the scene where a person races `tape`, under its rules and seed, as long as it is."""
    limit = None if tape.over else tape.frames
    match = Match([HumanPlayer(), TapePlayer(tape)], tape.rules, tape.seed, limit)
    return MatchScene(Mode.GHOST, match, arcade)


def start_again(match: Match, mode: Mode, arcade: Arcade) -> MatchScene | None:
    """Return the scene of a match like `match`, or None if there is no agent to sit in it."""
    for seat in match.seats:
        if isinstance(seat.player, TapePlayer):
            return start_ghost(seat.player.tape, arcade)
    if len(match.people) == 2 and arcade.party.is_two:
        names = [seat.player.name for seat in match.people]
        with_network = len(match.seats) > 2
        return start_race(arcade, names, with_network, match.rules)
    return start_match(mode, arcade, match.rules)


class MatchScene:
    """Shows a match and lets it run."""

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
        come in pieces, and for no board. It is the App that lets frames pass. With a `call` it is a
        game of a tournament.
        """
        self.mode = mode
        self.speed = speed
        self.call = call
        self.entries: dict[int, Entry] = {}  # what the archive was given, by the seat's number
        self._is_heard = heard and not self.is_practice
        self.match = match
        self._arcade = arcade
        self._level = level
        self._histories = [History() for _ in match.seats]
        self._saliency_tint = SaliencyTint()
        self._countdown = COUNTDOWN_FRAMES if len(match.seats) > 1 or call is not None else 0
        self._aftermath = AFTERMATH_FRAMES
        self._saved = False
        self._drawn: Hashable = None  # what the last drawing held, see _parts
        self._panels_drawn: dict[int, Hashable] = {}  # likewise of people's panels in a race
        self.story = Story(match)
        self._resuming = 0  # frames until a match that stood still goes on
        self._skip: SettledInput | None = None  # of a person who is out, while the other plays on
        self._hurries = False  # whether that person wants to see the result
        self._pressed_here: Sequence[Control] = ()  # the buttons on the screen, where there are any
        arcade.controls.take_action()  # the press that chose this match is not a shot

    def handle(self, command: Command) -> Transition | None:
        if command in (Command.PAUSE, Command.BACK):
            self._arcade.speaker.stop()
            return MatchPaused(self, self._who_paused())
        # Up fires too; both count only when they are not meant for the game that is over.
        fires = command in (Command.CONFIRM, Command.UP)
        if fires and self._skip is not None and self._skip.hears(Command.CONFIRM):
            self._hurries = True
            self._arcade.speaker.stop()
        return None

    def _who_paused(self) -> str | None:
        """Return who of two people pressed pause, in words."""
        number = self._arcade.party.pressed_by()
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
            self._resuming = COUNTDOWN_FRAMES

    def step_decision(self) -> None:
        """Let a match that is watched go on to the network's next decision."""
        made = self._histories[0].made
        for _ in range(FRAMES_A_DECISION):
            self._step([Action.NOOP])
            if self._histories[0].made > made:
                return

    def interrupt(self, reason: str) -> Transition | None:
        self._arcade.speaker.stop()
        return MatchPaused(self, reason)

    def update(self) -> Transition | None:
        actions = self._arcade.party.actions()
        if self._countdown > 0:
            self._countdown = self._count(self._countdown)
            return None
        if self._resuming > 0:
            self._resuming = self._count(self._resuming)
            return None
        if self.match.over:
            return self._after()
        if self._skip is not None:
            self._skip.update()
        elif self._people_are_out:
            self._skip = SettledInput(self._arcade.controls)
        for _ in range(FAST_STEPS if self._hurries else 1):
            self._step(actions)
        if self._is_heard and not self._hurries:
            self._arcade.speaker.play(*self._listen())
            self._announce()
        return None

    def _count(self, left: int) -> int:
        """Let a frame of a count-down pass, of which so many are left; return how many are now."""
        if left % FRAMES_PER_SECOND == 0:
            self._arcade.speaker.effect(Effect.COUNT)
        if left == 1:
            self._arcade.speaker.effect(Effect.GO)
        return left - 1

    def _step(self, actions: list[Action]) -> None:
        """Advance the match by one frame, unless it is over; each person holds their action."""
        if self.match.over:
            return
        players = [seat.player for seat in self.match.people]
        for player, action in zip(players, actions, strict=False):
            if isinstance(player, (HumanPlayer, CoachedPlayer)):
                player.held = action
            if isinstance(player, CoachedPlayer) and self._coaches(player):
                player.coach()
        self.match.step()
        self.story.update()
        for history, seat in zip(self._histories, self.match.seats, strict=True):
            player = seat.player
            decision = player.opinion if isinstance(player, CoachedPlayer) else seat.decision
            history.update(decision, seat.frame)
            if seat.player.kind is Kind.AGENT:
                self._look(history)

    def _announce(self) -> None:
        """Let a race be heard: a lead that passes over, and each of the last ten seconds."""
        if self.mode is not Mode.RACE:
            return
        number, left = self.match.number, self.match.frames_left
        if self.story.changes and self.story.changes[-1] == number:
            person = self.match.seats[self.story.leader or 0] in self.match.people
            self._arcade.speaker.effect(Effect.AHEAD if person else Effect.BEHIND)
        elif left is not None and 0 < left <= HURRY_FRAMES and left % FRAMES_PER_SECOND == 0:
            self._arcade.speaker.effect(Effect.TICK)

    @property
    def _people_are_out(self) -> bool:
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
        return self._level or self._arcade.preferences.overlay

    @property
    def hand_over_words(self) -> str | None:
        """What the key that hands over does now, None for nothing."""
        coached_player = self._coached_player
        if coached_player is None or not coached_player.ready or self.match.over:
            return None
        return (
            say("Take back control") if coached_player.handed_over else say("Let the network play")
        )

    def hand_over(self) -> None:
        """Give the stick to the network, or take it back, where that is possible."""
        if self._coached_player is not None and not self.match.over:
            self._coached_player.hand_over()

    def turn_overlay(self) -> None:
        """Show more of the network's thoughts, or none; to people without a network its advice."""
        player = self._coached_player
        if self._advises_several:
            person = self._arcade.party.people[self._arcade.party.pressed_by() or 0]
            person.coach = not person.coach
        elif player is None or player.handed_over:
            self._arcade.turn_overlay()
        else:
            self._arcade.coach = not self._arcade.coach

    @property
    def _advises_several(self) -> bool:
        """Whether this is a race of people, each of whom may be coached."""
        seats = self.match.seats
        return len(seats) > 1 and any(isinstance(seat.player, CoachedPlayer) for seat in seats)

    @property
    def _coached_player(self) -> CoachedPlayer | None:
        """The person who plays alone, if a network looks on."""
        seats = self.match.seats
        player = seats[0].player
        return player if len(seats) == 1 and isinstance(player, CoachedPlayer) else None

    def _coaches(self, player: Player) -> bool:
        """Whether this player sees the network's advice."""
        if not isinstance(player, CoachedPlayer):
            return False
        number = [seat.player for seat in self.match.people].index(player)
        wanted = [person.coach for person in self._arcade.party.people[number:]][:1]
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
        self._arcade.speaker.stop()
        if self._saved or self.match.number == 0 or self._arcade.archive is None:
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
            self.entries[number] = self._arcade.archive.save(
                self.board(seat), seat.tape, completed=completed, won=won
            )

    def controls(self) -> Sequence[Control]:
        return self._pressed_here

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        seats = self.match.seats
        pair = self._layout(theme)
        places = [single_layout(theme)] if pair is None else list(pair.seats)
        colours = self._colours
        # Most of the window never changes, and writing to all of it costs a millisecond.
        parts = self._parts()
        pad = self._thumb_pad()
        fresh = fresh or self._countdown > 0 or parts != self._drawn or pad is not None
        self._drawn = parts
        if fresh:
            target.fill(theme.ink(BACKGROUND))
        for number, (seat, place) in enumerate(zip(seats, places, strict=True)):
            network = seat.player.kind is Kind.AGENT
            saliency_tints = network and self.level == ENGINEER
            rgb = self._saliency_tint.over(seat.frame.rgb) if saliency_tints else seat.frame.rgb
            draw_picture(target, rgb, place.picture)
            if fresh:
                theme.edge(target, place.picture, colours[number])
            waits = seat.waits(self.match.number) and self._countdown == 0
            mirrored = len(seats) == 2 and number == 1
            self._draw_score(target, place.score, seat, mirrored, theme, colours[number])
            if self._countdown > 0 and len(seats) > 1:
                if not self._compares:
                    rung = self._arcade.rung if network else None
                    tint = colours[number]
                    draw_fairness(target, place.panel, seat, self.match, theme, rung, tint)
            elif network and self.level == OFF and len(seats) > 1:
                if fresh:  # whoever hides its thoughts wants no keys of one's own there
                    lines = introduction(self._arcade.rung)
                    draw_facts(target, place.panel, lines, colour_of(Kind.AGENT), theme)
            elif network and self.level != OFF:
                history, saliency_map = self._histories[number], self._saliency_tint.saliency_map
                below, level = place.panel, self.level
                if len(seats) > 2:  # there is no room for details; the picture has its tint
                    level = VISITOR
                if pair is not None and pair.thoughts is not None:
                    thoughts = pair.thoughts
                    draw_overlay(target, thoughts, history, theme, level, fresh, saliency_map)
                    level = VISITOR
                draw_overlay(target, below, history, theme, level, fresh, saliency_map)
            elif isinstance(seat.player, CoachedPlayer) and self._coaches(seat.player):
                regret = seat.player.regret
                draw_coach(target, place.panel, self._histories[number], regret, theme, fresh)
            elif pair is not None and seat.player.kind is Kind.HUMAN:
                self._draw_person(target, place.panel, number, theme, fresh)
            elif fresh and isinstance(seat.player, TapePlayer):
                draw_fairness(target, place.panel, seat, self.match, theme)
            elif fresh:
                panel = place.panel if self.call is None else below_turn(place, theme)
                self._draw_help(target, panel, theme)
            if self._coached_player is not None and self._coached_player.handed_over:
                corner = place.score.inflate(-theme.px(28), -theme.px(20)).bottomright
                words = say("{key}: take back control", key=KEYBOARD.name(pygame.KSCAN_T))
                theme.text(target, words, Font.CAPTION, MUTED, bottomright=corner)
            if self._coached_player is not None and self._coached_player.shared:
                theme.surround(target, place.picture, colours[number], 5)
            if seat.frame.over:
                self._draw_stamp(target, place.picture, say("GAME OVER"), theme)
            elif seat.done(self.match.number):
                self._draw_stamp(target, place.picture, say("TIME'S UP"), theme)
            elif waits:
                left = -(-(seat.begins - self.match.number) // FRAMES_PER_SECOND)
                self._draw_stamp(
                    target, place.picture, say("STARTS IN {seconds}", seconds=left), theme
                )
        if pair is not None:
            self._draw_clock(target, pair.clock, theme)
            if self._countdown > 0 and self._compares:
                self._draw_comparison(target, pair, theme)
        elif self.call is not None:
            draw_turn(target, turn_place(places[0], theme), self.match, self.call, theme)
        counted = self._countdown or self._resuming
        if counted > 0:
            middle = places[0].picture.center if pair is None else _between(pair)
            self._draw_countdown(target, middle, counted, theme)
        self._pressed_here = ()
        if pad is not None:
            pad.draw(target, self._arcade.controls.held, theme)
            hurry = (
                anywhere(Command.CONFIRM, say("Fire: to the result"))
                if self._people_are_out
                else []
            )
            self._pressed_here = [*pad.controls(theme), *hurry]

    def _thumb_pad(self) -> ThumbPad | None:
        """Return the buttons on the screen, where a finger or a mouse was pressed last."""
        kind = self._arcade.controls.kind
        if not kind.is_pointer or self._level is not None or self.match.over:
            return None
        thoughts = say("Its thoughts")
        if self._coached_player is not None and not self._coached_player.handed_over:
            thoughts = say("Coach")
        has_network = self._coached_player is not None or self.mode in (Mode.WATCH, Mode.RACE)
        plays = self.mode is not Mode.WATCH and not self._people_are_out
        return ThumbPad(kind is InputKind.MOUSE, thoughts if has_network else None, plays)

    @property
    def _compares(self) -> bool:
        """Whether a person and a network are about to race: under the same rules, but for some."""
        kinds = [seat.player.kind for seat in self.match.seats]
        return self.mode is Mode.RACE and kinds == [Kind.HUMAN, Kind.AGENT]

    def _draw_comparison(self, target: pygame.Surface, pair: PairLayout, theme: Theme) -> None:
        """Draw what is different for the two in both panels, or below the upper of two pictures."""
        match, rung = self.match, self._arcade.rung
        first, second = (seat.panel for seat in pair.seats)
        rows = differences(match.handicap, match.limit_frames is not None, rung)
        rect = first.union(second)
        if first.top < second.top:
            rect = first
            lines = introduction(rung)
            draw_facts(target, second, lines, colour_of(Kind.AGENT), theme)
        draw_fairness_table(target, rect, rows, both_words(match.rules, match.day), rung, theme)

    def _layout(self, theme: Theme) -> PairLayout | None:
        """Return where the seats of a race are, None for one seat alone."""
        count = len(self.match.seats)
        if count < 2:
            return None
        if count > 2:
            return row_layout(theme, count)
        thinks = len(self.match.people) < count  # people alone have no thoughts to show
        engineer = thinks and self.level == ENGINEER  # whose panel needs the room
        focus = self._arcade.preferences.focus and len(self.match.people) == 1 and not engineer
        return pair_layout(theme, engineer, focus)

    @property
    def _colours(self) -> list[Colour]:
        """The colour of each seat."""
        return colours_of(seat.player.kind for seat in self.match.seats)

    def _parts(self) -> Hashable:
        """Return what decides which things are drawn, and not only how they look."""
        number = self.match.number
        seats = tuple(
            (seat.frame.over, seat.done(number), seat.waits(number)) for seat in self.match.seats
        )
        person = self._coached_player
        taken = person is not None and (person.handed_over, person.shared)
        counts = self._countdown > 0, self._resuming > 0
        coaches = tuple(self._coaches(seat.player) for seat in self.match.seats)
        return counts, number > 0, seats, self.level, coaches, taken

    def _look(self, history: History) -> None:
        """Ask now and then where the network of `history` looks, and take what is known."""
        saliency = self._arcade.network(self.mode).saliency
        if saliency is None or self.level != ENGINEER:
            self._saliency_tint.update(None)
            return
        look_in_time(saliency, history.thought, self.match.number)
        saliency_map = saliency.saliency_map
        of_this_game = saliency_map is not None and history.age(saliency_map) is not None
        self._saliency_tint.update(saliency_map if of_this_game else None)

    def _after(self) -> Transition | None:
        if self._aftermath == AFTERMATH_FRAMES:
            self._arcade.speaker.stop()
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

    def _draw_score(
        self,
        target: pygame.Surface,
        rect: pygame.Rect,
        seat: Seat,
        mirrored: bool,
        theme: Theme,
        colour: Colour,
    ) -> None:
        target.fill(theme.ink(BACKGROUND), rect)
        if len(self.match.seats) == 1:
            theme.panel(target, rect)
            rect = rect.inflate(-theme.px(28), -theme.px(20))
        name = name_of(seat.player).upper()
        top, bottom = ("topright", "bottomright") if mirrored else ("topleft", "bottomleft")
        x, y = getattr(rect, top)
        if len(self.match.people) > 1 and seat in self.match.people:
            half, way = theme.text_px(SIZE) // 2, -1 if mirrored else 1
            badge = x + way * half, y + theme.height(Font.MENU) // 2
            draw_badge(target, badge, self.match.people.index(seat), theme)
            x += way * (2 * half + theme.px(10))
        above = {top: (x, y)}
        room, rest = rect.width // 2, rect.height - theme.height(Font.SCORE)
        placed = theme.text(target, name, Font.MENU, colour, room, rest, **above)
        theme.text(
            target, grouped(seat.frame.score), Font.SCORE, TEXT, **{bottom: getattr(rect, bottom)}
        )
        step = theme.px(34) * (-1 if mirrored else 1)
        x = placed.left - theme.px(30) if mirrored else placed.right + theme.px(30)
        for life in range(FULL_LIVES):
            alive = life < seat.frame.lives and not seat.frame.over
            _draw_cannon(target, (x + life * step, placed.centery), colour, alive, theme)

    def _draw_clock(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        target.fill(theme.ink(BACKGROUND), rect)
        left = self.match.frames_left
        frames = self.match.number if left is None else left
        seconds = frames // FRAMES_PER_SECOND if left is None else -(-frames // FRAMES_PER_SECOND)
        hurry = left is not None and left <= HURRY_FRAMES and self.match.number > 0
        theme.text(
            target,
            f"{seconds // 60}:{seconds % 60:02d}",
            Font.SCORE,
            WARNING if hurry else TEXT,
            midtop=(rect.centerx, rect.top + theme.px(6)),
        )
        words, leader = lead_words(self.match)
        colour = MUTED if leader is None else self._colours[leader]
        rest = rect.height - theme.height(Font.SCORE)
        theme.text(target, words, Font.MENU, colour, rect.width, rest, midbottom=rect.midbottom)

    def _draw_help(
        self, target: pygame.Surface, rect: pygame.Rect, theme: Theme, seat: int = 0
    ) -> None:
        watching = self.mode is Mode.WATCH
        lines = self._how_to_play(seat)[2 if watching else 0 :]
        if self._advises_several:
            lines.append((say("Coach"), self._coach_key(seat)))
        elif self._coached_player is not None:
            lines += [(say("Coach"), say("Tab")), (say("Autopilot"), KEYBOARD.name(pygame.KSCAN_T))]
        elif self.mode in (Mode.WATCH, Mode.RACE) and self._level is None:
            lines.append((say("Its thoughts"), say("Tab")))
        if rect.height > theme.px(260):
            lines.append((say("Sound"), KEYBOARD.name(pygame.KSCAN_M)))
            if not self._arcade.options.kiosk:
                lines.append((say("Full screen"), "F11"))
                lines.append((say("Screenshot"), "F12"))
        if self.match.day is not None:
            lines.append((say("Game"), of_day_words(self.match.day)))
        best = 0 if self.call is not None else self._best_human()
        if not watching and best:
            lines.append((say("Best score"), grouped(best)))
        key = ("help", rect.size, tuple(lines))
        target.blit(theme.keep(key, lambda: _help_panel(rect.size, lines, theme)), rect)

    def _draw_person(
        self, target: pygame.Surface, rect: pygame.Rect, seat: int, theme: Theme, fresh: bool
    ) -> None:
        """Draw the panel of a person in a race: first the keys, then what happened so far."""
        number, match, story = self.match.number, self.match, self.story
        faded = min(FADE_FRAMES, max(0, number - KEYS_FRAMES))
        tally, out = story.tallies[seat], match.seats[seat].done(number) and not match.over
        shown: Hashable = (faded, tally.shots, tally.hits, story.samples[-1])
        can_hurry = self._people_are_out
        if out:
            shown = (out_words(match, seat), self._hurries, can_hurry)
        elif not faded:
            shown = None
        shown = (rect.size, shown, len(story.samples) if faded else 0)
        if not fresh and shown == self._panels_drawn.get(seat):
            return
        self._panels_drawn[seat] = shown
        colours = self._colours
        tints = colours[seat], colours[1 - seat] if len(colours) == 2 else MUTED
        if out:
            draw_out(target, rect, match, self._hurries, theme, seat, tints[0], can_hurry)
            return
        if faded < FADE_FRAMES:
            self._draw_help(target, rect, theme, seat)
        if faded:
            panel = pygame.Surface(rect.size)
            frames = match.limit_frames or match.number
            draw_progress(panel, panel.get_rect(), story, frames, theme, seat, tints)
            if faded < FADE_FRAMES:
                panel.set_alpha(255 * faded // FADE_FRAMES)
            target.blit(panel, rect)

    def _station(self, seat: int) -> Station | None:
        """Return what the person at `seat` of two people plays with."""
        people, party = self.match.people, self._arcade.party.people
        if len(people) < 2 or self.match.seats[seat] not in people:
            return None
        number = people.index(self.match.seats[seat])
        return party[number].station if number < len(party) else None

    def _coach_key(self, seat: int) -> str:
        """Return what shows the network's advice to the person at `seat`."""
        station = self._station(seat)
        on_pad = station is not None and not station.on_keyboard
        return say("Back button") if on_pad else say("Tab")

    def _how_to_play(self, seat: int) -> list[tuple[str, str]]:
        """Return what moves, fires and pauses here, as pairs of what and how."""
        now = self._arcade.preferences
        own = own_places(now.keys, now.key_places)
        left, right, fire, pause = map(KEYBOARD.name, LETTERS)
        how = (
            say("Arrows or {left} / {right}", left=left, right=right),
            say("Space, up or {key}", key=fire),
            say("{key} or Esc", key=pause),
        )
        station = self._station(seat)
        if station is not None and station.part is Part.PAD:
            how = (say("Stick or cross"), say("A, B, X or Y"), say("Start button"))
        elif station is not None and station.part is not Part.KEYBOARD:
            how = (*keys_of(station), say("{key} or Esc", key=pause))
        elif own:
            left, right, fire, pause = (KEYBOARD.first(use, own) for use in Use)
            how = (f"{left},  {right}", fire, say("{key} or Esc", key=pause))
        lines = list(zip((say("Move"), say("Fire"), say("Pause")), how, strict=True))
        if self.match.seats[seat].handicap.auto_fire:
            lines[1] = (say("Fire"), say("automatic"))
        if self.is_practice:
            lines.append((say("Practice"), say("{percent} speed", percent=percent(self.speed))))
        return lines

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

    def _best_human(self) -> int:
        """Return the best score of a person in this kind of match."""
        archive, people = self._arcade.archive, self.match.people
        return archive.best(self.board(people[0])) if archive is not None and people else 0

    def _draw_stamp(
        self, target: pygame.Surface, rect: pygame.Rect, words: str, theme: Theme
    ) -> None:
        theme.shade(target, rect, 150)
        room = rect.width - theme.px(20)
        theme.text(target, words, Font.SCORE, TEXT, room, center=rect.center)

    def _draw_countdown(
        self, target: pygame.Surface, centre: tuple[int, int], left: int, theme: Theme
    ) -> None:
        number = -(-left // FRAMES_PER_SECOND)
        disc = theme.px(110)
        pygame.draw.circle(target, theme.ink(BACKGROUND), centre, disc)
        pygame.draw.circle(target, theme.ink(TEXT), centre, disc, theme.px(4))
        theme.text(target, f"{number}", Font.COUNT, TEXT, center=centre)


def _between(pair: PairLayout) -> tuple[int, int]:
    """Return the middle between pictures side by side, or of the upper or the large one.

    Between two that stand one above the other are a panel and a score.
    """
    first, last = pair.seats[0].picture, pair.seats[-1].picture
    if first.size != last.size:
        return first.center
    return (first.centerx + last.centerx) // 2, first.centery


def _help_panel(
    size: tuple[int, int], lines: list[tuple[str, str]], theme: Theme
) -> pygame.Surface:
    panel = pygame.Surface(size)
    panel.fill(theme.ink(BACKGROUND))
    theme.panel(panel, panel.get_rect())
    row = min(theme.text_px(44), (size[1] - theme.px(16)) // len(lines))
    column = theme.text_px(140)  # where the names end
    for number, (what, how) in enumerate(lines):
        y = theme.px(10) + number * row + row // 2
        left = theme.px(16)
        theme.text(panel, what, Font.BODY, MUTED, column - left, row, midleft=(left, y))
        room, at = size[0] - left - column - theme.px(10), (column + theme.px(10), y)
        theme.text(panel, how, Font.BODY, TEXT, room, row, midleft=at)
    return panel


def _draw_cannon(
    target: pygame.Surface, centre: tuple[int, int], colour: Colour, alive: bool, theme: Theme
) -> None:
    body = pygame.Rect(0, 0, theme.px(24), theme.px(9))
    body.midtop = centre
    barrel = pygame.Rect(0, 0, theme.px(6), theme.px(9))
    barrel.midbottom = body.midtop
    width = 0 if alive else theme.px(2)
    shade_colour = theme.ink(colour if alive else MUTED)
    pygame.draw.rect(target, shade_colour, body, width)
    pygame.draw.rect(target, shade_colour, barrel, width)
