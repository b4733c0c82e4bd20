"""Who is asking: Basic with every request (RFC 7617), NTLM once for a connection ([MS-NTHT])."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response

from zoomcal.sandbox.exchange.ntlm import Handshake, is_first
from zoomcal.sandbox.exchange.users import Directory, User
from zoomcal.sandbox.listener import Connection


@dataclass(slots=True)
class _State:
    user: User | None = None
    handshake: Handshake | None = None


@dataclass
class Authentication:
    """The methods that are on, and who signed in on which connection.

    Attributes:
        methods: What a client is offered, in this order.
        protect: Extended Protection is set to *Require*: NTLM must be bound to the TLS channel.
        certificate: The server's own certificate as DER.
    """

    directory: Directory
    methods: tuple[str, ...] = ("NTLM", "Basic")
    protect: bool = False
    certificate: bytes = b""
    _connections: WeakKeyDictionary[Connection, _State] = field(default_factory=WeakKeyDictionary)

    def signed_in(self, request: Request) -> User | Response:
        """Return who asks, or the answer 401 that goes on with signing in."""
        state = self._connections.setdefault(request.scope["state"]["connection"], _State())
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        method = next((each for each in self.methods if each.casefold() == scheme.casefold()), "")
        if method == "Basic":
            return self._basic(credentials) or self.refused()
        if method == "NTLM":
            return self._ntlm(state, _decoded(credentials))
        if not scheme and state.user is not None and not state.user.locked:
            return state.user
        return self.refused()

    def _basic(self, credentials: str) -> User | None:
        name, colon, password = _read(_decoded(credentials)).partition(":")
        if not colon:
            return None
        user = self.directory.find("", name)
        return self.directory.judge(user, right=user is not None and user.password == password)

    def _ntlm(self, state: _State, token: bytes) -> User | Response:
        if is_first(token):
            state.user = None
            state.handshake = Handshake(self.directory, self.certificate, protect=self.protect)
            challenge = state.handshake.challenge(token)
            return self.refused() if challenge is None else self.refused(f"NTLM {b64encode(challenge).decode()}")
        handshake, state.handshake = state.handshake, None
        state.user = handshake.proven(token) if handshake else None
        return state.user or self.refused()

    def refused(self, challenge: str = "") -> Response:
        """Return the answer 401 that says how to sign in, or goes on with it."""
        response = Response(status_code=401)
        for method in (challenge,) if challenge else self.methods:
            response.headers.append("WWW-Authenticate", 'Basic realm="127.0.0.1"' if method == "Basic" else method)
        return response


def _decoded(credentials: str) -> bytes:
    try:
        return b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _read(credentials: bytes) -> str:
    """Return name and password; clients that do not send UTF-8 send Latin-1 (RFC 7617 section 2)."""
    try:
        return credentials.decode()
    except UnicodeDecodeError:
        return credentials.decode("latin-1")
