"""What the wizard has done in lanes: one sign-in, begun and waited for; the search for a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from ui.bridge.desk import Desk
from ui.bridge.tasks import Task
from zoomcal.app import PendingSignIn
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import Cancelled, ZoomCalError

LANE = "connect"
"""One lane for all of them: a login is never tried while another one still is."""
_TIMEOUT_S = 300.0
_CODE_TIMEOUT_S = 1200.0
"""A code's own life ends sooner (RFC 8628 has about fifteen minutes); the service says so."""


class Attempt(QObject):
    """One sign-in; once given up it is silent, and nothing of it is left listening."""

    begun = Signal(object)
    """The PendingSignIn."""
    not_begun = Signal(object)
    """The ZoomCalError; nobody has been asked to sign in."""
    not_opened = Signal(object)
    """The ZoomCalError of opening its page; waiting goes on."""
    connected = Signal(object)
    """The AccountId."""
    failed = Signal(object)
    """The ZoomCalError it ended with."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._cancel = Event()
        self._task: Task | None = None
        self.pending: PendingSignIn | None = None
        """Once begun."""

    def start(self, begin: Callable[[Event], PendingSignIn]) -> None:
        """Begin, then wait for the person or for the server; the event that `begin` gets ends it."""
        cancel = self._cancel

        def work() -> PendingSignIn:
            if cancel.is_set():
                raise Cancelled
            return begin(cancel)

        self._task = self._desk.tasks.submit(LANE, work, self._begun, self._not_begun)

    def open_page(self) -> None:
        """Have the system browser open the page, or open it again."""
        pending, core = self.pending, self._desk.core
        if pending is not None:
            self._desk.tasks.submit("user", lambda: core.open_consent(pending), on_error=self._not_opened)

    def give_up(self) -> None:
        """End it, however far it has come."""
        self._cancel.set()
        if self.pending is not None:
            self.pending.cancel()
        if self._task is not None:
            self._task.future.cancel()
        self.deleteLater()

    def _begun(self, pending: PendingSignIn) -> None:
        if self._cancel.is_set():
            pending.cancel()
            return
        self.pending = pending
        self.begun.emit(pending)
        timeout_s = _CODE_TIMEOUT_S if pending.user_code else _TIMEOUT_S
        self._task = self._desk.tasks.submit(LANE, lambda: pending.finish(timeout_s), self._connected, self._failed)

    def _not_begun(self, error: ZoomCalError) -> None:
        if not self._cancel.is_set():
            self.not_begun.emit(error)

    def _not_opened(self, error: ZoomCalError) -> None:
        if not self._cancel.is_set():
            self.not_opened.emit(error)

    def _connected(self, account: AccountId) -> None:
        if not self._cancel.is_set():
            self.connected.emit(account)

    def _failed(self, error: ZoomCalError) -> None:
        if not self._cancel.is_set():
            self.failed.emit(error)


class Search(QObject):
    """The search for the Exchange server of an address; once given up it is silent."""

    found = Signal(str)
    """The EWS URL, for the person to confirm."""
    failed = Signal(object)
    """The ZoomCalError."""

    def __init__(self, desk: Desk, address: str, ca_file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        core, cancel = desk.core, Event()
        self._cancel = cancel
        self._task = desk.tasks.submit(
            "find", lambda: core.find_exchange(address, cancel, ca_file), self._found, self._failed
        )

    def give_up(self) -> None:
        """Look no further."""
        self._cancel.set()
        self._task.future.cancel()
        self.deleteLater()

    def _found(self, url: str) -> None:
        if not self._cancel.is_set():
            self.found.emit(url)

    def _failed(self, error: ZoomCalError) -> None:
        if not self._cancel.is_set():
            self.failed.emit(error)
