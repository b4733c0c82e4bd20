"""EWS's times and time zones as ours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)?")
_FIRST, _LAST = datetime(2, 1, 1), datetime(9998, 12, 31)  # noqa: DTZ001 - on the clock of whoever states them
_OFFSET = re.compile(r"(?:\d\dT[\d:.]+|\((?:UTC|GMT)) ?([+-])(\d\d):?(\d\d)(?!\d)", re.ASCII)
_BIAS = re.compile(r"(-?)PT(?:(\d{1,2})H)?(?:(\d{1,4})M)?(?:0+(?:\.0+)?S)?", re.ASCII)
_DAY = timedelta(days=1)
_HALF_A_DAY = timedelta(hours=12)
_FARTHEST_EAST = timedelta(hours=13, minutes=45)
"""Where no zone is known: Chatham in summer, short of Kiritimati, which has the midnights of Hawaii."""


@lru_cache(maxsize=4096)
def instant(stated: str) -> datetime:
    """Return a moment in UTC; one without an offset is in UTC, as every request asks for.

    What lies at either end of time, as "for ever" does, is moved far enough in to be told in every zone.

    Raises:
        ValueError: It is none.
    """
    found = _MOMENT.fullmatch(stated.strip())
    if not found:
        raise ValueError("no moment")
    seconds, fraction, offset = found.groups()
    moment = datetime.fromisoformat(seconds + (f".{fraction:0<6}" if fraction else ""))
    ahead = datetime.fromisoformat(f"2000-01-01T00:00:00{offset or 'Z'}").utcoffset() or timedelta()
    return (min(max(moment, _FIRST), _LAST) - ahead).replace(tzinfo=UTC)


def later(moment: datetime, by: timedelta) -> datetime:
    """Return a later moment, not beyond those that `instant` returns."""
    return moment + min(by, _LAST.replace(tzinfo=UTC) - moment)


def day(stated: str) -> date:
    """Return a day, also where it stands as a moment or with an offset.

    Raises:
        ValueError: It is none.
    """
    return date.fromisoformat(stated.strip()[:10])


def whole_day(moment: datetime, zone: tzinfo | None) -> date:
    """Return the day whose midnight `moment` is meant to be.

    Without a zone, or with one that servers state where they know none, it is the day that begins nearest to it.
    """
    local = moment.astimezone(zone) if zone is not None else moment
    if local.utcoffset():
        return (local + _HALF_A_DAY).date()
    return (moment + _FARTHEST_EAST).date()


def whole_days(start: datetime, end: datetime) -> timedelta:
    """Return how many days there are from one midnight to another, at least one; some have 23 or 25 hours."""
    return timedelta(days=max(round((end - start) / _DAY), 1))


def offset_of(stated: str) -> tzinfo | None:
    """Return the offset that a text states: a moment's, `+07:00`; a zone's for people, `(UTC+07:00) Hanoi`; or none."""
    found = _OFFSET.search(stated)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if sign == "-" else ahead) if ahead < _DAY else None


def offset_of_bias(stated: str) -> tzinfo | None:
    """Return the offset that a duration states which leads back to UTC, for example `-PT7H` or `PT480M`."""
    found = _BIAS.fullmatch(stated.strip())
    if not found:
        return None
    sign, hours, minutes = found.groups()
    behind = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(behind if sign else -behind) if behind < _DAY else None
