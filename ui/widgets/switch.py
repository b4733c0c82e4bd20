"""Things that are on or off: the switch, and a calendar's coloured check box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons
from ui.theme import RADIUS_SMALL, look, scaled
from ui.widgets.buttons import HIT
from ui.widgets.focus import Focus
from ui.widgets.ticks import CheckBox

if TYPE_CHECKING:
    from PySide6.QtCore import QVariantAnimation


class _Toggle(CheckBox):
    """A check box that we draw: mark and label, both of which can be pressed."""

    def __init__(self, text: str, mark: QSize, gap: int, radius: float, parent: QWidget | None) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self._label = text
        self._mark, self._gap = mark, gap
        self.setAccessibleName(text)
        self.label_first = False
        self._focus = Focus(self, radius)
        self.setFont(scaled(weight=QFont.Weight.Medium))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for mark and label."""
        metrics = QFontMetrics(self.font())
        label = metrics.horizontalAdvance(self._label) + self._gap if self._label else 0
        return QSize(self._mark.width() + label + 2, max(HIT, metrics.height() + 4, self._mark.height() + 4))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the same: the label is never cut."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:  # noqa: N802
        """Take a press anywhere on it."""
        return self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the ring for the keyboard."""
        super().focusInEvent(event)
        self._focus.entered(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Take the ring away."""
        super().focusOutEvent(event)
        self._focus.left()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw mark and label."""
        mark_at_end = self.label_first != (self.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        x = self.width() - self._mark.width() - 1 if mark_at_end else 1
        mark = QRect(QPoint(x, (self.height() - self._mark.height()) // 2), self._mark)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_mark(painter, mark)
        painter.setFont(self.font())
        painter.setPen(look().theme.colour("text" if self.isEnabled() else "disabled"))
        beside = self._mark.width() + self._gap + 1
        label = self.rect().adjusted(0, 0, -beside, 0) if mark_at_end else self.rect().adjusted(beside, 0, 0, 0)
        side = Qt.AlignmentFlag.AlignRight if mark_at_end else Qt.AlignmentFlag.AlignLeft
        shown = QFontMetrics(self.font()).elidedText(self._label, Qt.TextElideMode.ElideRight, label.width())
        painter.drawText(label, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def draw_mark(self, painter: QPainter, mark: QRect) -> None:
        """Draw the part that shows on or off."""
        raise NotImplementedError


class Switch(_Toggle):
    """A 34 x 20 switch with its label; to a screen reader a check box.

    Args:
        text: Its label, already translated.
        label_first: Whether the label stands before the switch.
    """

    def __init__(self, text: str, *, label_first: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, QSize(34, 20), 8, 10, parent)
        self.label_first = label_first
        self._position = 0.0
        self._motion: QVariantAnimation | None = None
        self.toggled.connect(self._move_knob)

    def set_silently(self, on: bool) -> None:
        """Show a state that nobody has just chosen: no motion."""
        self.setChecked(on)
        if self._motion is not None:
            self._motion.stop()
        self._put_knob(1.0 if on else 0.0)

    def lock(self, why: str) -> None:
        """Show it as fixed, saying why."""
        self.setEnabled(False)
        self.setToolTip(why)
        self.setAccessibleDescription(why)

    def draw_mark(self, painter: QPainter, mark: QRect) -> None:
        """Draw track and knob."""
        theme = look().theme
        on, enabled = self.isChecked(), self.isEnabled()
        track = theme.colour(("accent_hover" if self.underMouse() else "accent") if on else "control")
        if not enabled:
            painter.setOpacity(0.55)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(track)
        painter.drawRoundedRect(mark, 10, 10)
        painter.setBrush(theme.colour("onaccent" if on else "surface"))
        way = 1 - self._position if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else self._position
        painter.drawEllipse(QPointF(mark.left() + 10 + 14 * way, mark.top() + 10), 7, 7)
        painter.setOpacity(1)

    def _move_knob(self, on: bool) -> None:
        from PySide6.QtCore import QEasingCurve, QVariantAnimation
        from PySide6.QtWidgets import QStyle

        goal = 1.0 if on else 0.0
        if self._motion is not None:
            self._motion.stop()
        moves = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        if not (moves and self.isVisible()):
            self._put_knob(goal)
            return
        self._motion = QVariantAnimation(self, startValue=self._position, endValue=goal, duration=120)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._put_knob)
        self._motion.start(QVariantAnimation.DeletionPolicy.KeepWhenStopped)

    def _put_knob(self, position: float) -> None:
        self._position = position
        self.update()


class CalendarCheck(_Toggle):
    """A check box in a calendar's colour.

    Args:
        text: The calendar's name.
        colour: Its palette name.
    """

    def __init__(self, text: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(text, QSize(16, 16), 6, RADIUS_SMALL, parent)
        self._colour = colour
        self.setFont(scaled())

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return room for box and name."""
        metrics = QFontMetrics(self.font())
        return QSize(16 + self._gap + metrics.horizontalAdvance(self._label) + 4, max(HIT, metrics.height() + 4))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return room for the box and a few letters: the name may be cut."""
        return QSize(16 + self._gap + 4 * QFontMetrics(self.font()).averageCharWidth(), self.sizeHint().height())

    def draw_mark(self, painter: QPainter, mark: QRect) -> None:
        """Draw the box, filled and ticked when on."""
        theme = look().theme
        box = QRectF(mark).adjusted(0.75, 0.75, -0.75, -0.75)
        if not self.isChecked():
            painter.setPen(QPen(theme.colour("control"), 1.5))
            painter.setBrush(theme.colour("surface"))
            painter.drawRoundedRect(box, RADIUS_SMALL, RADIUS_SMALL)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.calendar(self._colour))
        painter.drawRoundedRect(mark, RADIUS_SMALL, RADIUS_SMALL)
        tick = QColor(theme.surface)
        icons.paint(painter, "check", mark, tick)
