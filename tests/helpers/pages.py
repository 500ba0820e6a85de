"""The pages of the documentation: their links, what they name, and the commands in them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for folder in (".", "docs", "models", "assets/licences")
    for path in (ROOT / folder).glob("*.md")
)
# What stands in a command for something else: `...`, `COMMON`.
_PLACEHOLDERS = {"...", "COMMON", "SETTINGS"}
_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
# What goes into files of other programs, and is no command.
_FILES = re.compile(r"^```(?:nginx|caddy)\n.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)\)")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")


class Command(NamedTuple):
    """A command that a page tells people to run."""

    page: Path
    argv: list[str]  # without the environment's variables before it

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {shlex.join(self.argv)}"


class Link(NamedTuple):
    """A link on a page, its address split at the hash."""

    page: Path
    text: str
    address: str
    anchor: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: [{self.text}]({self.address}#{self.anchor})"

    @property
    def target(self) -> Path:
        """The file or folder that it leads to."""
        return (self.page.parent / self.address).resolve() if self.address else self.page


def blocks(page: Path) -> list[str]:
    """Return what stands in fences."""
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def prose(page: Path) -> str:
    """Return the rest."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def spans(text: str) -> list[str]:
    """Return what stands in backquotes, each on one line."""
    return [" ".join(span.split()) for span in _SPAN.findall(text)]


def links(page: Path) -> list[Link]:
    """Return the links to files of this repository."""
    found = []
    for text, address in _LINK.findall(_SPAN.sub("", prose(page))):
        if not re.match(r"[a-z]+:", address):
            path, _, anchor = address.partition("#")
            found.append(Link(page, " ".join(text.split()), path, anchor))
    return found


def anchors(page: Path) -> set[str]:
    """Return what a link to a heading of `page` may say behind the hash, as GitHub makes it."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = 0
        while (name := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(name)
    return found


def commands(page: Path) -> list[Command]:
    """Return the commands in fences, and those of Python in backquotes."""
    told = _FENCE.findall(_FILES.sub("", page.read_text(encoding="utf-8")))
    lines = [line for block in told for line in _lines(block)]
    lines += [span for span in spans(prose(page)) if re.match(r"([A-Z_]+=\S* )*python ", span)]
    found = []
    for line in lines:
        for part in line.split(" && "):
            words = [word for word in shlex.split(part) if word not in _PLACEHOLDERS]
            while words and _ASSIGNMENT.match(words[0]):
                words.pop(0)
            if words:
                found.append(Command(page, words))
    return found


def _lines(block: str) -> list[str]:
    """Return the commands of `block`: lines joined where one goes on, or a quote is open."""
    found: list[str] = []
    begun = ""
    for line in block.splitlines():
        begun += line.removesuffix("\\") + ("\n" if not line.endswith("\\") else " ")
        if not line.endswith("\\") and begun.count("'") % 2 == 0:
            found.append(begun.strip())
            begun = ""
    assert not begun, f"a command goes on behind its end: {begun}"
    return [line for line in found if line]
