"""EWS addresses as people enter them, and those that are Microsoft's own cloud."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import urljoin, urlsplit

from zoomcal.catalogue import sentence
from zoomcal.endpoints import is_cloud
from zoomcal.errors import CloudMailbox, EntryError

PATH = "/EWS/Exchange.asmx"
_NO_ADDRESS = sentence("This is no address of a server. It looks like https://mail.example.org/EWS/Exchange.asmx.")
_NOT_SAFE = sentence("ZoomCal sends a password over https alone. Enter an address that begins with https://.")
_OTHER_DOORS = {"", "/ews", "/owa", "/ecp", "/microsoft-server-activesync", "/autodiscover", "/mapi", "/rpc"}
"""Paths of the same server that people find in their browser or phone."""
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")
_PATH = re.compile(r"(?:/[\w.~%!$&'()*+,;=:@-]*)*", re.ASCII)
_MAILBOX = re.compile(r"[^\s@<>\"(),:;\\]+@([^\s@<>\"(),:;\\/?#%]+)")


def completed(entered: str) -> str:
    """Return the https address of an EWS endpoint that `entered` stands for: a bare host is completed.

    Raises:
        EntryError: It is none, or not one of https.
        CloudMailbox: It is Microsoft's own cloud.
    """
    text = entered.strip()
    if not text.isprintable():
        raise EntryError("url", _NO_ADDRESS)
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        raise EntryError("url", _NO_ADDRESS) from None
    if parts.scheme == "http":
        raise EntryError("url", _NOT_SAFE)
    odd = parts.scheme != "https" or "@" in parts.netloc or parts.fragment or parts.query.lower() not in {"", "wsdl"}
    if odd or not host or not _PATH.fullmatch(parts.path):
        raise EntryError("url", _NO_ADDRESS)
    if is_cloud(host):
        raise CloudMailbox("url")
    path = parts.path.rstrip("/")
    path = PATH if path.lower() in _OTHER_DOORS | {PATH.lower()} else path
    return f"https://{_netloc(host, port, 443)}{path}"


def target_of(asked: str, location: str) -> str:
    """Return where a `Location` header in the answer of `asked` points, without its query; empty where nobody can go.

    Only what HTTP can reach, by a host name or address that is one, and without a user's name, is a place to go.
    """
    try:
        parts = urlsplit(urljoin(asked, location.strip()))
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    if usual is None or not host or "@" in parts.netloc or not parts.path.isprintable():
        return ""
    return f"{parts.scheme}://{_netloc(host, port, usual)}{parts.path}"


def enterable(target: str) -> str:
    """Return the endpoint to enter for where a server points; empty where the form would not take it, or no EWS is."""
    try:
        url = completed(target) if target.startswith("https://") else ""
    except EntryError:
        return ""
    return url if url.lower().endswith(".asmx") else ""


def _netloc(host: str, port: int | None, usual: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port in {None, usual} else f"{shown}:{port}"


def ascii_host(host: str) -> str:
    """Return a host name in lower case and in the alphabet of DNS; empty where it is none."""
    try:
        if ":" in host:
            return "" if "%" in host else str(IPv6Address(host))
        host = host.encode("idna").decode().lower()
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def leads_to_cloud(url: str) -> bool:
    """Whether an address, as a server states it, is one of Microsoft's own cloud."""
    return is_cloud(host_of(url))


def host_of(url: str) -> str:
    """Return the host of an address; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def domain_of(mailbox: str) -> str:
    """Return what follows the @ of an e-mail address, in the alphabet of DNS; empty where it is no such address."""
    text = mailbox.strip()
    found = _MAILBOX.fullmatch(text) if text.isprintable() else None
    return ascii_host(found[1]).rstrip(".") if found else ""
