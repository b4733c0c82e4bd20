"""The patterns that Exchange has for a series, taken from a rule of RFC 5545 and made into one.

Exchange knows six patterns and three ranges ([MS-OXWSCDATA] section 2.2.4.60); Graph's `patternedRecurrence` is the
same. A rule that is none of them stands on the calendar all the same, but cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from zoomcal.sandbox.mailbox.events import Event
from zoomcal.sandbox.recurrence import Moment

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLACES = (1, 2, 3, 4, -1)
Kind = Literal["daily", "weekly", "monthly", "monthly-place", "yearly", "yearly-place"]
_PARTS = {
    "DAILY": {"BYDAY"},
    "WEEKLY": {"BYDAY"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
}
_MONTHS = {str(month) for month in range(1, 13)}
_ALWAYS = {"FREQ", "INTERVAL", "WKST", "COUNT", "UNTIL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """When a series takes place, and for how long it goes on; ValueError where it never does."""

    kind: Kind
    """`monthly` and `yearly` go by the day of the month, the other two of these by the place of a weekday in it."""
    first: date
    """The day that the series is counted from."""
    interval: int = 1
    days: tuple[str, ...] = ()
    """Weekdays, as RFC 5545 writes them."""
    place: int = 0
    """Of PLACES; -1 is the last one."""
    month_day: int = 0
    """In a month that is shorter, the last day."""
    month: int = 0
    week_start: str = "MO"
    count: int | None = None
    last: date | None = None
    """The last day that an occurrence may begin on; neither this nor `count`: without an end."""

    def __post_init__(self) -> None:
        lacking = (
            self.interval < 1
            or (self.count is not None and self.count < 1)
            or (self.kind in {"monthly", "yearly"} and not 1 <= self.month_day <= 31)
            or (self.kind.startswith("yearly") and not 1 <= self.month <= 12)
            or ((self.kind == "weekly" or self.kind.endswith("place")) and not self.days)
            or (self.kind.endswith("place") and self.place not in PLACES)
        )
        if lacking:
            raise ValueError(f"no such pattern: {self.kind}")


def pattern_of(event: Event) -> Pattern | None:
    """Return the pattern of a master; None for other events and for rules that Exchange has no pattern for."""
    lines = [line.partition(":")[2] for line in event.rule if line.upper().startswith("RRULE:")]
    if len(lines) != 1:
        return None
    parts = dict(part.split("=", 1) for part in lines[0].upper().split(";"))
    frequency = parts["FREQ"]
    if not parts.keys() <= _ALWAYS | _PARTS.get(frequency, set()):
        return None
    first = event.start.astimezone(ZoneInfo(event.zone)).date() if isinstance(event.start, datetime) else event.start
    pattern = Pattern(
        kind="daily",
        first=first,
        interval=int(parts.get("INTERVAL", "1")),
        week_start=parts.get("WKST", "MO"),
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        last=_last(parts["UNTIL"], event.zone) if "UNTIL" in parts else None,
    )
    days = tuple(day for day in parts.get("BYDAY", "").split(",") if day)
    match frequency:
        case "DAILY" if not days:
            return pattern
        case "DAILY" if pattern.interval > 1:
            return None
        case "DAILY" | "WEEKLY":
            days = days or (DAYS[first.weekday()],)
            return replace(pattern, kind="weekly", days=days) if set(days) <= set(DAYS) else None
        case "MONTHLY":
            return _in_month(pattern, parts, days, yearly=False)
        case "YEARLY" if "BYMONTH" in parts or not days:
            month = parts.get("BYMONTH", str(first.month))
            return _in_month(replace(pattern, month=int(month)), parts, days, yearly=True) if month in _MONTHS else None
    return None


def rule_of(pattern: Pattern, start: Moment, zone: str) -> tuple[str, ...]:
    """Return the lines of RFC 5545 for a pattern.

    Args:
        pattern: Its `first` is passed over.
        start: Of the series: a date where it lasts whole days.
        zone: IANA name of where `last` is a day.
    """
    parts = [f"FREQ={pattern.kind.partition('-')[0].upper()}", f"INTERVAL={pattern.interval}"]
    if pattern.kind.startswith("yearly"):
        parts.append(f"BYMONTH={pattern.month}")
    if pattern.days:
        parts.append(f"BYDAY={','.join(pattern.days)}")
    if pattern.kind == "weekly":
        parts.append(f"WKST={pattern.week_start}")
    elif pattern.kind.endswith("place"):
        parts.append(f"BYSETPOS={pattern.place}")
    elif pattern.month_day > 28:
        parts += [f"BYMONTHDAY={','.join(map(str, range(28, pattern.month_day + 1)))}", "BYSETPOS=-1"]
    elif pattern.month_day:
        parts.append(f"BYMONTHDAY={pattern.month_day}")
    if pattern.count is not None:
        parts.append(f"COUNT={pattern.count}")
    elif pattern.last is not None and not isinstance(start, datetime):
        parts.append(f"UNTIL={pattern.last:%Y%m%d}")
    elif pattern.last is not None:
        after = datetime.combine(pattern.last + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
        parts.append(f"UNTIL={after - timedelta(seconds=1):%Y%m%dT%H%M%SZ}")
    return (f"RRULE:{';'.join(parts)}",)


def _in_month(pattern: Pattern, parts: Mapping[str, str], days: tuple[str, ...], *, yearly: bool) -> Pattern | None:
    if not days:
        day = _month_day(parts, pattern.first)
        return replace(pattern, kind="yearly" if yearly else "monthly", month_day=day) if day else None
    places = {parts.get("BYSETPOS") or day[:-2] for day in days}
    place = next(iter(places))
    plain = tuple(day[-2:] for day in days)
    if "BYMONTHDAY" in parts or len(places) > 1 or place not in map(str, PLACES) or not set(plain) <= set(DAYS):
        return None
    return replace(pattern, kind="yearly-place" if yearly else "monthly-place", days=plain, place=int(place))


def _month_day(parts: Mapping[str, str], first: date) -> int | None:
    """Return the day of the month; of several the last, where the rule wants the last that there is."""
    given = parts.get("BYMONTHDAY", str(first.day)).split(",")
    if given == ["-1"]:
        return 31
    fine = all(day.isdecimal() for day in given) and (len(given) == 1 or parts.get("BYSETPOS") == "-1")
    return int(given[-1]) if fine else None


def _last(until: str, zone: str) -> date:
    if until.endswith("Z"):
        return datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    return date.fromisoformat(until[:8])
