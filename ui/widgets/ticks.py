"""Check boxes and radio buttons: Space chooses, Return goes on.

Qt's GNOME theme lets Return press whatever button has the focus (`QPlatformTheme::ButtonPressKeys`), and would take
back what was ticked where the person only wants to go on.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QRadioButton

_GO_ON = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CheckBox(QCheckBox):
    """The platform's own; Return is the dialog's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take every key but Return."""
        event.ignore() if event.key() in _GO_ON else super().keyPressEvent(event)


class RadioButton(QRadioButton):
    """The platform's own; Return is the dialog's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take every key but Return."""
        event.ignore() if event.key() in _GO_ON else super().keyPressEvent(event)
