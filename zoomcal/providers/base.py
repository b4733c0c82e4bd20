"""What syncing and connecting ask of a service. Calls block and belong in a lane; no Qt.

Extra abilities are further protocols, asked for with `isinstance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Literal, Protocol

from zoomcal.catalogue import Sentence
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

    def revoke(self) -> Sentence | None:
        """Ask the service to end the grant; a dead grant counts as success.

        Returns:
            What is left for the person to do, where the service has no way to be asked.

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
    server: str = ""
    """The host to show on the account's card; empty where it is the service's own."""

    def __repr__(self) -> str:
        return f"Grant({self.account}, calendar={self.calendar}, contacts={self.contacts})"


EXCHANGE_VERSIONS: Mapping[str, str] = {
    "2007-sp1": "Exchange 2007 SP1",
    "2010": "Exchange 2010",
    "2010-sp1": "Exchange 2010 SP1",
    "2010-sp2": "Exchange 2010 SP2 or SP3",
    "2013": "Exchange 2013",
    "2013-sp1": "Exchange 2013 SP1",
    "2016": "Exchange 2016",
    "2019": "Exchange 2019 or Subscription Edition",
}
"""The versions to choose from, by the names they are kept under (PROTOCOLS 4.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLogin:
    """What the person enters to connect a server that an organisation runs (SPEC I-5)."""

    username: str
    """`DOMAIN\\user`, a UPN, or an e-mail address."""
    password: str = field(repr=False)
    url: str
    """The EWS address; a bare host is completed."""
    address: str = ""
    """The mailbox's e-mail address, where the username is none and the server cannot be asked."""
    version: str = ""
    """A key of EXCHANGE_VERSIONS; empty: detect it."""
    ca_file: Path | None = None
    """Certificates (PEM) trusted for this server beside the system's own."""
    ca_pem: str = field(default="", repr=False)
    """Those trusted when the account was connected before, in PEM; a file replaces them."""


How = Literal["browser", "device-code"] | ExchangeLogin
"""How one signs in."""


class SignIn(Protocol):
    """A sign-in under way: in the system browser, on another device, or by trying what was entered."""

    @property
    def url(self) -> str:
        """The page to open in a browser; empty where there is none."""

    @property
    def user_code(self) -> str:
        """What to type in on that page; empty where nothing is."""

    def wait(self, cancel: Event, timeout_s: float = 300.0) -> Grant:
        """Block until the person has signed in, or what was entered has been tried.

        Raises:
            SignInCancelled, SignInTimedOut, SignInRefused: As they say.
            EntryError: What was entered in a field does not work.
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

    def sign_in(
        self,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
        how: How = "browser",
        cancel: Event | None = None,
    ) -> SignIn:
        """Start a sign-in that asks only for what is wanted.

        Args:
            calendar: Ask for the calendars.
            contacts: Ask for the contacts.
            again: Re-authorise that account and no other.
            how: One of the ways that the service has.
            cancel: Set by another thread, it ends the starting at once.

        Raises:
            NotConfigured: No OAuth client is set.
            SignInCancelled: `cancel` was set meanwhile.
            EntryError: What was entered cannot be right, seen without asking anybody.
            ProviderError: As in `zoomcal.errors`: starting may ask the service.
        """
