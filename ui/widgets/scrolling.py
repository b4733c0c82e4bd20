"""Scroll bars of one kind everywhere: a slim handle in the theme's colours, no arrows."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractScrollArea

_LOOK = """
QScrollBar:vertical { width: 12px; border: none; background: transparent; }
QScrollBar::handle:vertical { min-height: 32px; margin: 3px; border-radius: 3px; }
QScrollBar::handle:vertical { background: palette(dark); }
QScrollBar::handle:vertical:hover, QScrollBar::handle:vertical:pressed { background: palette(placeholder-text); }
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }
QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical { background: transparent; }
"""


def slim(area: QAbstractScrollArea) -> None:
    """Give `area` the slim scroll bar; it takes its room only while there is something to scroll."""
    area.verticalScrollBar().setStyleSheet(_LOOK)
