"""What the sandbox Google holds: accounts with calendars and contacts, tokens, and what was asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.requests import Request

from zoomcal.sandbox.google.answers import Problem
from zoomcal.sandbox.google.events import Calendar
from zoomcal.sandbox.google.people import AddressBook
from zoomcal.sandbox.google.tokens import Grant, Tokens

if TYPE_CHECKING:
    from zoomcal.sandbox.google.calendar import Notice


@dataclass(kw_only=True, eq=False)
class Account:
    """One person's Google account."""

    email: str
    name: str
    calendars: dict[str, Calendar] = field(default_factory=dict)
    contacts: AddressBook

    @property
    def primary(self) -> Calendar:
        """The calendar whose id is the account's address."""
        return self.calendars[self.email]


@dataclass(kw_only=True, eq=False)
class GoogleState:
    """All of it; `lock` is held while a request is answered and while the data is changed."""

    now: Callable[[], datetime]
    tokens: Tokens
    lock: threading.RLock = field(default_factory=threading.RLock)
    accounts: dict[str, Account] = field(default_factory=dict)
    empty_first_page: bool = False
    """Whether the first page of a list is empty and only carries a token."""
    notices: list[Notice] = field(default_factory=list)
    """The mails that writing would have sent."""

    def account(self, request: Request, *scopes: str) -> Account:
        """Return whose data a request may see; one of the scopes, named without their prefix, is needed.

        Raises:
            Problem: The token is missing, dead, or was not given this scope.
        """
        grant = self._grant(request)
        if not grant.allows(*scopes):
            raise Problem(403, "insufficientPermissions")
        return self.accounts[grant.account]

    def allows(self, request: Request, *scopes: str) -> bool:
        """Return whether a request's token was given one of the scopes."""
        return self._grant(request).allows(*scopes)

    def _grant(self, request: Request) -> Grant:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = request.query_params.get("access_token", "")
        if not token:
            raise Problem(401, "required")
        return self.tokens.grant_of(token)
