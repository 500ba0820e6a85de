"""The bracket of a knock-out: rounds from both edges of the window towards the final."""

from __future__ import annotations

import pygame

from game.tournament.knockout import NOBODY
from game.tournament.model import Pairing, Tournament
from game.ui.widgets.theme import HUMAN, MARK, MUTED, TEXT, Colour, Font, Theme
from game.ui.widgets.tournament_words import round_words
from game.ui.widgets.translation import grouped, say

GAP = 14  # units between columns
TALLEST = 34  # units, a line of a match
LARGE, WIDE = 48, 200  # units: a line with a menu's letters, and how wide it has to be
LOW = 28  # units, of a line below which the letters are smaller
SMALL = 0.8  # of a font's height, which a name does not go below


def draw_bracket(
    target: pygame.Surface,
    rect: pygame.Rect,
    tournament: Tournament,
    called: int | None,
    theme: Theme,
) -> None:
    """Draw every match into `rect`, the one with number `called` marked."""
    places = _places(rect, tournament, theme)
    _draw_heads(target, rect, places, tournament, theme)
    for pairing in tournament.pairings:
        box = places[pairing.number]
        if not pairing.is_bye or pairing.round:
            _draw_path(target, places, pairing, tournament, theme)
            _draw_match(target, box, pairing, tournament, pairing.number == called, theme)


def middle_width(rect: pygame.Rect, tournament: Tournament, theme: Theme) -> int:
    """Return how much of the width of `rect` is free below the semi-finals and the final."""
    width, gap = _column(rect, tournament, theme)
    return 3 * width + 2 * gap


def _column(rect: pygame.Rect, tournament: Tournament, theme: Theme) -> tuple[int, int]:
    """Return how wide a column is, and how wide the gap between two."""
    gap, columns = theme.px(GAP), 2 * tournament.plan.rounds - 1
    return (rect.width - (columns - 1) * gap) // columns, gap


def _places(rect: pygame.Rect, tournament: Tournament, theme: Theme) -> list[pygame.Rect]:
    """Return the box of each match; the first half of each round is at the left."""
    rounds = tournament.plan.rounds
    columns = 2 * rounds - 1
    width, gap = _column(rect, tournament, theme)
    top = rect.top + theme.height(Font.CAPTION)
    height = rect.bottom - top
    tallest = theme.text_px(LARGE if width >= theme.text_px(WIDE) else TALLEST)
    found = []
    for at in range(rounds):
        count = sum(pairing.round == at for pairing in tournament.pairings)
        half = max(1, count // 2)
        step = height // half
        line = min(tallest, (step - theme.px(4)) // 2)
        for place in range(count):
            left = place < half
            column = at if left else columns - 1 - at
            box = pygame.Rect(rect.left + column * (width + gap), 0, width, 2 * line)
            box.centery = top + (place % half) * step + step // 2
            found.append(box)
    return found


def _draw_heads(
    target: pygame.Surface,
    rect: pygame.Rect,
    places: list[pygame.Rect],
    tournament: Tournament,
    theme: Theme,
) -> None:
    """Name the rounds above their columns."""
    for at in range(tournament.plan.rounds):
        there = [p for p in tournament.pairings if p.round == at and (at or not p.is_bye)]
        boxes = [places[p.number] for p in there]
        words = round_words(at, tournament.plan)
        for box in {boxes[0].left: boxes[0], boxes[-1].left: boxes[-1]}.values():
            head = (box.centerx, rect.top)
            theme.text(target, words, Font.CAPTION, MUTED, box.width, midtop=head)


def _draw_path(
    target: pygame.Surface,
    places: list[pygame.Rect],
    pairing: Pairing,
    tournament: Tournament,
    theme: Theme,
) -> None:
    """Draw the way of the winner to the next match."""
    after = [p for p in tournament.pairings if p.round == pairing.round + 1]
    if not after:
        return
    before = [p for p in tournament.pairings if p.round == pairing.round]
    box = places[pairing.number]
    there = places[after[before.index(pairing) // 2].number]
    begins = box.midright if box.left < there.left else box.midleft
    ends = there.midleft if box.left < there.left else there.midright
    middle = (begins[0] + ends[0]) // 2
    points = [begins, (middle, begins[1]), (middle, ends[1]), ends]
    pygame.draw.lines(target, theme.ink(MARK), False, points, theme.px(2))


def _draw_match(
    target: pygame.Surface,
    box: pygame.Rect,
    pairing: Pairing,
    tournament: Tournament,
    called: bool,
    theme: Theme,
) -> None:
    theme.panel(target, box)
    height = box.height // 2
    fonts = ((LARGE, Font.MENU), (LOW, Font.BODY))
    font = next((font for low, font in fonts if height >= theme.text_px(low)), Font.CAPTION)
    for number, side in enumerate(pairing.sides):
        line = pygame.Rect(box.left, box.top + number * height, box.width, height)
        line.inflate_ip(-2 * theme.px(8), 0)
        if side is None:
            continue
        if side == NOBODY:
            theme.text(target, say("nobody"), font, MUTED, line.width, height, midleft=line.midleft)
            continue
        lost = pairing.over and pairing.winner != side
        colour: Colour = MUTED if lost else HUMAN if pairing.winner == side else TEXT
        score, room = pairing.scores[number], line.width
        words = "" if score is None else grouped(score)
        if pairing.absent[number]:
            words = say("absent")
        if words:
            placed = theme.text(
                target, words, font, colour, room // 2, height, midright=line.midright
            )
            room = placed.left - line.left - theme.px(6)
        name = theme.fit(tournament.plan.names[side], font, round(room / SMALL))
        theme.text(target, name, font, colour, room, height, midleft=line.midleft)
    if called:
        theme.frame(target, box, HUMAN, 3)
