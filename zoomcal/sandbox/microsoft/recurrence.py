"""The rule of a series as Graph writes it.

Source: https://learn.microsoft.com/en-us/graph/api/resources/patternedrecurrence.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from zoomcal.sandbox.mailbox import Event
from zoomcal.sandbox.mailbox.patterns import DAYS, PLACES, Kind, Pattern, pattern_of
from zoomcal.sandbox.mailbox.patterns import rule_of as rule_of_pattern
from zoomcal.sandbox.microsoft.answers import Problem
from zoomcal.sandbox.microsoft.options import windows_name, zone_named
from zoomcal.sandbox.recurrence import Moment

Json = dict[str, Any]
_KINDS: dict[Kind, str] = {
    "daily": "daily",
    "weekly": "weekly",
    "monthly": "absoluteMonthly",
    "monthly-place": "relativeMonthly",
    "yearly": "absoluteYearly",
    "yearly-place": "relativeYearly",
}
_MEANT = {name.casefold(): kind for kind, name in _KINDS.items()}
_DAYS = dict(zip(DAYS, "monday tuesday wednesday thursday friday saturday sunday".split(), strict=True))
_CODES = {name: code for code, name in _DAYS.items()}
_INDEXES = dict(zip(PLACES, ("first", "second", "third", "fourth", "last"), strict=True))
_PLACES = {name: place for place, name in _INDEXES.items()}
_NEVER = "0001-01-01"


def shown(event: Event) -> Json | None:
    """Return the recurrence of a master; None for other events, and for rules that Graph has no form for."""
    pattern = pattern_of(event)
    if pattern is None:
        return None
    kind = "numbered" if pattern.count is not None else "endDate" if pattern.last else "noEnd"
    return {
        "pattern": {
            "type": _KINDS[pattern.kind],
            "interval": pattern.interval,
            "month": pattern.month,
            "dayOfMonth": pattern.month_day,
            "daysOfWeek": [_DAYS[day] for day in pattern.days],
            "firstDayOfWeek": _DAYS[pattern.week_start],
            "index": _INDEXES.get(pattern.place, "first"),
        },
        "range": {
            "type": kind,
            "startDate": f"{pattern.first}",
            "endDate": f"{pattern.last or _NEVER}",
            "recurrenceTimeZone": windows_name(event.zone),
            "numberOfOccurrences": pattern.count or 0,
        },
    }


def rule_of(recurrence: Json, start: Moment, zone: str) -> tuple[str, ...]:
    """Return the lines of RFC 5545 for a recurrence of a request; `zone` is where it counts if it does not say.

    Raises:
        Problem: It is none that Graph takes.
    """
    try:
        return _rule(recurrence["pattern"], recurrence["range"], start, zone)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem(400, "ErrorInvalidRecurrence", "The recurrence of the request is invalid.") from error


def _rule(given: Json, span: Json, start: Moment, zone: str) -> tuple[str, ...]:
    kind = _MEANT[given["type"].casefold()]
    days = tuple(_CODES[day.casefold()] for day in given.get("daysOfWeek") or ())
    by_day = kind == "weekly" or kind.endswith("place")
    ending = span["type"].casefold()
    pattern = Pattern(
        kind=kind,
        first=date.fromisoformat(span["startDate"]),
        interval=int(given.get("interval") or 1),
        days=days if by_day else (),
        place=_PLACES[(given.get("index") or "first").casefold()] if kind.endswith("place") else 0,
        month_day=int(given["dayOfMonth"]) if kind in {"monthly", "yearly"} else 0,
        month=int(given["month"]) if kind.startswith("yearly") else 0,
        week_start=_CODES[(given.get("firstDayOfWeek") or "sunday").casefold()],
        count=int(span["numberOfOccurrences"]) if ending == "numbered" else None,
        last=date.fromisoformat(span["endDate"]) if ending == "enddate" else None,
    )
    if ending not in {"noend", "numbered", "enddate"}:
        raise ValueError(ending)
    name = span.get("recurrenceTimeZone")
    return rule_of_pattern(pattern, start, zone_named(name).key if name else zone)
