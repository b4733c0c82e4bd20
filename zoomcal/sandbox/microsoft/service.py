"""The sandbox Microsoft as a test holds it, and the application that answers for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from zoomcal.sandbox.faults import Faults, Misbehaving, remembered
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.listener import Network
from zoomcal.sandbox.mailbox import Mailbox

CLIENT_ID = "5c8f0d3e-7b1a-4c55-9d4e-2a6c1f0b9e77"


class Microsoft:
    """Its mailboxes, its faults, what was asked of it, and every secret that it handed out."""

    name = "office365"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.issued = Issued()
        self.asked = remembered()
        self.faults = Faults(network=Network())
        self.mailboxes: dict[str, Mailbox] = {}

    def open_account(self, address: str, name: str, zone: str = "UTC") -> Mailbox:
        """Add somebody with an empty mailbox; the first one is the owner."""
        mailbox = self.mailboxes[address] = Mailbox(address, name, now=self.now, zone=zone)
        return mailbox

    @property
    def owner(self) -> Mailbox:
        """The mailbox that the sample data is about."""
        return next(iter(self.mailboxes.values()))

    def obey(self, do: str, order: dict[str, Any]) -> None:
        """Turn a switch that only this service has.

        Raises:
            ValueError: There is none of that name.
        """
        if do != "forget-sync-tokens" or order:
            raise ValueError(do)
        for mailbox in self.mailboxes.values():
            mailbox.forget_cursors()

    def app(self) -> ASGIApp:
        """Return the application."""
        return Misbehaving(Starlette(), faults=self.faults, asked=self.asked, refuse=_refuse)


def _refuse(_path: str, status: int, reason: str) -> Response:
    return PlainTextResponse(reason, status)
