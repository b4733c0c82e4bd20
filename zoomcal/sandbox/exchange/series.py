"""A series seen through its calendar: its ends, its exceptions, the n-th of its occurrences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from zoomcal.sandbox.exchange.problems import Problem
from zoomcal.sandbox.mailbox import Calendar, Event, Mailbox
from zoomcal.sandbox.recurrence import Moment, Recurrence

_FARTHEST = 10_000
"""No occurrence beyond this one is looked for."""


class Series:
    """What a master stands for."""

    def __init__(self, mailbox: Mailbox, master: Event) -> None:
        """`master` may be one of its occurrences where only `instant` is asked."""
        self._mailbox, self._master = mailbox, master

    def instant(self, moment: Moment) -> datetime:
        """Return a moment in UTC; a date is midnight where the series was made."""
        if isinstance(moment, datetime):
            return moment.astimezone(UTC)
        return datetime.combine(moment, time(), ZoneInfo(self._master.zone)).astimezone(UTC)

    def changed(self) -> list[Event]:
        """Return its changed occurrences, by start."""
        return self._exceptions()[0]

    def left_out(self) -> list[datetime]:
        """Return where those would have begun that do not take place."""
        return [self.instant(each) for each in self._exceptions()[1]]

    def end(self, *, last: bool) -> Event | None:
        """Return the first or the last occurrence that takes place; None for the last of an endless series."""
        if last and self.endless:
            return None
        starts = self._starts()
        found = map(self._standing, reversed(list(islice(starts, _FARTHEST))) if last else starts)
        return next((each for each in found if each is not None), None)

    @property
    def endless(self) -> bool:
        """Whether its rule has no end."""
        return not any("COUNT=" in line.upper() or "UNTIL=" in line.upper() for line in self._master.rule)

    def nth(self, number: int) -> Event:
        """Return an occurrence by its place in the rule, from 1; those that do not take place count.

        Raises:
            Problem: There is no such occurrence, or it does not take place.
        """
        start = next(islice(self._starts(), number - 1, None), None) if 0 < number <= _FARTHEST else None
        if start is None:
            raise Problem("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange")
        found = self._standing(start)
        if found is None:
            raise Problem("ErrorCalendarOccurrenceIsDeletedFromRecurrence")
        return found

    def _standing(self, start: Moment) -> Event | None:
        calendar = self._calendar()
        return calendar.get(calendar.occurrence_id(self._master.id, start))

    def _starts(self) -> Iterator[Moment]:
        master = self._master
        rule = Recurrence(master.start, master.end, master.rule, ZoneInfo(master.zone))
        return (each.start for each in rule)

    def _exceptions(self) -> tuple[list[Event], list[Moment]]:
        return self._calendar().exceptions(self._master.id)

    def _calendar(self) -> Calendar:
        found = self._mailbox.find_event(self._master.id)
        if found is None:
            raise Problem("ErrorItemNotFound")
        return found[0]
