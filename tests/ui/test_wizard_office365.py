"""Connecting Office 365 in the wizard: by the browser, by a code, and where neither is what was chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import LAN_365, Browser, Open, ShowWizard, errors, is_connected, words
from ui.bridge.desk import Desk
from ui.profile.office365 import Method
from ui.profile.wizard import ConnectWizard
from ui.widgets.buttons import Button
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.policy import Policy
from zoomcal.sandbox import Sandbox

ACCOUNT = AccountId(f"office365:{LAN_365}")
WAITING = "Waiting for you to finish there. This page goes on by itself."


@pytest.fixture
def wizard(desk: Desk, show: ShowWizard) -> ConnectWizard:
    """The wizard where Office 365 was chosen."""
    return chosen(show(desk))


def chosen(wizard: ConnectWizard) -> ConnectWizard:
    wizard.service_step.choose(Service.OFFICE365)
    wizard.main.click()
    assert wizard.method_step.isVisible()
    return wizard


def with_code(wizard: ConnectWizard) -> None:
    wizard.method_step.choose(Method.DEVICE_CODE)
    wizard.main.click()


def answer_elsewhere(sandbox: Sandbox, code: str, *, allow: bool = True) -> None:
    """Enter a code on another device, and allow everything or refuse."""
    microsoft = sandbox.microsoft
    asked = microsoft.devices.asked_with(code)
    assert asked is not None, "nobody waits for this code"
    grant = microsoft.tokens.consent(asked, LAN_365, asked.scopes) if allow else None
    microsoft.devices.decide(asked, grant)


def test_the_main_button_and_the_permissions_follow_what_is_chosen(desk: Desk, show: ShowWizard) -> None:
    wizard = show(desk)
    wizard.service_step.contacts.setChecked(False)
    chosen(wizard)
    asked = "You will be asked to allow: read and change calendars."
    seen = {}
    for method in Method:
        wizard.method_step.choose(method)
        seen[method] = (wizard.main.text(), asked in words(wizard))
    assert seen == {
        Method.BROWSER: ("Sign in with Microsoft", True),
        Method.DEVICE_CODE: ("Get a code", True),
        Method.PASSWORD: ("Next", False),
    }
    wizard.back.click()
    assert wizard.service_step.isVisible()
    assert not wizard.service_step.contacts.isChecked()


def test_signing_in_with_microsoft_connects_the_account_and_its_meetings_arrive(
    qtbot: QtBot, desk: Desk, wizard: ConnectWizard, browser: Browser
) -> None:
    with qtbot.waitSignal(desk.synced, timeout=40_000):
        wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard))
    assert {"Office 365 is connected", LAN_365, "Calendar sync is on", "Contact sync is on"} <= set(words(wizard))
    (account,) = desk.accounts
    assert (account.id, account.calendar, account.contacts) == (ACCOUNT, True, True)
    assert account.calendars
    assert len(browser.opened) == 1


def test_a_code_is_shown_with_its_address_and_connects_once_it_was_entered(
    qtbot: QtBot, desk: Desk, wizard: ConnectWizard, browser: Browser, sandbox: Sandbox
) -> None:
    browser.silent = True
    with_code(wizard)
    qtbot.waitUntil(wizard.device_step.isVisible, timeout=20_000)
    step = wizard.device_step
    assert WAITING in words(wizard)
    assert not wizard.main.isVisible()
    assert browser.opened == []
    step.copy_code.click()
    assert QGuiApplication.clipboard().text() == step.code.text()
    step.copy.click()
    assert QGuiApplication.clipboard().text() == step.address.text()
    step.open.click()
    qtbot.waitUntil(lambda: browser.opened == [step.address.text()])
    answer_elsewhere(sandbox, step.code.text())
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)
    assert [account.id for account in desk.accounts] == [ACCOUNT]


@pytest.mark.parametrize("ending", ["refused", "too late"])
def test_a_code_that_comes_to_nothing_is_said_and_another_one_may_be_had(
    qtbot: QtBot, wizard: ConnectWizard, sandbox: Sandbox, ending: str
) -> None:
    with_code(wizard)
    qtbot.waitUntil(wizard.device_step.isVisible, timeout=20_000)
    first = wizard.device_step.code.text()
    if ending == "refused":
        answer_elsewhere(sandbox, first, allow=False)
        said = "Access was not allowed. Nothing was connected."
    else:
        for device in sandbox.microsoft.devices._devices.values():
            device.expires = sandbox.microsoft.now()
        said = "The code was not entered in time. Nothing was connected."
    qtbot.waitUntil(lambda: errors(wizard) == [said], timeout=20_000)
    assert not wizard.device_step.code.isVisible()
    assert wizard.main.text() == "Try again"
    wizard.main.click()
    qtbot.waitUntil(wizard.device_step.code.isVisible, timeout=20_000)
    second = wizard.device_step.code.text()
    assert second != first
    answer_elsewhere(sandbox, second)
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)


def test_going_back_from_a_code_ends_it_and_the_browser_may_be_chosen_instead(
    qtbot: QtBot, desk: Desk, wizard: ConnectWizard, sandbox: Sandbox
) -> None:
    with_code(wizard)
    qtbot.waitUntil(wizard.device_step.isVisible, timeout=20_000)
    code = wizard.device_step.code.text()
    wizard.back.click()
    assert wizard.method_step.isVisible()
    answer_elsewhere(sandbox, code)
    wizard.method_step.choose(Method.BROWSER)
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)
    assert [account.id for account in desk.accounts] == [ACCOUNT]


def test_cancelling_while_the_sign_in_service_does_not_answer_ends_it_at_once(
    qtbot: QtBot, desk: Desk, wizard: ConnectWizard, sandbox: Sandbox
) -> None:
    sandbox.microsoft.faults.add("slow", path="/openid-configuration", times=None)
    wizard.main.click()
    qtbot.waitUntil(lambda: sandbox.microsoft.faults.waiting > 0, timeout=20_000)
    asked = len(sandbox.microsoft.asked)
    wizard.cancel.click()
    free: list[str] = []
    desk.tasks.submit("connect", lambda: "free", free.append)
    qtbot.waitUntil(lambda: bool(free), timeout=5000)
    assert len(sandbox.microsoft.asked) == asked


def test_where_an_administrator_has_to_allow_it_the_page_for_that_can_be_copied(
    qtbot: QtBot, wizard: ConnectWizard, sandbox: Sandbox
) -> None:
    sandbox.microsoft.tokens.policy = "admin-consent"
    wizard.main.click()
    qtbot.waitUntil(lambda: bool(errors(wizard)), timeout=20_000)
    assert "An administrator of your organisation has to allow ZoomCal first" in errors(wizard)[0]
    (copy,) = (button for button in wizard.findChildren(Button, "copy-address") if button.isVisible())
    copy.click()
    address = QGuiApplication.clipboard().text()
    assert address.startswith("https://")
    assert address in errors(wizard)[0]


def test_without_a_client_id_it_says_what_to_register_and_takes_one_without_a_secret(
    qtbot: QtBot, open_desk: Open, show: ShowWizard, sandbox: Sandbox
) -> None:
    wizard = chosen(show(open_desk(clientless=True)))
    with_code(wizard)
    qtbot.waitUntil(wizard.client_step.isVisible, timeout=20_000)
    text = " ".join(words(wizard))
    for needed in (
        "entra.microsoft.com",
        "Mobile and desktop applications",
        "http://localhost",
        "public client flows",
        "User.Read, Calendars.ReadWrite, Contacts.Read",
    ):
        assert needed in text
    assert not wizard.client_step.client_secret.isVisible()
    QTest.keyClicks(wizard.client_step.client_id, "no such client")
    wizard.main.click()
    qtbot.waitUntil(lambda: any("does not know this client id" in said for said in errors(wizard)), timeout=20_000)
    assert wizard.client_step.isVisible()
    QTest.keyClicks(wizard.client_step.client_id, sandbox.endpoints["office365"]["client_id"])
    QTest.keyClick(wizard.client_step.client_id, Qt.Key.Key_Return)
    qtbot.waitUntil(wizard.device_step.isVisible, timeout=20_000)
    wizard.back.click()
    assert wizard.client_step.isVisible(), "a mistyped one can be put right"
    wizard.main.click()
    qtbot.waitUntil(wizard.device_step.isVisible, timeout=20_000)
    answer_elsewhere(sandbox, wizard.device_step.code.text())
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)


def test_a_lost_consent_is_renewed_in_place_by_the_browser_or_by_a_code(
    qtbot: QtBot, desk: Desk, wizard: ConnectWizard, show: ShowWizard, sandbox: Sandbox, browser: Browser
) -> None:
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard) and not desk.syncing, timeout=40_000)
    wizard.close()
    sandbox.microsoft.tokens.end_grants()
    browser.silent = True
    again = show(desk, desk.accounts[0])
    qtbot.waitUntil(lambda: len(browser.opened) == 2, timeout=20_000)
    assert again.browser_step.isVisible()
    again.browser_step.code.click()
    qtbot.waitUntil(again.device_step.isVisible, timeout=20_000)
    answer_elsewhere(sandbox, again.device_step.code.text())
    qtbot.waitUntil(lambda: is_connected(again), timeout=40_000)
    assert [account.id for account in desk.accounts] == [ACCOUNT]


@pytest.mark.parametrize(
    ("services", "shown", "password"),
    [
        (frozenset(Service), [Service.GOOGLE, Service.OFFICE365, Service.EXCHANGE], True),
        (frozenset({Service.OFFICE365}), [Service.OFFICE365], False),
    ],
)
def test_only_what_the_organisation_allows_can_be_chosen(
    open_desk: Open, show: ShowWizard, services: frozenset[Service], shown: list[Service], password: bool
) -> None:
    wizard = show(open_desk(policy=Policy(services=services)))
    assert list(wizard.service_step._choices) == shown
    chosen(wizard)
    assert (Method.PASSWORD in wizard.method_step._choices) is password
    assert ("Microsoft has switched off email and password" in " ".join(words(wizard))) is password


def test_where_the_organisation_allows_no_service_it_says_so(open_desk: Open, show: ShowWizard) -> None:
    wizard = show(open_desk(policy=Policy(services=frozenset({Service.ZOOM}))))
    assert errors(wizard) == ["Your organisation has switched this off."]
    assert not wizard.main.isEnabled()


def test_what_the_organisation_switched_off_is_not_asked_for_and_says_so(
    qtbot: QtBot, open_desk: Open, show: ShowWizard
) -> None:
    desk = open_desk(policy=Policy(contacts=False))
    wizard = show(desk)
    assert not wizard.service_step.contacts.isEnabled()
    assert not wizard.service_step.contacts.isChecked()
    assert "Set by your organisation" in words(wizard.service_step)
    chosen(wizard)
    assert "You will be asked to allow: read and change calendars." in words(wizard)
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)
    assert (desk.accounts[0].calendar, desk.accounts[0].contacts) == (True, False)
