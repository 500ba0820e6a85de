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
from game.system.paths import root

NO_CONSOLE = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows a console would flash up
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
            stderr=subprocess.PIPE,
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
        """Wait for the encoder to end and return the last line of its standard error."""
        assert self._encoder.stdin is not None
        assert self._encoder.stderr is not None
        with contextlib.suppress(OSError):
            self._encoder.stdin.close()
        words = self._encoder.stderr.read().decode(errors="replace").strip()
        self._encoder.wait()
        return words.splitlines()[-1] if words else ""


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        executable = Path(sys.executable)
        return [str(executable.with_name(ENCODER + executable.suffix))]
    return [sys.executable, "-m", "game.video.encoder_process"]
