"""The computer's clock and time zone, as they are now: both may change while the program runs (SPEC M-12)."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo


def utc_now() -> datetime:
    """Return the moment, aware, in UTC."""
    return datetime.now(UTC)


def local_zone() -> tzinfo:
    """Return the computer's zone with its rules, looked up anew.

    What converts to local time without naming a zone follows as well.
    """
    _look_up()
    return _LOCAL


class _LocalZone(tzinfo):
    """The C library's zone: for every moment the offset that the computer itself would show (folds as in PEP 495)."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, _: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        local = moment.replace(tzinfo=UTC).astimezone()
        shown = local.replace(tzinfo=self)
        return shown if self.utcoffset(shown) == local.utcoffset() else shown.replace(fold=1)


_LOCAL = _LocalZone()


def _look_up() -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.CDLL("ucrtbase")["_tzset"]()
    else:
        time.tzset()
