"""Posting to one EWS endpoint as one person: Basic (RFC 7617) or NTLM ([MS-NTHT], bound to TLS by RFC 5929)."""

from __future__ import annotations

import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Mapping

import requests
import spnego
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import NegotiateOptions, SpnegoError

from zoomcal.catalogue import sentence
from zoomcal.errors import NeedsReauth, Transient
from zoomcal.providers.ews.address import host_of
from zoomcal.providers.ews.errors import error_of_answer
from zoomcal.providers.ews.line import EwsLine

BASIC, NTLM, NEGOTIATE = "Basic", "NTLM", "Negotiate"
METHODS = (NTLM, NEGOTIATE, BASIC)
"""The ways to sign in that are known here, the best first; Negotiate carries NTLM, as Windows lets it."""
_NOT_GOING_ON = sentence("The server did not go on with signing in. Try again, or ask your IT team.")
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}
_ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What the library may end with when a server's message is none."""
_QUOTED = re.compile(r'"[^"]*"')
_METHOD = re.compile(r"(?:^|,)\s*([A-Za-z]+)(?=\s*(?:,|$)|\s+[^\s=,])")
_TOKEN = r"(?:^|[\s,]){}\s+([A-Za-z0-9+/]+=*)"  # noqa: S105 - a pattern


def offered(challenge: str) -> str:
    """Return the best method that a `WWW-Authenticate` header offers and that is known here; empty when none is."""
    found = {name.lower() for name in _METHOD.findall(_QUOTED.sub('""', challenge))}
    return next((method for method in METHODS if method.lower() in found), "")


class Transport:
    """One endpoint and one person's way in. A password that was refused is not sent again, whoever asks.

    Args:
        url: The endpoint, https.
        line: The way there.
        method: One of METHODS; empty: ask without saying who asks.
        username: As the person entered it.
        password: Likewise.
    """

    def __init__(self, url: str, line: EwsLine, method: str = "", username: str = "", password: str = "") -> None:
        self.url, self.line, self._method = url, line, method
        self._username, self._password = username, password
        self._proven = False
        self._refused: NeedsReauth | None = None
        self.sent = False
        """Whether the password, or a proof of it, has left."""
        self._session = requests.Session()
        line.mount_on(self._session)

    def post(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Return the SOAP answer, also one that states a fault.

        Raises:
            NeedsReauth: The password was refused, now or before.
            ProviderError: As in `zoomcal.errors`.
        """
        if self._refused is not None:
            raise type(self._refused)(self._refused.sentence, detail=self._refused.detail)
        content = b""
        try:
            content = self._sent_as_somebody(body, headers).content
        except Transient:
            if not self.line.head.moved:
                raise
        head = self.line.head
        if head.status == 200 or (head.status == 500 and _is_xml(content)):
            return content
        error = error_of_answer(head, content)
        if isinstance(error, NeedsReauth) and self._method:
            self._refused = error
        raise error

    def probe(self, body: bytes) -> bytes:
        """Send `body` without saying who asks, and return the answer's; `line.head` says the rest.

        Raises:
            Offline, Transient, Cancelled: As the line.
        """
        return self._sent(body, {}).content

    def _sent_as_somebody(self, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        if self._method == BASIC:
            self.sent = True
            pair = b64encode(f"{self._username}:{self._password}".encode()).decode()
            return self._sent(body, {**headers, "Authorization": f"Basic {pair}"})
        if self._method and not self._proven:
            return self._signed_in(body, headers)
        reply = self._sent(body, headers)
        if reply.status_code == 401 and self._method:  # another connection, which does not know us yet
            return self._signed_in(body, headers)
        return reply

    def _signed_in(self, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """Prove who asks, in three messages on one connection, the last of which carries `body`.

        Raises:
            NeedsReauth: The server does not go on with it, so that no password was sent.
            Transient: The server does not keep to the protocol, or ends the connection; no password was sent.
        """
        self._proven = False
        client = spnego.client(
            self._username,
            self._password,
            hostname=host_of(self.url),
            service="http",
            protocol="ntlm",
            options=NegotiateOptions.use_ntlm,
        )
        asked = self._sent(b"", {**headers, "Authorization": self._written(client.step())})
        if asked.status_code != 401:
            return asked
        head = self.line.head
        found = re.search(_TOKEN.format(self._method), head.headers.get("WWW-Authenticate", ""), re.IGNORECASE)
        if not found:
            raise NeedsReauth(_NOT_GOING_ON, detail=f"{self._method}: no challenge")
        if head.closes:
            raise Transient(detail=f"{self._method}: the connection is closed in the middle of signing in")
        try:
            proof = client.step(b64decode(found[1]), channel_bindings=_bindings(head.certificate))
        except (SpnegoError, struct.error, *_ODD) as error:
            raise Transient(detail=f"{self._method}: {type(error).__name__}") from None
        try:
            with self.line.staying():
                reply = self._sent(body, {**headers, "Authorization": self._written(proof)})
        finally:
            self.sent = self.sent or not self.line.parted
        self._proven = reply.status_code != 401
        return reply

    def _written(self, token: bytes | None) -> str:
        return f"{self._method} {b64encode(token or b'').decode()}"

    def _sent(self, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        return self._session.post(self.url, data=body, headers={**_HEADERS, **headers}, allow_redirects=False)


def _is_xml(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<s:", b"<S", b"<soap", b"<env"))


def _bindings(certificate: bytes) -> GssChannelBindings | None:
    """Return what ties the proof to this TLS channel (`tls-server-end-point`); None without TLS."""
    if not certificate:
        return None
    try:
        chosen = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        chosen = None
    strong = chosen if chosen is not None and chosen.name not in {"md5", "sha1"} else hashes.SHA256()
    digest = hashes.Hash(strong)
    digest.update(certificate)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest.finalize())
