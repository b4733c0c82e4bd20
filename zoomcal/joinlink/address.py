"""Taking an address apart, and telling Zoom's hosts from all others. Source: RFC 3986, read strictly."""

from __future__ import annotations

import re
from typing import NamedTuple

ZOOM_DOMAINS = ("zoom.us", "zoom.com", "zoom.com.cn", "zoomgov.com", "zoom-x.de")
_ZOOM_SUFFIXES = tuple(f".{domain}" for domain in ZOOM_DOMAINS)

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):/{1,2}(?!/)([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.DOTALL)
_HOST = re.compile(r"((?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+[a-z0-9\-]*[a-z0-9])\.?(?::([0-9]{0,5}))?\Z")
_LONGEST_AUTHORITY = 260
_PORTS = {"http": ("80", "443"), "https": ("443",)}


class Address(NamedTuple):
    """The parts of an address with an authority."""

    scheme: str
    """Lower case."""
    host: str
    """Lower case, without the default port and the root's dot; empty where the authority is not one plain host name."""
    authority: str
    """As written, lower case."""
    path: str
    query: str
    """Without the question mark; the fragment is dropped."""


def split(url: str) -> Address | None:
    """Return the parts of `url`, or None when it has no scheme followed by an authority.

    User-info, a backslash, an escape, a letter outside ASCII or a port other than the default leaves `host` empty.
    """
    match = _ADDRESS.match(url)
    if match is None:
        return None
    scheme, authority, path, query = match.groups("")
    scheme, authority = scheme.lower(), authority.lower()
    return Address(scheme, _plain_host(scheme, authority), authority, path, query)


def _plain_host(scheme: str, authority: str) -> str:
    if len(authority) > _LONGEST_AUTHORITY:
        return ""
    match = _HOST.match(authority)
    if match is None:
        return ""
    host, port = match.groups()
    if port and port not in _PORTS.get(scheme, ()):
        return ""
    return str(host)


def is_zoom_host(host: str) -> bool:
    """Whether a plain lower-case host name is one of Zoom's, or below one."""
    return (host in ZOOM_DOMAINS or host.endswith(_ZOOM_SUFFIXES)) and "xn--" not in host


def parameters(query: str) -> list[tuple[str, str]]:
    """Return the name (lower case) and raw value of each parameter; left-over `amp;` before a name is dropped."""
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        name = name.lower()
        while name.startswith("amp;"):
            name = name[4:]
        pairs.append((name, value))
    return pairs
