"""The sandbox Exchange as a test holds it, and the application that answers for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from zoomcal.sandbox.faults import Faults, Misbehaving, remembered
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.listener import Network
from zoomcal.sandbox.mailbox import Mailbox

EWS_PATH = "/EWS/Exchange.asmx"


@dataclass(kw_only=True, eq=False)
class Account:
    """Somebody who may log in, and their mailbox."""

    username: str
    password: str
    mailbox: Mailbox


class Exchange:
    """Its accounts, its faults, what was asked of it, and every secret that it handed out."""

    name = "exchange"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.issued = Issued()
        self.asked = remembered()
        self.faults = Faults(network=Network())
        self.accounts: dict[str, Account] = {}

    def open_account(self, username: str, password: str, address: str, name: str, zone: str = "UTC") -> Mailbox:
        """Add somebody with an empty mailbox; the first one is the owner."""
        mailbox = Mailbox(address, name, now=self.now, zone=zone)
        self.accounts[username] = Account(username=username, password=self.issued.token(password), mailbox=mailbox)
        return mailbox

    @property
    def owner(self) -> Mailbox:
        """The mailbox that the sample data is about."""
        return next(iter(self.accounts.values())).mailbox

    def obey(self, do: str, order: dict[str, Any]) -> None:
        """Turn a switch that only this service has.

        Raises:
            ValueError: There is none of that name.
        """
        if do != "forget-sync-tokens" or order:
            raise ValueError(do)
        for account in self.accounts.values():
            account.mailbox.forget_cursors()

    def app(self) -> ASGIApp:
        """Return the application."""
        return Misbehaving(Starlette(), faults=self.faults, asked=self.asked, refuse=_refuse)


def _refuse(_path: str, status: int, reason: str) -> Response:
    return PlainTextResponse(reason, status)
