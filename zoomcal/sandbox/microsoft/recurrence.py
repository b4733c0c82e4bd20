"""The rule of a series as Graph writes it (`patternedRecurrence`), and as RFC 5545 does.

Source: https://learn.microsoft.com/en-us/graph/api/resources/patternedrecurrence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.sandbox.mailbox import Event
from zoomcal.sandbox.microsoft.answers import Problem
from zoomcal.sandbox.microsoft.options import windows_name, zone_named
from zoomcal.sandbox.recurrence import Moment

Json = dict[str, Any]
_DAYS = {
    "MO": "monday",
    "TU": "tuesday",
    "WE": "wednesday",
    "TH": "thursday",
    "FR": "friday",
    "SA": "saturday",
    "SU": "sunday",
}
_CODES = {name: code for code, name in _DAYS.items()}
_INDEXES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_PLACES = {name: place for place, name in _INDEXES.items()}


def shown(event: Event) -> Json | None:
    """Return the recurrence of a master; None for other events, and for rules that Graph has no form for."""
    lines = [line.partition(":")[2] for line in event.rule if line.upper().startswith("RRULE:")]
    if len(lines) != 1:
        return None
    parts = dict(part.split("=", 1) for part in lines[0].upper().split(";"))
    pattern = _pattern(parts, event)
    return {"pattern": _EMPTY | pattern, "range": _range(parts, event)} if pattern else None


_EMPTY: Json = {
    "interval": 1, "month": 0, "dayOfMonth": 0, "daysOfWeek": [], "firstDayOfWeek": "sunday", "index": "first",
}  # fmt: skip


def _pattern(parts: Mapping[str, str], event: Event) -> Json:
    pattern: Json = {"interval": int(parts.get("INTERVAL", "1")), "firstDayOfWeek": _DAYS[parts.get("WKST", "MO")]}
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    plain_days = all(day in _DAYS for day in days)
    match parts["FREQ"]:
        case "DAILY" if not days:
            return pattern | {"type": "daily"}
        case "DAILY" | "WEEKLY" if plain_days:
            own = tuple(_DAYS)[event.start.weekday()]
            return pattern | {"type": "weekly", "daysOfWeek": [_DAYS[day] for day in days or [own]]}
        case "MONTHLY" | "YEARLY" as frequency:
            kind = frequency.title()
            if frequency == "YEARLY":
                pattern["month"] = int(parts.get("BYMONTH", event.start.month))
            if not days:
                day = parts.get("BYMONTHDAY", str(event.start.day)).rpartition(",")[2]
                return pattern | {"type": f"absolute{kind}", "dayOfMonth": 31 if day == "-1" else int(day)}
            place = parts.get("BYSETPOS") or days[0][:-2]
            names = [_DAYS[day[-2:]] for day in days]
            if place in _INDEXES:
                return pattern | {"type": f"relative{kind}", "daysOfWeek": names, "index": _INDEXES[place]}
    return {}


def _range(parts: Mapping[str, str], event: Event) -> Json:
    begun = event.start.astimezone(ZoneInfo(event.zone)) if isinstance(event.start, datetime) else event.start
    told: Json = {
        "type": "noEnd",
        "startDate": f"{begun:%Y-%m-%d}",
        "endDate": "0001-01-01",
        "recurrenceTimeZone": windows_name(event.zone),
        "numberOfOccurrences": 0,
    }
    if "COUNT" in parts:
        return told | {"type": "numbered", "numberOfOccurrences": int(parts["COUNT"])}
    if "UNTIL" in parts:
        text = parts["UNTIL"]
        last = datetime.strptime(text[:8], "%Y%m%d").replace(tzinfo=UTC)
        if text.endswith("Z"):
            moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            last = moment.astimezone(ZoneInfo(event.zone))
        return told | {"type": "endDate", "endDate": f"{last:%Y-%m-%d}"}
    return told


def rule_of(recurrence: Json, start: Moment) -> tuple[str, ...]:
    """Return the lines of RFC 5545 for a recurrence of a request.

    Raises:
        Problem: It is none that Graph takes.
    """
    try:
        pattern, span = recurrence["pattern"], recurrence["range"]
        rule = [*_rule(pattern), *_end(span, start)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem(400, "ErrorInvalidRecurrence", "The recurrence of the request is invalid.") from error
    return (f"RRULE:{';'.join(rule)}",)


def _rule(pattern: Json) -> list[str]:
    interval = [f"INTERVAL={int(pattern.get('interval') or 1)}"]
    days = [_CODES[str(day).casefold()] for day in pattern.get("daysOfWeek") or ()]
    by_day = [f"BYDAY={','.join(days)}"]
    by_place = [*by_day, f"BYSETPOS={_PLACES[str(pattern.get('index') or 'first').casefold()]}"]
    match str(pattern["type"]).casefold():
        case "daily":
            return ["FREQ=DAILY", *interval]
        case "weekly" if days:
            first = _CODES[str(pattern.get("firstDayOfWeek") or "sunday").casefold()]
            return ["FREQ=WEEKLY", *interval, *by_day, f"WKST={first}"]
        case "absolutemonthly":
            return ["FREQ=MONTHLY", *interval, *_month_day(pattern)]
        case "relativemonthly" if days:
            return ["FREQ=MONTHLY", *interval, *by_place]
        case "absoluteyearly":
            return ["FREQ=YEARLY", *interval, f"BYMONTH={int(pattern['month'])}", *_month_day(pattern)]
        case "relativeyearly" if days:
            return ["FREQ=YEARLY", *interval, f"BYMONTH={int(pattern['month'])}", *by_place]
    raise ValueError(pattern["type"])


def _month_day(pattern: Json) -> list[str]:
    """Take the last day of a month that has no such day, as Exchange does."""
    day = int(pattern["dayOfMonth"])
    return (
        [f"BYMONTHDAY={day}"] if day < 29 else [f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))}", "BYSETPOS=-1"]
    )


def _end(span: Json, start: Moment) -> list[str]:
    match str(span["type"]).casefold():
        case "noend":
            return []
        case "numbered":
            return [f"COUNT={int(span['numberOfOccurrences'])}"]
        case "enddate":
            last = date.fromisoformat(str(span["endDate"]))
            if not isinstance(start, datetime):
                return [f"UNTIL={last:%Y%m%d}"]
            zone = zone_named(span["recurrenceTimeZone"]) if span.get("recurrenceTimeZone") else start.tzinfo
            after = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(seconds=1)
            return [f"UNTIL={after:%Y%m%dT%H%M%SZ}"]
    raise ValueError(span["type"])
