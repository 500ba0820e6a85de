from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.runs import checkpoint
from tests.helpers.common import is_one_sentence


def arrays(value: int) -> dict[str, Any]:
    return {
        "online/0": np.full((3, 4), value, np.float32),
        "optimizer/0": np.array(value, np.int64),
    }


def save(folder: Path, *samples: int) -> None:
    for number in samples:
        checkpoint.save(folder, number, arrays(number), {"updates": number})


def loaded(folder: Path) -> int | None:
    """Return which checkpoint loads, after a look at all of it; None if none does."""
    found = checkpoint.load(folder)
    if found is None:
        return None
    values, state = found
    expected = arrays(state["updates"])
    assert values.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(values[name], value)
        assert values[name].dtype == value.dtype
    return int(state["updates"])


def newest(folder: Path, suffix: str) -> Path:
    return max(folder.glob(f"checkpoint-*{suffix}"))


def test_newest_of_two_loads_and_older_ones_are_gone(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "new"
    assert checkpoint.load(folder) is None
    save(folder, 128, 999_999, 1_000_000, 20_000_000)
    assert loaded(folder) == 20_000_000
    names = sorted(path.name for path in folder.iterdir())
    stems = ["checkpoint-000001000000", "checkpoint-000020000000"]
    assert names == [stem + suffix for stem in stems for suffix in (".json", ".npz")]


def test_state_of_a_random_generator_survives(tmp_path: Path) -> None:
    state = np.random.default_rng(5).bit_generator.state
    checkpoint.save(tmp_path, 1, arrays(1), {"random": state})
    found = checkpoint.load(tmp_path)
    assert found is not None
    assert found[1]["random"] == state


def damage(folder: Path, how: str) -> None:
    npz, manifest = newest(folder, ".npz"), newest(folder, ".json")
    data = npz.read_bytes()
    if how == "cut short":
        npz.write_bytes(data[: len(data) // 2])
    elif how == "empty":
        npz.write_bytes(b"")
    elif how == "bit flip":
        middle = len(data) // 2
        npz.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    elif how == "arrays missing":
        npz.unlink()
    elif how == "manifest cut short":
        manifest.write_bytes(manifest.read_bytes()[:40])
    elif how == "manifest is a list":
        manifest.write_text("[]")
    elif how == "manifest without state":
        manifest.write_text(json.dumps({"sha256": hashlib.sha256(data).hexdigest()}))


@pytest.mark.parametrize(
    "how",
    [
        "cut short",
        "empty",
        "bit flip",
        "arrays missing",
        "manifest cut short",
        "manifest is a list",
        "manifest without state",
    ],
)
def test_damaged_checkpoint_falls_back_to_the_one_before(
    how: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save(tmp_path, 100, 200)
    damage(tmp_path, how)
    assert loaded(tmp_path) == 100
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "checkpoint-000000000200 is damaged" in record.getMessage()
    save(tmp_path, 150)
    assert loaded(tmp_path) == 150, "the run went on before the damaged one, not behind it"
    assert len(list(tmp_path.iterdir())) == 4, "150 and 100, the last two that are whole"


def test_where_no_checkpoint_is_whole_none_is_taken_for_a_new_run(tmp_path: Path) -> None:
    save(tmp_path, 100, 200)
    for manifest in tmp_path.glob("*.json"):
        manifest.write_bytes(b"{")
    with pytest.raises(checkpoint.DamagedError) as error:
        checkpoint.load(tmp_path)
    assert is_one_sentence(error.value)


def test_what_a_save_left_that_was_cut_short_goes_with_the_next(tmp_path: Path) -> None:
    save(tmp_path, 100)
    (tmp_path / "checkpoint-000000000150.npz").write_bytes(b"its manifest was never written")
    (tmp_path / "checkpoint-000000000150.json.77.tmp").write_bytes(b"half")
    (tmp_path / "log.jsonl").write_bytes(b"")
    save(tmp_path, 200)
    stems = ["checkpoint-000000000100", "checkpoint-000000000200"]
    expected = [stem + suffix for stem in stems for suffix in (".json", ".npz")]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*expected, "log.jsonl"]


def test_a_copy_that_a_person_keeps_under_another_name_is_left_alone(tmp_path: Path) -> None:
    save(tmp_path, 100)
    for suffix in (".npz", ".json"):
        shutil.copy(newest(tmp_path, suffix), tmp_path / f"checkpoint-best{suffix}")
    save(tmp_path, 200, 300)
    assert len(list(tmp_path.glob("checkpoint-best.*"))) == 2
    assert loaded(tmp_path) == 300


def test_arrays_without_a_manifest_were_never_finished(tmp_path: Path) -> None:
    save(tmp_path, 100, 200)
    newest(tmp_path, ".json").unlink()
    assert loaded(tmp_path) == 100


@pytest.mark.parametrize("content", ["pickle", "no archive", "broken archive"])
def test_archive_that_is_not_plain_arrays_is_refused_though_its_sha256_holds(
    content: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save(tmp_path, 100, 200)
    buffer = io.BytesIO()
    np.savez(buffer, **{"online/0": np.array([{"a": 1}], dtype=object)})  # type: ignore[arg-type]
    data = {"pickle": buffer.getvalue(), "no archive": b"text", "broken archive": b"PK\3\4text"}
    newest(tmp_path, ".npz").write_bytes(data[content])
    manifest = json.loads(newest(tmp_path, ".json").read_text())
    manifest["sha256"] = hashlib.sha256(data[content]).hexdigest()
    newest(tmp_path, ".json").write_text(json.dumps(manifest))
    assert loaded(tmp_path) == 100
    assert "damaged" in caplog.text


@pytest.mark.parametrize("call", [0, 1])
@pytest.mark.parametrize("function", ["replace", "fsync"])
def test_failing_save_leaves_the_old_checkpoint(
    function: str, call: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, 100)
    real, calls = getattr(os, function), []

    def failing(*args: Any) -> Any:
        calls.append(args)
        # Each file takes two fsyncs, its own and its folder's, and one replace.
        if len(calls) > call * (2 if function == "fsync" else 1):
            raise OSError(28, "No space left on device")
        return real(*args)

    monkeypatch.setattr(os, function, failing)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path, 200)
    monkeypatch.undo()
    assert loaded(tmp_path) == 100
    save(tmp_path, 300)
    assert loaded(tmp_path) == 300


def test_write_atomically_replaces_a_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    checkpoint.write_atomically(path, b"old, and longer")
    checkpoint.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_weights_to_train_on_from_are_the_online_ones_in_half_precision(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    whole = {"online/0": np.array([0.1, 2.5], np.float32), "target/0": np.ones(2, np.float32)}
    file.write_bytes(checkpoint.weights_file(whole, {"updates": 7}))
    loaded, state = checkpoint.load_weights(file)
    assert state == {"updates": 7}
    assert set(loaded) == {"online/0"}
    assert loaded["online/0"].dtype == np.float32
    np.testing.assert_allclose(loaded["online/0"], [0.1, 2.5], rtol=1e-3)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK" + bytes(100)])
def test_a_file_without_weights_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.npz"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r".+"):
        checkpoint.load_weights(file)


@pytest.mark.parametrize("folder", [".", "/", ""])
def test_a_folder_holds_no_weights(folder: str) -> None:
    with pytest.raises(OSError):
        checkpoint.load_weights(Path(folder))
