"""Pulling accounts into the store: one pull of one account at a time, in this process and any other of the profile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from threading import Event, Lock, RLock

from zoomcal.domain.agenda import sync_window
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import Cancelled, Forbidden, Gone, NeedsReauth, ResyncNeeded, ZoomCalError
from zoomcal.locks import account_lock
from zoomcal.providers.base import Calendar, ServiceProvider, Session
from zoomcal.secrets import Vault
from zoomcal.settings import Account, SettingsFile
from zoomcal.store import Store
from zoomcal.sync.health import Condition, Health, healths
from zoomcal.sync.pace import Pace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgress:
    """How far a pull has come."""

    account: AccountId
    calendars: int = 0
    events: int = 0
    contacts: int = 0
    contacts_total: int | None = None


OnProgress = Callable[[SyncProgress], None]


class SyncEngine:
    """Pulls accounts and remembers how each is doing; usable from several threads."""

    def __init__(
        self,
        *,
        profile: Path,
        store: Store,
        vault: Vault,
        settings: SettingsFile,
        provider: Callable[[Service], ServiceProvider],
        now: Callable[[], datetime],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._profile = profile
        self._store = store
        self._vault = vault
        self._settings = settings
        self._provider = provider
        self._now = now
        self._zone = zone
        self._mutex = Lock()
        self._turns: dict[AccountId, RLock] = {}
        self._sessions: dict[AccountId, Session] = {}
        self._paces: dict[AccountId, Pace] = {}
        self._errors: dict[AccountId, ZoomCalError] = {}
        self._syncing: set[AccountId] = set()
        self._closed = False

    # -- how it is going ----------------------------------------------------------------------------------------------
    def healths(self) -> Mapping[AccountId, Health]:
        """Return the health of every account that has something switched on, and of the others as all well."""
        times = self._store.sync_times()
        with self._mutex:
            return healths({a.id: self._condition(a, times.get(a.id)) for a in self._settings.read().accounts})

    def due(self, account: Account, *, watched: bool) -> bool:
        """Return whether the clock asks for a pull of `account`."""
        with self._mutex:
            pace = self._paces.get(account.id, Pace())
            return account.id not in self._syncing and pace.is_due(self._now(), watched=watched)

    def _condition(self, account: Account, last_sync: datetime | None) -> Condition:
        return Condition(
            service=account.service,
            name=account.name,
            last_sync=last_sync,
            error=self._errors.get(account.id),
            retry_at=self._paces.get(account.id, Pace()).retry_at,
            syncing=account.id in self._syncing,
            active=account.calendar or account.contacts,
        )

    # -- pulling ------------------------------------------------------------------------------------------------------
    def pull(self, account_id: AccountId, cancel: Event, on_progress: OnProgress, *, contacts: bool) -> None:
        """Bring the store up to date with one account; what goes wrong becomes its health.

        Nothing is asked of an account that is switched off, or of a service that asked us to wait.
        """
        with self._turn(account_id):
            account = self._settings.read().account(account_id)
            pace = self._paces.get(account_id, Pace())
            if account is None or not pace.may_try(self._now()):
                return
            contacts_too = account.contacts and (contacts or pace.contacts_due(self._now()))
            with self._mutex:
                self._syncing.add(account_id)
            try:
                with account_lock(self._profile, account_id):
                    self._pull(account, cancel, on_progress, contacts=contacts_too)
            except Cancelled:
                log.info("a pull was cancelled")
            except ZoomCalError as error:
                log.warning("a pull failed: %s %s", type(error).__name__, error.detail)
                with self._mutex:
                    self._errors[account_id] = error
                    self._paces[account_id] = pace.failed(self._now(), error)
            else:
                with self._mutex:
                    self._errors.pop(account_id, None)
                    self._paces[account_id] = pace.succeeded(self._now(), contacts=contacts_too)
            finally:
                with self._mutex:
                    self._syncing.discard(account_id)

    def _pull(self, account: Account, cancel: Event, on_progress: OnProgress, *, contacts: bool) -> None:
        session = self.session(account)
        progress = SyncProgress(account=account.id)
        if account.calendar:
            progress = self._pull_calendars(account, session, cancel, on_progress, progress)
        if contacts:
            self._pull_contacts(account, session, cancel, on_progress, progress)

    def _pull_calendars(
        self, account: Account, session: Session, cancel: Event, on_progress: OnProgress, progress: SyncProgress
    ) -> SyncProgress:
        calendars = tuple(session.calendars())
        kept = self._settings.change(
            lambda kept: (
                kept.with_account(known.with_calendars(calendars)) if (known := kept.account(account.id)) else kept
            )
        )
        known = kept.account(account.id)
        shown = {choice.id for choice in known.calendars if choice.shown} if known else set[str]()
        self._store.keep_calendars(account.id, shown)
        for calendar in calendars:
            if calendar.id in shown:
                events = self._pull_calendar(account.id, session, calendar, cancel)
                progress = replace(progress, calendars=progress.calendars + 1, events=progress.events + events)
                on_progress(progress)
        self._store.set_synced(account.id)
        return progress

    def _pull_calendar(self, account: AccountId, session: Session, calendar: Calendar, cancel: Event) -> int:
        window = sync_window(self._now(), self._zone())
        count = 0
        with self._store.replacing(account, calendar.id, window) as rows:
            try:
                for page in session.meetings(calendar, window):
                    _stop_if(cancel)
                    rows.add(page)
                    count += len(page)
            except (Gone, Forbidden):
                log.info("a calendar is gone, or not readable any more")
        return count

    def _pull_contacts(
        self, account: Account, session: Session, cancel: Event, on_progress: OnProgress, progress: SyncProgress
    ) -> None:
        done = 0
        with self._store.staging(account.id) as staging:

            def take(cursor: str | None) -> None:
                nonlocal done
                for page in session.changes(cursor):
                    _stop_if(cancel)
                    staging.add(page)
                    done += len(page.changed)
                    on_progress(replace(progress, contacts=done, contacts_total=page.total))

            try:
                take(staging.cursor)
            except ResyncNeeded:
                staging.restart_from_nothing()
                done = 0
                take(None)
            staging.commit()

    # -- sessions -----------------------------------------------------------------------------------------------------
    def session(self, account: Account) -> Session:
        """Return the account's open session; its access token lives as long as it does.

        Raises:
            NeedsReauth: The vault has no usable secret for it.
            KeychainError: The keychain is locked or refuses.
        """
        with self._mutex:
            if self._closed:
                raise Cancelled
            known = self._sessions.get(account.id)
        if known is not None:
            return known
        secret = self._vault.reload(account.id)
        if secret is None:
            raise NeedsReauth(detail="no secret in the keychain")
        session = self._provider(account.service).open(
            account.id, secret, lambda changed: self._vault.set(account.id, changed)
        )
        with self._mutex:
            self._sessions[account.id] = session
        return session

    def forget_session(self, account: AccountId) -> None:
        """Close the account's session and forget what went wrong: the next pull starts anew."""
        with self._mutex:
            session = self._sessions.pop(account, None)
            self._errors.pop(account, None)
            self._paces.pop(account, None)
        if session is not None:
            session.close()

    def close(self) -> None:
        """Close every session; pulls under way end."""
        with self._mutex:
            self._closed = True
            sessions = list(self._sessions.values())
            self._sessions.clear()
        for session in sessions:
            session.close()

    @contextmanager
    def _turn(self, account: AccountId) -> Iterator[None]:
        with self._mutex:
            turn = self._turns.setdefault(account, RLock())
        with turn:
            yield


def _stop_if(cancel: Event) -> None:
    if cancel.is_set():
        raise Cancelled
