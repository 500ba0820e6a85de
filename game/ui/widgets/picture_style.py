"""How the picture of a cabinet looks: what screen it is shown on, and how its sprites stand out."""

from __future__ import annotations

from dataclasses import dataclass

from game.system.preferences import CRT, OUTLINED, PLAIN, SHARP

OUTLINE_LINES = 2  # above and below, on which an outline hangs


@dataclass(frozen=True)
class PictureStyle:
    """A person's choice. The network always sees the console's own picture."""

    screen: str = SHARP
    sprites: str = PLAIN

    @property
    def reach(self) -> int:
        """How many lines above and below a changed line look different too."""
        return OUTLINE_LINES * (self.sprites == OUTLINED) + (self.screen == CRT)

    @property
    def margin(self) -> int:
        """How many lines above and below have to be known to draw a line."""
        return int(self.screen != SHARP)


PLAIN_STYLE = PictureStyle()  # as the console draws it, on a sharp screen
