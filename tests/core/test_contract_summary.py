"""The end of a test run names every contract test that was left out, and counts what was held against contracts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

CHECKED = """
import pytest
from tests.contracts import note_checked, note_unchecked
@pytest.fixture
def messages():
    yield
    note_checked("Some schema", 2)
@pytest.mark.parametrize("n", range(5))
def test_g(messages, n): note_checked("Some schema")
def test_h(): note_unchecked("Other schema is absent", 3)
"""
ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
def test_a(): pass
def test_b(): pytest.skip("no such server")
@pytest.mark.skip(reason="not today")
def test_c(): pass
@pytest.fixture(params=[1, 2])
def each(request): return request.param
def test_d(each): assert each == 1
"""


def told(folder: Path, workers: str, tests: Mapping[str, str]) -> list[str]:
    """Return the lines that a run of tests ends with."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    hooks = "from tests.conftest import pytest_runtest_teardown, pytest_terminal_summary\n"
    (folder / "conftest.py").write_text(hooks)
    for place, text in tests.items():
        (folder / "tests" / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tests" / place).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", workers, "--import-mode=importlib", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return [*done.stdout.splitlines(), *done.stderr.splitlines()]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_contract_tests_are_counted_by_service_and_the_skipped_ones_named(tmp_path: Path, workers: str) -> None:
    tests = {
        "contract/ews/test_calendar.py": TESTS,
        "contract/test_browser_office365.py": "def test_e(): pass\n",
        "contract/test_serve.py": "def test_f(): pass\n",
        "core/google/test_quick.py": TESTS,
    }
    said = told(tmp_path, workers, tests)
    table = [" ".join(line.split()) for line in said if " ran, " in line]
    assert table == [
        "Google 0 ran, 0 skipped",
        "Office 365 1 ran, 0 skipped",
        "Exchange 3 ran, 2 skipped",
        "Others 1 ran, 0 skipped",
    ], said
    named = [line for line in said if line.startswith("NOT RUN: ")]
    assert [name.split(": ", 2)[1].rpartition("::")[2] for name in named] == ["test_b", "test_c"]
    assert "no such server" in named[0]
    assert "not today" in named[1]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_messages_held_against_contracts_are_counted_and_those_that_were_not(tmp_path: Path, workers: str) -> None:
    said = told(tmp_path, workers, {"contract/ews/test_messages.py": CHECKED})
    assert [" ".join(line.split()) for line in said if "messages" in line and "test_" not in line] == [
        "15 messages held against Some schema",
        "NOT VALIDATED: 3 messages: Other schema is absent",
    ], said


def test_a_run_that_held_nothing_against_a_contract_says_so_loudly(tmp_path: Path) -> None:
    said = told(tmp_path, "0", {"contract/test_serve.py": "def test_f(): pass\n"})
    assert "NO MESSAGE WAS HELD AGAINST A PUBLISHED CONTRACT" in said
