"""The end of a test run names every contract test that was left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("workers", ["0", "2"])
def test_contract_tests_are_counted_by_service_and_the_skipped_ones_named(tmp_path: Path, workers: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_terminal_summary\n")
    for place, text in {
        "contract/ews/test_calendar.py": TESTS,
        "contract/test_browser_office365.py": "def test_e(): pass\n",
        "contract/test_serve.py": "def test_f(): pass\n",
        "core/google/test_quick.py": TESTS,
    }.items():
        (tmp_path / "tests" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / place).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", workers, "--import-mode=importlib", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout.splitlines()
    table = [" ".join(line.split()) for line in said if " ran, " in line]
    assert table == [
        "Google 0 ran, 0 skipped",
        "Office 365 1 ran, 0 skipped",
        "Exchange 3 ran, 2 skipped",
        "Others 1 ran, 0 skipped",
    ], done.stdout + done.stderr
    named = [line for line in said if line.startswith("NOT RUN: ")]
    assert [name.split(": ", 2)[1].rpartition("::")[2] for name in named] == ["test_b", "test_c"]
    assert "no such server" in named[0]
    assert "not today" in named[1]
