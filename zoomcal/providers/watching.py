"""Ending what waits on a server when the person cancels, or when it has taken too long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic

from zoomcal.providers.http import Line

_LOOK_S = 0.05


class Watch:
    """What ended the wait, if anything did."""

    def __init__(self) -> None:
        self.cancelled = False
        self.timed_out = False


@contextmanager
def watched(line: Line, cancel: Event, timeout_s: float) -> Iterator[Watch]:
    """Close `line`, and so end its calls with Cancelled, once `cancel` is set or `timeout_s` seconds are over."""
    watch, done = Watch(), Event()
    deadline = monotonic() + timeout_s
    if cancel.is_set():
        watch.cancelled = True
        line.close()

    def look() -> None:
        while not done.wait(_LOOK_S):
            watch.cancelled, watch.timed_out = cancel.is_set(), monotonic() >= deadline
            if watch.cancelled or watch.timed_out:
                line.close()
                return

    thread = Thread(target=look, name="watch", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        done.set()
        thread.join()
