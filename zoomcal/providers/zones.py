"""Time zones by the names that Microsoft uses: Windows' own, or IANA's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import tz_win, win_tz

_OF_OLD: Mapping[str, str] = {
    "Armenian Standard Time": "Asia/Yerevan",
    "Kamchatka Standard Time": "Asia/Kamchatka",
    "Mexico Standard Time": "America/Mexico_City",
    "Mexico Standard Time 2": "America/Chihuahua",
    "Mid-Atlantic Standard Time": "Etc/GMT+2",
}
"""What Windows once had: events planned then still name it, and Unicode's list does not."""
_UTC = ("UTC", "Coordinated Universal Time", "tzone://Microsoft/Utc")
_NO_PLACES = frozenset({"", "Factory"})


@lru_cache(maxsize=512)
def iana(name: str) -> str:
    """Return the IANA name of a zone; empty for one that has none, for example `tzone://Microsoft/Custom`.

    Case and spaces do not matter.
    Windows names go by Unicode's list: https://github.com/unicode-org/cldr (windowsZones.xml)
    """
    bare = " ".join(name.split())
    known = _names().get(bare.casefold(), bare)
    if known in _NO_PLACES or known[0].islower():  # as are the other forms that some systems keep beside the zones
        return ""
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


@cache
def _names() -> Mapping[str, str]:
    """Return IANA's names by all names, in small letters."""
    names = {name: name for name in tz_win} | dict(_OF_OLD) | win_tz | dict.fromkeys(_UTC, "UTC")
    return {name.casefold(): known for name, known in names.items()}
