"""Deleting an account: asked first, because its data leaves this computer."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from ui.bridge.desk import Desk
from ui.i18n import say, tr
from ui.widgets.buttons import Button, Kind
from ui.widgets.text import Text, section
from zoomcal.app import AccountView
from zoomcal.catalogue import Sentence
from zoomcal.domain.meetings import Service
from zoomcal.errors import ZoomCalError
from zoomcal.sync.health import SERVICE_NAMES


class DeleteAccount(QDialog):
    """The question, and the deleting itself."""

    deleted = Signal(object)
    """Done; the Sentence that says what did not work at the service, or None."""

    def __init__(self, account: AccountView, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("delete-account")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setWindowTitle(tr("Delete"))
        self._account, self._desk = account, desk
        question = section(tr("Delete {name}?", name=account.name))
        consequence = Text(_consequence(account.service), wrap=True)
        self._error = Text(colour="danger", wrap=True)
        self._error.hide()
        self.delete_button = Button(tr("Delete"), Kind.DANGER)
        self.delete_button.setObjectName("confirm-delete")
        self.delete_button.setAutoDefault(False)
        self.delete_button.clicked.connect(self._delete)
        self.cancel_button = Button(tr("Cancel"))
        self.cancel_button.setObjectName("cancel")
        self.cancel_button.clicked.connect(self.reject)
        buttons = QDialogButtonBox()
        if sys.platform != "win32":  # where Qt knows no desktop it would take the order of Windows
            buttons.setStyleSheet("QDialogButtonBox { button-layout: 3; }")
        buttons.addButton(self.delete_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.cancel_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(8)
        for words in (question, consequence, self._error):
            words.setMinimumWidth(432)
            column.addWidget(words)
        column.addSpacing(16)
        column.addWidget(buttons)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Give Cancel the focus: neither Space nor Return deletes unasked."""
        super().showEvent(event)
        self.cancel_button.setFocus()

    def _delete(self) -> None:
        self._error.hide()
        self.delete_button.start_working(tr("Deleting…"))
        account = self._account.id
        self._desk.cancel_pull(account)
        self._desk.do(lambda: self._desk.core.delete(account), self._deleted, self._failed)

    def _deleted(self, problem: Sentence | None) -> None:
        self.deleted.emit(problem)
        self.accept()

    def _failed(self, error: ZoomCalError) -> None:
        self.delete_button.stop_working()
        self._error.setText(say(error.sentence))
        self._error.show()


def _consequence(service: Service) -> str:
    """Return what deleting does; Microsoft has no way to be told, and an Exchange server has nothing to be told."""
    name = SERVICE_NAMES[service]
    match service:
        case Service.OFFICE365:
            return tr(
                "Its meetings and contacts leave this computer and ZoomCal forgets its access. "
                "Nothing changes at {service}.",
                service=name,
            )
        case Service.EXCHANGE:
            return tr(
                "Its meetings and contacts leave this computer and ZoomCal forgets the password. "
                "Nothing changes at {service}.",
                service=name,
            )
        case _:
            return tr(
                "Its meetings and contacts leave this computer and ZoomCal’s access is withdrawn. "
                "Nothing changes at {service}.",
                service=name,
            )
