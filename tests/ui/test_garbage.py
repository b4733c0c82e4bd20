from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
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
def _collecting_as_before() -> Iterator[None]:
    Knot.freed_on.clear()
    yield
    gc.unfreeze()


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
