"""Buttons of every kind; what may be pressed, and how loud it is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from ui import icons
from ui.i18n import tr
from ui.theme import RADIUS_CONTROL, Theme, look, scaled
from ui.widgets.focus import Focus


class Kind(StrEnum):
    """How a button looks."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    SOFT = "soft"
    TEXT = "text"
    DANGER_TEXT = "danger-text"
    DANGER = "danger"


_FILLED = (Kind.PRIMARY, Kind.DANGER)
_BARE = (Kind.TEXT, Kind.DANGER_TEXT)
_ICON, _GAP = 16, 8
_COPIED_MS = 2000
HIT = 28
"""No hit area is lower or narrower, in logical pixels."""


class Button(QPushButton):
    """A button with words.

    Args:
        text: Already translated.
        kind: How loud it is.
        icon: Name of a sign before the words.
        trailing: Name of a sign behind the words.
    """

    def __init__(
        self,
        text: str,
        kind: Kind = Kind.SECONDARY,
        *,
        icon: str = "",
        trailing: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self.kind = kind
        self._icon, self._trailing = icon, trailing
        self._quiet_text = text
        self._had_focus = self._in_line = False
        self._focus = Focus(self, RADIUS_CONTROL)
        self.setFont(self._wanted_font())
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if kind in _BARE:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setAutoDefault(False)

    @property
    def working(self) -> bool:
        """Whether what it started is still under way."""
        return not self.isEnabled() and self.text() != self._quiet_text

    def set_text(self, text: str) -> None:
        """Change the words."""
        self._quiet_text = text
        self.setText(text)

    def start_working(self, text: str) -> None:
        """Say what is under way (*Joining…*): the width stays, and it cannot be pressed again."""
        self._had_focus = self.hasFocus()
        self.setMinimumWidth(max(self.width(), self.sizeHint().width()))
        self.setText(text)
        self.setEnabled(False)

    def stop_working(self) -> None:
        """Be as before `start_working`."""
        self.setMinimumWidth(0)
        self.setText(self._quiet_text)
        self.setEnabled(True)
        if self._had_focus and self.isVisible():
            self.setFocus()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for the words, the signs and the padding of its kind."""
        metrics = QFontMetrics(self.font())
        signs = sum(_ICON + _GAP for name in (self._icon, self._trailing) if name)
        padding = 0 if self._in_line else 4 if self.kind in _BARE else 16
        width = metrics.horizontalAdvance(self.text()) + signs + 2 * padding
        if self.kind in _BARE:
            return QSize(max(HIT, width), max(HIT, metrics.height() + 10))
        return QSize(max(72, width), max(32, metrics.height() + 14))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the same: words are not cut, but where `let_shrink` allows it."""
        hint = self.sizeHint()
        return hint if self.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Fixed else QSize(72, hint.height())

    def let_shrink(self) -> None:
        """Cut the words rather than the page where the window is very narrow; the whole is the accessible name."""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._quiet_text)

    def stand_in_line(self) -> None:
        """Begin where the words above begin; without ground, a line below the words says that it can be pressed."""
        self._in_line = True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw ground, edge, signs and words."""
        theme = look().theme
        paint = _Paint.of(self.kind, theme, enabled=self.isEnabled() or self.working, **_pointer(self))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        if self._in_line:
            font.setUnderline(paint.ground is not None)
        else:
            _draw_ground(painter, QRectF(self.rect()), paint)
        painter.setFont(font)
        painter.setPen(paint.label)
        self._draw_content(painter, paint.label)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the ring for the keyboard."""
        super().focusInEvent(event)
        self._focus.entered(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Take the ring away."""
        super().focusOutEvent(event)
        self._focus.left()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Grow with the system's font."""
        if event.type() == QEvent.Type.ApplicationFontChange:
            self.setFont(self._wanted_font())
        super().changeEvent(event)

    def _wanted_font(self) -> QFont:
        return scaled(weight=QFont.Weight.DemiBold if self.kind in _FILLED else QFont.Weight.Medium)

    def _draw_content(self, painter: QPainter, colour: QColor) -> None:
        metrics = QFontMetrics(self.font())
        lead = _ICON + _GAP if self._icon else 0
        trail = _ICON + _GAP if self._trailing else 0
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - lead - trail - 2 * _GAP)
        if self.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Fixed:
            text = self.text()
        words = metrics.horizontalAdvance(text)
        left = 0 if self._in_line else (self.width() - lead - words - trail) // 2
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft

        def placed(x: int, width: int) -> QRect:
            return QRect(self.width() - x - width if mirrored else x, 0, width, self.height())

        for name, x in ((self._icon, left), (self._trailing, left + lead + words + _GAP)):
            if name:
                cell = placed(x, _ICON)
                icons.paint(painter, name, QRect(cell.x(), (self.height() - _ICON) // 2, _ICON, _ICON), colour)
        painter.drawText(placed(left + lead, words + 1), Qt.AlignmentFlag.AlignVCenter, text)


class CopyButton(Button):
    """A button that puts a text on the clipboard, and says so on itself for two seconds.

    Args:
        text: Already translated.
        copied: Gives what is copied.
    """

    def __init__(self, text: str, copied: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(text, icon="copy", parent=parent)
        self._copied = copied
        self.setAutoDefault(False)
        self.clicked.connect(self._copy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied())
        self.start_working(tr("Copied"))
        QTimer.singleShot(_COPIED_MS, self, self.stop_working)


class IconButton(QToolButton):
    """A sign alone, 32 x 32, whose name is its tooltip too.

    Args:
        icon: The sign.
        label: What it does, already translated.
    """

    def __init__(self, icon: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = icon
        self._angle = 0
        self._turning: QTimer | None = None
        self._focus = Focus(self, RADIUS_CONTROL)
        self.setText(label)
        self.set_label(label)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_label(self, label: str) -> None:
        """Change what it says it does."""
        self.setAccessibleName(label)
        self.setToolTip(label)

    def set_icon(self, icon: str) -> None:
        """Change the sign."""
        self._sign = icon
        self.update()

    def set_turning(self, turning: bool) -> None:
        """Let the sign turn once a second, where the desktop wants motion at all."""
        if turning and self._turning is None and self._may_move():
            self._turning = QTimer(self, interval=50)
            self._turning.timeout.connect(self._turn)
            self._turning.start()
        elif not turning and self._turning is not None:
            self._turning.stop()
            self._turning.deleteLater()
            self._turning, self._angle = None, 0
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a square that grows with the font."""
        side = max(32, QFontMetrics(self.font()).height() + 14)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the hover ground and the sign."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._angle != 0)
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("soft" if self.isDown() else "hover"))
            painter.drawRoundedRect(self.rect(), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.translate(self.width() / 2, self.height() / 2)
        painter.rotate(self._angle)
        colour = theme.colour("text2" if self.isEnabled() else "disabled")
        icons.paint(painter, self._sign, QRect(-_ICON // 2, -_ICON // 2, _ICON, _ICON), colour)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the ring for the keyboard."""
        super().focusInEvent(event)
        self._focus.entered(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Take the ring away."""
        super().focusOutEvent(event)
        self._focus.left()

    def _may_move(self) -> bool:
        from PySide6.QtWidgets import QStyle

        return self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0

    def _turn(self) -> None:
        self._angle = (self._angle + 18) % 360
        self.update()


class _Paint(NamedTuple):
    label: QColor
    ground: QColor | None = None
    edge: QColor | None = None

    @classmethod
    def of(cls, kind: Kind, theme: Theme, *, enabled: bool, hovered: bool, pressed: bool) -> _Paint:
        colour = theme.colour
        if not enabled:
            label = colour("disabled")
            return cls(label) if kind in _BARE else cls(label, colour("surface"), colour("line"))
        match kind:
            case Kind.PRIMARY:
                return cls(colour("onaccent"), colour(_accent(hovered, pressed)))
            case Kind.DANGER:
                return cls(colour("ondanger"), colour("dangerfill"), colour("danger") if hovered else None)
            case Kind.SECONDARY:
                ground = "soft" if pressed else "hover" if hovered else "surface"
                return cls(colour("text"), colour(ground), colour("control"))
            case Kind.SOFT:
                edge = "line" if theme.edges else "control" if hovered else ""
                return cls(colour("text"), colour("soft"), colour(edge) if edge else None)
            case _:
                label = colour("link" if kind is Kind.TEXT else "danger")
                ground = "soft" if pressed else "hover"
                return cls(label, colour(ground) if hovered or pressed else None)


def _accent(hovered: bool, pressed: bool) -> str:
    return "accent_press" if pressed else "accent_hover" if hovered else "accent"


def _pointer(button: QPushButton) -> dict[str, bool]:
    return {"hovered": button.underMouse(), "pressed": button.isDown()}


def _draw_ground(painter: QPainter, rect: QRectF, paint: _Paint) -> None:
    if paint.ground is None:
        return
    painter.setBrush(paint.ground)
    if paint.edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, RADIUS_CONTROL, RADIUS_CONTROL)
    else:
        painter.setPen(QPen(paint.edge, 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
