"""What every page of the connect wizard is built on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.widgets.frames import HealthLine, Tone
from ui.widgets.scrolling import slim
from ui.widgets.text import Text, small, title


class Step(QWidget):
    """One page: a title and a column below it, and a place for what went wrong."""

    number = 2
    """Which of the wizard's three steps it belongs to."""
    troubled = Signal(QWidget)
    """What says what went wrong is new here, and has to be seen."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = title(heading)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 16)
        self.column.setSpacing(8)
        self.column.addWidget(self.heading)
        self._error_place = QVBoxLayout()
        self._error_place.setSpacing(4)
        self._error: HealthLine | None = None
        self._detail: Text | None = None

    def lacking(self) -> str:
        """Return what has to be entered before the main action can be taken; empty when nothing has."""
        return ""

    def show_error(self, text: str, detail: str = "") -> None:
        """Say what went wrong, the technical detail one click away; an empty text takes it away."""
        for widget in (self._error, self._detail):
            if widget is not None:
                self._error_place.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._error = self._detail = None
        if text:
            self._error = HealthLine(Tone.RED, "error", text, tr("Details") if detail else "")
            self._error.setObjectName("error")
            self._error_place.addWidget(self._error)
            self.troubled.emit(self._error)
            if self._error.button is not None:
                self._add_detail(self._error, detail)

    def add_error_place(self) -> None:
        """Put what went wrong here."""
        self.column.addLayout(self._error_place)

    def _add_detail(self, line: HealthLine, detail: str) -> None:
        words = small(detail, wrap=True)
        words.setObjectName("error-detail")
        words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        words.setContentsMargins(12, 0, 12, 0)
        words.hide()
        line.pressed.connect(lambda: words.setVisible(words.isHidden()))
        self._error_place.addWidget(words)
        self._detail = words


def scrolling(step: Step) -> QScrollArea:
    """Return what shows a step and scrolls it where it is higher than the wizard."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    slim(area)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setBackgroundRole(QPalette.ColorRole.Base)
    area.setWidget(step)
    step.setBackgroundRole(QPalette.ColorRole.Base)
    step.troubled.connect(area.ensureWidgetVisible, Qt.ConnectionType.QueuedConnection)
    return area
