"""Expanding a series here, for servers that show the series itself where its occurrences are asked for.

https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/recurrence-recurrencetype
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil import rrule

from zoomcal.providers.ews.elements import Element, child, children, identity, kind, text
from zoomcal.providers.ews.moments import day, instant

_MOST = 1000
_FREQUENCIES: Mapping[str, Any] = {
    "DailyRecurrence": rrule.DAILY,
    "WeeklyRecurrence": rrule.WEEKLY,
    "AbsoluteMonthlyRecurrence": rrule.MONTHLY,
    "RelativeMonthlyRecurrence": rrule.MONTHLY,
    "AbsoluteYearlyRecurrence": rrule.YEARLY,
    "RelativeYearlyRecurrence": rrule.YEARLY,
}
_RANGES = {"NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence"}
_DAYS = {
    "Monday": rrule.MO,
    "Tuesday": rrule.TU,
    "Wednesday": rrule.WE,
    "Thursday": rrule.TH,
    "Friday": rrule.FR,
    "Saturday": rrule.SA,
    "Sunday": rrule.SU,
}
_WORKING = tuple(_DAYS.values())[:5]
_GROUPS = {"Day": tuple(_DAYS.values()), "Weekday": _WORKING, "WeekendDay": (rrule.SA, rrule.SU)}
_WHICH = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}
_MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ), 1,
    )
}  # fmt: skip


class Occurrence(NamedTuple):
    """When an occurrence takes place, both aware and in UTC."""

    start: datetime
    end: datetime
    uid: str = ""
    """The id of an item of its own, which a changed occurrence has."""


def occurrences(master: Element, zone: ZoneInfo, start: datetime, end: datetime) -> list[Occurrence]:
    """Return what a series has between two moments, changed occurrences in the place of those they were.

    The hour of its zone's clock is kept across the changes of that clock.

    Raises:
        ValueError: How it recurs cannot be read.
    """
    first, last = instant(text(master, "Start")), instant(text(master, "End"))
    duration = max(last - first, timedelta())
    changed = [_changed(each, duration) for each in children(master, "ModifiedOccurrences", "Occurrence")]
    gone = [instant(text(each, "Start")) for each in children(master, "DeletedOccurrences", "DeletedOccurrence")]
    replaced = [instant(text(each, "OriginalStart")) for each in children(master, "ModifiedOccurrences", "Occurrence")]
    instants = {*gone, *replaced}
    # some servers state the day alone, as its midnight
    days = {moment.astimezone(zone).date() for moment in instants if moment.astimezone(zone).time() == time()}
    regular = [
        Occurrence(moment, moment + duration)
        for moment in _starts(master, first, zone, start - duration, end)
        if moment not in instants and moment.astimezone(zone).date() not in days
    ]
    return [each for each in (*regular, *changed) if (each.end > start and each.start < end) or each.start == start]


def _changed(stated: Element, duration: timedelta) -> Occurrence:
    start = instant(text(stated, "Start"))
    end = instant(text(stated, "End")) if text(stated, "End") else start + duration
    return Occurrence(start, max(end, start), identity(stated)[0])


def _starts(master: Element, first: datetime, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the starts that the rule gives between two moments, counted on the zone's clock."""
    stated = child(master, "Recurrence")
    parts = {kind(part): part for part in stated} if stated is not None else {}
    pattern = next((name for name in _FREQUENCIES if name in parts), "")
    bound = next((name for name in _RANGES if name in parts), "")
    if not pattern or not bound:
        raise ValueError("a series without a rule")
    wall = first.astimezone(zone).replace(tzinfo=None)
    rule = rrule.rrule(_FREQUENCIES[pattern], dtstart=wall, **_pattern(parts[pattern]), **_bound(parts[bound], wall))
    margin = timedelta(days=1)
    low, high = ((moment.astimezone(zone)).replace(tzinfo=None) for moment in (start - margin, end + margin))
    for found in islice(rule.xafter(low, inc=True), _MOST):
        if found > high:
            return
        yield found.replace(tzinfo=zone).astimezone(UTC)


def _pattern(stated: Element) -> dict[str, Any]:
    pattern: dict[str, Any] = {"interval": max(int(text(stated, "Interval") or "1"), 1)}
    if month := text(stated, "Month"):
        pattern["bymonth"] = _MONTHS[month]
    if number := text(stated, "DayOfMonth"):
        pattern |= _day_of_month(int(number))
    if names := text(stated, "DaysOfWeek").split():
        pattern["byweekday"] = [each for name in names for each in _GROUPS.get(name) or (_DAYS[name],)]
    if which := text(stated, "DayOfWeekIndex"):
        pattern["bysetpos"] = _WHICH[which]
    if opening := text(stated, "FirstDayOfWeek"):
        pattern["wkst"] = _DAYS[opening]
    return pattern


def _day_of_month(number: int) -> dict[str, Any]:
    """Return the day of a month, in a shorter one the last that it has."""
    if not 1 <= number <= 31:
        raise ValueError("a day that no month has")
    if number <= 28:
        return {"bymonthday": number}
    return {"bymonthday": list(range(28, number + 1)), "bysetpos": -1}


def _bound(stated: Element, first: datetime) -> dict[str, Any]:
    if number := text(stated, "NumberOfOccurrences"):
        return {"count": int(number)}
    if last := text(stated, "EndDate"):
        return {"until": datetime.combine(max(day(last), first.date()), time.max)}
    return {}
