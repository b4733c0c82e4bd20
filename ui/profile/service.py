"""The wizard's first page: which service, and what it may be asked for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Signal
from PySide6.QtGui import QFocusEvent, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.profile.card import LETTERS
from ui.profile.step import Step
from ui.theme import RADIUS_ROW, look
from ui.widgets.edge import edged
from ui.widgets.focus import Focus
from ui.widgets.frames import Avatar
from ui.widgets.text import Sign, Text, small
from ui.widgets.ticks import CheckBox, RadioButton
from zoomcal.domain.meetings import Service
from zoomcal.sync.health import SERVICE_NAMES


class ServiceStep(Step):
    """Which service, and what it may be asked for.

    Args:
        services: Those that can be connected here, at least one of them if anything is to come of it.
        calendar: Whether the organisation allows calendars to be read.
        contacts: Whether it allows contacts to be.
        parent: The widget it lies in.
    """

    number = 1
    changed = Signal()
    """A box was ticked or unticked."""

    def __init__(
        self,
        services: tuple[Service, ...],
        *,
        calendar: bool = True,
        contacts: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Which service do you use?"), parent)
        said = {
            Service.GOOGLE: tr("Gmail and Google Workspace"),
            Service.OFFICE365: tr("Work, school or Outlook.com"),
            Service.EXCHANGE: tr("A server your organisation runs"),
        }
        self.column.addSpacing(4)
        self._group = QButtonGroup(self)
        self._choices: dict[Service, RadioButton] = {}
        for service in services:
            choice = _ServiceChoice(service, said[service])
            self._choices[service] = choice.radio
            self._group.addButton(choice.radio)
            self.column.addWidget(choice)
        for radio in list(self._choices.values())[:1]:
            radio.setChecked(True)
        self.calendar = edged(CheckBox(tr("Allow ZoomCal to get calendar events")))
        self.calendar.setObjectName("allow-calendar")
        self.contacts = edged(CheckBox(tr("Allow ZoomCal to sync up contacts")))
        self.contacts.setObjectName("allow-contacts")
        self.column.addSpacing(6)
        boxes = QVBoxLayout()
        boxes.setSpacing(0)
        for box, free in ((self.calendar, calendar), (self.contacts, contacts)):
            box.setChecked(free)
            box.setMinimumHeight(28)
            box.toggled.connect(self.changed)
            boxes.addLayout(_row(box, locked=not free))
        self.column.addLayout(boxes)
        self.column.addWidget(
            small(tr("ZoomCal asks only for what you tick. Secrets stay in your system’s keychain."), wrap=True)
        )
        self.add_error_place()
        self.column.addStretch()

    @property
    def service(self) -> Service:
        """The chosen one."""
        return next(service for service, radio in self._choices.items() if radio.isChecked())

    def choose(self, service: Service) -> None:
        """Choose one of those that can be connected."""
        self._choices[service].setChecked(True)

    def lacking(self) -> str:
        """Return that something has to be chosen."""
        if not self._choices:
            return tr("Set by your organisation")
        return "" if self.calendar.isChecked() or self.contacts.isChecked() else tr("Tick at least one of the two.")


def _row(box: CheckBox, *, locked: bool) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(box)
    if locked:
        why = tr("Set by your organisation")
        box.setEnabled(False)
        box.setAccessibleDescription(why)
        row.addSpacing(4)
        row.addWidget(Sign("lock", "text2", 14))
        row.addWidget(small(why))
    row.addStretch()
    return row


class _ServiceChoice(QFrame):
    """A service's tile; a click anywhere on it chooses it."""

    def __init__(self, service: Service, said: str) -> None:
        super().__init__()
        self.radio = edged(RadioButton())
        self.radio.setObjectName(f"service-{service.value}")
        self.radio.setAccessibleName(SERVICE_NAMES[service])
        self.radio.setAccessibleDescription(said)
        self.radio.toggled.connect(lambda _: self.update())
        self._focus = Focus(self, RADIUS_ROW)
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
        """Draw the keyboard's focus around the whole tile."""
        if isinstance(event, QFocusEvent):
            self._focus.entered(event) if event.gotFocus() else self._focus.left()
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
