"""A calendar of a mailbox: what is on it, and what stands in a window of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.sandbox.mailbox.events import Event, Person, by_start, change_key, made_id, made_uid
from zoomcal.sandbox.mailbox.ledger import Journal, Ledger
from zoomcal.sandbox.recurrence import Moment, Occurrence, Recurrence

_RESHAPING = {"start", "end", "zone", "rule"}
_MADE_BY_THE_CALENDAR = {"id", "kind", "master_id", "original_start", "revision", "created", "changed"}


@dataclass(slots=True, eq=False)
class _Series:
    master: Event
    rule: Recurrence
    exceptions: dict[str, Event] = field(default_factory=dict)
    """By the occurrence's stamp."""
    left_out: set[str] = field(default_factory=set)


class Calendar:
    """One calendar.

    Attributes:
        owner: Whose it is: the mailbox's own person, or somebody who shares it.
        can_edit: Whether the mailbox's person may change it.
        is_default: Whether new meetings go here; one calendar of a mailbox is.
        events: Single events and masters: iterate, `get(id)`, `since(revision)`, `remembers(revision)`, `forget()`.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        identity: str,
        name: str,
        owner: Person,
        can_edit: bool = True,
        is_default: bool = False,
        colour: str = "",
    ) -> None:
        self.id, self.name, self.owner, self.can_edit = identity, name, owner, can_edit
        self.is_default, self.colour = is_default, colour
        self.events: Ledger[Event] = Ledger(journal)
        self._journal = journal
        self._series: dict[str, _Series] = {}
        self._singles: tuple[int, list[Event]] = (0, [])

    @property
    def change_key(self) -> str:
        """An opaque text in the form of the events' own; the calendar itself is never changed here."""
        return change_key(int.from_bytes(self.id[:8].encode()))

    @property
    def revision(self) -> int:
        """What a cursor given now holds."""
        return self._journal.revision

    def organizes(self, event: Event) -> bool:
        """Return whether the calendar's owner called the event."""
        return event.organizer is not None and event.organizer.address.casefold() == self.owner.address.casefold()

    def add(self, event: Event) -> Event:
        """Put an event on the calendar and return it complete; with a `rule` it becomes the master of a series.

        Raises:
            ValueError: The rule is none.
        """
        with self._journal.lock:
            revision, moment = self._journal.next(), self._journal.moment()
            identity = event.id or made_id(f"{self.id} event {revision}")
            organizer = event.organizer or self.owner
            stored = replace(
                event,
                id=identity,
                kind="master" if event.rule else "single",
                organizer=organizer,
                uid=event.uid or made_uid(identity),
                revision=revision,
                created=moment,
                changed=moment,
            )
            if self.organizes(stored) and stored.attendees:
                stored = replace(stored, answer="organizer")
            if stored.rule:
                self._series[identity] = _Series(stored, _recurrence(stored))
            self.events.put(stored)
            return stored

    def get(self, identity: str) -> Event | None:
        """Return the single event, master, occurrence or exception with that id; None where there is none (left)."""
        with self._journal.lock:
            found = self.events.get(identity)
            if found is not None:
                return found
            master_id, stamp = _parts(identity)
            series = self._series.get(master_id)
            if series is None or stamp in series.left_out:
                return None
            if stamp in series.exceptions:
                return series.exceptions[stamp]
            wall = _wall(stamp)
            occurrence = series.rule.at(wall) if wall else None
            return _occurrence(series.master, occurrence) if occurrence and _stamp(occurrence) == stamp else None

    def view(self, start: datetime, end: datetime) -> list[Event]:
        """Return what overlaps a span of aware moments, by start: single events, occurrences and exceptions.

        What ends exactly at `start` is in it, as Exchange's CalendarView has it; what begins at `end` is not.
        """
        with self._journal.lock:
            found = [each for each in self._sorted_singles() if each.ends >= start and each.begins < end]
            recurring = [
                each
                for identity in self._series
                for each in self.occurrences(identity, start, end)
                if each.ends >= start and each.begins < end
            ]
        return sorted(found + recurring, key=by_start) if recurring else found

    def occurrences(self, master_id: str, start: datetime, end: datetime) -> Iterator[Event]:
        """Yield a series' occurrences and exceptions that may overlap the span, in no certain order.

        Raises:
            KeyError: There is no such series.
        """
        series = self._series[master_id]
        yield from series.exceptions.values()
        taken = series.exceptions.keys() | series.left_out
        for occurrence in series.rule.between(start, end):
            if _stamp(occurrence) not in taken:
                yield _occurrence(series.master, occurrence)

    def exceptions(self, master_id: str) -> tuple[list[Event], list[Moment]]:
        """Return a series' changed occurrences, and the original starts of those that do not take place."""
        with self._journal.lock:
            series = self._series[master_id]
            walls = filter(None, map(_wall, sorted(series.left_out)))
            left_out = [each.start for each in map(series.rule.at, walls) if each]
            return sorted(series.exceptions.values(), key=by_start), left_out

    def change(self, identity: str, **fields: Any) -> Event:
        """Change fields of an event and return it; an occurrence becomes an exception.

        Other times or another rule of a master put every occurrence back to the rule, as Exchange does.

        Raises:
            KeyError: There is none with that id.
            ValueError: The rule is none, or a field is the calendar's own.
        """
        if fields.keys() & _MADE_BY_THE_CALENDAR:
            raise ValueError(f"not to be changed: {sorted(fields.keys() & _MADE_BY_THE_CALENDAR)}")
        with self._journal.lock:
            found = self.get(identity)
            if found is None:
                raise KeyError(identity)
            changed = self._stamped(replace(found, **fields))
            if changed.master_id:
                self._touch(changed.master_id)
                changed = replace(changed, kind="exception", revision=self._journal.revision)
                self._series[changed.master_id].exceptions[_parts(identity)[1]] = changed
                return changed
            changed = replace(changed, kind="master" if changed.rule else "single")
            if changed.rule and (fields.keys() & _RESHAPING or identity not in self._series):
                self._series[identity] = _Series(changed, _recurrence(changed))
            elif not changed.rule:
                self._series.pop(identity, None)
            else:
                series = self._series[identity]
                series.master = changed
                for stamp, exception in series.exceptions.items():
                    series.exceptions[stamp] = _inherited(exception, found, changed, fields)
            self.events.put(changed)
            return changed

    def remove(self, identity: str) -> Event:
        """Take an event off the calendar, a master with its whole series, and return it.

        Raises:
            KeyError: There is none with that id.
        """
        with self._journal.lock:
            found = self.get(identity)
            if found is None:
                raise KeyError(identity)
            if found.master_id:
                self._touch(found.master_id)
                series, stamp = self._series[found.master_id], _parts(identity)[1]
                series.exceptions.pop(stamp, None)
                series.left_out.add(stamp)
                return found
            self._series.pop(identity, None)
            return self.events.drop(identity)

    def cancel(self, identity: str) -> Event:
        """Show an event as called off by its organizer, still on this calendar, and return it.

        Raises:
            KeyError: There is none with that id.
        """
        found = self.get(identity)
        if found is None:
            raise KeyError(identity)
        return self.change(identity, cancelled=True, subject=f"Canceled: {found.subject}", show_as="free")

    def occurrence_id(self, master_id: str, original: Moment) -> str:
        """Return the id of the occurrence that the rule puts at `original`, moved or not.

        Raises:
            KeyError: There is no such occurrence.
        """
        rule = self._series[master_id].rule
        occurrence = rule.at(rule.wall(original))
        if occurrence is None:
            raise KeyError(original)
        return _id(master_id, occurrence)

    def move_occurrence(self, master_id: str, original: Moment, start: Moment) -> Event:
        """Let one occurrence of a series begin at `start`, as long as before, and return it.

        Raises:
            KeyError: There is no such occurrence.
        """
        identity = self.occurrence_id(master_id, original)
        found = self.get(identity)
        if found is None:
            raise KeyError(original)
        return self.change(identity, start=start, end=start + (found.ends - found.begins))

    def cancel_occurrence(self, master_id: str, original: Moment) -> Event:
        """Let one occurrence of a series not take place: it is on the calendar no more.

        Raises:
            KeyError: There is no such occurrence.
        """
        return self.remove(self.occurrence_id(master_id, original))

    def named(self, subject: str) -> Event:
        """Return the first single event or master of that subject; StopIteration when there is none."""
        with self._journal.lock:
            return next(each for each in self.events if each.subject == subject)

    def _sorted_singles(self) -> list[Event]:
        if self._singles[0] != self._journal.revision:
            singles = sorted((each for each in self.events if each.kind == "single"), key=by_start)
            self._singles = (self._journal.revision, singles)
        return self._singles[1]

    def _stamped(self, event: Event) -> Event:
        return replace(event, revision=self._journal.next(), changed=self._journal.moment())

    def _touch(self, master_id: str) -> None:
        """Let cursors see the master as changed: its occurrences are not theirs to see."""
        series = self._series[master_id]
        series.master = self._stamped(series.master)
        self.events.put(series.master)


def _inherited(exception: Event, before: Event, after: Event, fields: dict[str, Any]) -> Event:
    """Give an exception what was changed for the series and had not been changed for it alone."""
    same = {name for name in fields if getattr(exception, name) == getattr(before, name)}
    return replace(exception, **{name: getattr(after, name) for name in same}, revision=after.revision)


def _recurrence(master: Event) -> Recurrence:
    return Recurrence(master.start, master.end, master.rule, ZoneInfo(master.zone))


def _occurrence(master: Event, found: Occurrence) -> Event:
    return replace(
        master,
        id=_id(master.id, found),
        kind="occurrence",
        master_id=master.id,
        original_start=found.start,
        start=found.start,
        end=found.end,
        rule=(),
    )


def _id(master_id: str, occurrence: Occurrence) -> str:
    return f"{master_id}.{_stamp(occurrence)}"


def _stamp(occurrence: Occurrence) -> str:
    return f"{occurrence.wall:%Y%m%d%H%M%S}"


def _parts(identity: str) -> tuple[str, str]:
    master_id, _, stamp = identity.rpartition(".")
    return master_id, stamp


def _wall(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S")  # noqa: DTZ007 (the series' own wall clock)
    except ValueError:
        return None
