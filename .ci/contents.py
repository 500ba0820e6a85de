"""What is inside the packaged arcade, and under which licences: python .ci/contents.py FOLDER

Says what a package has of others, and fails if a licence or its text is missing. The list is made
from the built folder itself: the modules in its executable are traced back to the distributions
that they came from, and each library to a line of libraries.toml.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import sqlite3
import sys
import sysconfig
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from game.system.version import VERSION  # noqa: E402

TEXTS = ROOT / "assets" / "licences"
PAGE = TEXTS / "README.md"
OURS, OURS_KEPT = ROOT / "LICENSE", "BigChamp.txt"
LIBRARIES = tomllib.loads((Path(__file__).parent / "libraries.toml").read_text("utf-8"))
LIBRARY = re.compile(r"\.(so|dll|dylib|pyd)(\.|$)")
OWN = {"main", "game", "agents"}
EXECUTABLE = "GPL-2.0-only"  # as a whole: see assets/licences/README.md
UNKNOWN = "unknown: name it in .ci/libraries.toml"


@dataclass
class Component:
    """One thing inside that somebody made."""

    name: str
    version: str
    licence: str  # an SPDX expression, or a sentence where there is none
    kind: str = "library"  # CycloneDX's type
    copyright: str = ""
    purl: str = ""
    texts: list[Path] = field(default_factory=list)  # of its licence
    files: list[Path] = field(default_factory=list)  # where it is one or a few files

    @property
    def is_known(self) -> bool:
        """Whether its licence is known."""
        return self.licence != UNKNOWN


def project() -> dict[str, Any]:
    """Return what pyproject.toml says of the project, and its version."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {**table, "version": VERSION}


def components(folder: Path) -> list[Component]:
    """Return everything in the built `folder`; what nobody knows has the licence UNKNOWN."""
    inside = next(path for path in (folder / "_internal", folder) if path.is_dir())
    found = [*_distributions(folder), _python(), _bootloader(), *_data(inside)]
    found += _libraries(inside)
    return sorted(found, key=lambda item: item.name.lower())


def _modules(folder: Path) -> set[str]:
    """Return the top-level modules in the executables."""
    from PyInstaller.archive.readers import CArchiveReader

    executables = [path for path in folder.glob("bigchamp*") if path.suffix in ("", ".exe")]
    return {
        name.partition(".")[0]
        for executable in executables
        for name in CArchiveReader(str(executable)).open_embedded_archive("PYZ.pyz").toc
    }


def _distributions(folder: Path) -> Iterator[Component]:
    owners = packages_distributions()
    names = _modules(folder) - OWN - set(sys.stdlib_module_names)
    names = {name for name in names if not name.startswith("_sysconfigdata")}
    for name in sorted(names - set(owners)):
        yield Component(name, "", UNKNOWN)
    for name in sorted({owners[name][0] for name in names & set(owners)}):
        dist = distribution(name)
        known = LIBRARIES["distributions"].get(dist.name, {})
        yield Component(
            dist.name,
            dist.version,
            known.get("licence") or dist.metadata["License-Expression"] or UNKNOWN,
            purl=f"pkg:pypi/{dist.name.lower()}@{dist.version}",
            texts=[*_texts(dist), *([TEXTS / f"{known['text']}.txt"] if "text" in known else [])],
        )


def _texts(dist: Distribution) -> list[Path]:
    files = [Path(str(dist.locate_file(file))) for file in dist.files or []]
    return [
        file
        for file in files
        if re.match(r"(LICEN[CS]E|COPYING|NOTICE)", file.name.upper()) and ".dist-info" in str(file)
    ]


def _python() -> Component:
    paths = [Path(sysconfig.get_paths()["stdlib"]), Path(sys.base_prefix)]
    texts = [path / "LICENSE.txt" for path in paths if (path / "LICENSE.txt").exists()]
    version = platform.python_version()
    return Component("Python", version, "PSF-2.0", "framework", texts=texts[:1])


def _bootloader() -> Component:
    dist = distribution("pyinstaller")
    licence = "GPL-2.0-or-later WITH Bootloader-exception"
    return Component("PyInstaller bootloader", dist.version, licence, texts=_texts(dist)[:1])


def _data(inside: Path) -> Iterator[Component]:
    for rom in sorted((inside / "ale_py" / "roms").glob("*.bin")):
        licence = "Proprietary: the program is Atari's, the name Space Invaders is Taito's"
        yield Component(rom.stem, "Atari 2600, 1980", licence, "data", files=[rom], texts=[PAGE])
    for font in sorted((inside / "assets" / "fonts").glob("*.ttf")):
        text = font.with_name(font.stem.partition("-")[0] + "-OFL.txt")
        yield Component(font.stem, "", "OFL-1.1", "data", texts=[text], files=[font])
    for model in sorted((inside / "models").rglob("*.tflite")):
        card = json.loads(model.with_suffix(".json").read_text("utf-8"))
        licence = project()["license"]
        name = str(card.get("name", model.stem))
        kind, texts = "machine-learning-model", [OURS]
        yield Component(name, "", licence, kind, files=[model], texts=texts)


def _libraries(inside: Path) -> Iterator[Component]:
    """Yield the libraries that lie outside the packages that they were built for."""
    entries: dict[str, dict[str, Any]] = LIBRARIES["libraries"]
    found: dict[str, list[Path]] = {}
    for path in sorted(inside.rglob("*")):
        if path.is_symlink() or not LIBRARY.search(path.name) or _belongs(path, inside):
            continue
        names = [name for name, entry in entries.items() if re.match(entry["files"], path.name)]
        found.setdefault(names[0] if names else path.name, []).append(path)
    versions = _versions()
    for name, files in found.items():
        entry = entries.get(name, {"licence": UNKNOWN})
        yield Component(
            name,
            versions.get(name, ""),
            entry["licence"],
            copyright=entry.get("copyright", ""),
            texts=_named_texts(entry),
            files=files,
        )


def _named_texts(entry: dict[str, Any]) -> list[Path]:
    """Return the licence texts that an entry of libraries.toml names."""
    names = entry.get("text", [])
    texts = [TEXTS / f"{name}.txt" for name in ([names] if isinstance(names, str) else names)]
    other = entry.get("text_of")
    if other is not None:
        of_other = _python().texts if other == "Python" else _texts(distribution(other))
        texts += [text for text in of_other if "licenses" not in text.parts[:-2]][:1]
    return texts


def faults(found: list[Component]) -> list[str]:
    """Return a sentence for each component without a licence or without a text of it."""
    said = [f"{item.name}: {UNKNOWN}" for item in found if not item.is_known]
    for item in filter(lambda item: item.is_known, found):
        missing = [text.name for text in item.texts if not text.is_file()]
        if missing or not item.texts:
            which = f": {', '.join(missing)}" if missing else ""
            said.append(f"{item.name} comes without the text of its licence, {item.licence}{which}")
    return said


def _belongs(path: Path, inside: Path) -> bool:
    """Whether a library came with a distribution, or with Python, as its own module."""
    *folders, name = path.relative_to(inside).parts
    if name.endswith((".dll", ".dylib")):  # modules have other endings where these are libraries
        return False
    if not folders:
        return name.endswith(".pyd")
    return not folders[0].endswith(".libs") and not name.startswith("libpywrap")


def _versions() -> dict[str, str]:
    """Return the versions of libraries that can say them."""
    from pyexpat import EXPAT_VERSION

    import pygame

    def dotted(numbers: tuple[int, ...]) -> str:
        return ".".join(map(str, numbers))

    return {
        "SDL": dotted(tuple(pygame.version.SDL)),
        "SDL_image": dotted(pygame.image.get_sdl_image_version() or ()),
        "SDL_mixer": dotted(pygame.mixer.get_sdl_mixer_version()),
        "SDL_ttf": dotted(pygame.font.get_sdl_ttf_version()),
        "SQLite": sqlite3.sqlite_version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "Expat": EXPAT_VERSION.removeprefix("expat_"),
    }


def write_licences(found: list[Component], folder: Path) -> None:
    """Write every licence text, and who it is of, to a new `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(OURS, folder / OURS_KEPT)
    shutil.copy(PAGE, folder / PAGE.name)
    lines = ["What is inside, whose it is, and which file holds its licence.", ""]
    for item in found:
        names = []
        for text in item.texts:
            name = _kept_as(text, item)
            shutil.copyfile(text, folder / name)
            names.append(name)
        lines.append(f"{item.name} {item.version}".strip())
        lines.append(f"  {item.licence}")
        lines += [f"  Copyright {item.copyright}"] if item.copyright else []
        lines += [f"  {name}" for name in names]
    (folder / "CONTENTS.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _kept_as(text: Path, item: Component) -> str:
    """Return the name under which a text of a component's licence is kept."""
    if text == OURS:
        return OURS_KEPT
    return text.name if text.parent == TEXTS else f"{item.name} {_short(text)}"


def _short(text: Path) -> str:
    """Return a name for a licence file that tells it from others of its distribution."""
    parts = text.parts
    inner = parts[parts.index("licenses") + 1 :] if "licenses" in parts else parts[-1:]
    name = "-".join(inner).replace("/", "-")
    return name if Path(name).suffix in (".txt", ".md") else f"{name}.txt"


def bill_of_materials(found: list[Component], when: str) -> dict[str, Any]:
    """Return a CycloneDX 1.6 document; `when` is the time of the source, ISO 8601."""
    about = project()
    root = {"name": "BigChamp", "version": about["version"], "bom-ref": "bigchamp"}
    refs = [f"{item.name} {item.version}".strip() for item in found]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": when,
            "component": {"type": "application", **root, **_licence(EXECUTABLE)},
        },
        "components": [_entry(item, ref) for item, ref in zip(found, refs, strict=True)],
        "dependencies": [{"ref": "bigchamp", "dependsOn": refs}],
    }


def _entry(item: Component, ref: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": item.kind, "bom-ref": ref, "name": item.name}
    entry |= {"version": item.version} if item.version else {}
    entry |= _licence(item.licence)
    entry |= {"copyright": item.copyright} if item.copyright else {}
    entry |= {"purl": item.purl} if item.purl else {}
    if len(item.files) == 1:
        digest = hashlib.sha256(item.files[0].read_bytes()).hexdigest()
        entry["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return entry


def _licence(text: str) -> dict[str, Any]:
    named = " " in text and not re.search(r" (AND|OR|WITH) ", text)
    return {"licenses": [{"license": {"name": text}} if named else {"expression": text}]}


def main(folder: str) -> int:
    """Say what is in the built `folder`, and what is wrong with it; return the exit status."""
    found = components(Path(folder))
    for item in found:
        print(f"{item.name} {item.version}".strip() + f": {item.licence}")
    wrong = faults(found)
    for fault in wrong:
        print(fault, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
