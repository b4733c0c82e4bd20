from __future__ import annotations

import threading
import weakref
from typing import ClassVar

import pytest

from ui.bridge.garbage import Garbage


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
def test_what_a_pull_leaves_behind_is_freed_when_it_ends() -> None:
    garbage = Garbage()
    Knot()
    garbage.set_syncing(True)
    assert not Knot.freed_on
    garbage.set_syncing(False)
    assert Knot.freed_on


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
