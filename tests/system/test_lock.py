"""One arcade for each data folder, and a kiosk that is started anew beside what is left of one."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from game.cli import window
from game.play.options import Options
from game.system.lock import LOCK, AlreadyOpenError, hold
from game.system.watchdog import ORPHAN_S


def test_who_waits_gets_the_folder_when_the_other_has_ended(tmp_path: Path) -> None:
    other = hold(tmp_path, LOCK)
    assert other is not None
    with pytest.raises(AlreadyOpenError):
        hold(tmp_path, LOCK)
    threading.Timer(0.3, other.close).start()
    mine = hold(tmp_path, LOCK, 60)
    assert mine is not None
    mine.close()


@pytest.mark.parametrize("kiosk", [True, False])
def test_only_a_kiosk_waits_for_an_arcade_that_lost_its_watchdog(
    kiosk: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such an arcade ends itself; until then a kiosk could not be started again."""
    waited: list[float] = []

    def note(_folder: Path, _name: str, wait_s: float = 0) -> None:
        waited.append(wait_s)
        raise AlreadyOpenError

    monkeypatch.setattr(window, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(window, "hold", note)
    with pytest.raises(AlreadyOpenError):
        window.open_window(Options(kiosk=kiosk), None)
    assert [wait_s > ORPHAN_S for wait_s in waited] == [kiosk]
