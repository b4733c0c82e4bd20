"""Addresses in plain text: where one begins and ends, whatever stands around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from zoomcal.joinlink.wrappers import is_gateway


class Seen(NamedTuple):
    """An address as it stands in a field."""

    url: str
    begin: int
    end: int
    """Where it stands in the field's prose."""
    shown: tuple[str, ...] = ()
    """Addresses that are displayed in place of `url`."""
    spare: str = ""
    """Where the mail program says the address led before it was wrapped."""
    exact: bool = False
    """It is an `href`: it ends where it ends."""


_END = re.compile(
    r"[\s<>\"\x00-\x1f\x7f\u00ab\u00ad\u00bb\u200b-\u200f\u2028-\u202e\u2060\u2018-\u201f\u2026\ufeff"
    r"\u3000-\u3002\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\ufffc]"
)
_WINDOWS = (48, 512, 8192)
_BESIDE = re.compile(r"\s?<(?=(?:https?|zoommtg|zoomus):)", re.IGNORECASE)
_FOREIGN_SCHEME = re.compile(
    r"[^\w]*(?:javascript|vbscript|data|mailto|file|ftps?|sftp|tel|sms|sips?|callto|skype|msteams|intent|view-source"
    r"|blob|about|wss?|ldap|chrome|zoomphonecall|zoomphonesms):",
    re.IGNORECASE,
)
_JOINT = re.compile(r"(?:[,;']|\]\()(?=(?:https?|zoommtg|zoomus):/)", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?|zoommtg|zoomus):/{1,2}(?!/)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[A-Za-z0-9+.\-]://")
_HOST_AND_MORE = re.compile(r"(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}(?:[:/?]|\Z)")
_ASSIGNED = re.compile(r"\W*[A-Za-z_\-]+=[\W]*\Z")
_ZOOM = re.compile(r"zoom(?:\.us|\.com|gov\.com|-x\.de)", re.IGNORECASE)
_HOST_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
_SHORTEST_GLUED_WORD = 3
_LONGEST_GLUED = 200


def addresses(text: str, spots: Iterator[int]) -> Iterator[Seen]:
    """Yield the addresses of `text` that cover one of `spots` (rising positions), in their order."""
    end = 0
    for spot in spots:
        if spot < end:
            continue
        begin = _token_begin(text, end, spot)
        token, end = _token(text, begin, spot)
        beside = _BESIDE.match(text, end) if _ZOOM.search(token) else None
        if beside:
            target, end = _token(text, beside.end(), beside.end())
            shown = tuple(url for url, _ in _in_token(token))
            yield from (Seen(url, begin, end, shown) for url, _ in _in_token(target))
        else:
            yield from (Seen(url, begin, end, shown) for url, shown in _in_token(token))


def _token_begin(text: str, floor: int, spot: int) -> int:
    """Return where the unbroken run of characters around `spot` begins; not before `floor`."""
    for width in _WINDOWS:
        begin = max(floor, spot - width)
        last = _END.split(text[begin:spot])[-1]
        if begin == floor or len(last) < spot - begin:
            return spot - len(last)
    return spot - len(_END.split(text[floor:spot])[-1])


def _token(text: str, begin: int, spot: int) -> tuple[str, int]:
    """Return the run that begins at `begin`, and its end."""
    stop = _END.search(text, spot)
    end = stop.start() if stop else len(text)
    return text[begin:end], end


def _in_token(token: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the addresses of an unbroken run, each with what is displayed in its place."""
    if _FOREIGN_SCHEME.match(token):
        return
    begin = 0
    shown: tuple[str, ...] = ()
    for joint in _JOINT.finditer(token):
        url = address_in(token[begin : joint.start()])
        begin = joint.end()
        if joint.group() == "](":
            shown = (url,) if url else ()
            continue
        if url:
            yield url, shown
        shown = ()
    if url := address_in(token[begin:]):
        yield url, shown


def address_in(run: str) -> str:
    """Return the outermost address in an unbroken run of characters, or nothing.

    A scheme may be missing; words and brackets may be glued before it. What stands in the path, query or user-info of
    something else is not an address of its own.
    """
    match = _SCHEME.search(run)
    if match and _may_precede(run[: match.start()], native=match.group()[0] in "zZ"):
        return run[match.start() :]
    return _without_scheme(run)


def _may_precede(prefix: str, *, native: bool) -> bool:
    """Whether an address may begin after `prefix`, which stands glued before it.

    The letters before one of Zoom's own schemes make it the scheme of some other program.
    """
    if not prefix or not prefix.strip("([{*'`_-|:=.,;!~^$>\\/"):
        return True
    if len(prefix) > _LONGEST_GLUED or _HOST_AND_MORE.search(prefix) or _OTHER_SCHEME.search(prefix):
        return False
    last = prefix[-1]
    if native and (last in "-." or (last.isascii() and last.isalnum())):
        return False
    if last == "=":
        return _ASSIGNED.match(prefix) is not None
    if last.isascii() and last.isalpha():
        letters = len(prefix) - len(prefix.rstrip(_HOST_LETTERS[:52]))
        return letters >= _SHORTEST_GLUED_WORD
    return last not in "/?&#@%+\\"


def _without_scheme(run: str) -> str:
    run = run.lstrip("([{*'`|:,;~")
    run = run.removeprefix("//")
    whole = _HOST_AND_MORE.match(run)
    if whole and is_gateway(whole.group().rstrip(":/?").lower()):
        return f"https://{run}"
    zoom = _ZOOM.search(run)
    if zoom is None:
        return ""
    before = run[: zoom.start()].rstrip(_HOST_LETTERS)
    if before and not _may_end_before_host(before):
        return ""
    return f"https://{run[len(before) :]}"


def _may_end_before_host(before: str) -> bool:
    last = before[-1]
    if any(letter in before for letter in "/@%?=&#\\+"):
        return False
    if last == ":" and "." in before:
        return False
    if last in "_*":
        return not before.strip("_*")
    if last.isalpha() or last.isdigit():
        return unicodedata.category(last) == "Lo"
    return True
