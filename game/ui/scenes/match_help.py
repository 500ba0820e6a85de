"""The panel that tells what moves, fires and pauses in a match."""

from __future__ import annotations

import pygame

from game.ui.input.bindings import KEYBOARD, Use, own_places
from game.ui.input.stations import Part, Station, keys_of
from game.ui.scenes.match_course import MatchCourse
from game.ui.scenes.scene import Mode
from game.ui.widgets.fairness_panel import of_day_words
from game.ui.widgets.theme import BACKGROUND, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import grouped, percent, say

# The keys for left, right, fire and pause that lie where a person expects a game's.
LETTERS = (pygame.KSCAN_A, pygame.KSCAN_D, pygame.KSCAN_W, pygame.KSCAN_P)


def draw_help(
    target: pygame.Surface, rect: pygame.Rect, course: MatchCourse, seat: int, theme: Theme
) -> None:
    watching = course.mode is Mode.WATCH
    lines = _how_to_play(course, seat)[2 if watching else 0 :]
    if course.advises_several:
        lines.append((say("Coach"), _coach_key(course, seat)))
    elif course.coached_player is not None:
        lines += [(say("Coach"), say("Tab")), (say("Autopilot"), KEYBOARD.name(pygame.KSCAN_T))]
    elif course.mode in (Mode.WATCH, Mode.RACE) and not course.is_shown_only and not course.call:
        lines.append((say("Its thoughts"), say("Tab")))
    if rect.height > theme.px(260):
        lines.append((say("Sound"), KEYBOARD.name(pygame.KSCAN_M)))
        if not course.arcade.options.kiosk:
            lines.append((say("Full screen"), "F11"))
            lines.append((say("Screenshot"), "F12"))
    if course.match.day is not None:
        lines.append((say("Game"), of_day_words(course.match.day)))
    best = course.best_human()
    if not watching and best:
        lines.append((say("Best score"), grouped(best)))
    key = ("help", rect.size, tuple(lines))
    target.blit(theme.keep(key, lambda: _help_panel(rect.size, lines, theme)), rect)


def _station(course: MatchCourse, seat: int) -> Station | None:
    """Return what the person at `seat` of two people plays with."""
    people, party = course.match.people, course.arcade.party.people
    if len(people) < 2 or course.match.seats[seat] not in people:
        return None
    number = people.index(course.match.seats[seat])
    return party[number].station if number < len(party) else None


def _coach_key(course: MatchCourse, seat: int) -> str:
    """Return what shows the network's advice to the person at `seat`."""
    station = _station(course, seat)
    on_pad = station is not None and not station.on_keyboard
    return say("Back button") if on_pad else say("Tab")


def _how_to_play(course: MatchCourse, seat: int) -> list[tuple[str, str]]:
    """Return what moves, fires and pauses here, as pairs of what and how."""
    now = course.arcade.preferences
    own = own_places(now.keys, now.key_places)
    left, right, fire, pause = map(KEYBOARD.name, LETTERS)
    how = (
        say("Arrows or {left} / {right}", left=left, right=right),
        say("Space, up or {key}", key=fire),
        say("{key} or Esc", key=pause),
    )
    station = _station(course, seat)
    if station is not None and station.part is Part.PAD:
        how = (say("Stick or cross"), say("A, B, X or Y"), say("Start button"))
    elif station is not None and station.part is not Part.KEYBOARD:
        how = (*keys_of(station), say("{key} or Esc", key=pause))
    elif own:
        left, right, fire, pause = (KEYBOARD.first(use, own) for use in Use)
        how = (f"{left},  {right}", fire, say("{key} or Esc", key=pause))
    lines = list(zip((say("Move"), say("Fire"), say("Pause")), how, strict=True))
    if course.match.seats[seat].handicap.auto_fire:
        lines[1] = (say("Fire"), say("automatic"))
    if course.is_practice:
        lines.append((say("Practice"), say("{percent} speed", percent=percent(course.speed))))
    return lines


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
