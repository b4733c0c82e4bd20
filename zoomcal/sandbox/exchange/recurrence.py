"""The rule of a series as Exchange writes it ([MS-OXWSCDATA] section 2.2.4.60)."""

from __future__ import annotations

from datetime import date

from lxml import etree

from zoomcal.sandbox.exchange.problems import Problem
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.mailbox import Event
from zoomcal.sandbox.mailbox.patterns import DAYS, PLACES, Kind, Pattern, pattern_of
from zoomcal.sandbox.mailbox.patterns import rule_of as rule_of_pattern
from zoomcal.sandbox.recurrence import Moment

_KINDS: dict[Kind, str] = {
    "daily": "DailyRecurrence",
    "weekly": "WeeklyRecurrence",
    "monthly": "AbsoluteMonthlyRecurrence",
    "monthly-place": "RelativeMonthlyRecurrence",
    "yearly": "AbsoluteYearlyRecurrence",
    "yearly-place": "RelativeYearlyRecurrence",
}
_MEANT = {name: kind for kind, name in _KINDS.items()}
_DAYS = dict(zip(DAYS, "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(), strict=True))
_CODES = {name: (code,) for code, name in _DAYS.items()} | {"Day": DAYS, "Weekday": DAYS[:5], "WeekendDay": DAYS[5:]}
_MONTHS = "January February March April May June July August September October November December".split()
_INDEXES = dict(zip(PLACES, ("First", "Second", "Third", "Fourth", "Last"), strict=True))
_PLACES = {name: place for place, name in _INDEXES.items()}


def recurrence(event: Event) -> str:
    """Return the Recurrence element of a master; empty where Exchange has no form for its rule."""
    pattern = pattern_of(event)
    parts = pattern and _parts(pattern)
    if not pattern or parts is None:
        return ""
    name = _KINDS[pattern.kind]
    return f"<t:Recurrence><t:{name}>{parts}</t:{name}>{_range(pattern)}</t:Recurrence>"


def rule_of(element: etree._Element, start: Moment, zone: str) -> tuple[str, ...]:
    """Return the lines of RFC 5545 for a Recurrence element.

    Raises:
        Problem: It is none that Exchange takes.
    """
    if len(element) != 2:
        raise _invalid()
    try:
        return rule_of_pattern(_read(element[0], element[1]), start, zone)
    except (KeyError, ValueError) as error:
        raise _invalid() from error


def _parts(pattern: Pattern) -> str | None:
    """Return what stands in the pattern's element, None where Exchange cannot say it."""
    interval = f"<t:Interval>{pattern.interval}</t:Interval>"
    month = f"<t:Month>{_MONTHS[pattern.month - 1]}</t:Month>" if pattern.month else ""
    if pattern.kind.startswith("yearly"):
        if pattern.interval > 1:
            return None
        interval = ""
    if pattern.kind == "daily":
        return interval
    if pattern.kind == "weekly":
        names = " ".join(_DAYS[day] for day in pattern.days)
        first = f"<t:FirstDayOfWeek>{_DAYS[pattern.week_start]}</t:FirstDayOfWeek>"
        return f"{interval}<t:DaysOfWeek>{names}</t:DaysOfWeek>{first}"
    if not pattern.kind.endswith("place"):
        return f"{interval}<t:DayOfMonth>{pattern.month_day}</t:DayOfMonth>{month}"
    codes = tuple(sorted(pattern.days, key=DAYS.index))
    named = next((name for name, group in _CODES.items() if group == codes), None)
    index = f"<t:DayOfWeekIndex>{_INDEXES[pattern.place]}</t:DayOfWeekIndex>"
    return named and f"{interval}<t:DaysOfWeek>{named}</t:DaysOfWeek>{index}{month}"


def _range(pattern: Pattern) -> str:
    first = f"<t:StartDate>{pattern.first}</t:StartDate>"
    if pattern.count is not None:
        number = f"<t:NumberOfOccurrences>{pattern.count}</t:NumberOfOccurrences>"
        return f"<t:NumberedRecurrence>{first}{number}</t:NumberedRecurrence>"
    if pattern.last is not None:
        last = f"<t:EndDate>{pattern.last}</t:EndDate>"
        return f"<t:EndDateRecurrence>{first}{last}</t:EndDateRecurrence>"
    return f"<t:NoEndRecurrence>{first}</t:NoEndRecurrence>"


def _read(given: etree._Element, span: etree._Element) -> Pattern:
    """Return the pattern that the two elements describe; KeyError or ValueError where they describe none."""
    kind, ending = _MEANT[etree.QName(given).localname], etree.QName(span).localname
    if ending not in {"NoEndRecurrence", "NumberedRecurrence", "EndDateRecurrence"}:
        raise ValueError(ending)
    week_start = _said(given, "FirstDayOfWeek")
    return Pattern(
        kind=kind,
        first=date.fromisoformat(_said(span, "StartDate")[:10]),
        interval=int(_said(given, "Interval") or "1"),
        days=tuple(dict.fromkeys(code for name in _said(given, "DaysOfWeek").split() for code in _CODES[name])),
        place=_PLACES[_said(given, "DayOfWeekIndex")] if kind.endswith("place") else 0,
        month_day=int(_said(given, "DayOfMonth")) if kind in {"monthly", "yearly"} else 0,
        month=_MONTHS.index(_said(given, "Month")) + 1 if kind.startswith("yearly") else 0,
        week_start=_CODES[week_start][0] if week_start else "SU",
        count=int(_said(span, "NumberOfOccurrences")) if ending == "NumberedRecurrence" else None,
        last=date.fromisoformat(_said(span, "EndDate")[:10]) if ending == "EndDateRecurrence" else None,
    )


def _said(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{{TYPES}}}{name}") or "").strip()


def _invalid() -> Problem:
    return Problem("ErrorInvalidValueForProperty", field="calendar:Recurrence")
