"""Words on the page, in the sizes and colours of the theme; and the signs and lines beside them."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ui import icons
from ui.theme import BODY, SECTION, SMALL, TITLE, look, scaled

_LONG_WORD = re.compile(r"\S{32,}")
_JOINT = re.compile(r"[/?&=._-]|\w{24}")
_ROLES = {"text": QPalette.ColorRole.WindowText, "text2": QPalette.ColorRole.PlaceholderText}


class Text(QLabel):
    """Plain words; never read as HTML.

    Args:
        text: Already translated.
        factor: Size, as a factor of the application's font.
        weight: How heavy.
        colour: A token of the theme.
        wrap: Whether it breaks into lines.
        tabular: Whether figures are equally wide.
    """

    def __init__(
        self,
        text: str = "",
        *,
        factor: float = BODY,
        weight: QFont.Weight = QFont.Weight.Normal,
        colour: str = "text",
        wrap: bool = False,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._factor, self._weight, self._tabular = factor, weight, tabular
        self._colour = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setFont(scaled(factor, weight, tabular=tabular))
        self.set_colour(colour)

    def set_colour(self, colour: str) -> None:
        """Take another token's colour."""
        if colour == self._colour:
            return
        self._colour = colour
        if role := _ROLES.get(colour):
            self.setForegroundRole(role)
        else:
            self.setForegroundRole(QPalette.ColorRole.WindowText)
            look().changed.connect(self._recolour, Qt.ConnectionType.UniqueConnection)
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Grow with the system's font."""
        if event.type() == QEvent.Type.ApplicationFontChange:
            self.setFont(scaled(self._factor, self._weight, tabular=self._tabular))
        super().changeEvent(event)

    def _recolour(self) -> None:
        own = QPalette()
        if self._colour not in _ROLES:
            own = self.palette()
            own.setColor(QPalette.ColorRole.WindowText, look().theme.colour(self._colour))
        self.setPalette(own)


def title(text: str = "", parent: QWidget | None = None) -> Text:
    """Return a page's title, or a meeting's topic in its details."""
    return Text(text, factor=TITLE, weight=QFont.Weight.DemiBold, wrap=True, parent=parent)


def section(text: str = "", parent: QWidget | None = None) -> Text:
    """Return the title of a section or a card."""
    return Text(text, factor=SECTION, weight=QFont.Weight.DemiBold, wrap=True, parent=parent)


def small(text: str = "", parent: QWidget | None = None, *, colour: str = "text2", wrap: bool = False) -> Text:
    """Return small, secondary words."""
    return Text(text, factor=SMALL, colour=colour, wrap=wrap, parent=parent)


class ElidedText(Text):
    """One line that is cut with an ellipsis where room is short; the whole is its tooltip then."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return next to nothing in width: it may be cut."""
        return QSize(QFontMetrics(self.font()).averageCharWidth() * 4, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw as much as there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(plain_tip(self.text()) if shown != self.text() else "")
        painter.drawText(self.rect(), self.alignment(), shown)


def breakable(text: str) -> str:
    """Return `text` with places to break its lines within long words, such as addresses; only for the screen."""
    return _LONG_WORD.sub(lambda word: _JOINT.sub("\\g<0>\u200b", word[0]), text)


def plain_tip(text: str) -> str:
    """Return `text` for a tooltip, which Qt would otherwise read as HTML wherever it looks like it."""
    import html

    return f"<qt>{html.escape(text)}</qt>" if text else ""


class Sign(QWidget):
    """An icon beside words; decoration to a screen reader.

    Args:
        icon: Its name.
        colour: A token of the theme.
        size: Logical pixels.
    """

    def __init__(self, icon: str, colour: str = "text2", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._colour, self._size = icon, colour, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_icon(self, icon: str, colour: str) -> None:
        """Change the sign."""
        self._icon, self._colour = icon, colour
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return its size."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw it."""
        painter = QPainter(self)
        icons.paint(painter, self._icon, QRect(0, 0, self._size, self._size), look().theme.colour(self._colour))


class Line(QFrame):
    """A hair line between things, 1 px."""

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw it."""
        fill(self, self.rect(), "line")


def fill(widget: QWidget, rect: QRect, colour: str) -> None:
    """Draw `rect` of `widget`, from its paint event, in a colour of the theme."""
    painter = QPainter(widget)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look().theme.colour(colour))
    painter.drawRect(rect)
