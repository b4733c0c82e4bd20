"""Pulling accounts into the store: one pull of one account at a time, in this process and any other of the profile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, RLock

from zoomcal.domain.agenda import sync_window
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import (
    BadRequest,
    Cancelled,
    Forbidden,
    Gone,
    NeedsReauth,
    Offline,
    OwnFault,
    ResyncNeeded,
    Throttled,
    Transient,
    ZoomCalError,
)
from zoomcal.locks import account_lock
from zoomcal.providers.base import Calendar, ServiceProvider, Session
from zoomcal.secrets import Vault
from zoomcal.settings import Account, Kept, SettingsFile
from zoomcal.store import Store
from zoomcal.sync.condition import Condition, healths
from zoomcal.sync.health import Health
from zoomcal.sync.pace import CONTACTS, UNWATCHED, WATCHED, Pace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgress:
    """How far a pull has come."""

    account: AccountId
    calendars: int = 0
    events: int = 0
    contacts: int = 0
    contacts_total: int | None = None


class Feature(StrEnum):
    """What an account is read for."""

    CALENDAR = "calendar"
    CONTACTS = "contacts"


OnProgress = Callable[[SyncProgress], None]
_OF_THE_ACCOUNT = (NeedsReauth, Offline, Throttled)
"""What ends the reading of everything of an account, not of one feature alone."""
_LOCKS_OUT = frozenset({Service.EXCHANGE})
"""Services where a password that was refused is not tried again, even when asked: too many tries lock the account."""


class SyncEngine:
    """Pulls accounts and remembers how each is doing; usable from several threads."""

    def __init__(
        self,
        *,
        profile: Path,
        store: Store,
        vault: Vault,
        settings: SettingsFile,
        allowed: Collection[Feature],
        provider: Callable[[Service], ServiceProvider],
        now: Callable[[], datetime],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._profile = profile
        self._store = store
        self._vault = vault
        self._settings = settings
        self._allowed = allowed
        self._provider = provider
        self._now = now
        self._zone = zone
        self._mutex = Lock()
        self._turns: dict[AccountId, RLock] = {}
        self._sessions: dict[AccountId, Session] = {}
        self._paces: dict[tuple[AccountId, Feature], Pace] = {}
        self._errors: dict[tuple[AccountId, Feature], ZoomCalError] = {}
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
            now = self._now()
            features = self._features(account)
            whole = [each for each in features if isinstance(self._errors.get((account.id, each)), _OF_THE_ACCOUNT)]
            return account.id not in self._syncing and any(
                self._pace(account.id, feature).is_due(now, _every(feature, watched=watched))
                and self._may_try(account.id, feature, now)
                for feature in whole or features
            )

    def _features(self, account: Account) -> list[Feature]:
        """Return what the account is read for: switched on by the person, and allowed by the administrator."""
        switched = ((Feature.CALENDAR, account.calendar), (Feature.CONTACTS, account.contacts))
        return [feature for feature, on in switched if on and feature in self._allowed]

    def _pace(self, account: AccountId, feature: Feature) -> Pace:
        return self._paces.get((account, feature), Pace())

    def _may_try(self, account: AccountId, feature: Feature, now: datetime) -> bool:
        """Whether the service may be asked; what it said to the reading of calendars holds for contacts too."""
        return all(self._pace(account, each).may_try(now) for each in {feature, Feature.CALENDAR})

    def _condition(self, account: Account, last_sync: datetime | None) -> Condition:
        features = self._features(account)
        wrong = next((feature for feature in features if (account.id, feature) in self._errors), None)
        return Condition(
            service=account.service,
            name=account.name,
            last_sync=last_sync,
            error=self._errors[account.id, wrong] if wrong else NeedsReauth() if account.ended else None,
            only_contacts=wrong is Feature.CONTACTS and account.calendar,
            retry_at=self._pace(account.id, wrong).retry_at if wrong else None,
            syncing=account.id in self._syncing,
            active=bool(features),
        )

    # -- pulling ------------------------------------------------------------------------------------------------------
    def pull(self, account_id: AccountId, cancel: Event, on_progress: OnProgress, *, contacts: bool) -> None:
        """Bring the store up to date with one account; what goes wrong becomes its health.

        Calendars and contacts are two features: what goes wrong with one does not stop the other. Nothing is asked of
        what is switched off, or of a service that asked us to wait.

        Args:
            account_id: Whose; nothing happens when it is not connected any more.
            cancel: Ends the pull between two pages.
            on_progress: Called from this thread.
            contacts: Read the contacts although they are not due.

        Raises:
            Exception: A bug of ours, once it has become the account's health like everything else.
        """
        bugs: list[Exception] = []
        with self._turn(account_id):
            with self._mutex:
                self._syncing.add(account_id)
            try:
                with account_lock(self._profile, account_id):
                    self._pull(account_id, cancel, on_progress, bugs, contacts=contacts)
            except Cancelled:
                log.info("a pull was cancelled")
            except Exception as error:
                for feature in Feature:
                    self._failed(account_id, feature, error)
                if not isinstance(error, ZoomCalError):
                    raise
            finally:
                with self._mutex:
                    self._syncing.discard(account_id)
        for bug in bugs:
            raise bug

    def _pull(
        self,
        account_id: AccountId,
        cancel: Event,
        on_progress: OnProgress,
        bugs: list[Exception],
        *,
        contacts: bool,
    ) -> None:
        account = self._settings.read().account(account_id)  # another process may have deleted it meanwhile
        if account is None:
            self.forget_session(account_id)
            return
        if account.ended and account.service in _LOCKS_OUT:
            return
        progress = SyncProgress(account=account_id)
        for feature in self._features(account):
            now, pace = self._now(), self._pace(account_id, feature)
            wanted = feature is Feature.CALENDAR or contacts or pace.is_due(now, CONTACTS)
            if not (wanted and self._may_try(account_id, feature, now)):
                continue
            try:
                session = self.session(account)
                if feature is Feature.CALENDAR:
                    progress = self._pull_calendars(account, session, cancel, on_progress, progress)
                else:
                    self._pull_contacts(account, session, cancel, on_progress, progress)
            except Cancelled:
                raise
            except _OF_THE_ACCOUNT as error:
                self._failed(account_id, feature, error)
                return
            except ZoomCalError as error:
                self._failed(account_id, feature, error)
            except Exception as bug:
                log.exception("a bug ended a pull of the %s", feature)
                self._failed(account_id, feature, bug)
                bugs.append(bug)
            else:
                self._succeeded(account_id, feature)

    def _failed(self, account: AccountId, feature: Feature, problem: Exception) -> None:
        error = problem if isinstance(problem, ZoomCalError) else OwnFault.of(problem)
        log.warning("a pull of the %s failed: %s %s", feature, type(error).__name__, error.detail)
        with self._mutex:
            self._errors[account, feature] = error
            self._paces[account, feature] = self._pace(account, feature).failed(self._now(), error)
        if isinstance(error, NeedsReauth):
            self._note_ended(account, ended=True)

    def _succeeded(self, account: AccountId, feature: Feature) -> None:
        with self._mutex:
            self._errors.pop((account, feature), None)
            self._paces[account, feature] = self._pace(account, feature).succeeded(self._now())
        self._note_ended(account, ended=False)

    def _note_ended(self, account: AccountId, *, ended: bool) -> None:
        """Keep it with the account that only the person can mend it, so that a later process knows."""
        known = self._settings.read().account(account)
        if known is not None and known.ended != ended:
            self._settings.change(
                lambda kept: kept.with_account(replace(now, ended=ended)) if (now := kept.account(account)) else kept
            )

    def _stop_unless_wanted(self, account: AccountId, feature: Feature, cancel: Event) -> None:
        """End the pull when it was cancelled, or when the person has switched the feature off meanwhile."""
        known = self._settings.read().account(account)
        if cancel.is_set() or known is None or feature not in self._features(known):
            raise Cancelled

    def _pull_calendars(
        self, account: Account, session: Session, cancel: Event, on_progress: OnProgress, progress: SyncProgress
    ) -> SyncProgress:
        calendars = tuple(session.calendars())

        def choose(kept: Kept) -> Kept:
            known = kept.account(account.id)
            return kept.with_account(known.with_calendars(calendars, kept.colours_beside(known.id))) if known else kept

        kept = self._settings.change(choose)
        known = kept.account(account.id)
        shown = {choice.id for choice in known.calendars if choice.shown} if known else set[str]()
        self._store.keep_calendars(account.id, shown)
        trouble: ZoomCalError | None = None
        for calendar in calendars:
            if calendar.id not in shown:
                continue
            self._stop_unless_wanted(account.id, Feature.CALENDAR, cancel)
            try:
                events = self._pull_calendar(account.id, session, calendar, cancel)
            except (Transient, BadRequest) as error:
                trouble = trouble or error  # perhaps of this calendar alone: the others are read all the same
                continue
            progress = replace(progress, calendars=progress.calendars + 1, events=progress.events + events)
            on_progress(progress)
        if trouble is not None:
            raise trouble
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
        self._stop_unless_wanted(account.id, Feature.CONTACTS, cancel)
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
            self._stop_unless_wanted(account.id, Feature.CONTACTS, cancel)
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
        session = self._provider(account.service).open(
            account.id, self.secret(account.id), lambda changed: self._vault.set(account.id, changed)
        )
        with self._mutex:
            self._sessions[account.id] = session
        return session

    def secret(self, account: AccountId) -> str:
        """Return the account's secret.

        Raises:
            NeedsReauth: The keychain does not hold it (any more).
            KeychainError: The keychain is locked or refuses.
        """
        secret = self._vault.reload(account)
        if secret is None:
            raise NeedsReauth(detail="no secret in the keychain")
        return secret

    def forget_session(self, account: AccountId) -> None:
        """Close the account's session and forget what went wrong: the next pull starts anew."""
        with self._mutex:
            session = self._sessions.pop(account, None)
            for feature in Feature:
                self._errors.pop((account, feature), None)
                self._paces.pop((account, feature), None)
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


def _every(feature: Feature, *, watched: bool) -> timedelta:
    if feature is Feature.CONTACTS:
        return CONTACTS
    return WATCHED if watched else UNWATCHED


def _stop_if(cancel: Event) -> None:
    if cancel.is_set():
        raise Cancelled
