"""The side bar: the name mark and the pages; a rail of icons where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontInfo, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui import icons
from ui.theme import RADIUS_ROW, SECTION, look, scaled
from ui.widgets.focus import Focus

RAIL = 52
_WIDE, _ICON, _MARK = 176, 20, 22


def base_px() -> int:
    """Return the application's font size in logical pixels; 13 is what LOOK's widths are said at."""
    return QFontInfo(QApplication.font()).pixelSize()


class SideBar(QWidget):
    """Which page is shown.

    Args:
        pages: Name, icon and words of each page, in order.
    """

    chosen = Signal(str)
    """The name of the page the person asked for."""

    def __init__(self, pages: list[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self._mark = _NameMark(self)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, NavButton] = {}
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.addWidget(self._mark)
        column.addSpacing(8)
        for name, icon, words in pages:
            button = NavButton(icon, words, self)
            button.setObjectName(f"nav-{name}")
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self.buttons[name] = button
            column.addWidget(button)
        column.addStretch()
        self.set_rail(False)

    def set_current(self, name: str) -> None:
        """Mark the page that is shown."""
        self.buttons[name].setChecked(True)

    def set_rail(self, rail: bool) -> None:
        """Show icons alone, or icons and words."""
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(*((6, 12, 6, 12) if rail else (12, 16, 12, 16)))
        self._mark.setVisible(not rail)
        for button in self.buttons.values():
            button.set_rail(rail)
        widest = max(button.sizeHint().width() for button in self.buttons.values())
        self.setFixedWidth(RAIL if rail else max(_WIDE, widest + 24))


class NavButton(QToolButton):
    """One page of the side bar."""

    def __init__(self, icon: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign, self._words = icon, words
        self._rail = False
        self._focus = Focus(self, RADIUS_ROW)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setText(words)
        self.setAccessibleName(words)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_rail(self, rail: bool) -> None:
        """Show the icon alone, its words as a tooltip."""
        self._rail = rail
        self.setToolTip(self._words if rail else "")
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for the icon and the words in their heavier weight."""
        metrics = QFontMetrics(scaled(weight=QFont.Weight.DemiBold))
        height = max(40 if self._rail else 36, metrics.height() + 16)
        return QSize(40 if self._rail else 11 + _ICON + 10 + metrics.horizontalAdvance(self._words) + 11, height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw ground, icon and words."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        if on or self.underMouse():
            painter.setPen(QPen(theme.colour("focus"), 2) if on and theme.edges else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selected" if on else "soft"))
            inset = 1 if on and theme.edges else 0
            rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(rect, RADIUS_ROW, RADIUS_ROW)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = (self.width() - _ICON) // 2 if self._rail else self.width() - 11 - _ICON if mirrored else 11
        cell = QRect(x, (self.height() - _ICON) // 2, _ICON, _ICON)
        icons.paint(painter, self._sign, cell, theme.colour("link" if on else "text2"))
        if self._rail:
            return
        painter.setFont(scaled(weight=QFont.Weight.DemiBold if on else QFont.Weight.Medium))
        painter.setPen(theme.colour("text" if on else "text2"))
        beside = 11 + _ICON + 10
        words = self.rect().adjusted(*((0, 0, -beside, 0) if mirrored else (beside, 0, 0, 0)))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, self._words)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the ring for the keyboard."""
        super().focusInEvent(event)
        self._focus.entered(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Take the ring away."""
        super().focusOutEvent(event)
        self._focus.left()


class _NameMark(QWidget):
    """The mark and the name, never in another typeface or colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("ZoomCal")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for mark and name."""
        metrics = QFontMetrics(scaled(SECTION, QFont.Weight.DemiBold))
        return QSize(10 + _MARK + 8 + metrics.horizontalAdvance("ZoomCal"), max(_MARK + 2, metrics.height()) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw them."""
        theme = look().theme
        painter = QPainter(self)
        top = (self.height() - _MARK) // 2
        icons.paint(painter, "app", QRect(10, top, _MARK, _MARK), theme.colour("text"))
        font = scaled(SECTION, QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        metrics = QFontMetrics(font)
        baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(10 + _MARK + 8, baseline), "ZoomCal")
