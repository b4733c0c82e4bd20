"""The wizard's page where a service has no OAuth client yet (SPEC I-11)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.profile.step import Step
from ui.widgets.fields import Entry, Field
from ui.widgets.text import small
from zoomcal.domain.meetings import Service
from zoomcal.sync.health import SERVICE_NAMES


class ClientStep(Step):
    """Where an OAuth client is registered, and the fields to paste it in."""

    changed = Signal()
    """A field was edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.column.setSpacing(6)
        self.column.addWidget(
            small(
                tr("ZoomCal brings none of its own: your organisation’s IT team has one, or you register one, once:"),
                wrap=True,
            )
        )
        self._lists: dict[Service, QWidget] = {}
        for service, steps in ((Service.GOOGLE, _google()), (Service.OFFICE365, _microsoft())):
            self._lists[service] = _numbered(steps)
            self.column.addWidget(self._lists[service])
        self.column.addSpacing(2)
        self.client_id = Entry("client-id")
        self.client_secret = Entry("client-secret")
        self.client_secret.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self._secret = Field(tr("Client secret"), self.client_secret)
        for field in (Field(tr("Client ID"), self.client_id), self._secret):
            self.column.addWidget(field)
        for entry in (self.client_id, self.client_secret):
            entry.textEdited.connect(self.changed)
        self.add_error_place()
        self.column.addStretch()

    def ask_for(self, service: Service) -> None:
        """Say what to register for a service; only Google gives its clients a so-called secret."""
        self.show_error()
        self.heading.setText(tr("{service} needs a client ID", service=SERVICE_NAMES[service]))
        for of, steps in self._lists.items():
            steps.setVisible(of is service)
        google = service is Service.GOOGLE
        self._secret.setVisible(google)
        self.client_id.setPlaceholderText(
            "….apps.googleusercontent.com" if google else "00000000-0000-0000-0000-000000000000"
        )
        for entry in (self.client_id, self.client_secret):
            entry.clear()

    def lacking(self) -> str:
        """Return that there has to be an id."""
        return "" if self.client_id.text().strip() else tr("Enter the client ID.")


def _google() -> tuple[str, ...]:
    return (
        tr("At console.cloud.google.com, make a project."),
        tr("Under APIs & Services, enable the Google Calendar API and the People API."),
        tr("Under OAuth consent screen, add your own address as a test user."),
        tr("Under Credentials, create an OAuth client ID of the type Desktop app."),
        tr("Redirect address: http://127.0.0.1 with any port. The type Desktop app allows it by itself."),
    )


def _microsoft() -> tuple[str, ...]:
    return (
        tr(
            "At entra.microsoft.com (US government: entra.microsoft.us), under App registrations, register an "
            "application for accounts in any organizational directory and personal Microsoft accounts."
        ),
        tr(
            "Under Authentication, add the platform Mobile and desktop applications with the redirect address "
            "http://localhost."
        ),
        tr("There too, allow public client flows: signing in with a code on another device needs it."),
        tr("Under API permissions, add for Microsoft Graph, delegated: User.Read, Calendars.ReadWrite, Contacts.Read."),
        tr("Copy the Application (client) ID from the Overview. There is no secret."),
    )


def _numbered(steps: tuple[str, ...]) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for number, words in enumerate(steps, start=1):
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(small(f"{number}.", colour="text"), 0, Qt.AlignmentFlag.AlignTop)
        line = small(words, colour="text", wrap=True)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(line, 1)
        column.addLayout(row)
    return whole
