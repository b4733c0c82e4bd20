"""The parts of the details that answer one question each: who, which number, where from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.i18n import say, tr
from ui.meetings import words
from ui.meetings.prose import BARE_PADDING, Followed, Wrapped
from ui.sidebar import base_px
from ui.theme import SMALL, look
from ui.widgets.buttons import Button, IconButton, Kind
from ui.widgets.frames import Avatar, HealthLine, Tone
from ui.widgets.text import ElidedText, Text
from zoomcal.domain.agenda import Source
from zoomcal.domain.lines import one_line
from zoomcal.domain.meetings import Attendee, Person
from zoomcal.joinlink.model import Candidate, Finding

AT_FIRST, AT_ONCE = 3, 60
"""How many people are shown unasked, and how many more each time they are asked for."""
COPIED_MS = 2000
NAME_LEAST = 100
"""A name is cut to this width, in pixels, only after the answer beside it."""
_HIDDEN = "•" * 6


class HostField(QWidget):
    """The host's initials, name and address."""

    def __init__(self, name: str, person: Person) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(_avatar(str(person) or name))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(ElidedText(name))
        if person.email and one_line(person.email) != name:
            address = ElidedText(one_line(person.email), factor=SMALL, colour="text2")
            column.addWidget(address)
        row.addLayout(column, 1)


class PeopleField(QWidget):
    """How many answered what, and who: three of them, the others when asked for."""

    def __init__(self, people: Sequence[Attendee]) -> None:
        super().__init__()
        self._people = people
        self._shown = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        counts = QHBoxLayout()
        counts.setContentsMargins(BARE_PADDING, 0, 0, 2)
        counts.addWidget(Wrapped(words.invited(people)))
        self._column.addLayout(counts)
        self.more = Button("", Kind.TEXT)
        self.more.clicked.connect(lambda: self._show(AT_ONCE))
        self._column.addWidget(self.more)
        self._show(AT_FIRST if len(people) > AT_FIRST + 1 else AT_FIRST + 1)

    def _show(self, count: int) -> None:
        until = min(len(self._people), self._shown + count)
        for attendee in self._people[self._shown : until]:
            self._column.insertWidget(self._column.count() - 1, _person(attendee))
        self._shown = until
        left = len(self._people) - until
        self.more.setVisible(left > 0)
        if left > AT_ONCE:
            self.more.set_text(tr("Show {n} more", n=AT_ONCE))
        else:
            self.more.set_text(tr("Show all {n}", n=len(self._people)))


def _avatar(name: str) -> Avatar:
    return Avatar(name, max(28, round(base_px() * 28 / 13)))


def _person(attendee: Attendee) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(BARE_PADDING, 0, 0, 0)
    layout.setSpacing(10)
    name = ElidedText(one_line(str(attendee.person)))
    name.setMinimumWidth(min(NAME_LEAST, name.fontMetrics().horizontalAdvance(name.text())))
    layout.addWidget(_avatar(name.text()))
    layout.addWidget(name, 1)
    answer = ElidedText(words.answer_text(attendee), factor=SMALL, colour="text2")
    answer.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
    answer.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    layout.addWidget(answer)
    return row


class CopyButton(IconButton):
    """Puts something on the clipboard and says so for two seconds."""

    copied = Signal()

    def __init__(self, label: str, text: Callable[[], str]) -> None:
        super().__init__("copy", label)
        self._label = label
        self._text = text
        self._done = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._done.timeout.connect(self._rest)
        self.clicked.connect(self._copy)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the smallest square that is easily hit: it stands in a line of text."""
        return QSize(28, 28)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text())
        self.set_icon("check")
        self.set_label(tr("Copied"))
        self._done.start()
        self.copied.emit()

    def _rest(self) -> None:
        self.set_icon("copy")
        self.set_label(self._label)


class NumberField(QWidget):
    """A meeting ID with its copy button."""

    copied = Signal()

    def __init__(self, digits: str) -> None:
        super().__init__()
        row = _row(self)
        number = Text(words.grouped_id(digits), tabular=True)
        number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(number)
        copy = CopyButton(tr("Copy meeting ID"), lambda: digits)
        copy.copied.connect(self.copied)
        row.addWidget(copy)
        row.addStretch()


class PasscodeField(QWidget):
    """A passcode, hidden until asked for; its copy button needs no showing."""

    copied = Signal()

    def __init__(self, passcode: str) -> None:
        super().__init__()
        self._passcode = one_line(passcode)
        row = _row(self)
        self.words = ElidedText(_HIDDEN, tabular=True)
        self.words.setAccessibleName(tr("Hidden"))
        self.toggle = Button(tr("Show"), Kind.TEXT)
        self.toggle.setAccessibleName(tr("Show the passcode"))
        self.toggle.clicked.connect(self._toggle)
        copy = CopyButton(tr("Copy passcode"), lambda: self._passcode)
        copy.copied.connect(self.copied)
        for widget in (self.words, copy, self.toggle):
            row.addWidget(widget)
        row.addStretch()

    def _toggle(self) -> None:
        shown = self.words.text() == _HIDDEN
        self.words.setText(self._passcode if shown else _HIDDEN)
        self.words.setAccessibleName("" if shown else tr("Hidden"))
        self.toggle.set_text(tr("Hide") if shown else tr("Show"))
        self.toggle.setAccessibleName(tr("Hide the passcode") if shown else tr("Show the passcode"))


class SourcesField(QWidget):
    """Every calendar the meeting is on, each with its colour."""

    def __init__(self, sources: Sequence[Source]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for source in sources:
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(_Dot(source.colour))
            name, account = one_line(source.name), one_line(source.account_name)
            row.addWidget(ElidedText(f"{name}, {account}" if account and account != name else name), 1)
            column.addLayout(row)


class LinkField(QWidget):
    """Where the link was found, or why there is none; *Why?* shows every address that was seen."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.why: Button | None
        if finding.look_alike:
            said = tr("Not joined: {host} only looks like Zoom. Nothing was opened.", host=one_line(finding.look_alike))
            line = HealthLine(Tone.AMBER, "shield", said, tr("Why?"))
            line.layout().setContentsMargins(12, 6, 8, 6)  # type: ignore[union-attr]
            line.pressed.connect(self._toggle)
            self.why = line.button
            self._column.addWidget(line)
        else:
            self.why = Button(tr("Why?"), Kind.TEXT)
            self.why.clicked.connect(self._toggle)
            self._column.addWidget(Followed(Wrapped(one_line(say(finding.why))), self.why))
        self._reasons = QWidget()
        self._reasons.hide()
        self._reason_lines = QVBoxLayout(self._reasons)
        self._reason_lines.setContentsMargins(0, 0, 0, 0)
        self._reason_lines.setSpacing(2)
        self._column.addWidget(self._reasons)
        self.set_candidates(())

    def set_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Take what was seen in the meeting."""
        column = self._reason_lines
        while (item := column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for candidate in candidates[:20]:
            host = candidate.host or words.grouped_id(candidate.link.meeting_id if candidate.link else "")
            column.addWidget(Wrapped(one_line(host), weight=QFont.Weight.Medium))
            column.addWidget(Wrapped(one_line(say(candidate.why)), factor=SMALL, colour="text2"))
        if self.why is not None:
            self.why.setVisible(bool(candidates))

    def _toggle(self) -> None:
        self._reasons.setVisible(self._reasons.isHidden())


class _Dot(QWidget):
    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedSize(10, 18)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look().theme.calendar(self._colour))
        painter.drawEllipse(QRectF(0, (self.height() - 10) / 2, 10, 10))


def _row(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    return row
