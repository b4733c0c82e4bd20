"""Code that is compiled once and kept."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ui.bytecode import kept

TEXT = b"value = 7\n"
START = """
import sys
compiled = []
sys.addaudithook(lambda event, args: event == "compile" and compiled.append(str(args[1])))
from ui import launch
launch.load_qt()
from PySide6.QtCore import QObject
try:
    QObject().setParent(1)
except TypeError as error:
    assert "QObject" in str(error), error
print(len([name for name in compiled if name.startswith("shibokensupport")]))
"""


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is really compiled, by its file's name."""
    names: list[str] = []
    plain = builtins.compile

    def count(source: Any, filename: Any, *rest: Any, **named: Any) -> Any:
        names.append(filename)
        return plain(source, filename, *rest, **named)

    monkeypatch.setattr(builtins, "compile", count)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return names


def _value(path: Path, text: bytes = TEXT) -> int:
    with kept(path):
        code = compile(text, "carried.py", "exec")
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 - the text above
    value: int = found["value"]
    return value


def test_the_same_text_is_compiled_once(tmp_path: Path, compiled: list[str]) -> None:
    assert [_value(tmp_path / "place" / "kept") for _ in range(3)] == [7, 7, 7]
    assert compiled == ["carried.py"]


def test_a_changed_text_is_compiled_anew_and_replaces_what_was_kept(tmp_path: Path, compiled: list[str]) -> None:
    path = tmp_path / "kept"
    assert [_value(path), _value(path, b"value = 8\n"), _value(path, b"value = 8\n"), _value(path)] == [7, 8, 8, 7]
    assert len(compiled) == 3


@pytest.mark.parametrize("damage", [b"", b"not byte-code", b"\xfb\xff\xff\xff\x7f", b"N"])
def test_damage_is_made_good(tmp_path: Path, compiled: list[str], damage: bytes) -> None:
    path = tmp_path / "kept"
    path.write_bytes(damage)
    assert [_value(path), _value(path)] == [7, 7]
    assert len(compiled) == 1


def test_nothing_is_kept_where_python_keeps_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _value(tmp_path / "kept") == 7
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_hinders_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert _value(tmp_path / "file" / "kept") == 7


def test_the_second_start_compiles_nothing_of_pyside(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = str(tmp_path)
    starts = [
        subprocess.run([sys.executable, "-c", START], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert [int(start) > 0 for start in starts] == [True, False]
