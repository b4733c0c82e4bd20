"""The sandbox Exchange as a test holds it, and the application that answers for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from zoomcal.sandbox.exchange import autodiscover
from zoomcal.sandbox.exchange.authentication import Authentication
from zoomcal.sandbox.exchange.calls import Quirks
from zoomcal.sandbox.exchange.operations import Operations
from zoomcal.sandbox.exchange.problems import Fault, server_busy
from zoomcal.sandbox.exchange.soap import LARGEST_REQUEST, envelope, fault, read
from zoomcal.sandbox.exchange.users import Directory, User
from zoomcal.sandbox.exchange.versions import BUILDS
from zoomcal.sandbox.faults import Faults, Misbehaving, remembered
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.listener import Network
from zoomcal.sandbox.mailbox import Mailbox

EWS_PATH = "/EWS/Exchange.asmx"
Order = dict[str, Any]
Witness = Callable[[bytes, int, bytes], None]
"""Gets a request's body, the answer's status, and its body."""
_XML = "text/xml; charset=utf-8"
_PAGE = "<html><head><title>Outlook Web App</title></head><body>Sign in<br></body></html>"


class Exchange:
    """Its users, its faults, what was asked of it, and every secret that it handed out.

    Attributes:
        directory: Who may sign in: `find`, `lock_after`, and each user's `locked` and `failed`.
        authentication: `methods` that are offered, `protect` for Extended Protection.
        quirks: What real servers have been seen to do.
        build: The version that the server says it is, and the newest that it lets a request ask for.
        operations: The names of the latest operations, in order.
        witnesses: Each is told every request of a signed-in user and its answer, as they are on the wire.
    """

    name = "exchange"

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.issued = Issued()
        self.asked = remembered()
        self.operations: deque[str] = deque(maxlen=10_000)
        self.faults = Faults(network=Network())
        self.directory = Directory(self.issued)
        self.authentication = Authentication(self.directory)
        self.quirks = Quirks()
        self.build = BUILDS["Exchange2016"]
        self.witnesses: list[Witness] = []
        self._operations = Operations()

    def open_account(self, username: str, password: str, address: str, name: str, zone: str = "UTC") -> Mailbox:
        r"""Add somebody with an empty mailbox; the first one is the owner.

        Args:
            username: `DOMAIN\name`, or a user principal name; either way the other forms and the address work too.
            password: Without colons.
            address: The primary address.
            name: Of the person.
            zone: IANA name.
        """
        mailbox = Mailbox(address, name, now=self.now, zone=zone)
        self.directory.add(mailbox, username=username, password=password)
        return mailbox

    @property
    def accounts(self) -> dict[str, User]:
        r"""The users by their names as `DOMAIN\name`."""
        return {user.username: user for user in self.directory.users}

    @property
    def owner(self) -> Mailbox:
        """The mailbox that the sample data is about."""
        return self.directory.users[0].mailbox

    @property
    def version(self) -> str:
        """The newest version that a request may ask for."""
        return self.build.version

    @version.setter
    def version(self, version: str) -> None:
        self.build = BUILDS[version]

    def obey(self, do: str, order: Order) -> None:
        """Turn a switch that only this service has.

        Raises:
            KeyError: There is none of that name, or the order is not complete.
            ValueError, TypeError: The order has an impossible value.
        """
        if do == "forget-sync-tokens" and not order:
            for user in self.directory.users:
                user.mailbox.forget_cursors()
            return
        _SWITCHES[do](self, order)

    def app(self) -> ASGIApp:
        """Return the application."""
        routes = [
            Route("/ews/exchange.asmx", self._ews, methods=["GET", "HEAD", "POST"]),
            Route("/autodiscover/autodiscover.json", self._discover),
            Route("/autodiscover/autodiscover.json/v1.0/{address}", self._discover),
            Route("/autodiscover/autodiscover.xml", self._outlook, methods=["GET", "POST"]),
        ]
        app = _AnyCase(Starlette(routes=routes))
        return Misbehaving(app, faults=self.faults, asked=self.asked, refuse=self._refuse)

    async def _ews(self, request: HttpRequest) -> Response:
        content = await _body(request)
        if self.quirks.redirect:
            return RedirectResponse(self.quirks.redirect, 302)
        user = self.authentication.signed_in(request)
        if isinstance(user, Response):
            return user
        if self.quirks.cas_error:
            return PlainTextResponse("", 500, {"X-CasErrorCode": self.quirks.cas_error})
        if self.quirks.html:
            return Response(_PAGE, media_type="text/html; charset=utf-8")
        if request.method != "POST":
            return Response(_PAGE, media_type="text/html; charset=utf-8")
        answer = self._answer(user, content)
        for witness in self.witnesses:
            witness(content, answer.status_code, bytes(answer.body))
        return answer

    def _answer(self, user: User, content: bytes) -> Response:
        try:
            if self.quirks.busy:
                self.quirks.busy -= 1
                raise server_busy(self.quirks.busy_ms)
            request = read(content, self.build)
            self.operations.append(request.operation)
            with user.mailbox.lock:
                body = self._operations.answer(request, user, tuple(self.directory.users), self.quirks)
                return Response(envelope(self.build, body), media_type=_XML)
        except Fault as problem:
            return Response(fault(problem), 500, media_type=_XML)

    def _refuse(self, _path: str, status: int, reason: str) -> Response:
        """Word a fault's error: a SOAP fault where its reason is one of EWS's codes, else IIS's page."""
        if reason.startswith("Error"):
            return Response(fault(Fault(reason)), status, media_type=_XML)
        if status == 401:
            return self.authentication.refused()
        page = f"<html><head><title>{status}</title></head><body>{status} {reason}</body></html>"
        return Response(page, status, media_type="text/html; charset=utf-8")

    async def _discover(self, request: HttpRequest) -> Response:
        return autodiscover.version_two(request, f"{request.url.scheme}://{request.url.netloc}{EWS_PATH}")

    async def _outlook(self, request: HttpRequest) -> Response:
        content = await _body(request)
        user = self.authentication.signed_in(request)
        if isinstance(user, Response):
            return user
        return autodiscover.plain_old(content, user, f"{request.url.scheme}://{request.url.netloc}{EWS_PATH}")


def _set_busy(exchange: Exchange, order: Order) -> None:
    exchange.quirks.busy, exchange.quirks.busy_ms = int(order["times"]), int(order.get("back_off_ms", 5000))


def _change_password(exchange: Exchange, order: Order) -> None:
    exchange.accounts[order["username"]].password = exchange.issued.token(str(order["password"]))


def _lock_account(exchange: Exchange, order: Order) -> None:
    exchange.accounts[order["username"]].locked = bool(order["on"])


def _protect(exchange: Exchange, order: Order) -> None:
    exchange.authentication.protect = bool(order["on"])


def _offer(exchange: Exchange, order: Order) -> None:
    exchange.authentication.methods = tuple(map(str, order["methods"]))


def _set_version(exchange: Exchange, order: Order) -> None:
    exchange.version = order["version"]


def _set_quirk(exchange: Exchange, order: Order) -> None:
    name, value = order["name"], order["value"]
    kept = getattr(exchange.quirks, name)
    setattr(exchange.quirks, name, type(kept)(value))


_SWITCHES: Mapping[str, Callable[[Exchange, Order], None]] = {
    "busy": _set_busy,
    "change-password": _change_password,
    "lock-account": _lock_account,
    "extended-protection": _protect,
    "authentication": _offer,
    "version": _set_version,
    "quirk": _set_quirk,
}
"""What only this service can be told from another process; see `Quirks` for the names of "quirk"."""


class _AnyCase:
    """ASGI middleware: a path means the same in any letter case, as on Windows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "path": scope["path"].lower()}, receive, send)


async def _body(request: HttpRequest) -> bytes:
    """Return the body, read to its end; what is beyond the largest request is dropped, and one byte of it kept."""
    pieces, size = [], 0
    async for piece in request.stream():
        if size <= LARGEST_REQUEST:
            pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
