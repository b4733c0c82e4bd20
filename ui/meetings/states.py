"""What stands in the list's place: nothing connected, nothing read yet, nothing left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui.i18n import plural, say, tr
from ui.meetings import words
from ui.theme import BODY, SMALL, look, scaled
from ui.widgets.buttons import Button, Kind
from ui.widgets.frames import EmptyState
from ui.widgets.text import Text
from zoomcal.app import AccountView
from zoomcal.domain.agenda import Agenda
from zoomcal.domain.lines import one_line
from zoomcal.sync.health import SERVICE_NAMES

PLACEHOLDERS = 4


class State(StrEnum):
    """What the list's pane shows."""

    FIRST_START = "first-start"
    SWITCHED_OFF = "switched-off"
    LOADING = "loading"
    NEVER_READ = "never-read"
    EMPTY = "empty"
    FILTERED = "filtered"
    LIST = "list"


def state_of(agenda: Agenda, accounts: tuple[AccountView, ...], *, syncing: bool) -> State:
    """Return what to show."""
    calendars = [account for account in accounts if account.calendar]
    if agenda.groups:
        return State.LIST
    if not accounts:
        return State.FIRST_START
    if not calendars:
        return State.SWITCHED_OFF
    if not any(account.health.last_sync for account in calendars):
        return State.LOADING if syncing else State.NEVER_READ
    return State.FILTERED if agenda.filtered else State.EMPTY


def first_start(connect: Callable[[], object]) -> EmptyState:
    """Return what a person sees first."""
    button = Button(tr("Connect to Calendar and Contact Service"), Kind.PRIMARY)
    button.clicked.connect(connect)
    title, text = tr("Your meetings will be here"), tr("Connect your calendar or your Zoom account.")
    return EmptyState("empty-day", title, text, (button,))


def switched_off(show_accounts: Callable[[], object]) -> EmptyState:
    """Return what stands there while every calendar is off."""
    button = Button(tr("Profile"), Kind.SECONDARY)
    button.clicked.connect(show_accounts)
    title, text = tr("No calendar is switched on"), tr("Switch one on in your profile to see its meetings.")
    return EmptyState("empty-day", title, text, (button,))


def never_read() -> EmptyState:
    """Return what stands there when nothing could be read yet; the health line says why."""
    return EmptyState("empty-day", tr("No meetings yet"), tr("They appear here once your calendar has been read."))


def empty(agenda: Agenda, now: datetime) -> EmptyState:
    """Return what stands there when today is done."""
    text = words.next_meeting(agenda.upcoming, now) if agenda.upcoming else ""
    return EmptyState("empty-day", tr("Nothing more today"), text)


def filtered(agenda: Agenda, show_them: Callable[[], object]) -> EmptyState:
    """Return what stands there when only the filter empties the day."""
    button = Button(tr("Show them"), Kind.SECONDARY)
    button.clicked.connect(show_them)
    text = say(plural("{n} other meeting is hidden.", "{n} other meetings are hidden.", agenda.filtered))
    return EmptyState("empty-day", tr("No Zoom meetings left today"), text, (button,))


class Loading(QWidget):
    """Four rows to come, still, and the way out."""

    def __init__(self, accounts: tuple[AccountView, ...], cancel: Callable[[], object]) -> None:
        super().__init__()
        services = dict.fromkeys(SERVICE_NAMES[account.service] for account in accounts if account.calendar)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        said = tr("Getting your meetings from {service}…", service=one_line(", ".join(services)))
        column.addWidget(Text(said, colour="text2", wrap=True))
        column.addWidget(_Placeholders())
        button = Button(tr("Cancel"), Kind.SECONDARY)
        button.clicked.connect(cancel)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()


class _Placeholders(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(280, PLACEHOLDERS * self._row_height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().theme.colour("hover"))
        text = self.width() - 70 - 84
        for number in range(PLACEHOLDERS):
            middle = number * self._row_height() + self._row_height() / 2
            share = (0.8, 0.6, 0.9, 0.5)[number]
            bars = (
                QRectF(0, middle - 14, 38, 10),
                QRectF(0, middle + 4, 30, 8),
                QRectF(52, middle - 19, 4, 38),
                QRectF(68, middle - 14, text * share, 10),
                QRectF(68, middle + 4, text * share * 0.6, 8),
                QRectF(self.width() - 72, middle - 14, 72, 28),
            )
            for bar in bars:
                painter.drawRoundedRect(bar, min(6, bar.height() / 2), min(6, bar.height() / 2, bar.width() / 2))

    def _row_height(self) -> int:
        return QFontMetrics(scaled(BODY)).height() + QFontMetrics(scaled(SMALL)).height() + 26
