"""Expanding a recurring event into its occurrences, in the wall-clock time of the event's own zone.

A rule such as "every Tuesday at 10:30 in Hanoi" means the clock on the wall there (RFC 5545 section 3.3.10):
occurrences are counted in naive local time and become instants afterwards, so daylight saving moves the instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

Moment = datetime | date
"""Aware, or a date where the event lasts whole days."""
_UNTIL = re.compile(r"UNTIL=(\d{8}T\d{6})Z", re.IGNORECASE)
_BASIC = "%Y%m%dT%H%M%S"


class Occurrence(NamedTuple):
    """One occurrence: `wall` is its naive local start; start and end are of the kind that the series began with."""

    wall: datetime
    start: Moment
    end: Moment


class Recurrence:
    """The rule of one recurring event, as lines of RFC 5545 (RRULE, EXRULE, RDATE, EXDATE)."""

    def __init__(self, start: Moment, end: Moment, lines: Sequence[str], zone: ZoneInfo) -> None:
        """Read the rule; ValueError where a line is none of these."""
        self.all_day = not isinstance(start, datetime)
        self.zone = zone
        first = self.wall(start)
        self.length = self.wall(end) - first
        self._rules = _rules(first, lines, zone)

    def wall(self, moment: Moment) -> datetime:
        """Return what the clock on the wall shows then, naive."""
        if isinstance(moment, datetime):
            return moment.astimezone(self.zone).replace(tzinfo=None)
        return datetime.combine(moment, time())

    def between(self, after: datetime, before: datetime) -> Iterator[Occurrence]:
        """Yield in order the occurrences that may overlap the span of aware moments, and few others."""
        margin = self.length + timedelta(days=1)
        first, last = self.wall(after), self.wall(before)
        for wall in self._rules.between(first - margin, last + timedelta(days=1), inc=True):
            yield self._occurrence(wall)

    def __iter__(self) -> Iterator[Occurrence]:
        """Yield every occurrence in order, without end where the rule has none."""
        return map(self._occurrence, self._rules)

    def at(self, wall: datetime) -> Occurrence | None:
        """Return the occurrence that starts at that naive local time; None when the rule has none there."""
        found = self._rules.between(wall, wall, inc=True)
        return self._occurrence(found[0]) if found else None

    def _occurrence(self, wall: datetime) -> Occurrence:
        if self.all_day:
            return Occurrence(wall, wall.date(), (wall + self.length).date())
        start = wall.replace(tzinfo=self.zone).astimezone(UTC)
        return Occurrence(wall, start.astimezone(self.zone), (start + self.length).astimezone(self.zone))


def _rules(first: datetime, lines: Sequence[str], zone: ZoneInfo) -> rruleset:
    rules = rruleset(cache=True)
    for line in lines:
        name, _, value = line.partition(":")
        kind, *parameters = name.upper().split(";")
        if kind in {"RRULE", "EXRULE"}:
            rule = rrulestr(_UNTIL.sub(lambda found: _local_until(found[1], zone), value), dtstart=first)
            if not isinstance(rule, rrule):
                raise ValueError(line)
            (rules.rrule if kind == "RRULE" else rules.exrule)(rule)
        elif kind in {"EXDATE", "RDATE"}:
            for text in value.split(","):
                moment = _listed(text, parameters, zone)
                (rules.exdate if kind == "EXDATE" else rules.rdate)(moment)
        else:
            raise ValueError(line)
    return rules


def _local_until(text: str, zone: ZoneInfo) -> str:
    moment = datetime.strptime(text, _BASIC).replace(tzinfo=UTC)
    return f"UNTIL={moment.astimezone(zone):{_BASIC}}"


def _listed(text: str, parameters: list[str], zone: ZoneInfo) -> datetime:
    if "VALUE=DATE" in parameters or len(text) == 8:
        return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 (a date has no zone)
    if text.endswith("Z"):
        return datetime.strptime(text, f"{_BASIC}Z").replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    return datetime.strptime(text, _BASIC)  # noqa: DTZ007 (wall-clock time of the event's own zone)
