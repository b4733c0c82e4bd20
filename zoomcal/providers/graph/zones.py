"""Time zones by the names that Microsoft uses: Windows' own, or IANA's."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

_UTC = {"utc", "tzone://microsoft/utc", "coordinated universal time"}


@lru_cache(maxsize=512)
def iana(name: str) -> str:
    """Return the IANA name of a zone; empty for one that has none, for example `tzone://Microsoft/Custom`.

    Windows names go by Unicode's list: https://github.com/unicode-org/cldr (windowsZones.xml)
    """
    if name.lower() in _UTC:
        return "UTC"
    known = win_tz.get(name, name)
    try:
        ZoneInfo(known)
    except (KeyError, ValueError, OSError):
        return ""
    return known


def zone_of(name: str) -> tzinfo:
    """Return a zone.

    Raises:
        ValueError: There is none of that name.
    """
    known = iana(name)
    if not known:
        raise ValueError("unknown time zone")
    return UTC if known == "UTC" else ZoneInfo(known)
