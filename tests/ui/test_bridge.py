"""Work leaves the GUI thread and comes back to it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from ui.bridge.tasks import TaskRunner
from ui.bridge.triggers import ASLEEP_S, Triggers
from zoomcal.errors import Offline, OwnFault, ZoomCalError

GUI = threading.main_thread()


@pytest.fixture
def tasks() -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    assert runner.shutdown()


def test_results_arrive_on_the_gui_thread_in_the_order_of_their_lane(qtbot: QtBot, tasks: TaskRunner) -> None:
    seen: list[tuple[int, bool, bool]] = []

    def work(number: int) -> tuple[int, bool]:
        return number, threading.current_thread() is GUI

    def done(result: tuple[int, bool]) -> None:
        seen.append((*result, threading.current_thread() is GUI))

    for number in range(50):
        tasks.submit("one", lambda number=number: work(number), done)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(seen) == 50)
    assert seen == [(number, False, True) for number in range(50)]


def test_lanes_do_not_wait_for_each_other(qtbot: QtBot, tasks: TaskRunner) -> None:
    gate = Event()
    seen: list[str] = []
    tasks.submit("slow", lambda: gate.wait(30), lambda _: seen.append("slow"))
    tasks.submit("quick", lambda: "quick", seen.append)
    qtbot.waitUntil(lambda: seen == ["quick"])
    gate.set()
    qtbot.waitUntil(lambda: seen == ["quick", "slow"])


def test_a_fault_of_the_world_is_handed_over_and_a_bug_reaches_the_excepthook(qtbot: QtBot, tasks: TaskRunner) -> None:
    faults: list[ZoomCalError] = []
    ended: list[str] = []

    def fail(error: Exception) -> None:
        raise error

    tasks.submit("one", lambda: fail(Offline()), on_error=faults.append, at_end=lambda: ended.append("world"))
    qtbot.waitUntil(lambda: len(faults) == 1)
    with capture_exceptions() as bugs:
        tasks.submit("one", lambda: fail(KeyError("bug")), on_error=faults.append, at_end=lambda: ended.append("bug"))
        qtbot.waitUntil(lambda: len(bugs) == 1)
    assert isinstance(faults[0], Offline)
    assert [bug[0] for bug in bugs] == [KeyError]
    assert isinstance(faults[-1], OwnFault)
    assert faults[-1].detail.startswith("KeyError")
    assert "bug" not in faults[-1].detail
    assert len(faults) == 2
    assert ended == ["world", "bug"]


def test_a_dropped_task_says_nothing_any_more(qtbot: QtBot, tasks: TaskRunner) -> None:
    gate = Event()
    seen: list[str] = []
    running = tasks.submit("one", lambda: gate.wait(30), lambda _: seen.append("running"))
    waiting = tasks.submit("one", lambda: seen.append("waiting ran"))
    running.drop()
    waiting.drop()
    gate.set()
    tasks.submit("one", lambda: "last", seen.append)
    qtbot.waitUntil(lambda: "last" in seen)
    assert seen == ["last"]


def test_five_thousand_reports_leave_the_latest_and_lose_no_reference(qtbot: QtBot, tasks: TaskRunner) -> None:
    seen: list[int] = []
    report = tasks.reporter(seen.append)
    one = bool(tasks)
    before = sys.getrefcount(one)

    def work() -> bool:
        for number in range(5000):
            report(number)
        return True

    tasks.submit("one", work, lambda _: seen.append(-1))
    qtbot.waitUntil(lambda: -1 in seen)
    assert max(seen) == 4999
    assert seen == [*sorted(number for number in seen if number >= 0), -1]
    for _ in range(5000):
        tasks.submit("one", lambda: True)
    ended: list[str] = []
    tasks.submit("one", lambda: "ended", ended.append)
    qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
    assert sys.getrefcount(one) > before - 100


@pytest.mark.usefixtures("qapp")
def test_shutdown_cancels_closes_and_does_not_wait_for_a_blocked_lane() -> None:
    tasks = TaskRunner()
    gate = Event()
    began = Event()
    seen: list[str] = []

    def block() -> None:
        began.set()
        gate.wait(30)

    tasks.submit("blocked", block, lambda _: seen.append("blocked"))
    tasks.submit("blocked", lambda: seen.append("ran"))
    assert began.wait(10)
    start = time.monotonic()
    assert not tasks.shutdown(lambda: seen.append("closed"), wait_s=0.1)
    assert time.monotonic() - start < 5
    tasks.submit("late", lambda: seen.append("late"))
    gate.set()
    QCoreApplication.processEvents()
    assert seen == ["closed"]


@pytest.mark.usefixtures("qapp")
def test_an_outcome_after_the_runner_is_gone_harms_nobody() -> None:
    import shiboken6

    tasks = TaskRunner()
    gate = Event()
    errors: list[threading.ExceptHookArgs] = []
    hook, threading.excepthook = threading.excepthook, errors.append
    try:
        task = tasks.submit("one", lambda: gate.wait(30))
        shiboken6.delete(tasks)
        gate.set()
        assert task.future.result(10) is True
    finally:
        threading.excepthook = hook
    assert errors == []


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 10, 47, 59, 900_000, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now


def test_the_minute_is_told_when_it_begins(qtbot: QtBot) -> None:
    triggers = Triggers(Clock())
    with qtbot.waitSignal(triggers.minute, timeout=2000):
        triggers.start()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("step_s", "woke"), [(5, False), (ASLEEP_S + 1, True), (-1, True)])
def test_a_gap_or_a_step_back_of_the_clock_is_waking(step_s: float, woke: bool) -> None:
    clock = Clock()
    triggers = Triggers(clock)
    minutes: list[None] = []
    triggers.minute.connect(lambda: minutes.append(None))
    clock.now += step_s
    triggers.look()
    assert bool(minutes) is woke


@pytest.mark.usefixtures("qapp")
def test_the_networks_return_is_told_once() -> None:
    triggers = Triggers()
    told: list[None] = []
    triggers.returned.connect(lambda: told.append(None))
    for online in (True, False, False, True, True):
        triggers.set_online(online)
    assert len(told) == 1
