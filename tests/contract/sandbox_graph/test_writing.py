"""Changing events at the sandbox's Graph; everything said is held against Microsoft's contract."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.sandbox_graph.client import DAY, HANOI, HOUR, NINE, ZOE, Graph, planned
from zoomcal.sandbox.mailbox import Attendee, Event, Mailbox
from zoomcal.sandbox.microsoft.ids import shown

Json = dict[str, Any]
GUEST: Json = {"emailAddress": {"name": "Zoe", "address": ZOE.address}, "type": "optional"}


def _body(**more: Any) -> Json:
    return {
        "subject": "Plan",
        "start": {"dateTime": "2026-11-23T09:00:00.0000000", "timeZone": HANOI},
        "end": {"dateTime": "2026-11-23T10:00:00", "timeZone": "SE Asia Standard Time"},
        **more,
    }


def _path(event: Event) -> str:
    return f"/me/events/{shown(event.id)}"


def test_an_event_is_made_as_it_was_described(graph: Graph, box: Mailbox) -> None:
    more = {"attendees": [GUEST], "body": {"contentType": "html", "content": "<p>Hi</p>"}, "showAs": "oof"}
    made = graph.ask("/me/events", method="POST", body=_body(**more, location={"displayName": "Here"}))
    assert made.status_code == 201
    (event,) = box.calendar.view(NINE, NINE + HOUR)
    assert (event.begins, event.ends - event.begins, event.zone, event.location) == (NINE, HOUR, HANOI, "Here")
    assert (event.answer, event.show_as, event.body) == ("organizer", "out-of-office", "<p>Hi</p>")
    assert [(each.person, each.role) for each in event.attendees] == [(ZOE, "optional")]
    assert [(each.what, each.to) for each in box.notices] == [("invited", (ZOE.address,))]
    assert graph.ask(made.headers["location"]).json()["id"] == made.json()["id"]


@pytest.mark.parametrize(
    ("pattern", "span", "starts"),
    [
        (
            {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "friday"]},
            {"type": "numbered", "startDate": "2026-11-23", "numberOfOccurrences": 3},
            ["11-23", "11-27", "11-30"],
        ),
        (
            {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
            {"type": "endDate", "startDate": "2026-11-23", "endDate": "2027-02-28", "recurrenceTimeZone": HANOI},
            ["11-30", "12-31", "01-31", "02-28"],
        ),
        (
            {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["friday"], "index": "last"},
            {"type": "numbered", "startDate": "2026-11-23", "numberOfOccurrences": 2},
            ["11-27", "12-25"],
        ),
        (
            {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 24, "month": 12},
            {"type": "numbered", "startDate": "2026-11-23", "numberOfOccurrences": 1},
            ["12-24"],
        ),
        (
            {"type": "daily", "interval": 2},
            {"type": "endDate", "startDate": "2026-11-23", "endDate": "2026-11-27"},
            ["11-23", "11-25", "11-27"],
        ),
    ],
)
def test_a_series_is_made_of_the_rule_that_is_told_again(
    graph: Graph, box: Mailbox, pattern: Json, span: Json, starts: list[str]
) -> None:
    made = graph.ask("/me/events", method="POST", body=_body(recurrence={"pattern": pattern, "range": span}))
    found = box.calendar.view(NINE - DAY, NINE + 500 * DAY)
    assert [f"{each.start:%m-%d}" for each in found] == starts
    told = made.json()["recurrence"]
    assert pattern.items() <= told["pattern"].items()
    assert span.items() - {("recurrenceTimeZone", HANOI)} <= told["range"].items()


@pytest.mark.parametrize(
    "body",
    [
        {"subject": "No times"},
        _body(colour="red"),
        _body(end={"dateTime": "2026-11-23T08:00:00", "timeZone": HANOI}),
        _body(start={"dateTime": "soon", "timeZone": HANOI}),
        _body(start={"dateTime": "2026-11-23T09:00:00", "timeZone": "Mars"}),
        _body(isAllDay=True),
        _body(showAs="sideways"),
        _body(recurrence={"pattern": {"type": "hourly"}, "range": {"type": "noEnd", "startDate": "2026-11-23"}}),
    ],
)
def test_what_is_described_wrongly_is_refused(graph: Graph, box: Mailbox, body: Json) -> None:
    assert graph.ask("/me/events", method="POST", body=body).status_code == 400
    assert len(box.calendar.events) == 0


def test_a_change_needs_the_state_it_was_made_for(graph: Graph, box: Mailbox) -> None:
    event = box.calendar.add(planned("Plan", attendees=(Attendee(person=ZOE, answer="accepted"),)))
    etag = graph.ask(_path(event)).headers["etag"]
    changed = graph.ask(_path(event), method="PATCH", body={"subject": "New"}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["subject"]) == (200, "New")
    for method, body in (("PATCH", {"subject": "Lost"}), ("DELETE", None)):
        stale = graph.ask(_path(event), method=method, body=body, headers={"If-Match": etag})
        assert (stale.status_code, stale.json()["error"]["code"]) == (412, "ErrorIrresolvableConflict")
    now = box.calendar.named("New")
    assert (now.begins, now.attendees) == (NINE, event.attendees)
    assert [each.what for each in box.notices] == ["changed"]


def test_a_change_of_guests_keeps_the_answers_of_those_who_stay(graph: Graph, box: Mailbox) -> None:
    event = box.calendar.add(planned("Plan", attendees=(Attendee(person=ZOE, answer="accepted"),)))
    new: Json = {"emailAddress": {"address": "bo@example.org"}, "type": "required"}
    answer = graph.ask(_path(event), method="PATCH", body={"attendees": [GUEST, new], "isReminderOn": False})
    assert [each["status"]["response"] for each in answer.json()["attendees"]] == ["accepted", "none"]
    assert answer.json()["isReminderOn"] is False


def test_an_occurrence_is_changed_alone_and_never_moved_across_its_neighbour(graph: Graph, box: Mailbox) -> None:
    master = box.calendar.add(planned("Daily", rule=("RRULE:FREQ=DAILY",)))
    second = box.calendar.get(box.calendar.occurrence_id(master.id, NINE + DAY))
    assert second is not None

    def moved(by: timedelta) -> Json:
        at = NINE + DAY + by
        times = {name: {"dateTime": f"{each:%Y-%m-%dT%H:%M:%S}"} for name, each in (("start", at), ("end", at + HOUR))}
        answer: Json = graph.ask(_path(second), method="PATCH", body=times).json()
        return answer

    assert moved(DAY + 2 * HOUR)["error"]["code"] == "ErrorOccurrenceCrossingBoundary"
    assert moved(-DAY - 2 * HOUR)["error"]["code"] == "ErrorOccurrenceCrossingBoundary"
    assert moved(5 * HOUR)["type"] == "exception"
    assert [each.begins - NINE for each in box.calendar.view(NINE, NINE + 3 * DAY)] == [
        timedelta(),
        DAY + 5 * HOUR,
        2 * DAY,
    ]


def test_the_organizer_cancels_and_the_guests_are_told(graph: Graph, box: Mailbox) -> None:
    own = box.calendar.add(planned("Own", attendees=(Attendee(person=ZOE),)))
    asked = box.calendar.add(planned("Asked", organizer=ZOE, attendees=(Attendee(person=box.person),)))
    refused = graph.ask(f"{_path(asked)}/cancel", method="POST", body={"Comment": "No"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ErrorInvalidRequest")
    assert graph.ask(f"{_path(own)}/cancel", method="POST", body={"Comment": "Ill"}).status_code == 202
    assert graph.ask(_path(own)).status_code == 404
    assert [(each.what, each.comment) for each in box.notices] == [("cancelled", "Ill")]
    assert graph.ask(_path(asked), method="DELETE").status_code == 204
    assert list(box.deleted) == [own.id, asked.id]
    assert len(box.notices) == 1


@pytest.mark.parametrize(
    ("action", "answer"), [("accept", "accepted"), ("tentativelyAccept", "tentative"), ("decline", "declined")]
)
def test_an_invitation_is_answered(graph: Graph, box: Mailbox, action: str, answer: str) -> None:
    asked = box.calendar.add(planned("Asked", organizer=ZOE, attendees=(Attendee(person=box.person),)))
    body = {"Comment": "ok", "SendResponse": True}
    assert graph.ask(f"{_path(asked)}/{action}", method="POST", body=body).status_code == 202
    now = box.calendar.named("Asked")
    assert (now.answer, now.attendees[0].answer) == (answer, answer)
    own = box.calendar.add(planned("Own"))
    assert graph.ask(f"{_path(own)}/{action}", method="POST", body=body).status_code == 400


def test_a_calendar_that_may_only_be_read_stays_as_it_is(graph: Graph, box: Mailbox) -> None:
    theirs = box.add_calendar("Team", owner=ZOE, can_edit=False)
    event = theirs.add(planned("Theirs"))
    for method, body in (("PATCH", {"subject": "Mine"}), ("DELETE", None)):
        assert graph.ask(_path(event), method=method, body=body).status_code == 403
    into = graph.ask(f"/me/calendars/{shown(theirs.id)}/events", method="POST", body=_body())
    assert (into.status_code, into.json()["error"]["code"]) == (403, "ErrorAccessDenied")
    assert theirs.events.get(event.id) == event
