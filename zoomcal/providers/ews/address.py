"""EWS addresses as people enter them, and those that are Microsoft's own cloud."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from zoomcal.catalogue import sentence
from zoomcal.errors import CloudMailbox, EntryError

PATH = "/EWS/Exchange.asmx"
_NO_ADDRESS = sentence("This is no address of a server. It looks like https://mail.example.org/EWS/Exchange.asmx.")
_NOT_SAFE = sentence("ZoomCal sends a password over https alone. Enter an address that begins with https://.")
_CLOUD = (
    "outlook.com",
    "office.com",
    "office365.com",
    "office365.us",
    "apps.mil",
    "partner.outlook.cn",
    "office.de",
    "cloud.microsoft",
    "microsoftonline.com",
    "microsoftonline.us",
    "microsoftonline.de",
    "partner.microsoftonline.cn",
    "hotmail.com",
    "live.com",
)
"""Microsoft's cloud and its national twins: they and everything below them, mail as well as signing in."""
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
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}{'' if port in {None, 443} else f':{port}'}{path}"


def ascii_host(host: str) -> str:
    """Return a host name in lower case and in the alphabet of DNS; empty where it is none."""
    if ":" in host:  # between brackets it was, so urlsplit has seen to it that it is an address
        return host
    try:
        host = host.encode("idna").decode().lower()
    except UnicodeError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def is_cloud(host: str) -> bool:
    """Whether a host is Microsoft's own cloud, which takes no passwords."""
    name = host.lower().rstrip(".")
    return any(name == cloud or name.endswith(f".{cloud}") for cloud in _CLOUD)


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
    found = _MAILBOX.fullmatch(mailbox.strip())
    return ascii_host(found[1]).rstrip(".") if found else ""
