"""The occurrences of a recurring event, told as Google does: id suffixes, and stamps with offset and zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.sandbox.recurrence import Moment, Occurrence, Recurrence

Json = dict[str, Any]
_BASIC = "%Y%m%dT%H%M%S"


class Series:
    """The rule of one recurring event."""

    def __init__(self, start: Json, end: Json, lines: Sequence[str]) -> None:
        self._zone_name: str = start.get("timeZone", "UTC")
        self._rule = Recurrence(_moment(start), _moment(end), lines, ZoneInfo(self._zone_name))

    def between(self, after: datetime, before: datetime) -> Iterator[tuple[str, Json, Json]]:
        """Yield (id suffix, start, end) of the occurrences that overlap the span; both aware, in order."""
        return map(self._told, self._rule.between(after, before))

    def at(self, suffix: str) -> tuple[str, Json, Json] | None:
        """Return the occurrence whose id ends in `suffix`; None when the rule has none there."""
        try:
            if self._rule.all_day:
                wall = datetime.strptime(suffix, "%Y%m%d")  # noqa: DTZ007 (a date has no zone)
            else:
                wall = self._rule.wall(datetime.strptime(suffix, f"{_BASIC}Z").replace(tzinfo=UTC))
        except ValueError:
            return None
        found = self._rule.at(wall)
        return self._told(found) if found else None

    def _told(self, found: Occurrence) -> tuple[str, Json, Json]:
        if isinstance(found.start, datetime):
            suffix = f"{found.start.astimezone(UTC):{_BASIC}}Z"
        else:
            suffix = f"{found.wall:%Y%m%d}"
        return suffix, self._stamp(found.start), self._stamp(found.end)

    def _stamp(self, moment: Moment) -> Json:
        if isinstance(moment, datetime):
            return {"dateTime": moment.isoformat(timespec="seconds"), "timeZone": self._zone_name}
        return {"date": str(moment)}


def _moment(stamp: Json) -> Moment:
    return date.fromisoformat(stamp["date"]) if "date" in stamp else datetime.fromisoformat(stamp["dateTime"])
