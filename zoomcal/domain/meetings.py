"""A meeting as it comes from a source, complete on arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NewType

from zoomcal.joinlink.model import Finding

AccountId = NewType("AccountId", str)
"""`service:subject`, for example `google:lan@example.org`."""
CalendarKey = tuple[AccountId, str]
"""Account and calendar id."""
Key = tuple[AccountId, str, str]
"""Account, calendar id, event id: what tells one occurrence in one calendar from all others."""


class Service(StrEnum):
    """Where calendars and contacts live."""

    GOOGLE = "google"
    OFFICE365 = "office365"
    EXCHANGE = "exchange"
    ZOOM = "zoom"


class Role(StrEnum):
    """The person's part in a meeting (SPEC M-6)."""

    HOST = "host"
    INVITEE = "invitee"


class Answer(StrEnum):
    """An attendee's answer to an invitation."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address; either may be empty."""

    name: str = ""
    email: str = ""

    def __str__(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody invited, and what they answered."""

    person: Person
    answer: Answer = Answer.NONE
    comment: str = ""
    is_self: bool = False
    is_resource: bool = False


@dataclass(frozen=True, slots=True)
class Timed:
    """A span of time: both aware and in UTC; `start` is inside, `end` is not."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("start and end must be aware")


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, which begin and end wherever the person is: `first` is inside, `until` is not."""

    first: date
    until: date

    def within(self, zone: tzinfo) -> Timed:
        """Return the span from midnight to midnight in `zone`; a day may have 23 or 25 hours."""
        until = max(self.until, self.first + timedelta(days=1))
        midnights = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.first, until))
        return Timed(*midnights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One occurrence of an event on one calendar, as the person would attend it."""

    account: AccountId
    calendar_id: str
    uid: str
    """The service's id of this occurrence: unique within its calendar, stable across syncs."""
    title: str
    when: Timed | Days
    finding: Finding
    """The join link, and why it is the one."""
    role: Role = Role.INVITEE
    answer: Answer = Answer.ACCEPTED
    """The person's own answer; ACCEPTED where nobody was asked."""
    host: Person = Person()
    attendees: tuple[Attendee, ...] = ()
    location: str = ""
    description: str = ""
    """As the service gave it: it may be HTML and is hostile until sanitised for display."""
    conference_url: str = ""
    conference_passcode: str = ""
    zone: str = ""
    """IANA name of the zone the organizer planned it in; empty when unknown."""
    ical_uid: str = ""
    series_uid: str = ""
    """The recurring event's id; empty for a single one."""
    etag: str = ""
    web_link: str = ""
    """The event's page at the service."""
    attendees_omitted: bool = False

    @property
    def key(self) -> Key:
        """What tells this occurrence from every other."""
        return (self.account, self.calendar_id, self.uid)
