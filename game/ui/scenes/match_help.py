"""The panel that tells what moves, fires and pauses in a match."""

from __future__ import annotations

import pygame

from game.ui.input.hints import button_of, key_of, station_kind, station_signs
from game.ui.input.stations import Station
from game.ui.scenes.match_course import MatchCourse
from game.ui.scenes.scene import Mode
from game.ui.widgets.command import Command
from game.ui.widgets.fairness_panel import of_day_words
from game.ui.widgets.glyphs import draw_hint, hint_width
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.theme import BACKGROUND, MUTED, TEXT, Font, Theme
from game.ui.widgets.translation import grouped, percent, say


def draw_help(
    target: pygame.Surface, rect: pygame.Rect, course: MatchCourse, seat: int, theme: Theme
) -> None:
    watching = course.mode is Mode.WATCH
    lines = _how_to_play(course, seat)[2 if watching else 0 :]
    kind = station_kind(_station(course, seat), course.arcade.controls)
    shown = course.is_shown_only or course.call is not None
    thinks = course.mode in (Mode.WATCH, Mode.RACE) and not shown
    if not kind.is_pointer:  # what has a button on the screen needs no words
        thoughts = button_of(Command.OVERLAY, kind)
        if course.advises_several:
            lines.append((say("Coach"), thoughts))
        elif course.coached_player is not None:
            autopilot = button_of(Command.HAND_OVER, kind)
            lines += [(say("Coach"), thoughts), (say("Autopilot"), autopilot)]
        elif thinks:
            lines.append((say("Its thoughts"), thoughts))
    if rect.height > theme.px(260) and kind is InputKind.KEYBOARD:
        lines.append((say("Sound"), key_of(pygame.KSCAN_M)))
        if not course.arcade.options.kiosk:
            lines.append((say("Full screen"), key_of(pygame.KSCAN_F11)))
            lines.append((say("Screenshot"), key_of(pygame.KSCAN_F12)))
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


def _how_to_play(course: MatchCourse, seat: int) -> list[tuple[str, str]]:
    """Return what moves, fires and pauses here, as pairs of what and how."""
    arcade = course.arcade
    how = station_signs(_station(course, seat), arcade.preferences, arcade.controls)
    lines = list(zip((say("Move"), say("Fire"), say("Pause")), how, strict=True))
    if course.match.seats[seat].handicap.auto_fire:
        lines[1] = (say("Fire"), say("automatic"))
    if course.match.seats[seat].handicap.one_switch:
        lines[:2] = [(say("Move"), say("automatic")), (say("Fire, turn"), how[1])]
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
    left = theme.px(16)
    widest = left + max(theme.width(what, Font.BODY) for what, _ in lines)
    keys = max(hint_width(how, Font.BODY, theme) for _, how in lines)
    # Where the names end: in the same place in most languages. A longer one pushes the keys aside
    # as far as they need no room there.
    room = size[0] - left - theme.px(10) - keys
    column = min(max(theme.text_px(140), min(widest, room)), size[0] // 2)
    for number, (what, how) in enumerate(lines):
        y = theme.px(10) + number * row + row // 2
        theme.text(panel, what, Font.BODY, MUTED, column - left, row, midleft=(left, y))
        room, at = size[0] - left - column - theme.px(10), (column + theme.px(10), y)
        draw_hint(panel, how, Font.BODY, TEXT, theme, room, midleft=at)
    return panel
