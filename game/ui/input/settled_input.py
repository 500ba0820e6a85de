"""When a press is meant for a page: the game before it is over, and so are its last presses.

Everybody holds or taps fire when a game ends. A page that listened at once would be chosen from,
signed and left before anybody has read it.
"""

from __future__ import annotations

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.ui.input.controls import Controls
from game.ui.widgets.command import Command

LEAST_FRAMES = 3 * FRAMES_PER_SECOND // 2  # a page stands so long before it listens
QUIET_FRAMES = 7 * FRAMES_PER_SECOND // 10  # and nobody has pressed for so long
SETTLED_FRAMES = LEAST_FRAMES + 1  # until a page listens that nobody disturbs

# Choosing is harmless; only what confirms or leaves has to wait.
_HARMLESS = {Command.UP, Command.DOWN, Command.LEFT, Command.RIGHT, Command.OTHER}


class SettledInput:
    """Lets a page hear what confirms or leaves once fire was released and all was quiet."""

    def __init__(self, controls: Controls, settled: bool = False) -> None:
        """Begin to wait, unless the page follows from a choice and is `settled` already."""
        self._controls = controls
        self._age = 0
        self._quiet = 0
        self._released = False
        self.listens = settled

    def update(self) -> None:
        """Let a frame pass."""
        self._age += 1
        self._released |= not self._controls.fire_held
        self._quiet = self._quiet + 1 if self._released else 0
        self.listens |= self._age > LEAST_FRAMES and self._quiet >= QUIET_FRAMES

    def hears(self, command: Command) -> bool:
        """Whether `command` is meant for the page; one that is not makes it wait on."""
        if self.listens or command in _HARMLESS:
            return True
        self._quiet = 0
        return False
