from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.store.samples import LAN, WORK, meeting
from zoomcal.catalogue import Sentence
from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.joinlink.model import Finding, Kind, Link, Place
from zoomcal.store.contact_rows import contact_from, contact_row
from zoomcal.store.rows import (
    DamagedRow,
    bindable,
    instant,
    meeting_from,
    meeting_row,
    moment,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
"""Lone surrogates and NUL too: JSON of a hostile service holds them."""
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(1, 1, 2), date(9999, 12, 29))
STORABLE = ANY_TEXT.map(bindable)
SPANS = st.builds(Timed, MOMENTS, MOMENTS) | st.builds(Days, DAYS, DAYS)
VALUES: st.SearchStrategy[object] = ANY_TEXT | st.integers() | st.booleans() | MOMENTS | DAYS
SENTENCES = st.builds(
    Sentence,
    ANY_TEXT,
    st.dictionaries(ANY_TEXT, VALUES | st.builds(Sentence, ANY_TEXT, st.dictionaries(ANY_TEXT, VALUES)), max_size=3),
    ANY_TEXT,
)
LINKS = st.builds(
    Link,
    kind=st.sampled_from(Kind),
    place=st.sampled_from(Place),
    url=ANY_TEXT,
    host=ANY_TEXT,
    meeting_id=ANY_TEXT,
    passcode=ANY_TEXT,
    government=st.booleans(),
)
PEOPLE = st.builds(Person, ANY_TEXT, ANY_TEXT)
ATTENDEES = st.builds(
    Attendee,
    person=PEOPLE,
    answer=st.sampled_from(Answer),
    comment=ANY_TEXT,
    is_self=st.booleans(),
    is_resource=st.booleans(),
)
MEETINGS = st.builds(
    Meeting,
    account=st.just(LAN),
    calendar_id=st.just(WORK),
    uid=STORABLE,
    title=STORABLE,
    when=SPANS,
    finding=st.builds(Finding, why=SENTENCES, link=st.none() | LINKS, look_alike=ANY_TEXT),
    role=st.sampled_from(Role),
    answer=st.sampled_from(Answer),
    host=st.builds(Person, STORABLE, STORABLE),
    attendees=st.lists(ATTENDEES, max_size=3).map(tuple),
    location=STORABLE,
    description=STORABLE,
    conference_url=STORABLE,
    conference_passcode=STORABLE,
    zone=STORABLE,
    ical_uid=STORABLE,
    series_uid=STORABLE,
    etag=STORABLE,
    web_link=STORABLE,
    attendees_omitted=st.booleans(),
)
CONTACTS = st.builds(
    Contact,
    account=st.just(LAN),
    uid=STORABLE,
    name=STORABLE,
    company=STORABLE,
    title=STORABLE,
    emails=st.lists(st.builds(Email, ANY_TEXT, ANY_TEXT), max_size=3).map(tuple),
    phones=st.lists(st.builds(Phone, ANY_TEXT, ANY_TEXT, ANY_TEXT), max_size=3).map(tuple),
    photo_url=ANY_TEXT,
)


def through_sqlite(row: tuple[object, ...]) -> tuple[object, ...]:
    db = sqlite3.connect(":memory:")
    try:
        found: tuple[object, ...] = db.execute(f"SELECT {', '.join('?' * len(row))}", row).fetchone()
    finally:
        db.close()
    return found


@given(MEETINGS)
def test_every_field_of_a_meeting_comes_back(given_meeting: Meeting) -> None:
    row = through_sqlite(meeting_row(given_meeting))
    back = meeting_from(LAN, WORK, row)  # type: ignore[arg-type]
    assert back == given_meeting
    assert back.finding.why.values == given_meeting.finding.why.values


@given(CONTACTS)
def test_every_field_of_a_contact_comes_back(given_contact: Contact) -> None:
    assert contact_from(LAN, through_sqlite(contact_row(given_contact))) == given_contact  # type: ignore[arg-type]


@given(MOMENTS)
def test_moments_keep_their_microseconds(given_moment: datetime) -> None:
    assert moment(instant(given_moment)) == given_moment


@given(DAYS, st.integers(1, 3), st.integers(-12, 14))
def test_an_all_day_row_spans_its_days_in_every_zone(first: date, length: int, offset_h: int) -> None:
    from datetime import timezone

    if first > date(9999, 12, 20):
        first = date(9999, 12, 20)
    days = Days(first, first + timedelta(days=length))
    _, start, until, *_ = meeting_row(meeting("a", days))
    local = days.within(timezone(timedelta(hours=offset_h)))
    assert start <= instant(local.start)
    assert instant(local.end) <= until


def test_a_stored_value_that_is_no_plain_value_is_kept_as_text() -> None:
    odd = Finding(why=Sentence("{what}", {"what": AccountId("x"), "path": frozenset()}))
    back = meeting_from(LAN, WORK, meeting_row(Meeting(
        account=LAN, calendar_id=WORK, uid="a", title="", when=Days(date(2026, 1, 1), date(2026, 1, 2)), finding=odd
    )))  # fmt: skip
    assert back.finding.why.values == {"what": "x", "path": "frozenset()"}


@pytest.mark.parametrize("body", ["", "[", "[]", "{}", "null", '["title"]', "\N{SNOWMAN}"])
def test_a_body_that_was_never_written_is_told(body: str) -> None:
    *rest, attendees, finding = meeting_row(meeting("a"))
    for damaged in ((*rest, attendees, body), (*rest, f"[{body}", finding)):
        with pytest.raises(DamagedRow):
            meeting_from(LAN, WORK, damaged)  # type: ignore[arg-type]
    with pytest.raises(DamagedRow):
        contact_from(LAN, ("a", "", "", "", body))
