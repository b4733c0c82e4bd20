"""What the Meetings page and `zoomcal agenda` show: a pure function of meetings, clock and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from zoomcal.domain.meetings import AccountId, Answer, CalendarKey, Days, Key, Meeting, Timed
from zoomcal.domain.merge import merged


class Section(StrEnum):
    """The headings of the list, in their order."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The calendar a meeting is on, as a person knows it."""

    account: AccountId
    account_name: str
    calendar_id: str
    name: str
    colour: str
    """The calendar's palette name: denim, moss, plum, lagoon, ochre, rose, slate or brick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One row: a meeting resolved to the person's time zone and settings."""

    meeting: Meeting
    """The copy with the strongest role."""
    start: datetime
    end: datetime
    """Aware, in UTC; all-day meetings run from local midnight to local midnight."""
    all_day: bool
    sources: tuple[Source, ...]
    """Every calendar the meeting was seen on, the one of `meeting` first."""
    keys: tuple[Key, ...] = ()
    """Of all its copies."""
    silenced: bool = False
    hidden: bool = False
    """Only in `Agenda.hidden`: the person hid it."""

    @property
    def key(self) -> Key:
        """The key of the meeting shown."""
        return self.meeting.key

    @property
    def source_names(self) -> tuple[str, ...]:
        """The calendars' names, each once; with the account's where several accounts have one of that name."""
        accounts: dict[str, set[AccountId]] = {}
        for source in self.sources:
            accounts.setdefault(source.name, set()).add(source.account)
        return tuple(
            dict.fromkeys(
                f"{source.name} ({source.account_name})" if len(accounts[source.name]) > 1 else source.name
                for source in self.sources
            )
        )


class Group(NamedTuple):
    """A heading and its rows; `day` is set where the section is DATE."""

    section: Section
    items: tuple[AgendaItem, ...]
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The whole list at one moment."""

    groups: tuple[Group, ...]
    today: date
    """The local date it was made for."""
    made_at: datetime
    """Aware, UTC."""
    next_change: datetime
    """When time alone changes its groups: a start, an end, ten minutes before a start, midnight. Aware, UTC."""
    filtered: int = 0
    """How many of today's meetings *Zoom meetings only* hides."""
    hidden: tuple[AgendaItem, ...] = ()
    """Today's meetings that the person hid."""
    upcoming: AgendaItem | None = None
    """The next meeting after today among those given; the core gives them where today is empty."""

    @property
    def items(self) -> tuple[AgendaItem, ...]:
        """Every row in order."""
        return tuple(item for group in self.groups for item in group.items)


SOON = timedelta(minutes=10)
"""How long before its start a meeting's button is filled (LOOK 1)."""


def make_agenda(
    meetings: Iterable[Meeting],
    sources: Mapping[CalendarKey, Source],
    now: datetime,
    zone: tzinfo,
    *,
    day: date | None = None,
    zoom_only: bool = False,
    show_declined: bool = False,
    hidden: AbstractSet[Key] = frozenset(),
    silenced: AbstractSet[Key] = frozenset(),
) -> Agenda:
    """Return today's agenda: every meeting of `sources` that overlaps today in `zone` and is not over at `now`.

    Args:
        meetings: In any order, of any day; those of calendars not in `sources` are passed over.
        sources: The calendars to show.
        now: Aware.
        zone: The person's; decides where today begins and ends, daylight saving included.
        day: Another day to show instead of today.
        zoom_only: Leave out meetings without a join link, and count them.
        show_declined: Keep meetings that the person declined.
        hidden: Keys of single events to leave out; they are listed in `Agenda.hidden`.
        silenced: Keys of events without reminders.
    """
    now = now.astimezone(UTC)
    today = now.astimezone(zone).date()
    shown_day = Days(day or today, (day or today) + timedelta(days=1)).within(zone)
    midnight = shown_day.end
    shown = (m for m in meetings if (m.account, m.calendar_id) in sources)
    items = [
        _item(best, copies, sources, zone, hidden, silenced)
        for best, copies in merged(shown)
        if show_declined or best.answer is not Answer.DECLINED
    ]
    items = [item for item in items if item.end > now and (item.meeting.finding.is_zoom or not item.all_day)]
    items.sort(key=_order)
    todays = [item for item in items if item.start < midnight and item.end > shown_day.start]
    listed = [item for item in todays if not item.hidden and (item.meeting.finding.is_zoom or not zoom_only)]
    later = [item for item in items if item.start >= midnight and not item.hidden]
    return Agenda(
        groups=_grouped(listed, now) if day in (None, today) else _dated(listed, day),
        today=today,
        made_at=now,
        next_change=_next_change(todays, now, midnight),
        filtered=sum(not item.hidden for item in todays) - len(listed),
        hidden=tuple(item for item in todays if item.hidden),
        upcoming=next((item for item in later if item.meeting.finding.is_zoom or not zoom_only), None),
    )


def sync_window(now: datetime, zone: tzinfo) -> Timed:
    """Return what is read from calendars: local midnight of today to the end of the day after tomorrow, in UTC."""
    today = now.astimezone(zone).date()
    return Days(today, today + timedelta(days=3)).within(zone)


def _item(
    best: Meeting,
    copies: Sequence[Meeting],
    sources: Mapping[CalendarKey, Source],
    zone: tzinfo,
    hidden: AbstractSet[Key],
    silenced: AbstractSet[Key],
) -> AgendaItem:
    span = best.when if isinstance(best.when, Timed) else best.when.within(zone)
    keys = tuple(copy.key for copy in copies)
    return AgendaItem(
        meeting=best,
        start=span.start,
        end=span.end,
        all_day=isinstance(best.when, Days),
        sources=tuple(dict.fromkeys(sources[copy.account, copy.calendar_id] for copy in copies)),
        keys=keys,
        silenced=not silenced.isdisjoint(keys),
        hidden=not hidden.isdisjoint(keys),
    )


def _order(item: AgendaItem) -> tuple[object, ...]:
    return (item.all_day, item.start, item.end, item.meeting.title, item.key)


def _grouped(items: Sequence[AgendaItem], now: datetime) -> tuple[Group, ...]:
    running = tuple(item for item in items if item.start <= now)
    ahead = [item for item in items if item.start > now]
    first = ahead[0].start if ahead else None
    sections = (
        (Section.NOW, running),
        (Section.NEXT, tuple(item for item in ahead if item.start == first)),
        (Section.LATER, tuple(item for item in ahead if item.start != first)),
    )
    return tuple(Group(section=section, items=rows) for section, rows in sections if rows)


def _dated(items: Sequence[AgendaItem], day: date | None) -> tuple[Group, ...]:
    return (Group(section=Section.DATE, items=tuple(items), day=day),) if items else ()


def _next_change(items: Iterable[AgendaItem], now: datetime, midnight: datetime) -> datetime:
    moments = (moment for item in items for moment in (item.start - SOON, item.start, item.end))
    return min((moment for moment in moments if now < moment < midnight), default=midnight)
