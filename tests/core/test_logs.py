from __future__ import annotations

import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomcal.logs import redacted

letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
secret = st.text(letters, min_size=10, max_size=60).map(lambda value: f"7Q{value}")


@pytest.mark.parametrize(
    "around",
    [
        "GET https://us02web.zoom.us/j/81234567890?pwd={} HTTP/1.1",
        "opened https://us02web.zoom.us/w/81234567890?tk={}&pwd=1#success.",
        "zoommtg://zoom.us/join?action=join&confno=1&pwd={}",
        "https://zoom.us/my/{}",
        "token: {}",
        '{{"access_token": "{}", "expires_in": 3599}}',
        "{{'refresh_token': '{}'}}",
        "grant_type=refresh_token&refresh_token={}&client_id=x",
        "Authorization: Bearer {}",
        "header Basic {}",
        "pwd={}",
        "Passcode: {}",
        "http://127.0.0.1:4242/?state=abc&code={}&scope=x",
        "/?code={}&state=1",
        "https://lan:{}@mail.example/EWS",
        "1//{}",
        "ya29.{}",
    ],
)
@given(secret)
def test_no_shape_of_a_secret_is_written(around: str, value: str) -> None:
    assert value not in redacted(around.format(value))


def test_what_is_no_secret_stays() -> None:
    line = "GET /calendar/v3/users/me/calendarList 200 in 35 ms; https://www.googleapis.com/calendar/v3"
    assert redacted(line) == line


def test_a_crash_leaves_a_redacted_report_that_only_its_owner_reads(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, logging\n"
        "from zoomcal.logs import start_logging\n"
        "start_logging(pathlib.Path(sys.argv[1]), verbose=True)\n"
        "logging.getLogger('x').debug('asking %s', 'https://h.example/a?pwd=hunter2hunter2')\n"
        "raise RuntimeError('refresh_token=hunter2hunter2')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(written) == {"zoomcal.log", "crash.txt"}
    assert "hunter2" not in done.stderr + "".join(written.values())
    assert "RuntimeError" in written["crash.txt"]
    assert "asking https://h.example/a" in written["zoomcal.log"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())


def test_libraries_that_print_headers_are_kept_quiet(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, logging\n"
        "from zoomcal.logs import start_logging\n"
        "start_logging(pathlib.Path(sys.argv[1]), verbose=True)\n"
        "logging.getLogger('urllib3.connectionpool').debug('loud')\n"
        "logging.getLogger('exchangelib.util').info('louder')\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    assert "loud" not in (tmp_path / "zoomcal.log").read_text()
    assert logging.getLogger("urllib3").level in (logging.NOTSET, logging.WARNING)
