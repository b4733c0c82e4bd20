"""Which events a call of events.list returns, and in which order.

Source: https://developers.google.com/workspace/calendar/api/v3/reference/events/list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from zoomcal.sandbox.google.answers import Problem
from zoomcal.sandbox.google.events import HORIZON, Calendar, Event, instant
from zoomcal.sandbox.google.fields import Mask
from zoomcal.sandbox.google.requests import STANDARD, integer, mask_of, switch, zone_of
from zoomcal.sandbox.paging import BadToken, seal, unseal

EVENT_FIELDS = frozenset(
    "anyoneCanAddSelf attachments attendees attendeesOmitted birthdayProperties colorId conferenceData created creator "
    "description end endTimeUnspecified etag eventType extendedProperties focusTimeProperties gadget "
    "guestsCanInviteOthers guestsCanModify guestsCanSeeOtherGuests hangoutLink htmlLink iCalUID id kind location "
    "locked organizer originalStartTime outOfOfficeProperties privateCopy recurrence recurringEventId reminders "
    "sequence source start status summary transparency updated visibility workingLocationProperties".split()
)
_LIST_FIELDS = frozenset(
    "accessRole defaultReminders description etag items kind nextPageToken nextSyncToken summary timeZone "
    "updated".split()
)
PARAMETERS = STANDARD | {
    "alwaysIncludeEmail", "eventTypes", "iCalUID", "maxAttendees", "maxResults", "orderBy", "pageToken", "q",
    "showDeleted", "showHiddenInvitations", "singleEvents", "syncToken", "timeMax", "timeMin", "timeZone", "updatedMin",
}  # fmt: skip
_TYPES = frozenset(("birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"))
_NOT_WITH_SYNC = ("iCalUID", "orderBy", "q", "timeMin", "timeMax", "updatedMin")


@dataclass(frozen=True, kw_only=True)
class Query:
    """A request for events that has been found in order."""

    zone: ZoneInfo
    mask: Mask
    fields: str
    single: bool
    deleted: bool
    order: str
    after: datetime | None
    before: datetime | None
    types: frozenset[str]
    text: str
    ical_uid: str
    updated_min: str
    max_attendees: int
    since: int | None
    """The revision that a sync token stands for."""

    @classmethod
    def parse(cls, query: QueryParams, calendar: Calendar) -> Query:
        """Read the parameters.

        Raises:
            Problem: One of them is not in order.
        """
        for name in query:
            if name not in PARAMETERS:
                text = f"Unknown name {name!r}: Cannot bind query parameter."
                raise Problem(400, "invalidParameter", text, location=name)
        single, order = switch(query, "singleEvents"), query.get("orderBy", "")
        if order not in {"", "startTime", "updated"}:
            raise Problem(400, "invalidParameter", f"Invalid value '{order}'.", location="orderBy")
        if order == "startTime" and not single:
            text = "The requested ordering is not available for the particular query."
            raise Problem(400, "badRequest", text, location="orderBy")
        after, before = _moment(query, "timeMin"), _moment(query, "timeMax")
        if after and before and after >= before:
            raise Problem(400, "timeRangeEmpty", location="timeMax")
        types = frozenset(query.getlist("eventTypes"))
        if not types <= _TYPES:
            raise Problem(400, "invalidParameter", f"Invalid value '{min(types - _TYPES)}'.", location="eventTypes")
        since = _since(query, calendar) if "syncToken" in query else None
        return cls(
            zone=zone_of(query, calendar),
            mask=mask_of(query, _LIST_FIELDS, EVENT_FIELDS),
            fields=query.get("fields", ""),
            single=single,
            deleted=switch(query, "showDeleted") or since is not None,
            order=order,
            after=after,
            before=before,
            types=types or _TYPES,
            text=query.get("q", "").casefold(),
            ical_uid=query.get("iCalUID", ""),
            updated_min=query.get("updatedMin", ""),
            max_attendees=integer(query, "maxAttendees", 10_000, 10_000),
            since=since,
        )

    @property
    def key(self) -> str:
        """What tells a request from another one of the same calendar, pages apart."""
        return "|".join(
            map(
                str,
                (
                    self.zone, self.fields, self.single, self.deleted, self.order, self.after, self.before,
                    sorted(self.types), self.text, self.ical_uid, self.updated_min, self.max_attendees, self.since,
                ),
            )
        )  # fmt: skip

    @property
    def answer_key(self) -> str:
        """What tells one rendering of an event from another."""
        return f"{self.zone} {self.max_attendees} {self.fields}"

    @property
    def may_sync_later(self) -> bool:
        """Whether the last page carries a sync token."""
        return not (self.order or self.text or self.ical_uid or self.updated_min)


def select(calendar: Calendar, query: Query) -> list[Event]:
    """Return the events that `query` asks for, in its order."""
    events = calendar.expanded(query.after, query.before) if query.single else iter(calendar.events.values())
    chosen = [event for event in events if _matches(event, query)]
    if query.order == "startTime":
        chosen.sort(key=lambda event: (event.start_s, event.id))
    elif query.order == "updated":
        chosen.sort(key=lambda event: event.revision)
    return chosen


def sync_token(calendar: Calendar, revision: int, query: Query) -> str:
    """Return the token that asks for changes after `revision`."""
    return seal({"calendar": calendar.id, "revision": revision, "single": query.single})


def _matches(event: Event, query: Query) -> bool:
    if query.since is not None and event.revision <= query.since:
        return False
    if event.cancelled and not query.deleted and (query.single or "recurringEventId" not in event.body):
        return False
    return _overlaps(event, query) and _matches_details(event.body, query)


def _overlaps(event: Event, query: Query) -> bool:
    """Return whether the event, or for a series any of its occurrences, lies in the window; its edges are exclusive."""
    if event.series is not None and query.after:
        before = query.before or query.after + HORIZON
        return any(
            instant(end, query.zone) > query.after.timestamp() and instant(start, query.zone) < before.timestamp()
            for _, start, end in event.series.between(query.after, before)
        )
    if query.after and event.end_s <= query.after.timestamp() and event.end_s > event.start_s:
        return False
    return not query.before or event.start_s < query.before.timestamp()


def _matches_details(body: Mapping[str, object], query: Query) -> bool:
    if body.get("eventType", "default") not in query.types:
        return False
    if query.ical_uid and body.get("iCalUID") != query.ical_uid:
        return False
    if query.updated_min and str(body["updated"]) < query.updated_min:
        return False
    searched = ("summary", "description", "location", "attendees", "organizer")
    return not query.text or any(query.text in str(body.get(name, "")).casefold() for name in searched)


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in text.upper():
        raise Problem(400, "badRequest", "Bad Request", location=name)
    return moment


def _since(query: QueryParams, calendar: Calendar) -> int:
    clash = [name for name in _NOT_WITH_SYNC if name in query]
    if clash or query.get("showDeleted") == "false":
        text = "Sync token cannot be used with the other parameters of this request."
        raise Problem(400, "badRequest", text, location=clash[0] if clash else "showDeleted")
    try:
        content = unseal(query["syncToken"])
    except BadToken as error:
        raise Problem(410, "fullSyncRequired", location="syncToken") from error
    revision = content.get("revision", -1)
    if content.get("calendar") != calendar.id or revision < calendar.forgotten:
        raise Problem(410, "fullSyncRequired", location="syncToken")
    if content.get("single") != switch(query, "singleEvents"):
        raise Problem(400, "badRequest", "Sync token does not fit the parameters.", location="syncToken")
    return int(revision)
