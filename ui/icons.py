"""The drawn signs: SVG files whose `currentColor` takes a colour of the theme, at any device pixel ratio."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPixmap

from ui.theme import look

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"
_MIRRORED = frozenset({"join", "chevron-left", "chevron-right", "undo"})


def pixmap(name: str, size: int, colour: QColor, ratio: float) -> QPixmap:
    """Return an icon, sharp at the device pixel `ratio`.

    Args:
        name: The file's name without its ending.
        size: Its width and height in logical pixels.
        colour: Takes the place of `currentColor`.
        ratio: Device pixels to a logical one.
    """
    mirrored = name in _MIRRORED and QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return _drawn(name, size, colour.name(), ratio, mirrored)


def paint(painter: QPainter, name: str, rect: QRect, colour: QColor) -> None:
    """Draw an icon over a square `rect`."""
    device = painter.device()
    painter.drawPixmap(rect.topLeft(), pixmap(name, rect.width(), colour, device.devicePixelRatio() if device else 1.0))


def icon(name: str, colour: str = "text", size: int = 16) -> QIcon:
    """Return a QIcon in a colour of the theme in use, for menus and the platform's own controls."""
    from PySide6.QtGui import QIcon

    theme = look().theme
    made = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        made.addPixmap(pixmap(name, size, theme.colour(colour), ratio))
        made.addPixmap(pixmap(name, size, theme.colour("disabled"), ratio), QIcon.Mode.Disabled)
    return made


def application_icon() -> QIcon:
    """Return the mark, for the window and the task bar."""
    from PySide6.QtGui import QIcon

    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(pixmap("app", size, look().theme.colour("text"), 1.0))
    return made


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, colour: str, ratio: float, mirrored: bool) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    pixels = round(size * ratio)
    canvas = QPixmap(pixels, pixels)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    if mirrored:
        painter.translate(pixels, 0)
        painter.scale(-1, 1)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    canvas.setDevicePixelRatio(ratio)
    return canvas
