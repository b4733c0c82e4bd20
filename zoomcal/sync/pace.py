"""When an account's calendars or contacts are pulled next.

As fresh as SPEC M-10 asks, never against the service's own word.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zoomcal.errors import BlockedByPolicy, NeedsConsent, NeedsReauth, Throttled, ZoomCalError

WATCHED = timedelta(seconds=50)
"""Between pulls while the window is visible or a meeting is less than an hour away: changes show within a minute."""
UNWATCHED = timedelta(minutes=4, seconds=50)
CONTACTS = timedelta(hours=6)
_GIVE_UP_AFTER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Where one account's calendars, or its contacts, stand between pulls."""

    last_try: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None
    """Not before this moment; aware, UTC."""
    must_wait: bool = False
    """The service named `retry_at`: even Refresh waits for it."""
    stopped: bool = False
    """Only the person can mend it: no request until then."""

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Return whether the clock asks for a pull."""
        if self.stopped or (self.retry_at and now < self.retry_at):
            return False
        if self.last_try is None or self.retry_at:
            return True
        return not timedelta() <= now - self.last_try < every

    def may_try(self, now: datetime) -> bool:
        """Return whether a pull that the person asks for may go out."""
        return not (self.must_wait and self.retry_at and now < self.retry_at)

    def succeeded(self, now: datetime) -> Pace:
        """Return the pace after a pull that worked."""
        return Pace(last_try=now)

    def failed(self, now: datetime, error: ZoomCalError) -> Pace:
        """Return the pace after `error`: the service's own word wins, else exponential back-off with jitter."""
        again = replace(self, last_try=now, failures=self.failures + 1, retry_at=None, must_wait=False)
        match error:
            case NeedsReauth() | NeedsConsent() | BlockedByPolicy():
                return replace(again, stopped=True)
            case Throttled():
                return replace(again, retry_at=now + timedelta(seconds=error.retry_after_s), must_wait=True)
        wait_s = UNWATCHED.total_seconds() if again.failures > _GIVE_UP_AFTER else min(60.0, 2.0**again.failures)
        return replace(again, retry_at=now + timedelta(seconds=wait_s + random.random()))  # noqa: S311 - jitter
