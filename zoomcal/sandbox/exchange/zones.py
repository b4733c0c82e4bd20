"""Time zones by their Windows names: the rules of a year, as Exchange writes them, from the IANA database.

Source: [MS-OXWSGTZ]; the names are CLDR's, as `tzlocal` carries them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import tz_win, win_tz

from zoomcal.sandbox.exchange.soap import attribute

_UTC = "UTC"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Change:
    """When the clocks change every year, in the time that is left: the last such day of a month is -1."""

    month: int
    day: str
    occurrence: int
    time: str


@dataclass(frozen=True, slots=True)
class Rules:
    """A zone in one year: its offsets, and its changes where it has two."""

    standard: timedelta
    daylight: timedelta | None = None
    to_standard: Change | None = None
    to_daylight: Change | None = None


def windows_name(iana: str) -> str:
    """Return the Windows id of an IANA zone; UTC's where it has none."""
    return tz_win.get(iana, _UTC)


def iana_name(windows: str) -> str | None:
    """Return the IANA name of a Windows id; None where there is no such zone."""
    return win_tz.get(windows)


def known_names() -> tuple[str, ...]:
    """Return every Windows id that the server has, in order."""
    return _names()


def display_name(windows: str) -> str:
    """Return how a zone is shown to people: its standard offset and a place in it."""
    place = win_tz.get(windows, _UTC).rpartition("/")[2].replace("_", " ")
    return f"(UTC{_sign(rules(windows, datetime.now(UTC).year).standard)}) {place}"


@lru_cache(maxsize=512)
def definition(windows: str, year: int, *, full: bool, tag: str = "t:TimeZoneDefinition") -> str:
    """Return a TimeZoneDefinition element; `full` adds its periods and transitions."""
    head = f"{tag} Id={attribute(windows)} Name={attribute(display_name(windows))}"
    return f"<{head}>{_periods(windows, year)}</{tag}>" if full else f"<{head}/>"


@lru_cache(maxsize=1024)
def rules(windows: str, year: int) -> Rules:
    """Return what holds in a zone in a year; a zone that changed its clocks in another way has no changes."""
    zone = ZoneInfo(win_tz.get(windows, _UTC))
    offset = _offset(zone, datetime(year, 1, 1, tzinfo=UTC))
    found: list[tuple[datetime, timedelta, timedelta]] = []
    for day in range(1, 367):
        moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)
        after = _offset(zone, moment)
        if after != offset:
            found.append((_change_between(zone, moment - timedelta(days=1), moment), offset, after))
            offset = after
    if len(found) != 2:
        return Rules(offset)
    standard, daylight = sorted({found[0][1], found[0][2]})
    to_daylight = next(each for each in found if each[2] == daylight)
    to_standard = next(each for each in found if each[2] == standard)
    return Rules(standard, daylight, _change(*to_standard[:2]), _change(*to_daylight[:2]))


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    target = _offset(zone, after)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        if _offset(zone, middle) == target:
            after = middle
        else:
            before = middle
    return (after + timedelta(seconds=30)).replace(second=0, microsecond=0)


def _change(moment: datetime, offset: timedelta) -> Change:
    wall = moment + offset
    is_last = (wall + timedelta(days=7)).month != wall.month
    occurrence = -1 if is_last else (wall.day - 1) // 7 + 1
    return Change(wall.month, _DAYS[wall.weekday()], occurrence, f"{wall:%H:%M:%S}")


def _periods(windows: str, year: int) -> str:
    found = rules(windows, year)
    place = f"trule:Microsoft/Registry/{windows}/{year}"
    standard = f"{place}-Standard"
    periods = f'<t:Period Bias="{_duration(-found.standard)}" Name="Standard" Id={attribute(standard)}/>'
    if found.daylight is None or not found.to_daylight or not found.to_standard:
        inside = f'<t:Transition><t:To Kind="Period">{_escaped(standard)}</t:To></t:Transition>'
    else:
        daylight = f"{place}-Daylight"
        periods += f'<t:Period Bias="{_duration(-found.daylight)}" Name="Daylight" Id={attribute(daylight)}/>'
        inside = _yearly(daylight, found.to_daylight) + _yearly(standard, found.to_standard)
    return (
        f'<t:Periods>{periods}</t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">{inside}'
        '</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To>'
        "</t:Transition></t:Transitions>"
    )


def _yearly(period: str, change: Change) -> str:
    hours, minutes, _ = change.time.split(":")
    return (
        f'<t:RecurringDayTransition><t:To Kind="Period">{_escaped(period)}</t:To>'
        f"<t:TimeOffset>PT{int(hours)}H{f'{int(minutes)}M' if int(minutes) else ''}</t:TimeOffset>"
        f"<t:Month>{change.month}</t:Month><t:DayOfWeek>{change.day}</t:DayOfWeek>"
        f"<t:Occurrence>{change.occurrence}</t:Occurrence></t:RecurringDayTransition>"
    )


def _duration(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    sign = "-" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{sign}PT{f'{hours}H' if hours else ''}{f'{rest}M' if rest or not hours else ''}"


def _sign(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;")


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    zones = available_timezones()
    return tuple(sorted(name for name, iana in win_tz.items() if iana in zones))
