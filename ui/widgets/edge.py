"""Edges of the platform's own controls that are seen on every ground."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from ui.theme import look

_DARKER = 140
"""Fusion draws edges so many per cent darker than the window: on a dark one nobody sees them."""

W = TypeVar("W", bound=QWidget)


def edged(control: W) -> W:
    """Give `control` edges in the theme's colour for them where the style is Fusion; other styles know better."""
    if control.style().name().lower() == "fusion":
        _Edge(control)
    return control


class _Edge(QObject):
    """Keeps a control's edge in the theme's colour."""

    def __init__(self, control: QWidget) -> None:
        super().__init__(control)
        self._control = control
        look().changed.connect(self._colour, Qt.ConnectionType.UniqueConnection)
        self._colour()

    @Slot()
    def _colour(self) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Window, look().theme.colour("control").lighter(_DARKER))
        self._control.setPalette(palette)
