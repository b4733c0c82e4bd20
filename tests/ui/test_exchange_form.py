"""The form for a server of one's own: where errors stand, what is kept, what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ui.i18n import speak
from ui.profile.exchange import OFFICE365_URL, ExchangeStep
from ui.profile.office365 import MethodStep
from ui.profile.service import ServiceStep
from ui.profile.step import Step, scrolling
from ui.profile.waiting import DeviceStep
from ui.widgets.buttons import Button
from ui.widgets.frames import HealthLine
from ui.widgets.text import ElidedText
from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import Service
from zoomcal.errors import CloudMailbox, EntryError, Offline, ZoomCalError
from zoomcal.providers.base import ExchangeLogin

REFUSED = sentence("The server refused this password. It was tried once.")
UNTRUSTED = sentence("The certificate of {host} is not trusted on this computer.", host="mail.saomai.example")
URL = "https://mail.saomai.example/EWS/Exchange.asmx"
LOGIN = ExchangeLogin(username=r"SAOMAI\lan", password="s3cret", url=URL, version="2016")

Show = Callable[[Step], None]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    shown: list[QWidget] = []

    def show(step: Step) -> None:
        area = scrolling(step)
        area.resize(520, 444)
        shown.append(area)
        area.show()
        qtbot.waitExposed(area)
        area.activateWindow()

    yield show
    for area in shown:
        area.close()


@pytest.fixture
def form(show: Show) -> ExchangeStep:
    """The form as somebody has filled it in."""
    form = ExchangeStep()
    show(form)
    form.prefill(LOGIN)
    form.password.setText(LOGIN.password)
    return form


def said(form: QWidget) -> list[str]:
    QApplication.processEvents()  # what is new in a layout is shown with the next turn of the loop
    return [label.text() for label in form.findChildren(QLabel) if label.isVisible()]


def lines(form: QWidget) -> list[HealthLine]:
    QApplication.processEvents()
    return [line for line in form.findChildren(HealthLine) if line.isVisible()]


def press(form: QWidget, name: str) -> None:
    """Press a button that is seen."""
    QApplication.processEvents()
    (button,) = (button for button in form.findChildren(Button, name) if button.isVisible())
    button.click()


def test_a_refused_password_is_said_below_it_and_everything_entered_stays(form: ExchangeStep) -> None:
    form.start_trying()
    assert not form.form.isEnabled()
    form.fail(EntryError("password", REFUSED))
    assert str(REFUSED) in said(form.fields["password"])
    assert form.password.accessibleDescription() == str(REFUSED)
    assert form.login() == LOGIN
    assert form.window().focusWidget() is form.password
    assert form.password.selectedText() == LOGIN.password
    QTest.keyClicks(form.password, "another")
    assert str(REFUSED) not in said(form)
    assert form.login().password == "another"


@pytest.mark.parametrize("field", ["username", "password", "address", "version", "url"])
def test_every_error_of_a_field_stands_in_it_and_takes_the_focus(form: ExchangeStep, field: str) -> None:
    form.fail(EntryError(field, sentence("The service could not be used.")))
    assert form.fields[field].isVisible()
    assert "The service could not be used." in said(form.fields[field])
    assert form.window().focusWidget() is form.fields[field].control
    form.start_trying()
    assert "The service could not be used." not in said(form)


def test_any_other_error_stands_below_the_form_with_its_detail_one_click_away(form: ExchangeStep) -> None:
    form.fail(Offline(detail="ConnectTimeout"))
    (line,) = lines(form)
    assert "ConnectTimeout" not in said(form)
    assert line.button is not None
    line.button.click()
    assert "ConnectTimeout" in said(form)
    assert form.login() == LOGIN
    form.start_trying()
    assert lines(form) == []


def test_the_mailboxs_address_is_asked_for_only_where_it_is_needed(form: ExchangeStep) -> None:
    assert not form.address.isVisible()
    form.fail(EntryError("address", sentence("The service could not be used.")))
    QTest.keyClicks(form.address, "lan@saomai.example")
    assert form.login().address == "lan@saomai.example"


def test_a_server_is_looked_for_by_an_address_and_what_is_found_waits_for_the_person(
    qtbot: QtBot, form: ExchangeStep
) -> None:
    form.url.clear()
    asked: list[str] = []
    form.find_asked.connect(asked.append)
    form.find_button.click()
    assert asked == []
    assert form.window().focusWidget() is form.address
    QTest.keyClicks(form.address, "nobody")
    form.find_button.click()
    assert "This is not an email address." in said(form)
    form.address.clear()
    QTest.keyClicks(form.address, "lan@saomai.example")
    QTest.keyClick(form.address, Qt.Key.Key_Return)
    assert asked == ["lan@saomai.example"]
    assert form.find_button.working
    with qtbot.waitSignal(form.changed):
        form.found(URL)
    assert form.url.text() == URL
    assert any("Check it" in text for text in said(form.fields["url"]))
    assert not form.find_button.working
    assert asked == ["lan@saomai.example"]


def test_a_username_that_is_an_address_is_what_the_server_is_looked_for_by(form: ExchangeStep) -> None:
    asked: list[str] = []
    form.find_asked.connect(asked.append)
    form.username.setText(" lan@saomai.example ")
    form.find_button.click()
    assert asked == ["lan@saomai.example"]
    form.fail(CloudMailbox("address"))
    assert not form.find_button.working


def test_looking_for_the_server_leaves_an_authority_to_be_trusted(form: ExchangeStep) -> None:
    form.fail(EntryError("ca_file", UNTRUSTED))
    form.find_button.click()
    trust = [button for button in form.findChildren(Button) if button.isVisible() and button.text().startswith("Trust")]
    assert trust == [form.authority.button]


def test_an_untrusted_certificate_offers_an_authority_and_the_chosen_file_is_used_and_can_be_removed(
    form: ExchangeStep, tmp_path: Path
) -> None:
    authority = tmp_path / "saomai-root.pem"
    authority.write_text("PEM")
    form.fail(EntryError("ca_file", UNTRUSTED))
    assert not form.authority.button.isVisible(), "it is offered once"
    press(form, "note-action")
    (dialog,) = form.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(authority))
    dialog.close()
    assert str(UNTRUSTED) not in said(form)
    assert form.login().ca_file == authority
    assert authority.name in said(form.authority)
    form.fail(EntryError("ca_file", UNTRUSTED))
    assert str(UNTRUSTED) in said(form.authority)
    press(form, "remove-authority")
    assert form.login().ca_file is None
    assert str(UNTRUSTED) not in said(form)
    assert form.authority.button.isVisible()


def test_the_authority_an_account_was_connected_with_stays_until_it_is_removed_or_another_is_chosen(
    form: ExchangeStep, tmp_path: Path
) -> None:
    before = ExchangeLogin(username="ada", password="", url="https://mail.saomai.example/x", ca_pem="PEM")
    form.prefill(before)
    assert form.login().ca_pem == "PEM"
    assert not form.authority.button.isVisible()
    press(form, "remove-authority")
    assert form.login().ca_pem == ""
    form.prefill(before)
    form.authority.trust(tmp_path / "other.pem")
    assert (form.login().ca_pem, form.login().ca_file) == ("", tmp_path / "other.pem")


@pytest.mark.parametrize("allowed", [True, False])
def test_microsofts_cloud_offers_to_sign_in_with_microsoft_where_that_is_allowed(show: Show, allowed: bool) -> None:
    form = ExchangeStep(office365=True, microsoft=allowed)
    show(form)
    assert form.url.text() == OFFICE365_URL
    asked: list[bool] = []
    form.microsoft_asked.connect(lambda: asked.append(True))
    form.fail(CloudMailbox("url"))
    text = "Microsoft has switched this off for its cloud. Your password was not sent."
    assert text in said(form.fields["url"])
    QApplication.processEvents()
    offered = [button for button in form.findChildren(Button, "note-action") if button.isVisible()]
    for button in offered:
        button.click()
    assert asked == ([True] if allowed else [])


def test_a_password_that_was_sent_is_never_said_not_to_have_been(show: Show) -> None:
    form = ExchangeStep()
    show(form)
    form.fail(CloudMailbox("url", sent=True))
    words = " ".join(said(form.fields["url"]))
    assert "Your password was sent to this server alone." in words
    assert "not sent" not in words


def test_what_the_organisation_set_is_locked_and_says_so_whatever_else_was_entered(show: Show) -> None:
    form = ExchangeStep(fixed_url="https://ews.saomai.example/EWS/Exchange.asmx")
    show(form)
    form.prefill(LOGIN)
    assert form.login().url == "https://ews.saomai.example/EWS/Exchange.asmx"
    assert form.url.isReadOnly()
    assert "Set by your organisation" in said(form.fields["url"])
    form.fail(EntryError("url", REFUSED))
    form.start_trying()
    assert form.url.accessibleDescription() == "Set by your organisation"
    assert not form.find_button.isVisible()


def test_the_eye_shows_the_password_and_says_what_it_does(form: ExchangeStep) -> None:
    eye = form.password.eye
    assert (form.password.echoMode(), eye.accessibleName()) == (QLineEdit.EchoMode.Password, "Show the password")
    eye.click()
    assert (form.password.echoMode(), eye.accessibleName()) == (QLineEdit.EchoMode.Normal, "Hide the password")
    eye.click()
    assert form.password.echoMode() == QLineEdit.EchoMode.Password


def test_every_field_has_a_name_and_tab_goes_down_the_form(form: ExchangeStep) -> None:
    order: list[QWidget | None] = [form.username]
    form.username.setFocus()
    for _ in range(6):
        QTest.keyClick(form.window(), Qt.Key.Key_Tab)
        order.append(form.window().focusWidget())
    wanted = [form.username, form.password, form.password.eye, form.version, form.url, form.find_button]
    assert order == [*wanted, form.authority.button]
    assert all(widget is not None and (widget.accessibleName() or widget.property("text")) for widget in order)


STEPS: dict[str, Callable[[], Step]] = {
    "services": lambda: ServiceStep((Service.GOOGLE, Service.OFFICE365, Service.EXCHANGE)),
    "methods": lambda: MethodStep(password=True),
    "exchange": ExchangeStep,
    "password": lambda: ExchangeStep(office365=True),
    "device": DeviceStep,
}
LONG = "https://login.microsoftonline.com/organizations/adminconsent?client_id=01234567-89ab-cdef-0123-456789abcdef"
ERROR = ZoomCalError(sentence("An administrator of your organisation has to allow ZoomCal first, at {url}", url=LONG))


def cut(step: Step) -> list[str]:
    """Return the words that have less room than they need."""
    buttons = [button for button in step.findChildren(Button) if button.isVisible()]
    labels = [each for each in step.findChildren(QLabel) if each.isVisible() and not isinstance(each, ElidedText)]
    return [button.text() for button in buttons if button.width() < button.sizeHint().width()] + [
        label.text()
        for label in labels
        if label.width() < label.minimumSizeHint().width() or label.height() < label.heightForWidth(label.width())
    ]


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_cut_in_either_language_at_either_size(
    qtbot: QtBot, show: Show, name: str, language: str, size: int
) -> None:
    before = QApplication.font()
    bigger = QFont(before)
    bigger.setPointSizeF(before.pointSizeF() * size)
    speak(language)
    QApplication.setFont(bigger)
    try:
        step = STEPS[name]()
        show(step)
        step.window().resize(520 * size, 444 * size)
        if isinstance(step, DeviceStep):
            step.wait(Service.OFFICE365, "https://microsoft.com/devicelogin", "EH7K3QP9W", calendar=True, contacts=True)
        if isinstance(step, ExchangeStep):
            step.fail(EntryError("address", ERROR.sentence))
            step.fail(CloudMailbox("url"))
        step.show_error(ERROR.sentence, "AADSTS90094")
        qtbot.waitUntil(lambda: cut(step) == [])
        assert step.width() <= 520 * size
    finally:
        QApplication.setFont(before)
        speak("")
