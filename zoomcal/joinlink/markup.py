"""Addresses and prose in a field that may be HTML: as much of a browser's reading as finding links needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zoomcal.joinlink.plain import Seen, address_in, addresses
from zoomcal.joinlink.repair import entities_resolved

_ANY_TAG = re.compile(r"<(?:/?[a-z][a-z0-9:\-]*(?:\s+[a-z][\w:\-]*\s*=|\s*/?>)|!--|!doctype)")
_ATTRIBUTES = r"(?:[^<>\"'=]|=\s*+(?:\"[^\"]*\"|'[^']*')?|[\"'])*+"
_INLINE = re.compile(
    rf"</?(?:wbr|b|big|i|u|s|em|strong|span|font|small|code|nobr|ins|del|strike|mark|tt|o:p)(?=[\s/>]){_ATTRIBUTES}>",
    re.IGNORECASE,
)
_OTHER = re.compile(rf"(?:</?[a-z!](?!ttps?:|oommtg:|oomus:)[^\s<>/]*{_ATTRIBUTES}>\s*+)+", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:br|p|div|td|li|table)(?=[\s/>])")
_MARKUP = re.compile(
    r"<(?:!--.*?(?:-->|\Z)"
    r"|(script|style|title|textarea|template|noscript)(?=[\s/>]).*?(?:</\1|\Z)"
    rf"|(?:a|area)(?=[\s/])(?P<anchor>{_ATTRIBUTES})>"
    r"|(?P<close>/a)(?=[\s/>])[^<>]*>?)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_BROKEN_ADDRESS = str.maketrans("", "", "\t\r\n")


class Field:
    """One field of a meeting.

    Args:
        text: As it came, its damage repaired.
        low: The same text in lower case, letter for letter.
    """

    def __init__(self, text: str, low: str) -> None:
        self._text = text
        self._low = low
        self._is_html = "<" in low and _ANY_TAG.search(low) is not None
        self._prose: list[str] = []
        self._length = 0

    @property
    def prose(self) -> str:
        """What a person reads, each block on a line of its own; filled by `addresses` where it is asked for."""
        return "".join(self._prose)

    def addresses(self, spots: re.Pattern[str], *, prose: bool = False) -> Iterator[Seen]:
        """Yield the addresses that cover a match of `spots` (lower case), in their order.

        A link of HTML is its `href`; what it displays comes beside it. Positions are those in the prose, and mean
        nothing where that is not wanted.
        """
        if not self._is_html:
            yield from self._passage(0, len(self._text), spots, prose)
            return
        done = 0
        anchor: tuple[int, int] | None = None
        for markup in _MARKUP.finditer(self._low):
            opens, closes = markup["anchor"] is not None, markup["close"] is not None
            if anchor and not (opens or closes):
                continue
            yield from self._stretch(anchor, done, markup.start(), spots, prose)
            anchor = markup.span("anchor") if opens else None
            done = markup.end()
        yield from self._stretch(anchor, done, len(self._text), spots, prose)

    def _stretch(
        self, anchor: tuple[int, int] | None, begin: int, end: int, spots: re.Pattern[str], prose: bool
    ) -> Iterator[Seen]:
        """Yield from the text between two anchors' borders, and from the anchor it stands in, if any."""
        if not prose and not spots.search(self._low, anchor[0] if anchor else begin, end):
            return
        href, spare = self._target(anchor) if anchor else (None, "")
        if href is None:
            yield from self._passage(begin, end, spots, prose)
            return
        shown = self._flat(begin, end)
        at = self._length
        if prose:
            self._keep(shown)
        if url := _href(href):
            at_spots = (match.start() for match in spots.finditer(lowered(shown)))
            displayed = tuple(seen.url for seen in addresses(shown, at_spots))
            yield Seen(url, at, at, displayed, spare, exact=True)

    def _passage(self, begin: int, end: int, spots: re.Pattern[str], prose: bool) -> Iterator[Seen]:
        if not prose and not spots.search(self._low, begin, end):
            return
        flat = self._flat(begin, end)
        low = self._low if flat is self._text else lowered(flat)
        at = self._length
        if prose:
            self._keep(flat)
        for seen in addresses(flat, (match.start() for match in spots.finditer(low))):
            yield seen._replace(begin=seen.begin + at, end=seen.end + at) if at else seen

    def _keep(self, flat: str) -> None:
        self._prose.append(flat)
        self._length += len(flat)

    def _flat(self, begin: int, end: int) -> str:
        flat = self._text[begin:end]
        if self._is_html and "<" in flat:
            if "\n" in flat and _BLOCK.search(self._low):
                flat = flat.replace("\r", "").replace("\n", " ")
            flat = _OTHER.sub("\n", _INLINE.sub("", flat))
        return entities_resolved(flat)

    def _target(self, anchor: tuple[int, int]) -> tuple[str | None, str]:
        """Return an anchor's address and the one it had before a mail program wrapped it."""
        href: str | None = None
        spare = ""
        for attribute in _ATTRIBUTE.finditer(self._text, *anchor):
            name = attribute[1].lower()
            value = attribute[2] or attribute[3] or attribute[4] or ""
            if name == "href" and href is None:
                href = value
            elif name == "originalsrc":
                spare = entities_resolved(value)
        return href, spare


def _href(value: str) -> str:
    """Return where an `href` leads, or nothing when it is no web or Zoom address."""
    url = entities_resolved(value).translate(_BROKEN_ADDRESS).strip()
    if url.startswith("//"):
        return f"https:{url}"
    if _NAMED_SCHEME.match(url) and not _OURS.match(url):
        return ""
    return url if _OURS.match(url) else address_in(url)


def lowered(text: str) -> str:
    """Return `text` in lower case with every letter at its place."""
    low = text.lower()
    return low if len(low) == len(text) else _CAPITALS.sub(lambda match: match.group().lower(), text)


_OURS = re.compile(r"(?:https?|zoommtg|zoomus):/", re.IGNORECASE)
_NAMED_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_CAPITALS = re.compile(r"[A-Z]+")
