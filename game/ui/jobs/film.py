"""Videos: a tape, or a part of it, rendered into a file as it looks on the screen.

They are rendered from tapes and not captured from the window, so they contain each frame of the
game once, whatever the machine was busy with. An MP4 has sixty frames a second and the
cartridge's sound; a GIF has fifty, without every sixth frame, and no sound.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, NO_AUDIO, Action
from game.play.ladder import RUNGS
from game.play.player import Kind, Player
from game.play.saliency import SaliencyMap
from game.play.tape import Tape
from game.records.playback import Playback, TapeIndex
from game.system.files import rename_over
from game.system.preferences import ENGINEER
from game.ui.jobs.film_card import CARD_FRAMES, draw_card
from game.ui.overlay.history import HISTORY_S, Doer, History
from game.ui.overlay.overlay import draw_overlay
from game.ui.overlay.saliency_tint import SaliencyTint
from game.ui.review.decision_panel import draw_head, draw_score, name_of_tape
from game.ui.review.timeline import clock
from game.ui.widgets.game_picture import draw_picture, largest_picture
from game.ui.widgets.layout import pair_layout, row_layout, single_layout
from game.ui.widgets.theme import BACKGROUND, GAP, TEXT, Colour, Font, Theme, colours_of
from game.ui.widgets.translation import say
from game.video.gif import Gif
from game.video.mp4 import Mp4, is_available

MP4, GIF = ".mp4", ".gif"
SMALLEST, LARGEST = (320, 240), (1920, 1080)
# Of one picture alone (each line a whole number of pixels), of two, and with panels.
MP4_SIZES = ((840, 630), (1280, 540), (1280, 720))
GIF_SIZES = ((560, 420), (960, 400), (960, 540))
THREE_MP4, THREE_GIF = (1920, 540), (960, 280)  # of three pictures; with panels as of two
HEADER = 46  # units
LOOK_FRAMES = 12  # between two saliency maps: five a second
LEFT_OUT = 6  # a GIF leaves out every sixth frame

Look = Callable[[NDArray[np.uint8]], SaliencyMap]
Progress = Callable[[int, int], None]


class FilmError(ValueError):
    """The video cannot be made; the message says why and what to do."""


@dataclass(frozen=True)
class SeatTape:
    """The tape of one seat, and the frame of the match at which its game begins."""

    tape: Tape
    begins: int = 0
    played: float | None = None  # when, in seconds since the epoch, if that is known


@dataclass(frozen=True)
class Commentator:
    """What the network thinks of a match: a player for each tape, and its saliency maps."""

    players: Sequence[Player]
    look: Look | None = None  # from an observation [84, 84, 4]


def frames_of(seat_tapes: Sequence[SeatTape]) -> int:
    """Return the number of frames of the match on `seat_tapes`."""
    return max(seat_tape.begins + seat_tape.tape.frames for seat_tape in seat_tapes)


def cut(begin_s: float | None, end_s: float | None, frames: int) -> tuple[int, int]:
    """Return the first and last frame of the part from `begin_s` to `end_s`, of `frames` in all.

    None means the beginning or the end. Raises FilmError for an empty part.
    """
    begin = 0 if begin_s is None else round(begin_s * FRAMES_PER_SECOND)
    end = frames if end_s is None else round(end_s * FRAMES_PER_SECOND)
    if not 0 <= begin < end <= frames:
        raise FilmError(
            say(
                "There is nothing from {begin} to {end} s: choose a part between 0 and {seconds} s",
                begin=f"{begin / FRAMES_PER_SECOND:g}",
                end=f"{end / FRAMES_PER_SECOND:g}",
                seconds=f"{frames / FRAMES_PER_SECOND:.2f}",
            )
        )
    return begin, end


def usual_size(suffix: str, seat_tapes: int, panels: bool) -> tuple[int, int]:
    """Return the default size of a video of `tapes` tapes in a file that ends in `suffix`."""
    alone, two, thoughts = GIF_SIZES if suffix == GIF else MP4_SIZES
    if panels or seat_tapes < 3:
        return thoughts if panels else alone if seat_tapes == 1 else two
    return THREE_GIF if suffix == GIF else THREE_MP4


class Film:
    """Renders the frames of a match from `begin` to `end`, one after another, on `canvas`."""

    def __init__(
        self,
        seat_tapes: Sequence[SeatTape],
        begin: int,
        end: int,
        size: tuple[int, int],
        commentator: Commentator | None = None,
        level: str = ENGINEER,
        card: bool = False,
        tape_indexes: Sequence[TapeIndex] | None = None,
    ) -> None:
        """Prepare the video; a `commentator` adds panels with what it thinks, as `level` says.

        With a `card` it begins with two seconds that say who played. `tape_indexes` are those of
        the tapes, if there are any that reach the end. Raises FilmError if a tape does not
        reproduce its game, or for a size out of range.
        """
        inside = all(
            low <= side <= high and side % 2 == 0
            for low, side, high in zip(SMALLEST, size, LARGEST, strict=True)
        )
        if not inside:
            raise FilmError(
                say(
                    "A video of {size} is not possible: choose even numbers from {smallest} to "
                    "{largest}",
                    size=_by(size),
                    smallest=_by(SMALLEST),
                    largest=_by(LARGEST),
                )
            )
        self._card_left = CARD_FRAMES if card else 0
        self.frames = self._card_left + end - begin
        self.canvas = pygame.Surface(size)
        self.audio = NO_AUDIO  # the cartridge's sound in the current frame
        self._seat_tapes, self._commentator, self._level = seat_tapes, commentator, level
        self._theme = Theme(size)
        if tape_indexes is None:
            tape_indexes = [_tape_index(seat_tape, end) for seat_tape in seat_tapes]
        self._playbacks = [Playback(tape_index) for tape_index in tape_indexes]
        self._histories = [History() for _ in seat_tapes]
        self._saliency_tints = [SaliencyTint() for _ in seat_tapes]
        kinds = [seat_tape.tape.kind for seat_tape in seat_tapes]
        self._colours = colours_of(kinds)
        # A map takes a quarter of a second, so a race has maps of the network's game only.
        self._looks = [kind is Kind.AGENT or Kind.AGENT not in kinds for kind in kinds]
        self._fresh, self._shows_card = True, False
        self._begin = begin
        # Start earlier: the value plot shows some seconds, and a network needs its frame stack.
        self._now = begin if commentator is None else max(0, begin - HISTORY_S * FRAMES_PER_SECOND)
        for seat_tape, playback in zip(seat_tapes, self._playbacks, strict=True):
            playback.go(self._now - seat_tape.begins)

    def prepare(self, frames: int | None = None) -> bool:
        """Play on to where the video begins, `frames` of the game at most; return whether it is."""
        while self._now < self._begin and frames != 0:
            self._step()
            frames = None if frames is None else frames - 1
        return self._now >= self._begin

    def next(self) -> None:
        """Draw the next frame."""
        self.prepare()
        self.step()
        self.draw()

    def step(self) -> None:
        """Go to the next frame of a film that is prepared."""
        if self._card_left > 0:
            self._card_left -= 1
            self._shows_card, self.audio = True, NO_AUDIO
            return
        self._fresh |= self._shows_card
        self._shows_card = False
        self._step()
        for number, looks in enumerate(self._looks):
            if looks:
                self._look(number)

    def _step(self) -> None:
        self._now += 1
        self.audio = NO_AUDIO
        for number in reversed(range(len(self._seat_tapes))):  # the first one's sound is used
            playback, seat_tape = self._playbacks[number], self._seat_tapes[number]
            before = playback.frame
            if before.over or before.number >= self._now - seat_tape.begins:
                continue
            if self._commentator is not None:
                decision = self._commentator.players[number].decide(before)
                actions = seat_tape.tape.actions[before.number : before.number + 1]
                pressed = Action(actions[0]) if actions else None  # a tape may end before the other
                playback.step()
                self._histories[number].update(decision, playback.frame, pressed)
            else:
                playback.step()
            if playback.frame is not before:
                self.audio = playback.frame.audio

    def _look(self, number: int) -> None:
        """Request a saliency map now and then."""
        history, saliency_tint = self._histories[number], self._saliency_tints[number]
        if self._commentator is None or self._commentator.look is None or self._level != ENGINEER:
            return
        observation = None if history.thought is None else history.thought.observation
        due = saliency_tint.saliency_map is None or self._now % LOOK_FRAMES == 1
        if (
            due
            and observation is not None
            and (
                saliency_tint.saliency_map is None
                or saliency_tint.saliency_map.observation is not observation
            )
        ):
            saliency_tint.update(self._commentator.look(observation))

    def draw(self) -> None:
        """Draw the frame that was reached."""
        if self._shows_card and self._fresh:
            self._fresh = False
            tapes = [seat_tape.tape for seat_tape in self._seat_tapes]
            played = self._seat_tapes[0].played
            draw_card(self.canvas, tapes, self._colours, played, self._theme)
        if self._shows_card:
            return
        if self._commentator is None:
            self._draw_pictures()
        else:
            self._draw_panels()
        self._fresh = False

    def _draw_pictures(self) -> None:
        """Draw the game's picture alone, or two of them with their names and scores."""
        target, theme = self.canvas, self._theme
        target.fill(BACKGROUND)
        if len(self._seat_tapes) == 1:
            rgb = self._playbacks[0].frame.rgb
            draw_picture(target, rgb, largest_picture(target.get_rect()))
            return
        gap, header = theme.px(GAP), theme.px(HEADER)
        area = target.get_rect().inflate(-2 * gap, -2 * gap)
        width = (area.width - gap * (len(self._seat_tapes) - 1)) // len(self._seat_tapes)
        for number, (seat_tape, playback) in enumerate(
            zip(self._seat_tapes, self._playbacks, strict=True)
        ):
            left = area.left + number * (width + gap)
            picture = largest_picture(pygame.Rect(left, area.top, width, area.height - header))
            head = pygame.Rect(picture.left, picture.top, picture.width, header)
            picture.top = head.bottom
            draw_picture(target, playback.frame.rgb, picture)
            tint = self._colours[number]
            draw_score(target, head, seat_tape.tape, playback.frame, theme, tint)

    def _draw_panels(self) -> None:
        """Draw the network's panels beside each picture, laid out as in a match."""
        target, theme = self.canvas, self._theme
        if self._fresh:
            target.fill(BACKGROUND)
        places, middle = [single_layout(theme)], pygame.Rect(0, 0, 0, 0)
        count = len(self._seat_tapes)
        if count > 1:
            pair = pair_layout(theme) if count == 2 else row_layout(theme, count)
            places, middle = list(pair.seats), pair.clock
        for seat_tape, tint, playback, place, history, saliency_tint in zip(
            self._seat_tapes,
            self._colours,
            self._playbacks,
            places,
            self._histories,
            self._saliency_tints,
            strict=True,
        ):
            frame, name = playback.frame, name_of_tape(seat_tape.tape)
            draw_picture(target, saliency_tint.over(frame.rgb), place.picture)
            target.fill(BACKGROUND, place.score)
            if middle:
                head = place.score.copy()
                if count == 2:  # the clock is between them
                    head.width -= middle.width // 2
                    head.right = place.score.right if place is places[-1] else middle.left
                draw_score(target, head, seat_tape.tape, frame, theme, tint)
            else:
                draw_head(target, place.score, name, tint, frame, theme)
            draw_overlay(
                target,
                place.panel,
                history,
                theme,
                self._level,
                self._fresh,
                saliency_tint.saliency_map,
                _doer(seat_tape.tape, tint),
            )
        if middle:
            theme.text(target, clock(self._now), Font.SCORE, TEXT, center=middle.center)


def _doer(tape: Tape, tint: Colour) -> Doer | None:
    """Return whose game `tape` holds, None where it is the network's that comments on it."""
    if tape.kind is Kind.AGENT and tape.player not in RUNGS:
        return None
    return Doer(name_of_tape(tape), tint)


def draw_blind() -> None:
    """Set SDL up to draw without a screen."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    pygame.display.init()
    pygame.display.set_mode((1, 1))


def make(film: Film, file: Path, progress: Progress) -> None:
    """Write `film` to `file` atomically; raise FilmError if that fails.

    `progress` is called with the number of frames written, and of all frames.
    """
    suffix = kind_of(file)
    temporary = half_of(file)
    try:
        with temporary.open("wb"):  # fail early if the folder is not writable
            pass
        (_write_gif if suffix == GIF else _write_mp4)(film, temporary, progress)
        rename_over(temporary, file)
    except OSError as error:
        reason = error.strerror or str(error)
        words = say("The video {file} could not be written: {reason}", file=file, reason=reason)
        raise FilmError(words) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def half_of(file: Path) -> Path:
    """Return the path of the unfinished video, a name that nobody else gives a file."""
    return file.with_name(f"{file.name}.bigchamp.tmp")


def kind_of(file: Path) -> str:
    """Return the suffix of `file`; raise FilmError for one that is not supported."""
    suffix = file.suffix.lower()
    if suffix not in (MP4, GIF):
        raise FilmError(
            say("A video file ends in .mp4 or .gif, but {file} does not", file=file.name)
        )
    problem = why_no_mp4() if suffix == MP4 else None
    if problem is not None:
        raise FilmError(problem)
    return suffix


def why_no_mp4() -> str | None:
    """Return a message why no MP4 can be made here, None if it can."""
    if is_available():
        return None
    if getattr(sys, "frozen", False):
        return say("This copy of BigChamp has no MP4 encoder: choose GIF")
    return say("MP4 needs PyAV: install it with `python -m pip install av`, or choose GIF")


def _write_mp4(film: Film, file: Path, progress: Progress) -> None:
    video = Mp4(file, film.canvas.get_size(), film.frames)
    try:
        for number in range(film.frames):
            film.next()
            video.add(pygame.image.tobytes(film.canvas, "RGB"), film.audio)
            progress(number + 1, film.frames)
        video.close()
    finally:
        video.abandon()


def _write_gif(film: Film, file: Path, progress: Progress) -> None:
    width, height = film.canvas.get_size()
    with file.open("wb") as opened:
        gif = Gif(opened, (width, height))
        for number in range(film.frames):
            film.next()
            if number % LEFT_OUT != LEFT_OUT - 1:
                pixels = np.frombuffer(pygame.image.tobytes(film.canvas, "RGB"), np.uint8)
                gif.add(pixels.reshape(height, width, 3))
            progress(number + 1, film.frames)
        gif.close()


def _tape_index(seat_tape: SeatTape, end: int) -> TapeIndex:
    """Return the index of a tape up to frame `end` of the match."""
    tape_index = TapeIndex(seat_tape.tape)
    while not tape_index.done and tape_index.frames < end - seat_tape.begins:
        tape_index.advance()
    if not tape_index.true:
        raise FilmError(
            say(
                "This recording does not reproduce the game that was played, so no video can be "
                "made of it"
            )
        )
    return tape_index


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
