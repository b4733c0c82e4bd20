"""The sandbox Microsoft as a test holds it, and the application that answers for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp

from zoomcal.sandbox.faults import Faults, Misbehaving, remembered
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.listener import Network
from zoomcal.sandbox.mailbox import Mailbox
from zoomcal.sandbox.microsoft.answers import Problem
from zoomcal.sandbox.microsoft.calendars import CalendarApi
from zoomcal.sandbox.microsoft.device import Devices
from zoomcal.sandbox.microsoft.entra import Entra
from zoomcal.sandbox.microsoft.people import PeopleApi
from zoomcal.sandbox.microsoft.problems import POLICIES, Refusal
from zoomcal.sandbox.microsoft.state import GraphState
from zoomcal.sandbox.microsoft.throttle import AtOnce
from zoomcal.sandbox.microsoft.tokens import Tokens, bare
from zoomcal.sandbox.switches import switches_of
from zoomcal.sandbox.tap import Tap

GRAPH = "/v1.0/"
"""What Graph's paths begin with; the sign-in's begin with a tenant."""


class Microsoft:
    """Its mailboxes, its faults, what was asked of it, and every secret that it handed out.

    Attributes:
        mailboxes: By address. Hold a mailbox's lock where several changes belong together.
        tokens: Codes, grants and tokens: `end_grants`, `expire_access`, `challenge`, `drop_used_refresh_tokens`.
        devices: Device codes: `interval_s`, `life`.
        graph: Switches of Graph: `empty_first_page`, `moving_days`, `lists_default_folder`, `forgetting`.
        at_once: How many requests of one person Graph answers at the same time: `limit`.
        tap: Who listens to what is asked and answered.
    """

    name = "office365"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.issued = Issued()
        self.mailboxes: dict[str, Mailbox] = {}
        self.tokens = Tokens(now=now, issued=self.issued, names=self._names)
        self.devices = Devices(tokens=self.tokens)
        self.graph = GraphState(now=now, tokens=self.tokens, mailboxes=self.mailboxes)
        self.asked = remembered()
        self.faults = Faults(network=Network())
        self.tap = Tap()
        self._entra = Entra(tokens=self.tokens, devices=self.devices)
        self.at_once = AtOnce(whose=self.graph.whose, asked=self.asked, refuse=self.graph.refuse)

    def open_account(self, address: str, name: str, zone: str = "UTC") -> Mailbox:
        """Add somebody with an empty mailbox; the first one is the owner."""
        mailbox = self.mailboxes[address] = Mailbox(address, name, now=self.now, zone=zone)
        return mailbox

    @property
    def owner(self) -> Mailbox:
        """The mailbox that the sample data is about."""
        return next(iter(self.mailboxes.values()))

    @property
    def policy(self) -> str:
        """What keeps tokens back: a key of `problems.POLICIES`, empty for nothing."""
        return self.tokens.policy

    @policy.setter
    def policy(self, name: str) -> None:
        if name and name not in POLICIES:
            raise ValueError(name)
        self.tokens.policy = name
        self._entra.admin_approval = name == "admin-consent"

    def allow_only(self, scopes: Iterable[str] | None) -> None:
        """Let consent grant no other permission from now on, whatever is ticked; None lifts it."""
        self._entra.only_scopes = None if scopes is None else frozenset(map(bare, scopes))

    def forget_sync_tokens(self) -> None:
        """Let every delta link be dead."""
        for mailbox in self.mailboxes.values():
            mailbox.forget_cursors()

    def served_at(self, *, authority: str, pages: str) -> None:
        """Say where programs and browsers find the sign-in: base URLs."""
        self.graph.authority, self._entra.pages_url = authority, pages

    def hesitate(self, *, on: bool) -> None:
        """Let the first page of a list be empty, with a link to the next one."""
        self.graph.empty_first_page = on

    def obey(self, do: str, order: dict[str, Any]) -> None:
        """Turn a switch that only this service has.

        Raises:
            KeyError: There is none of that name, or the order lacks something.
            ValueError: There is no such policy.
        """
        match do:
            case "policy":
                self.policy = order["name"]
            case "challenge":
                self.tokens.challenge(sign_in_again=bool(order.get("sign_in_again")))
            case _:
                switches_of(self)[do](order)

    def app(self) -> ASGIApp:
        """Return the application."""
        graph = [*CalendarApi(self.graph).routes(), *PeopleApi(self.graph).routes()]
        for route in graph:
            route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)
        app = Starlette(
            routes=[*graph, *self._entra.routes()],
            exception_handlers={404: self._no_such_path, 405: self._no_such_method},
        )
        app.state.now = self.now
        watched = self.tap.around(app)
        misbehaving = Misbehaving(watched, faults=self.faults, asked=self.asked, refuse=self._refuse)
        limited = self.at_once.around(misbehaving)
        return GZipMiddleware(limited, minimum_size=1024, compresslevel=1, thread_minimum_size=1 << 30)

    def _names(self) -> dict[str, str]:
        return {address: mailbox.name for address, mailbox in self.mailboxes.items()}

    def _refuse(self, path: str, status: int, reason: str) -> Response:
        if path.startswith(GRAPH):
            return self.graph.refuse(Problem(status, reason))
        error = reason or ("temporarily_unavailable" if status >= 500 else "invalid_request")
        return JSONResponse(Refusal(error, 90033, "A transient error has occurred.").body("", self.now()), status)

    async def _no_such_path(self, request: Request, _: Exception) -> Response:
        if not request.url.path.startswith(GRAPH):
            return PlainTextResponse("Not found", 404)
        text = f"Resource not found for the segment '{request.url.path.rpartition('/')[2]}'."
        return self.graph.refuse(Problem(400, "BadRequest", text))

    async def _no_such_method(self, _: Request, __: Exception) -> Response:
        text = "The OData request is not supported."
        return self.graph.refuse(Problem(405, "Request_BadRequest", text))
