"""Reviews a finished game: scrubbing, with what the network would have done at each moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, NO_AUDIO
from game.play.opponents import LONGEST_WAIT_S
from game.play.player import FRAMES_A_DECISION, HumanPlayer, Kind, Player
from game.play.tape import TapeError, load
from game.records.playback import Playback
from game.records.review import Figures, Moment, Review, WorstMoment
from game.system.files import written
from game.system.sentence import in_words
from game.ui.input.hints import sides
from game.ui.jobs.film import SeatTape, frames_of
from game.ui.jobs.review_job import ReviewJob
from game.ui.review.decision_panel import (
    draw_explanation,
    draw_moment,
    draw_score,
    mishap_words,
    name_of_tape,
)
from game.ui.review.timeline import Track, clock, draw_cursor, draw_timeline, place_of
from game.ui.scenes.export_video import ExportVideo
from game.ui.scenes.menu_scene import STEPS
from game.ui.scenes.notice import Notice
from game.ui.scenes.retry import Retry
from game.ui.scenes.scene import Arcade, Home, Pop, Push, Transition
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.game_picture import draw_picture, largest_picture
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import BACKGROUND, GAP, HUMAN, MUTED, TEXT, Font, Theme, colours_of
from game.ui.widgets.translation import decimal, percent, say, signed

WAIT_S = 60
COLUMN = 430  # units
HEADER = 46
PANEL = 160
TIMELINE = 150
UPRIGHT_STAGE = 0.52  # of the height of a window that is higher than wide
HOLD_FRAMES = 18  # frames until a held direction repeats
RUN_EVERY = 4  # frames between repeats
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class ReviewScene:
    """Plays the tapes of one match side by side, with the timeline below."""

    def __init__(self, seat_tapes: Sequence[SeatTape], arcade: Arcade) -> None:
        """Open `seat_tapes`; the first is reviewed in words, or each person's by choice."""
        arcade.agent.wait(LONGEST_WAIT_S)
        self._arcade = arcade
        self.seat_tapes = seat_tapes
        self.reviews = [Review(seat_tape.tape, arcade.agent.player()) for seat_tape in seat_tapes]
        self.playbacks = [Playback(review.tape_index) for review in self.reviews]
        self.review_job = ReviewJob(self.reviews)
        kinds = [seat_tape.tape.kind for seat_tape in seat_tapes]
        self._colours = colours_of(kinds)
        self._people = [number for number, kind in enumerate(kinds) if kind is Kind.HUMAN]
        self._subject = 0  # the number of the tape that is reviewed in words
        self.frames = frames_of(seat_tapes)
        self.now = 0  # frames since the match's start
        self.playing = True
        self.explaining = False
        self._age = 0
        self._held = 0
        self._speed = SPEEDS.index(1.0)
        self._owed = 0.0  # frames that are due
        self._read = False  # whether the complete review is shown
        self._worst: list[WorstMoment] = []
        self._figures: Figures | None = None
        self._idle_timer = arcade.idle_timer(WAIT_S)
        self._menu = Menu(self._choices())
        self._line: tuple[object, pygame.Surface] | None = None
        self._scrubbed: list[Control] = []  # the timeline, where it was drawn last
        self._label()

    @property
    def known(self) -> int:
        """The last frame of the match that is indexed so far."""
        return min(
            self.frames if review.tape_index.done else seat_tape.begins + review.tape_index.frames
            for seat_tape, review in zip(self.seat_tapes, self.reviews, strict=True)
        )

    @property
    def moment(self) -> Moment | None:
        """The current decision of the reviewed tape, None if it is not known yet.

        The picture after the last frame is what the last decision led to.
        """
        moments = self.reviews[self._subject].moments
        index = self.playbacks[self._subject].frame.number // FRAMES_A_DECISION
        if self.review_job.done:
            index = min(index, len(moments) - 1)
        return moments[index] if 0 <= index < len(moments) else None

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if self.explaining:
            self.explaining = False
            return None
        if command is Command.BACK:
            return Pop()
        if command is Command.PAUSE:
            self._play(not self.playing)
        elif command in STEPS:
            self._step(STEPS[command])
        else:
            return self._chosen(self._menu.handle(command))
        return None

    @property
    def takes_text(self) -> str:
        """The numbers of the worst moments, as they stand on the timeline and in the list."""
        return "".join(f"{number}" for number in range(1, len(self._worst) + 1))

    def write(self, text: str) -> Transition | None:
        self._idle_timer.renew()
        self.explaining = False
        if text in self.takes_text:
            self._show_worst(int(text) - 1)
        return None

    def update(self) -> Transition | None:
        self._run(self._arcade.controls.take_action().direction)
        self._age += 1
        if self._figures is None or (not self._read and self._age % FRAMES_PER_SECOND == 0):
            self._read = self.review_job.done
            self._read_subject()
        if self.playing and self.now < self.known:
            self._owed += SPEEDS[self._speed]
            while self._owed >= 1:
                self._owed -= 1
                self._advance()
            if SPEEDS[self._speed] == 1:  # slower or faster it would come in pieces
                self._arcade.speaker.play(*self._audio())
        elif self.playing and self.now >= self.frames:
            self._play(False)
        if not self.playing:
            self._idle_timer.update()
        return Home() if self._idle_timer.over else None

    def _advance(self) -> None:
        """Show the next frame, if it is indexed."""
        if self.now >= self.known:
            return
        self.now += 1
        for seat_tape, playback in zip(self.seat_tapes, self.playbacks, strict=True):
            if playback.frame.number < self.now - seat_tape.begins:
                playback.step()

    def _step(self, way: int) -> None:
        """Do what left or right does: change the speed, show the next frame, or move a second."""
        if self._menu.current.key == "speed":
            self._speed = min(len(SPEEDS) - 1, max(0, self._speed + way))
            self._label()
        elif self._steps_frames:
            self._play(False)
            self.go(self.now + way)
        else:
            self._scrub(way)

    @property
    def _steps_frames(self) -> bool:
        """Whether left and right go from frame to frame."""
        return self._menu.current.key == "frame"

    def _read_subject(self) -> None:
        """Take over what is known of the reviewed tape."""
        self._figures = self.reviews[self._subject].figures()
        if self._read:
            self._worst = self.reviews[self._subject].worst()
            self._label()

    def interrupt(self, reason: str) -> Transition | None:
        self._play(False)
        return None

    def leave(self) -> None:
        """Stop the review."""
        self._arcade.speaker.stop()
        self.review_job.stop()

    def go(self, frame: int) -> None:
        """Show frame `frame` of the match, or the nearest indexed one."""
        self._arcade.speaker.stop()
        self.now = min(max(0, frame), self.known)
        for seat_tape, playback in zip(self.seat_tapes, self.playbacks, strict=True):
            playback.go(self.now - seat_tape.begins)

    def controls(self) -> Sequence[Control]:
        if self.explaining:
            return anywhere(Command.CONFIRM, say("Back"))
        return [*self._menu.controls(), *self._scrubbed]

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        gap = theme.px(GAP)
        area = target.get_rect().inflate(-2 * gap, -2 * gap)
        column = pygame.Rect(0, area.top, theme.px(COLUMN), area.height)
        column.right = area.right
        stage = pygame.Rect(area.topleft, (column.left - gap - area.left, area.height))
        if area.height > area.width:
            column.width, column.left = area.width, area.left
            stage.size = area.width, round(area.height * UPRIGHT_STAGE)
            column.top = stage.bottom + gap
        line = self._draw_stage(target, stage, theme)
        self._draw_line(target, line, theme)
        self._draw_column(target, column, theme)
        if self.explaining:
            draw_explanation(target, stage, theme)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _audio(self) -> list[NDArray[np.uint8]]:
        """Return the sound of this frame: the first game's, or another's after its end.

        Of two people's games each is heard at its own side while one of them goes on.
        """
        heard = [
            playback.frame.audio if playback.frame.number == self.now - seat_tape.begins else None
            for seat_tape, playback in zip(self.seat_tapes, self.playbacks, strict=True)
        ]
        people = [heard[number] for number in self._people]
        if len(people) == 2 and any(audio is not None for audio in people):
            return [NO_AUDIO if audio is None else audio for audio in people]
        return [next((audio for audio in heard if audio is not None), NO_AUDIO)]

    def _choices(self) -> list[Choice]:
        choices = [Choice("play", ""), Choice("speed", ""), Choice("frame", "")]
        if len(self._people) > 1:
            name = name_of_tape(self.seat_tapes[self._subject].tape)
            choices.append(Choice("whose", say("Reviewed: {name}", name=name)))
        choices += [Choice(f"worst {number}", "") for number in range(len(self._worst))]
        choices += [
            Choice("person", say("Play from here")),
            Choice("network", say("Let the network continue"), self._arcade.agent.problem),
        ]
        if self._arcade.archive is not None and not self._arcade.options.kiosk:
            choices.append(Choice("film", say("Export video")))
        return [
            *choices,
            Choice("regret", say("What is regret?")),
            Choice("back", say("Back")),
        ]

    def _label(self) -> None:
        """Rebuild the menu; the mark stays on the same choice."""
        key = self._menu.current.key
        self._menu = Menu(self._choices())
        keys = [choice.key for choice in self._menu.choices]
        self._menu.index = keys.index(key) if key in keys else 0
        self._menu.choices[0].label = say("Pause") if self.playing else say("Play")
        by_key = {choice.key: choice for choice in self._menu.choices}
        speed = decimal(SPEEDS[self._speed], 2).rstrip("0").rstrip(".,")
        by_key["speed"].label = with_value(say("Speed"), f"{speed} x")
        by_key["frame"].label = with_value(say("Single frames"), "1/60 s")
        for number, moment in enumerate(self._worst):
            short = say("{hits} hits", hits=signed(-moment.hits, decimal(moment.hits, 1)))
            label = f"{number + 1}  {mishap_words(moment.what)}  {short}"
            by_key[f"worst {number}"].label = label

    def _chosen(self, key: str | None) -> Transition | None:
        if key == "play":
            if self.now >= self.frames:
                self.go(0)
            self._play(not self.playing)
        elif key == "frame":
            self._step(1)
        elif key == "speed":
            self._speed = (self._speed + 1) % len(SPEEDS)
            self._label()
        elif key == "whose":
            after = self._people.index(self._subject) + 1
            self._subject = self._people[after % len(self._people)]
            self._read_subject()
            self._label()
        elif key in ("person", "network"):
            return self._retry(HumanPlayer() if key == "person" else self._arcade.agent.player())
        elif key == "film":
            now = self.now if not self.playing and self.now < self.frames else 0
            self._play(False)
            tape_indexes = [review.tape_index for review in self.reviews]
            return Push(ExportVideo(self.seat_tapes, tape_indexes, now, self._arcade))
        elif key == "regret":
            self.explaining = True
            self._play(False)
        elif key == "back":
            return Pop()
        elif key is not None and key.startswith("worst"):
            self._show_worst(int(key.split()[1]))
        return None

    def _show_worst(self, number: int) -> None:
        """Play from a worst moment on."""
        self.go(self._worst[number].frame + self.seat_tapes[self._subject].begins)
        self._play(True)

    def _retry(self, player: Player | None) -> Transition | None:
        """Let `player` play on from here in the reviewed tape's game, unless it is over."""
        frame = self.playbacks[self._subject].frame
        if player is None or frame.over:
            return None
        self._play(False)
        tape_index = self.reviews[self._subject].tape_index
        return Push(Retry(tape_index, frame.number, player, self._arcade))

    def _play(self, playing: bool) -> None:
        self.playing = playing
        self._label()
        if not playing:
            self._arcade.speaker.stop()

    def _scrub(self, way: int) -> None:
        """Seek a second forward or back, to a whole second."""
        self._idle_timer.renew()
        second = self.now // FRAMES_PER_SECOND
        if way < 0 and self.now % FRAMES_PER_SECOND:
            second += 1
        self.go((second + way) * FRAMES_PER_SECOND)

    def _slide(self, share: float) -> None:
        """Seek to a `share` of the match."""
        self._idle_timer.renew()
        self.go(round(share * self.frames))

    def _run(self, way: int) -> None:
        """Scrub repeatedly while a direction is held."""
        self._held = self._held + 1 if way else 0
        if self._held <= HOLD_FRAMES or self._menu.current.key == "speed":
            return
        if self._steps_frames or self._held % RUN_EVERY == 0:
            self._step(way)

    def _draw_stage(self, target: pygame.Surface, stage: pygame.Rect, theme: Theme) -> pygame.Rect:
        """Draw the pictures with their scores; return the space that is left for the timeline."""
        gap, header = theme.px(GAP), theme.px(HEADER)
        count = len(self.seat_tapes)
        width = (stage.width - gap * (count - 1)) // count
        height = stage.height - header - theme.px(TIMELINE) - gap
        bottom = stage.top
        for number, (seat_tape, playback) in enumerate(
            zip(self.seat_tapes, self.playbacks, strict=True)
        ):
            left = stage.left + number * (width + gap)
            room = pygame.Rect(left, stage.top + header, width, height)
            picture = largest_picture(room)
            picture.top = room.top
            draw_picture(target, playback.frame.rgb, picture, theme.look.picture)
            theme.edge(target, picture, self._colours[number])
            head = pygame.Rect(picture.left, stage.top, picture.width, header)
            draw_score(target, head, seat_tape.tape, playback.frame, theme, self._colours[number])
            bottom = picture.bottom
        line = pygame.Rect(stage.left, bottom + gap, stage.width, 0)
        line.height = stage.bottom - line.top
        return line

    def _draw_line(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        # While it grows, redrawing it for every decision would cost more than the review.
        known = tuple(
            (len(r.moments) // 60, r.tape_index.frames // 900, r.tape_index.done)
            for r in self.reviews
        )
        key = (rect.size, theme.look, known, self._read, self._subject)
        if self._line is None or self._line[0] != key:
            surface = pygame.Surface(rect.size)
            surface.fill(theme.ink(BACKGROUND))
            tracks = [
                Track(colour, seat_tape.begins, list(r.moments), list(r.tape_index.events))
                for colour, seat_tape, r in zip(
                    self._colours, self.seat_tapes, self.reviews, strict=True
                )
            ]
            tracks.insert(0, tracks.pop(self._subject))
            draw_timeline(surface, surface.get_rect(), tracks, self.frames, self._worst, theme)
            self._line = (key, surface)
        target.blit(self._line[1], rect)
        draw_cursor(target, rect, self.now, self.frames, theme)
        chart = place_of(rect, theme)
        line = pygame.Rect(chart.left, rect.top, chart.width, rect.height)
        self._scrubbed = [
            Control("timeline", line, Command.OTHER, say("Timeline"), slide=self._slide)
        ]

    def _draw_column(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        gap = theme.px(GAP)
        head = pygame.Rect(rect.topleft, (rect.width, theme.px(HEADER)))
        times = f"{clock(self.now)} / {clock(self.frames)}"
        placed = theme.text(target, times, Font.MENU, TEXT, midright=head.midright)
        room = placed.left - gap - head.left
        draw_hint(target, self._state(), Font.BODY, MUTED, theme, room, midleft=head.midleft)
        panel = pygame.Rect(rect.left, head.bottom, rect.width, theme.px(PANEL))
        theme.panel(target, panel)
        if self.moment is not None:
            tape, tint = self.seat_tapes[self._subject].tape, self._colours[self._subject]
            draw_moment(target, panel, self.moment, tape, theme, tint)
        else:
            words = self._arcade.agent.problem or say("The network is still analysing")
            room = panel.width - 2 * gap
            theme.text(target, words, Font.BODY, MUTED, room, center=panel.center)
        figures = (panel.left, panel.bottom + gap // 2)
        top = self._draw_figures(target, figures, theme) + gap // 2
        rows = pygame.Rect(rect.left, top, rect.width, rect.bottom + gap // 2 - top)
        self._menu.draw(target, rows, HUMAN, theme)

    def _state(self) -> str:
        if not all(review.tape_index.true for review in self.reviews):
            return say("This does not match the game that was played")
        if self.review_job.done:
            kind = self._arcade.controls.kind
            if kind.is_pointer:
                return say("Press the timeline to scrub")
            if self._steps_frames:
                return say("{sides} a frame", sides=sides(kind))
            return say("{sides} a second", sides=sides(kind))
        frames = sum(seat_tape.tape.frames for seat_tape in self.seat_tapes)
        seen = sum(FRAMES_A_DECISION * len(review.moments) for review in self.reviews)
        return say(
            "Analysing ... {percent}", percent=percent(min(99, 100 * seen // max(1, frames)))
        )

    def _draw_figures(self, target: pygame.Surface, place: tuple[int, int], theme: Theme) -> int:
        """Draw the statistics of the reviewed tape below `place`; return where they end."""
        figures = self._figures
        if figures is None:
            return place[1]
        parts = [say("Lives lost: {number}", number=figures.lives_lost)]
        if figures.accuracy is not None:
            parts.append(say("{hits} of {shots} shots hit", hits=figures.hits, shots=figures.shots))
        lines = [",  ".join(parts)]
        if figures.regret is not None:
            words = say("Average regret {regret}", regret=decimal(figures.regret, 2))
            if figures.reaction_ms is not None:
                words += ",  " + say("reaction time {time} ms", time=round(figures.reaction_ms))
            lines.append(words)
        x, y = place
        for line in lines:
            room, left = theme.px(COLUMN - 8), x + theme.px(4)
            placed = theme.text(target, line, Font.BODY, MUTED, room, topleft=(left, y))
            y = placed.bottom
        return y


def open_tape(path: Path, arcade: Arcade) -> Transition:
    """Return the transition to the review of tape `path`, or to a notice why it fails."""
    try:
        tape = load(path)
    except TapeError as error:
        return Push(Notice(in_words(error, say)))
    return Push(ReviewScene([SeatTape(tape, played=written(path))], arcade))
