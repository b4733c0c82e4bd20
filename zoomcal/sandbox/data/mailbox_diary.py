"""Putting events on the calendars of a sample mailbox in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.sandbox import mailbox
from zoomcal.sandbox.data.cast import HANOI, Person

Guest = tuple[Person, str]
"""Who, and their answer in Google's word."""
_ANSWERS: Mapping[str, mailbox.Answer] = {
    "accepted": "accepted",
    "tentative": "tentative",
    "declined": "declined",
    "needsAction": "none",
}


class MailboxDiary:
    """A calendar of a mailbox being filled, `owner` being whose it is.

    Ids come from the order of the calls, so they are the same every time.
    """

    def __init__(self, calendar: mailbox.Calendar, owner: Person) -> None:
        self.calendar, self._owner = calendar, owner

    def put(
        self,
        start: datetime,
        minutes: int,
        subject: str,
        host: Person | None = None,
        guests: Sequence[Guest] = (),
        **fields: Any,
    ) -> mailbox.Event:
        """Add a timed event, a series where `fields` hold a rule; without a host it is the calendar owner's own."""
        zone = (host or self._owner).zone
        begins = start.astimezone(ZoneInfo(zone))
        return self._add(subject, begins, begins + timedelta(minutes=minutes), zone, host, guests, fields)

    def days(self, first: date, count: int, subject: str, host: Person | None = None, **fields: Any) -> mailbox.Event:
        """Add an all-day event."""
        guests = () if host is None else ((self._owner, "accepted"),)
        shown = {"show_as": "free", "reminder_minutes": None, **fields}
        return self._add(subject, first, first + timedelta(days=count), HANOI, host, guests, shown)

    def _add(
        self,
        subject: str,
        start: datetime | date,
        end: datetime | date,
        zone: str,
        host: Person | None,
        guests: Sequence[Guest],
        fields: Mapping[str, Any],
    ) -> mailbox.Event:
        asked = tuple(mailbox.Attendee(person=person(who), answer=_ANSWERS[answer]) for who, answer in guests)
        own = next((answer for who, answer in guests if who is self._owner), "needsAction")
        return self.calendar.add(
            mailbox.Event(
                subject=subject,
                start=start,
                end=end,
                zone=zone,
                organizer=person(host) if host else None,
                attendees=asked,
                answer=_ANSWERS[own],
                **{"show_as": "tentative" if own == "tentative" else "busy", **fields},
            )
        )


def person(who: Person) -> mailbox.Person:
    """Return somebody of the cast as a mailbox knows them."""
    return mailbox.Person(name=who.name, address=who.email)
