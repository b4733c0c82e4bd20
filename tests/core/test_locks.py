from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from zoomcal.domain.meetings import AccountId
from zoomcal.errors import AccountBusy
from zoomcal.locks import account_lock

LAN = AccountId("google:lan@example.org")
ODD = AccountId("exchange:../..\\SAOMAI\\lan\0\ud83d/con")
HOLDER = """
import sys
from pathlib import Path
from zoomcal.locks import account_lock
with account_lock(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_keeps_us_out_until_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path), LAN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AccountBusy), account_lock(tmp_path, LAN, timeout_s=0.05):
            raise AssertionError
        with account_lock(tmp_path, ODD, timeout_s=0):
            holder.kill()
        holder.wait()
    with account_lock(tmp_path, LAN, timeout_s=0):
        assert (tmp_path / "locks").is_dir()


def test_the_thread_that_holds_it_goes_straight_in_and_another_does_not(tmp_path: Path) -> None:
    outcomes: list[str] = []

    def other_thread() -> None:
        try:
            with account_lock(tmp_path, LAN, timeout_s=0):
                outcomes.append("in")
        except AccountBusy:
            outcomes.append("busy")

    def ask() -> None:
        thread = threading.Thread(target=other_thread)
        thread.start()
        thread.join()

    with account_lock(tmp_path, LAN):
        with account_lock(tmp_path, LAN, timeout_s=0):
            ask()
        ask()
    ask()
    assert outcomes == ["busy", "busy", "in"]


def test_an_odd_id_makes_a_plain_file_name(tmp_path: Path) -> None:
    with account_lock(tmp_path, ODD):
        (file,) = (tmp_path / "locks").iterdir()
    assert file.stem.isalnum()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["locks"]
