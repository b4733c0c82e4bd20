"""What a person learns of an error that nobody expected."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from ui.bridge.desk import Desk
from ui.bugs import tell_of_bugs
from ui.i18n import tr


def test_the_first_bug_is_told_with_diagnostics_to_copy_and_every_one_is_reported(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    reported: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, bug, trace: reported.append(bug))  # noqa: ARG005
    tell_of_bugs(window, desk)
    bugs = [KeyError("first"), KeyError("second")]
    for bug in bugs:
        sys.excepthook(KeyError, bug, None)
    qtbot.waitUntil(lambda: any(box.isVisible() for box in window.findChildren(QMessageBox)))
    (box,) = window.findChildren(QMessageBox)
    assert reported == bugs
    assert box.text() == tr("Something went wrong.")
    QGuiApplication.clipboard().clear()
    (copy,) = (button for button in box.buttons() if button.text() == tr("Copy diagnostics"))
    copy.click()
    qtbot.waitUntil(lambda: "ZoomCal" in QGuiApplication.clipboard().text())
