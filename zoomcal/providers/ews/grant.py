"""What an account's secret holds, and the certificates that a person trusts for one server."""

from __future__ import annotations

import json
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from zoomcal.catalogue import Sentence, sentence
from zoomcal.errors import EntryError, NeedsReauth
from zoomcal.providers.base import EXCHANGE_VERSIONS, ExchangeLogin

MOST_PEM_BYTES = 64 * 1024
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----")
_BEGIN = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_CERTIFICATE = "CERTIFICATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What the vault keeps of an Exchange account."""

    url: str
    """The endpoint that the password was accepted by, and the only one that it goes to."""
    username: str
    password: str = field(repr=False)
    address: str
    """The mailbox's e-mail address."""
    given_address: str = ""
    """The one that the person entered; empty where the server was asked."""
    version: str = ""
    """A key of EXCHANGE_VERSIONS that the person chose; empty: detected."""
    api: str = ""
    """The version of the interface that the server accepted, as it is called in requests."""
    build: str = ""
    """The server's build, four numbers; empty where it did not say."""
    method: str
    """How it signs in: Basic, NTLM or Negotiate."""
    ca_pem: str = ""
    """Certificates trusted for this server alone."""

    def dumps(self) -> str:
        """Return the text for the vault."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def loads(cls, text: str) -> Self:
        """Return the secret that `text` holds.

        Raises:
            NeedsReauth: It is damaged.
        """
        try:
            kept = json.loads(text)
            known = {name: kept[name] for name in cls.__slots__}
        except (ValueError, TypeError, KeyError):
            raise NeedsReauth(detail="the kept secret cannot be read") from None
        if not all(isinstance(value, str) for value in known.values()):
            raise NeedsReauth(detail="the kept secret cannot be read")
        return cls(**known)

    def entered(self) -> ExchangeLogin:
        """Return what the person entered, without the password."""
        version = self.version if self.version in EXCHANGE_VERSIONS else ""
        return ExchangeLogin(
            username=self.username,
            password="",
            url=self.url,
            address=self.given_address,
            version=version,
            ca_pem=self.ca_pem,
        )


def certificates(file: Path) -> str:
    """Return the certificates in `file` as PEM, nothing else that may stand around them.

    Raises:
        EntryError: It cannot be read, is too large, holds no certificate, or holds something that is none.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_PEM_BYTES + 1)
    except OSError as error:
        raise _refused(sentence("This file cannot be read."), type(error).__name__) from None
    if len(content) > MOST_PEM_BYTES:
        raise _refused(sentence("This file is too large to hold only certificates."))
    text = content.decode("ascii", errors="replace")
    if set(_BEGIN.findall(text)) - {_CERTIFICATE}:
        raise _refused(sentence("This file holds more than certificates, perhaps a private key. Choose another one."))
    pem = "\n".join(found[0] for found in _BLOCK.finditer(text)) or _converted(content)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        raise _refused(sentence("This file holds no certificate in PEM form. Ask your IT team for one.")) from None
    return pem


def _converted(content: bytes) -> str:
    """Return as PEM what may be one certificate in the binary form that Windows saves."""
    return ssl.DER_cert_to_PEM_cert(content) if content.startswith(b"\x30") else ""


def _refused(said: Sentence, detail: str = "") -> EntryError:
    return EntryError("ca_file", said, detail=detail)
