"""The page on the real core, read from the real sandbox."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Browser, Open
from ui.bridge.desk import Desk
from ui.meetings.page import MeetingsPage
from ui.meetings.rows import Action, action_of
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.meetings import AccountId


@pytest.fixture
def page(connected: tuple[Desk, AccountId], qtbot: QtBot) -> MeetingsPage:
    page = MeetingsPage(connected[0])
    qtbot.addWidget(page)
    page.resize(1120, 800)
    with qtbot.waitExposed(page):
        page.show()
    return page


def first(page: MeetingsPage, action: Action) -> AgendaItem:
    """Return the first meeting of a kind."""
    return next(item for item in page.view.model.entries if isinstance(item, AgendaItem) and action_of(item) is action)


def titles(page: MeetingsPage) -> list[str]:
    return [entry.meeting.title for entry in page.view.model.entries if isinstance(entry, AgendaItem)]


def act(page: MeetingsPage, item: AgendaItem, text: str) -> None:
    """Choose an entry of a meeting's menu."""
    (action,) = (action for action in page.view.details.menu(item, page).actions() if action.text() == text)
    action.trigger()


def test_the_window_shows_the_agenda_of_the_core(page: MeetingsPage, connected: tuple[Desk, AccountId]) -> None:
    desk, _ = connected
    assert titles(page) == [item.meeting.title for item in desk.core.agenda().items]
    assert len(titles(page)) >= 8


def test_enter_opens_what_join_opens(page: MeetingsPage, browser: Browser, qtbot: QtBot) -> None:
    item = first(page, Action.JOIN)
    page.view.list.select(item.key)
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    link = item.meeting.finding.link
    assert link is not None
    qtbot.waitUntil(lambda: len(browser.opened) > 1)
    opened = browser.opened[-1]
    assert link.meeting_id in opened or opened == link.url
    qtbot.waitUntil(page.view.details.join.isEnabled)


def test_a_bug_while_joining_leaves_join_ready_for_the_next_try(
    page: MeetingsPage, browser: Browser, qtbot: QtBot
) -> None:
    item = first(page, Action.JOIN)
    page.view.list.select(item.key)
    browser.fault = KeyError("bug")
    with capture_exceptions() as bugs:
        QTest.keyClick(page.view.list, Qt.Key.Key_Return)
        assert not page.view.details.join.isEnabled()
        qtbot.waitUntil(lambda: len(bugs) == 1)
    assert page.view.details.join.isEnabled()
    browser.fault = None
    tried = len(browser.opened)
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(browser.opened) > tried and page.view.details.join.isEnabled())


def test_copy_link_gives_the_https_address(page: MeetingsPage) -> None:
    item = first(page, Action.JOIN)
    page.view.list.select(item.key)
    act(page, item, "Copy Link")
    assert QGuiApplication.clipboard().text().startswith("https://")
    assert "Copied" in [label.text() for label in page.view.details.findChildren(QLabel) if label.isVisible()]


def test_a_browser_is_opened_where_it_is_asked_for(page: MeetingsPage, browser: Browser, qtbot: QtBot) -> None:
    item = first(page, Action.JOIN)
    act(page, item, "Open in Browser")
    qtbot.waitUntil(lambda: len(browser.opened) > 1)
    assert browser.opened[-1].startswith("https://")


def test_a_meeting_is_hidden_and_brought_back(page: MeetingsPage, qtbot: QtBot) -> None:
    before = titles(page)
    item = first(page, Action.JOIN)
    act(page, item, "Hide This Meeting")
    qtbot.waitUntil(page.view.hidden_line.isVisible)
    assert len(titles(page)) == len(before) - 1
    page.view.hidden_line.button.click()
    qtbot.waitUntil(lambda: titles(page) == before)
    assert not page.view.hidden_line.isVisible()


def test_a_meeting_is_silenced_and_heard_again(page: MeetingsPage, qtbot: QtBot) -> None:
    item = first(page, Action.JOIN)
    page.view.list.select(item.key)

    def silenced() -> bool:
        shown = page.view.details.item
        return shown is not None and shown.key == item.key and shown.silenced

    act(page, item, "Don’t Remind Me")
    qtbot.waitUntil(silenced)
    shown = page.view.details.item
    assert shown is not None
    act(page, shown, "Remind Me Again")
    qtbot.waitUntil(lambda: not silenced())


def test_zoom_meetings_only_hides_the_others(page: MeetingsPage, qtbot: QtBot) -> None:
    before = len(titles(page))
    page.view.head.zoom_only.click()
    qtbot.waitUntil(lambda: len(titles(page)) < before)
    items = [entry for entry in page.view.model.entries if isinstance(entry, AgendaItem)]
    assert all(item.meeting.finding.is_zoom for item in items)


def test_other_links_and_reasons_arrive(page: MeetingsPage, qtbot: QtBot) -> None:
    details = page.view.details

    def offered() -> bool:
        return any(button.text() == "Why?" and button.isVisible() for button in details.findChildren(QPushButton))

    page.view.list.select(first(page, Action.JOIN).key)
    qtbot.waitUntil(offered)


def test_the_first_start_asks_for_an_account(open_desk: Open, qtbot: QtBot) -> None:
    page = MeetingsPage(open_desk())
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    (button,) = (b for b in page.findChildren(QPushButton) if b.text() == "Connect to Calendar and Contact Service")
    with qtbot.waitSignal(page.connect_requested):
        button.click()
