from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.providers.asking import address_of
from zoomcal.providers.base import Calendar
from zoomcal.providers.google.mapping import EventMapper, to_calendar, to_contacts

ME = AccountId("google:lan@example.org")
OWN = Calendar(id="lan@example.org", name="Work", primary=True)
TEAM = Calendar(id="team@group.calendar.google.com", name="Team")
SHARED = Calendar(id="ha@example.org", name="Hà", owned=False)

EVENT: dict[str, Any] = {
    "id": "e1_20260311T020000Z",
    "etag": '"34"',
    "status": "confirmed",
    "htmlLink": "https://www.google.com/calendar/event?eid=e1",
    "summary": "Weekly",
    "description": "<p>Agenda</p>",
    "location": "Hà Nội",
    "creator": {"email": "lan@example.org", "self": True},
    "organizer": {"email": "bo@example.com", "displayName": "Bo"},
    "start": {"dateTime": "2026-03-11T09:00:00+07:00", "timeZone": "Asia/Ho_Chi_Minh"},
    "end": {"dateTime": "2026-03-11T09:30:00+07:00", "timeZone": "Asia/Ho_Chi_Minh"},
    "recurringEventId": "e1",
    "iCalUID": "e1@google.com",
    "attendees": [
        {"email": "bo@example.com", "displayName": "Bo", "responseStatus": "accepted", "organizer": True},
        {"email": "lan@example.org", "self": True, "responseStatus": "tentative", "comment": "10 minutes late"},
        {"email": "room@resource.example", "resource": True, "responseStatus": "needsAction"},
    ],
    "attendeesOmitted": True,
    "conferenceData": {
        "entryPoints": [
            {"entryPointType": "phone", "uri": "tel:+1", "pin": "999"},
            {"entryPointType": "video", "uri": "https://us02web.zoom.us/j/81234567890", "passcode": "314159"},
        ]
    },
}


def one(event: dict[str, Any], calendar: Calendar = OWN) -> Meeting:
    (meeting,) = EventMapper(ME, calendar).meetings([event])
    return meeting


def test_an_event_arrives_complete() -> None:
    meeting = one(EVENT)
    assert meeting.key == (ME, "lan@example.org", "e1_20260311T020000Z")
    assert meeting.when == Timed(datetime(2026, 3, 11, 2, tzinfo=UTC), datetime(2026, 3, 11, 2, 30, tzinfo=UTC))
    assert (meeting.title, meeting.description, meeting.location) == ("Weekly", "<p>Agenda</p>", "Hà Nội")
    assert (meeting.zone, meeting.etag) == ("Asia/Ho_Chi_Minh", '"34"')
    assert (meeting.ical_uid, meeting.series_uid) == ("e1@google.com", "e1")
    assert meeting.web_link == EVENT["htmlLink"]
    assert (meeting.role, meeting.answer, meeting.host) == (
        Role.INVITEE,
        Answer.TENTATIVE,
        Person("Bo", "bo@example.com"),
    )
    assert meeting.attendees[1] == Attendee(
        person=Person("", "lan@example.org"), answer=Answer.TENTATIVE, comment="10 minutes late", is_self=True
    )
    assert [attendee.is_resource for attendee in meeting.attendees] == [False, False, True]
    assert meeting.attendees_omitted
    assert (meeting.conference_url, meeting.conference_passcode) == ("https://us02web.zoom.us/j/81234567890", "314159")
    assert meeting.finding.link
    assert (meeting.finding.link.meeting_id, meeting.finding.link.passcode) == ("81234567890", "314159")


@pytest.mark.parametrize("name", ["passcode", "password", "pin", "accessCode"])
def test_a_passcode_is_found_under_each_of_its_names(name: str) -> None:
    entry = {"entryPointType": "video", "uri": "https://zoom.us/j/81234567890", name: "271828"}
    assert one(EVENT | {"conferenceData": {"entryPoints": [entry]}}).conference_passcode == "271828"


def test_a_meet_link_stands_in_where_there_is_no_conference_data() -> None:
    bare = {key: value for key, value in EVENT.items() if key != "conferenceData"}
    assert one(bare | {"hangoutLink": "https://meet.google.com/abc"}).conference_url == "https://meet.google.com/abc"
    assert one(bare).conference_url == ""


def test_whole_days_stay_dates_with_the_last_one_outside() -> None:
    days = one(EVENT | {"start": {"date": "2026-03-11"}, "end": {"date": "2026-03-13"}})
    assert days.when == Days(date(2026, 3, 11), date(2026, 3, 13))
    assert one(EVENT | {"start": {"date": "2026-03-11"}, "end": {}}).when == Days(date(2026, 3, 11), date(2026, 3, 11))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ({"dateTime": "2026-03-29T02:30:00+02:00"}, datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ({"dateTime": "2026-03-29T00:30:00Z"}, datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ({"dateTime": "2026-03-29T09:00:00", "timeZone": "Europe/Berlin"}, datetime(2026, 3, 29, 7, tzinfo=UTC)),
        ({"dateTime": "2026-03-29T09:00:00.250-04:00"}, datetime(2026, 3, 29, 13, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_offset_or_its_zone(start: dict[str, str], expected: datetime) -> None:
    assert one(EVENT | {"start": start, "end": start}).when == Timed(expected, expected)


def test_an_end_before_the_start_or_none_at_all_makes_no_negative_span() -> None:
    start = datetime(2026, 3, 11, 2, tzinfo=UTC)
    for end in ({"dateTime": "2026-03-10T09:00:00+07:00"}, {}, None):
        assert one(EVENT | {"end": end}).when == Timed(start, start)


@pytest.mark.parametrize(
    ("organizer", "calendar", "role"),
    [
        ({"email": "lan@example.org", "self": True}, OWN, Role.HOST),
        ({"email": "Lan@Example.ORG"}, OWN, Role.HOST),
        ({"email": "bo@example.com"}, OWN, Role.INVITEE),
        ({"email": "team@group.calendar.google.com", "self": True}, TEAM, Role.HOST),
        ({"email": "ha@example.org", "self": True}, SHARED, Role.INVITEE),
        ({"email": "lan@example.org"}, SHARED, Role.HOST),
        ({}, OWN, Role.INVITEE),
        (None, OWN, Role.INVITEE),
    ],
)
def test_who_hosts(organizer: dict[str, Any] | None, calendar: Calendar, role: Role) -> None:
    assert one(EVENT | {"organizer": organizer}, calendar).role is role


def test_on_a_shared_calendar_ones_own_answer_is_found_by_address() -> None:
    attendees = [
        {"email": "ha@example.org", "self": True, "responseStatus": "declined"},
        {"email": "LAN@example.org", "responseStatus": "tentative"},
    ]
    assert one(EVENT | {"attendees": attendees}, SHARED).answer is Answer.TENTATIVE
    assert one(EVENT | {"attendees": attendees[:1]}, SHARED).answer is Answer.ACCEPTED
    assert one(EVENT | {"attendees": attendees[:1]}, OWN).answer is Answer.DECLINED


def test_a_group_calendar_is_nobodys_host() -> None:
    organizer = {"email": "team@group.calendar.google.com", "displayName": "Team", "self": True}
    meeting = one(EVENT | {"organizer": organizer, "creator": {"email": "bo@example.com"}}, TEAM)
    assert (meeting.host, meeting.role) == (Person("", "bo@example.com"), Role.HOST)


def test_one_bad_event_does_not_lose_the_page_and_is_logged_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad: list[Any] = [
        {"id": "cancelled", "status": "cancelled", "recurringEventId": "e1"},
        {"summary": "no id", "start": EVENT["start"]},
        {"id": "secret-id", "summary": "Secret", "start": {"dateTime": "yesterday"}},
        {"id": "no-start", "summary": "Secret"},
        EVENT | {"id": "far", "start": {"dateTime": "0001-01-01T00:00:00+14:00"}},
        EVENT | {"id": "nowhere", "start": {"dateTime": "2026-03-11T09:00:00", "timeZone": "Moon/Base"}},
        EVENT | {"id": "odd", "attendees": "everybody"},
        EVENT | {"id": "odder", "conferenceData": {"entryPoints": [7]}},
        None,
        "event",
    ]
    with caplog.at_level(logging.DEBUG):
        assert [meeting.uid for meeting in EventMapper(ME, OWN).meetings([*bad, EVENT])] == [EVENT["id"]]
    assert "skipped" in caplog.text
    assert not any(word in caplog.text for word in ("Secret", "secret-id", "yesterday", "Moon"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"id": st.just("x")}, optional={name: JSON for name in EVENT if name != "id"}), JSON)
def test_whatever_stands_in_an_event_its_neighbours_arrive(event: dict[str, Any], junk: Any) -> None:
    found = EventMapper(ME, OWN).meetings([EVENT, EVENT | event, event, junk, EVENT])
    assert found[0] == found[-1] == one(EVENT)
    for meeting in found:
        texts = (meeting.title, meeting.location, meeting.description, meeting.zone, meeting.etag, meeting.web_link)
        assert all(isinstance(text, str) for text in texts)


PERSON: dict[str, Any] = {
    "resourceName": "people/c1",
    "metadata": {"previousResourceNames": ["people/c0", "people/c1"]},
    "names": [{"displayName": "Not me"}, {"displayName": "Phạm Thu Hà", "metadata": {"primary": True}}],
    "organizations": [{"name": "Sao Mai", "title": "Planner"}],
    "emailAddresses": [{"value": "ha@example.org", "type": "work"}, {"type": "home"}],
    "phoneNumbers": [
        {"value": "024 3825 0001", "canonicalForm": "+842438250001", "type": "work"},
        {"value": "12", "type": "other"},
        {"canonicalForm": "+84900000000"},
    ],
    "photos": [{"url": "https://lh3.example/photo", "default": True}],
}


def test_a_person_becomes_a_contact_and_its_former_ids_go() -> None:
    contacts, gone = to_contacts([PERSON, {"resourceName": "people/c9", "metadata": {"deleted": True}}], ME)
    assert gone == ["people/c0", "people/c9"]
    assert contacts == [
        Contact(
            account=ME,
            uid="people/c1",
            name="Phạm Thu Hà",
            company="Sao Mai",
            title="Planner",
            emails=(Email("ha@example.org", "work"),),
            phones=(
                Phone("024 3825 0001", "work", "+842438250001"),
                Phone("12", "other"),
                Phone("+84900000000", "", "+84900000000"),
            ),
        )
    ]
    photo = [{"url": "https://lh3.example/photo"}]
    assert to_contacts([PERSON | {"photos": photo}], ME)[0][0].photo_url == "https://lh3.example/photo"


@given(st.dictionaries(st.sampled_from(sorted(PERSON)), JSON), JSON)
def test_whatever_stands_in_a_person_the_others_arrive(person: dict[str, Any], junk: Any) -> None:
    contacts, _ = to_contacts([PERSON, PERSON | person, person, junk, PERSON], ME)
    assert contacts[0] == contacts[-1] == to_contacts([PERSON], ME)[0][0]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"id": "a", "summary": "Work", "accessRole": "owner", "primary": True, "selected": True},
            Calendar(id="a", name="Work", primary=True),
        ),
        (
            {"id": "b", "summary": "x", "summaryOverride": "Hà", "accessRole": "reader", "backgroundColor": "#9fe1e7"},
            Calendar(id="b", name="Hà", colour="#9fe1e7", selected=False, owned=False),
        ),
        ({"id": "c", "accessRole": "writer"}, Calendar(id="c", name="c", selected=False, owned=False)),
        ({"id": "d", "summary": "Room", "accessRole": "freeBusyReader"}, None),
        ({"id": "e", "summary": "Gone", "accessRole": "owner", "deleted": True}, None),
        ({"summary": "No id", "accessRole": "owner"}, None),
    ],
)
def test_an_entry_of_the_list_becomes_a_calendar(entry: dict[str, Any], expected: Calendar | None) -> None:
    assert to_calendar(entry) == expected


def test_an_accounts_address_is_what_follows_its_service() -> None:
    assert address_of(AccountId("google:o:dd@example.org")) == "o:dd@example.org"
