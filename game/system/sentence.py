"""Sentences about what went wrong, told where no language is chosen and shown where one is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

# Fills the fields of a text: `translation.say` in the person's language, `str.format` in English.
Say = Callable[..., str]


def listed(parts: Iterable[str], say: Say) -> str:
    """Return `parts` one after another, with what the language of `say` has between them."""
    texts = list(parts)
    if not texts:
        return ""
    return reduce(lambda first, second: say("{first}, {second}", first=first, second=second), texts)


class Sentence(str):
    """An English sentence that can also be said in another language.

    It is made from a function that says it, so that the texts are found where they stand:
    `Sentence(lambda say: say("{file} is cut short", file=file))`.
    """

    _words: Callable[[Say], str]

    def __new__(cls, words: Callable[[Say], str]) -> Sentence:
        sentence = super().__new__(cls, words(str.format))
        sentence._words = words
        return sentence

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickle the English text: functions do not travel between processes."""
        return str, (str(self),)

    def said(self, say: Say) -> str:
        """Return the sentence in the language of `say`."""
        return self._words(say)

    def told(self) -> dict[str, Any]:
        """Return what another process needs to say the same, as JSON holds it; see `retold`.

        Only the last text counts of a sentence that is put together from several.
        """
        parts: dict[str, Any] = {}

        def listen(text: str, **values: object) -> str:
            parts.update(text=text, values={name: str(value) for name, value in values.items()})
            return text

        self._words(listen)
        return parts


def retold(told: Mapping[str, Any]) -> Sentence:
    """Return the sentence that another process `told`."""
    text, values = str(told["text"]), dict(told["values"])
    return Sentence(lambda speak: speak(text, **values))


def in_words(error: BaseException, say: Say) -> str:
    """Return what `error` says, in the language of `say` if it was told as a Sentence."""
    told = error.args[0] if error.args else ""
    return told.said(say) if isinstance(told, Sentence) else str(error)
