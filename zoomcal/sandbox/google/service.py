"""The sandbox Google as a test holds it, and the application that answers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from zoomcal.sandbox.faults import Faults, Misbehaving, remembered
from zoomcal.sandbox.google.answers import Problem, refusal
from zoomcal.sandbox.google.calendar import CalendarApi, Notice
from zoomcal.sandbox.google.events import Calendar
from zoomcal.sandbox.google.oauth import OAuth
from zoomcal.sandbox.google.people import AddressBook, PeopleApi
from zoomcal.sandbox.google.state import Account, GoogleState
from zoomcal.sandbox.google.tokens import Tokens
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.listener import Network
from zoomcal.sandbox.switches import switches_of


class Google:
    """Its data, its faults, what was asked of it, and every secret that it handed out.

    `lock` is held while a request is answered; hold it where several changes belong together.
    """

    name = "google"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.issued = Issued()
        self.tokens = Tokens(now=now, issued=self.issued)
        self.state = GoogleState(now=now, tokens=self.tokens)
        self.lock = self.state.lock
        self.asked = remembered()
        self.faults = Faults(network=Network())
        self._oauth = OAuth(tokens=self.tokens, accounts={})

    def open_account(self, email: str, name: str) -> Account:
        """Add an account with neither calendars nor contacts; the first one is the owner's."""
        book = AddressBook(lock=self.lock, now=self.state.now)
        account = self.state.accounts[email] = Account(email=email, name=name, contacts=book)
        self._oauth.accounts = {each.email: each.name for each in self.state.accounts.values()}
        return account

    @property
    def accounts(self) -> dict[str, Account]:
        """The accounts by address."""
        return self.state.accounts

    @property
    def owner(self) -> Account:
        """The account that the sample data is about."""
        return next(iter(self.state.accounts.values()))

    @property
    def events(self) -> Calendar:
        """The owner's primary calendar."""
        return self.owner.primary

    @property
    def contacts(self) -> AddressBook:
        """The owner's address book."""
        return self.owner.contacts

    @property
    def notices(self) -> list[Notice]:
        """The mails that writing would have sent to guests."""
        return self.state.notices

    def allow_only(self, scopes: Iterable[str] | None) -> None:
        """Let consent grant nothing but these scopes from now on, whatever is ticked; None lifts it."""
        self._oauth.only_scopes = None if scopes is None else frozenset(scopes)

    def forget_sync_tokens(self) -> None:
        """Let every sync token, of calendars and contacts, be expired."""
        with self.lock:
            for account in self.accounts.values():
                account.contacts.forget_sync_tokens()
                for calendar in account.calendars.values():
                    calendar.forget_sync_tokens()

    def hesitate(self, *, on: bool) -> None:
        """Let the first page of a list be empty, with the token of the next one."""
        self.state.empty_first_page = on

    def obey(self, do: str, order: dict[str, Any]) -> None:
        """Turn a switch that only this service has.

        Raises:
            KeyError: There is none of that name, or the order lacks something.
        """
        switches_of(self)[do](order)

    def app(self) -> ASGIApp:
        """Return the application."""
        apis = (self._oauth, CalendarApi(self.state), PeopleApi(self.state))
        app = Starlette(routes=[route for api in apis for route in api.routes()])
        app.state.google = self.state
        misbehaving = Misbehaving(app, faults=self.faults, asked=self.asked, refuse=_refuse)
        return GZipMiddleware(misbehaving, minimum_size=1024, compresslevel=1, thread_minimum_size=1 << 30)


def _refuse(path: str, status: int, reason: str) -> Response:
    return refusal(path, Problem(status, reason))
