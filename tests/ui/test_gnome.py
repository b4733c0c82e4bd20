"""Where the desktop is GNOME, Qt's theme for it is in force: it presses buttons with Return too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def display() -> Iterator[str]:
    """A screen without a window manager."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as screen:
        assert screen.stdout is not None
        yield f":{screen.stdout.readline().strip()}"
        screen.terminate()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a theme of Linux")
def test_return_goes_on_in_the_wizard_and_changes_no_choice(display: str, tmp_path: Path) -> None:
    wanted = ["tests/ui/test_wizard.py", "-k", "return_goes_on", "-q", "-n0", "--no-cov", "-p", "no:cacheprovider"]
    env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "XDG_CURRENT_DESKTOP": "GNOME"}
    env |= {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'none'}"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *wanted, f"--basetemp={tmp_path / 'inner'}"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
