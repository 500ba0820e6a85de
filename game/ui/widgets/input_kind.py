"""What a person presses with: hints show its buttons, and pages what it can reach."""

from __future__ import annotations

from enum import Enum, auto


class InputKind(Enum):
    """The kind of the device that was pressed last; pads differ in what is printed on them."""

    KEYBOARD = auto()
    XBOX = auto()  # and every pad that is not known better
    PLAYSTATION = auto()
    NINTENDO = auto()
    DECK = auto()  # Valve's, with a screen of its own
    MOUSE = auto()
    TOUCH = auto()

    @property
    def is_pointer(self) -> bool:
        """Whether it points at what it presses."""
        return self in (InputKind.MOUSE, InputKind.TOUCH)

    @property
    def is_pad(self) -> bool:
        """Whether it is a gamepad."""
        return self is not InputKind.KEYBOARD and not self.is_pointer
