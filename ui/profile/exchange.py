"""The wizard's form for a server that an organisation runs (SPEC I-4 c, I-5, I-6)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import say, tr
from ui.profile.authority import Authority
from ui.profile.step import Step
from ui.widgets.buttons import Button
from ui.widgets.fields import Choice, Entry, Field, PasswordEntry
from ui.widgets.text import small
from zoomcal.domain.meetings import Service
from zoomcal.errors import CloudMailbox, EntryError, ZoomCalError
from zoomcal.providers.base import EXCHANGE_VERSIONS, ExchangeLogin
from zoomcal.sync.health import SERVICE_NAMES

OFFICE365_URL = "https://outlook.office365.com/EWS/Exchange.asmx"
"""Where Office 365 answered EWS; the person puts the organisation's own server in its place."""


class ExchangeStep(Step):
    """What is needed to connect a server, and what is wrong with it.

    Args:
        office365: Ask for an Office 365 account's address, and start from Office 365's URL.
        fixed_url: The EWS URL that the organisation set; empty where the person chooses.
        microsoft: Whether signing in with Microsoft can be offered instead.
        parent: The widget it lies in.
    """

    changed = Signal()
    """Something was entered."""
    find_asked = Signal(str)
    """The server of this e-mail address is wanted."""
    microsoft_asked = Signal()
    """Sign in with Microsoft instead."""

    def __init__(
        self, *, office365: bool = False, fixed_url: str = "", microsoft: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(SERVICE_NAMES[Service.OFFICE365 if office365 else Service.EXCHANGE], parent)
        self._office365, self._microsoft = office365, microsoft
        self._mend: Callable[[], object] = self.microsoft_asked.emit
        self._build(fixed_url)

    # -- building -----------------------------------------------------------------------------------------------------
    def _build(self, fixed_url: str) -> None:
        self.username = Entry("username")
        self.password = PasswordEntry("password")
        self.address = Entry("address")
        self.address.setPlaceholderText("name@organisation.example")
        self.version = Choice("version")
        self.version.setMinimumHeight(32)
        self.version.addItem(tr("Detect automatically"), "")
        for key, name in EXCHANGE_VERSIONS.items():
            self.version.addItem(name, key)
        self.url = Entry("url")
        self.url.setText(fixed_url or (OFFICE365_URL if self._office365 else ""))
        self.url.setPlaceholderText("https://mail.organisation.example/EWS/Exchange.asmx")
        self.find_button = Button(tr("Find it for me"))
        self.find_button.setObjectName("find")
        self.find_button.setAutoDefault(False)
        self.find_button.clicked.connect(self._find)
        login = tr("Office 365 account email address") if self._office365 else tr("Exchange login username or UPN")
        self.fields = {
            "username": Field(login, self.username),
            "password": Field(tr("Password"), self.password),
            "address": Field(tr("Email address"), self.address),
            "version": Field(tr("Exchange version"), self.version),
            "url": Field(tr("EWS URL"), self.url, self.find_button),
        }
        self.form = QWidget()
        form = QVBoxLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(10)
        for field in self.fields.values():
            form.addWidget(field)
        self.fields["address"].hide()
        self.fields["version"].setVisible(not self._office365)
        form.addWidget(small(self._help(), wrap=True))
        self.authority = Authority(offered=not self._office365)
        self.authority.changed.connect(self._forget_certificate)
        form.addWidget(self.authority)
        self.column.addSpacing(4)
        self.column.addWidget(self.form)
        self.add_error_place()
        self.column.addStretch()
        if fixed_url:
            self.fields["url"].lock(tr("Set by your organisation"))
            self.find_button.hide()
        self.fields["url"].action_asked.connect(self._mend_url)
        for entry in (self.username, self.password, self.address, self.url):
            entry.textEdited.connect(self.changed)
        self.url.textEdited.connect(self._forget_certificate)
        self.address.returnPressed.connect(self._find_from_address)

    def _help(self) -> str:
        if self._office365:
            return tr("Your organisation’s IT team knows the EWS URL.")
        return tr("Your organisation’s IT team knows the version and the EWS URL.")

    # -- what was entered ---------------------------------------------------------------------------------------------
    def lacking(self) -> str:
        """Return that user, password and server are needed."""
        if self.username.text().strip() and self.password.text() and self.url.text().strip():
            return ""
        if self._office365:
            return tr("Enter email address, password and EWS URL.")
        return tr("Enter username, password and EWS URL.")

    def login(self) -> ExchangeLogin:
        """Return what was entered."""
        return ExchangeLogin(
            username=self.username.text().strip(),
            password=self.password.text(),
            url=self.url.text().strip(),
            address=self.address.text().strip() if not self.fields["address"].isHidden() else "",
            version=self.version.currentData(),
            ca_file=self.authority.file,
            ca_pem=self.authority.pem,
        )

    def prefill(self, login: ExchangeLogin) -> None:
        """Show what was entered the last time; the password is asked for anew."""
        self.username.setText(login.username)
        if not self.url.isReadOnly():
            self.url.setText(login.url)
        self.address.setText(login.address)
        self.fields["address"].setVisible(bool(login.address))
        self.version.setCurrentIndex(max(0, self.version.findData(login.version)))
        self.authority.trust(login.ca_file, login.ca_pem)
        self.changed.emit()

    def focus_first(self) -> None:
        """Give the keyboard to the first field that is still empty."""
        entries = (self.username, self.password, self.url)
        next((entry for entry in entries if not entry.text()), self.password).setFocus()

    # -- trying -------------------------------------------------------------------------------------------------------
    def start_trying(self) -> None:
        """Let nothing be changed while it is tried."""
        self.show_error()
        for field in self.fields.values():
            field.clear()
        self.authority.clear()
        self._forget_certificate()
        self.form.setEnabled(False)

    def stop_trying(self) -> None:
        """Let everything be changed again."""
        self.form.setEnabled(True)
        self.find_button.stop_working()

    def fail(self, error: ZoomCalError) -> None:
        """Say what went wrong: under the field that it concerns, else below the form; what was entered stays."""
        self.stop_trying()
        if not isinstance(error, EntryError):
            self.show_error(error.sentence, error.detail)
            self.focus_first()
            return
        if error.field == "ca_file" and self.authority.chosen:
            self.authority.show_error(say(error.sentence), error.detail)
            self.troubled.emit(self.authority)
            return
        name = "url" if error.field == "ca_file" else error.field
        if name == "address" and self._office365:
            name = "username"
        field = self.fields.get(name)
        if field is None or (name == "version" and field.isHidden()):
            self.show_error(error.sentence, error.detail)
            return
        field.show()
        field.show_error(self._words(error), action=self._action(error), detail=error.detail)
        if error.field == "ca_file":
            self.authority.offer(offered=False)
        field.control.setFocus()
        if isinstance(field.control, Entry):
            field.control.selectAll()
        self.troubled.emit(field)

    def _words(self, error: EntryError) -> str:
        if isinstance(error, CloudMailbox) and error.sent:
            return tr(
                "This server leads to Microsoft’s cloud, where this is switched off."
                " Your password was sent to this server alone."
            )
        if isinstance(error, CloudMailbox):
            return tr("Microsoft has switched this off for its cloud. Your password was not sent.")
        return say(error.sentence)

    def _action(self, error: EntryError) -> str:
        if isinstance(error, CloudMailbox):
            self._mend = self.microsoft_asked.emit
            return tr("Sign in with Microsoft") if self._microsoft else ""
        if error.field == "ca_file":
            self._mend = self.authority.choose
            return tr("Trust a private certificate authority…")
        return ""

    def _mend_url(self) -> None:
        self._mend()

    def _forget_certificate(self) -> None:
        """Offer the choice of an authority below the form again; Office 365 itself needs none."""
        self.fields["url"].clear()
        self.authority.offer(offered=not self._office365)

    # -- finding the server -------------------------------------------------------------------------------------------
    def found(self, url: str) -> None:
        """Put the URL that was found into its field, for the person to confirm."""
        self.stop_trying()
        self.url.setText(url)
        self.fields["address"].clear()
        self.fields["url"].show_note(tr("Found. Check it: signing in sends your password to this server."))
        self.url.setFocus()
        self.changed.emit()

    def _find(self) -> None:
        address = next((text for text in (self.address.text(), self.username.text()) if _is_address(text)), "")
        self._forget_certificate()
        if not address:
            self._ask_for_address()
            return
        self.fields["address"].clear()
        self.find_button.start_working(tr("Looking…"))
        self.find_asked.emit(address.strip())

    def _ask_for_address(self) -> None:
        if self._office365:
            self.fields["username"].show_error(tr("Enter an email address: its server is looked for."))
            self.username.setFocus()
            return
        field = self.fields["address"]
        field.show()
        if self.address.text().strip():
            field.show_error(tr("This is not an email address."))
        else:
            field.show_note(tr("Enter your email address, then press Find it for me again. No password is sent."))
        self.address.setFocus()

    def _find_from_address(self) -> None:
        if not self.url.text().strip():
            self._find()


def _is_address(text: str) -> bool:
    name, _, domain = text.strip().rpartition("@")
    return bool(name and domain) and "\\" not in text
