"""The way to one Exchange server: the common line, with a memory for how the last answer began."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests
from urllib3.connection import HTTPConnection

from zoomcal.errors import Offline, Transient
from zoomcal.providers.ews.address import target_of
from zoomcal.providers.http import Line, retry_after_s

Kind = TypeVar("Kind", bound=BaseException)

_MOVED = frozenset({301, 302, 303, 307, 308})
_ANOTHER_NAME = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


class Head:
    """How an answer began.

    Attributes:
        status: The HTTP status; 0 before any answer.
        headers: The headers, whatever their case; repeated ones joined by commas.
        retry_after_s: How long the server asks to wait; None where it does not say.
        certificate: The server's own TLS certificate (DER); empty where TLS was not spoken.
    """

    def __init__(self, reply: requests.Response | None = None, certificate: bytes = b"") -> None:
        self.status = reply.status_code if reply is not None else 0
        self.headers: Mapping[str, str] = reply.headers if reply is not None else {}
        self.retry_after_s = retry_after_s(reply) if reply is not None else None
        self.certificate = certificate
        self._url = reply.url if reply is not None else ""

    @property
    def target(self) -> str:
        """Where the answer points to, as `target_of` says; empty when it does not."""
        location = self.headers.get("Location", "")
        return target_of(self._url, location) if location and (self.moved or self.status in {401, 403}) else ""

    @property
    def moved(self) -> bool:
        """Whether it is a redirection."""
        return self.status in _MOVED

    @property
    def closes(self) -> bool:
        """Whether the server ends the connection after this answer."""
        return "close" in self.headers.get("Connection", "").lower()


class EwsLine(Line):
    """A line that remembers the head of the last answer, also of one that it refused: judge by that, not by texts."""

    def __init__(self, ca_file: Path | None = None, ca_pem: str = "") -> None:
        self.head = Head()
        self._stays = self.parted = False
        super().__init__(ca_file, ca_pem)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send, and forget how the answer before began.

        Raises:
            Offline, Transient, Cancelled: As the common line says.
        """
        self.head = Head()
        return super().send(request, *args, **options)

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Say what belongs to one connection: over the one at hand, or not at all.

        Raises:
            Transient: That one has gone, and nothing was sent.
        """
        self._stays, self.parted = True, False
        try:
            yield
        except Offline:
            if self.parted:
                raise Transient(detail="the connection has gone in the middle of signing in") from None
            raise
        finally:
            self._stays = False

    def _joined(self, connection: HTTPConnection) -> None:
        if self._stays:
            self.parted = True
            raise ConnectionAbortedError
        super()._joined(connection)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Remember the head while the connection is still at hand."""
        reply = super().build_response(req, resp)
        held = getattr(getattr(resp, "connection", None), "sock", None)
        certificate = held.getpeercert(binary_form=True) if isinstance(held, ssl.SSLSocket) else None
        self.head = Head(reply, certificate or b"")
        return reply


def certificate_fault(error: Offline) -> ssl.SSLCertVerificationError | None:
    """Return what was wrong with the server's certificate, when that is why it counts as not reached."""
    return _cause(error, ssl.SSLCertVerificationError)


def is_tls_fault(error: Offline) -> bool:
    """Whether TLS itself did not come about: nothing in common, perhaps only a version that is unsafe by now."""
    return _cause(error, ssl.SSLError) is not None


def names_another(fault: ssl.SSLCertVerificationError) -> bool:
    """Whether a certificate is refused because it was issued for another host."""
    return fault.verify_code in _ANOTHER_NAME


def _cause(error: BaseException, kind: type[Kind]) -> Kind | None:
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen:
        if isinstance(found, kind):
            return found
        seen.append(found)
        reason = getattr(found, "reason", None)
        following = found.__cause__ or found.__context__
        found = following or (reason if isinstance(reason, BaseException) else None)
    return None
