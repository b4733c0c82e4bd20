"""What Join opens, and the one gate that every opened address passes."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import quote, urlencode

from zoomcal.catalogue import sentence
from zoomcal.errors import Refused
from zoomcal.joinlink.address import is_zoom_host, parameters, split
from zoomcal.joinlink.model import Kind, Link
from zoomcal.joinlink.pages import is_public_page
from zoomcal.joinlink.zoom import LONGEST_OPENED, PASSCODE, read


class Purpose(StrEnum):
    """Why an address is opened; it decides what the gate lets pass."""

    JOIN = "join"
    """Zoom alone: https, or the native scheme built here."""
    CONSENT = "consent"
    """A service's consent page: https anywhere, or http on this machine."""
    PAGE = "page"
    """Any https page of a public host, shown to the person before (`is_public_page`)."""
    CALL = "call"
    """A phone number for Zoom Phone."""
    MAIL = "mail"
    """A message to an address of a contact card."""


_HARMLESS = frozenset((PASSCODE, "from", "status", "_x_zm_rtaid"))
"""Parameters without which Zoom joins the same meeting."""
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\\\"<>^`{|}]")
_LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?(?:[/?#]|\Z)")
_ANY_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?(?::[0-9]{1,5})?\Z")
_NATIVE = re.compile(r"zoommtg://([a-z0-9.\-]+)/join\?action=join&confno=[0-9]{9,11}(?:&pwd=[A-Za-z0-9._~%\-]*)?\Z")
_CALL = re.compile(r"zoomphonecall://\+?[0-9]{3,15}(?:\?callerid=%?[0-9+B]{3,18})?\Z")
_MAIL = re.compile(r"mailto:[A-Za-z0-9.!#$%&'*+/=?^_~\-]+@[A-Za-z0-9.\-]+\Z")
_GOVERNMENT, _COMMERCIAL = "zoomgov.com", "zoom.us"


def address_for(link: Link, *, native: bool, government: bool = False) -> str:
    """Return the address that opens `link`.

    Args:
        link: A way in, or a registration page.
        native: Zoom's own client takes `zoommtg` addresses. It gets one only for a plain number; what a rewriting
            could break (LINKS.md) stays https and untouched.
        government: Policy says that a meeting known only by its number is one of Zoom for Government.

    Raises:
        Refused: The link leads nowhere that may be opened.
    """
    if not link.url:
        host = _GOVERNMENT if government or link.government else _COMMERCIAL
        address = f"https://{host}/j/{link.meeting_id}"
    elif native and _is_plain(link):
        address = f"zoommtg://{link.host}/join?action=join&confno={link.meeting_id}"
        address += f"&pwd={quote(link.passcode, safe='', errors='replace')}" if link.passcode else ""
    else:
        address = _over_https(link)
    check(address, Purpose.JOIN)
    return address


def _is_plain(link: Link) -> bool:
    """Whether nothing but a number and a passcode is needed to join."""
    parts = split(link.url)
    if parts is None or link.kind not in (Kind.JOIN, Kind.WEBINAR):
        return False
    if parts.scheme.startswith("zoom"):
        return {name for name, _ in parameters(parts.query)} <= {"action", "confno", PASSCODE}
    form = "w" if link.kind is Kind.WEBINAR else "j"
    known = all(name in _HARMLESS for name, value in parameters(parts.query) if value)
    return known and parts.path.strip("/").lower() == f"{form}/{link.meeting_id}"


def _over_https(link: Link) -> str:
    parts = split(link.url)
    if parts is None:
        raise Refused
    if parts.scheme == "https":
        return link.url
    if parts.scheme == "http":
        return f"https://{parts.host}{link.url[link.url.lower().index(parts.authority) + len(parts.authority) :]}"
    form = "s" if link.kind is Kind.START else "j"
    query = f"?{urlencode({PASSCODE: link.passcode}, errors='replace')}" if link.passcode else ""
    return f"https://{link.host}/{form}/{link.meeting_id}{query}"


def check(address: str, purpose: Purpose = Purpose.JOIN) -> None:
    """Let `address` pass, or not. Every address that is opened passes here first.

    Raises:
        Refused: It must not be opened for this purpose.
    """
    if len(address) > LONGEST_OPENED:
        raise Refused(sentence("This address is too long to be opened."))
    if _CONTROL.search(address) or not _ALLOWED[purpose](address):
        raise Refused


def _joins(address: str) -> bool:
    parts = split(address)
    if parts is None or not is_zoom_host(parts.host):
        return False
    if parts.scheme == "https":
        return read(address, exact=True).kind is not None
    return _NATIVE.match(address) is not None


def _is_consent(address: str) -> bool:
    if _LOOPBACK.match(address):
        return True
    parts = split(address)
    return parts is not None and parts.scheme == "https" and _ANY_NAME.match(parts.authority) is not None


def _is_call(address: str) -> bool:
    return _CALL.match(address) is not None


def _is_mail(address: str) -> bool:
    return _MAIL.match(address) is not None


_ALLOWED = {
    Purpose.JOIN: _joins,
    Purpose.CONSENT: _is_consent,
    Purpose.PAGE: is_public_page,
    Purpose.CALL: _is_call,
    Purpose.MAIL: _is_mail,
}
