"""What stands on a calendar of a mailbox: single events, series, and the occurrences of these."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from hashlib import blake2b
from typing import Literal
from zoneinfo import ZoneInfo

from zoomcal.sandbox.recurrence import Moment

Answer = Literal["none", "organizer", "accepted", "tentative", "declined"]
Role = Literal["required", "optional", "resource"]
Sensitivity = Literal["normal", "personal", "private", "confidential"]
ShowAs = Literal["free", "tentative", "busy", "out-of-office", "elsewhere"]
Kind = Literal["single", "master", "occurrence", "exception"]
NEVER = datetime.min.replace(tzinfo=UTC)
_OBJECT_ID = "040000008200E00074C5B7101A82E008"
"""How every global object id of Exchange begins ([MS-OXOCAL] section 2.2.1.27)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody, or a room, that was invited."""

    person: Person
    role: Role = "required"
    answer: Answer = "none"
    answered: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineMeeting:
    """A meeting that the mailbox's own service runs (Teams): never one of Zoom."""

    provider: Literal["teams", "skype"] = "teams"
    join_url: str
    conference_id: str = ""
    toll_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, frozen; `Calendar.change` puts a changed one in its place.

    `subject`, `start` and `end` are what `Calendar.add` needs; the fields below `id` are the calendar's.
    """

    subject: str
    start: Moment
    """Aware, or a date for an event of whole days."""
    end: Moment
    """Of the same kind; not part of the event."""
    zone: str = "UTC"
    """IANA name: where the event was made. The rule counts there, and whole days begin there."""
    rule: tuple[str, ...] = ()
    """Lines of RFC 5545 (`RRULE:FREQ=WEEKLY;BYDAY=TU`); a master has them, nothing else has."""
    body: str = ""
    body_is_html: bool = False
    location: str = ""
    organizer: Person | None = None
    """`Calendar.add` puts the calendar's owner where there is none."""
    attendees: tuple[Attendee, ...] = ()
    answer: Answer = "none"
    """The calendar owner's own; `Calendar.add` makes it "organizer" for the owner's own meetings."""
    answered: datetime | None = None
    cancelled: bool = False
    """The organizer called it off and it still stands on this invitee's calendar."""
    sensitivity: Sensitivity = "normal"
    show_as: ShowAs = "busy"
    reminder_minutes: int | None = 15
    """None: no reminder."""
    online: OnlineMeeting | None = None
    categories: tuple[str, ...] = ()
    uid: str = ""
    """The iCalendar UID, one for a whole series."""

    id: str = ""
    """Unique in the mailbox, and case-sensitive; an occurrence's stays when it becomes an exception."""
    kind: Kind = "single"
    master_id: str = ""
    original_start: Moment | None = None
    """Where the rule puts an occurrence, whatever was moved since."""
    revision: int = 0
    created: datetime = NEVER
    changed: datetime = NEVER

    begins: datetime = field(init=False)
    """`start` as an aware moment."""
    ends: datetime = field(init=False)

    def __post_init__(self) -> None:
        if isinstance(self.start, datetime) is not isinstance(self.end, datetime):
            raise ValueError("start and end are both moments or both dates")
        object.__setattr__(self, "begins", _instant(self.start, self.zone))
        object.__setattr__(self, "ends", _instant(self.end, self.zone))

    @property
    def all_day(self) -> bool:
        """Whether it lasts whole days."""
        return not isinstance(self.start, datetime)

    @property
    def is_meeting(self) -> bool:
        """Whether somebody was invited, or was it by somebody."""
        return bool(self.attendees) or self.answer not in {"none", "organizer"} or self.cancelled

    @property
    def change_key(self) -> str:
        """An opaque text that another state of the event does not have."""
        return change_key(self.revision)

    @property
    def occurrence_uid(self) -> str:
        """The UID in the form where each occurrence has one of its own, as Graph gives it."""
        if self.original_start is None or not self.uid.startswith(_OBJECT_ID):
            return self.uid
        day = self.original_start
        return f"{_OBJECT_ID}{day.year:04X}{day.month:02X}{day.day:02X}{self.uid[40:]}"


def change_key(revision: int) -> str:
    """Return the change key of a revision, in the alphabet of Exchange's."""
    return b64encode(b"\x11\x00\x00\x00\x16\x00\x00\x00" + revision.to_bytes(10)).decode()


def made_id(name: str) -> str:
    """Return an opaque id of 32 letters and digits, the same for the same name."""
    return b64encode(blake2b(name.encode(), digest_size=24).digest(), b"Ab").decode()


def made_uid(identity: str) -> str:
    """Return the UID that Exchange would give an event: a global object id without an occurrence's day."""
    return f"{_OBJECT_ID}00000000{blake2b(identity.encode(), digest_size=36).hexdigest().upper()}"


def by_start(event: Event) -> tuple[datetime, str]:
    """Return what events are put in order by."""
    return event.begins, event.id


@lru_cache(maxsize=4096)
def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _instant(moment: Moment, zone: str) -> datetime:
    if not isinstance(moment, datetime):
        return _midnight(moment, zone)
    if moment.tzinfo is None:
        raise ValueError("a moment is aware")
    return moment.astimezone(UTC)
