"""Picks characters one after another: up and down change one, fire goes to the next."""

from __future__ import annotations

from game.ui.widgets.command import Command

_TURNS = {Command.UP: 1, Command.DOWN: -1}
_MOVES = {Command.LEFT: -1, Command.BACK: -1, Command.RIGHT: 1}


class LetterPicker:
    """A text of which one character is marked and can be changed."""

    def __init__(self, characters: str, text: str) -> None:
        """Begin with `text`, whose characters are all among `characters`."""
        self._characters = characters
        self.text = text
        self.at = 0

    def handle(self, command: Command) -> bool:
        """Change or leave the marked character; return whether the last one was confirmed."""
        last = len(self.text) - 1
        if command in _TURNS:
            index = self._characters.index(self.text[self.at]) + _TURNS[command]
            turned = self._characters[index % len(self._characters)]
            self.text = self.text[: self.at] + turned + self.text[self.at + 1 :]
        elif command in _MOVES:
            self.at = min(last, max(0, self.at + _MOVES[command]))
        elif command is Command.CONFIRM:
            if self.at == last:
                return True
            self.at += 1
        return False
