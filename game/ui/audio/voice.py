"""Speaks menus through the system's own speech service, in a process beside the window.

There is nothing to install and nothing to import: speech-dispatcher's `spd-say` on Linux, SAPI by
PowerShell on Windows, `say` on macOS. Where there is none, or where it fails, the arcade is silent.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys

from game.system.background import NO_CONSOLE

TEXT_ENV = "BIGCHAMP_SAYS"  # in a variable no text can become part of a command
_SAPI = (
    "Add-Type -AssemblyName System.Speech;"
    "$voice = New-Object System.Speech.Synthesis.SpeechSynthesizer;"
    "try { $voice.SelectVoiceByHints(0, 0, 0, $env:BIGCHAMP_SPEAKS) } catch {};"
    f"$voice.Speak($env:{TEXT_ENV})"
)
LANGUAGE_ENV = "BIGCHAMP_SPEAKS"
# Where the packaged program's own libraries are, which other programs must not load.
_LIBRARIES, _KEPT = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"

_log = logging.getLogger(__name__)


def speech_command() -> list[str] | None:
    """Return the command of this system's speech service, None without one."""
    if sys.platform == "win32":
        shell = shutil.which("powershell")
        return None if shell is None else [shell, "-NoProfile", "-Command", _SAPI]
    name = "say" if sys.platform == "darwin" else "spd-say"
    found = shutil.which(name)
    return None if found is None else [found]


class Voice:
    """Says one thing at a time: the next one ends what is being said."""

    def __init__(self, command: list[str] | None) -> None:
        """Speak by `command`, or not at all."""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is a speech service that has not failed."""
        return self._command is not None

    def speak(self, text: str, language: str) -> None:
        """Say `text`, in the language with the code `language`."""
        self.stop()
        if self._command is None or not text.strip():
            return
        environment = {**os.environ, TEXT_ENV: text, LANGUAGE_ENV: language}
        if _LIBRARIES in environment and getattr(sys, "frozen", False):
            del environment[_LIBRARIES]
            if _KEPT in environment:
                environment[_LIBRARIES] = environment[_KEPT]
        try:
            self._process = subprocess.Popen(
                [*self._command, *_arguments(text, language)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=NO_CONSOLE,
            )
        except OSError as error:
            _log.warning("there is no speech: %s", error)
            self._command = None

    def stop(self) -> None:
        """Fall silent."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        self._process = None


def _arguments(text: str, language: str) -> list[str]:
    """Return the arguments with which a service says `text`."""
    if sys.platform == "win32":
        return []
    if sys.platform == "darwin":
        return ["--", text]
    # A text of this priority takes the place of the one before.
    return ["--wait", "--priority", "text", "--language", language, "--", text]
