"""Expanding a recurring event into its occurrences, in the wall-clock time of the event's own zone.

A rule such as "every Tuesday at 10:30 in Hanoi" means the clock on the wall there (RFC 5545 section 3.3.10):
occurrences are counted in naive local time and become instants afterwards, so daylight saving moves the instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

Json = dict[str, Any]
_UNTIL = re.compile(r"UNTIL=(\d{8}T\d{6})Z", re.IGNORECASE)
_BASIC = "%Y%m%dT%H%M%S"


class Series:
    """The rule of one recurring event."""

    def __init__(self, start: Json, end: Json, lines: Sequence[str]) -> None:
        self.all_day = "date" in start
        self.zone = ZoneInfo(start.get("timeZone", "UTC"))
        self._zone_name: str = start.get("timeZone", "UTC")
        first = self._wall(start)
        self.length = self._wall(end) - first
        self._rules = _rules(first, lines, self.zone)

    def between(self, after: datetime, before: datetime) -> Iterator[tuple[str, Json, Json]]:
        """Yield (id suffix, start, end) of the occurrences that overlap the span; both aware, in order."""
        margin = self.length + timedelta(days=1)
        first, last = (moment.astimezone(self.zone).replace(tzinfo=None) for moment in (after, before))
        for wall in self._rules.between(first - margin, last + timedelta(days=1), inc=True):
            yield self._occurrence(wall)

    def at(self, suffix: str) -> tuple[str, Json, Json] | None:
        """Return the occurrence whose id ends in `suffix`; None when the rule has none there."""
        try:
            if self.all_day:
                wall = datetime.strptime(suffix, "%Y%m%d")  # noqa: DTZ007 (a date has no zone)
            else:
                moment = datetime.strptime(suffix, f"{_BASIC}Z").replace(tzinfo=UTC)
                wall = moment.astimezone(self.zone).replace(tzinfo=None)
        except ValueError:
            return None
        found = self._rules.between(wall, wall, inc=True)
        return self._occurrence(found[0]) if found else None

    def _occurrence(self, wall: datetime) -> tuple[str, Json, Json]:
        if self.all_day:
            until = wall + self.length
            return f"{wall:%Y%m%d}", {"date": str(wall.date())}, {"date": str(until.date())}
        start = wall.replace(tzinfo=self.zone).astimezone(UTC)
        ends = (start + self.length).astimezone(self.zone)
        return f"{start:{_BASIC}}Z", self._stamp(start.astimezone(self.zone)), self._stamp(ends)

    def _stamp(self, moment: datetime) -> Json:
        return {"dateTime": moment.isoformat(timespec="seconds"), "timeZone": self._zone_name}

    def _wall(self, stamp: Json) -> datetime:
        if "date" in stamp:
            return datetime.combine(date.fromisoformat(stamp["date"]), datetime.min.time())
        return datetime.fromisoformat(stamp["dateTime"]).astimezone(self.zone).replace(tzinfo=None)


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
