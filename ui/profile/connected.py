"""The wizard's last page: connected, and the first sync arriving."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import tongue, tr
from ui.profile.step import Step
from ui.profile.words import contacts_text, events_text
from ui.widgets.flow import FlowLayout
from ui.widgets.progress import Progress
from ui.widgets.switch import CalendarCheck
from ui.widgets.text import Line, Sign, Text, section, small
from zoomcal.app import AccountView
from zoomcal.sync.engine import SyncProgress
from zoomcal.sync.health import SERVICE_NAMES


class ConnectedStep(Step):
    """Connected: what is on, how far the first sync has come, which calendars to show."""

    number = 3
    calendar_shown = Signal(str, bool)
    """A calendar's id, shown or not."""

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
            if account.health.sentence is None:
                self._contacts[1].setText(tongue().number(account.contact_count))
        problem = account.health.cause or account.health.sentence
        self.show_error(problem, account.health.detail)
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
