"""Blocking work runs in a lane; outcomes come back on the GUI thread."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from zoomcal.errors import OwnFault, ZoomCalError

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")
OnDone = Callable[[T], object]
OnError = Callable[[ZoomCalError], object]

log = logging.getLogger(__name__)


def report(error: ZoomCalError) -> None:
    """Log an error that nobody on the screen waits for."""
    log.warning("%s: %s", type(error).__name__, error.detail or error)


class Task:
    """Work handed to a lane."""

    def __init__(self, future: Future[Any]) -> None:
        self.future = future
        self.dropped = False

    def drop(self) -> None:
        """Forget the outcome: neither callback is called any more; work that has not begun never does."""
        self.dropped = True
        self.future.cancel()


class TaskRunner(QObject):
    """Work in order within a lane, side by side across lanes; a lane is, say, one account's sync.

    Every method belongs to the GUI thread, as do the callbacks it calls. Work takes and gives frozen values.
    """

    _finished = Signal(object, object, object, object)
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._running: set[Future[Any]] = set()
        self._stopped = False
        queued = Qt.ConnectionType.QueuedConnection
        self._finished.connect(self._deliver, queued)
        self._reported.connect(self._report, queued)

    def submit(
        self,
        lane: str,
        work: Callable[[], T],
        on_done: OnDone[T] = lambda _: None,
        on_error: OnError = report,
        *,
        at_end: Callable[[], object] = lambda: None,
    ) -> Task:
        """Run `work` in a lane; `on_done` gets what it returned, `on_error` the ZoomCalError it raised.

        Anything else that `work` raises is a bug and reaches the excepthook; `on_error` then gets an OwnFault. Before,
        `at_end` is called, whatever came of it. After `shutdown` nothing is run.
        """
        from concurrent.futures import Future, ThreadPoolExecutor

        if self._stopped:
            nothing: Future[T] = Future()
            nothing.cancel()
            return Task(nothing)
        if lane not in self._lanes:
            self._lanes[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=lane)
        future = self._lanes[lane].submit(work)
        task = Task(future)
        self._running.add(future)
        future.add_done_callback(lambda _: self._emit(self._finished, task, on_done, on_error, at_end))
        return task

    def reporter(self, on_progress: Callable[[T], object]) -> Callable[[T], None]:
        """Return a function that any thread may call; `on_progress` gets the latest value, older ones are skipped."""
        channel = _Channel(on_progress)

        def put(value: T) -> None:
            if channel.put(value):
                self._emit(self._reported, channel)

        return put

    def shutdown(
        self,
        close: Callable[[], object] = lambda: None,
        wait_s: float = 1.5,
        *,
        last: Callable[[], object] | None = None,
    ) -> bool:
        """Take no more work, drop what waits, `close` what blocks, and wait `wait_s` seconds for the rest.

        `last` is done in a lane of its own meanwhile.

        Returns:
            Whether every lane came to rest. A lane that did not would hold the interpreter: leave with `os._exit`.
        """
        from concurrent.futures import ThreadPoolExecutor, wait

        self._stopped = True
        for executor in self._lanes.values():
            executor.shutdown(wait=False, cancel_futures=True)
        if last is not None:
            executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="last")
            self._running.add(executor.submit(last))
            executor.shutdown(wait=False)
        close()
        begun = [future for future in self._running if not future.cancelled()]
        return not wait(begun, wait_s).not_done

    def _emit(self, signal: Any, *values: object) -> None:
        try:
            signal.emit(*values)
        except RuntimeError:  # the runner's Qt object is gone: nobody is left to tell
            log.debug("an outcome came after the window had closed")

    @Slot(object, object, object, object)
    def _deliver(self, task: Task, on_done: OnDone[Any], on_error: OnError, at_end: Callable[[], object]) -> None:
        future = task.future
        self._running.discard(future)
        if self._stopped or task.dropped or future.cancelled():
            return
        at_end()
        match future.exception():
            case None:
                on_done(future.result())
            case ZoomCalError() as error:
                on_error(error)
            case bug:
                sys.excepthook(type(bug), bug, bug.__traceback__)
                on_error(OwnFault.of(bug))

    @Slot(object)
    def _report(self, channel: _Channel[Any]) -> None:
        if not self._stopped:
            channel.deliver()


class _Channel(Generic[T]):
    """The latest value of a stream, with at most one signal on its way."""

    def __init__(self, on_progress: Callable[[T], object]) -> None:
        self._on_progress = on_progress
        self._lock = Lock()
        self._latest: list[T] = []

    def put(self, value: T) -> bool:
        """Keep `value`; whether a signal has to be sent for it."""
        with self._lock:
            fresh = not self._latest
            self._latest[:] = [value]
            return fresh

    def deliver(self) -> None:
        with self._lock:
            value = self._latest.pop()
        self._on_progress(value)
