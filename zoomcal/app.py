"""The core's front door: the one object a face is given.

Every method blocks (disk, network, keychain) and belongs in a lane, except those that say otherwise.
One instance may be used from several threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Event

from zoomcal.catalogue import Sentence
from zoomcal.domain.agenda import Agenda, AgendaItem
from zoomcal.domain.meetings import AccountId, Key, Service
from zoomcal.joinlink.model import Candidate


class HealthKind(StrEnum):
    """What a health line looks like and which button it carries."""

    OK = "ok"
    SYNCING = "syncing"
    OFFLINE = "offline"
    """Grey, *Try again*."""
    FAILING = "failing"
    """Red, *Try now*."""
    NEEDS_CONSENT = "needs-consent"
    """Amber, *Continue*."""
    WAITING = "waiting"
    """Grey, no button: the service asked us to wait."""
    BLOCKED = "blocked"
    """Red, no button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One account's state in one sentence."""

    kind: HealthKind = HealthKind.OK
    sentence: Sentence | None = None
    """For the health line of the Meetings page, the account named in it; None when all is well."""
    cause: Sentence | None = None
    """For the account's own card: what happened and what comes next."""
    detail: str = ""
    """Technical detail, one click away."""
    last_sync: datetime | None = None
    """When its meetings were last read in full; aware, UTC."""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChoice:
    """A calendar on an account's card."""

    id: str
    name: str
    colour: str
    """Palette name."""
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An integration as the Profile page shows it."""

    id: AccountId
    service: Service
    name: str
    server: str
    """The host, where it is not the service's own; else empty."""
    calendar: bool
    contacts: bool
    """The two switches."""
    calendar_locked: bool
    contacts_locked: bool
    """Set by your organisation."""
    calendars: tuple[CalendarChoice, ...]
    health: Health
    contact_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgress:
    """How far a pull has come."""

    account: AccountId
    calendars: int = 0
    events: int = 0
    contacts: int = 0
    contacts_total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person chose."""

    language: str = ""
    """`en`, `vi`, or empty for the system's."""
    theme: str = ""
    """`light`, `dark`, or empty for the system's."""
    zoom_only: bool = False
    show_declined: bool = False


class PendingSignIn:
    """A sign-in under way: open `url` (the face has `ZoomCal.open_consent` do it), then `finish` in a lane."""

    url: str

    def finish(self, timeout_s: float = 300.0) -> AccountId:
        """Wait for the browser and connect the account; secrets are saved before it returns.

        Raises:
            SignInCancelled, SignInTimedOut, SignInRefused: Nothing was connected.
            ZoomCalError: As in `zoomcal.errors`.
        """
        raise NotImplementedError

    missing: tuple[str, ...]
    """After `finish`: which of `calendar`, `contacts` was asked for and not allowed."""

    def cancel(self) -> None:
        """End it from any thread; `finish` raises SignInCancelled at once."""
        raise NotImplementedError


class ZoomCal:
    """Accounts, agenda and the commands on them, for one profile."""

    # -- what is shown ------------------------------------------------------------------------------------------------
    def agenda(self) -> Agenda:
        """Return what the Meetings page shows now, from the store alone (a few ms; the GUI calls it once, at start)."""
        raise NotImplementedError

    def candidates(self, item: AgendaItem) -> Sequence[Candidate]:
        """Return every address seen in the meeting, best first, the chosen one included, for *other links* and *Why?*."""
        raise NotImplementedError

    def accounts(self) -> tuple[AccountView, ...]:
        """Return the integrations in the order they were connected (from memory and disk: quick)."""
        raise NotImplementedError

    def settings(self) -> Settings:
        """Return the settings (from memory)."""
        raise NotImplementedError

    def change_settings(self, **changes: object) -> Settings:
        """Save changed settings, for example `zoom_only=True`."""
        raise NotImplementedError

    def notices(self) -> Sequence[Sentence]:
        """Return what the person should know once: no keychain, cache rebuilt; empty most of the time."""
        raise NotImplementedError

    def diagnostics(self) -> str:
        """Return a text safe to post in public (SPEC S-2)."""
        raise NotImplementedError

    # -- commands -----------------------------------------------------------------------------------------------------
    def join(self, item: AgendaItem, candidate: Candidate | None = None) -> str:
        """Open the meeting (or one of its other links) with Zoom's client or the browser; return what was opened.

        Raises:
            Refused: The address may not be opened.
        """
        raise NotImplementedError

    def link_text(self, item: AgendaItem) -> str:
        """Return what *Copy Link* puts on the clipboard: the https address; empty when there is none."""
        raise NotImplementedError

    def hide(self, key: Key, hidden: bool = True) -> None:
        """Hide one event, or bring it back."""
        raise NotImplementedError

    def silence(self, key: Key, silenced: bool = True) -> None:
        """Remind of one event no more, or again."""
        raise NotImplementedError

    def sync(
        self,
        account: AccountId,
        cancel: Event,
        on_progress: Callable[[SyncProgress], None] = lambda _: None,
        *,
        contacts: bool = False,
    ) -> Health:
        """Pull one account's calendars (and contacts when they are due or asked for); failures become its health."""
        raise NotImplementedError

    def due(self, *, visible: bool) -> tuple[AccountId, ...]:
        """Return the accounts whose next pull is due now (SPEC M-10); quick, needs no lane."""
        raise NotImplementedError

    def begin_connect(
        self, service: Service, *, calendar: bool, contacts: bool, again: AccountId | None = None
    ) -> PendingSignIn:
        """Start a sign-in; `again` re-authorises that account in place (*Continue*).

        Raises:
            NotConfigured: No client id for the service.
            ZoomCalError: As in `zoomcal.errors`.
        """
        raise NotImplementedError

    def open_consent(self, pending: PendingSignIn) -> None:
        """Open (or open again) the consent page in the system browser."""
        raise NotImplementedError

    def configure_client(self, service: Service, client_id: str, client_secret: str = "") -> None:
        """Save the OAuth client id that the person registered (SPEC I-11)."""
        raise NotImplementedError

    def switch(self, account: AccountId, *, calendar: bool | None = None, contacts: bool | None = None) -> None:
        """Turn calendar or contacts off or on: off hides the data and stops syncing, credentials stay."""
        raise NotImplementedError

    def show_calendar(self, account: AccountId, calendar_id: str, shown: bool) -> None:
        """Choose whether one of the account's calendars is shown."""
        raise NotImplementedError

    def delete(self, account: AccountId) -> Sentence | None:
        """Revoke, forget the secrets, delete the cached data; return a sentence when revoking did not work."""
        raise NotImplementedError

    def close(self) -> None:
        """Close sessions and the store; callable from any thread, at most a moment."""
        raise NotImplementedError
