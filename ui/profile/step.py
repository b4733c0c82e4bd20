"""What every page of the connect wizard is built on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.i18n import say, tr
from ui.profile.words import address_in
from ui.widgets.buttons import CopyButton
from ui.widgets.frames import HealthLine, Tone
from ui.widgets.scrolling import slim
from ui.widgets.text import breakable, small, title
from zoomcal.catalogue import Sentence


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
        self._errors: list[QWidget] = []

    def lacking(self) -> str:
        """Return what has to be entered before the main action can be taken; empty when nothing has."""
        return ""

    def show_error(self, said: Sentence | None = None, detail: str = "") -> None:
        """Say what went wrong, the technical detail one click away; None takes it away.

        An address in the sentence can be copied: it is often meant for somebody else.
        """
        for widget in self._errors:
            self._error_place.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._errors = []
        if said is None:
            return
        line = HealthLine(Tone.RED, "error", breakable(say(said)), tr("Details") if detail else "")
        line.setObjectName("error")
        self._add_error(line)
        if line.button is not None:
            self._add_detail(line, detail)
        if address := address_in(said):
            copy = CopyButton(tr("Copy Link"), lambda: address)
            copy.setObjectName("copy-address")
            self._add_error(copy)
        self.troubled.emit(line)

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
        line.pressed.connect(lambda: words.setVisible(words.isHidden()))
        self._add_error(words)
        words.hide()

    def _add_error(self, widget: QWidget) -> None:
        self._errors.append(widget)
        self._error_place.addWidget(widget)


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
