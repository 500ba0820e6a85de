"""How a match looks: pictures, scores, clock, and what stands below them.

Most of the window never changes, and at 4K writing to all of it takes longer than a frame may:
each part is drawn when it shows something else than before.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.coached_player import CoachedPlayer
from game.play.match import Seat
from game.play.player import Kind
from game.play.tape import TapePlayer
from game.system.preferences import ENGINEER, OFF, VISITOR
from game.tournament.desk import Call
from game.ui.input.hints import button_of
from game.ui.overlay.coach_arrow import LINES, draw_advice
from game.ui.overlay.coach_panel import draw_coach
from game.ui.overlay.overlay import draw_overlay
from game.ui.scenes.match_course import HURRY_FRAMES, MatchCourse
from game.ui.scenes.match_help import draw_help
from game.ui.scenes.scene import Mode
from game.ui.widgets.badge import SIZE, draw_badge
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.damage import Damage
from game.ui.widgets.fairness_panel import draw_facts, draw_fairness, introduction
from game.ui.widgets.fairness_table import both_words, differences, draw_fairness_table
from game.ui.widgets.game_picture import NO_LINES, GamePicture
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.layout import PairLayout, SeatLayout, pair_layout, row_layout, single_layout
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
from game.ui.widgets.translation import grouped, say
from game.ui.widgets.turn_panel import below_turn, draw_turn, turn_content, turn_place

FULL_LIVES = 3
KEYS_FRAMES = 10 * FRAMES_PER_SECOND  # a person's panel names the keys for so long
FADE_FRAMES = 30  # and then fades to what happened so far
MUCH = 0.25  # of the pictures: beside so much that has changed no panel is drawn in a frame


class MatchView:
    """Draws one match."""

    def __init__(self, course: MatchCourse) -> None:
        self.controls: Sequence[Control] = ()  # the buttons on the screen, where there are any
        self._course = course
        self._match = course.match
        self._pictures = [GamePicture() for _ in course.match.seats]
        self._damage = Damage()
        self._drawn: Hashable = None  # what the last drawing held, see _parts
        self._is_busy = False  # this frame costs enough without a panel
        self._number = -1  # of the frame that was drawn last
        # The seats' places of the last drawing, and what they hang on.
        self._laid_out: tuple[tuple[Theme, bool, bool], PairLayout] | None = None

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool) -> list[pygame.Rect] | None:
        """Draw the match; return the rectangles that have changed, None for everything."""
        course, match = self._course, self._match
        pair = self._layout(theme)
        places = [single_layout(theme)] if pair is None else list(pair.seats)
        parts, pad = self._parts(), self._thumb_pad()
        fresh = fresh or course.countdown > 0 or parts != self._drawn or pad is not None
        self._drawn = parts
        self._damage.begin(fresh)
        if fresh:
            target.fill(theme.ink(BACKGROUND))
        for number, place in enumerate(places):
            self._draw_picture(target, number, place.picture, theme, fresh)
        # A frame that is drawn again has nothing new to draw but what waited.
        self._is_busy = self._number != match.number and self._has_changed_much(places)
        self._number = match.number
        for number, place in enumerate(places):
            mirrored = len(match.seats) == 2 and number == 1
            self._draw_score(target, place.score, number, mirrored, theme)
            self._draw_panels(target, number, place, pair, theme, fresh)
        if pair is not None:
            self._draw_clock(target, pair.clock, theme)
            if course.countdown > 0 and self._compares:
                self._draw_comparison(target, pair, theme)
        counted = course.countdown or course.resuming
        if counted > 0:
            middle = places[0].picture.center if pair is None else _between(pair)
            self._draw_countdown(target, middle, counted, theme)
        self._draw_buttons(target, pad, theme)
        return self._damage.rects

    def _has_changed_much(self, places: Sequence[SeatLayout]) -> bool:
        """Whether much of the pictures is drawn in this frame, or a network has just decided."""
        drawn = sum(rect.width * rect.height for rect in self._damage.rects or ())
        pictures = sum(place.picture.width * place.picture.height for place in places)
        decided = any(history.has_just_decided for history in self._course.histories)
        return decided or drawn > MUCH * pictures

    def _parts(self) -> Hashable:
        """Return what decides which things are drawn, and not only how they look."""
        course, number = self._course, self._match.number
        seats = tuple(
            (seat.frame.over, seat.done(number), seat.waits(number)) for seat in self._match.seats
        )
        person = course.coached_player
        taken = person is not None and (person.handed_over, person.shared)
        counts = course.countdown > 0, course.resuming > 0
        coaches = tuple(course.coaches(seat.player) for seat in self._match.seats)
        kind = course.arcade.controls.kind
        return counts, number > 0, seats, course.level, coaches, taken, kind

    def _layout(self, theme: Theme) -> PairLayout | None:
        """Return where the seats of a race are, None for one seat alone."""
        count = len(self._match.seats)
        if count < 2:
            return None
        thinks = len(self._match.people) < count  # people alone have no thoughts to show
        engineer = thinks and self._course.level == ENGINEER  # whose panel needs the room
        wanted = self._course.arcade.preferences.focus
        focus = wanted and len(self._match.people) == 1 and not engineer
        wish = theme, engineer, focus
        if self._laid_out is None or self._laid_out[0] != wish:
            pair = row_layout(theme, count) if count > 2 else pair_layout(*wish)
            self._laid_out = wish, pair
        return self._laid_out[1]

    @property
    def _colours(self) -> list[Colour]:
        """The colour of each seat."""
        return colours_of(seat.player.kind for seat in self._match.seats)

    def _draw_picture(
        self, target: pygame.Surface, number: int, rect: pygame.Rect, theme: Theme, fresh: bool
    ) -> None:
        course, seat, picture = self._course, self._match.seats[number], self._pictures[number]
        tinted = seat.player.kind is Kind.AGENT and course.level == ENGINEER
        tint = course.saliency_tint if tinted else None
        words = self._stamp(seat)
        advised = isinstance(seat.player, CoachedPlayer) and course.coaches(seat.player)
        if words is None:
            covered = LINES if advised else NO_LINES
            style = theme.look.picture
            drawn = picture.draw(target, seat.frame.rgb, rect, fresh, tint, covered, style)
            self._damage.add(drawn)
            if advised:
                intent = course.histories[number].intent
                draw_advice(target, rect, seat.cabinet.cannon_x, intent, theme)
        else:  # the game below it stands still
            content = (words, seat.frame.number, tint and tint.version)
            if self._damage.changes(("stamp", number), content, rect):
                picture.draw(target, seat.frame.rgb, rect, True, tint, style=theme.look.picture)
                _draw_stamp(target, rect, words, theme)
        if fresh:
            colour = self._colours[number]
            theme.edge(target, rect, colour)
            if course.coached_player is not None and course.coached_player.shared:
                theme.surround(target, rect, colour, 5)

    def _stamp(self, seat: Seat) -> str | None:
        """Return the words over the picture of a game that does not run, None of one that does."""
        number = self._match.number
        if seat.frame.over:
            return say("GAME OVER")
        if seat.done(number):
            return say("TIME'S UP")
        if seat.waits(number) and self._course.countdown == 0:
            left = -(-(seat.begins - number) // FRAMES_PER_SECOND)
            return say("STARTS IN {seconds}", seconds=left)
        return None

    def _draw_panels(
        self,
        target: pygame.Surface,
        number: int,
        place: SeatLayout,
        pair: PairLayout | None,
        theme: Theme,
        fresh: bool,
    ) -> None:
        """Draw what stands below a seat's picture or beside it."""
        course, match, rect = self._course, self._match, place.panel
        seat = match.seats[number]
        network = seat.player.kind is Kind.AGENT
        if course.call is not None and pair is None:
            rect = below_turn(place, theme)
            self._draw_turn(target, turn_place(place, theme), course.call, theme)
        if course.countdown > 0 and pair is not None:
            if not self._compares:
                rung = course.arcade.rung if network else None
                draw_fairness(target, rect, seat, match, theme, rung, self._colours[number])
        elif network and course.level == OFF and pair is not None:
            if fresh:  # whoever hides its thoughts wants no keys of one's own there
                lines = introduction(course.arcade.rung, self._thoughts_button)
                draw_facts(target, rect, lines, colour_of(Kind.AGENT), theme)
        elif network and course.level != OFF:
            self._draw_thoughts(target, number, rect, pair, theme, fresh)
        elif isinstance(seat.player, CoachedPlayer) and course.coaches(seat.player):
            regret = seat.player.regret
            history, busy = course.histories[number], self._is_busy
            if draw_coach(target, rect, history, regret, theme, fresh, may_wait=busy):
                self._damage.add([rect])
                self._is_busy = True
        elif pair is not None and seat.player.kind is Kind.HUMAN:
            self._draw_person(target, rect, number, theme)
        elif fresh and isinstance(seat.player, TapePlayer):
            draw_fairness(target, rect, seat, match, theme)
        elif fresh:
            draw_help(target, rect, course, number, theme)

    def _draw_turn(
        self, target: pygame.Surface, rect: pygame.Rect, call: Call, theme: Theme
    ) -> None:
        """Draw the time and what is to beat in a tournament's match that is played in turns."""
        content = turn_content(self._match, call)
        if self._damage.changes("turn", content, rect):
            draw_turn(target, rect, content, theme)

    def _draw_thoughts(
        self,
        target: pygame.Surface,
        number: int,
        below: pygame.Rect,
        pair: PairLayout | None,
        theme: Theme,
        fresh: bool,
    ) -> None:
        """Draw what a network thinks, below its picture and in the engineer's column."""
        course = self._course
        # Below one of three there is no room for details; the picture has its tint.
        panels = [(below, VISITOR if len(self._match.seats) > 2 else course.level)]
        if pair is not None and pair.thoughts is not None:
            panels = [(pair.thoughts, course.level), (below, VISITOR)]
        history, saliency_map = course.histories[number], course.saliency_tint.saliency_map
        for rect, level in panels:
            busy = self._is_busy
            if draw_overlay(
                target, rect, history, theme, level, fresh, saliency_map, may_wait=busy
            ):
                self._damage.add([rect])
                self._is_busy = True  # one panel a frame

    @property
    def _thoughts_button(self) -> str | None:
        """What shows the network's thoughts; None where a button on the screen does."""
        kind = self._course.arcade.controls.kind
        return None if kind.is_pointer else button_of(Command.OVERLAY, kind)

    @property
    def _compares(self) -> bool:
        """Whether a person and a network are about to race: under the same rules, but for some."""
        kinds = [seat.player.kind for seat in self._match.seats]
        return self._course.mode is Mode.RACE and kinds == [Kind.HUMAN, Kind.AGENT]

    def _draw_comparison(self, target: pygame.Surface, pair: PairLayout, theme: Theme) -> None:
        """Draw what is different for the two in both panels, or below the upper of two pictures."""
        match, rung = self._match, self._course.arcade.rung
        first, second = (seat.panel for seat in pair.seats)
        rows = differences(match.handicap, match.limit_frames is not None, rung)
        rect = first.union(second)
        if first.top < second.top:
            rect = first
            lines = introduction(rung, self._thoughts_button)
            draw_facts(target, second, lines, colour_of(Kind.AGENT), theme)
        draw_fairness_table(target, rect, rows, both_words(match.rules, match.day), rung, theme)

    def _draw_score(
        self,
        target: pygame.Surface,
        rect: pygame.Rect,
        number: int,
        mirrored: bool,
        theme: Theme,
    ) -> None:
        seat, colour = self._match.seats[number], self._colours[number]
        frame, name = seat.frame, name_of(seat.player).upper()
        content = (name, frame.score, frame.lives, frame.over)
        if not self._damage.changes(("score", number), content, rect):
            return
        target.fill(theme.ink(BACKGROUND), rect)
        if len(self._match.seats) == 1:
            theme.panel(target, rect)
            rect = rect.inflate(-theme.px(28), -theme.px(20))
        top, bottom = ("topright", "bottomright") if mirrored else ("topleft", "bottomleft")
        x, y = getattr(rect, top)
        if len(self._match.people) > 1 and seat in self._match.people:
            half, way = theme.text_px(SIZE) // 2, -1 if mirrored else 1
            badge = x + way * half, y + theme.height(Font.MENU) // 2
            draw_badge(target, badge, self._match.people.index(seat), theme)
            x += way * (2 * half + theme.px(10))
        above = {top: (x, y)}
        room, rest = rect.width // 2, rect.height - theme.height(Font.SCORE)
        placed = theme.text(target, name, Font.MENU, colour, room, rest, **above)
        theme.text(
            target, grouped(frame.score), Font.SCORE, TEXT, **{bottom: getattr(rect, bottom)}
        )
        step = theme.px(34) * (-1 if mirrored else 1)
        x = placed.left - theme.px(30) if mirrored else placed.right + theme.px(30)
        for life in range(FULL_LIVES):
            alive = life < frame.lives and not frame.over
            _draw_cannon(target, (x + life * step, placed.centery), colour, alive, theme)
        coached_player, kind = self._course.coached_player, self._course.arcade.controls.kind
        if coached_player is not None and coached_player.handed_over and not kind.is_pointer:
            words = say("{key}: take back control", key=button_of(Command.HAND_OVER, kind))
            corner, room = rect.bottomright, rect.width // 2
            draw_hint(target, words, Font.CAPTION, MUTED, theme, room, bottomright=corner)

    def _draw_clock(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        left = self._match.frames_left
        frames = self._match.number if left is None else left
        seconds = frames // FRAMES_PER_SECOND if left is None else -(-frames // FRAMES_PER_SECOND)
        hurry = left is not None and left <= HURRY_FRAMES and self._match.number > 0
        words, leader = lead_words(self._match)
        if not self._damage.changes("clock", (seconds, hurry, words, leader), rect):
            return
        target.fill(theme.ink(BACKGROUND), rect)
        theme.text(
            target,
            f"{seconds // 60}:{seconds % 60:02d}",
            Font.SCORE,
            WARNING if hurry else TEXT,
            midtop=(rect.centerx, rect.top + theme.px(6)),
        )
        colour = MUTED if leader is None else self._colours[leader]
        rest = rect.height - theme.height(Font.SCORE)
        theme.text(target, words, Font.MENU, colour, rect.width, rest, midbottom=rect.midbottom)

    def _draw_person(
        self, target: pygame.Surface, rect: pygame.Rect, seat: int, theme: Theme
    ) -> None:
        """Draw the panel of a person in a race: first the keys, then what happened so far."""
        number, match, story = self._match.number, self._match, self._course.story
        faded = min(FADE_FRAMES, max(0, number - KEYS_FRAMES))
        tally, out = story.tallies[seat], match.seats[seat].done(number) and not match.over
        shown: Hashable = (faded, tally.shots, tally.hits, story.samples[-1])
        can_hurry = self._course.people_are_out
        if out:
            shown = (out_words(match, seat), self._course.hurries, can_hurry)
        elif not faded:
            shown = None
        shown = (rect.size, shown, len(story.samples) if faded else 0)
        if not self._damage.changes(("person", seat), shown, rect):
            return
        colours = self._colours
        tints = colours[seat], colours[1 - seat] if len(colours) == 2 else MUTED
        if out:
            kind = self._course.arcade.controls.kind
            hurries, fire = self._course.hurries, button_of(Command.CONFIRM, kind)
            draw_out(target, rect, match, hurries, theme, seat, tints[0], can_hurry, fire)
            return
        if faded < FADE_FRAMES:
            draw_help(target, rect, self._course, seat, theme)
        if faded:
            panel = pygame.Surface(rect.size)
            frames = match.limit_frames or match.number
            draw_progress(panel, panel.get_rect(), story, frames, theme, seat, tints)
            if faded < FADE_FRAMES:
                panel.set_alpha(255 * faded // FADE_FRAMES)
            target.blit(panel, rect)

    def _draw_countdown(
        self, target: pygame.Surface, centre: tuple[int, int], left: int, theme: Theme
    ) -> None:
        number = -(-left // FRAMES_PER_SECOND)
        disc = theme.px(110)
        place = pygame.Rect(0, 0, 2 * disc, 2 * disc)
        place.center = centre
        self._damage.add([place])
        pygame.draw.circle(target, theme.ink(BACKGROUND), centre, disc)
        pygame.draw.circle(target, theme.ink(TEXT), centre, disc, theme.px(4))
        theme.text(target, f"{number}", Font.COUNT, TEXT, center=centre)

    def _thumb_pad(self) -> ThumbPad | None:
        """Return the buttons on the screen, where a finger or a mouse was pressed last."""
        kind = self._course.arcade.controls.kind
        if not kind.is_pointer or self._course.is_shown_only or self._match.over:
            return None
        thoughts = say("Its thoughts")
        if self._course.coached_player is not None and not self._course.coached_player.handed_over:
            thoughts = say("Coach")
        has_network = self._course.call is None and (
            self._course.coached_player is not None or self._course.mode in (Mode.WATCH, Mode.RACE)
        )
        # Of two people each has a device; a finger would belong to nobody.
        plays = len(self._match.people) == 1 and not self._course.people_are_out
        return ThumbPad(kind is InputKind.MOUSE, thoughts if has_network else None, plays)

    def _draw_buttons(self, target: pygame.Surface, pad: ThumbPad | None, theme: Theme) -> None:
        """Draw the buttons on the screen over everything else, if there are any."""
        self.controls = ()
        if pad is None:
            return
        pad.draw(target, self._course.arcade.controls.held, theme)
        hurry = (
            anywhere(Command.CONFIRM, say("Fire: to the result"))
            if self._course.people_are_out
            else []
        )
        self.controls = [*pad.controls(theme), *hurry]


def _draw_stamp(target: pygame.Surface, rect: pygame.Rect, words: str, theme: Theme) -> None:
    theme.shade(target, rect, 150)
    room = rect.width - theme.px(20)
    theme.text(target, words, Font.SCORE, TEXT, room, center=rect.center)


def _between(pair: PairLayout) -> tuple[int, int]:
    """Return the middle between pictures side by side, or of the upper or the large one.

    Between two that stand one above the other are a panel and a score.
    """
    first, last = pair.seats[0].picture, pair.seats[-1].picture
    if first.size != last.size:
        return first.center
    return (first.centerx + last.centerx) // 2, first.centery


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
