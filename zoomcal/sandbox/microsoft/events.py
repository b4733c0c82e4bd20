"""An event as Graph tells it, and what a request says of one.

Source: https://learn.microsoft.com/en-us/graph/api/resources/event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from zoomcal.sandbox.mailbox import Answer, Calendar, Event, Person, text
from zoomcal.sandbox.microsoft import recurrence
from zoomcal.sandbox.microsoft.ids import shown
from zoomcal.sandbox.microsoft.options import Prefer, windows_name
from zoomcal.sandbox.recurrence import Moment

Json = dict[str, Any]
_NEVER = "0001-01-01T00:00:00Z"
_KINDS = {"single": "singleInstance", "master": "seriesMaster", "occurrence": "occurrence", "exception": "exception"}
ANSWERS: Mapping[Answer, str] = {
    "none": "none",
    "organizer": "organizer",
    "accepted": "accepted",
    "tentative": "tentativelyAccepted",
    "declined": "declined",
}
SHOWN_AS = {
    "free": "free",
    "tentative": "tentative",
    "busy": "busy",
    "out-of-office": "oof",
    "elsewhere": "workingElsewhere",
}
_PROVIDERS = {"teams": "teamsForBusiness", "skype": "skypeForBusiness"}
_PREVIEW = 255


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How events are told."""

    prefer: Prefer
    names: tuple[str, ...] | None = None
    """The properties that are wanted; None for all."""
    moving_days: bool = False
    """Whether whole days move with the preferred time zone as moments do, as some answers are said to have it."""

    @property
    def key(self) -> str:
        """What tells one rendering of an event from another."""
        prefer = self.prefer
        return f"{prefer.zone_name} {prefer.text} {prefer.immutable} {self.moving_days} {self.names}"


_Teller = Callable[[Event, Calendar, Shape], Any]


def told(event: Event, calendar: Calendar, shape: Shape) -> Json:
    """Return the JSON of an event on a calendar."""
    names = _TELLERS if shape.names is None else ("id", *shape.names)
    return {"@odata.etag": etag(event.change_key)} | {
        name: (_TELLERS.get(name) or _SELECTED[name])(event, calendar, shape) for name in names
    }


def etag(change_key: str) -> str:
    """Return the entity tag of a change key."""
    return f'W/"{change_key}"'


def stamp(moment: datetime) -> str:
    """Return a moment as Graph tells when something was made or changed."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def plain_body(event: Event) -> str:
    """Return the body's text."""
    return text.plain(event.body) if event.body_is_html else event.body


def person(who: Person | None) -> Json | None:
    """Return a recipient."""
    return None if who is None else {"emailAddress": {"name": who.name, "address": who.address}}


def _body(event: Event, _: Calendar, shape: Shape) -> Json:
    if shape.prefer.text:
        return {"contentType": "text", "content": plain_body(event)}
    return {"contentType": "html", "content": event.body if event.body_is_html else text.marked_up(event.body)}


def _preview(event: Event, _: Calendar, __: Shape) -> str:
    return plain_body(event)[:_PREVIEW].strip()


def _time(moment: Moment, instant: datetime, shape: Shape) -> Json:
    local = instant.astimezone(shape.prefer.zone)
    clock = f"{local:%Y-%m-%dT%H:%M:%S}"
    if not isinstance(moment, datetime) and not shape.moving_days:
        clock = f"{moment:%Y-%m-%d}T00:00:00"
    return {"dateTime": f"{clock}.0000000", "timeZone": shape.prefer.zone_name}


def _answer(answer: Answer, at: datetime | None) -> Json:
    return {"response": ANSWERS[answer], "time": stamp(at) if at else _NEVER}


def _own_answer(event: Event, _: Calendar, __: Shape) -> Json:
    told = _answer(event.answer, event.answered)
    if event.answer == "none" and event.is_meeting:
        told["response"] = "notResponded"
    return told


def _attendees(event: Event, _: Calendar, __: Shape) -> list[Json]:
    return [
        {"type": each.role, "status": _answer(each.answer, each.answered), **(person(each.person) or {})}
        for each in event.attendees
    ]


def _location(event: Event, _: Calendar, __: Shape) -> Json:
    place: Json = {"displayName": event.location, "locationType": "default", "uniqueIdType": "unknown"}
    if event.location:
        place |= {"uniqueId": event.location, "uniqueIdType": "private"}
    return place


def _locations(event: Event, calendar: Calendar, shape: Shape) -> list[Json]:
    return [_location(event, calendar, shape)] if event.location else []


def _online(event: Event, _: Calendar, __: Shape) -> Json | None:
    meeting = event.online
    if meeting is None:
        return None
    info: Json = {"joinUrl": meeting.join_url}
    if meeting.conference_id:
        info["conferenceId"] = meeting.conference_id
    if meeting.toll_number:
        info["tollNumber"] = meeting.toll_number
    return info


def _occurrence_id(event: Event, _: Calendar, shape: Shape) -> str | None:
    return None if event.original_start is None else _named(event.master_id, event.original_start, shape)


def _named(master_id: str, original: Moment, shape: Shape) -> str:
    return f"OID.{shown(master_id, immutable=shape.prefer.immutable)}.{original:%Y-%m-%d}"


def _left_out(event: Event, calendar: Calendar, shape: Shape) -> list[str]:
    if event.kind != "master":
        return []
    return [_named(event.id, each, shape) for each in calendar.exceptions(event.id)[1]]


def _original(event: Event, _: Calendar, __: Shape) -> str | None:
    if event.original_start is None:
        return None
    if isinstance(event.original_start, datetime):
        return stamp(event.original_start)
    return f"{event.original_start:%Y-%m-%d}T00:00:00Z"


def _link(event: Event, _: Calendar, __: Shape) -> str:
    identity = quote(shown(event.id), safe="")
    return f"https://outlook.office365.com/owa/?itemid={identity}&exvsurl=1&path=/calendar/item"


def _id(event: Event, _: Calendar, shape: Shape) -> str:
    return shown(event.id, immutable=shape.prefer.immutable)


def _master_id(event: Event, _: Calendar, shape: Shape) -> str | None:
    return shown(event.master_id, immutable=shape.prefer.immutable) if event.master_id else None


_TELLERS: dict[str, _Teller] = {
    "id": _id,
    "createdDateTime": lambda event, _, __: stamp(event.created),
    "lastModifiedDateTime": lambda event, _, __: stamp(event.changed),
    "changeKey": lambda event, _, __: event.change_key,
    "categories": lambda event, _, __: list(event.categories),
    "transactionId": lambda *_: None,
    "originalStart": _original,
    "originalStartTimeZone": lambda event, _, __: windows_name(event.zone),
    "originalEndTimeZone": lambda event, _, __: windows_name(event.zone),
    "iCalUId": lambda event, _, __: event.occurrence_uid,
    "uid": lambda event, _, __: event.uid,
    "reminderMinutesBeforeStart": lambda event, _, __: event.reminder_minutes or 0,
    "isReminderOn": lambda event, _, __: event.reminder_minutes is not None,
    "hasAttachments": lambda *_: False,
    "subject": lambda event, _, __: event.subject,
    "bodyPreview": _preview,
    "importance": lambda *_: "normal",
    "sensitivity": lambda event, _, __: event.sensitivity,
    "isAllDay": lambda event, _, __: event.all_day,
    "isCancelled": lambda event, _, __: event.cancelled,
    "isOrganizer": lambda event, calendar, _: calendar.organizes(event),
    "isDraft": lambda *_: False,
    "responseRequested": lambda *_: True,
    "seriesMasterId": _master_id,
    "showAs": lambda event, _, __: SHOWN_AS[event.show_as],
    "type": lambda event, _, __: _KINDS[event.kind],
    "webLink": _link,
    "onlineMeetingUrl": lambda *_: None,
    "isOnlineMeeting": lambda event, _, __: event.online is not None,
    "onlineMeetingProvider": lambda event, _, __: _PROVIDERS[event.online.provider] if event.online else "unknown",
    "allowNewTimeProposals": lambda *_: True,
    "occurrenceId": _occurrence_id,
    "hideAttendees": lambda *_: False,
    "responseStatus": _own_answer,
    "body": _body,
    "start": lambda event, _, shape: _time(event.start, event.begins, shape),
    "end": lambda event, _, shape: _time(event.end, event.ends, shape),
    "location": _location,
    "locations": _locations,
    "recurrence": lambda event, _, __: recurrence.shown(event),
    "attendees": _attendees,
    "organizer": lambda event, _, __: person(event.organizer),
    "onlineMeeting": _online,
}
_SELECTED: Mapping[str, _Teller] = {"cancelledOccurrences": _left_out}
"""What is told only where `$select` names it."""
NAMES = {name.casefold(): name for name in (*_TELLERS, *_SELECTED)}
"""Every property that is told, by its name in lower case."""
