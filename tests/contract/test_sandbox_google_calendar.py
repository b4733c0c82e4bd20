"""The sandbox's Calendar API: what a list returns, what writing does, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.contract.conftest import Checker
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.google import calendar, listing

Json = dict[str, Any]
ME = "lan.nguyen@saomai.example"
HOLIDAYS = "en.vietnamese#holiday@group.v.calendar.google.com"
CLIENTS = "c_9f2b7saomaiclients@group.calendar.google.com"
HA = "ha.pham@saomai.example"
BERLIN = "Europe/Berlin"


class Api:
    """Calendar v3 over HTTP, one calendar at a time."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self.base: str = sandbox.endpoints["google"]["calendar_url"]
        self.session = session

    def url(self, calendar_id: str = ME, event_id: str = "") -> str:
        event = f"/{event_id}" if event_id else ""
        return f"{self.base}/calendars/{quote(calendar_id, safe='')}/events{event}"

    def page(self, calendar_id: str = ME, **parameters: Any) -> Json:
        answer = self.session.get(self.url(calendar_id), params=parameters, timeout=30)
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    def all(self, calendar_id: str = ME, **parameters: Any) -> list[Json]:
        items: list[Json] = []
        page: Json = {"nextPageToken": None}
        while "nextPageToken" in page:
            page = self.page(calendar_id, **parameters, pageToken=page["nextPageToken"])
            items += page["items"]
        return items

    def patch(self, event: Json, changes: Json, calendar_id: str = ME, **headers: str) -> requests.Response:
        return self.session.patch(self.url(calendar_id, event["id"]), json=changes, headers=headers, timeout=30)

    def delete(self, event: Json, calendar_id: str = ME, **headers: str) -> requests.Response:
        return self.session.delete(self.url(calendar_id, event["id"]), headers=headers, timeout=30)


@pytest.fixture
def api(sandbox: Sandbox, session: requests.Session) -> Api:
    return Api(sandbox, session)


@pytest.fixture
def empty(sandbox: Sandbox) -> str:
    """The id of a calendar with nothing on it."""
    sandbox.google.owner.calendars[CLIENTS].events.clear()
    return CLIENTS


def timed(start: str, end: str, zone: str = BERLIN, **fields: Any) -> Json:
    return {"start": {"dateTime": start, "timeZone": zone}, "end": {"dateTime": end, "timeZone": zone}, **fields}


def reason(answer: requests.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    return answer.status_code, error["errors"][0]["reason"]


def test_every_answer_fits_google_s_discovery_document(api: Api, against_discovery: Callable[[str], Checker]) -> None:
    fits = against_discovery("calendar.v3")
    calendars = api.session.get(f"{api.base}/users/me/calendarList", params={"showHidden": "true"}, timeout=30).json()
    assert fits("CalendarList", calendars) == []
    readable = [each["id"] for each in calendars["items"] if each["accessRole"] != "freeBusyReader"]
    assert len(readable) == 6
    for identity in readable:
        for parameters in ({}, {"singleEvents": "true", "orderBy": "startTime"}, {"showDeleted": "true"}):
            listed = api.page(identity, maxResults=2500, timeMax=_in(40), timeMin=_in(-40), **parameters)
            assert fits("Events", listed) == []
            for event in listed["items"][:5]:
                assert fits("Event", api.session.get(api.url(identity, event["id"]), timeout=30).json()) == []
    inserted = api.session.post(api.url(), json=timed("2026-11-24T10:00:00+01:00", "2026-11-24T11:00:00+01:00"))
    assert fits("Event", inserted.json()) == []
    assert fits("Event", api.patch(inserted.json(), {"summary": "x"}).json()) == []


def test_only_parameters_and_fields_that_google_publishes_are_understood() -> None:
    document = json.loads((files("googleapiclient") / "discovery_cache/documents/calendar.v3.json").read_text("utf-8"))
    methods = document["resources"]["events"]["methods"]
    common = {*document["parameters"], "userIp", "access_token", "callback", "$.xgafv", "uploadType"}
    assert {*methods["list"]["parameters"], *common} >= listing.PARAMETERS
    assert {*methods["patch"]["parameters"], *common} >= calendar.WRITE_PARAMETERS
    assert {*document["schemas"]["Event"]["properties"]} >= listing.EVENT_FIELDS


def _in(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


def test_the_calendar_list_pages_and_leaves_out_hidden_and_lesser_calendars(api: Api) -> None:
    url = f"{api.base}/users/me/calendarList"

    def ids(**parameters: Any) -> list[str]:
        found: list[str] = []
        page: Json = {"nextPageToken": None}
        while "nextPageToken" in page:
            page = api.session.get(url, params={**parameters, "pageToken": page["nextPageToken"]}, timeout=30).json()
            found += [each["id"] for each in page["items"]]
        return found

    everything = ids(maxResults=2, showHidden="true")
    assert len(everything) == len(set(everything)) == 7
    assert len(ids()) == 6
    readable = ids(minAccessRole="reader", maxResults=1)
    assert readable == [each for each in ids() if "resource" not in each]
    entries = {each["id"]: each for each in api.session.get(url, timeout=30).json()["items"]}
    assert entries[ME]["primary"]
    assert "selected" not in entries[HOLIDAYS]
    assert entries[HA]["accessRole"] == "reader"


def test_a_window_takes_what_overlaps_it_and_its_edges_are_exclusive(sandbox: Sandbox, api: Api, empty: str) -> None:
    diary = sandbox.google.owner.calendars[empty]
    for summary, start, end in (
        ("ends at the edge", "08:00", "09:00"),
        ("runs into it", "08:30", "09:30"),
        ("inside", "10:00", "11:00"),
        ("runs out of it", "11:30", "13:00"),
        ("starts at the edge", "12:00", "13:00"),
    ):
        diary.add(timed(f"2026-05-05T{start}:00+02:00", f"2026-05-05T{end}:00+02:00", summary=summary))
    diary.add({"summary": "that day", "start": {"date": "2026-05-05"}, "end": {"date": "2026-05-06"}})
    diary.add({"summary": "the day before", "start": {"date": "2026-05-04"}, "end": {"date": "2026-05-05"}})
    window = {"timeMin": "2026-05-05T09:00:00+02:00", "timeMax": "2026-05-05T12:00:00+02:00"}
    found = [each["summary"] for each in api.all(empty, singleEvents="true", orderBy="startTime", **window)]
    assert found == ["that day", "runs into it", "inside", "runs out of it"]
    same = {"timeMin": "2026-05-05T07:00:00Z", "timeMax": "2026-05-05T10:00:00Z"}
    assert {each["summary"] for each in api.all(empty, **same)} == set(found)


def test_a_series_keeps_its_wall_clock_over_a_change_to_daylight_saving_time(
    sandbox: Sandbox, api: Api, empty: str
) -> None:
    sandbox.google.owner.calendars[empty].add(
        timed(
            "2026-03-20T09:30:00+01:00",
            "2026-03-20T10:30:00+01:00",
            summary="Weekly",
            recurrence=["RRULE:FREQ=WEEKLY;UNTIL=20260410T073000Z", "EXDATE;TZID=Europe/Berlin:20260403T093000"],
        )
    )
    occurrences = api.all(empty, singleEvents="true", orderBy="startTime", timeZone="UTC")
    assert [each["start"]["dateTime"] for each in occurrences] == [
        "2026-03-20T08:30:00Z",
        "2026-03-27T08:30:00Z",
        "2026-04-10T07:30:00Z",
    ]
    assert [each["id"].rpartition("_")[2] for each in occurrences] == [
        "20260320T083000Z",
        "20260327T083000Z",
        "20260410T073000Z",
    ]
    (hanoi,) = api.page(empty, singleEvents="true", timeMin="2026-04-09T00:00:00Z")["items"]
    assert hanoi["start"] == {"dateTime": "2026-04-10T14:30:00+07:00", "timeZone": BERLIN}


def test_exceptions_stand_in_for_their_occurrences(sandbox: Sandbox, api: Api, empty: str) -> None:
    diary = sandbox.google.owner.calendars[empty]
    rule = ["RRULE:FREQ=DAILY;COUNT=4"]
    series = diary.add(timed("2026-05-04T09:00:00+02:00", "2026-05-04T10:00:00+02:00", summary="D", recurrence=rule))
    first, second, third, _ = api.all(empty, singleEvents="true", orderBy="startTime")
    assert api.delete(first, empty).status_code == 204
    moved = timed("2026-05-20T15:00:00+02:00", "2026-05-20T16:00:00+02:00")
    assert api.patch(second, moved, empty).status_code == 200
    assert api.patch(third, {"summary": "Renamed"}, empty).json()["recurringEventId"] == series["id"]
    left = api.all(empty, singleEvents="true", orderBy="startTime")
    assert [(each["summary"], each["start"]["dateTime"][:10]) for each in left] == [
        ("Renamed", "2026-05-06"),
        ("D", "2026-05-07"),
        ("D", "2026-05-20"),
    ]
    assert left[2]["originalStartTime"]["dateTime"].startswith("2026-05-05T14:00")
    day = {"timeMin": "2026-05-05T00:00:00+02:00", "timeMax": "2026-05-06T00:00:00+02:00"}
    assert api.all(empty, singleEvents="true", **day) == []
    cancelled = next(each for each in api.all(empty, singleEvents="true", showDeleted="true") if "start" not in each)
    assert cancelled.keys() == {"kind", "etag", "id", "status", "recurringEventId", "originalStartTime"}
    last_day = {"timeMin": "2026-05-07T00:00:00+02:00", "timeMax": "2026-05-08T00:00:00+02:00"}
    assert [each["id"] for each in api.all(empty, **last_day)] == [series["id"]]
    day_after = {"timeMin": "2026-05-08T00:00:00+02:00", "timeMax": "2026-05-09T00:00:00+02:00"}
    assert api.all(empty, **day_after) == []
    masters = api.all(empty)
    assert {each["status"] for each in masters} == {"confirmed", "cancelled"}
    assert len(masters) == 4
    assert api.delete(series, empty).status_code == 204
    assert api.all(empty, singleEvents="true") == []


def test_pages_are_complete_in_order_and_unmoved_by_changes_meanwhile(sandbox: Sandbox, api: Api, empty: str) -> None:
    diary = sandbox.google.owner.calendars[empty]
    for number in range(23):
        diary.add(
            timed(f"2026-05-05T{number:02d}:00:00+02:00", f"2026-05-05T{number:02d}:30:00+02:00", summary=str(number))
        )
    asked = {"singleEvents": "true", "orderBy": "startTime", "maxResults": 5}
    page = api.page(empty, **asked)
    found = page["items"]
    diary.add(timed("2026-05-05T00:10:00+02:00", "2026-05-05T00:30:00+02:00", summary="new"))
    while "nextPageToken" in page:
        page = api.page(empty, **asked, pageToken=page["nextPageToken"])
        found += page["items"]
    assert [each["summary"] for each in found] == [str(number) for number in range(23)]
    other = api.session.get(api.url(empty), params={"pageToken": api.page(empty, **asked)["nextPageToken"]}, timeout=30)
    assert other.status_code == 400


def test_a_first_page_may_be_empty_and_go_on(sandbox: Sandbox, api: Api) -> None:
    expected = [each["id"] for each in api.all(maxResults=7)]
    sandbox.google.state.empty_first_page = True
    first = api.page(maxResults=7)
    assert first["items"] == []
    assert first["nextPageToken"]
    assert [each["id"] for each in api.all(maxResults=7)] == expected


def test_a_field_mask_cuts_an_answer_to_what_was_asked_for(api: Api) -> None:
    wanted = "nextPageToken,timeZone,items(id,start,attendees(email,self),conferenceData/conferenceSolution(key,name))"
    page = api.page(singleEvents="true", timeMin=_in(-1), timeMax=_in(1), fields=wanted)
    assert page.keys() == {"timeZone", "items"}
    for event in page["items"]:
        assert event.keys() <= {"id", "start", "attendees", "conferenceData"}
        assert event["start"].keys() in ({"dateTime", "timeZone"}, {"date"})
        for attendee in event.get("attendees", ()):
            assert attendee.keys() <= {"email", "self"}
    solutions = [event["conferenceData"] for event in page["items"] if "conferenceData" in event]
    assert solutions
    assert all(each.keys() == {"conferenceSolution"} for each in solutions)
    for bad in ("items(id", "items(nosuch)", "nosuch", "items(id,)", "items)"):
        assert reason(api.session.get(api.url(), params={"fields": bad}, timeout=30)) == (400, "invalidParameter")


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({"orderBy": "startTime"}, "badRequest"),
        ({"timeMin": "2026-05-05T09:00:00"}, "badRequest"),
        ({"timeMin": "2026-05-05"}, "badRequest"),
        ({"timeMin": "2026-05-05T09:00:00Z", "timeMax": "2026-05-05T09:00:00Z"}, "timeRangeEmpty"),
        ({"singleEvent": "true"}, "invalidParameter"),
        ({"eventTypes": "meeting"}, "invalidParameter"),
        ({"maxResults": "0"}, "invalidParameter"),
        ({"pageToken": "made-up"}, "invalidParameter"),
        ({"timeZone": "Mars/Olympus"}, "invalid"),
    ],
)
def test_a_list_request_out_of_order_is_refused(api: Api, parameters: dict[str, str], refusal: str) -> None:
    assert reason(api.session.get(api.url(), params=parameters, timeout=30)) == (400, refusal)


def test_event_types_are_chosen_and_deleted_ones_asked_for(api: Api) -> None:
    window = {"singleEvents": "true", "timeMin": _in(-2), "timeMax": _in(3)}
    types = {each["eventType"] for each in api.all(**window)}
    assert types == {"default", "fromGmail", "focusTime"}
    assert {each["eventType"] for each in api.all(eventTypes=["default", "fromGmail"], **window)} == {
        "default",
        "fromGmail",
    }
    assert {each["status"] for each in api.all(**window)} == {"confirmed"}
    assert {each["status"] for each in api.all(showDeleted="true", **window)} == {"confirmed", "cancelled"}


def test_flags_speak_of_the_calendar_s_owner(api: Api) -> None:
    window = {"singleEvents": "true", "timeMin": _in(-2), "timeMax": _in(3), "q": "quarterly planning"}
    (mine,), (hers,) = api.all(**window), api.all(HA, **window)
    assert mine["iCalUID"] == hers["iCalUID"]
    assert "self" not in mine["organizer"]
    assert hers["organizer"]["self"]
    assert [each["email"] for each in mine["attendees"] if each.get("self")] == [ME]
    assert [each["email"] for each in hers["attendees"] if each.get("self")] == [HA]
    steering = next(each for each in api.all(CLIENTS, timeMin=_in(-2)) if "steering" in each["summary"])
    assert steering["organizer"] == {"email": CLIENTS, "displayName": "Clients", "self": True}


def test_a_stale_etag_changes_nothing(sandbox: Sandbox, api: Api) -> None:
    event = sandbox.google.events.named("Design critique")
    current = {"If-Match": event["etag"]}
    patched = api.patch(event, {"summary": "Mine"}, **current).json()
    assert patched["etag"] != event["etag"]
    assert reason(api.patch(event, {"summary": "Theirs"}, **current)) == (412, "conditionNotMet")
    assert reason(api.delete(event, **current)) == (412, "conditionNotMet")
    assert api.session.get(api.url(event_id=event["id"]), timeout=30).json()["summary"] == "Mine"
    assert api.delete(event, **{"If-Match": patched["etag"]}).status_code == 204
    assert reason(api.delete(event)) == (410, "deleted")
    assert reason(api.patch(event, {})) == (410, "deleted")


def test_a_patch_merges_removes_by_null_and_keeps_the_conference_unless_told(sandbox: Sandbox, api: Api) -> None:
    event = sandbox.google.events.named("Design critique")
    changed = api.patch(
        event, {"description": None, "conferenceData": None, "location": "Elsewhere", "reminders": {"overrides": []}}
    ).json()
    assert "description" not in changed
    assert changed["conferenceData"] == event["conferenceData"]
    assert changed["location"] == "Elsewhere"
    assert changed["reminders"] == {"useDefault": True, "overrides": []}
    url = api.url(event_id=event["id"]) + "?conferenceDataVersion=1&sendUpdates=all"
    assert "conferenceData" not in api.session.patch(url, json={"conferenceData": None}, timeout=30).json()
    assert [(each.event_id, each.what) for each in sandbox.google.notices] == [(event["id"], "patch")]


def test_what_belongs_to_others_cannot_be_changed(sandbox: Sandbox, api: Api) -> None:
    invited = sandbox.google.events.named("Nordwind rollout call")
    assert reason(api.patch(invited, {"summary": "Mine now"})) == (403, "forbiddenForNonOrganizer")
    answers = [{**each, "responseStatus": "accepted"} if each.get("self") else each for each in invited["attendees"]]
    assert api.patch(invited, {"attendees": answers}).status_code == 200
    hers = sandbox.google.owner.calendars[HA].named("Quarterly planning with the Hải Phòng team")
    assert reason(api.patch(hers, {"summary": "x"}, HA)) == (403, "requiredAccessLevel")
    assert reason(api.session.get(api.url("nobody@example.org"), timeout=30)) == (404, "notFound")
    assert reason(api.session.get(api.url(event_id="nosuchevent"), timeout=30)) == (404, "notFound")


def test_attendees_beyond_the_number_asked_for_are_left_out_but_oneself(sandbox: Sandbox, api: Api) -> None:
    event = sandbox.google.events.named("Weekly product review")
    url = api.url(event_id=event["id"])
    assert len(event["attendees"]) == 9
    cut = api.session.get(url, params={"maxAttendees": 3}, timeout=30).json()
    assert ([each["email"] for each in cut["attendees"]], cut["attendeesOmitted"]) == ([ME], True)
    whole = api.session.get(url, params={"maxAttendees": 9}, timeout=30).json()
    assert whole["attendees"] == event["attendees"]


@pytest.mark.parametrize(
    "changes",
    [
        {"start": {"dateTime": "2026-05-05T09:00:00"}},
        {"start": {"dateTime": "tomorrow", "timeZone": BERLIN}},
        {"start": {"dateTime": "2026-05-05T09:00:00", "timeZone": "Mars/Olympus"}},
        {"end": {"date": "2026-05-41", "dateTime": None}},
        {"end": {"date": "2026-05-05"}},
        {"colour": "red"},
        {"start": None},
        {"end": {"date": "2026-05-05", "dateTime": None, "timeZone": None}},
    ],
)
def test_a_change_out_of_order_is_refused_and_changes_nothing(sandbox: Sandbox, api: Api, changes: Json) -> None:
    event = sandbox.google.events.named("Design critique")
    if changes.get("start"):
        changes["start"] = {"timeZone": None, **changes["start"]}
    assert api.patch(event, changes).status_code == 400
    assert sandbox.google.events.named("Design critique")["etag"] == event["etag"]


def test_what_somebody_else_does_to_one_occurrence_is_seen(sandbox: Sandbox, api: Api) -> None:
    diary = sandbox.google.events
    today = {"singleEvents": "true", "q": "stand-up", "timeMin": _in(2), "timeMax": _in(5)}
    first, second, *others = [each["id"] for each in api.all(**today)]
    diary.change(first, summary="Stand-up, outside")
    diary.remove(second)
    left = {each["id"]: each["summary"] for each in api.all(**today)}
    assert left == {first: "Stand-up, outside"} | dict.fromkeys(others, "Stand-up, delivery team")
    for unknown in (diary.change, diary.remove):
        with pytest.raises(KeyError):
            unknown("nosuchevent")


def test_an_event_is_inserted_once_and_only_whole(api: Api, empty: str) -> None:
    body = timed("2026-05-05T09:00:00", "2026-05-05T10:00:00", summary="New", id="abc123")
    inserted = api.session.post(api.url(empty), json=body, timeout=30).json()
    assert inserted["start"]["dateTime"] == "2026-05-05T14:00:00+07:00"
    assert inserted["organizer"]["self"]
    assert reason(api.session.post(api.url(empty), json=body, timeout=30)) == (409, "duplicate")
    backwards = timed("2026-05-05T10:00:00Z", "2026-05-05T09:00:00Z")
    assert reason(api.session.post(api.url(empty), json=backwards, timeout=30)) == (400, "timeRangeEmpty")
    whole = {"date": "2026-05-05"}
    without: tuple[Json, ...] = ({}, {"start": whole}, {"end": whole}, {"start": {}, "end": whole})
    for incomplete in without:
        assert api.session.post(api.url(empty), json=incomplete, timeout=30).status_code == 400
    assert [each["id"] for each in api.all(empty)] == ["abc123"]


def test_a_sync_token_brings_changes_and_deletions_and_dies(sandbox: Sandbox, api: Api) -> None:
    page = api.page(maxResults=2500, singleEvents="true")
    asked = {"singleEvents": "true", "syncToken": page["nextSyncToken"]}
    assert api.page(**asked)["items"] == []
    new = sandbox.google.events.add(timed("2026-05-05T09:00:00+02:00", "2026-05-05T10:00:00+02:00", summary="New"))
    gone = sandbox.google.events.named("Design critique")
    sandbox.google.events.remove(gone["id"])
    changes = api.page(**asked)
    assert {(each["id"], each["status"]) for each in changes["items"]} == {
        (new["id"], "confirmed"),
        (gone["id"], "cancelled"),
    }
    assert api.page(singleEvents="true", syncToken=changes["nextSyncToken"])["items"] == []
    clash = {**asked, "timeMin": _in(0)}
    assert reason(api.session.get(api.url(), params=clash, timeout=30)) == (400, "badRequest")
    sandbox.google.forget_sync_tokens()
    assert reason(api.session.get(api.url(), params=asked, timeout=30)) == (410, "fullSyncRequired")
