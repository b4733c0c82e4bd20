"""The computer's clock and time zone, as they are now: both may change while the program runs (SPEC M-12)."""

from __future__ import annotations

import logging
import time
import warnings
from datetime import UTC, datetime, tzinfo

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the moment, aware, in UTC."""
    return datetime.now(UTC)


def local_zone() -> tzinfo:
    """Return the computer's zone with its rules, read anew; UTC where none is set.

    What converts to local time without naming a zone follows as well.
    """
    import tzlocal

    if hasattr(time, "tzset"):
        time.tzset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return tzlocal.reload_localzone()
        except (LookupError, ValueError, OSError):
            log.warning("the computer's time zone is not known; UTC is used")
            return UTC
