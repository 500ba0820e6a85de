"""Makes a C runtime that Wine 8 can use in place of its own: python ucrtbase.py COMPILER TO

Most complex functions of C99 are stubs in Wine 8's ucrtbase.dll that end the program. The one made
here has those of ucrtbase.c and passes everything else on to a copy of Wine's, ucrtwine.dll. Both
are put into the folder TO. It needs pefile and Debian's libwine.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pefile

SOURCE = Path(__file__).with_name("ucrtbase.c")
# How a stub begins: it tells winebuild's own function which one was called, and returns never.
STUB = re.compile(rb"\x48\x83\xec\x28\x48\x8d\x0d....\x48\x8d\x15....\xe8", re.DOTALL)
BUILTIN = b"Wine builtin DLL"  # Wine would load its own instead of a copy that says so
WRONG = "_locking"  # no stub, and still of no use


def wines_own() -> Path:
    """Return Wine's ucrtbase.dll."""
    listed = subprocess.run(["dpkg", "-L", "libwine"], capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split() if name.endswith("windows/ucrtbase.dll")]
    return Path(next(name for name in names if "x86_64" in name))


def definitions(wine: Path, ours: set[str]) -> str:
    """Return which function is ours and which one is passed on, for the linker."""
    library = pefile.PE(str(wine), fast_load=True)
    library.parse_data_directories([0])
    image = library.get_memory_mapped_image()
    lines = ['LIBRARY "ucrtbase.dll"', "EXPORTS"]
    for symbol in library.DIRECTORY_ENTRY_EXPORT.symbols:
        if symbol.name is None:
            continue
        name, code = symbol.name.decode(), image[symbol.address : symbol.address + 24]
        taken = name in ours and (name == WRONG or STUB.match(code))
        lines.append(f'"{name}" = w_{name}' if taken else f'"{name}" = "ucrtwine.{name}"')
    return "\n".join(lines) + "\n"


def functions(compiler: str, folder: Path) -> set[str]:
    """Return the names of the functions that the source has."""
    compiled = folder / "ucrtbase.o"
    subprocess.run([compiler, "-O2", "-c", "-o", str(compiled), str(SOURCE)], check=True)
    tool = compiler.replace("gcc", "nm")
    listed = subprocess.run([tool, str(compiled)], capture_output=True, text=True, check=True)
    return set(re.findall(r" T w_(\w+)", listed.stdout))


def main(compiler: str, to: str) -> None:
    folder, wine = Path(to), wines_own()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ucrtwine.dll").write_bytes(wine.read_bytes().replace(BUILTIN, bytes(len(BUILTIN))))
    table = folder / "ucrtbase.def"
    table.write_text(definitions(wine, functions(compiler, folder)), encoding="ascii")
    command = [compiler, "-O2", "-s", "-static-libgcc", "-shared"]
    files = ["-o", "ucrtbase.dll", "ucrtbase.o", "ucrtbase.def", "-lm"]
    subprocess.run([*command, *files], cwd=folder, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
