"""The Profile page, on the real core and the real sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import LAN, Browser, Open
from ui.bridge.desk import Desk
from ui.i18n import speak
from ui.profile.card import AccountCard
from ui.profile.confirm import DeleteAccount
from ui.profile.page import ProfilePage
from ui.shell import MEETINGS, PROFILE, Shell
from ui.theme import look
from ui.widgets.chip import Chip
from ui.widgets.frames import HealthLine
from ui.widgets.switch import CalendarCheck
from zoomcal.app import AccountView, Health, HealthKind
from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.policy import Policy
from zoomcal.sandbox import Sandbox

Connected = tuple[Desk, AccountId]
Show = Callable[[Desk], ProfilePage]


@pytest.fixture
def asked() -> list[AccountView | None]:
    """What the wizard was asked to do."""
    return []


@pytest.fixture
def show(qtbot: QtBot, asked: list[AccountView | None]) -> Iterator[Show]:
    shells: list[Shell] = []

    def show(desk: Desk) -> ProfilePage:
        shell = Shell({MEETINGS: QWidget, PROFILE: lambda: ProfilePage(desk, asked.append)})
        shells.append(shell)
        shell.show()
        shell.show_page(PROFILE)
        qtbot.waitExposed(shell)
        page = shell.page(PROFILE)
        assert isinstance(page, ProfilePage)
        return page

    yield show
    for shell in shells:
        shell.close()
    look().choose("")
    speak("")


def cards(page: ProfilePage) -> list[AccountCard]:
    return [card for card in page.findChildren(AccountCard) if card.isVisible()]


def lines(page: QWidget) -> list[HealthLine]:
    return [line for line in page.findChildren(HealthLine) if line.isVisible()]


def test_a_stranger_finds_the_button_that_connects(desk: Desk, show: Show, asked: list[AccountView | None]) -> None:
    page = show(desk)
    assert cards(page) == []
    QTest.mouseClick(page.connect_button, Qt.MouseButton.LeftButton)
    assert asked == [None]


def test_an_account_is_shown_with_its_health_its_switches_and_its_calendars(connected: Connected, show: Show) -> None:
    desk, account = connected
    (card,) = cards(show(desk))
    view = desk.account(account)
    assert view is not None
    assert (card.calendar_switch.isChecked(), card.contacts_switch.isChecked()) == (True, True)
    assert [chip.text() for chip in card.findChildren(Chip)] == ["Up to date"]
    shown = {check.text(): check.isChecked() for check in card.findChildren(CalendarCheck)}
    assert shown == {calendar.name: calendar.shown for calendar in view.calendars}
    assert card.delete_button.accessibleName() == f"Delete {LAN}"


def test_switching_off_hides_the_meetings_and_on_brings_them_back(
    qtbot: QtBot, connected: Connected, show: Show
) -> None:
    desk, _ = connected
    before = {item.key for item in desk.agenda.items}
    assert before
    (card,) = cards(show(desk))
    QTest.mouseClick(card.calendar_switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.agenda.items == ())
    assert card.findChildren(CalendarCheck) == [] or not card.findChildren(CalendarCheck)[0].isVisible()
    QTest.mouseClick(card.calendar_switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: {item.key for item in desk.agenda.items} == before)


@pytest.mark.parametrize("what", ["calendar", "contacts"])
def test_switching_one_off_ends_the_pull_and_what_stays_on_is_read_again(
    qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox, what: str
) -> None:
    desk, account = connected
    (card,) = cards(show(desk))
    ended: list[AccountId] = []
    desk.synced.connect(ended.append)
    sandbox.google.faults.add("slow")
    desk.sync(account, contacts=True)
    cancel = desk._pulls[account].cancel
    QTest.mouseClick(getattr(card, f"{what}_switch"), Qt.MouseButton.LeftButton)
    assert cancel.is_set()
    sandbox.google.faults.clear()
    qtbot.waitUntil(lambda: ended == [account, account] and not desk.syncing, timeout=20_000)
    assert not getattr(desk.accounts[0], what)


def test_deleting_ends_the_pull(qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox) -> None:
    desk, account = connected
    page = show(desk)
    cards(page)[0].delete_button.click()
    dialog = page.window().findChildren(DeleteAccount)[-1]
    sandbox.google.faults.add("slow")
    desk.sync(account)
    cancel = desk._pulls[account].cancel
    dialog.delete_button.click()
    assert cancel.is_set()
    sandbox.google.faults.clear()
    qtbot.waitUntil(lambda: desk.accounts == () and not desk.syncing, timeout=20_000)
    assert desk.agenda.items == ()


def test_a_lost_consent_is_said_and_continue_asks_for_it_in_place(
    qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox, asked: list[AccountView | None]
) -> None:
    desk, account = connected
    page = show(desk)
    sandbox.google.tokens.end_grants()
    with qtbot.waitSignal(desk.synced, timeout=20_000):
        desk.sync(account)
    (card,) = cards(page)
    assert desk.accounts[0].health.kind is HealthKind.NEEDS_CONSENT
    said = "Google ended this connection. Settings and meetings are kept."
    qtbot.waitUntil(lambda: [line.words.text() for line in lines(page)] == [said])
    assert desk.agenda.items
    card.continue_button.click()
    assert asked == [desk.accounts[0]]


def test_a_dead_network_is_said_with_a_button_and_the_card_keeps_the_focus(
    qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox
) -> None:
    desk, account = connected
    page = show(desk)
    (card,) = cards(page)
    card.calendar_switch.setFocus()
    sandbox.google.faults.cut_network()
    with qtbot.waitSignal(desk.synced, timeout=60_000):
        desk.sync(account)
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    (line,) = lines(page)
    assert line.button is not None
    assert desk.agenda.items
    sandbox.google.faults.clear()
    with qtbot.waitSignal(desk.synced, timeout=60_000):
        line.button.click()
    assert lines(page) == []
    assert cards(page) == [card]
    assert card.window().focusWidget() is card.calendar_switch


def test_deleting_asks_first_and_then_leaves_nothing(
    qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox
) -> None:
    desk, _ = connected
    page = show(desk)
    (card,) = cards(page)
    for button in ("cancel_button", "delete_button"):
        card.delete_button.click()
        dialog = page.window().findChildren(DeleteAccount)[-1]
        assert dialog.cancel_button.isDefault()
        assert dialog.cancel_button.geometry().right() < dialog.delete_button.geometry().left()
        assert dialog.focusWidget() is dialog.cancel_button
        QTest.mouseClick(getattr(dialog, button), Qt.MouseButton.LeftButton)
        if button == "cancel_button":
            assert desk.core.accounts() != ()
    qtbot.waitUntil(lambda: desk.accounts == (), timeout=20_000)
    assert cards(page) == []
    assert desk.agenda.items == ()
    assert any("/revoke" in str(request) for request in sandbox.google.asked)


def test_what_the_organisation_switched_off_is_locked_and_says_so(
    qtbot: QtBot, connected: Connected, open_desk: Open, show: Show
) -> None:
    assert connected
    page = show(open_desk(policy=Policy(contacts=False)))
    (card,) = cards(page)
    qtbot.wait(0)
    assert not card.contacts_switch.isEnabled()
    assert card.contacts_switch.accessibleDescription() == "Set by your organisation"
    assert card.calendar_switch.isEnabled()


def test_language_and_theme_change_at_once_and_are_kept(qtbot: QtBot, desk: Desk, show: Show) -> None:
    page = show(desk)
    for box, value in ((page.theme, "dark"), (page.language, "vi")):
        index = box.findData(value)
        box.setCurrentIndex(index)
        box.activated.emit(index)
    QTest.mouseClick(page.declined, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.settings.show_declined)
    kept = desk.core.settings()
    assert (kept.theme, kept.language, kept.show_declined) == ("dark", "vi", True)


def test_the_diagnostics_are_copied_and_the_button_says_so(qtbot: QtBot, connected: Connected, show: Show) -> None:
    desk, _ = connected
    page = show(desk)
    page.copy_button.click()
    qtbot.waitUntil(lambda: page.copy_button.text() == "Copied")
    text = QGuiApplication.clipboard().text()
    assert text
    assert LAN not in text


@pytest.mark.parametrize("width", [380, 560, 860, 1400])
def test_nothing_scrolls_sideways_at_any_width(
    qtbot: QtBot, connected: Connected, show: Show, browser: Browser, width: int
) -> None:
    desk, _ = connected
    assert browser.opened
    page = show(desk)
    page.window().resize(width, 800)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: page.window().width() == width)
    ground = page.widget()
    assert ground is not None
    assert ground.width() <= page.viewport().width()
    for card in cards(page):
        assert card.mapTo(ground, card.rect().topRight()).x() < page.viewport().width()


def an_account(service: Service, health: Health) -> AccountView:
    return AccountView(
        id=AccountId(f"{service}:lan@saomai.example"),
        service=service,
        name=r"SAOMAI\lan",
        server="mail.saomai.example",
        calendar=True,
        contacts=True,
        calendar_locked=False,
        contacts_locked=False,
        calendars=(),
        health=health,
    )


def test_a_card_names_the_server_and_asks_for_a_password_where_that_is_what_is_missing(qtbot: QtBot) -> None:
    refused = sentence("{service} refused the password. Settings and meetings are kept.", service="Exchange")
    card = AccountCard(an_account(Service.EXCHANGE, Health(kind=HealthKind.NEEDS_CONSENT, cause=refused)))
    qtbot.addWidget(card)
    card.show()
    said = [label.text() for label in card.findChildren(QLabel)]
    assert "Exchange · mail.saomai.example" in said
    assert [chip.text() for chip in card.findChildren(Chip)] == ["Needs password"]
    assert str(refused) in said
    assert card.continue_button.isVisible()


def test_the_page_where_an_administrator_allows_the_program_can_be_copied_from_the_card(qtbot: QtBot) -> None:
    url = "https://login.microsoftonline.com/organizations/adminconsent?client_id=0123"
    cause = sentence("An administrator of your organisation has to allow ZoomCal first, at {url}", url=url)
    card = AccountCard(an_account(Service.OFFICE365, Health(kind=HealthKind.BLOCKED, cause=cause)))
    qtbot.addWidget(card)
    card.show()
    QApplication.processEvents()
    (line,) = lines(card)
    assert line.words.text().replace("\u200b", "") == str(cause)
    assert line.button is not None
    line.button.click()
    assert QGuiApplication.clipboard().text() == url
