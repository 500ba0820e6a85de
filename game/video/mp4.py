"""Writes an MP4 with the cartridge's sound, frame by frame, through `encoder_process.py`."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from game.emulation.cabinet import to_16_bits
from game.system.answers import last_answer
from game.system.background import NO_CONSOLE
from game.system.paths import root

ENCODER = "bigchamp-encoder"  # the program's name in the packaged arcade


def is_available() -> bool:
    """Whether the MP4 encoder is available."""
    if getattr(sys, "frozen", False):
        return Path(_program()[0]).exists()
    return find_spec("av") is not None


class Mp4:
    """A growing MP4; end it with `close` or `abandon`."""

    def __init__(self, file: Path, size: tuple[int, int], frames: int) -> None:
        """Begin an MP4 of `frames` frames of `size`, which is even; raises OSError."""
        command = [*_program(), str(file.absolute()), *map(str, (*size, frames))]
        self._encoder = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root(),
            creationflags=NO_CONSOLE,
        )

    def add(self, rgb: bytes, audio: NDArray[np.uint8]) -> None:
        """Show `rgb`, three bytes a pixel, to `audio` [512] of ALE's; raises OSError."""
        assert self._encoder.stdin is not None
        samples = to_16_bits(audio).astype("<i2")
        try:
            self._encoder.stdin.write(rgb)
            self._encoder.stdin.write(samples.tobytes())
        except OSError as error:  # the encoder is gone and has said why
            raise OSError(self._end() or self._status()) from error

    def close(self) -> None:
        """Finish the file; raises OSError."""
        problem = self._end()
        if self._encoder.returncode:
            raise OSError(problem or self._status())

    def abandon(self) -> None:
        """Cancel the encoder and leave no file."""
        if self._encoder.poll() is None:
            self._end()

    def _status(self) -> str:
        return f"the encoder ended with status {self._encoder.returncode}"

    def _end(self) -> str:
        """Wait for the encoder to end and return what went wrong, empty if nothing did."""
        assert self._encoder.stdin is not None
        assert self._encoder.stdout is not None
        with contextlib.suppress(OSError):
            self._encoder.stdin.close()
        with self._encoder.stdout as said:
            answer = last_answer(said.read())
        self._encoder.wait()
        return "" if answer is None else str(answer.get("problem", ""))


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        executable = Path(sys.executable)
        return [str(executable.with_name(ENCODER + executable.suffix))]
    # By its path, which is known wherever this program was started from; it needs none of ours.
    return [sys.executable, "-P", str(Path(__file__).with_name("encoder_process.py"))]
