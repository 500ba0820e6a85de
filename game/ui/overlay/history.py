"""The recent decisions of one network: the last one, ten seconds of values, mood and intent."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Frame
from game.play.mood import Mood, MoodReader
from game.play.player import FRAMES_A_DECISION, Decision, Thought
from game.play.saliency import SaliencyMap
from game.ui.widgets.scale import Scale
from game.ui.widgets.theme import Colour

HISTORY_S = 10
DECISIONS_PER_SECOND = FRAMES_PER_SECOND // FRAMES_A_DECISION
HISTORY = HISTORY_S * DECISIONS_PER_SECOND
GLANCE = 8  # decisions, half a second: how long the visitor panel's words stay at least
PATIENCE = 2  # decisions that a panel may be behind, an eighth of a second
LEAST_ADVANTAGE, LEAST_VALUE = 0.1, 2.0  # hits, ends of the scales at least


@dataclass
class Panel:
    """A drawn panel, and the surface that holds it if it was not drawn in the window itself.

    The surface is drawn on again: to make one takes as long as to fill two.
    """

    surface: pygame.Surface | None = None
    missed: int = 1  # decisions made since it was drawn


@dataclass(frozen=True)
class Doer:
    """Whoever plays a game that the network only thinks about: their name, and their colour."""

    name: str
    colour: Colour


class History:
    """The history of one network's decisions in one game."""

    def __init__(self) -> None:
        self.values: deque[float] = deque(maxlen=HISTORY)
        self.kills: deque[int] = deque()  # decisions made when an invader was hit
        self.deaths: deque[int] = deque()  # and when a life was lost
        self.made = 0  # decisions so far
        self.has_just_decided = False  # in this frame
        self.thought: Thought | None = None
        self.action = Action.NOOP
        self.intent = Action.NOOP  # what it mostly did in the last half second
        self.pressed = Action.NOOP  # what the player did last, who may be somebody else
        self.done = Action.NOOP  # and mostly in the last half second
        self.margin = 0.0  # hits that the best action has over the second best, of half a second
        self.advantage_scale = Scale(LEAST_ADVANTAGE, HISTORY)
        self.value_scale = Scale(LEAST_VALUE, HISTORY)
        # The drawn panels by their size, level and look; see draw_panel.
        self.panels: dict[tuple[tuple[int, int], str, Hashable], Panel] = {}
        self._mood = MoodReader()
        self._recent: deque[Decision] = deque(maxlen=GLANCE)
        self._pressed: deque[Action] = deque(maxlen=GLANCE * FRAMES_A_DECISION)
        self._observations: deque[tuple[NDArray[np.uint8], int]] = deque(
            maxlen=4 * DECISIONS_PER_SECOND
        )
        self._hits = 0  # since the last decision
        self._frame: Frame | None = None
        self._last: Decision | None = None

    @property
    def mood(self) -> Mood:
        """Its mood."""
        return self._mood.mood

    @property
    def change(self) -> float:
        """Hits of the last half second above or below expectation."""
        return self._mood.change

    def update(
        self, decision: Decision | None, frame: Frame, pressed: Action | None = None
    ) -> None:
        """Add a decision and the `frame` that it led to; repeated ones do not count twice.

        What somebody else `pressed` in this frame, who plays the game, is kept beside it.
        """
        if pressed is not None:
            self.pressed = pressed
            self._pressed.append(pressed)
        if frame is not self._frame:
            self._see(frame)
            self.has_just_decided = False
        if decision is None or decision is self._last or decision.thought is None:
            return
        self._last = decision
        self.has_just_decided = True
        self._forget_panels()
        thought = decision.thought
        self.thought = thought
        self.action = decision.action
        self.made += 1
        self.values.append(thought.value)
        self._mood.update(thought.value, self._hits, thought.discount)
        self._hits = 0
        if thought.observation is not None:
            self._observations.append((thought.observation, frame.number))
        self._recent.append(decision)
        if self.made % GLANCE == 1:
            self._glance()
        self.value_scale.update(abs(thought.value))
        self.advantage_scale.update(float(abs(thought.advantage).max()))

    @property
    def lowest(self) -> float:
        """The lowest value of the last ten seconds."""
        return min(self.values, default=0.0)

    def age(self, saliency_map: SaliencyMap) -> int | None:
        """Return how many frames ago it saw what `saliency_map` shows, None if not lately."""
        now = 0 if self._frame is None else self._frame.number
        seen = (
            number
            for observation, number in self._observations
            if observation is saliency_map.observation
        )
        number = next(seen, None)
        return None if number is None else now - number

    def _forget_panels(self) -> None:
        """Let the panels be drawn anew; drop those that nobody draws any more.

        These are the panels of a window's old size, for example.
        """
        for key, panel in list(self.panels.items()):
            panel.missed += 1
            if panel.missed > PATIENCE + 1:
                del self.panels[key]

    def _see(self, frame: Frame) -> None:
        if frame.reward > 0:
            self.kills.append(self.made)
            self._hits += 1
        if self._frame is not None and frame.lives < self._frame.lives:
            self.deaths.append(self.made)
            self._mood.reset()
        for marks in (self.kills, self.deaths):
            while marks and marks[0] < self.made - HISTORY:
                marks.popleft()
        if frame.over:
            self.panels.clear()
        self._frame = frame

    def _glance(self) -> None:
        """Summarise the last half second for the visitor panel."""
        self.intent = Counter(decision.action for decision in self._recent).most_common(1)[0][0]
        if self._pressed:
            self.done = Counter(self._pressed).most_common(1)[0][0]
        thoughts = [d.thought for d in self._recent if d.thought is not None]
        self.margin = sum(thought.gap for thought in thoughts) / max(1, len(thoughts))
