"""The head of the list: the day, how fresh it is, the filter, and what is wrong with which account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import plural, say, tongue, tr
from ui.meetings import words
from ui.theme import SMALL, TITLE
from ui.widgets.buttons import IconButton
from ui.widgets.frames import HealthLine, Tone
from ui.widgets.switch import Switch
from ui.widgets.text import ElidedText, Sign
from zoomcal.domain.meetings import AccountId
from zoomcal.sync.health import Health, HealthKind

MOST_LINES = 2
_LOOKS = {
    HealthKind.OFFLINE: (Tone.GREY, "offline"),
    HealthKind.NEEDS_CONSENT: (Tone.AMBER, "warning"),
    HealthKind.FAILING: (Tone.RED, "error"),
    HealthKind.BLOCKED: (Tone.RED, "lock"),
    HealthKind.WAITING: (Tone.GREY, "clock"),
}
_ORDER = tuple(_LOOKS)


class Trouble(NamedTuple):
    """One line below the head."""

    kind: HealthKind | None
    """None: not an account's, but something to know once."""
    text: str
    account: AccountId | None = None
    """None: all of them."""
    detail: str = ""


def troubles(healths: Sequence[tuple[AccountId, Health]]) -> tuple[Trouble, ...]:
    """Return what is wrong, the worst first; being offline is said once for all accounts."""
    found: list[Trouble] = []
    for account, health in healths:
        if health.kind not in _LOOKS or health.sentence is None:
            continue
        offline = health.kind is HealthKind.OFFLINE
        if offline and any(trouble.kind is HealthKind.OFFLINE for trouble in found):
            continue
        found.append(Trouble(health.kind, say(health.sentence), None if offline else account, health.detail))
    return tuple(sorted(found, key=lambda trouble: _ORDER.index(trouble.kind) if trouble.kind else 0))


class Head(QWidget):
    """Title, Refresh, *Updated at …*, *Zoom meetings only*."""

    refresh_requested = Signal()
    zoom_only_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._day: date | None = None
        self._narrow = False
        self._column = QVBoxLayout(self)
        self._column.setSpacing(6)
        self.title = ElidedText(factor=TITLE, weight=QFont.Weight.DemiBold)
        self.refresh = IconButton("refresh", tr("Refresh"))
        self.refresh.clicked.connect(self.refresh_requested)
        self._warning = Sign("warning", "warn", 14)
        self.updated = ElidedText(factor=SMALL, colour="text2")
        self.zoom_only = Switch(tr("Zoom meetings only"), label_first=True)
        self.zoom_only.clicked.connect(self.zoom_only_changed)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addStrut(32)
        first.addWidget(self.title, 1)
        first.addWidget(self.refresh)
        second.setSpacing(6)
        second.addWidget(self._warning)
        second.addWidget(self.updated, 1)
        second.addWidget(self.zoom_only)
        self._column.addLayout(first)
        self._column.addLayout(second)
        self.set_narrow(False)
        self.show_freshness(None, datetime.now().astimezone(), updating=False)

    def set_narrow(self, narrow: bool) -> None:
        """Use the form of a window below 560: the short date."""
        self._narrow = narrow
        edge = 16 if narrow else 20
        self._column.setContentsMargins(edge, 18, 8 if narrow else edge, 2)
        self._write_day()

    def set_foreign(self, width: int) -> None:
        """Leave `width` free on the right, where the list below has its scroll bar."""
        edge = self._column.contentsMargins()
        edge.setRight((8 if self._narrow else 20) + width)
        self._column.setContentsMargins(edge)

    def show_day(self, day: date) -> None:
        """Show which day it is."""
        self._day = day
        self._write_day()

    def show_freshness(self, last_sync: datetime | None, now: datetime, *, updating: bool) -> None:
        """Show when the calendars were read, or that they are being read."""
        text, stale = words.updated(last_sync, now)
        self.refresh.set_turning(updating)
        self.updated.setText(tr("Updating…") if updating else text)
        self.updated.set_colour("warn" if stale and not updating else "text2")
        self._warning.setVisible(stale and not updating)

    def show_filter(self, zoom_only: bool) -> None:
        """Show whether only Zoom meetings are listed."""
        self.zoom_only.setChecked(zoom_only)

    def set_useful(self, useful: bool) -> None:
        """Hide what means nothing before the first account is connected."""
        for widget in (self.refresh, self.updated, self.zoom_only):
            widget.setVisible(useful)
        if not useful:
            self._warning.hide()

    def _write_day(self) -> None:
        if self._day is not None:
            write = tongue().short_date if self._narrow else tongue().long_date
            self.title.setText(write(self._day))


class TroubleLines(QWidget):
    """At most two lines; more fold into the second."""

    retry_requested = Signal(object)
    """An AccountId, or None for all."""
    continue_requested = Signal(object)
    """An AccountId."""
    accounts_requested = Signal()
    dismissed = Signal(str)
    """The words of a line that was only to be known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(6)
        self.set_narrow(False)
        self._shown: tuple[Trouble, ...] | None = None
        self.lines: list[HealthLine] = []
        self.show_troubles(())

    def set_narrow(self, narrow: bool) -> None:
        """Keep the list's edges."""
        edge = 8 if narrow else 20
        self._column.setContentsMargins(edge, 6, edge, 0)

    def set_foreign(self, width: int) -> None:
        """Leave `width` free on the right, where the list below has its scroll bar."""
        edge = self._column.contentsMargins()
        edge.setRight(edge.left() + width)
        self._column.setContentsMargins(edge)

    def show_troubles(self, found: tuple[Trouble, ...]) -> None:
        """Show these; lines that are there already stay, and keep the focus."""
        if found == self._shown:
            return
        self._shown = found
        for line in self.lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        folded = len(found) > MOST_LINES
        self.lines = [self._line(trouble) for trouble in found[: MOST_LINES - 1 if folded else MOST_LINES]]
        if folded:
            self.lines.append(self._fold(len(found) - MOST_LINES + 1))
        for line in self.lines:
            self._column.addWidget(line)
        self.setVisible(bool(found))

    def _line(self, trouble: Trouble) -> HealthLine:
        if trouble.kind is None:
            line = HealthLine(Tone.GREY, "info", trouble.text, tr("Dismiss"))
            line.pressed.connect(lambda: self.dismissed.emit(trouble.text))
            return line
        tone, icon = _LOOKS[trouble.kind]
        actions = {
            HealthKind.OFFLINE: (tr("Try again"), self.retry_requested),
            HealthKind.FAILING: (tr("Try now"), self.retry_requested),
            HealthKind.NEEDS_CONSENT: (tr("Continue"), self.continue_requested),
        }
        words_, signal = actions.get(trouble.kind, ("", None))
        line = HealthLine(tone, icon, trouble.text, words_, detail=trouble.detail)
        if signal is not None:
            line.pressed.connect(lambda: signal.emit(trouble.account))
        return line

    def _fold(self, count: int) -> HealthLine:
        text = say(plural("{n} more account needs you", "{n} more accounts need you", count))
        line = HealthLine(Tone.AMBER, "warning", text, tr("Show"))
        line.pressed.connect(self.accounts_requested)
        return line
