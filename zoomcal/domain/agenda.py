"""What the Meetings page and `zoomcal agenda` show: a pure function of meetings, clock and settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from zoomcal.domain.meetings import AccountId, Key, Meeting


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
    silenced: bool = False
    hidden: bool = False
    """Only in `Agenda.hidden`: the person hid it."""

    @property
    def key(self) -> Key:
        """The key of the meeting shown."""
        return self.meeting.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
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
    """The next meeting after today, for the empty state."""

    @property
    def items(self) -> tuple[AgendaItem, ...]:
        """Every row in order."""
        return tuple(item for group in self.groups for item in group.items)
