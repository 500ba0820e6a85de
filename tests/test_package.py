"""What makes the packages: what a library needs, and what goes into an archive."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / ".ci"))

linux = pytest.mark.skipif(sys.platform != "linux", reason="ELF is Linux's")


@linux
def test_ale_loads_without_the_library_of_the_graphics_card(tmp_path: Path) -> None:
    from elf import Elf, needed_glibc

    spec = importlib.util.find_spec("ale_py")
    assert spec is not None and spec.origin is not None
    (found,) = Path(spec.origin).parent.glob("_ale_py*.so")
    library = Path(shutil.copy(found, tmp_path))
    if not any(name.startswith("libcudart") for name in Elf(library).needs()):
        pytest.skip("this ale_py knows no graphics cards")

    Elf(library).forget("libcudart", functions="cuda")
    assert not [name for name in Elf(library).needs() if "cuda" in name]
    program = f"import sys; sys.path[0] = {str(tmp_path)!r}; import _ale_py; _ale_py.ALEInterface()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    major, minor = map(int, needed_glibc(tmp_path).split("."))
    assert (2, 17) <= (major, minor) <= (2, 40)


@linux
def test_what_is_no_library_is_not_read_as_one(tmp_path: Path) -> None:
    from elf import Elf

    (tmp_path / "note.so").write_text("a note")
    with pytest.raises(ValueError, match=r"note\.so"):
        Elf(tmp_path / "note.so")
