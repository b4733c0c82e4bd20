"""Fields of a form: the label above, what is wrong with the entry below."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from ui.i18n import tr
from ui.theme import RADIUS_SMALL, look
from ui.widgets.buttons import Button, IconButton, Kind
from ui.widgets.edge import edged
from ui.widgets.text import Sign, Text, breakable, plain_tip, small

_INSET = 8
"""Between a field's own edge and its text, beyond the platform's; logical pixels."""
_CHOICE_INSET = 5
"""The same for a combo box, whose text Fusion sets further in by itself."""


class Entry(QLineEdit):
    """A line to type in, with a red edge where what was entered is wrong.

    Args:
        name: Its object name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setMinimumHeight(32)
        self.setTextMargins(_INSET, 0, _INSET, 0)
        self._wrong = False
        edged(self)

    def set_wrong(self, wrong: bool) -> None:
        """Draw the edge, or draw it no more."""
        self._wrong = wrong
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the platform's field, and the edge over it."""
        super().paintEvent(event)
        if self._wrong:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(look().theme.colour("danger"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_SMALL, RADIUS_SMALL)


class Choice(QComboBox):
    """One of several; where the style is Fusion its words begin where those of an `Entry` do.

    Args:
        name: Its object name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._inset = _CHOICE_INSET if self.style().name().lower() == "fusion" else 0
        edged(self)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for what is kept free before the words."""
        return super().sizeHint() + QSize(self._inset, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the platform's control, its words a little further from the edge."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        option.rect = self.rect().adjusted(0 if rtl else self._inset, 0, -self._inset if rtl else 0, 0)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class PasswordEntry(Entry):
    """A line for a password, with an eye that shows it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.eye = IconButton("eye", tr("Show the password"), self)
        self.eye.setObjectName(f"{name}-eye")
        self.eye.setCursor(Qt.CursorShape.ArrowCursor)
        self.eye.clicked.connect(lambda: self.show_text(self.echoMode() == QLineEdit.EchoMode.Password))
        self.setTextMargins(_INSET, 0, self.eye.sizeHint().width(), 0)

    def show_text(self, shown: bool) -> None:
        """Show what was typed, or dots."""
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.eye.set_icon("eye-off" if shown else "eye")
        self.eye.set_label(tr("Hide the password") if shown else tr("Show the password"))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for the eye too."""
        return super().sizeHint().expandedTo(QSize(0, self.eye.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the eye at the end of the line."""
        super().resizeEvent(event)
        side = self.eye.sizeHint()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = 1 if rtl else self.width() - side.width() - 1
        self.eye.setGeometry(x, (self.height() - side.height()) // 2, side.width(), side.height())


class Note(QWidget):
    """A small sentence below a field, with its sign, and the button that mends what it says.

    Args:
        sign: Name of the sign before it.
        colour: A token of the theme.
        text: The sentence, already translated.
        action: The button's words; empty for no button.
        detail: Technical words, shown as a tooltip.
    """

    action_asked = Signal()
    """The button was pressed."""

    def __init__(self, sign: str, colour: str, text: str, *, action: str = "", detail: str = "") -> None:
        super().__init__()
        self.text = text
        words = small(breakable(text), colour=colour, wrap=True)
        words.setToolTip(plain_tip(detail))
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Sign(sign, colour, 14), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(beside, 1)
        if action:
            button = Button(action, Kind.TEXT)
            button.setObjectName("note-action")
            button.setAccessibleDescription(text)
            button.stand_in_line()
            button.clicked.connect(self.action_asked)
            beside.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def leave(self, layout: QLayout) -> None:
        """Go from where it stands."""
        layout.removeWidget(self)
        self.hide()
        self.deleteLater()


class Field(QWidget):
    """A control with its label above it, and below it a note or what is wrong with what was entered.

    Args:
        label: Its name, already translated.
        control: What it is entered in.
        beside: What stands in the same line, behind the control.
    """

    action_asked = Signal()
    """The button of what is wrong was pressed."""

    def __init__(self, label: str, control: QWidget, *beside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control = control
        words = Text(label, weight=QFont.Weight.Medium)
        words.setBuddy(control)
        control.setAccessibleName(label)
        self._head = QHBoxLayout()
        self._head.setSpacing(6)
        self._head.addWidget(words)
        self._head.addStretch()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(control, 1)
        for widget in beside:
            row.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._head)
        self._column.addLayout(row)
        self._note: Note | None = None
        self._locked = ""
        if isinstance(control, QLineEdit):
            control.textEdited.connect(self.clear)

    def show_error(self, text: str, *, action: str = "", detail: str = "") -> None:
        """Say what is wrong with what was entered, with the button that mends it."""
        self._show(Note("error", "danger", text, action=action, detail=detail))
        if isinstance(self.control, Entry):
            self.control.set_wrong(True)

    def show_note(self, text: str) -> None:
        """Say something about what stands in the field."""
        self._show(Note("info", "text2", text))

    def clear(self) -> None:
        """Say nothing any more."""
        if self._note is not None:
            self._note.leave(self._column)
            self._note = None
        self.control.setAccessibleDescription(self._locked)
        if isinstance(self.control, Entry):
            self.control.set_wrong(False)

    def lock(self, why: str) -> None:
        """Show its content as fixed, saying why."""
        if isinstance(self.control, QLineEdit):
            self.control.setReadOnly(True)
        self._locked = why
        self.control.setAccessibleDescription(why)
        self._head.insertWidget(self._head.count() - 1, Sign("lock", "text2", 14))
        self._head.insertWidget(self._head.count() - 1, small(why))

    def _show(self, note: Note) -> None:
        self.clear()
        note.setObjectName(f"{self.control.objectName()}-note")
        note.action_asked.connect(self.action_asked)
        self._note = note
        self._column.addWidget(note)
        self.control.setAccessibleDescription(note.text)
