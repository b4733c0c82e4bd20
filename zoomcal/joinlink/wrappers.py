"""Taking off what link-protecting gateways wrap around an address. Offline: only what the address itself carries.

The target is judged afterwards like any other address, so a mistake here can hide a link but never forge one.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

from zoomcal.joinlink.address import Address, is_zoom_host, parameters, split

DEPTH = 10
"""How many wrappers around one another are taken off."""


class Unwrapped(NamedTuple):
    """Where a wrapped address leads."""

    url: str
    wrappers: tuple[str, ...] = ()
    """The gateways' names, outermost first."""
    opaque: str = ""
    """The gateway whose address does not say where it leads."""


_Peel = Callable[[Address, str], str]


class Gateway(NamedTuple):
    """One kind of wrapper; without `peel` its addresses say nothing of where they lead."""

    name: str
    peel: _Peel | None = None
    path: str = ""
    """What its wrapping addresses' paths begin with."""


def unwrap(url: str) -> Unwrapped:
    """Return where `url` leads; too deep a nest, or a gateway whose target cannot be read, counts as opaque."""
    names: list[str] = []
    while True:
        parts = split(url)
        if parts is None or not parts.host or is_zoom_host(parts.host):
            return Unwrapped(url, tuple(names))
        gateway = _gateway(parts)
        if gateway is None:
            return Unwrapped(url, tuple(names))
        target = gateway.peel(parts, url) if gateway.peel and len(names) < DEPTH else ""
        if not target:
            return Unwrapped(url, tuple(names), gateway.name)
        names.append(gateway.name)
        url = mended(target)


def is_gateway(host: str) -> bool:
    """Whether addresses of this host wrap others."""
    return host in _HOSTS or host.endswith(_ALL_SUFFIXES) or _GOOGLE_HOST.match(host) is not None


def _gateway(parts: Address) -> Gateway | None:
    host = parts.host
    known = _HOSTS.get(host)
    if known is None and host.endswith(_ALL_SUFFIXES):
        known = next(known for suffix, known in _SUFFIXES.items() if host.endswith(suffix))
    if known is None and _GOOGLE_HOST.match(host):
        known = _GOOGLE
    return known if known and parts.path.startswith(known.path) else None


_ESCAPED_SCHEME = re.compile(r"\s*(?:https?|zoommtg|zoomus)(?:%3a|%253a)", re.IGNORECASE)
_ONE_SLASH = re.compile(r"(https?|zoommtg|zoomus):/{1,3}(?=[^/])", re.IGNORECASE)
_NO_SCHEME = re.compile(r"(?://)?((?:[a-z0-9\-]+\.)+[a-z]{2,}[:/?].*)", re.IGNORECASE | re.DOTALL)


def mended(target: str) -> str:
    """Return a target with what gateways lose given back: escaping undone, both slashes, a scheme."""
    target = target.strip()
    for _ in range(3):
        if not _ESCAPED_SCHEME.match(target):
            break
        target = unquote(target)
    if _ONE_SLASH.match(target):
        return _ONE_SLASH.sub(r"\1://", target, count=1)
    bare = _NO_SCHEME.fullmatch(target)
    return f"https://{bare.group(1)}" if bare else target


_OWN = re.compile(
    r"&(?:amp;)*(?:sa|source|usg|ust|ved|opi|sntz|data|sdata|reserved|locale|trs|c|k|d|e)=", re.IGNORECASE
)


def _raw(url: str, *names: str) -> str:
    """Return the raw value of the first of `names` present; an address in clear ends before the gateway's own."""
    query = url.partition("?")[2]
    given = dict(reversed(parameters(query.partition("#")[0])))
    for name in names:
        value = given.get(name, "")
        if not value:
            continue
        if _CLEAR.match(value):
            value = query[query.find(value) :]
            own = _OWN.search(value)
            return value[: own.start()] if own else value
        return value
    return ""


def _parameter(*names: str) -> _Peel:
    def peel(_: Address, url: str) -> str:
        return _unescaped(_raw(url, *names))

    return peel


def _unescaped(value: str) -> str:
    """Undo the escaping of a value that may be escaped wholly, in part or not at all."""
    if _CLEAR.match(value) and "=" in value.partition("?")[2]:
        return value
    return unquote(value)


_CLEAR = re.compile(r"(?:https?|zoommtg|zoomus):/", re.IGNORECASE)


def _proofpoint(parts: Address, url: str) -> str:
    if parts.path.startswith("/v3/"):
        return _proofpoint_v3(url)
    value = _raw(url, "u")
    if parts.path.startswith("/v2/"):
        value = value.translate(_PROOFPOINT_V2)
    return unescape(unquote(value))


_PROOFPOINT_V2 = str.maketrans("-_", "%/")
_RUNS = {letter: n for n, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 2)}
_PLACES = re.compile(r"\*(?:\*([A-Za-z0-9\-_]))?")


def _proofpoint_v3(url: str) -> str:
    wrapped = url.partition("/v3/__")[2]
    target, found, rest = wrapped.rpartition("__;")
    if not found:
        return wrapped.rpartition("__")[0] or wrapped
    replaced = _base64(rest.partition("!")[0])
    at = 0

    def put_back(match: re.Match[str]) -> str:
        nonlocal at
        begin, at = at, at + (_RUNS[match.group(1)] if match.group(1) else 1)
        return replaced[begin:at]

    return _PLACES.sub(put_back, target)


def _base64(text: str) -> str:
    clean = unquote(text).rstrip("=").translate(_URL_SAFE)
    try:
        return b64decode(clean + "=" * (-len(clean) % 4), validate=True).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        return ""


_URL_SAFE = str.maketrans("-_ ", "+/+")


_INNER_SCHEME = re.compile(r"/https?(?::|%3a|%253a)", re.IGNORECASE)


def _cisco(_: Address, url: str) -> str:
    match = _INNER_SCHEME.search(url)
    return _unescaped(url[match.start() + 1 :]) if match else ""


def _sophos(_: Address, url: str) -> str:
    return _base64(_raw(url, "u"))


def _avanan(_: Address, url: str) -> str:
    target = _unescaped(url.partition("___")[2].rpartition("___")[0])
    return target if split(mended(target)) else ""


_ESCAPED_AMPERSAND = re.compile(r"%26(?=(?:amp;)?[a-z_]+=)", re.IGNORECASE)


def _edgepilot(_: Address, url: str) -> str:
    """Return a target that may have nothing escaped but the marks between its parameters."""
    return _unescaped(_ESCAPED_AMPERSAND.sub("&", _raw(url, "u")))


_SAFE_LINKS = Gateway("Safe Links", _parameter("url"))
_TEAMS = Gateway("Teams", _parameter("url"))
_PROOFPOINT = Gateway("Proofpoint", _proofpoint)
_LINKEDIN = Gateway("LinkedIn", _parameter("url"), "/safety/go")
_FACEBOOK = Gateway("Facebook", _parameter("u"), "/l.php")
_GOOGLE = Gateway("Google", _parameter("q", "url"), "/url")
_MIMECAST = Gateway("Mimecast")
_EMAIL_PROTECTION = Gateway("emailprotection.link")
_HOSTS = {
    "statics.teams.cdn.office.net": _TEAMS,
    "teams.public.onecdn.static.microsoft": _TEAMS,
    "urldefense.com": _PROOFPOINT,
    "urldefense.us": _PROOFPOINT,
    "urldefense.proofpoint.com": _PROOFPOINT,
    "secure-web.cisco.com": Gateway("Cisco", _cisco),
    "linkprotect.cudasvc.com": Gateway("Barracuda", _parameter("a")),
    "slack-redir.net": Gateway("Slack", _parameter("url")),
    "www.linkedin.com": _LINKEDIN,
    "linkedin.com": _LINKEDIN,
    "l.facebook.com": _FACEBOOK,
    "lm.facebook.com": _FACEBOOK,
    "www.facebook.com": _FACEBOOK,
    "facebook.com": _FACEBOOK,
    "clicktime.symantec.com": Gateway("Symantec", _parameter("u")),
    "protect2.fireeye.com": Gateway("FireEye", _parameter("u")),
    "link.edgepilot.com": Gateway("EdgePilot", _edgepilot),
    "url.avanan.click": Gateway("Avanan", _avanan),
    "protect.checkpoint.com": Gateway("Check Point", _avanan),
    "lnkd.in": Gateway("LinkedIn"),
    "emailprotection.link": _EMAIL_PROTECTION,
}
_SUFFIXES = {
    ".safelinks.protection.outlook.com": _SAFE_LINKS,
    ".safelinks.protection.office365.us": _SAFE_LINKS,
    ".safelinks.protection.partner.outlook.cn": _SAFE_LINKS,
    "-ctp.trendmicro.com": Gateway("Trend Micro", _parameter("url")),
    ".protection.sophos.com": Gateway("Sophos", _sophos),
    ".mimecast.com": _MIMECAST,
    ".mimecastprotect.com": _MIMECAST,
    ".hornetsecurity.com": Gateway("Hornetsecurity"),
    ".emailprotection.link": _EMAIL_PROTECTION,
}
_ALL_SUFFIXES = tuple(_SUFFIXES)
_GOOGLE_HOST = re.compile(r"(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})\Z")
