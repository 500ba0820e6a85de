"""Reads the marked control aloud, where a person has asked for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from game.ui.audio.voice import Voice
from game.ui.scenes.operator import PinEntry
from game.ui.scenes.scene import Arcade, Scene
from game.ui.widgets.control import Control
from game.ui.widgets.translation import spoken

SETTLED = 12  # frames that a mark rests before it is read: whoever runs on hears the end


class Reader:
    """Says what is marked, each time that it changes."""

    def __init__(self, arcade: Arcade, voice: Voice) -> None:
        self._arcade = arcade
        self._voice = voice
        self._words = ""  # of what is marked now
        self._age = 0
        arcade.has_voice = voice.is_there

    def update(self, scene: Scene, plays: bool) -> None:
        """Let a frame pass over `scene`; nothing is read while somebody `plays`."""
        if not self._arcade.preferences.speech:
            return
        # Digits of a PIN are for nobody else's ears.
        words = "" if plays or isinstance(scene, PinEntry) else _marked(scene.controls())
        if words != self._words:
            self._words, self._age = words, 0
            self._voice.stop()
            return
        self._age += 1
        if self._age == SETTLED and words:
            self._voice.speak(words, spoken())

    def close(self) -> None:
        """Fall silent."""
        self._voice.stop()


def _marked(controls: Sequence[Control]) -> str:
    """Return the words of what is marked; of a page that has no mark, what a press does."""
    found = next((c for c in controls if c.marked), next(iter(controls), None))
    if found is None or not (found.marked or found.key == "page"):
        return ""
    return re.sub(r"\s*[<>]\s*", ", ", found.label).strip(" ,")
