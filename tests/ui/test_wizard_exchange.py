"""Connecting an Exchange server in the wizard, against the sandbox's own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import LAN_365, Browser, Open, ShowWizard, is_connected, words
from ui.bridge.desk import Desk
from ui.profile.exchange import ExchangeStep
from ui.profile.office365 import Method
from ui.profile.wizard import ConnectWizard
from ui.widgets.buttons import Button
from zoomcal.app import HealthKind
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.policy import Policy
from zoomcal.sandbox import Sandbox

USERNAME, PASSWORD, ADDRESS = r"SAOMAI\lan", "Hoa-sen-05", "lan@noibo.saomai.example"
ACCOUNT = AccountId(f"exchange:{ADDRESS}")
REFUSED = "The server refused this password. It was tried once."

Enter = Callable[..., ExchangeStep]


@pytest.fixture
def url(sandbox: Sandbox) -> str:
    return str(sandbox.endpoints["exchange"]["url"])


@pytest.fixture
def enter(url: str) -> Enter:
    """Choose Exchange and fill in the form as a person would."""

    def enter(wizard: ConnectWizard, username: str = USERNAME, password: str = PASSWORD, at: str = url) -> ExchangeStep:
        wizard.service_step.choose(Service.EXCHANGE)
        wizard.main.click()
        form = wizard.exchange_step
        for entry, text in ((form.username, username), (form.password, password), (form.url, at)):
            QTest.keyClicks(entry, text)
        return form

    return enter


def noted(field: QWidget) -> str:
    return " ".join(words(field))


def test_a_server_is_connected_and_its_meetings_arrive(
    qtbot: QtBot, desk: Desk, show: ShowWizard, enter: Enter
) -> None:
    wizard = show(desk)
    enter(wizard)
    with qtbot.waitSignal(desk.synced, timeout=60_000):
        QTest.keyClick(wizard.exchange_step.url, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_connected(wizard))
    assert {"Exchange is connected", USERNAME, "Calendar sync is on", "Contact sync is on"} <= set(words(wizard))
    (account,) = desk.accounts
    server = wizard.exchange_step.url.text().split("/")[2]
    assert (account.id, account.name, account.server) == (ACCOUNT, USERNAME, server)
    assert account.health.last_sync is not None
    assert account.calendars


def test_a_wrong_password_is_tried_once_and_mended_where_it_stands(
    qtbot: QtBot, desk: Desk, show: ShowWizard, enter: Enter, sandbox: Sandbox
) -> None:
    wizard = show(desk)
    form = enter(wizard, password="wrong")
    wizard.main.click()
    for _ in range(3):
        QTest.keyClick(form.url, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: REFUSED in noted(form.fields["password"]), timeout=40_000)
    (user,) = sandbox.exchange.accounts.values()
    assert user.failed == 1
    assert form.login().username == USERNAME
    assert desk.core.accounts() == ()
    assert wizard.focusWidget() is form.password
    QTest.keyClicks(form.password, PASSWORD)  # over what is selected
    QTest.keyClick(form.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)


def test_the_server_is_found_but_not_signed_in_to_until_the_person_says_so(
    qtbot: QtBot, desk: Desk, show: ShowWizard, enter: Enter, sandbox: Sandbox
) -> None:
    wizard = show(desk)
    form = enter(wizard, at="")
    assert not wizard.main.isEnabled()
    form.find_button.click()
    QTest.keyClicks(form.address, ADDRESS)
    form.find_button.click()
    qtbot.waitUntil(lambda: form.url.text() != "", timeout=40_000)
    assert form.url.text().lower() == sandbox.endpoints["exchange"]["url"].lower()
    assert not sandbox.exchange.operations
    assert wizard.exchange_step.isVisible()
    assert wizard.main.isEnabled()
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)


def test_a_certificate_nobody_vouches_for_is_refused_until_its_authority_is_chosen(
    qtbot: QtBot, open_desk: Open, show: ShowWizard, enter: Enter, sandbox: Sandbox
) -> None:
    desk = open_desk(trusting=False)
    wizard = show(desk)
    form = enter(wizard)
    wizard.main.click()
    qtbot.waitUntil(lambda: "not trusted" in noted(form.fields["url"]), timeout=40_000)
    assert not sandbox.exchange.operations
    (trust,) = (button for button in form.findChildren(Button, "note-action") if button.isVisible())
    trust.click()
    (dialog,) = form.findChildren(QFileDialog)
    dialog.fileSelected.emit(sandbox.endpoints["ca_file"])
    dialog.close()
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)


def test_a_file_that_holds_no_certificate_is_said_beside_it(
    qtbot: QtBot, desk: Desk, show: ShowWizard, enter: Enter, tmp_path: Path
) -> None:
    file = tmp_path / "notes.pem"
    file.write_text("no certificate")
    wizard = show(desk)
    form = enter(wizard)
    form.authority.trust(file)
    wizard.main.click()
    qtbot.waitUntil(lambda: "holds no certificate" in noted(form.authority), timeout=40_000)
    assert form.login().password == PASSWORD


def test_a_server_that_does_not_answer_is_said_under_its_address_and_everything_stays(
    qtbot: QtBot, desk: Desk, show: ShowWizard, enter: Enter
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        wizard = show(desk)
        form = enter(wizard, at=f"https://127.0.0.1:{taken.getsockname()[1]}/EWS/Exchange.asmx")
        wizard.main.click()
        qtbot.waitUntil(lambda: "cannot be reached" in noted(form.fields["url"]), timeout=60_000)
    assert (form.login().username, form.login().password) == (USERNAME, PASSWORD)
    assert wizard.main.isEnabled()


def test_microsofts_cloud_gets_no_password_and_signing_in_with_microsoft_goes_on_with_the_same_boxes(
    qtbot: QtBot, desk: Desk, show: ShowWizard, browser: Browser
) -> None:
    wizard = show(desk)
    wizard.service_step.choose(Service.OFFICE365)
    wizard.service_step.contacts.setChecked(False)
    wizard.main.click()
    wizard.method_step.choose(Method.PASSWORD)
    wizard.main.click()
    form = wizard.password_step
    QTest.keyClicks(form.username, LAN_365)
    QTest.keyClicks(form.password, PASSWORD)
    wizard.main.click()
    said = "Microsoft has switched this off for its cloud. Your password was not sent."
    qtbot.waitUntil(lambda: said in noted(form.fields["url"]), timeout=20_000)
    assert browser.opened == []
    (microsoft,) = (button for button in form.findChildren(Button, "note-action") if button.isVisible())
    microsoft.click()
    qtbot.waitUntil(lambda: is_connected(wizard), timeout=40_000)
    (account,) = desk.accounts
    assert (account.service, account.calendar, account.contacts) == (Service.OFFICE365, True, False)


def test_cancelling_while_it_is_tried_ends_it_at_once_and_connects_nothing(
    qtbot: QtBot, desk: Desk, show: ShowWizard, enter: Enter, sandbox: Sandbox
) -> None:
    wizard = show(desk)
    sandbox.exchange.faults.add("slow")
    form = enter(wizard)
    wizard.main.click()
    qtbot.waitUntil(lambda: len(sandbox.exchange.asked) > 0, timeout=20_000)
    assert wizard.main.text() == "Trying…"
    assert not form.form.isEnabled()
    wizard.cancel.click()
    assert not wizard.isVisible()
    free: list[str] = []
    desk.tasks.submit("connect", lambda: "free", free.append)
    qtbot.waitUntil(lambda: bool(free), timeout=5000)
    assert desk.core.accounts() == ()


def test_a_changed_password_is_asked_for_again_with_the_rest_filled_in(
    qtbot: QtBot, desk: Desk, show: ShowWizard, enter: Enter, sandbox: Sandbox, url: str
) -> None:
    wizard = show(desk)
    form = enter(wizard)
    form.version.setCurrentIndex(form.version.findData("2016"))
    wizard.main.click()
    qtbot.waitUntil(lambda: is_connected(wizard) and not desk.syncing, timeout=60_000)
    wizard.close()
    sandbox.exchange.obey("change-password", {"username": USERNAME, "password": "Hoa-cúc-06"})
    sandbox.exchange.faults.add("reset")  # an open connection stays signed in
    for _ in range(2):
        with qtbot.waitSignal(desk.synced, timeout=60_000):
            desk.sync(ACCOUNT)
    assert desk.accounts[0].health.kind is HealthKind.NEEDS_CONSENT
    again = show(desk, desk.accounts[0])
    form = again.exchange_step
    qtbot.waitUntil(lambda: form.url.text() == url, timeout=20_000)
    assert form.isVisible()
    assert (form.username.text(), form.password.text(), form.version.currentData()) == (USERNAME, "", "2016")
    assert again.focusWidget() is form.password
    assert not again.back.isVisible()
    form.password.setText("Hoa-cúc-06")
    form.changed.emit()
    QTest.keyClick(form.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_connected(again) and not desk.syncing, timeout=60_000)
    assert [(account.id, account.health.kind) for account in desk.accounts] == [(ACCOUNT, HealthKind.OK)]


def test_the_url_that_the_organisation_set_is_shown_locked(open_desk: Open, show: ShowWizard, url: str) -> None:
    wizard = show(open_desk(policy=Policy(endpoints={"exchange": {"url": url}})))
    wizard.service_step.choose(Service.EXCHANGE)
    wizard.main.click()
    assert wizard.exchange_step.url.text() == url
    assert wizard.exchange_step.url.isReadOnly()
    assert "Set by your organisation" in words(wizard)
