"""What the pages share: the core, its lanes, the latest snapshot of it, and the syncing of accounts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from ui.bridge.tasks import OnDone, OnError, Task, TaskRunner, report
from zoomcal.app import AccountView, Settings, ZoomCal
from zoomcal.domain.agenda import Agenda
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import ZoomCalError

if TYPE_CHECKING:
    from zoomcal.sync.engine import SyncProgress

T = TypeVar("T")


class _Pull(NamedTuple):
    cancel: Event
    contacts: bool


class Desk(QObject):
    """One core on one screen. It belongs to the GUI thread; only making it reads the store there, once."""

    agenda_changed = Signal(object)
    """The new Agenda; sent each minute too, so that countdowns move."""
    accounts_changed = Signal(object)
    """The new tuple of AccountView."""
    settings_changed = Signal(object)
    """The new Settings."""
    syncing_changed = Signal(bool)
    """A pull begins while none was under way, or the last one has ended."""
    progressed = Signal(object)
    """A SyncProgress."""
    synced = Signal(object)
    """The AccountId whose pull has ended; its rows and its health are in the snapshot by now."""

    def __init__(self, core: ZoomCal, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.core = core
        self.tasks = tasks
        self.settings: Settings = core.settings()
        self.agenda: Agenda = core.agenda()
        self.accounts: tuple[AccountView, ...] = core.accounts()
        self._pulls: dict[AccountId, _Pull] = {}
        self._asked_again: dict[AccountId, bool] = {}
        self._reading = False
        self._read_again = False
        self._after_reading: list[Callable[[], object]] = []

    @property
    def syncing(self) -> bool:
        """Whether a pull is under way."""
        return bool(self._pulls)

    def is_syncing(self, account: AccountId) -> bool:
        """Return whether a pull of this account is under way."""
        return account in self._pulls

    def account(self, account: AccountId) -> AccountView | None:
        """Return one account of the snapshot."""
        return next((view for view in self.accounts if view.id == account), None)

    # -- reading ------------------------------------------------------------------------------------------------------
    def reread(self, then: Callable[[], object] | None = None) -> None:
        """Make a new snapshot in the `view` lane and tell the pages; `then` is called when they have been told."""
        if then is not None:
            self._after_reading.append(then)
        if self._reading:
            self._read_again = True
            return
        self._reading = True
        waiting, self._after_reading = self._after_reading, []
        self.tasks.submit("view", self._read, lambda read: self._show(read, waiting), at_end=self._end_reading)

    def _read(self) -> tuple[Agenda, tuple[AccountView, ...], Settings]:
        return self.core.agenda(), self.core.accounts(), self.core.settings()

    def _show(
        self, read: tuple[Agenda, tuple[AccountView, ...], Settings], waiting: list[Callable[[], object]]
    ) -> None:
        agenda, accounts, settings = read
        accounts_are_new, settings_are_new = accounts != self.accounts, settings != self.settings
        self.agenda, self.accounts, self.settings = agenda, accounts, settings
        if settings_are_new:
            self.settings_changed.emit(settings)
        if accounts_are_new:
            self.accounts_changed.emit(accounts)
        self.agenda_changed.emit(agenda)
        for then in waiting:
            then()

    def _end_reading(self) -> None:
        self._reading = False
        if self._read_again:
            self._read_again = False
            self.reread()

    # -- doing --------------------------------------------------------------------------------------------------------
    def do(
        self,
        work: Callable[[], T],
        on_done: OnDone[T] = lambda _: None,
        on_error: OnError = report,
        *,
        lane: str = "user",
    ) -> Task:
        """Run one of the person's commands, then make a new snapshot; `on_done` is called when it is shown."""

        def done(result: T) -> None:
            self.reread(lambda: on_done(result))

        def failed(error: ZoomCalError) -> None:
            on_error(error)
            self.reread()

        return self.tasks.submit(lane, work, done, failed)

    def change_settings(self, **changes: object) -> None:
        """Save changed settings; the snapshot follows."""
        self.do(lambda: self.core.change_settings(**changes))

    def switch(self, account: AccountId, what: str, on: bool) -> None:
        """Switch `calendar` or `contacts` of one account; a pull under way writes nothing more of what is off."""
        change = {what: on}

        def work() -> None:
            self.core.switch(account, calendar=change.get("calendar"), contacts=change.get("contacts"))

        self._choose(account, work, on=on, contacts=what == "contacts")

    def show_calendar(self, account: AccountId, calendar: str, shown: bool) -> None:
        """Show one calendar or not; a pull under way writes nothing more of one that is not."""
        self._choose(account, lambda: self.core.show_calendar(account, calendar, shown), on=shown)

    def _choose(self, account: AccountId, work: Callable[[], None], *, on: bool, contacts: bool = False) -> None:
        again: _Pull | None = None
        if not on:
            again = self._pulls.get(account)
            self.cancel_pull(account)

        def done(_: None) -> None:
            view = self.account(account)
            if on:
                self.sync(account, contacts=contacts)
            elif again is not None and view is not None and (view.calendar or view.contacts):
                self.sync(account, contacts=again.contacts)

        self.do(work, done)

    # -- syncing ------------------------------------------------------------------------------------------------------
    def refresh(self) -> None:
        """Pull every account now."""
        for account in self.accounts:
            if account.calendar or account.contacts:
                self.sync(account.id)

    def sync_due(self, *, visible: bool) -> None:
        """Pull the accounts whose time has come."""
        for account in self.core.due(visible=visible):
            self.sync(account)

    def sync(self, account: AccountId, *, contacts: bool = False) -> None:
        """Pull one account in its own lane; asked again meanwhile, it is pulled once more."""
        if account in self._pulls:
            self._asked_again[account] = self._asked_again.get(account, False) or contacts
            return
        cancel = Event()
        self._pulls[account] = _Pull(cancel, contacts)
        if len(self._pulls) == 1:
            self.syncing_changed.emit(self.syncing)
        progress = self.tasks.reporter(self._progressed)
        self.tasks.submit(
            f"sync:{account}",
            lambda: self.core.sync(account, cancel, progress, contacts=contacts),
            at_end=lambda: self.reread(lambda: self._ended(account)),
        )

    def cancel(self) -> None:
        """End every pull between two of its pages."""
        self._asked_again.clear()
        for pull in self._pulls.values():
            pull.cancel.set()

    def cancel_pull(self, account: AccountId) -> None:
        """End one account's pull between two of its pages, and forget that it was asked for again."""
        self._asked_again.pop(account, None)
        if account in self._pulls:
            self._pulls[account].cancel.set()

    def _progressed(self, progress: SyncProgress) -> None:
        self.progressed.emit(progress)

    def _ended(self, account: AccountId) -> None:
        self._pulls.pop(account, None)
        self.synced.emit(account)
        if account in self._asked_again:
            self.sync(account, contacts=self._asked_again.pop(account))
        elif not self._pulls:
            self.syncing_changed.emit(self.syncing)

    # -- the end ------------------------------------------------------------------------------------------------------
    def close(self, **changes: object) -> bool:
        """Cancel, close the core, save changed settings, wait a moment; whether every lane came to rest."""
        self.cancel()
        return self.tasks.shutdown(self.core.close, last=partial(self._save, changes) if changes else None)

    def _save(self, changes: dict[str, object]) -> None:
        try:
            self.core.change_settings(**changes)
        except ZoomCalError as error:
            report(error)
