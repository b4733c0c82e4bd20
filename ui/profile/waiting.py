"""The wizard's pages for waiting: for the browser, or for another device."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import tr
from ui.profile.step import Step
from ui.profile.words import asked_text
from ui.widgets.buttons import Button, CopyButton, Kind
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text, small
from zoomcal.domain.meetings import Service
from zoomcal.errors import ZoomCalError
from zoomcal.sync.health import SERVICE_NAMES


class BrowserStep(Step):
    """Waiting for the browser, or what came of it."""

    open_again = Signal()
    code_asked = Signal()
    """Another device is wanted instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._address = ""
        self.words = Text(wrap=True)
        self.words.setObjectName("waiting")
        self.scopes = small(wrap=True)
        self.again = _button("open-again", tr("Open browser again"), "external")
        self.again.clicked.connect(self.open_again)
        self.column.addSpacing(8)
        self.column.addWidget(self.words)
        self.column.addWidget(self.scopes)
        self.column.addSpacing(8)
        self.column.addWidget(self.again)
        self.copy = CopyButton(tr("Copy Link"), lambda: self._address)
        self.copy.setObjectName("copy-link")
        self.copy.hide()
        self.add_error_place()
        self.column.addWidget(self.copy)
        self.code = Button(tr("Sign in with a code on another device"), Kind.TEXT)
        self.code.setObjectName("use-code")
        self.code.stand_in_line()
        self.code.clicked.connect(self.code_asked)
        self.code.hide()
        self.column.addWidget(self.code)
        self.column.addStretch()

    def offer_code(self, offered: bool) -> None:
        """Offer another device instead of this one's browser, or not."""
        self.code.setVisible(offered)

    def show_opened(self) -> None:
        """Take back that the browser could not be opened."""
        self.show_error()
        self.copy.hide()

    def show_not_opened(self, error: ZoomCalError) -> None:
        """Say that the browser could not be opened, and offer the address; waiting goes on."""
        self.show_error(error.sentence, error.detail)
        self.copy.show()

    def wait(self, service: Service, address: str, *, calendar: bool, contacts: bool) -> None:
        """Say that the browser has the word."""
        self._address = address
        self.show_opened()
        self.heading.setText(SERVICE_NAMES[service])
        self.words.setText(tr("Finish signing in in your browser. This page goes on by itself."))
        self.scopes.setText(asked_text(calendar=calendar, contacts=contacts))
        for widget in (self.words, self.scopes, self.again):
            widget.show()

    def fail(self, service: Service, error: ZoomCalError) -> None:
        """Say how it ended."""
        self.heading.setText(SERVICE_NAMES[service])
        for widget in (self.words, self.scopes, self.again, self.copy):
            widget.hide()
        self.show_error(error.sentence, error.detail)

    def lack(self, service: Service, missing: tuple[str, ...]) -> None:
        """Say what was not allowed."""
        self.heading.setText(SERVICE_NAMES[service])
        self.show_opened()
        self.scopes.hide()
        self.again.hide()
        self.code.hide()
        self.words.show()
        self.words.setText(
            tr("Contacts were not allowed, so only your calendar is connected.")
            if "contacts" in missing
            else tr("The calendar was not allowed, so only your contacts are connected.")
        )


class DeviceStep(Step):
    """A code to type in on another device, or what came of it."""

    open_asked = Signal()
    """Use this computer's browser after all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.words = Text(tr("On any device, open this address and enter the code:"), wrap=True)
        self.address = _selectable(Text(colour="link", weight=QFont.Weight.Medium, wrap=True))
        self.address.setObjectName("device-address")
        self.code = _selectable(Text(factor=2.4, weight=QFont.Weight.DemiBold, tabular=True))
        self.code.setObjectName("user-code")
        self.copy_code = CopyButton(tr("Copy code"), self.code.text)
        self.copy_code.setObjectName("copy-code")
        self.copy = CopyButton(tr("Copy Link"), self.address.text)
        self.copy.setObjectName("copy-link")
        self.open = _button("open-browser", tr("Open browser"), "external")
        self.open.clicked.connect(self.open_asked)
        self.waiting = Text(tr("Waiting for you to finish there. This page goes on by itself."), wrap=True)
        self.waiting.setObjectName("waiting")
        self.scopes = small(wrap=True)
        self.offer = QWidget()
        offer = QVBoxLayout(self.offer)
        offer.setContentsMargins(0, 0, 0, 0)
        offer.setSpacing(8)
        offer.addWidget(self.words)
        offer.addWidget(self.address)
        offer.addWidget(self.code)
        row = FlowLayout(8)
        for button in (self.copy_code, self.copy, self.open):
            row.addWidget(button)
        offer.addLayout(row)
        offer.addSpacing(8)
        offer.addWidget(self.waiting)
        offer.addWidget(self.scopes)
        self.column.addSpacing(8)
        self.column.addWidget(self.offer)
        self.add_error_place()
        self.column.addStretch()

    def wait(self, service: Service, address: str, code: str, *, calendar: bool, contacts: bool) -> None:
        """Show the code and where it goes."""
        self.show_error()
        self.heading.setText(SERVICE_NAMES[service])
        self.address.setText(address)
        self.code.setText(code)
        self.code.setAccessibleName(tr("Code: {code}", code=" ".join(code)))
        self.scopes.setText(asked_text(calendar=calendar, contacts=contacts))
        self.offer.show()

    def fail(self, service: Service, error: ZoomCalError) -> None:
        """Say how it ended; the code is worth nothing any more."""
        self.heading.setText(SERVICE_NAMES[service])
        self.offer.hide()
        self.show_error(error.sentence, error.detail)


def _button(name: str, words: str, icon: str) -> Button:
    button = Button(words, icon=icon)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button


def _selectable(words: Text) -> Text:
    words.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return words
