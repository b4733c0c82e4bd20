"""A calendar and its events, kept as Google's own resources."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.sandbox.google.answers import dumps
from zoomcal.sandbox.google.fields import Mask, keep
from zoomcal.sandbox.google.recurrence import Series

Json = dict[str, Any]
HORIZON = timedelta(days=730)
"""How far a series without an end is followed."""
_LEFT = ("kind", "etag", "id", "status", "recurringEventId", "originalStartTime")
"""What is told of an occurrence that is cancelled, and of a deleted event that somebody else organized."""
_BASE32HEX = "0123456789abcdefghijklmnopqrstuv"


def event_id(name: str) -> str:
    """Return an id in Google's alphabet (base32hex), the same for the same name."""
    number = int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
    return "".join(_BASE32HEX[number >> shift & 31] for shift in range(0, 130, 5))


class Event:
    """One event; its body is replaced, never changed in place, so that answers can be kept ready."""

    __slots__ = ("_ready", "_series", "body", "end_s", "revision", "start_s")

    def __init__(self, body: Json, revision: int, zone: tzinfo) -> None:
        self.body = body
        self.revision = revision
        self.start_s = instant(body["start"], zone) if "start" in body else 0.0
        self.end_s = instant(body["end"], zone) if "end" in body else 0.0
        self._series: Series | None = None
        self._ready: dict[str, bytes] = {}

    @property
    def id(self) -> str:
        """The event's id."""
        return str(self.body["id"])

    @property
    def cancelled(self) -> bool:
        """Whether it is deleted, or an occurrence that does not take place."""
        return bool(self.body["status"] == "cancelled")

    @property
    def series(self) -> Series | None:
        """The rule, where this is a recurring event."""
        if self._series is None and "recurrence" in self.body and not self.cancelled:
            self._series = Series(self.body["start"], self.body["end"], self.body["recurrence"])
        return self._series

    def answer(self, mask: Mask, zone: tzinfo, key: str, max_attendees: int | None = None) -> bytes:
        """Return the JSON of the masked event, times in `zone`; `key` tells the combination from every other."""
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = dumps(keep(mask, shown(self.body, zone, max_attendees)))
        return ready


def shown(body: Json, zone: tzinfo, max_attendees: int | None = None) -> Json:
    """Return `body` as an answer gives it: times in `zone`, more than `max_attendees` cut down to oneself."""
    if body["status"] == "cancelled" and ("recurringEventId" in body or not body["organizer"].get("self")):
        body = {name: body[name] for name in _LEFT if name in body}
    out = dict(body)
    for name in ("start", "end", "originalStartTime"):
        stamp = body.get(name)
        if stamp and "dateTime" in stamp:
            moment = datetime.fromisoformat(stamp["dateTime"]).astimezone(zone)
            out[name] = stamp | {"dateTime": moment.isoformat(timespec="seconds").replace("+00:00", "Z")}
    attendees = body.get("attendees", ())
    if max_attendees is not None and len(attendees) > max_attendees:
        out["attendees"] = [each for each in attendees if each.get("self")]
        out["attendeesOmitted"] = True
    return out


def instant(stamp: Json, zone: tzinfo) -> float:
    """Return a start or end in seconds since 1970; a date begins in `zone`."""
    if "date" in stamp:
        return datetime.combine(date.fromisoformat(stamp["date"]), time(), zone).timestamp()
    return datetime.fromisoformat(stamp["dateTime"]).timestamp()


@dataclass(kw_only=True, eq=False)
class Calendar:
    """One calendar of the list, with the events on it.

    Times come in as RFC 3339 with offset and an IANA `timeZone`. `lock` guards it: requests and tests meet here.
    """

    id: str
    summary: str
    owner: str
    """The address that `self` and organizer flags speak of."""
    zone: str
    access_role: str = "owner"
    primary: bool = False
    selected: bool = True
    hidden: bool = False
    summary_override: str = ""
    color_id: str = "14"
    background: str = "#9fe1e7"
    lock: threading.RLock
    now: Callable[[], datetime]
    revision: int = 1
    forgotten: int = 0
    """Sync tokens older than this revision are dead."""
    events: dict[str, Event] = field(default_factory=dict)

    @property
    def tzinfo(self) -> ZoneInfo:
        """The calendar's zone."""
        return ZoneInfo(self.zone)

    @property
    def etag(self) -> str:
        """What a change to any of its events changes."""
        return f'"p{self.revision:014d}"'

    def add(self, body: Json) -> Json:
        """Put an event on the calendar and return it complete; `start` and `end` are all that it needs."""
        with self.lock:
            return self._store(self._complete(body)).body

    def change(self, event_id: str, **fields: Any) -> Json:
        """Change an event (or make an exception of an occurrence) as somebody else would, and return it."""
        with self.lock:
            found = self.find(event_id)
            if found is None:
                raise KeyError(event_id)
            return self.replace(found.body | fields).body

    def remove(self, event_id: str) -> None:
        """Delete an event, its exceptions with it; of a series' occurrence, only that one."""
        with self.lock:
            found = self.find(event_id)
            if found is None:
                raise KeyError(event_id)
            self.replace(found.body | {"status": "cancelled"})
            for other in [e for e in self.events.values() if e.body.get("recurringEventId") == event_id]:
                self.replace(other.body | {"status": "cancelled"})

    def named(self, summary: str) -> Json:
        """Return the first event whose summary is `summary`."""
        with self.lock:
            return next(e.body for e in self.events.values() if e.body.get("summary") == summary and not e.cancelled)

    def forget_sync_tokens(self) -> None:
        """Let every sync token be expired."""
        self.revision += 1
        self.forgotten = self.revision

    def find(self, event_id: str) -> Event | None:
        """Return the event or the occurrence with that id, deleted ones included."""
        found = self.events.get(event_id)
        if found is not None:
            return found
        master_id, _, suffix = event_id.rpartition("_")
        master = self.events.get(master_id)
        if master is None or master.series is None:
            return None
        occurrence = master.series.at(suffix)
        return self._instance(master, *occurrence) if occurrence else None

    def replace(self, body: Json) -> Event:
        """Store `body` as the newest state of its event, with a new etag."""
        return self._store(body)

    def expanded(self, after: datetime | None, before: datetime | None) -> Iterator[Event]:
        """Yield single events, exceptions and the occurrences of series that may lie between the moments.

        A side left open ends two years from now: a rule without an end has no last occurrence.
        """
        first, last = after or self.now() - HORIZON, before or self.now() + HORIZON
        for event in self.events.values():
            series = event.series
            if series is None:
                if "recurrence" not in event.body:
                    yield event
                continue
            for suffix, start, end in series.between(first, last):
                if f"{event.id}_{suffix}" not in self.events:
                    yield self._instance(event, suffix, start, end)

    def _instance(self, master: Event, suffix: str, start: Json, end: Json) -> Event:
        body = {key: value for key, value in master.body.items() if key != "recurrence"}
        body |= {
            "id": f"{master.id}_{suffix}",
            "htmlLink": _link(f"{master.id}_{suffix}"),
            "start": start,
            "end": end,
            "recurringEventId": master.id,
            "originalStartTime": start,
        }
        return Event(body, master.revision, self.tzinfo)

    def _complete(self, body: Json) -> Json:
        identity = body.get("id") or event_id(f"{self.id} {self.revision} {body.get('summary')}")
        organizer = body.get("organizer") or self._self()
        complete: Json = {
            "kind": "calendar#event",
            "status": "confirmed",
            "htmlLink": _link(identity),
            "iCalUID": f"{identity}@google.com",
            "sequence": 0,
            "reminders": {"useDefault": True},
            "eventType": "default",
            **body,
            "id": identity,
            "organizer": self._flagged(organizer),
            "creator": self._flagged(body.get("creator") or {"email": self.owner}),
        }
        if "attendees" in body:
            complete["attendees"] = [self._flagged(each) for each in body["attendees"]]
        if "created" not in complete:
            complete["created"] = self._stamp()
        return complete

    def _self(self) -> Json:
        return {"email": self.id if not self.primary else self.owner, "displayName": self.summary}

    def _flagged(self, person: Json) -> Json:
        plain = {key: value for key, value in person.items() if key != "self"}
        mine = {self.owner, self.id} if self.primary or "@group." not in self.id else {self.id}
        return plain | {"self": True} if person.get("email") in mine else plain

    def _store(self, body: Json) -> Event:
        self.revision += 1
        stamped = body | {"etag": f'"{3_400_000_000_000_000 + self.revision * 2}"', "updated": self._stamp()}
        event = self.events[stamped["id"]] = Event(stamped, self.revision, self.tzinfo)
        return event

    def _stamp(self) -> str:
        return self.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _link(identity: str) -> str:
    return f"https://www.google.com/calendar/event?eid={identity}"
