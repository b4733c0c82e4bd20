"""A connected account as a face shows it, and one on its way to being connected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import SignInCancelled
from zoomcal.settings import ChosenCalendar
from zoomcal.sync.health import Health

if TYPE_CHECKING:
    from zoomcal.providers.base import Grant, SignIn


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
    calendars: tuple[ChosenCalendar, ...]
    health: Health
    contact_count: int = 0


class PendingSignIn:
    """A sign-in under way: have `ZoomCal.open_consent` open its page, then `finish` in a lane."""

    def __init__(
        self, sign_in: SignIn, connect: Callable[[Grant], AccountId], wanted: Sequence[str], cancel: Event
    ) -> None:
        self._sign_in = sign_in
        self._connect = connect
        self._wanted = wanted
        self._cancel = cancel
        self.missing: tuple[str, ...] = ()
        """After `finish`: which of `calendar`, `contacts` was asked for and not allowed."""

    @property
    def url(self) -> str:
        """The page to open in a browser; empty where what was entered is tried."""
        return self._sign_in.url

    @property
    def user_code(self) -> str:
        """What to type in on that page; empty where nothing is."""
        return self._sign_in.user_code

    def finish(self, timeout_s: float = 300.0) -> AccountId:
        """Wait for the person and connect the account; its secret is saved before this returns.

        Raises:
            EntryError: What was entered in a field does not work.
            SignInCancelled, SignInTimedOut, SignInRefused: Nothing was connected.
            ZoomCalError: As in `zoomcal.errors`.
        """
        grant = self._sign_in.wait(self._cancel, timeout_s)
        if self._cancel.is_set():
            raise SignInCancelled
        allowed = {"calendar": grant.calendar, "contacts": grant.contacts}
        self.missing = tuple(what for what in self._wanted if not allowed[what])
        return self._connect(grant)

    def cancel(self) -> None:
        """End it from any thread; `finish` raises SignInCancelled at once."""
        self._cancel.set()
        self._sign_in.close()
