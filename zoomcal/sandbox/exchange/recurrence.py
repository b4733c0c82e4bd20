"""The rule of a series as Exchange writes it, and as RFC 5545 does.

Exchange knows six patterns and three ranges ([MS-OXWSCDATA] section 2.2.4.60); a rule that is none of them has no
Recurrence element.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lxml import etree

from zoomcal.sandbox.exchange.problems import Problem
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.mailbox import Event
from zoomcal.sandbox.recurrence import Moment

_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_CODES = {name: (code,) for code, name in _DAYS.items()} | {
    "Day": tuple(_DAYS),
    "Weekday": ("MO", "TU", "WE", "TH", "FR"),
    "WeekendDay": ("SA", "SU"),
}
_MONTHS = "January February March April May June July August September October November December".split()
_INDEXES = {"1": "First", "2": "Second", "3": "Third", "4": "Fourth", "-1": "Last"}
_PLACES = {name: code for code, name in _INDEXES.items()}


def recurrence(event: Event) -> str:
    """Return the Recurrence element of a master; empty where Exchange has no form for its rule."""
    lines = [line.partition(":")[2] for line in event.rule if line.upper().startswith("RRULE:")]
    if len(lines) != 1:
        return ""
    parts = dict(part.split("=", 1) for part in lines[0].upper().split(";"))
    pattern = _pattern(parts, event)
    return f"<t:Recurrence>{pattern}{_range(parts, event)}</t:Recurrence>" if pattern else ""


def rule_of(element: etree._Element, start: Moment, zone: str) -> tuple[str, ...]:
    """Return the lines of RFC 5545 for a Recurrence element.

    Raises:
        Problem: It is none that Exchange takes.
    """
    if len(element) != 2:
        raise _invalid()
    pattern, span = element[0], element[1]
    return (f"RRULE:{';'.join(_rule(pattern) + _end(span, start, zone))}",)


def _pattern(parts: Mapping[str, str], event: Event) -> str:
    interval = f"<t:Interval>{parts.get('INTERVAL', '1')}</t:Interval>"
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    match parts["FREQ"]:
        case "DAILY" if not days:
            return f"<t:DailyRecurrence>{interval}</t:DailyRecurrence>"
        case "DAILY" | "WEEKLY" if all(day in _DAYS for day in days):
            names = " ".join(_DAYS[day] for day in days or [tuple(_DAYS)[event.start.weekday()]])
            first = _DAYS.get(parts.get("WKST", "MO"), "Monday")
            return (
                f"<t:WeeklyRecurrence>{interval}<t:DaysOfWeek>{names}</t:DaysOfWeek>"
                f"<t:FirstDayOfWeek>{first}</t:FirstDayOfWeek></t:WeeklyRecurrence>"
            )
        case "MONTHLY" | "YEARLY" as frequency:
            return _monthly(parts, event, interval, days, yearly=frequency == "YEARLY")
    return ""


def _monthly(parts: Mapping[str, str], event: Event, interval: str, days: list[str], *, yearly: bool) -> str:
    month = _MONTHS[int(parts.get("BYMONTH", event.start.month)) - 1]
    after = f"<t:Month>{month}</t:Month>" if yearly else ""
    interval, kind = ("", "Yearly") if yearly else (interval, "Monthly")
    if not days:
        day = parts.get("BYMONTHDAY", str(event.start.day))
        day = "31" if day == "-1" else day.rpartition(",")[2] if parts.get("BYSETPOS") == "-1" else day
        if not day.isdecimal():
            return ""
        name = f"t:Absolute{kind}Recurrence"
        return f"<{name}>{interval}<t:DayOfMonth>{day}</t:DayOfMonth>{after}</{name}>"
    place = parts.get("BYSETPOS") or days[0][:-2]
    codes = tuple(sorted((day[-2:] for day in days), key=tuple(_DAYS).index))
    named = next((name for name, group in _CODES.items() if group == codes), None)
    if named is None or place not in _INDEXES:
        return ""
    name = f"t:Relative{kind}Recurrence"
    return (
        f"<{name}>{interval}<t:DaysOfWeek>{named}</t:DaysOfWeek>"
        f"<t:DayOfWeekIndex>{_INDEXES[place]}</t:DayOfWeekIndex>{after}</{name}>"
    )


def _range(parts: Mapping[str, str], event: Event) -> str:
    first = f"<t:StartDate>{_day(event.start, event.zone)}</t:StartDate>"
    if "COUNT" in parts:
        number = f"<t:NumberOfOccurrences>{parts['COUNT']}</t:NumberOfOccurrences>"
        return f"<t:NumberedRecurrence>{first}{number}</t:NumberedRecurrence>"
    if "UNTIL" in parts:
        last = f"<t:EndDate>{_until(parts['UNTIL'], event.zone)}</t:EndDate>"
        return f"<t:EndDateRecurrence>{first}{last}</t:EndDateRecurrence>"
    return f"<t:NoEndRecurrence>{first}</t:NoEndRecurrence>"


def _until(text: str, zone: str) -> date:
    if text.endswith("Z"):
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    return date.fromisoformat(text[:8])


def _day(moment: Moment, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment


def _rule(pattern: etree._Element) -> list[str]:
    name = etree.QName(pattern).localname
    interval = [f"INTERVAL={_number(pattern, 'Interval', 1, 999)}"] if _said(pattern, "Interval") else []
    match name:
        case "DailyRecurrence":
            return ["FREQ=DAILY", *interval]
        case "WeeklyRecurrence":
            first = next((code for code, day in _DAYS.items() if day == _said(pattern, "FirstDayOfWeek")), "SU")
            return ["FREQ=WEEKLY", *interval, f"BYDAY={','.join(_codes(pattern))}", f"WKST={first}"]
        case "AbsoluteMonthlyRecurrence":
            return ["FREQ=MONTHLY", *interval, _month_day(pattern)]
        case "AbsoluteYearlyRecurrence":
            return ["FREQ=YEARLY", _month(pattern), _month_day(pattern)]
        case "RelativeMonthlyRecurrence":
            return ["FREQ=MONTHLY", *interval, *_place(pattern)]
        case "RelativeYearlyRecurrence":
            return ["FREQ=YEARLY", _month(pattern), *_place(pattern)]
    raise _invalid()


def _end(span: etree._Element, start: Moment, zone: str) -> list[str]:
    match etree.QName(span).localname:
        case "NoEndRecurrence":
            return []
        case "NumberedRecurrence":
            return [f"COUNT={_number(span, 'NumberOfOccurrences', 1, 999)}"]
        case "EndDateRecurrence":
            try:
                last = date.fromisoformat(_said(span, "EndDate")[:10])
            except ValueError as error:
                raise _invalid() from error
            if not isinstance(start, datetime):
                return [f"UNTIL={last:%Y%m%d}"]
            after = datetime(last.year, last.month, last.day, tzinfo=ZoneInfo(zone)) + timedelta(days=1)
            return [f"UNTIL={after.astimezone(UTC) - timedelta(seconds=1):%Y%m%dT%H%M%SZ}"]
    raise _invalid()


def _month_day(pattern: etree._Element) -> str:
    day = _number(pattern, "DayOfMonth", 1, 31)
    return f"BYMONTHDAY={day}" if day < 29 else f"BYMONTHDAY={','.join(map(str, range(28, day + 1)))};BYSETPOS=-1"


def _month(pattern: etree._Element) -> str:
    name = _said(pattern, "Month")
    if name not in _MONTHS:
        raise _invalid()
    return f"BYMONTH={_MONTHS.index(name) + 1}"


def _place(pattern: etree._Element) -> list[str]:
    place = _PLACES.get(_said(pattern, "DayOfWeekIndex"))
    if place is None:
        raise _invalid()
    return [f"BYDAY={','.join(_codes(pattern))}", f"BYSETPOS={place}"]


def _codes(pattern: etree._Element) -> list[str]:
    names = _said(pattern, "DaysOfWeek").split()
    if not names or not all(name in _CODES for name in names):
        raise _invalid()
    return list(dict.fromkeys(code for name in names for code in _CODES[name]))


def _number(parent: etree._Element, name: str, least: int, most: int) -> int:
    text = _said(parent, name)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise _invalid()
    return int(text)


def _said(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{{TYPES}}}{name}") or "").strip()


def _invalid() -> Problem:
    return Problem("ErrorInvalidValueForProperty", field="calendar:Recurrence")
