"""Keeping the byte-code of modules that a library carries as text and compiles anew at every start."""

from __future__ import annotations

import builtins
import marshal
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from types import CodeType
from typing import Any

KEPT = Path(cache_from_source(__file__)).with_suffix(".marshal")
"""Beside the byte-code of this module, and no more trusted than that."""
_Kept = dict[tuple[bytes, str, bytes], CodeType]
"""Code by Python's byte-code version, the name of the file, and the hash of its text."""


@contextmanager
def kept(path: Path = KEPT) -> Iterator[None]:
    """Compile text inside only where the code of the very same text is not kept from an earlier start.

    Nothing is kept where Python is told to keep none, or the place is not ours to write to.
    """
    found = _read(path)
    used: _Kept = {}
    plain = builtins.compile

    def compiled(source: Any, filename: Any, mode: str, *options: Any, **named: Any) -> Any:
        if not isinstance(source, bytes) or mode != "exec" or options or named:
            return plain(source, filename, mode, *options, **named)
        key = (MAGIC_NUMBER, filename, source_hash(source))
        used[key] = found.get(key) or plain(source, filename, mode, dont_inherit=True)
        return used[key]

    builtins.compile = compiled
    try:
        yield
    finally:
        builtins.compile = plain
    if used.keys() - found.keys() and not sys.dont_write_bytecode:
        _write(path, used)


def _read(path: Path) -> _Kept:
    with suppress(OSError, ValueError, EOFError, TypeError):
        kept = marshal.loads(path.read_bytes())  # noqa: S302 - lies where Python itself reads byte-code
        if isinstance(kept, dict):
            return kept
    return {}


def _write(path: Path, kept: _Kept) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(marshal.dumps(kept))
        new.replace(path)
