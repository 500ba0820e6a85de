"""Screenshots and other pictures of the window, written in the background."""

from __future__ import annotations

import json
import struct
import threading
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.system.files import unused, write_atomically
from game.ui.widgets.theme import BACKGROUND, MARK, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import say

PICTURES = "pictures"  # the folder in the arcade's own
SHOWN_FRAMES = 4 * FRAMES_PER_SECOND


class Screenshots:
    """Saves screenshots in a folder, and shows where."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder
        self._problem: str | None = None
        self._thread: threading.Thread | None = None
        self._left = 0  # frames left for the message about the last one

    @property
    def speaks(self) -> bool:
        """Whether there is a message to show."""
        return self._left > 0 and not self.at_work

    @property
    def at_work(self) -> bool:
        """Whether a screenshot is being written."""
        return self._thread is not None and self._thread.is_alive()

    def take(
        self, picture: pygame.Surface, name: str = "", beside: Mapping[str, Any] | None = None
    ) -> None:
        """Write `picture`, unless the last one is still being written, and return at once.

        Its file is called by the time, and by `name`; `beside` it a table goes to a JSON file.
        """
        if self.at_work:
            return
        stem = "-".join(filter(None, (time.strftime("%Y%m%d-%H%M%S"), name)))
        self._file = unused(self._folder / f"{stem}.png")
        self._problem, self._left = None, SHOWN_FRAMES
        pixels, size = pygame.image.tobytes(picture, "RGB"), picture.get_size()
        table = None if beside is None else (json.dumps(beside, indent=1) + "\n").encode()
        arguments = (pixels, size, table)
        self._thread = threading.Thread(target=self._write, args=arguments, name="camera")
        self._thread.start()

    def update(self) -> None:
        """Advance by one frame."""
        if not self.at_work:
            self._left = max(0, self._left - 1)

    def draw(self, target: pygame.Surface, theme: Theme) -> None:
        """Show at the bottom where the last screenshot is, or why it failed."""
        words, colour = say("Picture saved as {file}", file=self._file), TEXT
        if self._problem is not None:
            words = say("The picture could not be saved: {reason}", reason=self._problem)
            colour = WARNING
        window = target.get_rect()
        text = theme.fitted(words, Font.BODY, colour, window.width - theme.px(80))
        box = text.get_rect(midbottom=(window.centerx, window.bottom - theme.px(14)))
        frame = box.inflate(theme.px(32), theme.px(12))
        theme.box(target, frame, BACKGROUND, radius=8)
        theme.frame(target, frame, MARK, 2)
        target.blit(text, box)

    def close(self) -> None:
        """Finish the current screenshot."""
        if self._thread is not None:
            self._thread.join()

    def _write(self, pixels: bytes, size: tuple[int, int], table: bytes | None) -> None:
        try:
            write_atomically(self._file, png(pixels, size))
            if table is not None:
                write_atomically(self._file.with_suffix(".json"), table)
        except OSError as error:
            self._problem = error.strerror or str(error)


def png(pixels: bytes, size: tuple[int, int]) -> bytes:
    """Return a PNG (ISO/IEC 15948) of `pixels`, three bytes each, as wide and high as `size`.

    pygame's own encoder holds the GIL, and so stops the window, for a tenth of a second.
    """
    width, height = size
    row = 3 * width
    lines = b"".join(b"\0" + pixels[at : at + row] for at in range(0, row * height, row))

    def chunk(name: bytes, data: bytes) -> bytes:
        sum_of = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", sum_of)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
