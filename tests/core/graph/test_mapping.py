from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts import shared
from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.providers.base import Calendar
from zoomcal.providers.graph.mapping import EventMapper, to_calendars, to_contacts

ME = AccountId("office365:lan@example.org")
OWN = Calendar(id="AAMk=", name="Calendar", primary=True)
SHARED = Calendar(id="AAMkShared=", name="Hà", owned=False)
MARCH = Timed(datetime(2026, 3, 10, 17, tzinfo=UTC), datetime(2026, 3, 13, 17, tzinfo=UTC))
EVER = Timed(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"name": name, "address": address}}


def stamp(moment: str, zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": moment, "timeZone": zone}


LINK = '<html><body><p>Agenda</p><a href="https://us02web.zoom.us/j/81234567890?pwd=abc.1">Join</a></body></html>'
EVENT: dict[str, Any] = {
    "@odata.etag": 'W/"ZlnW4RIAV06KYYwlrfNZvQAAKGWwbw=="',
    "id": "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A",
    "type": "occurrence",
    "seriesMasterId": "AAkALgAAmaster",
    "iCalUId": "040000008200E00074C5B7101A82E00807EA030B10AA00CD57CEDA01000000000000000010000000BD7D4D",
    "subject": "Weekly",
    "body": {"contentType": "html", "content": LINK},
    "start": stamp("2026-03-11T02:00:00.0000000"),
    "end": stamp("2026-03-11T02:30:00.0000000"),
    "isAllDay": False,
    "isCancelled": False,
    "isOrganizer": False,
    "organizer": person("bo@example.com", "Bo"),
    "attendees": [
        {
            "type": "required",
            "status": {"response": "none", "time": "0001-01-01T00:00:00Z"},
            **person("bo@example.com"),
        },
        {"type": "optional", "status": {"response": "tentativelyAccepted"}, **person("Lan@Example.org", "Lan")},
        {"type": "resource", "status": {"response": "notResponded"}, **person("room@example.org", "Room 1")},
    ],
    "responseStatus": {"response": "tentativelyAccepted", "time": "2026-03-01T00:00:00Z"},
    "onlineMeeting": None,
    "onlineMeetingUrl": None,
    "location": {"displayName": "Hà Nội", "locationType": "default"},
    "locations": [{"displayName": "Hà Nội"}],
    "webLink": "https://outlook.office365.com/owa/?itemid=x",
    "originalStartTimeZone": "SE Asia Standard Time",
    "hideAttendees": False,
}


def one(event: dict[str, Any], calendar: Calendar = OWN, window: Timed = EVER) -> Meeting:
    (meeting,) = EventMapper(ME, calendar, window).meetings([event])
    return meeting


def test_an_event_arrives_complete() -> None:
    meeting = one(EVENT)
    assert meeting.key == (ME, "AAMk=", EVENT["id"])
    assert meeting.when == Timed(datetime(2026, 3, 11, 2, tzinfo=UTC), datetime(2026, 3, 11, 2, 30, tzinfo=UTC))
    assert (meeting.title, meeting.description, meeting.location) == ("Weekly", LINK, "Hà Nội")
    assert (meeting.zone, meeting.etag, meeting.web_link) == (
        "Asia/Bangkok",
        EVENT["@odata.etag"],
        EVENT["webLink"],
    )
    assert meeting.series_uid == "AAkALgAAmaster"
    assert (meeting.role, meeting.answer) == (Role.INVITEE, Answer.TENTATIVE)
    assert meeting.host == Person("Bo", "bo@example.com")
    assert meeting.attendees == (
        Attendee(person=Person("", "bo@example.com"), answer=Answer.ACCEPTED),
        Attendee(person=Person("Lan", "Lan@Example.org"), answer=Answer.TENTATIVE, is_self=True),
        Attendee(person=Person("Room 1", "room@example.org"), is_resource=True),
    )
    assert meeting.finding.link
    assert (meeting.finding.link.meeting_id, meeting.conference_url) == ("81234567890", "")


def test_the_uid_is_the_series_own_so_that_another_calendars_copy_is_known() -> None:
    whole = EVENT["iCalUId"][:32] + "00000000" + EVENT["iCalUId"][40:]
    assert one(EVENT).ical_uid == one(EVENT | {"iCalUId": whole}).ical_uid == whole
    assert one(EVENT | {"iCalUId": "e1@google.com"}).ical_uid == "e1@google.com"


def test_teams_is_told_as_such_and_does_not_hide_a_zoom_link() -> None:
    teams = "https://teams.microsoft.com/l/meetup-join/19%3ameeting"
    meeting = one(EVENT | {"onlineMeeting": {"joinUrl": teams}})
    assert meeting.conference_url == teams
    assert meeting.finding.is_zoom
    assert one(EVENT | {"onlineMeetingUrl": teams}).conference_url == teams


def test_every_place_of_a_meeting_is_told_and_none_twice() -> None:
    places = [{"displayName": "Hà Nội"}, {"displayName": "Room 1"}, {"locationUri": "https://zoom.us/j/81234567890"}]
    meeting = one(EVENT | {"locations": places, "body": None})
    assert meeting.location == "Hà Nội; Room 1; https://zoom.us/j/81234567890"
    assert meeting.finding.is_zoom
    assert one(EVENT | {"locations": [{"displayName": "x", "locationUri": "https://bing.com/local"}]}).location == (
        "Hà Nội; x"
    )


@pytest.mark.parametrize(
    ("start", "end", "zone", "days"),
    [
        (stamp("2026-03-11T00:00:00.0000000"), stamp("2026-03-13T00:00:00.0000000"), "SE Asia Standard Time", (11, 13)),
        (stamp("2026-03-11T00:00:00", "Tokyo Standard Time"), stamp("2026-03-12T00:00:00"), "", (11, 12)),
        (stamp("2026-03-10T17:00:00.0000000"), stamp("2026-03-12T17:00:00.0000000"), "SE Asia Standard Time", (11, 13)),
        (stamp("2026-03-11T07:00:00"), stamp("2026-03-12T07:00:00"), "Pacific Standard Time", (11, 12)),
        (stamp("2026-03-08T08:00:00"), stamp("2026-03-09T07:00:00"), "Pacific Standard Time", (8, 9)),
        (stamp("2026-03-10T10:00:00"), stamp("2026-03-11T10:00:00"), "Line Islands Standard Time", (11, 12)),
        (stamp("2026-03-10T17:00:00"), stamp("2026-03-11T17:00:00"), "tzone://Microsoft/Custom", (11, 12)),
        (stamp("2026-03-11T05:00:00"), stamp("2026-03-12T05:00:00"), "", (11, 12)),
        (stamp("2026-03-11T00:00:00"), {}, "", (11, 11)),
    ],
)
def test_whole_days_stay_dates_in_whichever_zone_they_are_told(
    start: dict[str, str], end: dict[str, str], zone: str, days: tuple[int, int]
) -> None:
    event = EVENT | {"isAllDay": True, "start": start, "end": end, "originalStartTimeZone": zone}
    assert one(event).when == Days(date(2026, 3, days[0]), date(2026, 3, days[1]))


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (stamp("2026-03-29T00:30:00.1234567"), datetime(2026, 3, 29, 0, 30, 0, 123456, tzinfo=UTC)),
        (stamp("2026-03-29T00:30:00", "tzone://Microsoft/Utc"), datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ({"dateTime": "2026-03-29T00:30:00", "timeZone": None}, datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        (stamp("2026-03-29T09:00:00", "W. Europe Standard Time"), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (stamp("2026-03-29T09:00:00", "Europe/Berlin"), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (stamp("2026-03-29T09:00:00-04:00", "UTC"), datetime(2026, 3, 29, 13, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_the_zone_beside_it(start: dict[str, str], expected: datetime) -> None:
    assert one(EVENT | {"start": start, "end": start}).when == Timed(expected, expected)


def test_only_what_overlaps_the_window_is_a_meeting_of_it() -> None:
    def at(start: str, end: str) -> dict[str, Any]:
        return EVENT | {"id": f"{start} {end}", "start": stamp(f"2026-03-{start}"), "end": stamp(f"2026-03-{end}")}

    inside = [
        at("10T16:00:00", "10T17:00:01"),
        at("10T17:00:00", "10T17:00:00"),
        at("13T16:59:59", "14T00:00:00"),
        at("01T00:00:00", "30T00:00:00"),
    ]
    outside = [at("10T16:00:00", "10T17:00:00"), at("13T17:00:00", "13T18:00:00"), at("13T17:00:00", "13T17:00:00")]
    found = EventMapper(ME, OWN, MARCH).meetings([*outside, *inside])
    assert [meeting.uid for meeting in found] == [event["id"] for event in inside]


@pytest.mark.parametrize(
    ("flag", "organizer", "calendar", "role"),
    [
        (True, "lan@example.org", OWN, Role.HOST),
        (True, "alias@example.org", OWN, Role.HOST),
        (False, "LAN@example.org", OWN, Role.HOST),
        (False, "bo@example.com", OWN, Role.INVITEE),
        (None, "bo@example.com", OWN, Role.INVITEE),
        (True, "ha@example.org", SHARED, Role.INVITEE),
        (False, "lan@example.org", SHARED, Role.HOST),
    ],
)
def test_who_hosts(flag: bool | None, organizer: str, calendar: Calendar, role: Role) -> None:
    assert one(EVENT | {"isOrganizer": flag, "organizer": person(organizer)}, calendar).role is role


@pytest.mark.parametrize(
    ("said", "attendees", "calendar", "answer"),
    [
        ("organizer", [], OWN, Answer.ACCEPTED),
        ("accepted", EVENT["attendees"], OWN, Answer.ACCEPTED),
        ("declined", EVENT["attendees"], OWN, Answer.DECLINED),
        ("notResponded", EVENT["attendees"][:1], OWN, Answer.NONE),
        ("none", EVENT["attendees"][:1], OWN, Answer.NONE),
        ("none", [], OWN, Answer.ACCEPTED),
        ("somethingNew", EVENT["attendees"], OWN, Answer.TENTATIVE),
        ("declined", EVENT["attendees"], SHARED, Answer.TENTATIVE),
        ("declined", EVENT["attendees"][:1], SHARED, Answer.ACCEPTED),
    ],
)
def test_ones_own_answer_is_the_events_on_ones_own_calendar_alone(
    said: str, attendees: list[Any], calendar: Calendar, answer: Answer
) -> None:
    assert one(EVENT | {"responseStatus": {"response": said}, "attendees": attendees}, calendar).answer is answer


def test_hidden_attendees_are_hidden_from_all_but_the_host() -> None:
    assert one(EVENT | {"hideAttendees": True}).attendees_omitted
    assert not one(EVENT | {"hideAttendees": True, "isOrganizer": True}).attendees_omitted
    assert not one(EVENT).attendees_omitted


def test_one_bad_event_does_not_lose_the_page_and_is_logged_without_its_content(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad: list[Any] = [
        EVENT | {"id": "cancelled", "isCancelled": True},
        EVENT | {"id": "master", "type": "seriesMaster"},
        EVENT | {"id": ""},
        EVENT | {"id": 7},
        EVENT | {"id": "secret-id", "subject": "Secret", "start": stamp("yesterday")},
        {"id": "no-start", "subject": "Secret"},
        EVENT | {"id": "null", "start": None},
        EVENT | {"id": "far", "start": stamp("9999-12-31T23:59:59", "Hawaiian Standard Time")},
        EVENT | {"id": "nowhere", "start": stamp("2026-03-11T09:00:00", "Moon Standard Time")},
        None,
        "event",
    ]
    with caplog.at_level(logging.DEBUG):
        assert [meeting.uid for meeting in EventMapper(ME, OWN, EVER).meetings([*bad, EVENT])] == [EVENT["id"]]
    assert "skipped" in caplog.text
    assert not any(word in caplog.text for word in ("Secret", "secret-id", "yesterday", "Moon"))


@pytest.mark.parametrize(
    "odd",
    [
        *(
            {name: value}
            for name in ("body", "responseStatus", "end", "location", "organizer")
            for value in ("x", [1], 5)
        ),
        {"attendees": [{"status": "x", "emailAddress": "y"}]},
        {"end": {"dateTime": "9999-12-31T23:59:59", "timeZone": "Pacific Standard Time"}},
        {"end": {"dateTime": "soon", "timeZone": 5}},
        {"start": {"dateTime": "2026-03-11T09:00:00Z", "timeZone": [5]}},
    ],
)
def test_an_odd_field_costs_no_more_than_itself(odd: dict[str, Any]) -> None:
    meeting = one(EVENT | odd)
    assert meeting.title == EVENT["subject"]
    assert isinstance(meeting.when, Timed)
    assert meeting.when.end >= meeting.when.start


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"id": st.just("x")}, optional={name: JSON for name in EVENT if name != "id"}), JSON)
def test_whatever_stands_in_an_event_its_neighbours_arrive(event: dict[str, Any], junk: Any) -> None:
    found = EventMapper(ME, OWN, EVER).meetings([EVENT, EVENT | event, event, junk, EVENT])
    assert found[0] == found[-1] == one(EVENT)
    for meeting in found:
        texts = (meeting.title, meeting.location, meeting.description, meeting.zone, meeting.etag, meeting.web_link)
        assert all(isinstance(text, str) for text in texts)


ENTRY: dict[str, Any] = {
    "id": "AAMk=",
    "name": "Calendar",
    "color": "lightGreen",
    "hexColor": "",
    "isDefaultCalendar": True,
    "canShare": True,
    "owner": {"name": "Lan", "address": "Lan@Example.org"},
}


def test_an_entry_of_the_list_becomes_a_calendar() -> None:
    other = {"name": "Hà", "address": "ha@example.org"}
    entries = [
        ENTRY,
        ENTRY | {"id": "b", "name": "Team", "isDefaultCalendar": False, "hexColor": "#112233"},
        ENTRY | {"id": "c", "name": "Hà", "isDefaultCalendar": False, "owner": other, "color": "auto"},
        ENTRY | {"id": "d", "name": None, "isDefaultCalendar": None, "owner": None, "color": 7, "canShare": False},
        ENTRY | {"id": None},
    ]
    first, team, shared, nameless = to_calendars(entries, ME)
    assert first.colour.startswith("#")
    assert (first.name, first.primary, first.owned, first.selected) == ("Calendar", True, True, True)
    assert (team.colour, team.primary, team.owned) == ("#112233", False, True)
    assert (shared.owned, shared.selected, shared.colour) == (False, False, "")
    assert (nameless.name, nameless.owned, nameless.colour) == ("d", False, "")


def test_a_mailbox_with_several_addresses_owns_what_its_default_calendars_owner_owns() -> None:
    primary = {"name": "Lan", "address": "outlook_1234@outlook.com"}
    entries = [ENTRY | {"id": "b", "isDefaultCalendar": False, "owner": primary}, ENTRY | {"owner": primary}]
    assert [calendar.owned for calendar in to_calendars(entries, ME)] == [True, True]


CARD: dict[str, Any] = {
    "id": "AAkAcontact",
    "displayName": "Phạm Thu Hà",
    "givenName": "Hà",
    "surname": "Phạm",
    "companyName": "Sao Mai",
    "jobTitle": "Planner",
    "emailAddresses": [
        {"name": "Hà", "address": "ha@example.org"},
        {"name": "Inside", "address": "/o=ExchangeLabs/ou=Group/cn=ha"},
        {"name": "None", "address": None},
    ],
    "businessPhones": ["024 3825 0001", ""],
    "homePhones": ["12"],
    "mobilePhone": "+84900000000",
}


def test_a_card_becomes_a_contact_and_a_removed_one_goes() -> None:
    removed = {"id": "AAkAgone", "@removed": {"reason": "deleted"}}
    contacts, gone = to_contacts([CARD, removed, {"displayName": "No id"}, {"id": ""}], ME)
    assert gone == ["AAkAgone"]
    assert contacts == [
        Contact(
            account=ME,
            uid="AAkAcontact",
            name="Phạm Thu Hà",
            company="Sao Mai",
            title="Planner",
            emails=(Email("ha@example.org"),),
            phones=(Phone("024 3825 0001", "work"), Phone("12", "home"), Phone("+84900000000", "mobile")),
        )
    ]
    assert to_contacts([CARD | {"displayName": ""}], ME)[0][0].name == "Hà Phạm"


@given(st.dictionaries(st.sampled_from(sorted(CARD)), JSON), JSON)
def test_whatever_stands_in_a_card_the_others_arrive(card: dict[str, Any], junk: Any) -> None:
    contacts, _ = to_contacts([CARD, CARD | card, card, junk, CARD], ME)
    assert contacts[0] == contacts[-1] == to_contacts([CARD], ME)[0][0]


def documented(under: str) -> list[dict[str, Any]]:
    """Return the entries of Microsoft's documented answers at addresses that begin so."""
    path = shared() / "contracts" / "graph" / "documented-samples.json"
    if not path.exists():
        pytest.skip(f"NOT CHECKED AGAINST MICROSOFT'S DOCUMENTED ANSWERS: {path.name} is absent, set ZOOMCAL_SHARED")
    samples = [sample for sample in json.loads(path.read_text()) if sample["fits_contract"]]
    asked = [sample for sample in samples if sample["request"]["method"] == "GET"]
    answers = [sample["response"]["body"] for sample in asked if sample["request"]["url"].startswith(under)]
    return [entry for answer in answers for entry in answer.get("value", [answer])]


def test_microsofts_documented_events_are_understood() -> None:
    events = [*documented("/me/events"), *documented("/me/calendarView"), *documented("/me/calendars/")]
    events = [event for event in events if {"id", "start", "organizer"} <= event.keys()]
    singles = [event for event in events if event.get("type") != "seriesMaster"]
    found = {meeting.uid: meeting for meeting in EventMapper(ME, OWN, EVER).meetings(events)}
    assert singles
    assert set(found) == {event["id"] for event in singles}
    assert all(meeting.title for meeting in found.values())
    assert all(meeting.host.email for meeting in found.values())
    assert {meeting.zone for meeting in found.values() if meeting.zone} <= {"America/Los_Angeles", "UTC"}


def test_microsofts_documented_calendars_and_contacts_are_understood() -> None:
    calendars = documented("/me/calendars")
    assert [calendar.id for calendar in to_calendars(calendars, ME)] == [entry["id"] for entry in calendars]
    people = [entry for entry in documented("/me/contacts/*") if "emailAddresses" in entry]
    contacts, _ = to_contacts(people, ME)
    assert [contact.uid for contact in contacts] == [entry["id"] for entry in people]
    assert people
    assert all(contact.name for contact in contacts)
