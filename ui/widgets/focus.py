"""The focus ring: 2 px outside the control that has the keyboard's focus, and only the keyboard's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from ui.theme import look

_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_GAP, _WIDTH = 2, 2


class FocusRing(QWidget):
    """Drawn over the neighbours of its target; follows it until the focus leaves."""

    def __init__(self, target: QWidget, radius: float) -> None:
        chain = _up_to_clip(target)
        super().__init__(chain[-1])
        self._target, self._radius = target, radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for widget in chain[:-1]:
            widget.installEventFilter(self)
        self._place()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the target and what it lies in."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._place()
        elif event.type() == QEvent.Type.Hide:
            self.hide()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look().theme.colour("focus"), _WIDTH))
        inner = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(inner, self._radius + _GAP + 1, self._radius + _GAP + 1)

    def _place(self) -> None:
        around = _GAP + _WIDTH
        host = self.parentWidget()
        corner = self._target.mapTo(host, QPoint(0, 0)) if host else QPoint(0, 0)
        self.setGeometry(QRect(corner, self._target.size()).adjusted(-around, -around, around, around))
        self.raise_()


class Focus:
    """What a control keeps of its focus: call `entered` and `left` from its focus events."""

    def __init__(self, widget: QWidget, radius: float) -> None:
        self._widget, self._radius = widget, radius
        self._by_keyboard = False
        self._ring: FocusRing | None = None

    def entered(self, event: QFocusEvent) -> None:
        """Show the ring where a key brought the focus, now or before the window was left."""
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._by_keyboard = event.reason() in _KEYS
        if self._by_keyboard and self._ring is None:
            self._ring = FocusRing(self._widget, self._radius)

    def left(self) -> None:
        """Take the ring away."""
        if self._ring is not None:
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None

    @property
    def visible(self) -> bool:
        """Whether the ring is drawn."""
        return self._ring is not None


def _up_to_clip(target: QWidget) -> list[QWidget]:
    """Return `target` and its ancestors up to what scrolls with it, or to the window."""
    chain = [target]
    while (parent := chain[-1].parentWidget()) is not None and not chain[-1].isWindow():
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            break
        chain.append(parent)
    return chain
