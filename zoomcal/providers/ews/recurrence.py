"""Expanding a series here, for servers that show the series itself where its occurrences are asked for.

https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/recurrence-recurrencetype
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from itertools import islice
from typing import NamedTuple

from zoomcal.providers.ews.elements import Element, child, children, identity, kind, number, text
from zoomcal.providers.ews.moments import day, instant, later

_MOST = 1000
"""The most occurrences of one series that are looked at: of more, those that begin last."""
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS: Mapping[str, tuple[int, ...]] = {name: (weekday,) for weekday, name in enumerate(_WEEK)} | {
    "Day": tuple(range(7)),
    "Weekday": tuple(range(5)),
    "WeekendDay": (5, 6),
}
_WHICH = {"First": 0, "Second": 1, "Third": 2, "Fourth": 3, "Last": -1}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Occurrence(NamedTuple):
    """When an occurrence takes place, both aware and in UTC."""

    start: datetime
    end: datetime
    uid: str = ""
    """The id of an item of its own, which a changed occurrence has."""


class _Periods(NamedTuple):
    """How a series recurs: in periods a fixed step apart, each with the same number of days.

    Places count days or months, so that any period is found without walking there.
    """

    place_of: Callable[[date], int]
    first: int
    """The place of the period with the series' first day in it."""
    step: int
    days_at: Callable[[int], Sequence[date]]
    """Return the days of the period at a place, in order."""

    def backwards(self, first: date, low: date, high: date, count: int | None) -> Iterator[date]:
        """Yield the days from `low` to `high`, the last first, of a series that begins on `first` and has `count`."""
        in_first = sum(found >= first for found in self.days_at(self.first))
        in_each = len(self.days_at(self.first))
        oldest = max((self.place_of(low) - self.first) // self.step, 0)
        newest = (self.place_of(high) - self.first) // self.step
        if count is not None:
            newest = min(newest, max(-(-(count - in_first) // in_each), 0))
        for period in range(newest, oldest - 1, -1):
            days = self.days_at(self.first + period * self.step)
            number_of_last = in_first + period * in_each
            for back, found in enumerate(reversed(days)):
                counts = count is None or number_of_last - back <= count
                if counts and max(first, low) <= found <= high:
                    yield found


def occurrences(master: Element, zone: tzinfo, start: datetime, end: datetime) -> list[Occurrence]:
    """Return what a series has between two moments, changed occurrences in the place of those they were.

    The hour of its zone's clock is kept across the changes of that clock. A changed or deleted occurrence that cannot
    be read is left as the rule has it.

    Raises:
        ValueError: How it recurs cannot be read.
    """
    first, last = instant(text(master, "Start")), instant(text(master, "End"))
    duration = max(last - first, timedelta())
    modified = list(children(master, "ModifiedOccurrences", "Occurrence"))
    deleted = list(children(master, "DeletedOccurrences", "DeletedOccurrence"))
    stated = [*(_moment(each, "OriginalStart") for each in modified), *(_moment(each, "Start") for each in deleted)]
    instants = {moment for moment in stated if moment is not None}
    # some servers state the day alone, as its midnight
    days = {moment.astimezone(zone).date() for moment in instants if moment.astimezone(zone).time() == time()}
    since = start - duration if start - first > duration else first
    regular = [
        Occurrence(moment, later(moment, duration))
        for moment in islice(_starts(master, first.astimezone(zone), since, end), _MOST)
        if moment not in instants and moment.astimezone(zone).date() not in days
    ]
    changed = [each for one in modified if (each := _changed(one, duration)) is not None]
    return [each for each in (*reversed(regular), *changed) if _is_within(each, start, end)]


def _is_within(each: Occurrence, start: datetime, end: datetime) -> bool:
    return (each.end > start and each.start < end) or each.start == start


def _changed(stated: Element, duration: timedelta) -> Occurrence | None:
    start = _moment(stated, "Start")
    if start is None:
        return None
    end = _moment(stated, "End") or later(start, duration)
    return Occurrence(start, max(end, start), identity(stated)[0])


def _moment(stated: Element, name: str) -> datetime | None:
    try:
        return instant(text(stated, name))
    except ValueError:
        return None


def _starts(master: Element, first: datetime, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the starts that the rule gives between two moments and a day around, the last first.

    It counts on the clock of `first`, the series' own start.
    """
    stated = child(master, "Recurrence")
    parts = {kind(part): part for part in stated} if stated is not None else {}
    pattern = next((name for name in _PATTERNS if name in parts), "")
    bound = next((name for name in _BOUNDS if name in parts), "")
    if not pattern or not bound:
        raise ValueError("a series without a rule")
    periods = _PATTERNS[pattern](parts[pattern], first.date())
    count, until = _bound(parts[bound], first.date())
    a_day = timedelta(days=1)
    low, high = ((moment.astimezone(first.tzinfo)).date() for moment in (start - a_day, end + a_day))
    for found in periods.backwards(first.date(), low, min(high, until), count):
        yield datetime.combine(found, first.time(), first.tzinfo).astimezone(UTC)


def _bound(stated: Element, first: date) -> tuple[int | None, date]:
    """Return how many occurrences there are, where it is told, and the last day that one may begin on."""
    if told := text(stated, "NumberOfOccurrences"):
        return _positive(told), date.max
    if told := text(stated, "EndDate"):
        return None, max(day(told), first)
    return None, date.max


# -- patterns ---------------------------------------------------------------------------------------------------------
def _daily(stated: Element, first: date) -> _Periods:
    return _Periods(date.toordinal, first.toordinal(), _interval(stated), lambda place: [date.fromordinal(place)])


def _weekly(stated: Element, first: date) -> _Periods:
    opening = _DAYS[text(stated, "FirstDayOfWeek") or "Monday"][0]
    offsets = sorted({(weekday - opening) % 7 for weekday in _weekdays(stated) or (first.weekday(),)})
    week = first.toordinal() - (first.weekday() - opening) % 7
    return _Periods(
        date.toordinal,
        week,
        7 * _interval(stated),
        lambda place: [date.fromordinal(place + offset) for offset in offsets],
    )


def _monthly(stated: Element, first: date) -> _Periods:
    return _Periods(_month_of, _month_of(first), _interval(stated), partial(_day_in, _choice(stated, first)))


def _yearly(stated: Element, first: date) -> _Periods:
    named = text(stated, "Month")
    month = _MONTHS.index(named) + 1 if named else first.month
    place = _month_of(first.replace(month=month, day=1))
    return _Periods(_month_of, place, 12 * _interval(stated), partial(_day_in, _choice(stated, first)))


_PATTERNS: Mapping[str, Callable[[Element, date], _Periods]] = {
    "DailyRecurrence": _daily,
    "WeeklyRecurrence": _weekly,
    "AbsoluteMonthlyRecurrence": _monthly,
    "RelativeMonthlyRecurrence": _monthly,
    "AbsoluteYearlyRecurrence": _yearly,
    "RelativeYearlyRecurrence": _yearly,
}
_BOUNDS = ("NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence")


def _choice(stated: Element, first: date) -> Callable[[Sequence[date]], date]:
    """Return what chooses the day of a month: by its number, in a shorter month the last; or by its weekday."""
    weekdays = frozenset(_weekdays(stated))
    if weekdays:
        which = _WHICH[text(stated, "DayOfWeekIndex") or "First"]
        return lambda month: [found for found in month if found.weekday() in weekdays][which]
    wanted = _positive(text(stated, "DayOfMonth") or str(first.day))
    if wanted > 31:
        raise ValueError("a day that no month has")
    return lambda month: month[min(wanted, len(month)) - 1]


def _day_in(choose: Callable[[Sequence[date]], date], place: int) -> Sequence[date]:
    year, month = divmod(place, 12)
    return [choose([date(year, month + 1, number) for number in range(1, monthrange(year, month + 1)[1] + 1)])]


def _month_of(found: date) -> int:
    return found.year * 12 + found.month - 1


def _weekdays(stated: Element) -> list[int]:
    return [weekday for name in text(stated, "DaysOfWeek").split() for weekday in _DAYS[name]]


def _interval(stated: Element) -> int:
    return max(number(text(stated, "Interval") or "1") or 0, 1)


def _positive(told: str) -> int:
    known = number(told)
    if not known:
        raise ValueError("no number above zero")
    return known
