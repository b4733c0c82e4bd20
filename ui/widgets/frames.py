"""Grounds that hold other things: the card, the health line, the avatar, the empty state."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import RADIUS_CARD, RADIUS_ROW, SMALL, look, scaled
from ui.widgets.buttons import Button, Kind
from ui.widgets.text import Sign, Text, plain_tip, section


class Card(QFrame):
    """A bordered ground with a column for its content."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(8)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw ground and edge."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)


class Tone(StrEnum):
    """What a line is about."""

    GREY = "grey"
    AMBER = "amber"
    RED = "red"


_TONES = {Tone.GREY: ("hover", "text2"), Tone.AMBER: ("warntint", "warn"), Tone.RED: ("dangertint", "danger")}


class HealthLine(QFrame):
    """One quiet sentence with its sign, and the button that mends it.

    Args:
        tone: What it is about.
        icon: Its sign.
        text: The sentence, already translated.
        action: The button's words; empty for no button.
        detail: Technical words, shown as a tooltip.
    """

    pressed = Signal()
    """Its button was pressed."""

    def __init__(
        self,
        tone: Tone,
        icon: str,
        text: str,
        action: str = "",
        *,
        detail: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ground, colour = _TONES[tone]
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(10)
        self.words = Text(text, wrap=True)
        self.words.setContentsMargins(0, 5, 0, 5)
        self.words.setMinimumHeight(28)
        self.words.setToolTip(plain_tip(detail))
        row.addWidget(Sign(icon, colour, parent=self))
        row.addWidget(self.words, 1)
        self.button: Button | None = None
        if action:
            self.button = Button(action, Kind.TEXT)
            self.button.setAccessibleDescription(text)
            self.button.clicked.connect(self.pressed)
            row.addWidget(self.button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the ground."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1) if theme.edges else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(self._ground))
        inset = 0.5 if theme.edges else 0
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(rect, RADIUS_ROW, RADIUS_ROW)


class Avatar(QWidget):
    """A person's initials in a circle, or a service's letter on a tile.

    Args:
        text: The name to take initials from, or the one letter of a tile.
        size: Logical pixels.
        tile: Whether it is square.
    """

    def __init__(self, text: str, size: int = 28, *, tile: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letters = text[:2] if tile else initials(text)
        self._size, self._tile = size, tile
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return its size."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw ground and letters."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = self._tile or theme.edges
        painter.setPen(QPen(theme.colour("line"), 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("window" if self._tile or theme.edges else "line"))
        radius = RADIUS_ROW if self._tile else rect.height() / 2
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(theme.colour("text"))
        painter.setFont(scaled(1.0 if self._tile else SMALL * 0.92, QFont.Weight.DemiBold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letters)


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name, at most two."""
    words = [word for word in (part.strip("\"'().,") for part in name.split("@", maxsplit=1)[0].split()) if word]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()


class EmptyState(QWidget):
    """What stands where nothing else does: a sign, a sentence, what comes next.

    Args:
        icon: The sign, 40 px.
        title: The sentence, already translated.
        text: What comes next.
        buttons: What can be done.
    """

    def __init__(
        self, icon: str, title: str, text: str = "", buttons: tuple[Button, ...] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(6)
        column.addStretch(2)
        column.addWidget(Sign(icon, "text2", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(10)
        self.title = section(title)
        self.text = Text(text, colour="text2", wrap=True)
        for words in (self.title, self.text):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        self.text.setVisible(bool(text))
        for button in buttons:
            column.addSpacing(10)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
