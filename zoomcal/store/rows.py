"""How domain values become rows and come back.

What is plain has a column of its own; a meeting's finding and attendees, and a contact's card, are compact JSON arrays.
Moments are whole microseconds since 1970 in UTC. Whoever changes an array's shape adds a migration that empties or
rewrites the rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from zoomcal.catalogue import Sentence
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.joinlink.model import Finding, Kind, Link, Place

MeetingRow = tuple[
    str, int, int, str | None, str | None, str, str, str, str, str, str, str, str, str, str, str, str, str, str, int,
    str, str,
]  # fmt: skip
"""The columns of `meetings` from `uid` on. Of an all-day meeting `start` and `until` are the earliest and the latest
instant at which it may begin and end anywhere on earth."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EASTMOST = timedelta(hours=14)
_WESTMOST = timedelta(hours=12)
_ROLES = {str(role): role for role in Role}
_ANSWERS = {str(answer): answer for answer in Answer}
_KINDS = {str(kind): kind for kind in Kind}
_PLACES = {str(place): place for place in Place}

read: Callable[[str], Any] = json.JSONDecoder().decode


class DamagedRow(Exception):
    """A row does not hold what was once written."""


def instant(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the aware UTC moment of `instant`."""
    return _EPOCH + timedelta(microseconds=microseconds)


def written(value: object) -> str:
    """Return JSON that `read` understands."""
    import orjson  # only what writes loads it

    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a character: escaped, it can be kept
        return json.dumps(value)


def bindable(text: str) -> str:
    """Return `text` with lone surrogates, which SQLite cannot hold, replaced."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode(errors="replace").decode()
    return text


def meeting_row(meeting: Meeting) -> MeetingRow:
    """Return the row of `meeting`, its texts as they are; its account and calendar are the caller's."""
    return (
        meeting.uid,
        *_span(meeting.when),
        meeting.title,
        str(meeting.role),
        str(meeting.answer),
        meeting.host.name,
        meeting.host.email,
        meeting.location,
        meeting.description,
        meeting.conference_url,
        meeting.conference_passcode,
        meeting.zone,
        meeting.ical_uid,
        meeting.series_uid,
        meeting.etag,
        meeting.web_link,
        int(meeting.attendees_omitted),
        _attendees_text(meeting.attendees) if meeting.attendees else "[]",
        _finding_text(meeting.finding),
    )


def bindable_row(row: MeetingRow) -> MeetingRow:
    """Return a row that SQLite can hold."""
    return cast("MeetingRow", tuple([bindable(value) if isinstance(value, str) else value for value in row]))


def _attendees_text(attendees: tuple[Attendee, ...]) -> str:
    return written(
        [
            (each.person.name, each.person.email, each.answer, each.comment, each.is_self, each.is_resource)
            for each in attendees
        ]
    )


def _finding_text(finding: Finding) -> str:
    link = finding.link
    return written(
        (
            _sentence_out(finding.why),
            link and (link.kind, link.place, link.url, link.host, link.meeting_id, link.passcode, link.government),
            finding.look_alike,
        )
    )


def _span(when: Timed | Days) -> tuple[int, int, str | None, str | None]:
    if isinstance(when, Timed):
        return (instant(when.start), instant(when.end), None, None)
    days = when.within(UTC)
    start, until = instant(days.start) - _EASTMOST // _MICROSECOND, instant(days.end) + _WESTMOST // _MICROSECOND
    return (start, until, when.first.isoformat(), when.until.isoformat())


def meeting_from(account: AccountId, calendar_id: str, row: MeetingRow) -> Meeting:
    """Return the meeting of a row.

    Raises:
        DamagedRow: The row is not one that `meeting_row` made.
    """
    try:
        return _meeting(account, calendar_id, row)
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise DamagedRow from error


def _when(start: int, until: int, first_day: str | None, until_day: str | None) -> Timed | Days:
    if first_day is None or until_day is None:
        return Timed(moment(start), moment(until))
    return Days(date.fromisoformat(first_day), date.fromisoformat(until_day))


def _meeting(account: AccountId, calendar_id: str, row: MeetingRow) -> Meeting:
    (
        uid, start, until, first_day, until_day, title, role, answer, host_name, host_email, location, description,
        conference_url, conference_passcode, zone, ical_uid, series_uid, etag, web_link, omitted, attendees, finding,
    ) = row  # fmt: skip
    why, link, look_alike = read(finding)
    return Meeting(
        account=account,
        calendar_id=calendar_id,
        uid=uid,
        title=title,
        when=_when(start, until, first_day, until_day),
        finding=Finding(why=_sentence_in(why), link=_link(link), look_alike=look_alike),
        role=_ROLES[role],
        answer=_ANSWERS[answer],
        host=Person(host_name, host_email),
        attendees=tuple([_attendee(*each) for each in read(attendees)]),
        location=location,
        description=description,
        conference_url=conference_url,
        conference_passcode=conference_passcode,
        zone=zone,
        ical_uid=ical_uid,
        series_uid=series_uid,
        etag=etag,
        web_link=web_link,
        attendees_omitted=bool(omitted),
    )


def _link(stored: Any) -> Link | None:
    if stored is None:
        return None
    kind, place, url, host, meeting_id, passcode, government = stored
    return Link(
        kind=_KINDS[kind],
        place=_PLACES[place],
        url=url,
        host=host,
        meeting_id=meeting_id,
        passcode=passcode,
        government=government,
    )


@lru_cache(maxsize=4096)
def _attendee(name: str, email: str, answer: str, comment: str, is_self: bool, is_resource: bool) -> Attendee:
    return Attendee(
        person=Person(name, email), answer=_ANSWERS[answer], comment=comment, is_self=is_self, is_resource=is_resource
    )


def _sentence_out(said: Sentence) -> tuple[str, str, Mapping[str, object]]:
    return (said.text, said.many, {name: _value_out(value) for name, value in said.values.items()})


def _value_out(value: object) -> object:
    match value:
        case str() | int() | float() | None:
            return value
        case Sentence():
            return ("sentence", *_sentence_out(value))
        case datetime():
            return ("moment", value.isoformat())
        case date():
            return ("date", value.isoformat())
        case _:
            return str(value)


def _sentence_in(stored: Any) -> Sentence:
    text, many, values = stored
    return Sentence(text, {name: _value_in(value) for name, value in values.items()} if values else {}, many)


def _value_in(stored: Any) -> object:
    match stored:
        case ["sentence", *rest]:
            return _sentence_in(rest)
        case ["moment", str(text)]:
            return datetime.fromisoformat(text)
        case ["date", str(text)]:
            return date.fromisoformat(text)
        case _:
            return stored
