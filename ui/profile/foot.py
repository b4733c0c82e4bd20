"""The wizard's foot: which step this is, and the ways on."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import look
from ui.widgets.buttons import Button, Kind
from ui.widgets.text import small


class Foot(QWidget):
    """*Step 1 of 3*, *Cancel*, *Back*, and the main action, which names what happens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = small()
        self.main = Button("", Kind.PRIMARY)
        self.main.setObjectName("main-action")
        self.back = Button(tr("Back"))
        self.back.setObjectName("back")
        self.cancel = Button(tr("Cancel"))
        self.cancel.setObjectName("cancel")
        for button in (self.back, self.cancel):
            button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(8)
        row.addWidget(self._number)
        row.addStretch()
        for button in (self.cancel, self.back, self.main):
            row.addWidget(button)

    def show_step(self, number: int, main: str, *, back: bool) -> None:
        """Name the step and its main action; where that is empty there is only to wait."""
        self._number.setText(tr("Step {n} of {total}", n=number, total=3))
        self.main.setDefault(True)
        self.main.set_text(main)
        self.main.stop_working()
        self.main.setVisible(bool(main))
        self.cancel.set_text(tr("Cancel"))
        self.cancel.show()
        self.back.setVisible(back)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw its ground and the line above it."""
        theme = look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("window"))
        painter.fillRect(0, 0, self.width(), 1, theme.colour("line"))
