"""Calendar API v3: calendarList.list and events list, get, insert, patch and delete.

Source of the rules: https://developers.google.com/workspace/calendar/api/v3/reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zoomcal.sandbox.google import listing
from zoomcal.sandbox.google.answers import Problem, dumps, reply
from zoomcal.sandbox.google.events import Calendar, Event, event_id, shown
from zoomcal.sandbox.google.fields import Mask, keep
from zoomcal.sandbox.google.requests import STANDARD, answered, integer, mask_of, switch, zone_of
from zoomcal.sandbox.google.state import Account, GoogleState
from zoomcal.sandbox.paging import Pages

Json = dict[str, Any]
_BASE = "/google/calendar/v3"
_EVENT = _BASE + "/calendars/{calendar:path}/events/{event}"
_ROLES = ("freeBusyReader", "reader", "writer", "owner")
_LIST_SCOPES = ("calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly")
_WRITE_SCOPES = ("calendar", "calendar.events", "calendar.events.owned")
_READ_SCOPES = (
    *_WRITE_SCOPES,
    "calendar.readonly",
    "calendar.events.readonly",
    "calendar.events.owned.readonly",
)
_OWN_COPY = {"attendees", "reminders", "colorId", "transparency", "visibility", "extendedProperties", "status"}
_READ_ONLY = {
    "kind", "etag", "id", "htmlLink", "created", "updated", "creator", "organizer", "iCalUID", "recurringEventId",
    "originalStartTime", "hangoutLink", "locked", "attendeesOmitted", "privateCopy",
}  # fmt: skip
WRITE_PARAMETERS = STANDARD | {
    "conferenceDataVersion", "maxAttendees", "sendNotifications", "sendUpdates", "supportsAttachments",
    "alwaysIncludeEmail",
}  # fmt: skip
_ENTRY_FIELDS = frozenset(
    "kind etag id summary summaryOverride description location timeZone colorId backgroundColor foregroundColor hidden "
    "selected accessRole defaultReminders notificationSettings primary deleted conferenceProperties".split()
)
_LIST_FIELDS = frozenset(("kind", "etag", "nextPageToken", "nextSyncToken", "items"))


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A mail that Google would have sent to guests."""

    event_id: str
    what: str
    """insert, patch or delete."""
    send_updates: str


class CalendarApi:
    """The handlers of Calendar v3."""

    def __init__(self, state: GoogleState) -> None:
        self._state = state
        self._events: Pages[Event] = Pages(hesitant=lambda: state.empty_first_page)
        self._entries: Pages[Calendar] = Pages()

    def routes(self) -> list[Route]:
        """Return the addresses served."""
        events = _BASE + "/calendars/{calendar:path}/events"
        return [
            Route(f"{_BASE}/users/me/calendarList", answered(self.list_calendars), methods=["GET"]),
            Route(events, answered(self.list_events), methods=["GET"]),
            Route(events, answered(self.insert), methods=["POST"]),
            Route(_EVENT, answered(self.get), methods=["GET"]),
            Route(_EVENT, answered(self.patch), methods=["PATCH"]),
            Route(_EVENT, answered(self.delete), methods=["DELETE"]),
        ]

    def list_calendars(self, request: Request, _: bytes) -> Response:
        """Answer calendarList.list."""
        account = self._state.account(request, *_LIST_SCOPES)
        query = request.query_params
        _known(query, {"maxResults", "minAccessRole", "pageToken", "showDeleted", "showHidden"})
        mask = mask_of(query, _LIST_FIELDS, _ENTRY_FIELDS)
        role, hidden = query.get("minAccessRole", _ROLES[0]), switch(query, "showHidden")
        if role not in _ROLES:
            raise Problem(400, "invalidParameter", f"Invalid value '{role}'.", location="minAccessRole")

        def listed() -> list[Calendar]:
            enough = _ROLES.index(role)
            calendars = account.calendars.values()
            return [each for each in calendars if _ROLES.index(each.access_role) >= enough and hidden >= each.hidden]

        size = integer(query, "maxResults", 100, 250)
        asked = f"{account.email} {role} {hidden} {hash(tuple(map(id, account.calendars.values())))}"
        page, following = self._entries.page(asked, 0, size, query.get("pageToken", ""), listed)[:2]
        answer: Json = {"kind": "calendar#calendarList", "etag": '"p1calendarlist"'}
        answer |= {"nextPageToken": following} if following else {}
        return reply(keep(mask, answer | {"items": [_entry(calendar) for calendar in page]}))

    def list_events(self, request: Request, _: bytes) -> Response:
        """Answer events.list."""
        calendar = self._calendar(request, _READ_SCOPES)
        query = listing.Query.parse(request.query_params, calendar)
        size = integer(request.query_params, "maxResults", 250, 2500)
        page, following, revision = self._events.page(
            f"{id(calendar)} {query.key}",
            calendar.revision,
            size,
            request.query_params.get("pageToken", ""),
            lambda: listing.select(calendar, query),
        )
        head: Json = {
            "kind": "calendar#events",
            "etag": calendar.etag,
            "summary": calendar.summary,
            "updated": shown_now(calendar),
            "timeZone": query.zone.key,
            "accessRole": calendar.access_role,
            "defaultReminders": [{"method": "popup", "minutes": 10}] if calendar.access_role == "owner" else [],
        }
        if following:
            head["nextPageToken"] = following
        elif query.may_sync_later:
            head["nextSyncToken"] = listing.sync_token(calendar, revision, query)
        body = dumps(keep(query.mask, head))
        if not query.mask or "items" in query.mask or "*" in query.mask:
            below: Mask = query.mask.get("items") or query.mask.get("*") or {}
            shape = (below, query.zone, query.answer_key, query.max_attendees)
            items = b",".join(event.answer(*shape) for event in page)
            body = body[:-1] + (b"," if len(body) > 2 else b"") + b'"items":[' + items + b"]}"
        return reply(body)

    def get(self, request: Request, _: bytes) -> Response:
        """Answer events.get."""
        calendar = self._calendar(request, _READ_SCOPES)
        _known(request.query_params, {"alwaysIncludeEmail", "maxAttendees", "timeZone"})
        return self._answer(request, calendar, _existing(calendar, request))

    def insert(self, request: Request, content: bytes) -> Response:
        """Answer events.insert."""
        calendar = self._calendar(request, _WRITE_SCOPES, write=True)
        _known(request.query_params, WRITE_PARAMETERS)
        body = _body(content)
        if not _has_time(body.get("start")) or not _has_time(body.get("end")):
            raise Problem(400, "required", "Missing end time." if body.get("start") else "Missing start time.")
        if "conferenceData" in body and request.query_params.get("conferenceDataVersion") != "1":
            del body["conferenceData"]
        identity = body.get("id") or event_id(f"{calendar.id} inserted {calendar.revision}")
        if identity in calendar.events:
            raise Problem(409, "duplicate")
        fields = {key: value for key, value in body.items() if key not in _READ_ONLY}
        _check_times(fields, calendar)
        stored = calendar.add(fields | {"id": identity})
        self._notify(request, identity, "insert")
        return self._answer(request, calendar, calendar.events[stored["id"]])

    def patch(self, request: Request, content: bytes) -> Response:
        """Answer events.patch: the body's fields replace the event's, objects being merged, null removing."""
        calendar = self._calendar(request, _WRITE_SCOPES, write=True)
        _known(request.query_params, WRITE_PARAMETERS)
        event = _living(calendar, request)
        _check_etag(request, event)
        changes = {key: value for key, value in _body(content).items() if key not in _READ_ONLY}
        if request.query_params.get("conferenceDataVersion") != "1":
            changes.pop("conferenceData", None)
        organizing = event.body["organizer"].get("self") and not event.body.get("locked")
        if not organizing and not event.body.get("guestsCanModify") and not changes.keys() <= _OWN_COPY:
            raise Problem(403, "forbiddenForNonOrganizer")
        merged = {"status": "confirmed"} | _merged(event.body, changes)
        merged["sequence"] = event.body.get("sequence", 0) + (1 if {"start", "end"} & changes.keys() else 0)
        _check_times(merged, calendar)
        stored = calendar.replace(merged)
        self._notify(request, stored.id, "patch")
        return self._answer(request, calendar, stored)

    def delete(self, request: Request, _: bytes) -> Response:
        """Answer events.delete."""
        calendar = self._calendar(request, _WRITE_SCOPES, write=True)
        _known(request.query_params, {"sendNotifications", "sendUpdates"})
        event = _living(calendar, request)
        _check_etag(request, event)
        calendar.remove(event.id)
        self._notify(request, event.id, "delete")
        return Response(status_code=204)

    def _calendar(self, request: Request, scopes: tuple[str, ...], *, write: bool = False) -> Calendar:
        account = self._state.account(request, *scopes)
        calendar = _named(account, request.path_params["calendar"])
        if write and calendar.access_role not in {"writer", "owner"}:
            raise Problem(403, "requiredAccessLevel")
        return calendar

    def _answer(self, request: Request, calendar: Calendar, event: Event) -> Response:
        query = request.query_params
        body = shown(event.body, zone_of(query, calendar), integer(query, "maxAttendees", 10_000, 10_000))
        return reply(keep(mask_of(query, listing.EVENT_FIELDS), body), headers={"etag": event.body["etag"]})

    def _notify(self, request: Request, identity: str, what: str) -> None:
        whom = request.query_params.get("sendUpdates", "none")
        if whom not in {"all", "externalOnly", "none"}:
            raise Problem(400, "invalidParameter", f"Invalid value '{whom}'.", location="sendUpdates")
        if whom != "none":
            self._state.notices.append(Notice(event_id=identity, what=what, send_updates=whom))


def shown_now(calendar: Calendar) -> str:
    """Return when the calendar last changed, as `updated` gives it."""
    newest = next(reversed(calendar.events.values()), None)
    return str(newest.body["updated"]) if newest else "2020-01-01T00:00:00.000Z"


def _named(account: Account, calendar_id: str) -> Calendar:
    calendar = account.primary if calendar_id == "primary" else account.calendars.get(calendar_id)
    if calendar is None or calendar.access_role == "freeBusyReader":
        raise Problem(404, "notFound")
    return calendar


def _existing(calendar: Calendar, request: Request) -> Event:
    event = calendar.find(request.path_params["event"])
    if event is None:
        raise Problem(404, "notFound")
    return event


def _living(calendar: Calendar, request: Request) -> Event:
    event = _existing(calendar, request)
    if event.cancelled:
        raise Problem(410, "deleted")
    return event


def _check_etag(request: Request, event: Event) -> None:
    wanted = request.headers.get("if-match", "*")
    if wanted != "*" and event.body["etag"] not in {each.strip() for each in wanted.split(",")}:
        raise Problem(412, "conditionNotMet")


def _body(content: bytes) -> Json:
    try:
        body = json.loads(content or b"{}")
    except ValueError as error:
        raise Problem(400, "parseError", "Parse Error") from error
    if not isinstance(body, dict):
        raise Problem(400, "parseError", "Parse Error")
    unknown = body.keys() - listing.EVENT_FIELDS
    if unknown:
        raise Problem(400, "invalid", f"Invalid JSON payload received. Unknown name {min(unknown)!r}")
    return body


def _has_time(stamp: object) -> TypeGuard[Json]:
    return isinstance(stamp, dict) and ("date" in stamp) != ("dateTime" in stamp)


def _check_times(body: Json, calendar: Calendar) -> None:
    for name in ("start", "end"):
        stamp = body.get(name)
        if not _has_time(stamp):
            raise Problem(400, "invalid", f"Invalid {name} time.")
        if "dateTime" in stamp:
            body[name] = stamp | _with_offset(stamp, calendar)
        else:
            _check_date(stamp["date"])
    if body["start"].keys() & {"date"} != body["end"].keys() & {"date"}:
        raise Problem(400, "invalid", "Start and end times must either both be date or both be dateTime.")
    if "recurrence" in body and "dateTime" in body["start"] and "timeZone" not in body["start"]:
        raise Problem(400, "required", "Missing time zone definition for start time.")
    event = Event(body | {"id": "", "status": ""}, 0, calendar.tzinfo)
    if event.end_s < event.start_s:
        raise Problem(400, "timeRangeEmpty")


def _with_offset(stamp: Json, calendar: Calendar) -> Json:
    try:
        moment = datetime.fromisoformat(stamp["dateTime"])
        zone = ZoneInfo(stamp.get("timeZone") or calendar.zone)
    except (ValueError, KeyError, OSError) as error:
        raise Problem(400, "invalid", "Invalid value for: Invalid format") from error
    if moment.tzinfo is None:
        if "timeZone" not in stamp:
            raise Problem(400, "required", "Missing time zone definition for start time.")
        moment = moment.replace(tzinfo=zone)
    return {"dateTime": moment.isoformat(timespec="seconds"), "timeZone": zone.key}


def _check_date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise Problem(400, "invalid", "Invalid value for: Invalid format") from error


def _merged(old: Json, changes: Json) -> Json:
    merged = dict(old)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(old.get(key), dict):
            merged[key] = _merged(old[key], value)
        else:
            merged[key] = value
    return merged


def _known(query: Mapping[str, str], names: set[str] | frozenset[str]) -> None:
    for name in query:
        if name not in names and name not in STANDARD:
            raise Problem(
                400, "invalidParameter", f"Unknown name {name!r}: Cannot bind query parameter.", location=name
            )


def _entry(calendar: Calendar) -> Json:
    entry: Json = {
        "kind": "calendar#calendarListEntry",
        "etag": '"1700000000000000"',
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.zone,
        "colorId": calendar.color_id,
        "backgroundColor": calendar.background,
        "foregroundColor": "#000000",
        "accessRole": calendar.access_role,
        "defaultReminders": [{"method": "popup", "minutes": 10}] if calendar.access_role == "owner" else [],
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }
    if calendar.summary_override:
        entry["summaryOverride"] = calendar.summary_override
    flags = {"primary": calendar.primary, "selected": calendar.selected, "hidden": calendar.hidden}
    return entry | {name: True for name, value in flags.items() if value}
