"""A mailbox as a whole: its calendars, its folders of contacts, what was deleted, and the mails it would have sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zoomcal.sandbox.mailbox.calendar import Calendar
from zoomcal.sandbox.mailbox.contacts import Contact, ContactFolder
from zoomcal.sandbox.mailbox.events import Event, Person, made_id
from zoomcal.sandbox.mailbox.ledger import Journal

_COLOURS = ("lightBlue", "lightGreen", "lightOrange", "lightTeal", "lightPink", "lightYellow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail about a meeting that the service would have sent."""

    event_id: str
    what: Literal["invited", "changed", "cancelled", "answered"]
    to: tuple[str, ...]
    comment: str = ""


class Mailbox:
    """One person's mailbox, with a default calendar and a default folder of contacts.

    Attributes:
        address: The primary SMTP address.
        zone: IANA name of the person's time zone.
        lock: Hold it while a request is answered, and where several changes belong together.
        calendars: By id, the default one first; own ones and shared ones.
        folders: By id, the default one first.
        deleted: What went to *Deleted Items*, by id.
        notices: The mails that changes would have sent.
    """

    def __init__(self, address: str, name: str, *, now: Callable[[], datetime], zone: str = "UTC") -> None:
        self.address, self.name, self.zone = address, name, zone
        self.journal = Journal(now)
        self.calendars: dict[str, Calendar] = {}
        self.folders: dict[str, ContactFolder] = {}
        self.deleted: dict[str, Event | Contact] = {}
        self.notices: list[Notice] = []
        self._made_calendars = self._made_folders = 0
        self.calendar = self.add_calendar("Calendar")
        self.contacts = self.add_folder("Contacts")

    @property
    def lock(self) -> threading.RLock:
        """The lock."""
        return self.journal.lock

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock."""
        return self.journal.now

    @property
    def person(self) -> Person:
        """Whose it is."""
        return Person(name=self.name, address=self.address)

    def add_calendar(
        self, name: str, *, owner: Person | None = None, can_edit: bool = True, colour: str = ""
    ) -> Calendar:
        """Add a further calendar: an own one, or one that `owner` shares."""
        number, self._made_calendars = self._made_calendars, self._made_calendars + 1
        calendar = Calendar(
            self.journal,
            identity=made_id(f"{self.address} calendar {number}"),
            name=name,
            owner=owner or self.person,
            can_edit=can_edit,
            is_default=not number,
            colour=colour or _COLOURS[number % len(_COLOURS)],
        )
        self.calendars[calendar.id] = calendar
        return calendar

    def add_folder(self, name: str, parent: ContactFolder | None = None) -> ContactFolder:
        """Add a folder of contacts below `parent`, by default below *Contacts*."""
        identity = made_id(f"{self.address} contacts {self._made_folders}")
        self._made_folders += 1
        above = parent or next(iter(self.folders.values()), None)
        folder = ContactFolder(self.journal, identity=identity, name=name, parent_id=above.id if above else "")
        self.folders[identity] = folder
        return folder

    def find_event(self, identity: str) -> tuple[Calendar, Event] | None:
        """Return the event, master or occurrence with that id and the calendar that it stands on."""
        with self.lock:
            for calendar in self.calendars.values():
                found = calendar.get(identity)
                if found is not None:
                    return calendar, found
            return None

    def find_contact(self, identity: str) -> tuple[ContactFolder, Contact] | None:
        """Return the contact with that id and the folder that it is in."""
        with self.lock:
            for folder in self.folders.values():
                found = folder.contacts.get(identity)
                if found is not None:
                    return folder, found
            return None

    def notify(self, event: Event, what: Literal["invited", "changed", "cancelled"], comment: str = "") -> None:
        """Remember the mail that those invited, but for the mailbox's own person, would have got."""
        own = self.address.casefold()
        to = tuple(each.person.address for each in event.attendees if each.person.address.casefold() != own)
        if to:
            self.notices.append(Notice(event_id=event.id, what=what, to=to, comment=comment))

    def forget_cursors(self) -> None:
        """Let every delta link and sync state given so far be dead."""
        with self.lock:
            for calendar in self.calendars.values():
                calendar.events.forget()
            for folder in self.folders.values():
                folder.contacts.forget()
