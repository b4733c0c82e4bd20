"""What an address means at Zoom: a way into a meeting, a registration page, or neither."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote, unquote

from zoomcal.joinlink.address import Address, is_zoom_host, parameters, split
from zoomcal.joinlink.model import Kind


class Refusal(StrEnum):
    """Why an address is no join link."""

    FOREIGN = "foreign"
    """Not Zoom's host, and nothing that pretends to be."""
    LOOK_ALIKE = "look-alike"
    RECORDING = "recording"
    DIAL_IN = "dial-in"
    CALENDAR_FILE = "calendar file"
    CHAT = "chat"
    PLACEHOLDER = "placeholder"
    """A meeting's path without a meeting number."""
    PAGE = "page"
    """Some other page of Zoom's."""


class Reading(NamedTuple):
    """What was read from one unwrapped address."""

    url: str
    """Without text that clung to its end, and without the fragment."""
    host: str
    kind: Kind | None = None
    meeting_id: str = ""
    passcode: str = ""
    room: str = ""
    """The name of a personal room, lower case."""
    refusal: Refusal | None = None

    @property
    def is_way_in(self) -> bool:
        """Whether Join may open it."""
        return self.kind is not None and self.kind is not Kind.REGISTER

    @property
    def key(self) -> str:
        """What two links into the same meeting have in common."""
        return self.meeting_id or self.room


PASSCODE = "pwd"
LONGEST_OPENED = 2000
"""Characters of an address; a longer one is no link (2,048 is where systems begin to cut)."""
_CLEAN = re.compile(r"[A-Za-z0-9._~:/?#@!$&+,;=%\-]+")
_LEGAL = "._~:/?#@!$&+,;=%-"
_OTHER_PARAMETER = re.compile(r"(?<![^&;])(?!pwd=)[^&]+", re.IGNORECASE)
_LEAVES = re.compile(r"[/\\](?:\.|%2e){2}(?:[/\\]|\Z)", re.IGNORECASE)
"""Steps out of a path: a browser opens another one than is written."""
_ESCAPED_END = re.compile(r"%(?:3[CE]|2[02]|0[9AD]|C2%A0|E2%80%8B|E3%80%8[12]|EF%BB%BF|EF%BC%8C)", re.IGNORECASE)
_PASSCODE_END = re.compile(rf"((?:^|[&;])pwd=[^&;#]*?){_ESCAPED_END.pattern}[^&#]*", re.IGNORECASE)
_BRACKET = re.compile(r"%3E.*", re.IGNORECASE | re.DOTALL)
"""What closed `<…>` around an address in a text."""
_TRAILING = ".,;:!?"
_JOINED = re.compile(r"[?&;]pwd=[^&,;?]*[,;]")
"""A passcode, and the mark by which the next item of a list is joined to it."""
_GLUED_WORD = re.compile(r"(?<=\.1)(?:Meeting|Passcode|Password|One|Dial|Find|Join|Topic|Time|Kenncode)[A-Za-z:]*\Z")
"""A new passcode ends in `.1`; a word of the invitation may be glued to it where a line break was lost."""

_MEETING = re.compile(
    r"/{1,2}(?:"
    r"(?P<form>[jsw])/(?P<plain>[0-9]{9,11})(?![0-9])(?P<rest>.*)"
    r"|wc/(?:join/(?P<web>[0-9]{9,11})|(?P<client>[0-9]{9,11})/(?:join|start))/?"
    r"|my/(?P<room>[a-z0-9._%\-]+)/?"
    r")\Z",
    re.IGNORECASE,
)
_REST = re.compile(r"/?(?:[.,;:!&%A-Z]|https?:|\Z)")
"""What may follow a number: nothing, punctuation, or a text glued to it."""
_REGISTRATION = re.compile(r"/{1,2}(?:meeting|webinar)/register/[A-Za-z0-9_\-]+[^{}<>]*\Z", re.IGNORECASE)
_FORMS = {"j": Kind.JOIN, "s": Kind.START, "w": Kind.WEBINAR}
_PAGES = (
    (re.compile(r"/(?:rec|recording|clips)(?:/|\Z)", re.IGNORECASE), Refusal.RECORDING),
    (re.compile(r"/(?:u/|zoomconference)", re.IGNORECASE), Refusal.DIAL_IN),
    (re.compile(r"/(?:meeting|webinar)/.*(?:/ics|/calendar/)", re.IGNORECASE), Refusal.CALENDAR_FILE),
    (re.compile(r"/launch/(?:jc|chat)", re.IGNORECASE), Refusal.CHAT),
    (re.compile(r"/(?:[jsw]|wc|my|meeting/register|webinar/register)(?:/|\Z)", re.IGNORECASE), Refusal.PLACEHOLDER),
)
_NO_MEETINGS_HERE = {
    f"{label}.{domain}"
    for label in (
        "api applications blog community developers devforum docs events explore learning marketplace news status "
        "support trust"
    ).split()
    for domain in ("zoom.us", "zoom.com", "zoomgov.com")
}
_MEETING_PATH = re.compile(r"/{1,2}(?:[jsw]|wc|my|meeting|webinar)/", re.IGNORECASE)
_NUMBERED_PATH = re.compile(r"/{1,2}[jsw]/[0-9]{9,11}(?![0-9])")
_NAMED_LIKE = re.compile(r"(?:^|[.\-@])zoom(?:[.\-]?us|\.com|gov|-?x\.de)")
_CONFERENCE_NUMBER = re.compile(r"[0-9]{9,11}\Z")


_USUAL = re.compile(
    r"https://((?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.){0,3}zoom\.us)/j/([0-9]{9,11})\?pwd=([A-Za-z0-9_\-]{1,64}(?:\.[A-Za-z0-9]{1,3})?)\Z"
)


def read_usual(url: str) -> Reading | None:
    """Return what `read` returns, for an undamaged link in its most usual form; None for every other address."""
    match = _USUAL.match(url)
    if match is None:
        return None
    host, number, passcode = match.groups()
    if host in _NO_MEETINGS_HERE or "xn--" in host or not number.strip("0"):
        return None
    return Reading(url, host, Kind.JOIN, number, passcode)


def read(url: str, *, exact: bool = False) -> Reading:
    """Return what an address means at Zoom.

    Args:
        url: Already unwrapped.
        exact: It is given as a whole, as by a gateway or an `href`; else what follows it in a text may cling to it.
    """
    clean = _cut(_encoded(url) if exact else _BRACKET.sub("", url))
    parts = split(clean)
    if parts is None:
        return Reading(url, "", refusal=Refusal.FOREIGN)
    clean = clean.partition("#")[0]
    if not parts.path and not parts.query:
        parts = split(url) or parts
    if not is_zoom_host(parts.host):
        return _foreign(url, parts)
    written = url.partition("?")[0].partition("#")[0]
    if len(clean) > LONGEST_OPENED or _LEAVES.search(written) or _LEAVES.search(parts.path):
        return Reading(clean, parts.host, refusal=Refusal.PAGE)
    match parts.scheme:
        case "https" | "http":
            return _web(clean, parts)
        case "zoommtg" | "zoomus":
            return _native(clean, parts)
    return Reading(clean, parts.host, refusal=Refusal.FOREIGN)


def _encoded(url: str) -> str:
    """Escape what a browser escapes in the parameters beside the passcode."""
    if _CLEAN.fullmatch(url):
        return url
    path, mark, query = url.partition("?")
    return path + mark + _OTHER_PARAMETER.sub(lambda match: quote(match.group(), _LEGAL, errors="replace"), query)


def _cut(url: str) -> str:
    """Drop what clings to the end of an address, or of the passcode in it."""
    match = _CLEAN.match(url)
    if match is None:
        return ""
    clean = match.group()
    if "%" in clean:
        path, mark, query = clean.partition("?")
        ended = _ESCAPED_END.search(path)
        clean = path[: ended.start()] if ended else path + mark + _PASSCODE_END.sub(r"\1", query)
    if joined := _JOINED.search(clean):
        clean = clean[: joined.end() - 1]
    return _GLUED_WORD.sub("", clean.rstrip(_TRAILING))


def _foreign(url: str, parts: Address) -> Reading:
    name = parts.authority
    pretends = (
        _NAMED_LIKE.search(name) is not None
        or (("zoom" in name or not name.isascii() or "xn--" in name) and _MEETING_PATH.match(parts.path) is not None)
        or _NUMBERED_PATH.match(parts.path) is not None
        or ("@" in name and "zoom" in name)
    )
    host = name if "\\" in name else name.rpartition("@")[2]
    bare = host.partition(":")[0]
    host = host if is_zoom_host(bare) else bare
    return Reading(url, host, refusal=Refusal.LOOK_ALIKE if pretends else Refusal.FOREIGN)


def _web(url: str, parts: Address) -> Reading:
    host, path = parts.host, parts.path
    if host in _NO_MEETINGS_HERE:
        return Reading(url, host, refusal=Refusal.PAGE)
    match = _MEETING.match(path)
    if match is None:
        return _page(url, host, path)
    form, plain, rest, web, client, room = match.group("form", "plain", "rest", "web", "client", "room")
    if room is not None:
        name = room.rstrip(".").lower()
        return Reading(url, host, Kind.PERSONAL, "", _passcode(parts.query), name)
    if plain is None:
        return _meeting(url, host, Kind.JOIN, web or client, parts.query)
    if not _REST.match(rest):
        return Reading(url, host, refusal=Refusal.PAGE)
    if rest.strip("/") and not rest.startswith("&"):
        url = url.partition("?")[0][: -len(rest)]
    return _meeting(url, host, _FORMS[form.lower()], plain, parts.query or rest)


def _meeting(url: str, host: str, kind: Kind, number: str, query: str) -> Reading:
    if not number.strip("0"):
        return Reading(url, host, refusal=Refusal.PLACEHOLDER)
    return Reading(url, host, kind, number, _passcode(query))


def _page(url: str, host: str, path: str) -> Reading:
    if _REGISTRATION.match(path) and not path.endswith("/ics"):
        return Reading(url, host, Kind.REGISTER)
    for shape, refusal in _PAGES:
        if shape.match(path):
            return Reading(url, host, refusal=refusal)
    return Reading(url, host, refusal=Refusal.PAGE)


def _native(url: str, parts: Address) -> Reading:
    given = dict(reversed(parameters(parts.query)))
    action = parts.path.strip("/").lower() or given.get("action", "").lower()
    number = given.get("confno", "")
    if action not in ("join", "start"):
        return Reading(url, parts.host, refusal=Refusal.PAGE)
    if not _CONFERENCE_NUMBER.match(number):
        return Reading(url, parts.host, refusal=Refusal.PLACEHOLDER)
    return _meeting(url, parts.host, Kind(action), number, parts.query)


def _passcode(query: str) -> str:
    """Return the first passcode given that is not empty and no template, its escapes undone."""
    if PASSCODE not in query.lower():
        return ""
    for name, value in parameters(query):
        if name == PASSCODE and value:
            passcode = unquote(value.partition("?")[0])
            if passcode and passcode.isprintable() and not set(passcode) & set("{}<>[] "):
                return passcode
    return ""
