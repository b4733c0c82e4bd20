"""How far something has come: a thin bar without words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from ui.theme import look


class Progress(QProgressBar):
    """A bar 4 px high."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return its height, and any width."""
        return QSize(120, 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return its height."""
        return QSize(24, 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw track and part done."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(self.rect())
        painter.setBrush(theme.colour("soft"))
        painter.drawRoundedRect(track, 2, 2)
        span = self.maximum() - self.minimum()
        if span > 0 and self.value() > self.minimum():
            track.setWidth(max(4.0, track.width() * (self.value() - self.minimum()) / span))
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(track, 2, 2)
