"""The choice of a private certificate authority (SPEC I-5)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.widgets.buttons import Button, Kind
from ui.widgets.fields import Note
from ui.widgets.text import ElidedText, Sign


class Authority(QWidget):
    """A button that chooses a file of certificates, then the file's name; what is wrong with it stands below.

    Args:
        offered: Whether it is offered before a certificate was refused.
        parent: The widget it lies in.
    """

    changed = Signal()
    """Another file, or none, was chosen."""

    def __init__(self, *, offered: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file: Path | None = None
        """What is trusted beside the system's own."""
        self.pem = ""
        """What was trusted when the account was connected before, in PEM."""
        self._offered = offered
        self._note: Note | None = None
        self.button = Button(tr("Trust a private certificate authority…"), Kind.TEXT)
        self.button.setObjectName("trust")
        self.button.stand_in_line()
        self.button.clicked.connect(self.choose)
        self._name = ElidedText()
        self._name.setObjectName("authority")
        self._remove = Button(tr("Remove"), Kind.TEXT)
        self._remove.setObjectName("remove-authority")
        self._remove.clicked.connect(lambda: self.trust(None))
        self._chosen = QWidget()
        row = QHBoxLayout(self._chosen)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Sign("key", "text2"))
        row.addWidget(self._name, 1)
        row.addWidget(self._remove)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._chosen)
        self._show()

    @property
    def chosen(self) -> bool:
        """Whether more is trusted than the system's own."""
        return self.file is not None or bool(self.pem)

    def trust(self, file: Path | None, pem: str = "") -> None:
        """Trust the certificates of a file, or those given in PEM, or those of the system alone."""
        self.file, self.pem = file, pem
        self.clear()
        self._show()
        self.changed.emit()

    def offer(self, *, offered: bool) -> None:
        """Offer the choice here, or not."""
        self._offered = offered
        self._show()

    def choose(self) -> None:
        """Ask for a file."""
        dialog = QFileDialog(self, tr("Trust a private certificate authority"))
        dialog.setObjectName("choose-authority")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Certificates (PEM)") + " (*.pem *.crt *.cer)", tr("All files") + " (*)"])
        dialog.fileSelected.connect(lambda path: self.trust(Path(path)))
        dialog.open()

    def show_error(self, text: str, detail: str = "") -> None:
        """Say what is wrong with the file."""
        self.clear()
        self._note = Note("error", "danger", text, detail=detail)
        self._note.setObjectName("authority-note")
        self._column.addWidget(self._note)
        self._remove.setAccessibleDescription(text)
        self._remove.setFocus()

    def clear(self) -> None:
        """Say nothing about the file any more."""
        if self._note is not None:
            self._note.leave(self._column)
            self._note = None
        self._remove.setAccessibleDescription("")

    def _show(self) -> None:
        self._name.setText(self.file.name if self.file else tr("The authority trusted so far"))
        self._chosen.setVisible(self.chosen)
        self.button.setVisible(not self.chosen and self._offered)
        self.setVisible(self.chosen or self._offered)
