"""Which link Join opens for a meeting, and what else was seen in it. Pure: nothing is opened, nothing fetched."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from zoomcal.catalogue import Sentence
from zoomcal.joinlink import saying, services, stated
from zoomcal.joinlink.address import is_zoom_host, parameters, split
from zoomcal.joinlink.markup import Field, lowered
from zoomcal.joinlink.model import Candidate, Fields, Finding, Kind, Link, Place
from zoomcal.joinlink.plain import Seen
from zoomcal.joinlink.repair import may_hide_letters, repaired
from zoomcal.joinlink.wrappers import Unwrapped, unwrap
from zoomcal.joinlink.zoom import Reading, Refusal, read, read_usual

MILLIONS_READ = 2
LONGEST_READ = MILLIONS_READ * 1_000_000
"""Characters of one field; what lies beyond is not looked at, and `why` says so."""

_SOPHOS, _PROOFPOINT = "protection.sophos.com", "/v3/__"
"""Wrappers that may hide the letters of the host they lead to."""
_ENCODED = rf"{re.escape(_SOPHOS)}|{_PROOFPOINT}"
_OWN = r"zoom(?:\.us|\.com|gov\.com|-x\.de)"
_CERTAIN = re.compile(_OWN)
_CERTAIN_OR_ENCODED = re.compile(rf"{_OWN}|{_ENCODED}")
_ANYTHING = re.compile(
    rf"zoom|{_ENCODED}|/[jsw]/[0-9]{{9}}|mimecast|hornetsecurity|emailprotection\.link|lnkd\.in"
    rf"|{services.HOST.pattern}"
)


class _Judged(NamedTuple):
    """An address, and what it turned out to be."""

    seen: Seen
    place: Place
    unwrapped: Unwrapped
    reading: Reading
    shown: bool = False
    """The displayed address was judged, since the gateway hides the real one."""
    disguise: bool = False
    """It displays a Zoom meeting and leads elsewhere."""


def find(fields: Fields) -> Finding:
    """Return what Join would open for a meeting with these fields, and why.

    Never raises, whatever the texts. Takes time in proportion to their length, and far less than `survey`.
    """
    worth_reading = False
    for place, text in fields.by_place:
        if not text:
            continue
        low = text.lower()
        if "zoom" not in low and not _may_hide_zoom(low):
            continue
        worth_reading = True
        if len(text) > LONGEST_READ:
            break
        first = next(_ways_in(place, text, low), None)
        if first is None:
            continue
        if not first.reading.passcode:
            break
        return Finding(why=_why(first), link=_link(first))
    return _Whole(fields).finding if worth_reading else _elsewhere(fields)


def survey(fields: Fields) -> tuple[Candidate, ...]:
    """Return every address of interest in the order of preference: what `find` chooses first, refused ones last."""
    return _Whole(fields).candidates


def _may_hide_zoom(low: str) -> bool:
    return _SOPHOS in low or _PROOFPOINT in low or may_hide_letters(low)


def _elsewhere(fields: Fields) -> Finding:
    """Return that there is no link, naming the service that the calendar or the location names."""
    for text in (fields.conference_url, fields.location):
        known = services.HOST.search(text.lower()) if "." in text else None
        if known:
            return Finding(why=saying.other_service(services.service_of(known.group())))
    return _CUT if any(len(text) > LONGEST_READ for _, text in fields.by_place) else _NOTHING


_NOTHING = Finding(why=saying.NOTHING)
_CUT = Finding(why=saying.cut_short(saying.NOTHING, MILLIONS_READ))


def _ways_in(place: Place, text: str, low: str) -> Iterator[_Judged]:
    mended = repaired(text)
    if mended is not text or len(low) != len(text):
        text, low = mended, lowered(mended)
    certain = _CERTAIN_OR_ENCODED if _SOPHOS in low or _PROOFPOINT in low else _CERTAIN
    for seen in Field(text, low).addresses(certain):
        judged = _judge(seen, place)
        if judged.reading.is_way_in:
            yield judged


def _judge(seen: Seen, place: Place) -> _Judged:
    usual = read_usual(seen.url)
    if usual:
        return _Judged(seen, place, Unwrapped(seen.url), usual)
    unwrapped = unwrap(seen.url)
    if unwrapped.opaque:
        if seen.spare:
            spare = unwrap(seen.spare)
            return _Judged(seen, place, spare, read(spare.url, exact=True))
        for url in seen.shown:
            reading = read(unwrap(url).url)
            if reading.kind:
                return _Judged(seen, place, unwrapped, reading, shown=True)
        return _Judged(seen, place, unwrapped, Reading(unwrapped.url, "", refusal=Refusal.FOREIGN))
    reading = read(unwrapped.url, exact=seen.exact or bool(unwrapped.wrappers) or place is Place.CONFERENCE)
    foreign = reading.refusal in (Refusal.FOREIGN, Refusal.LOOK_ALIKE)
    disguise = foreign and any(read(unwrap(url).url).is_way_in for url in seen.shown)
    return _Judged(seen, place, unwrapped, reading, disguise=disguise)


def _link(judged: _Judged, passcode: str = "") -> Link:
    reading = judged.reading
    return Link(
        kind=reading.kind or Kind.JOIN,
        place=judged.place,
        url=reading.url,
        host=reading.host,
        meeting_id=reading.meeting_id,
        passcode=reading.passcode or passcode,
    )


def _why(judged: _Judged, *, passcode: bool = False) -> Sentence:
    return saying.found(judged.place, judged.unwrapped.wrappers, shown=judged.shown, passcode=passcode)


class _Whole:
    """All fields of one meeting, read to their ends."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._judged: list[_Judged] = []
        self._parts: list[str] = []
        self._borders: list[int] = []
        self._places: list[Place] = []
        self._is_cut = False
        length = 0
        for place, whole in fields.by_place:
            if not whole:
                continue
            self._is_cut |= len(whole) > LONGEST_READ
            text = repaired(whole[:LONGEST_READ])
            field = Field(text, lowered(text))
            for seen in field.addresses(_ANYTHING, prose=True):
                at_home = seen._replace(begin=seen.begin + length, end=seen.end + length)
                self._judged.append(_judge(at_home, place))
            self._borders.append(length)
            self._places.append(place)
            self._parts += (field.prose, "\n\n")
            length += len(field.prose) + 2

    @property
    def finding(self) -> Finding:
        """What Join would open."""
        found = self._found()
        return replace(found, why=saying.cut_short(found.why, MILLIONS_READ)) if self._is_cut else found

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Everything of interest, best first."""
        chosen = self._found()
        ways_in = [judged for judged in self._judged if judged.reading.is_way_in]
        rows = [self._row(judged) for judged in ways_in]
        if rows and chosen.link:
            rows[0] = rows[0]._replace(link=chosen.link, why=chosen.why)
        number = self._number
        if number and not any(judged.reading.key == number.digits for judged in ways_in):
            link = self._stated(number)
            if chosen.link == link or rows:
                rows.append(Candidate(place=link.place, url="", host="", why=saying.stated(link.place), link=link))
        registers = [judged for judged in self._judged if judged.reading.kind is Kind.REGISTER]
        others = [judged for judged in self._judged if judged.reading.kind is None]
        named = [judged for judged in others if _service(judged)]
        refused = [judged for judged in others if not _service(judged) and _is_of_interest(judged)]
        rows += (self._row(judged) for judged in (*registers, *named, *refused))
        once: dict[object, Candidate] = {}
        for row in rows:
            once.setdefault(_same(row), row)
        return tuple(once.values())

    def _row(self, judged: _Judged) -> Candidate:
        reading = judged.reading
        link = _link(judged) if reading.kind else None
        return Candidate(
            place=judged.place,
            url=reading.url,
            host=reading.host,
            why=self._reason(judged),
            link=link,
            service=_service(judged),
        )

    def _reason(self, judged: _Judged) -> Sentence:
        reading = judged.reading
        if reading.kind is Kind.REGISTER:
            return saying.registration(judged.place)
        if reading.kind:
            return _why(judged)
        return _refused(judged)

    def _found(self) -> Finding:
        first = next((judged for judged in self._judged if judged.reading.is_way_in), None)
        if first:
            return self._joined(first)
        for judged in self._judged:
            if judged.reading.kind is Kind.REGISTER:
                return Finding(why=saying.registration(judged.place), link=_link(judged))
        pretender = next((judged for judged in self._judged if _pretends(judged)), None)
        if pretender:
            return Finding(why=_refused(pretender), look_alike=pretender.reading.host)
        if self._number:
            link = self._stated(self._number)
            return Finding(why=saying.stated(link.place), link=link)
        return Finding(why=self._why_none())

    def _joined(self, first: _Judged) -> Finding:
        key = first.reading.key
        passcode = first.reading.passcode
        copies = (other.reading for other in self._judged if other.reading.is_way_in and other.reading.key == key)
        passcode = next((copy.passcode for copy in copies if copy.passcode), "")
        if not passcode and first.place is Place.CONFERENCE:
            passcode = self._fields.conference_passcode
        if passcode:
            return Finding(why=_why(first), link=_link(first, passcode))
        passcode = self._prose.passcode_of(key)
        if not passcode and first.reading.room and self._number:
            passcode = self._prose.passcode_of(self._number.digits)
        return Finding(why=_why(first, passcode=bool(passcode)), link=_link(first, passcode))

    def _why_none(self) -> Sentence:
        told = sorted(filter(_is_of_interest, self._judged), key=lambda judged: not _service(judged))
        return _refused(told[0]) if told else saying.NOTHING

    @cached_property
    def _prose(self) -> stated.Prose:
        marks, covered = [], []
        for judged in self._judged:
            owner = _owner(judged)
            if owner and not (owner == stated.OTHER and judged.place is Place.CONFERENCE):
                marks.append(stated.Mark(judged.seen.begin, owner))
            covered.append((judged.seen.begin, judged.seen.end))
        return stated.Prose("".join(self._parts), self._borders, marks, covered)

    @cached_property
    def _number(self) -> stated.Number | None:
        return next((number for number in self._prose.numbers if number.is_zooms), None)

    def _stated(self, number: stated.Number) -> Link:
        return Link(
            kind=Kind.JOIN,
            place=self._places[bisect_right(self._prose.borders, number.at) - 1],
            meeting_id=number.digits,
            passcode=self._prose.passcode_of(number.digits),
            government="zoomgov" in self._prose.text.lower(),
        )


def _same(row: Candidate) -> tuple[object, ...]:
    """Return what two rows have in common that mean the same to a person."""
    if row.link and row.link.kind is not Kind.REGISTER:
        return (row.link.kind, row.link.meeting_id or row.url)
    return (row.url,)


def _service(judged: _Judged) -> str:
    return services.service_of(judged.reading.host) if judged.reading.kind is None else ""


def _pretends(judged: _Judged) -> bool:
    return judged.disguise or judged.reading.refusal is Refusal.LOOK_ALIKE


def _is_of_interest(judged: _Judged) -> bool:
    own = judged.reading.refusal is not Refusal.FOREIGN
    return own or judged.disguise or bool(judged.unwrapped.opaque) or bool(_service(judged))


def _refused(judged: _Judged) -> Sentence:
    reading = judged.reading
    if judged.disguise:
        return saying.disguised(reading.host)
    if reading.refusal is Refusal.LOOK_ALIKE:
        return saying.look_alike(reading.host)
    if judged.unwrapped.opaque:
        return saying.hidden(judged.unwrapped.opaque)
    if name := _service(judged):
        return saying.other_service(name)
    return saying.refused(reading.refusal or Refusal.FOREIGN)


def _owner(judged: _Judged) -> str:
    """Whose the words after an address are."""
    reading = judged.reading
    if reading.is_way_in:
        return reading.key
    if judged.unwrapped.opaque:
        parts = split(judged.unwrapped.url)
        named = parts is not None and any(is_zoom_host(value.lower()) for _, value in parameters(parts.query))
        return stated.ZOOM if named else ""
    if reading.refusal is Refusal.RECORDING:
        return stated.RECORDING
    if reading.kind or reading.refusal not in (Refusal.FOREIGN, Refusal.LOOK_ALIKE):
        return stated.ZOOM
    return stated.OTHER if _service(judged) else ""
