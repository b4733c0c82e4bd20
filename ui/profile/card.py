"""An integration on the Profile page: who, how it is doing, what is switched on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.i18n import tongue, tr
from ui.profile.words import Trouble, badge, contacts_text, events_text, trouble
from ui.widgets.buttons import Button, Kind
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.frames import Avatar, Card, HealthLine
from ui.widgets.switch import CalendarCheck, Switch
from ui.widgets.text import ElidedText, Sign, small
from zoomcal.app import AccountView, HealthKind
from zoomcal.domain.meetings import Service
from zoomcal.sync.engine import SyncProgress
from zoomcal.sync.health import SERVICE_NAMES

LETTERS = {Service.GOOGLE: "G", Service.OFFICE365: "O", Service.EXCHANGE: "E", Service.ZOOM: "Z"}


class AccountCard(Card):
    """One integration; `show_account` changes it in place, so that the keyboard's focus stays."""

    delete_asked = Signal()
    continue_asked = Signal()
    retry_asked = Signal()
    switched = Signal(str, bool)
    """`calendar` or `contacts`, on or off."""
    calendar_shown = Signal(str, bool)
    """A calendar's id, shown or not."""

    def __init__(self, account: AccountView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"account-{account.id}")
        self._account = account
        self._trouble: Trouble | None = None
        self._line: HealthLine | None = None
        self._narrow = False
        self._checks: dict[str, CalendarCheck] = {}
        self.column.addLayout(self._make_head(account))
        self._line_place = QVBoxLayout()
        self.column.addLayout(self._line_place)
        self.progress = small(wrap=True)
        self.progress.setObjectName("first-sync")
        self.progress.hide()
        self.column.addWidget(self.progress)
        self.column.addLayout(self._make_switches())
        self._calendars = QWidget()
        self._flow = FlowLayout(12, self._calendars)
        self.column.addWidget(self._calendars)
        self.show_account(account)

    def show_account(self, account: AccountView) -> None:
        """Show the account as it is now."""
        self._account = account
        self._details.setText(_details(account))
        state = badge(account)
        self._chip.show_state(state.text, state.colour, state.icon)
        self._show_trouble(trouble(account))
        self.continue_button.setVisible(account.health.kind is HealthKind.NEEDS_CONSENT)
        for switch, on, locked, lock in (
            (self.calendar_switch, account.calendar, account.calendar_locked, self._calendar_lock),
            (self.contacts_switch, account.contacts, account.contacts_locked, self._contacts_lock),
        ):
            switch.set_silently(on)
            lock.setVisible(locked)
            if locked:
                switch.lock(tr("Set by your organisation"))
        self.calendar_switch.setToolTip(tr("Calendar sync is on") if account.calendar else "")
        self.contacts_switch.setToolTip(tr("Contact sync is on") if account.contacts else "")
        self._show_calendars(account)

    def show_progress(self, progress: SyncProgress | None) -> None:
        """Say how far the first pull has come; None when it is over."""
        self.progress.setVisible(progress is not None)
        if progress is None:
            return
        said = []
        if self._account.calendar:
            said.append(f"{tr('Calendar sync is on')}: {events_text(progress)}")
        if self._account.contacts:
            said.append(f"{tr('Contact sync is on')}: {contacts_text(progress)}")
        self.progress.setText(" · ".join(said))

    def set_narrow(self, narrow: bool) -> None:
        """Put the chip under the name, and the switches under one another."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._head.removeWidget(self._chip)
        if narrow:
            self._names.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._head.insertWidget(2, self._chip)
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._switches.setDirection(down if narrow else right)
        self._switches.setSpacing(4 if narrow else 32)

    # -- parts --------------------------------------------------------------------------------------------------------
    def _make_head(self, account: AccountView) -> QHBoxLayout:
        self._head = QHBoxLayout()
        self._head.setSpacing(12)
        self._head.addWidget(Avatar(LETTERS[account.service], 36, tile=True))
        self._names = QVBoxLayout()
        self._names.setSpacing(3)
        name = ElidedText(account.name, weight=QFont.Weight.DemiBold)
        self._details = ElidedText(factor=0.92, colour="text2")
        for words in (name, self._details):
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._names.addWidget(words)
        self._head.addLayout(self._names, 1)
        self._chip = Chip("")
        self._chip.setObjectName("health")
        self._head.addWidget(self._chip)
        self.delete_button = Button(tr("Delete"), Kind.DANGER_TEXT)
        self.delete_button.setObjectName("delete")
        self.delete_button.setAccessibleName(tr("Delete {name}", name=account.name))
        self.delete_button.clicked.connect(self.delete_asked)
        self._head.addWidget(self.delete_button)
        return self._head

    def _make_switches(self) -> QHBoxLayout:
        self.calendar_switch, calendar, self._calendar_lock = _switch(tr("Calendar"), "calendar", self.switched.emit)
        self.contacts_switch, contacts, self._contacts_lock = _switch(tr("Contacts"), "contacts", self.switched.emit)
        self._switches = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._switches.setSpacing(32)
        self._switches.addLayout(calendar)
        self._switches.addLayout(contacts)
        self._switches.setAlignment(calendar, Qt.AlignmentFlag.AlignLeft)
        self._switches.setAlignment(contacts, Qt.AlignmentFlag.AlignLeft)
        self.continue_button = Button(tr("Continue"), Kind.PRIMARY)
        self.continue_button.setObjectName("continue")
        self.continue_button.clicked.connect(self.continue_asked)
        row = QHBoxLayout()
        row.addLayout(self._switches)
        row.addStretch()
        row.addWidget(self.continue_button)
        return row

    def _show_trouble(self, wrong: Trouble | None) -> None:
        if wrong == self._trouble:
            return
        self._trouble = wrong
        if self._line is not None:
            self._line_place.removeWidget(self._line)
            self._line.hide()
            self._line.deleteLater()
            self._line = None
        if wrong is not None:
            self._line = HealthLine(wrong.tone, wrong.icon, wrong.text, wrong.action, detail=wrong.detail)
            self._line.setObjectName("trouble")
            self._line.pressed.connect(self._mend)
            self._line_place.addWidget(self._line)

    def _mend(self) -> None:
        if self._trouble is not None and self._trouble.address:
            QGuiApplication.clipboard().setText(self._trouble.address)
        else:
            self.retry_asked.emit()

    def _show_calendars(self, account: AccountView) -> None:
        shown = {calendar.id: calendar for calendar in account.calendars if account.calendar}
        if list(shown) != list(self._checks):
            for check in self._checks.values():
                self._flow.removeWidget(check)
                check.deleteLater()
            self._checks = {}
            for calendar in shown.values():
                check = CalendarCheck(calendar.name, calendar.colour)
                check.setObjectName(f"calendar-{calendar.id}")
                check.clicked.connect(lambda on, which=calendar.id: self.calendar_shown.emit(which, on))
                self._flow.addWidget(check)
                self._checks[calendar.id] = check
        for calendar in shown.values():
            self._checks[calendar.id].setChecked(calendar.shown)
        self._calendars.setVisible(bool(shown))


def _switch(words: str, name: str, switched: Callable[[str, bool], object]) -> tuple[Switch, QHBoxLayout, QWidget]:
    switch = Switch(words)
    switch.setObjectName(f"{name}-switch")
    switch.clicked.connect(lambda on: switched(name, on))
    lock = QWidget()
    inside = QHBoxLayout(lock)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.setSpacing(6)
    inside.addWidget(Sign("lock", "text2", 14))
    inside.addWidget(small(tr("Set by your organisation")))
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(switch)
    row.addWidget(lock)
    return switch, row, lock


def _details(account: AccountView) -> str:
    parts = [SERVICE_NAMES[account.service]]
    if account.server:
        parts.append(account.server)
    if account.health.last_sync is not None:
        parts.append(tr("Updated at {time}", time=tongue().time(account.health.last_sync)))
    return " · ".join(parts)
