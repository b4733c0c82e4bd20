"""What syncing and connecting ask of a service. Calls block and belong in a lane; no Qt.

Extra abilities are further protocols, asked for with `isinstance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from zoomcal.domain.contacts import Contact
from zoomcal.domain.meetings import AccountId, Meeting, Timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One calendar of an account."""

    id: str
    name: str
    colour: str = ""
    """The service's own colour as #RRGGBB; empty when it gives none."""
    primary: bool = False
    selected: bool = True
    """Whether the person shows it at the service."""
    owned: bool = True
    """Whether the account owns it, so that its `self` and organizer flags speak of the person (SPEC M-6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPage:
    """Changes of an address book."""

    changed: Sequence[Contact] = ()
    deleted: Sequence[str] = ()
    """Ids of contacts that are gone."""
    next_cursor: str | None = None
    """Set on the last page alone."""
    total: int | None = None
    """About how many contacts there are in all, where the service says so."""


class CalendarProvider(Protocol):
    """A source of meetings."""

    def calendars(self) -> Sequence[Calendar]:
        """Return the account's calendars.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """

    def meetings(self, calendar: Calendar, window: Timed) -> Iterator[Sequence[Meeting]]:
        """Yield pages with every meeting that overlaps `window`, recurring ones as their occurrences.

        Raises:
            ProviderError: As in `zoomcal.errors`; Gone when the calendar no longer exists.
        """


class ContactProvider(Protocol):
    """A source of contacts."""

    def changes(self, cursor: str | None) -> Iterator[ContactPage]:
        """Yield pages of changes since `cursor`, or everything when it is None.

        Raises:
            ResyncNeeded: The cursor is too old; ask again with None.
            ProviderError: As in `zoomcal.errors`.
        """


class Session(CalendarProvider, ContactProvider, Protocol):
    """A connected account: what one pull works with. Not shared between threads."""

    def close(self) -> None:
        """Close its connections; calls under way end with Cancelled."""

    def revoke(self) -> None:
        """Ask the service to end the grant; a dead grant counts as success.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a sign-in ended with."""

    account: AccountId
    name: str
    """How the person knows the account, usually its address."""
    secret: str
    """What the vault keeps: opaque to everyone but the provider; never logged."""
    calendar: bool
    """Whether reading the calendar was allowed."""
    contacts: bool
    """Whether reading contacts was allowed."""

    def __repr__(self) -> str:
        return f"Grant({self.account}, calendar={self.calendar}, contacts={self.contacts})"


class SignIn(Protocol):
    """A sign-in under way in the system browser."""

    @property
    def url(self) -> str:
        """The consent page to open in the system browser."""

    def wait(self, cancel: Event, timeout_s: float = 300.0) -> Grant:
        """Block until the browser comes back, then exchange the code.

        Raises:
            SignInCancelled, SignInTimedOut, SignInRefused: As they say.
            ProviderError: As in `zoomcal.errors`.
        """

    def close(self) -> None:
        """Stop listening; harmless when it has ended."""


class ServiceProvider(Protocol):
    """A service one can sign in to."""

    def open(self, account: AccountId, secret: str, save_secret: Callable[[str], None]) -> Session:
        """Return a session of a connected account.

        Args:
            account: Whose.
            secret: What `Grant.secret` was, as the vault kept it.
            save_secret: Called with a changed secret before it is used.

        Raises:
            NeedsReauth: The secret cannot be used here (another endpoint issued it, or it is damaged).
        """

    def sign_in(self, *, calendar: bool, contacts: bool, again: AccountId | None = None) -> SignIn:
        """Start a sign-in that asks only for what is wanted; `again` re-authorises that account and no other.

        Raises:
            NotConfigured: No OAuth client is set.
        """
