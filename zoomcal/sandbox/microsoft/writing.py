"""What a request to make or change an event says, as fields of the mailbox's events.

Source: https://learn.microsoft.com/en-us/graph/api/user-post-events and …/event-update.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, get_args

from zoomcal.sandbox.mailbox import Attendee, Event, OnlineMeeting, Person, Role, Sensitivity
from zoomcal.sandbox.microsoft import recurrence
from zoomcal.sandbox.microsoft.answers import Problem
from zoomcal.sandbox.microsoft.events import NAMES, SHOWN_AS
from zoomcal.sandbox.microsoft.options import zone_named
from zoomcal.sandbox.recurrence import Moment

Json = dict[str, Any]
_MEANT_AS = {name.casefold(): kept for kept, name in SHOWN_AS.items()}


def fields_of(body: Json, before: Event | None) -> Json:
    """Return the fields that `body` sets; read-only properties are passed over, as Graph does.

    Args:
        body: The JSON of the request.
        before: The event to be changed; None where a new one is made.

    Raises:
        Problem: A property does not exist or is not in order, or a new event lacks its times.
    """
    for name in body:
        if name.casefold() not in NAMES and not name.startswith("@") and name not in _TAKEN_AS_READ:
            raise _malformed(f"The property '{name}' does not exist on type 'microsoft.graph.event'.")
    try:
        fields: Json = {}
        for name, reader in _READERS.items():
            if name in body:
                fields |= reader(body[name])
        fields |= _times(body, before)
        if body.get("recurrence"):
            start = fields.get("start") or getattr(before, "start", None)
            zone = fields.get("zone") or (before.zone if before else "UTC")
            if start is not None:
                fields["rule"] = recurrence.rule_of(body["recurrence"], start, zone)
        elif "recurrence" in body:
            fields["rule"] = ()
        fields |= _reminder(body, before)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _malformed("A value of the request is not in order.") from error
    if before is None and not fields.keys() >= {"start", "end"}:
        raise Problem(400, "ErrorInvalidRequest", "The start and end of the event must be given.")
    return fields


def _times(body: Json, before: Event | None) -> Json:
    all_day = bool(body.get("isAllDay", before.all_day if before else False))
    if not body.keys() & {"start", "end", "isAllDay"}:
        return {}
    fields: Json = {}
    for name in ("start", "end"):
        if body.get(name):
            fields[name] = _moment(body[name], all_day=all_day)
        elif before and all_day is not before.all_day:
            raise Problem(400, "ErrorInvalidRequest", "An event becomes one of whole days with its start and end.")
    if "start" in fields and body["start"].get("timeZone"):
        fields["zone"] = zone_named(body["start"]["timeZone"]).key
    start, end = (fields.get(name) or getattr(before, name, None) for name in ("start", "end"))
    least = timedelta(days=1) if all_day else timedelta(0)
    if start is not None and end is not None and end - start < least:
        raise Problem(400, "ErrorPropertyValidationFailure", "At least one property failed validation.")
    return fields


def _moment(value: Json, *, all_day: bool) -> Moment:
    text = str(value["dateTime"])
    clock = datetime.fromisoformat(text)
    zone = zone_named(value.get("timeZone") or "UTC")
    moment = clock if clock.tzinfo else clock.replace(tzinfo=zone)
    if not all_day:
        return moment
    if moment.astimezone(zone).timetz().replace(tzinfo=None) != datetime.min.time():
        text = "The Event.Start property for an all-day event needs to be set to midnight."
        raise Problem(400, "ErrorInvalidRequest", text)
    return date(clock.year, clock.month, clock.day)


def _reminder(body: Json, before: Event | None) -> Json:
    if not body.keys() & {"isReminderOn", "reminderMinutesBeforeStart"}:
        return {}
    minutes = body.get("reminderMinutesBeforeStart", before.reminder_minutes if before else None)
    on = body.get("isReminderOn", before.reminder_minutes is not None if before else True)
    return {"reminder_minutes": int(minutes if minutes is not None else 15) if on else None}


def _person(value: Json) -> Person:
    address = str(value["emailAddress"]["address"])
    return Person(name=str(value["emailAddress"].get("name") or address), address=address)


def _attendees(value: list[Json]) -> Json:
    attendees = []
    for each in value:
        role: Role = next(role for role in get_args(Role) if role == str(each.get("type") or "required").casefold())
        attendees.append(Attendee(person=_person(each), role=role))
    return {"attendees": tuple(attendees)}


def _sensitivity(value: str) -> Json:
    return {"sensitivity": next(each for each in get_args(Sensitivity) if each == value.casefold())}


def _body(value: Json) -> Json:
    return {
        "body": str(value.get("content") or ""),
        "body_is_html": str(value.get("contentType") or "text").casefold() == "html",
    }


def _online(value: bool) -> Json:
    join_url = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_loopback%40thread.v2/0"
    return {"online": OnlineMeeting(join_url=join_url) if value else None}


_READERS: Mapping[str, Callable[[Any], Json]] = {
    "subject": lambda value: {"subject": str(value or "")},
    "body": _body,
    "location": lambda value: {"location": str((value or {}).get("displayName") or "")},
    "attendees": _attendees,
    "showAs": lambda value: {"show_as": _MEANT_AS[value.casefold()]},
    "sensitivity": _sensitivity,
    "categories": lambda value: {"categories": tuple(map(str, value))},
    "isOnlineMeeting": _online,
}
_TAKEN_AS_READ = {"attachments", "extensions", "singleValueExtendedProperties", "multiValueExtendedProperties"}


def kept_answers(fields: Json, before: Event) -> Json:
    """Let those who stay invited keep their answers."""
    if "attendees" not in fields:
        return fields
    known = {each.person.address.casefold(): each for each in before.attendees}
    attendees = []
    for each in fields["attendees"]:
        old = known.get(each.person.address.casefold())
        attendees.append(replace(each, answer=old.answer, answered=old.answered) if old else each)
    return fields | {"attendees": tuple(attendees)}


def _malformed(message: str) -> Problem:
    return Problem(400, "RequestBodyRead", message)
