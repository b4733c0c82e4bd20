"""Connecting Google in the wizard, through the sandbox's consent page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import LAN, Browser, Open, ShowWizard, errors, is_connected, words
from ui.bridge.desk import Desk
from ui.profile.connected import ConnectedStep
from ui.widgets.switch import CalendarCheck
from zoomcal.catalogue import sentence
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import ZoomCalError
from zoomcal.sandbox import Sandbox
from zoomcal.sync.engine import SyncProgress
from zoomcal.sync.health import Health, HealthKind


def test_an_account_is_connected_and_its_first_sync_is_seen_arriving(
    qtbot: QtBot, desk: Desk, show: ShowWizard
) -> None:
    wizard = show(desk)
    with qtbot.waitSignal(desk.synced, timeout=20_000):
        wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard))
    (account,) = desk.accounts
    assert account.name == LAN
    assert account.health.last_sync is not None
    seen = words(wizard)
    assert {"Google is connected", LAN, "Signed in", "Calendar sync is on", "Contact sync is on"} <= set(seen)
    assert any(text.endswith("events") for text in seen)
    assert desk.agenda.items
    checks = wizard.connected_step.findChildren(CalendarCheck)
    assert [check.isChecked() for check in checks] == [calendar.shown for calendar in account.calendars]
    shown = next(check for check in checks if check.isChecked())
    with qtbot.waitSignal(desk.accounts_changed):
        QTest.mouseClick(shown, Qt.MouseButton.LeftButton)
    assert sum(calendar.shown for calendar in desk.accounts[0].calendars) == sum(c.isChecked() for c in checks)
    assert wizard.main.text() == "Done"
    wizard.main.click()
    assert not wizard.isVisible()


def test_the_estimate_of_contacts_ends_as_their_number_unless_something_went_wrong(
    qtbot: QtBot, connected: tuple[Desk, AccountId]
) -> None:
    desk, account = connected
    step = ConnectedStep()
    qtbot.addWidget(step)
    step.show()
    view = replace(desk.accounts[0], contact_count=1013)
    step.show_account(view, syncing=True)
    step.show_progress(SyncProgress(account=account, calendars=1, events=2, contacts=1012, contacts_total=1014))
    assert "1,012 of about 1,014" in words(step)
    failing = Health(kind=HealthKind.FAILING, sentence=sentence("No."))
    step.show_account(replace(view, health=failing), syncing=False)
    assert "1,012 of about 1,014" in words(step)
    step.show_account(view, syncing=False)
    assert "1,013" in words(step)


def test_only_what_is_ticked_is_asked_for_and_something_must_be(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser
) -> None:
    wizard = show(desk)
    wizard.service_step.calendar.setChecked(False)
    wizard.service_step.contacts.setChecked(False)
    assert not wizard.main.isEnabled()
    assert wizard.main.toolTip() == "Tick at least one of the two."
    wizard.service_step.calendar.setChecked(True)
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=20_000)
    assert "calendar" in browser.opened[0]
    assert "contacts" not in browser.opened[0]
    assert (desk.accounts[0].calendar, desk.accounts[0].contacts) == (True, False)
    assert "Contact sync is on" not in words(wizard)


def test_a_refusal_is_a_sentence_and_may_be_tried_again(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser
) -> None:
    browser.answer = {"allow": False}
    wizard = show(desk)
    wizard.main.click()
    qtbot.waitUntil(lambda: errors(wizard) == ["Access was not allowed. Nothing was connected."], timeout=20_000)
    assert desk.core.accounts() == ()
    assert wizard.main.text() == "Try again"
    browser.answer = {}
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=20_000)


def test_cancelling_while_the_browser_is_open_ends_it_at_once_and_nothing_is_connected(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser
) -> None:
    browser.silent = True
    wizard = show(desk)
    wizard.main.click()
    qtbot.waitUntil(lambda: len(browser.opened) == 1, timeout=20_000)
    assert "Finish signing in in your browser. This page goes on by itself." in words(wizard)
    assert not wizard.main.isVisible()
    wizard.browser_step.again.click()
    qtbot.waitUntil(lambda: len(browser.opened) == 2, timeout=20_000)
    assert browser.opened[0] == browser.opened[1]
    wizard.cancel.click()
    assert not wizard.isVisible()
    free: list[str] = []
    desk.tasks.submit("connect", lambda: "free", free.append)
    qtbot.waitUntil(lambda: bool(free), timeout=3000)
    assert desk.core.accounts() == ()


def test_missing_contacts_are_said_and_may_be_asked_for_again_or_left_out(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser
) -> None:
    browser.answer = {"without": ("contacts.readonly",)}
    wizard = show(desk)
    wizard.main.click()
    said = "Contacts were not allowed, so only your calendar is connected."
    qtbot.waitUntil(lambda: said in words(wizard), timeout=20_000)
    assert (wizard.main.text(), wizard.cancel.text()) == ("Ask again", "Continue without contacts")
    wizard.cancel.click()
    assert is_connected(wizard)
    assert (desk.accounts[0].calendar, desk.accounts[0].contacts) == (True, False)


def test_asking_again_after_a_missing_scope_connects_everything(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser
) -> None:
    browser.answer = {"without": ("contacts.readonly",)}
    wizard = show(desk)
    wizard.main.click()
    qtbot.waitUntil(lambda: wizard.main.text() == "Ask again", timeout=20_000)
    browser.answer = {}
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=20_000)
    assert (desk.accounts[0].calendar, desk.accounts[0].contacts) == (True, True)


def test_without_a_client_id_it_says_what_to_register_and_takes_one(
    qtbot: QtBot, open_desk: Open, show: ShowWizard, sandbox: Sandbox
) -> None:
    desk = open_desk(clientless=True)
    wizard = show(desk)
    wizard.main.click()
    qtbot.waitUntil(wizard.client_step.isVisible)
    text = " ".join(words(wizard))
    for needed in ("console.cloud.google.com", "Google Calendar API", "People API", "Desktop app", "http://127.0.0.1"):
        assert needed in text
    assert not wizard.main.isEnabled()
    google = sandbox.endpoints["google"]
    QTest.keyClicks(wizard.client_step.client_id, google["client_id"])
    QTest.keyClicks(wizard.client_step.client_secret, google["client_secret"])
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=20_000)


def test_a_client_the_service_does_not_know_is_said_where_another_can_be_entered(
    qtbot: QtBot, desk: Desk, show: ShowWizard, sandbox: Sandbox, browser: Browser
) -> None:
    wizard = show(desk)
    browser.silent = True
    wizard.main.click()
    qtbot.waitUntil(lambda: len(browser.opened) == 1, timeout=20_000)
    wizard.back.click()
    sandbox.google.faults.add("status", path="/token", status=401, reason="invalid_client")
    browser.silent = False
    wizard.main.click()
    qtbot.waitUntil(lambda: bool(errors(wizard)), timeout=20_000)
    assert "client id" in errors(wizard)[0]
    assert wizard.client_step.isVisible()
    sandbox.google.faults.clear()
    google = sandbox.endpoints["google"]
    QTest.keyClicks(wizard.client_step.client_id, google["client_id"])
    QTest.keyClicks(wizard.client_step.client_secret, google["client_secret"])
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=20_000)


@pytest.mark.parametrize("chosen", ["allow-calendar", "service-google"])
def test_return_goes_on_and_never_cancels_nor_changes_a_choice(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser, chosen: str
) -> None:
    browser.silent = True
    wizard = show(desk)
    button = wizard.findChild(QAbstractButton, chosen)
    assert button is not None
    button.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(wizard.focusWidget(), key)
    qtbot.waitUntil(lambda: len(browser.opened) == 1, timeout=20_000)
    assert button.isChecked()
    assert wizard.isVisible()
    assert wizard.browser_step.isVisible()


def test_where_no_browser_opens_the_sign_in_goes_on_waiting_and_gives_its_address(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser
) -> None:
    said = "The address could not be opened. Use Copy Link and open it yourself."
    browser.fault = ZoomCalError(sentence("The address could not be opened. Use Copy Link and open it yourself."))
    wizard = show(desk)
    wizard.main.click()
    qtbot.waitUntil(lambda: errors(wizard) == [said], timeout=20_000)
    assert "Finish signing in in your browser. This page goes on by itself." in words(wizard)
    wizard.browser_step.copy.click()
    address = QGuiApplication.clipboard().text()
    assert address == browser.opened[0]
    consent(address, account=LAN)
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=20_000)
    assert not wizard.browser_step.copy.isVisible()


def test_an_account_that_lost_its_consent_is_authorised_again_in_place(
    qtbot: QtBot, connected: tuple[Desk, AccountId], show: ShowWizard, browser: Browser
) -> None:
    desk, account = connected
    desk.core.show_calendar(account, desk.accounts[0].calendars[0].id, shown=False)
    wizard = show(desk, desk.accounts[0])
    assert wizard.browser_step.isVisible()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=20_000)
    assert [view.id for view in desk.accounts] == [account]
    assert not desk.accounts[0].calendars[0].shown
    assert len(browser.opened) == 2
