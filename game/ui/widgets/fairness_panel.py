"""The fairness panel: what each side of a race sees and can do, shown before the start."""

from __future__ import annotations

from datetime import date

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.ladder import Rung
from game.play.match import Match, Seat
from game.play.player import Kind
from game.play.tape import Tape, TapePlayer
from game.system.dates import day_words
from game.ui.widgets.glyphs import draw_hint, has_glyph
from game.ui.widgets.theme import (
    BACKGROUND,
    LEADING,
    MUTED,
    TEXT,
    Colour,
    Font,
    Theme,
    colour_of,
    rung_name,
)
from game.ui.widgets.translation import decimal, percent, plural, say

LONG_MINUTES = 90  # from which on a time is given in hours


def rung_words(rung: Rung) -> str:
    """Return an opponent's name and how good it is."""
    return plural(
        round(rung.score),
        "{name}, {number} point",
        "{name}, {number} points",
        name=rung_name(rung.name),
    )


def training_words(rung: Rung) -> str:
    """Return how long an opponent was trained, and on how much."""
    if rung.minutes < LONG_MINUTES:
        took = say("{minutes} min", minutes=max(1, round(rung.minutes)))
    else:
        took = say("{hours} hours", hours=decimal(rung.minutes / 60, 1))
    digits = 1 if rung.frames >= 1e5 else 2 if rung.frames >= 1e4 else 3
    millions = decimal(rung.frames / 1e6, digits)
    if rung.taught:
        return say(
            "{time} with a teacher, on {millions} million frames", time=took, millions=millions
        )
    return say("{time} on {millions} million frames", time=took, millions=millions)


def introduction(rung: Rung | None, thoughts: str | None) -> list[tuple[str, str]]:
    """Return the description of an opponent, as pairs of label and text.

    The last says by which button its `thoughts` are shown, a glyph, unless there is one to see.
    """
    lines = [
        (say("Input"), say("a small greyscale picture")),
        (say("Reactions"), say("{number} per second", number=15)),
    ]
    if rung is not None:
        reaches = plural(round(rung.score), "{number} point", "{number} points")
        lines = [(say("Training"), training_words(rung)), (say("Average"), reaches), *lines]
    return lines if thoughts is None else [*lines, (say("Its thoughts"), thoughts)]


def facts(seat: Seat, match: Match) -> list[tuple[str, str]]:
    """Return the conditions of `seat` in `match`, as pairs of label and text."""
    if isinstance(seat.player, TapePlayer):
        return tape_facts(seat.player.tape)
    given, several = seat.handicap, len(match.seats) > 2
    network = seat.player.kind is Kind.AGENT
    delay = match.delay_ms if network else 0
    everybody = say("All sides") if several else say("Both sides")
    stickiness = round(100 * match.rules.sticky)
    repeats = say("{percent} of frames repeat the input", percent=percent(stickiness))
    lines = [
        (say("Input"), say("a small greyscale picture") if network else say("the full picture")),
        (say("Reactions"), say("{number} per second", number=15 if network else 60)),
        (say("Added delay"), say("{number} ms", number=delay) if delay else say("none")),
        (everybody, repeats if stickiness else say("every input counts at once")),
    ]
    if not network and given.auto_fire:
        lines.append((say("Firing"), say("automatic")))
    if not network and given.one_switch:
        lines.append((say("Moving"), say("automatic")))
    told_alone = len(match.people) < 2
    if seat.begins:
        seconds = seat.begins // FRAMES_PER_SECOND
        later = say("{seconds} s later", seconds=seconds)
        if told_alone:
            later = say("{seconds} s after you", seconds=seconds)
        lines.append((say("Starts"), later))
    if given.extra_s and match.limit_frames is not None:
        later = say("{seconds} s later", seconds=given.extra_s)
        if told_alone:
            later = say("{seconds} s after the network", seconds=given.extra_s)
        lines.append((say("Stops"), later))
    if not network and match.day is not None:
        lines.append((say("Game"), of_day_words(match.day)))
    return lines


def of_day_words(day: date) -> str:
    """Return whose seed a match has that is played on the seed of `day`."""
    return say("of the day, {day}", day=day_words(day, say))


def tape_facts(tape: Tape) -> list[tuple[str, str]]:
    """Return the description of a tape to race against."""
    who = {Kind.HUMAN: say("a person"), Kind.AGENT: say("the network")}
    seconds = round(tape.frames / FRAMES_PER_SECOND)
    return [
        (say("Player"), who.get(tape.kind, tape.player)),
        (
            say("Result"),
            plural(
                tape.score,
                "{number} point in {time} s",
                "{number} points in {time} s",
                time=seconds,
            ),
        ),
        (say("Controls"), say("as recorded")),
        (say("Both sides"), say("the same rules and seed")),
    ]


def draw_fairness(
    target: pygame.Surface,
    rect: pygame.Rect,
    seat: Seat,
    match: Match,
    theme: Theme,
    rung: Rung | None = None,
    tint: Colour | None = None,
) -> None:
    """Draw the conditions of `seat` into `rect`, with the training of the opponent `rung`.

    `tint` is the colour of the seat, without one that of its kind of player.
    """
    lines = facts(seat, match)
    if rung is not None:
        lines.append((say("Training"), training_words(rung)))
    draw_facts(target, rect, lines, tint or colour_of(seat.player.kind), theme)


def draw_facts(
    target: pygame.Surface,
    rect: pygame.Rect,
    lines: list[tuple[str, str]],
    tint: Colour,
    theme: Theme,
) -> None:
    """Draw pairs of label and text into the panel `rect`."""
    target.fill(theme.ink(BACKGROUND), rect)
    theme.panel(target, rect)
    row = min(theme.text_px(38), (rect.height - theme.px(12)) // len(lines))
    top = rect.centery - row * len(lines) // 2
    left = rect.left + theme.px(20)
    widest = max(theme.width(what, Font.BODY) for what, _ in lines)
    column = left + max(theme.text_px(80), min(widest, rect.width // 3)) + theme.px(14)
    for number, (what, how) in enumerate(lines):
        middle = top + number * row + row // 2
        space = column - left - theme.px(10)
        theme.text(target, what, Font.BODY, tint, space, row, midleft=(left, middle))
        room, colour = rect.right - theme.px(20) - column, TEXT
        if what in (say("Both sides"), say("All sides")):
            colour = MUTED
        if has_glyph(how):
            font = Font.BODY if theme.height(Font.BODY) <= row * LEADING else Font.CAPTION
            draw_hint(target, how, font, colour, theme, room, midleft=(column, middle))
            continue
        font = theme.roomy(how, (Font.BODY, Font.CAPTION), room)
        theme.text(target, how, font, colour, room, row, midleft=(column, middle))
