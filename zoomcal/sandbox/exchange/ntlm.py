"""NTLM as a server sees it: three messages on one connection ([MS-NLMP], [MS-NTHT]); the library does the proof."""

from __future__ import annotations

import hashlib
import logging
import os
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import spnego
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import NegotiateOptions, SpnegoError

from zoomcal.sandbox.exchange.users import Directory, User

_SIGNATURE = b"NTLMSSP\x00"
_CHANNEL_BINDINGS = 10
_NO_BINDINGS = bytes(16)
_USER_FILE = "NTLM_USER_FILE"
_users_at_hand = threading.Lock()
"""The library looks for its file of users in the environment: one sandbox at a time puts its own there."""
_logger = logging.getLogger(__name__)


class Handshake:
    """One sign-in under way on one connection."""

    def __init__(self, directory: Directory, certificate: bytes, *, protect: bool) -> None:
        """`certificate` is the server's own (DER); `protect` insists on a binding to the channel."""
        self._directory, self._protect = directory, protect
        self._bindings = _bindings(certificate)
        self._context: spnego.ContextProxy | None = None

    def challenge(self, token: bytes) -> bytes | None:
        """Answer a client's first message; None when it is none."""
        try:
            with _at_hand(None):
                self._context = spnego.server(protocol="ntlm", options=NegotiateOptions.use_ntlm)
                return self._context.step(token)
        except (SpnegoError, ValueError, struct.error, IndexError) as error:
            _logger.debug("no NTLM negotiation: %s", type(error).__name__)
            return None

    def proven(self, token: bytes) -> User | None:
        """Judge a client's last message and return who it is; None: refused, and counted as a wrong password.

        A missing or foreign channel binding is refused too, but the password was right: it is not counted.
        """
        try:
            domain, name, response = _identity(token)
        except (ValueError, struct.error, UnicodeError):
            return None
        user = self._directory.find(domain, name)
        if self._context is None or user is None:
            return self._directory.judge(user, right=False)
        right = _is_right(self._context, token, _Entry(domain, name, user.password))
        if right and not self._is_bound(response):
            return None
        return self._directory.judge(user, right=right)

    def _is_bound(self, response: bytes) -> bool:
        """Return whether the proof was made for this TLS channel, or need not be (Extended Protection)."""
        try:
            given = _pairs(response).get(_CHANNEL_BINDINGS, _NO_BINDINGS)
        except struct.error:
            return False
        if given == _NO_BINDINGS:
            return not self._protect
        return given == self._bindings


def _is_right(context: spnego.ContextProxy, token: bytes, entry: _Entry) -> bool:
    try:
        with _at_hand(entry):
            context.step(token)
    except (SpnegoError, ValueError, struct.error, IndexError) as error:
        _logger.debug("NTLM refused: %s", type(error).__name__)
        return False
    return context.complete


class _Entry:
    """A line of the library's file of users, for just the one who is signing in."""

    def __init__(self, domain: str, name: str, password: str) -> None:
        self.line = f"{domain}:{name}:{password}\n"


@contextmanager
def _at_hand(entry: _Entry | None) -> Iterator[None]:
    with _users_at_hand, tempfile.TemporaryDirectory(prefix="zoomcal-ntlm-") as folder:
        file = Path(folder) / "users"
        file.write_text(entry.line if entry else ":nobody:\n", encoding="utf-8")
        before = os.environ.get(_USER_FILE)
        os.environ[_USER_FILE] = str(file)
        try:
            yield
        finally:
            if before is None:
                del os.environ[_USER_FILE]
            else:
                os.environ[_USER_FILE] = before


def is_first(token: bytes) -> bool:
    """Return whether a token opens a handshake."""
    return token.startswith(_SIGNATURE + b"\x01\x00\x00\x00")


def _identity(token: bytes) -> tuple[str, str, bytes]:
    """Return domain, user name and NT response of an AUTHENTICATE_MESSAGE ([MS-NLMP] section 2.2.1.3)."""
    if not token.startswith(_SIGNATURE + b"\x03\x00\x00\x00"):
        raise ValueError("no AUTHENTICATE_MESSAGE")
    (flags,) = struct.unpack_from("<I", token, 60)
    encoding = "utf-16-le" if flags & 1 else "cp437"
    return _field(token, 28).decode(encoding), _field(token, 36).decode(encoding), _field(token, 20)


def _field(token: bytes, at: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", token, at)
    if offset + length > len(token):
        raise ValueError("a field ends outside of the message")
    return token[offset : offset + length]


def _pairs(response: bytes) -> dict[int, bytes]:
    """Return the attributes that a client signed into its NTLMv2 response ([MS-NLMP] section 2.2.2.7)."""
    pairs: dict[int, bytes] = {}
    at = 16 + 28
    while at + 4 <= len(response):
        number, length = struct.unpack_from("<HH", response, at)
        if not number:
            break
        pairs[number] = response[at + 4 : at + 4 + length]
        at += 4 + length
    return pairs


def _bindings(certificate: bytes) -> bytes:
    """Return what a client signs for a channel with that certificate (RFC 5929 section 4; it is SHA-256)."""
    data = b"tls-server-end-point:" + hashlib.sha256(certificate).digest()
    return hashlib.md5(GssChannelBindings(application_data=data).pack(), usedforsecurity=False).digest()
