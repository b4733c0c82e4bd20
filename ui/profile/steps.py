"""The pages of the connect wizard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from ui.i18n import say, tr
from ui.profile.card import LETTERS
from ui.profile.words import contacts_text, events_text
from ui.theme import RADIUS_ROW, look
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowLayout
from ui.widgets.frames import Avatar, HealthLine, Tone
from ui.widgets.progress import Progress
from ui.widgets.switch import CalendarCheck
from ui.widgets.text import Line, Sign, Text, section, small, title
from zoomcal.app import AccountView
from zoomcal.domain.meetings import Service
from zoomcal.sync.engine import SyncProgress
from zoomcal.sync.health import SERVICE_NAMES


class Step(QWidget):
    """One page: a title and a column below it, and a place for what went wrong."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = title(heading)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 16)
        self.column.setSpacing(8)
        self.column.addWidget(self.heading)
        self._error_place = QVBoxLayout()
        self._error: HealthLine | None = None

    def show_error(self, text: str, detail: str = "") -> None:
        """Say what went wrong; an empty text takes it away."""
        if self._error is not None:
            self._error_place.removeWidget(self._error)
            self._error.hide()
            self._error.deleteLater()
            self._error = None
        if text:
            self._error = HealthLine(Tone.RED, "error", text, detail=detail)
            self._error.setObjectName("error")
            self._error_place.addWidget(self._error)

    def add_error_place(self) -> None:
        """Put what went wrong here."""
        self.column.addLayout(self._error_place)


class ServiceStep(Step):
    """Which service, and what it may be asked for."""

    changed = Signal()
    """A box was ticked or unticked."""

    def __init__(self, services: tuple[Service, ...], parent: QWidget | None = None) -> None:
        super().__init__(tr("Which service do you use?"), parent)
        said = {Service.GOOGLE: tr("Gmail and Google Workspace")}
        self.column.addSpacing(4)
        self._choices: dict[Service, QRadioButton] = {}
        for service in services:
            choice = _ServiceChoice(service, said[service])
            self._choices[service] = choice.radio
            self.column.addWidget(choice)
        self._choices[services[0]].setChecked(True)
        self.calendar = QCheckBox(tr("Allow ZoomCal to get calendar events"))
        self.calendar.setObjectName("allow-calendar")
        self.contacts = QCheckBox(tr("Allow ZoomCal to sync up contacts"))
        self.contacts.setObjectName("allow-contacts")
        self.column.addSpacing(8)
        for box in (self.calendar, self.contacts):
            box.setChecked(True)
            box.setMinimumHeight(28)
            box.toggled.connect(self.changed)
            self.column.addWidget(box)
        self.column.addWidget(
            small(tr("ZoomCal asks only for what you tick. Secrets stay in your system’s keychain."), wrap=True)
        )
        self.add_error_place()
        self.column.addStretch()

    @property
    def service(self) -> Service:
        """The chosen one."""
        return next(service for service, radio in self._choices.items() if radio.isChecked())

    @property
    def complete(self) -> bool:
        """Whether anything is ticked."""
        return self.calendar.isChecked() or self.contacts.isChecked()


class _ServiceChoice(QFrame):
    """A service's tile; a click anywhere on it chooses it."""

    def __init__(self, service: Service, said: str) -> None:
        super().__init__()
        self.radio = QRadioButton()
        self.radio.setObjectName(f"service-{service.value}")
        self.radio.setAccessibleName(SERVICE_NAMES[service])
        self.radio.setAccessibleDescription(said)
        self.radio.toggled.connect(lambda _: self.update())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Text(SERVICE_NAMES[service], weight=QFont.Weight.DemiBold))
        words.addWidget(small(said))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(12)
        row.addWidget(Avatar(LETTERS[service], 36, tile=True))
        row.addLayout(words, 1)
        row.addWidget(self.radio)
        self.radio.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Draw the focus of the radio button around the whole tile."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose it."""
        super().mouseReleaseEvent(event)
        self.radio.setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the edge, heavier when chosen."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.radio.isChecked()
        width = 2 if chosen else 1
        painter.setPen(QPen(theme.colour("accent" if chosen else "control"), width))
        painter.setBrush(theme.colour("surface"))
        inset = width / 2
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(rect, RADIUS_ROW, RADIUS_ROW)


class ClientStep(Step):
    """Where an OAuth client is registered, and the fields to paste it in (SPEC I-11)."""

    changed = Signal()
    """A field was edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Google needs a client ID"), parent)
        self.column.setSpacing(6)
        self.column.addWidget(
            small(
                tr("ZoomCal brings none of its own: your organisation’s IT team has one, or you register one, once:"),
                wrap=True,
            )
        )
        steps = (
            tr("At console.cloud.google.com, make a project."),
            tr("Under APIs & Services, enable the Google Calendar API and the People API."),
            tr("Under OAuth consent screen, add your own address as a test user."),
            tr("Under Credentials, create an OAuth client ID of the type Desktop app."),
            tr("Redirect address: http://127.0.0.1 with any port. The type Desktop app allows it by itself."),
        )
        for number, words in enumerate(steps, start=1):
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(small(f"{number}.", colour="text"), 0, Qt.AlignmentFlag.AlignTop)
            line = small(words, colour="text", wrap=True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row.addWidget(line, 1)
            self.column.addLayout(row)
        self.column.addSpacing(4)
        self.client_id = self._field(tr("Client ID"), "client-id")
        self.client_id.setPlaceholderText("….apps.googleusercontent.com")
        self.client_secret = self._field(tr("Client secret"), "client-secret")
        self.client_secret.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.add_error_place()
        self.column.addStretch()

    @property
    def complete(self) -> bool:
        """Whether there is an id."""
        return bool(self.client_id.text().strip())

    def _field(self, words: str, name: str) -> QLineEdit:
        label = Text(words, weight=QFont.Weight.Medium)
        field = QLineEdit()
        field.setObjectName(name)
        field.setMinimumHeight(32)
        field.textEdited.connect(self.changed)
        label.setBuddy(field)
        field.setAccessibleName(words)
        self.column.addWidget(label)
        self.column.addWidget(field)
        return field


class BrowserStep(Step):
    """Waiting for the browser, or what came of it."""

    open_again = Signal()
    copy_asked = Signal()
    """The address of the consent page is wanted on the clipboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.words = Text(wrap=True)
        self.words.setObjectName("waiting")
        self.scopes = small(wrap=True)
        self.again = Button(tr("Open browser again"), icon="external")
        self.again.setObjectName("open-again")
        self.again.clicked.connect(self.open_again)
        self.column.addSpacing(8)
        self.column.addWidget(self.words)
        self.column.addWidget(self.scopes)
        self.column.addSpacing(8)
        self.column.addWidget(self.again)
        self.copy = Button(tr("Copy Link"))
        self.copy.setObjectName("copy-link")
        self.copy.clicked.connect(self.copy_asked)
        self.copy.hide()
        self.add_error_place()
        self.column.addWidget(self.copy)
        self.column.addStretch()

    def show_opened(self) -> None:
        """Take back that the browser could not be opened."""
        self.show_error("")
        self.copy.hide()

    def show_not_opened(self, text: str, detail: str = "") -> None:
        """Say that the browser could not be opened, and offer the address; waiting goes on."""
        self.show_error(text, detail)
        self.copy.show()

    def say_copied(self) -> None:
        """Say for two seconds that the address is on the clipboard."""
        self.copy.start_working(tr("Copied"))
        QTimer.singleShot(2000, self.copy, self.copy.stop_working)

    def wait(self, service: Service, *, calendar: bool, contacts: bool) -> None:
        """Say that the browser has the word."""
        self.show_opened()
        self.heading.setText(SERVICE_NAMES[service])
        self.words.setText(tr("Finish signing in in your browser. This page goes on by itself."))
        asked = [tr("read calendars")] * calendar + [tr("read contacts")] * contacts
        self.scopes.setText(tr("You will be asked to allow: {what}.", what=", ".join(asked)))
        for widget in (self.words, self.scopes, self.again):
            widget.show()

    def fail(self, service: Service, text: str, detail: str = "") -> None:
        """Say how it ended."""
        self.heading.setText(SERVICE_NAMES[service])
        for widget in (self.words, self.scopes, self.again, self.copy):
            widget.hide()
        self.show_error(text, detail)

    def lack(self, service: Service, missing: tuple[str, ...]) -> None:
        """Say what was not allowed."""
        self.heading.setText(SERVICE_NAMES[service])
        self.show_opened()
        self.scopes.hide()
        self.again.hide()
        self.words.show()
        self.words.setText(
            tr("Contacts were not allowed, so only your calendar is connected.")
            if "contacts" in missing
            else tr("The calendar was not allowed, so only your contacts are connected.")
        )


class ConnectedStep(Step):
    """Connected: what is on, how far the first sync has come, which calendars to show."""

    calendar_shown = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.name = Text(colour="text2")
        self.column.addWidget(self.name)
        self.column.addSpacing(8)
        _, _ = self._fact(tr("Signed in"))
        self._calendar = self._fact(tr("Calendar sync is on"))
        self._contacts = self._fact(tr("Contact sync is on"))
        self.bar = Progress()
        self.bar.setAccessibleName(tr("Contact sync is on"))
        self.bar.hide()
        self.column.addWidget(self.bar)
        self.closing = Text(tr("You can close this window. Contacts go on arriving."), colour="text2", wrap=True)
        self.closing.hide()
        self.column.addWidget(self.closing)
        self._chosen = QWidget()
        chosen = QVBoxLayout(self._chosen)
        chosen.setContentsMargins(0, 8, 0, 0)
        chosen.setSpacing(12)
        chosen.addWidget(Line())
        chosen.addWidget(section(tr("Calendars to show")))
        self._flow = FlowLayout(12)
        chosen.addLayout(self._flow)
        self.column.addWidget(self._chosen)
        self.add_error_place()
        self.column.addStretch()
        self._checks: dict[str, CalendarCheck] = {}

    def show_account(self, account: AccountView, *, syncing: bool) -> None:
        """Show the account as it is now."""
        self.heading.setText(tr("{service} is connected", service=SERVICE_NAMES[account.service]))
        self.name.setText(account.name)
        for row, on in ((self._calendar, account.calendar), (self._contacts, account.contacts)):
            row[0].setVisible(on)
        if not syncing:
            for row in (self._calendar, self._contacts):
                row[0].findChildren(Sign)[0].set_icon("check", "ok")
            self.bar.hide()
            self.closing.hide()
        problem = account.health.cause or account.health.sentence
        self.show_error(say(problem) if problem else "", account.health.detail)
        self._show_calendars(account)

    def show_progress(self, progress: SyncProgress) -> None:
        """Show how far the first sync has come."""
        self._calendar[1].setText(events_text(progress))
        if progress.contacts or progress.contacts_total:
            self._contacts[1].setText(contacts_text(progress))
            total = progress.contacts_total or 0
            self.bar.setMaximum(max(total, progress.contacts))
            self.bar.setValue(progress.contacts)
            arriving = progress.contacts < total
            self.bar.setVisible(arriving)
            self.closing.setVisible(arriving)
            self._contacts[0].findChildren(Sign)[0].set_icon("refresh", "link")

    def _show_calendars(self, account: AccountView) -> None:
        if [calendar.id for calendar in account.calendars] != list(self._checks):
            for check in self._checks.values():
                self._flow.removeWidget(check)
                check.deleteLater()
            self._checks = {}
            for calendar in account.calendars:
                check = CalendarCheck(calendar.name, calendar.colour)
                check.clicked.connect(lambda on, which=calendar.id: self.calendar_shown.emit(which, on))
                self._flow.addWidget(check)
                self._checks[calendar.id] = check
        for calendar in account.calendars:
            self._checks[calendar.id].setChecked(calendar.shown)
        self._chosen.setVisible(account.calendar and bool(account.calendars))

    def _fact(self, words: str) -> tuple[QWidget, Text]:
        fact = QWidget()
        row = QHBoxLayout(fact)
        row.setContentsMargins(0, 3, 0, 3)
        row.setSpacing(10)
        row.addWidget(Sign("check", "ok"))
        row.addWidget(Text(words), 1)
        count = small()
        row.addWidget(count)
        self.column.addWidget(fact)
        return fact, count
