"""A chip: a state in a word or two, with its sign."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import icons
from ui.theme import SMALL, look, scaled

_GROUNDS = {"now": "nowtint", "ok": "oktint", "warn": "warntint", "danger": "dangertint", "text2": "hover"}
_ICON = 14


class Chip(QLabel):
    """A state in a word or two.

    Args:
        text: Already translated.
        colour: `now`, `ok`, `warn`, `danger`, or `text2` for a grey one.
        icon: Name of the sign before the words; empty for none.
    """

    def __init__(self, text: str, colour: str = "text2", icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._colour, self._icon = colour, icon
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(scaled(SMALL, QFont.Weight.DemiBold))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, text: str, colour: str, icon: str = "") -> None:
        """Say something else."""
        self._colour, self._icon = colour, icon
        self.setText(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for sign and words."""
        metrics = QFontMetrics(self.font())
        sign = _ICON + 6 if self._icon else 0
        return QSize(metrics.horizontalAdvance(self.text()) + sign + 18, max(22, metrics.height() + 6))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the same: a state is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw ground, sign and words."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1) if theme.edges else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(_GROUNDS[self._colour]))
        inset = 0.5 if theme.edges else 0.0
        radius = self.height() / 2 - inset
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
        colour = theme.colour(self._colour)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        words = self.rect().adjusted(9, 0, -9, 0)
        if self._icon:
            x = self.width() - 9 - _ICON if mirrored else 9
            icons.paint(painter, self._icon, QRect(x, (self.height() - _ICON) // 2, _ICON, _ICON), colour)
            words.adjust(*((0, 0, -_ICON - 6, 0) if mirrored else (_ICON + 6, 0, 0, 0)))
        painter.setPen(colour)
        painter.setFont(self.font())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self.text())
