"""Add up several runs of pytest: one closing line of its kind, and whether a test is missing.

    python .ci/count.py SECONDS COLLECTED FOLDER

FOLDER holds what each run wrote with `--junitxml`, COLLECTED what `pytest --collect-only -q` of
all tests wrote. The status is 1 if a test failed, or if one that was collected ran nowhere.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

KINDS = {"failure": "failed", "error": "errors", "skipped": "skipped"}  # elements and words
ORDER = ("failed", "passed", "skipped", "errors")
COLLECTED = re.compile(r"^(\d+)(?:/\d+)? tests? collected", re.MULTILINE)


def outcomes(file: Path) -> dict[tuple[str, str], str]:
    """Return how each test of one run ended, under its class's and its own name.

    A module that is skipped as a whole is one test without a class, as pytest counts it.
    """
    found = {}
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        kinds = [KINDS[part.tag] for part in case if part.tag in KINDS]
        found[case.get("classname", ""), case.get("name", "")] = (kinds or ["passed"])[0]
    return found


def add_up(seconds: float, collected: int, files: list[Path]) -> tuple[str, bool]:
    """Return the closing line of all runs together, and whether all is well.

    Lines before it name every test that failed: what it printed may be far above, or cut.
    """
    together: dict[tuple[str, str], str] = {}
    for file in files:
        together |= outcomes(file)
    wrong = [
        f"{kind}: {class_name}::{name}\n"
        for (class_name, name), kind in sorted(together.items())
        if kind in ("failed", "errors")
    ]
    counts = Counter(together.values())
    ran = sum(1 for class_name, _ in together if class_name)
    words = [f"{counts[kind]} {kind}" for kind in ORDER if counts[kind]]
    if ran != collected:
        words.append(f"{collected - ran} missing")
    well = not counts["failed"] and not counts["errors"] and ran == collected > 0
    minutes = f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"
    return "".join(wrong) + f"{', '.join(words)} in {seconds:.2f}s ({minutes})", well


def main(seconds: str, listing: str, folder: str) -> int:
    found = COLLECTED.search(Path(listing).read_text("utf-8"))
    files = sorted(Path(folder).glob("*.xml"))
    line, well = add_up(float(seconds), int(found[1]) if found else 0, files)
    print(line)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
