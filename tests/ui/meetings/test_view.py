"""The page's states, its forms by width, and what it asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.meetings.samples import DAY, NOW, account, agenda, at, item, running, snapshot, usual
from ui.meetings import words
from ui.meetings.view import MeetingsView, Snapshot
from ui.sidebar import base_px
from zoomcal.catalogue import sentence
from zoomcal.sync.health import HealthKind

WIDE, ALONE, NARROW = 1120, 720, 420


@pytest.fixture
def view(qtbot: QtBot) -> MeetingsView:
    shown = MeetingsView()
    qtbot.addWidget(shown)
    widen(shown, WIDE)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def widen(view: MeetingsView, width: int) -> None:
    """Give it the width that LOOK names at a font of 13 px."""
    view.resize(round(width * base_px() / 13), 800)
    QApplication.processEvents()


def show(view: MeetingsView, what: Snapshot) -> None:
    view.show_snapshot(what)
    QApplication.processEvents()


def said(widget: QWidget) -> list[str]:
    """Return every text that can be seen, top down."""
    labels = [label for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]
    return [label.text() for label in sorted(labels, key=lambda label: label.mapTo(widget, QPoint(0, 0)).y())]


def press(widget: QWidget, text: str) -> None:
    (found,) = (button for button in widget.findChildren(QPushButton) if button.text() == text and button.isVisible())
    found.click()


def trouble(kind: HealthKind, text: str, name: str = "lan@saomai.example") -> object:
    return account(name, kind=kind, sentence=sentence(text))


def test_list_and_details_stand_side_by_side(view: MeetingsView) -> None:
    show(view, snapshot())
    assert view.list.isVisible()
    assert "Weekly product review" in said(view.details)
    assert said(view.head)[0] == "Tuesday 24 November"
    assert view.head.updated.text() == "Updated at 10:47"
    assert view.list.width() == pytest.approx(504, abs=4)


def test_alone_the_list_gives_way_to_the_details_and_back(view: MeetingsView) -> None:
    widen(view, ALONE)
    show(view, snapshot())
    assert (view.list.isVisible(), view.details.isVisible()) == (True, False)
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    QTest.keyClick(view.list, Qt.Key.Key_Space)
    assert (view.list.isVisible(), view.details.isVisible()) == (False, True)
    assert "1:1 with Hà" in said(view.details)
    show(view, snapshot())
    assert view.details.isVisible()
    press(view.details, "Back")
    assert (view.list.isVisible(), view.details.isVisible()) == (True, False)
    QTest.keyClick(view.list, Qt.Key.Key_Space)
    QTest.keyClick(view.details.back, Qt.Key.Key_Escape)
    assert view.list.isVisible()


def test_the_panes_never_lie_over_each_other(view: MeetingsView) -> None:
    show(view, snapshot())
    for width in range(600, 1000, 20):
        view.resize(width, 800)
        QApplication.processEvents()
        left = view.list.mapTo(view, QPoint(view.list.width(), 0)).x()
        assert not view.details.isVisible() or view.details.mapTo(view, QPoint(0, 0)).x() >= left, width


def test_alone_a_meeting_that_is_over_gives_the_list_back(view: MeetingsView) -> None:
    widen(view, ALONE)
    show(view, snapshot(agenda([running()])))
    QTest.keyClick(view.list, Qt.Key.Key_Space)
    show(view, snapshot(agenda()))
    assert not view.details.isVisible()
    assert "Nothing more today" in said(view)


def test_narrow_has_the_short_date_and_the_narrow_rows(view: MeetingsView) -> None:
    show(view, snapshot())
    widen(view, NARROW)
    assert view.head.title.text() == "Tue 24 November"
    laid = view.list.drawing.laid(1, 368)
    assert laid is not None
    assert laid.lead == "27 min left"
    widen(view, WIDE)
    assert view.head.title.text() == "Tuesday 24 November"
    assert view.details.isVisible()


@pytest.mark.parametrize(
    ("what", "texts"),
    [
        (
            Snapshot(agenda=agenda(), accounts=(), now=NOW, zone=NOW.tzinfo or at(0).tzinfo),  # type: ignore[arg-type]
            ["Your meetings will be here", "Connect your calendar or your Zoom account."],
        ),
        (snapshot(agenda(), account(last_sync=None), syncing=True), ["Getting your meetings from Google…"]),
        (snapshot(agenda(), account(last_sync=None)), ["No meetings yet"]),
        (snapshot(agenda(), replace(account(), calendar=False)), ["No calendar is switched on"]),
        (
            snapshot(agenda(upcoming=item("x", at(9, 0, 26), title="Onboarding"))),
            ["Nothing more today", "Your next meeting is Thursday at 09:00: Onboarding."],
        ),
        (
            snapshot(agenda(upcoming=item("x", at(9, 0, 25), title="Onboarding"))),
            ["Nothing more today", "Your next meeting is tomorrow at 09:00: Onboarding."],
        ),
        (snapshot(agenda()), ["Nothing more today"]),
        (snapshot(agenda(filtered=2), zoom_only=True), ["No Zoom meetings left today", "2 other meetings are hidden."]),
    ],
)
def test_each_state_says_what_it_is(view: MeetingsView, what: Snapshot, texts: list[str]) -> None:
    show(view, what)
    assert [text for text in said(view) if text in texts] == texts
    assert not view.list.isVisible()
    assert not view.details.isVisible()


def test_every_state_has_its_way_out(view: MeetingsView, qtbot: QtBot) -> None:
    show(view, Snapshot(agenda=agenda(), accounts=(), now=NOW, zone=NOW.tzinfo))  # type: ignore[arg-type]
    assert not view.head.refresh.isVisible()
    with qtbot.waitSignal(view.connect_requested):
        press(view, "Connect to Calendar and Contact Service")
    show(view, snapshot(agenda(), account(last_sync=None), syncing=True))
    with qtbot.waitSignal(view.cancel_requested):
        press(view, "Cancel")
    show(view, snapshot(agenda(filtered=2), zoom_only=True))
    with qtbot.waitSignal(view.zoom_only_changed) as changed:
        press(view, "Show them")
    assert changed.args == [False]
    show(view, snapshot(agenda(), replace(account(), calendar=False)))
    with qtbot.waitSignal(view.accounts_requested):
        press(view, "Profile")


def test_refreshing_keeps_the_rows(view: MeetingsView) -> None:
    show(view, snapshot())
    show(view, snapshot(syncing=True))
    assert view.head.updated.text() == "Updating…"
    assert view.list.isVisible()


def test_a_state_that_stays_is_not_made_anew(view: MeetingsView) -> None:
    show(view, snapshot(agenda()))
    (first,) = (label for label in view.findChildren(QLabel) if label.text() == "Nothing more today")
    show(view, snapshot(agenda(), now=at(10, 49)))
    (second,) = (label for label in view.findChildren(QLabel) if label.text() == "Nothing more today")
    assert first is second


def test_what_is_wrong_stands_above_the_list_with_the_button_that_mends_it(view: MeetingsView, qtbot: QtBot) -> None:
    consent = trouble(HealthKind.NEEDS_CONSENT, "Google needs your consent again.")
    failing = trouble(HealthKind.FAILING, "Exchange cannot be reached.", "other@x.example")
    show(view, snapshot(usual(), consent, failing))  # type: ignore[arg-type]
    assert said(view.troubles) == ["Google needs your consent again.", "Exchange cannot be reached."]
    with qtbot.waitSignal(view.continue_requested) as again:
        press(view.troubles, "Continue")
    with qtbot.waitSignal(view.retry_requested) as retry:
        press(view.troubles, "Try now")
    assert (again.args, retry.args) == (["google:lan@saomai.example"], ["google:other@x.example"])


def test_being_offline_is_said_once(view: MeetingsView, qtbot: QtBot) -> None:
    offline = [trouble(HealthKind.OFFLINE, "You are offline.", name) for name in ("a@x.example", "b@x.example")]
    show(view, snapshot(usual(), *offline))  # type: ignore[arg-type]
    assert said(view.troubles) == ["You are offline."]
    with qtbot.waitSignal(view.retry_requested) as retry:
        press(view.troubles, "Try again")
    assert retry.args == [None]


def test_more_than_two_troubles_fold(view: MeetingsView, qtbot: QtBot) -> None:
    many = [trouble(HealthKind.NEEDS_CONSENT, f"Account {name}.", f"{name}@x.example") for name in "abc"]
    show(view, snapshot(usual(), *many))  # type: ignore[arg-type]
    assert said(view.troubles) == ["Account a.", "2 more accounts need you"]
    with qtbot.waitSignal(view.accounts_requested):
        press(view.troubles, "Show")


def test_a_line_that_stays_keeps_the_focus(view: MeetingsView) -> None:
    consent = trouble(HealthKind.NEEDS_CONSENT, "Google needs your consent again.")
    show(view, snapshot(usual(), consent))  # type: ignore[arg-type]
    line = view.troubles.lines[0]
    show(view, snapshot(usual(), consent, now=at(10, 49)))  # type: ignore[arg-type]
    assert view.troubles.lines == [line]


def test_a_notice_is_dismissed(view: MeetingsView, qtbot: QtBot) -> None:
    show(view, snapshot(notices=("The local copy was damaged and has been rebuilt.",)))
    with qtbot.waitSignal(view.notice_dismissed):
        press(view.troubles, "Dismiss")


def test_hidden_meetings_can_be_brought_back(view: MeetingsView, qtbot: QtBot) -> None:
    gone = (item("h", title="Hidden one"), item("i", title="Hidden too"))
    show(view, snapshot(replace(usual(), hidden=gone[:1])))
    assert "1 hidden meeting" in said(view)
    with qtbot.waitSignal(view.shown_again) as back:
        press(view.hidden_line, "Show")
    assert back.args == [gone[0]]
    show(view, snapshot(replace(usual(), hidden=gone)))
    press(view.hidden_line, "Show")
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Hidden one\t14:00", "Hidden too\t14:00"]
    with qtbot.waitSignal(view.shown_again) as back:
        menu.actions()[1].trigger()
    assert back.args == [gone[1]]
    menu.close()
    show(view, snapshot())
    assert not view.hidden_line.isVisible()


def test_the_menu_of_a_row_is_the_one_of_its_details(view: MeetingsView, qtbot: QtBot) -> None:
    quiet = replace(running(), silenced=True)
    show(view, snapshot(agenda([quiet])))
    menu = view.details.menu(quiet, view)
    texts = [action.text() for action in menu.actions()]
    assert texts == ["Copy Link", "Open in Browser", "Remind Me Again", "Hide This Meeting"]
    with qtbot.waitSignal(view.details.silence_requested) as asked:
        menu.actions()[2].trigger()
    assert asked.args == [quiet, False]


def test_the_tab_key_goes_from_the_head_to_the_troubles_to_the_list(view: MeetingsView) -> None:
    consent = trouble(HealthKind.NEEDS_CONSENT, "Google needs your consent again.")
    show(view, snapshot(usual(), consent))  # type: ignore[arg-type]
    chain = [widget for widget in view.findChildren(QWidget) if widget.isVisible()]
    order: list[QWidget] = [view.head.refresh]
    step = order[0].nextInFocusChain()
    while step is not None and len(order) < 4:
        if step in chain and step.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(step)
        step = step.nextInFocusChain()
    assert order == [view.head.refresh, view.head.zoom_only, view.troubles.lines[0].button, view.list]


@pytest.mark.parametrize(
    ("last", "text", "stale"),
    [
        (None, "", False),
        (at(10, 47), "Updated at 10:47", False),
        (at(9, 48), "Updated at 09:48", False),
        (at(9, 12), "Updated at 09:12, an hour ago", True),
        (at(7, 12), "Updated at 07:12, 3 hours ago", True),
        (at(22, 0, 23), "Updated on Mon 23 November, 22:00", True),
    ],
)
def test_how_fresh_it_is(last: datetime | None, text: str, stale: bool) -> None:
    assert words.updated(last, NOW) == (text, stale)


def test_the_oldest_calendar_decides_how_fresh_it_is() -> None:
    accounts = [account(), account("b@x.example", last_sync=at(9)), replace(account(last_sync=at(8)), calendar=False)]
    assert words.last_sync(accounts) == at(9)


def test_the_day_follows_the_agenda(view: MeetingsView) -> None:
    show(view, snapshot())
    show(view, snapshot(replace(usual(), today=DAY.replace(day=25))))
    assert view.head.title.text() == "Wednesday 25 November"
