"""The packaged arcade comes without TLS, which a proxy in front does; uvicorn still names it.

OpenSSL is larger than all the rest of the server. uvicorn and anyio import `ssl` only for names in
signatures and for what a secure connection would need, so a module with these names stands in.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - it looks for ssl itself, and has to find out that there is none
import importlib.util
import sys
from types import ModuleType


def stand_in() -> None:
    """Put a module in the place of `ssl` where there is none."""
    if sys.modules.get("ssl") is not None or importlib.util.find_spec("ssl") is not None:
        return
    module = ModuleType("ssl", "Names only: there is no TLS here.")
    for name in ("SSLContext", "SSLObject", "SSLSocket", "MemoryBIO"):
        setattr(module, name, type(name, (), {}))
    for name in ("SSLError", "SSLEOFError", "SSLWantReadError", "SSLWantWriteError"):
        setattr(module, name, type(name, (OSError,), {}))
    for name in ("SSLSyscallError", "SSLZeroReturnError", "SSLCertVerificationError"):
        setattr(module, name, type(name, (OSError,), {}))
    for number, name in enumerate(("PROTOCOL_TLS_SERVER", "CERT_NONE", "OP_IGNORE_UNEXPECTED_EOF")):
        setattr(module, name, number)
    sys.modules["ssl"] = module
