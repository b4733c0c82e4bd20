"""Reading calendars of the sandbox's Graph; everything said is held against Microsoft's contract."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.contract.graph_recorder import GraphRecorder
from tests.contract.sandbox_graph.client import DAY, HANOI, HOUR, NINE, ZOE, Graph, planned, window
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.mailbox import Attendee, Mailbox, OnlineMeeting

IMMUTABLE = 'IdType="ImmutableId"'


def test_calendars_say_whose_they_are_and_what_may_be_done(graph: Graph, box: Mailbox) -> None:
    box.add_calendar("Side")
    box.add_calendar("Team", owner=ZOE, can_edit=False)
    listed = graph.values("/me/calendars?$select=name,isDefaultCalendar,canEdit,owner")
    assert [
        (each["name"], each["isDefaultCalendar"], each["canEdit"], each["owner"]["address"]) for each in listed
    ] == [
        ("Calendar", True, True, box.address),
        ("Side", False, True, box.address),
        ("Team", False, False, ZOE.address),
    ]
    assert graph.ask(f"/me/calendars/{listed[2]['id']}").json()["name"] == "Team"
    assert graph.ask("/me/calendar").json()["id"] == listed[0]["id"]


def test_a_window_has_what_overlaps_it_by_start(graph: Graph, box: Mailbox) -> None:
    for hour in (1, 0, -1, 2, 3):
        box.calendar.add(planned(f"{hour:+}", NINE + hour * HOUR))
    box.calendar.add(planned("long", NINE - 2 * DAY, 4 * DAY))
    box.calendar.add(planned("instant", NINE, timedelta()))
    found = graph.view(NINE, NINE + 2 * HOUR, "&$orderby=start/dateTime")
    assert found[0]["subject"] == "long"
    assert {each["subject"] for each in found} == {"long", "instant", "+0", "+1"}


def test_a_series_comes_as_its_occurrences_where_they_are_now(graph: Graph, box: Mailbox) -> None:
    master = box.calendar.add(planned("Daily", rule=("RRULE:FREQ=DAILY;COUNT=4",)))
    box.calendar.move_occurrence(master.id, NINE + DAY, NINE + DAY + 3 * HOUR)
    box.calendar.cancel_occurrence(master.id, NINE + 2 * DAY)
    found = graph.view(NINE - DAY, NINE + 9 * DAY, prefer=IMMUTABLE)
    assert [(each["type"], each["start"]["dateTime"]) for each in found] == [
        ("occurrence", "2026-11-23T02:00:00.0000000"),
        ("exception", "2026-11-24T05:00:00.0000000"),
        ("occurrence", "2026-11-26T02:00:00.0000000"),
    ]
    assert found[1]["originalStart"] == "2026-11-24T02:00:00Z"
    assert len({each["seriesMasterId"] for each in found}) == 1
    assert len({each["iCalUId"] for each in found}) == len({each["id"] for each in found}) == 3
    whole = graph.ask(f"/me/events/{found[0]['seriesMasterId']}").json()
    assert (whole["type"], whole["recurrence"]["pattern"]["type"]) == ("seriesMaster", "daily")
    assert whole["recurrence"]["range"]["numberOfOccurrences"] == 4
    listed = graph.values(f"/me/events/{whole['id']}/instances?{window(NINE, NINE + 9 * DAY)}", prefer=IMMUTABLE)
    assert [each["id"] for each in listed] == [each["id"] for each in found]


def test_an_event_tells_all_that_is_known_of_it(graph: Graph, box: Mailbox) -> None:
    box.calendar.add(
        planned(
            "Plan",
            organizer=ZOE,
            attendees=(
                Attendee(person=box.person, answer="tentative", answered=NINE - DAY),
                Attendee(person=ZOE, role="optional"),
            ),
            answer="tentative",
            answered=NINE - DAY,
            body="<p>Join <a href='https://zoom.us/j/1'>here</a></p><style>p{}</style><p>Bye</p>",
            body_is_html=True,
            location="Room 1",
            show_as="out-of-office",
            sensitivity="private",
            reminder_minutes=None,
            online=OnlineMeeting(join_url="https://teams.microsoft.com/l/1", conference_id="12"),
        )
    )
    (told,) = graph.view(NINE, NINE + HOUR, prefer='outlook.body-content-type="text"')
    assert told["body"] == {"contentType": "text", "content": "Join here<https://zoom.us/j/1>\r\nBye"}
    assert (told["isOrganizer"], told["isCancelled"], told["isOnlineMeeting"]) == (False, False, True)
    assert told["organizer"]["emailAddress"] == {"name": "Zoe", "address": ZOE.address}
    assert told["responseStatus"] == {"response": "tentativelyAccepted", "time": "2026-11-22T02:00:00Z"}
    assert [(each["type"], each["status"]["response"]) for each in told["attendees"]] == [
        ("required", "tentativelyAccepted"),
        ("optional", "none"),
    ]
    assert (told["showAs"], told["sensitivity"], told["isReminderOn"]) == ("oof", "private", False)
    assert (told["onlineMeetingProvider"], told["onlineMeeting"]["conferenceId"]) == ("teamsForBusiness", "12")
    assert (told["location"]["displayName"], told["originalStartTimeZone"]) == ("Room 1", "SE Asia Standard Time")
    (html,) = graph.view(NINE, NINE + HOUR)
    assert html["body"]["contentType"] == "html"
    assert "<a href=" in html["body"]["content"]


@pytest.mark.parametrize(
    ("zone", "starts"), [("UTC", "02:00"), ("Asia/Ho_Chi_Minh", "09:00"), ("Pacific Standard Time", "18:00")]
)
def test_times_are_told_in_the_zone_that_is_preferred(graph: Graph, box: Mailbox, zone: str, starts: str) -> None:
    box.calendar.add(planned("Plan"))
    answer = graph.ask(f"/me/calendarView?{window(NINE, NINE + HOUR)}", prefer=f'outlook.timezone="{zone}", foo')
    assert answer.headers["Preference-Applied"] == f'outlook.timezone="{zone}"'
    start = answer.json()["value"][0]["start"]
    assert (start["dateTime"][11:16], start["timeZone"]) == (starts, zone)


def test_whole_days_keep_their_date_or_move_with_the_zone_where_that_is_switched_on(
    graph: Graph, box: Mailbox, sandbox: Sandbox
) -> None:
    box.calendar.add(planned("Tết", start=date(2026, 11, 24), length=DAY))
    told: list[Any] = []
    for moving in (False, True):
        sandbox.microsoft.graph.moving_days = moving
        (each,) = graph.view(NINE, NINE + DAY)
        assert each["isAllDay"]
        told.append(each["start"]["dateTime"])
    assert told == ["2026-11-24T00:00:00.0000000", "2026-11-23T17:00:00.0000000"]


def test_ids_come_in_two_forms_and_both_open_the_event(graph: Graph, box: Mailbox) -> None:
    master = box.calendar.add(planned("Daily", rule=("RRULE:FREQ=DAILY",)))
    (loose,), (fixed,) = (graph.view(NINE, NINE + HOUR, prefer=prefer) for prefer in ("", IMMUTABLE))
    assert loose["id"] != fixed["id"]
    assert loose["@odata.etag"] == fixed["@odata.etag"]
    for each in (loose, fixed):
        assert graph.ask(f"/me/events/{each['id']}").json()["subject"] == "Daily"
    box.calendar.remove(master.id)
    assert graph.ask(f"/me/events/{fixed['id']}").json()["error"]["code"] == "ErrorItemNotFound"
    assert graph.ask("/me/events/nonsense").json()["error"]["code"] == "ErrorInvalidIdMalformed"
    assert graph.ask(f"/me/events/{fixed['id'].swapcase()}").status_code in {400, 404}


def test_another_calendar_has_its_own_events(graph: Graph, box: Mailbox) -> None:
    shared = box.add_calendar("Team", owner=ZOE, can_edit=False)
    shared.add(planned("Theirs"))
    identity = graph.values("/me/calendars")[1]["id"]
    (event,) = graph.values(f"/me/calendars/{identity}/calendarView?{window(NINE, NINE + HOUR)}")
    assert (event["subject"], event["isOrganizer"]) == ("Theirs", True)
    assert graph.view(NINE, NINE + HOUR) == []
    gone = f"/me/calendars/{identity}/calendarView?{window(NINE, NINE + HOUR)}"
    del box.calendars[shared.id]
    assert graph.ask(gone).status_code == 404


def test_pages_lead_on_until_all_is_told(graph: Graph, box: Mailbox, sandbox: Sandbox) -> None:
    for number in range(25):
        box.calendar.add(planned(f"{number:02}", NINE + number * HOUR))
    first = graph.ask(f"/me/calendarView?{window(NINE, NINE + 2 * DAY)}&$top=10&$select=subject&$count=true").json()
    assert (len(first["value"]), first["@odata.count"]) == (10, 25)
    assert first["value"][0].keys() == {"@odata.etag", "id", "subject"}
    for prefer, more in (("", "&$top=10"), ("odata.maxpagesize=7", ""), ("", "")):
        subjects = [each["subject"] for each in graph.view(NINE, NINE + 2 * DAY, more, prefer=prefer)]
        assert subjects == [f"{number:02}" for number in range(25)]
    sandbox.microsoft.graph.empty_first_page = True
    hesitant = graph.ask(f"/me/calendarView?{window(NINE, NINE + 2 * DAY)}").json()
    assert hesitant["value"] == []
    assert len(graph.values(hesitant["@odata.nextLink"])) == 25


@pytest.mark.parametrize(
    ("order", "subjects"),
    [("start/dateTime desc", "cba"), ("subject", "abc"), ("subject desc", "cba"), ("isAllDay,end/dateTime", "abc")],
)
def test_a_list_comes_in_the_order_that_is_asked_for(graph: Graph, box: Mailbox, order: str, subjects: str) -> None:
    for number, subject in enumerate("abc"):
        box.calendar.add(planned(subject, NINE + number * HOUR))
    for path in (f"/me/calendarView?{window(NINE, NINE + DAY)}&", "/me/events?"):
        assert "".join(each["subject"] for each in graph.values(f"{path}$orderby={order}")) == subjects


@pytest.mark.parametrize(
    ("wanted", "subjects"),
    [
        ("subject eq 'B''s'", ["b's"]),
        ("startswith(subject,'a')", ["a"]),
        ("not (subject eq 'a' or contains(subject, 'c')) and isAllDay eq false", ["b's"]),
        ("start/dateTime ge '2026-11-23T03:00:00'", ["b's", "c"]),
        ("organizer/emailAddress/address ne 'x@example.org'", ["a", "b's", "c"]),
        ("reminderMinutesBeforeStart lt 10", []),
    ],
)
def test_a_list_is_filtered(graph: Graph, box: Mailbox, wanted: str, subjects: list[str]) -> None:
    for number, subject in enumerate(("a", "b's", "c")):
        box.calendar.add(planned(subject, NINE + number * HOUR))
    assert [each["subject"] for each in graph.values(f"/me/events?$filter={wanted}")] == subjects


@pytest.mark.parametrize(
    "query",
    [
        "",
        "startDateTime=2026-11-23T00:00:00Z",
        "startDateTime=soon&endDateTime=later",
        "startDateTime=2026-11-24T00:00:00Z&endDateTime=2026-11-23T00:00:00Z",
        *(
            f"startDateTime=2026-11-23T00:00:00Z&endDateTime=2026-11-24T00:00:00Z&{more}"
            for more in (
                "$top=0", "$top=1001", "$top=x", "$skip=-1", "$top=1&$top=2", "$select=colour", "$orderby=colour",
                "$orderby=subject sideways", "$filter=subject", "$filter=subject like 'a'", "$filter=length(subject)",
                "$expand=instances", "$search=a", "$colour=red",
            )
        ),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused(graph: Graph, query: str) -> None:
    assert graph.ask(f"/me/calendarView?{query}").status_code == 400


def test_options_are_taken_in_any_case_with_and_without_their_sign(
    graph: Graph, box: Mailbox, messages: GraphRecorder
) -> None:
    for number in range(3):
        box.calendar.add(planned(str(number), NINE + number * HOUR))
    options = (
        f"{window(NINE, NINE + DAY).lower().replace('z', 'Z').replace('t0', 'T0')}&TOP=2&$Select=SUBJECT&colour=red"
    )
    answer = graph.ask(f"/me/CalendarView?{options}")
    assert [each["subject"] for each in answer.json()["value"]] == ["0", "1"]
    messages.kept.clear()  # the contract knows one case only, unlike the service


def test_a_window_without_an_offset_is_in_utc_whatever_is_preferred(graph: Graph, box: Mailbox) -> None:
    box.calendar.add(planned("Plan"))
    naive = "startDateTime=2026-11-23T02:00:00&endDateTime=2026-11-23T02:30:00"
    offset = "startDateTime=2026-11-23T09:00:00%2B07:00&endDateTime=2026-11-23T09:30:00%2B07:00"
    for query in (naive, offset):
        assert len(graph.values(f"/me/calendarView?{query}", prefer=f'outlook.timezone="{HANOI}"')) == 1
    late = datetime(2026, 11, 23, 9)  # noqa: DTZ001 (that is the point)
    assert graph.view(late, late + HOUR, prefer=f'outlook.timezone="{HANOI}"') == []
