"""`python -m tests.proof`: run the checks, each in a process of its own, and say what they found.

Those that count seconds run first and alone, then the longest first. Ends with status 1 if any
found a fault. --hours cuts the checks short; what they did by then is in the counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

from game.system.files import check_file
from game.system.validators import number, seed

from .apart import apart
from .trial import Budget, Check, Result

SEED = 2600
_hours = number(0, 1_000, "a time is a number of hours from 0 to 1000, such as 1.5")
_share = number(0, 1, "a share is a number from 0 to 1")


def main() -> int:
    from .checks import BY_NAME, CHECKS

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job would ignore it
    parser = _parser(list(BY_NAME))
    arguments = parser.parse_args()
    try:  # before hours of work, whose result would be lost
        if arguments.json is not None:
            check_file(arguments.json)
    except OSError as error:
        parser.error(f"cannot write {arguments.json}: {error.strerror}")
    if arguments.faults:
        from .faults import show_all

        return show_all()
    chosen = [BY_NAME[name] for name in arguments.only] if arguments.only else list(CHECKS)
    end = None if arguments.hours is None else time.monotonic() + 3600 * arguments.hours
    results: dict[str, Result] = {}
    left = len(chosen)
    lock = threading.Lock()

    def run(check: Check) -> None:
        nonlocal left
        with lock:
            seconds = None
            if end is not None:
                beside = 1 if check.alone else min(arguments.jobs, left)
                seconds = max(0.0, end - time.monotonic()) / left * beside
            left -= 1
            print(f"{check.name} ...", file=sys.stderr, flush=True)
        result = apart(check, arguments.seed, Budget(arguments.share, seconds, arguments.case))
        with lock:
            results[check.name] = result
            print(line(result), flush=True)
            _write(arguments.json, [results[c.name] for c in chosen if c.name in results])

    for check in chosen:
        if check.alone:
            run(check)
    beside = sorted((check for check in chosen if not check.alone), key=lambda c: -c.minutes)
    with ThreadPoolExecutor(arguments.jobs) as jobs:
        list(jobs.map(run, beside))
    return 1 if any(result.findings for result in results.values()) else 0


def _parser(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--hours", type=_hours, metavar="H", help="stop after so long in all")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME")
    parser.add_argument(
        "--jobs",
        type=int,
        choices=range(1, 17),
        default=1,
        metavar="N",
        help="checks beside each other (default 1)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was found")
    parser.add_argument(
        "--seed", type=seed, default=SEED, help="of all cases (default %(default)s)"
    )
    parser.add_argument(
        "--share", type=_share, default=1.0, help="of the full counts (default %(default)s)"
    )
    parser.add_argument("--case", metavar="GROUP[:NUMBER]", help="only this case of --only")
    parser.add_argument(
        "--faults", action="store_true", help="put faults in on purpose, and see them caught"
    )
    return parser


def line(result: Result) -> str:
    """Return a result as one row of the table in docs/reliability.md, and each finding below it."""
    counts = ", ".join(
        f"{done:,} {group}" if done >= of else f"{done:,} of {of:,} {group}"
        for group, (done, of) in result.counts.items()
    )
    row = f"| {result.name} | {counts} | {result.seed} | {result.verdict} |"
    facts = [f"    {name}: {value}" for name, value in result.facts.items()]
    found = [f"    FAULT {f['what']}\n          {f['repeat']}" for f in result.findings]
    return "\n".join([row, *facts, *found])


def _write(file: Path | None, results: list[Result]) -> None:
    if file is None:
        return
    machine = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    text = json.dumps({"machine": machine, "checks": [r.to_dict() for r in results]}, indent=1)
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
