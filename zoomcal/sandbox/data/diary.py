"""Putting events on the sample calendars in few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.sandbox.data.cast import Person
from zoomcal.sandbox.google.events import Calendar, event_id

Json = dict[str, Any]
Guest = tuple[Person, str] | tuple[Person, str, str]
"""Who, their answer, and perhaps a comment."""


def stamp(moment: datetime, zone: str) -> Json:
    """Return a time as Google gives it."""
    return {"dateTime": moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"), "timeZone": zone}


def person(who: Person) -> Json:
    """Return an organizer or creator."""
    return {"email": who.email, "displayName": who.name}


def attendees(host: Person, guests: Sequence[Guest]) -> list[Json]:
    """Return the list of attendees, the host first."""
    listed: list[Json] = [person(host) | {"organizer": True, "responseStatus": "accepted"}]
    for who, answer, *comment in guests:
        listed.append(person(who) | {"responseStatus": answer} | ({"comment": comment[0]} if comment else {}))
        if "@resource." in who.email:
            listed[-1]["resource"] = True
    return listed


class Diary:
    """A calendar being filled; ids come from the seed and a key, so they are the same every time."""

    def __init__(self, calendar: Calendar, seed: int) -> None:
        self._calendar, self._seed = calendar, seed

    def put(
        self,
        key: str,
        start: datetime,
        minutes: int,
        summary: str,
        host: Person | None = None,
        guests: Sequence[Guest] = (),
        **fields: Any,
    ) -> Json:
        """Add a timed event; without a host it is the calendar owner's own."""
        zone = host.zone if host else self._calendar.zone
        body: Json = {
            "id": event_id(f"{self._seed} {key}"),
            "created": _created(start),
            "summary": summary,
            "start": stamp(start, zone),
            "end": stamp(start + timedelta(minutes=minutes), zone),
            **fields,
        }
        if host is not None:
            body |= {"organizer": person(host), "creator": person(host)}
            if guests:
                body["attendees"] = attendees(host, guests)
        return self._calendar.add(body)

    def days(self, key: str, first: date, count: int, summary: str, **fields: Any) -> Json:
        """Add an all-day event."""
        until = first + timedelta(days=count)
        body = {
            "id": event_id(f"{self._seed} {key}"),
            "created": _created(datetime(first.year, first.month, first.day, tzinfo=UTC)),
            "summary": summary,
            "start": {"date": str(first)},
            "end": {"date": str(until)},
            "transparency": "transparent",
        }
        return self._calendar.add(body | fields)

    def cancel(self, event: Json) -> None:
        """Delete an event."""
        self._calendar.remove(event["id"])

    def exception(self, series: Json, original: datetime, start: datetime | None = None, **fields: Any) -> Json:
        """Move one occurrence of a series, change it by `fields`, or cancel it when there is neither."""
        zone = series["start"]["timeZone"]
        suffix = f"{original.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        body = {key: value for key, value in series.items() if key != "recurrence"}
        length = datetime.fromisoformat(series["end"]["dateTime"]) - datetime.fromisoformat(series["start"]["dateTime"])
        begins = start or original
        changed = fields if fields or start else {"status": "cancelled"}
        return self._calendar.add(
            body
            | {
                "id": f"{series['id']}_{suffix}",
                "recurringEventId": series["id"],
                "originalStartTime": stamp(original, zone),
                "start": stamp(begins, zone),
                "end": stamp(begins + length, zone),
            }
            | changed
        )


def _created(start: datetime) -> str:
    return f"{start - timedelta(days=12):%Y-%m-%dT%H:%M:%S}.000Z"
