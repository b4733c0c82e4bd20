"""Where the sample day's meetings lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SOON = timedelta(minutes=35)
_WORKING = timedelta(hours=8, minutes=30)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Today:
    """The day that the sample data lies around: `moment` is aware, `zone` says where today is."""

    moment: datetime
    zone: tzinfo
    now: datetime = field(init=False)
    """The moment in UTC, in whole minutes."""
    local: date = field(init=False)
    """The date in `zone`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", self.moment.astimezone(UTC).replace(second=0, microsecond=0))
        object.__setattr__(self, "local", self.moment.astimezone(self.zone).date())

    def day(self, offset: int) -> date:
        """Return the date so many days from today."""
        return self.local + timedelta(days=offset)

    def at(self, offset: int, hour: int, minute: int = 0) -> datetime:
        """Return a local time of the day so many days from today, in UTC."""
        return datetime.combine(self.day(offset), time(hour, minute), self.zone).astimezone(UTC)

    def rest(self, count: int) -> Sequence[datetime]:
        """Return `count` starts in what is left of today, as `rest_of_day` has them."""
        return rest_of_day(self.now, self.zone, count)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the beginning of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def rest_of_day(moment: datetime, zone: tzinfo, count: int) -> Sequence[datetime]:
    """Return `count` starts, in UTC and in order, that lie in what is left of the local day.

    During the day they fill the working hours to come. Late in the evening they stand closer together; when next to
    nothing is left some of them have begun up to ten minutes ago. So a meeting of half an hour is never over.
    """
    today = moment.astimezone(zone).date()
    end = midnight(today + timedelta(days=1), zone) - _MINUTE
    opening = datetime.combine(today, time(9), zone).astimezone(UTC)
    first = max(moment.astimezone(UTC) + _SOON, opening)
    last = min(first + _WORKING, end)
    if last - first < 5 * _MINUTE * count:
        begun = max(moment.astimezone(UTC) - 10 * _MINUTE, midnight(today, zone))
        first, last = begun, end
    step = (last - first) / max(count - 1, 1)
    grid = 15 if step >= 20 * _MINUTE else 5 if step >= 8 * _MINUTE else 1
    return [_floor(first + step * number, zone, grid) for number in range(count)]


def _floor(moment: datetime, zone: tzinfo, grid: int) -> datetime:
    wall = moment.astimezone(zone)
    return (moment - timedelta(minutes=wall.minute % grid)).replace(second=0, microsecond=0)
