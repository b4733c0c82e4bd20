"""Telling the person, once, that the program itself failed, and giving them what a report of it needs."""

from __future__ import annotations

import sys
from types import TracebackType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from ui.bridge.desk import Desk
from ui.i18n import tr


def tell_of_bugs(window: QWidget, desk: Desk) -> None:
    """Show the first unexpected error of this run over `window`; each still goes where errors went before.

    What work in a lane fails of is raised on the GUI thread and comes here; what kills another thread is only logged.
    """
    report, told = sys.excepthook, False

    def tell(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
        nonlocal told
        report(kind, bug, trace)
        if not told and issubclass(kind, Exception):
            told = True
            QTimer.singleShot(0, window, lambda: _show(window, desk))

    sys.excepthook = tell


def _show(window: QWidget, desk: Desk) -> None:
    box = QMessageBox(QMessageBox.Icon.Warning, "ZoomCal", tr("Something went wrong."), parent=window)
    box.addButton(tr("Copy diagnostics"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(tr("Done"), QMessageBox.ButtonRole.RejectRole))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.accepted.connect(lambda: desk.tasks.submit("user", desk.core.diagnostics, QGuiApplication.clipboard().setText))
    box.open()
