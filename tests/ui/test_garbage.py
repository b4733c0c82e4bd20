from __future__ import annotations

import gc
import platform
import threading
import weakref
from pathlib import Path
from typing import ClassVar

import pytest
from pytestqt.qtbot import QtBot

from ui.bridge.garbage import Garbage, give_back


class Knot:
    """Garbage that only the collector finds, and that notes who freed it."""

    freed_on: ClassVar[list[threading.Thread]] = []

    def __init__(self) -> None:
        self.me = self
        weakref.finalize(self, lambda: Knot.freed_on.append(threading.current_thread()))


@pytest.fixture(autouse=True)
def _nothing_freed() -> None:
    Knot.freed_on.clear()


@pytest.mark.usefixtures("qapp")
def test_a_worker_never_frees_what_the_window_dropped() -> None:
    garbage = Garbage()
    Knot()
    worker = threading.Thread(target=lambda: [[] for _ in range(200_000)])
    worker.start()
    worker.join()
    assert not Knot.freed_on
    garbage.look()
    assert Knot.freed_on == [threading.main_thread()]


def test_while_lanes_are_busy_what_is_young_is_looked_at_at_once(qtbot: QtBot) -> None:
    garbage = Garbage()
    garbage.keep_up(busy=True)
    Knot()
    qtbot.waitUntil(lambda: Knot.freed_on == [threading.main_thread()])
    garbage.keep_up(busy=False)


@pytest.mark.parametrize("busy", [True, False])
def test_what_stays_of_what_lanes_made_is_soon_out_of_the_way_of_every_short_look(qtbot: QtBot, busy: bool) -> None:
    garbage = Garbage()
    garbage.keep_up(busy=True)
    garbage.keep_up(busy=busy)
    made: list[list[object]] = [[] for _ in range(100_000)]
    qtbot.waitUntil(lambda: sum(len(gc.get_objects(generation=young)) for young in (0, 1)) < len(made) / 2)
    garbage.keep_up(busy=False)


def test_the_often_looks_end_once_lanes_rest(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.bridge.garbage._TURNS_AFTER", 2)
    garbage = Garbage()
    garbage.keep_up(busy=True)
    garbage.keep_up(busy=False)
    qtbot.waitUntil(lambda: not garbage._often.isActive())


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries give memory back by themselves")
def test_what_is_free_between_what_is_in_use_goes_back_to_the_system() -> None:
    rows = [bytearray(64_000) for _ in range(2_000)]
    full = _resident_kb()
    del rows[1::2]
    give_back()
    assert full - _resident_kb() > 40_000


def _resident_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
