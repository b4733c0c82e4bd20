"""What an event's description says: hostile HTML or text in, paragraphs of plain text with safe links out."""

from __future__ import annotations

import html
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

SHOWN = 100_000
"""How many characters of a description are shown unasked."""
READ = 2_000_000
"""How many characters of a description are looked at at all."""
LONGEST_URL = 2_000


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; `url` is the https address it leads to, or empty."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """The readable part of a description: spans whose text holds line breaks, never markup."""

    spans: tuple[Span, ...] = ()
    shortened: bool = False
    """Whether there is more than was asked for."""

    @property
    def text(self) -> str:
        """The whole text without its links."""
        return "".join(span.text for span in self.spans)


def read_description(source: str, shown: int = SHOWN) -> Description:
    """Return what `source` says in at most `shown` characters; it never raises and takes time linear in its size.

    Text stands as written. HTML loses its tags, scripts, styles and comments; block elements become line breaks.
    Only https links to public host names remain links: no other scheme, no address of this computer or network.
    """
    source = source[:READ]
    pieces = _html_pieces(source) if _MARKUP.search(source) else iter((Span(source),))
    writer = _Writer(shown)
    for piece in pieces:
        if not writer.add(piece):
            return Description(tuple(writer.spans), shortened=True)
    return Description(tuple(writer.spans))


def one_line(text: str) -> str:
    """Return `text` fit for one line: no line breaks, no control or direction-changing characters."""
    return " ".join(_UNSAFE.sub(" ", text[:LONGEST_URL]).split())


def safe_address(address: str) -> str:
    """Return the https address if a person may be asked to open it, else an empty text."""
    address = address.strip()
    if len(address) > LONGEST_URL or re.search(r"[\s\\<>\"]", address) or _UNSAFE.search(address):
        return ""
    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme != "https" or "@" in parts.netloc or not _is_public(host):
        return ""
    return address


def _is_public(host: str) -> bool:
    labels = host.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1] in _LOCAL_ENDINGS or ":" in host:
        return False
    if not re.match(r"\d|0x", labels[-1]):
        return True
    try:
        return ipaddress.IPv4Address(host).is_global
    except ValueError:
        return False


_LOCAL_ENDINGS = frozenset({"localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain", "arpa"})
_MARKUP = re.compile(
    r"</?(?:a|p|div|br|span|b|i|u|em|strong|ul|ol|li|table|tr|td|h[1-6]|html|body|head|script|style|font|pre|hr|img"
    r"|blockquote|iframe|svg|object|meta|link|center|html-blob)\b[^<>]{0,2000}/?>|<!--|<!doctype\b|&(?:nbsp|amp|lt|gt|quot|#\d+);",
    re.IGNORECASE,
)
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BARE_URL = re.compile(r"https://[^\s<>\"\x00-\x1f]+")


class _Writer:
    """Collects spans up to a bound, white space settled."""

    def __init__(self, bound: int) -> None:
        self.spans: list[Span] = []
        self._left = bound

    def add(self, piece: Span) -> bool:
        """Add `piece`; return False when it did not fit whole."""
        text = _UNSAFE.sub("", piece.text.replace("\r\n", "\n").replace("\r", "\n"))
        if not self.spans:
            text = text.lstrip()
        fits = len(text) <= self._left
        text = text[: self._left]
        self._left -= len(text)
        if text:
            self.spans.extend((Span(text, piece.url),) if piece.url else _linked(text))
        return fits
