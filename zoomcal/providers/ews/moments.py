"""EWS's times and time zones as ours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)?")
_FIRST, _LAST = datetime(2, 1, 1), datetime(9998, 12, 31)  # noqa: DTZ001 - on the clock of whoever states them
_HALF_A_DAY = timedelta(hours=12)
_FARTHEST_EAST = timedelta(hours=13)
"""Where no zone is known: somewhere between New Zealand in summer and Hawaii."""


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


def whole_day(moment: datetime, zone: str) -> date:
    """Return the day whose midnight `moment` is meant to be; without a zone, the day that begins nearest to it."""
    if not zone:
        return (moment + _FARTHEST_EAST).date()
    return (moment.astimezone(ZoneInfo(zone)) + _HALF_A_DAY).date()
