"""A finished game as a row of a table, and the heads of its columns."""

from __future__ import annotations

import pygame

from game.play.ladder import RUNGS
from game.play.player import Kind
from game.records.games import Game, Recording
from game.records.initials import HIDDEN, shown
from game.records.tape_library import BROUGHT
from game.system.sentence import listed
from game.ui.widgets.race_chart import clock
from game.ui.widgets.theme import (
    BACKGROUND,
    HUMAN,
    MUTED,
    TEXT,
    Colour,
    Font,
    Theme,
    colour_of,
    rung_name,
)
from game.ui.widgets.translation import grouped, say, stamp_words

WIDTH = 1200  # units, of the table
# Where each column begins and how wide it is, in units.
WHEN, WHO, POINTS, AGAINST = (24, 186), (218, 130), (354, 116), (486, 250)
LENGTH, RESULT, NAME = (742, 76), (826, 120), (952, 226)


def draw_heads(target: pygame.Surface, panel: pygame.Rect, theme: Theme) -> None:
    """Draw the names of the columns above `panel`."""
    heads = (
        (WHEN, say("When")),
        (WHO, say("Who")),
        (POINTS, say("Points")),
        (AGAINST, say("Against")),
        (LENGTH, say("Length")),
        (RESULT, say("Result")),
        (NAME, say("Name")),
    )
    y = panel.top - theme.height(Font.CAPTION) // 2 - theme.px(2)
    for (left, width), words in heads:
        at = (panel.left + theme.px(left), y)
        theme.text(target, words, Font.CAPTION, MUTED, theme.px(width), midleft=at)


def draw_game(
    target: pygame.Surface, line: pygame.Rect, game: Game, marked: bool, theme: Theme
) -> None:
    """Draw one game into `line`, on a bar if it is `marked`."""
    colour, faint, tint = TEXT, MUTED, colour_of(game.first.kind)
    bar = line.inflate(-theme.px(12), 0)
    if marked:
        theme.box(target, bar, HUMAN, radius=6)
        colour = faint = tint = BACKGROUND
    length = game.seats[0].frames
    cells: tuple[tuple[tuple[int, int], str, Font, Colour], ...] = (
        (WHEN, stamp_words(game.first.finished), Font.BODY, faint),
        (WHO, who_words(game.seats[0]), Font.BODY, tint),
        (POINTS, grouped(game.first.score), Font.TABLE, colour),
        (AGAINST, against_words(game), Font.BODY, colour),
        (LENGTH, "-" if length is None else clock(length), Font.BODY, faint),
        (RESULT, result_words(game), Font.BODY, colour),
    )
    for (left, width), words, font, shade in cells:
        theme.on_bar(target, bar, words, font, shade, theme.px(width), line.left + theme.px(left))
    left, width = NAME
    if game.first.label.protected:
        end, room = line.left + theme.px(left + width), theme.px(90)
        kept = theme.on_bar(target, bar, say("kept"), Font.BODY, faint, room, right=end)
        width -= round(kept.width / theme.unit) + 10
    at = line.left + theme.px(left)
    theme.on_bar(target, bar, game.first.name, Font.TABLE, colour, theme.px(width), at)


def who_words(seat: Recording) -> str:
    """Return who played: initials, a network's name, or what kind of player it was."""
    if seat.run is not None and seat.run.initials and seat.tape.kind is Kind.HUMAN:
        letters = shown(seat.run.initials)
        if letters != HIDDEN:
            return letters
    if seat.tape.kind is Kind.HUMAN:
        return say("A person")
    if seat.run is not None and seat.run.player in RUNGS:
        return rung_name(seat.run.player)
    return say("The network") if seat.tape.kind is Kind.AGENT else str(seat.tape.kind)


def against_words(game: Game) -> str:
    """Return whom it was played against and what they scored, or how it was played alone."""
    if game.is_race:
        others = [f"{who_words(seat)} {grouped(seat.tape.score)}" for seat in game.seats[1:]]
        return listed(others, say)
    modes = {
        "play": say("alone"),
        "watch": say("alone"),
        "race": say("a race"),
        "ghost": say("a recording"),
        BROUGHT: say("from a file"),
    }
    return modes.get(game.first.mode, game.first.mode)


def result_words(game: Game) -> str:
    """Return how a race ended for its first seat, or a dash."""
    if not game.is_race:
        return "-"
    if game.lead == 0:
        return say("tied")
    return say("won") if game.lead > 0 else say("lost")
