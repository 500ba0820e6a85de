"""The first lesson: ten seconds in which a person goes right, goes left and shoots."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Cabinet, Rules
from game.ui.input.hints import button_of, card_signs
from game.ui.input.settled_input import SettledInput
from game.ui.overlay.action_icon import draw_action
from game.ui.scenes.scene import Arcade, Home, MatchWanted, Mode, Pop, Transition
from game.ui.widgets.back_button import draw_back
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control, anywhere
from game.ui.widgets.game_picture import draw_picture
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.layout import single_layout
from game.ui.widgets.theme import BACKGROUND, HUMAN, MARK, MUTED, TEXT, Font, Theme
from game.ui.widgets.thumb_pad import BUTTON, ThumbPad
from game.ui.widgets.translation import say

LESSON_FRAMES = 10 * FRAMES_PER_SECOND
WAIT_S = 30
SEED = 1  # the same game for everybody
LATEST = 300  # frames: for two seconds the console shows how many lives there are, and no cannon
FAR = 8  # pixels of the console that the cannon has to move
JUMP = 4  # pixels in a frame: more is a new cannon, and no move
STEPS = (Action.RIGHT, Action.LEFT, Action.FIRE)


class Lesson:
    """A game in which nothing counts. It begins with the first press and ends by itself."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self.cabinet = Cabinet(Rules(), SEED)
        start = self.cabinet.cannon_x
        while self.cabinet.cannon_x == start and self.cabinet.frame.number < LATEST:
            self.cabinet.step(Action.RIGHT)
        self.learnt: set[Action] = set()
        self._gone = {Action.RIGHT: 0, Action.LEFT: 0}  # pixels so far
        self._frames = 0  # since the first press
        self._input: SettledInput | None = None  # of the last page
        self._pressed_here: Sequence[Control] = ()
        self._idle_timer = arcade.idle_timer(WAIT_S)
        arcade.controls.take_action()  # the press that chose this is not a shot

    @property
    def waits(self) -> bool:
        """Whether it is over, and asks what to do now."""
        return self._input is not None

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if self._input is None:
            return Pop() if command in (Command.BACK, Command.PAUSE) else None
        if not self._input.hears(command):
            return None
        if command is Command.CONFIRM and self._arcade.rival.problem is None:
            return MatchWanted(Mode.RACE)
        return Pop() if command in (Command.BACK, Command.CONFIRM) else None

    def update(self) -> Transition | None:
        action = next((one for one in self._arcade.party.actions() if one), Action.NOOP)
        if self._input is not None:
            self._input.update()
        if self._input is not None or (self._frames == 0 and action is Action.NOOP):
            self._idle_timer.update()
            return Home() if self._idle_timer.over else None
        self.step(action)
        return None

    def step(self, action: Action) -> None:
        """Let a frame of the game pass, and note what the person has learnt in it."""
        before = self.cabinet.cannon_x
        frame = self.cabinet.step(action)
        self._frames += 1
        moved = self.cabinet.cannon_x - before
        if abs(moved) <= JUMP:
            way = Action.RIGHT if moved > 0 else Action.LEFT
            self._gone[way] += abs(moved)
        self.learnt |= {way for way, pixels in self._gone.items() if pixels >= FAR}
        if frame.reward:
            self.learnt.add(Action.FIRE)
        self._arcade.speaker.play(frame.audio)
        if self._frames == LESSON_FRAMES or len(self.learnt) == len(STEPS):
            self._arcade.speaker.stop()
            self._idle_timer.renew()
            self._input = SettledInput(self._arcade.controls)

    def interrupt(self, reason: str) -> Transition | None:
        return Pop()

    def leave(self) -> None:
        """Stop the sound. Nothing is saved."""
        self._arcade.speaker.stop()

    def controls(self) -> Sequence[Control]:
        return self._pressed_here

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        place = single_layout(theme)
        target.fill(theme.ink(BACKGROUND))
        draw_picture(target, self.cabinet.frame.rgb, place.picture, theme.look.picture)
        theme.surround(target, place.picture, HUMAN, 3)
        self._draw_head(target, place.score, theme)
        self._draw_steps(target, place.panel, theme)
        if self.waits:
            self._draw_end(target, place.picture, theme)
        else:
            self._draw_pad(target, theme)

    def _draw_head(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        """Draw what this is, and how much of the time is left."""
        theme.panel(target, rect)
        inner = rect.inflate(-2 * theme.px(16), -2 * theme.px(12))
        words = say("Try it: ten seconds")
        theme.text(target, words, Font.MENU, TEXT, inner.width, topleft=inner.topleft)
        bar = pygame.Rect(inner.left, 0, inner.width, theme.px(14))
        bar.bottom = inner.bottom
        theme.box(target, bar, MARK, 2, radius=7)
        bar.width = round(bar.width * (1 - self._frames / LESSON_FRAMES))
        if bar.width:
            theme.box(target, bar, HUMAN, radius=7)

    def _draw_steps(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        """Draw what is to be done, with a tick where it is."""
        theme.panel(target, rect)
        room = rect.height
        if self._arcade.controls.kind is InputKind.TOUCH:
            room -= theme.px(BUTTON)  # a thumb's button lies there
        left, fire, right = card_signs(self._arcade.preferences, self._arcade.controls.kind)
        steps = {
            Action.RIGHT: (say("Go right"), right),
            Action.LEFT: (say("Go left"), left),
            Action.FIRE: (say("Hit an invader"), fire),
        }
        height = min(room // len(STEPS), theme.text_px(150))
        for number, action in enumerate(STEPS):
            row = pygame.Rect(rect.left, rect.top + number * height, rect.width, height)
            row.inflate_ip(-2 * theme.px(14), -theme.px(10))
            what, how = steps[action]
            icon = pygame.Rect(row.left, row.top, theme.px(84), row.height)
            done = action in self.learnt
            draw_action(target, icon, action, HUMAN, theme)
            tick = pygame.Rect(0, row.top, theme.px(34), theme.px(34))
            tick.right, tick.centery = row.right, row.centery
            _draw_tick(target, tick, done, theme)
            width = tick.left - theme.px(8) - icon.right
            middle = icon.right, row.centery
            theme.text(target, what, Font.MENU, TEXT, width, bottomleft=middle)
            draw_hint(target, how, Font.BODY, MUTED, theme, width, topleft=middle)

    def _draw_end(self, target: pygame.Surface, picture: pygame.Rect, theme: Theme) -> None:
        """Draw over the game what comes next, and how it is chosen."""
        theme.shade(target, picture, 190)
        kind, room = self._arcade.controls.kind, picture.width - 2 * theme.px(20)
        head = say("That is all there is to it")
        if len(self.learnt) == len(STEPS):
            head = say("Well done!")
        over = (picture.centerx, picture.centery - theme.px(10))
        theme.text(target, head, Font.HEADLINE, TEXT, room, midbottom=over)
        fire = button_of(Command.CONFIRM, kind)
        words = say("{fire}: race the network", fire=fire)
        if self._arcade.rival.problem is not None:
            words = say("Press any button to go back")
        under = (picture.centerx, picture.centery + theme.px(10))
        draw_hint(target, words, Font.MENU, HUMAN, theme, room, midtop=under)
        self._pressed_here = anywhere(Command.CONFIRM, say("Race the network"))
        if kind.is_pointer:
            self._pressed_here = [draw_back(target, theme), *self._pressed_here]
        else:
            back = say("{key}: main menu", key=button_of(Command.BACK, kind))
            foot = (picture.centerx, picture.bottom - theme.px(20))
            draw_hint(target, back, Font.BODY, MUTED, theme, room, midbottom=foot)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _draw_pad(self, target: pygame.Surface, theme: Theme) -> None:
        """Draw the buttons on the screen, where a finger or a mouse was pressed last."""
        kind = self._arcade.controls.kind
        self._pressed_here = ()
        if kind.is_pointer:
            pad = ThumbPad(kind is InputKind.MOUSE, None)
            self._pressed_here = pad.controls(theme)
            pad.draw(target, self._arcade.controls.held, theme)


def _draw_tick(target: pygame.Surface, rect: pygame.Rect, done: bool, theme: Theme) -> None:
    """Draw a ring for what is to be done, and a tick in a disc for what is."""
    ink, radius = theme.ink(HUMAN if done else MARK), rect.width // 2
    pygame.draw.circle(target, ink, rect.center, radius, 0 if done else theme.px(3))
    if done:
        x, y = rect.center
        size = radius * 0.5
        points = [(x - size, y), (x - size * 0.2, y + size * 0.8), (x + size, y - size * 0.8)]
        pygame.draw.lines(target, theme.ink(BACKGROUND), False, points, theme.px(4))
