"""A mailbox as Exchange keeps it, without any vendor's JSON or XML: what Graph's and EWS's sandboxes both serve.

A test or a filler makes one and changes it as other people would:

    box = Mailbox("ana@example.org", "Ana", now=clock, zone="Europe/Berlin")
    met = box.calendar.add(Event(subject="Plan", start=at, end=at + hour, attendees=(Attendee(person=bo),)))
    box.calendar.change(met.id, subject="The plan")      # a new revision, `changed` and change_key
    daily = box.calendar.add(Event(subject="Daily", start=at, end=later, zone="Europe/Berlin",
                                   rule=("RRULE:FREQ=DAILY",)))
    box.calendar.move_occurrence(daily.id, original_start, to)   # or change/remove(occurrence_id(daily.id, original))
    box.calendar.cancel_occurrence(daily.id, original_start)     # it takes place no more
    box.calendar.cancel(invitation.id)                   # called off by its organizer, still shown here
    shared = box.add_calendar("Team", owner=Person(name="Bo", address="bo@example.org"), can_edit=False)
    box.contacts.add(Contact(display_name="Bo", emails=(Person(name="Bo", address="bo@example.org"),)))
    box.forget_cursors()

A service reads it:

- `Calendar.view(start, end)`: by start; what ends exactly at `start` is in it (EWS shows that, Graph does not: filter).
- `Calendar.get(id)`, `Mailbox.find_event(id)`, `Mailbox.find_contact(id)`; ids are ours, opaque, [A-Za-z0-9.] and
  case-sensitive: wrap them in the form that the vendor gives. `Calendar.exceptions(master_id)`: the changed
  occurrences, and the original starts of those left out.
- `folder.contacts.since(revision)` and `calendar.events.since(revision)` give (changed items, removed ids);
  a cursor holds `box.journal.revision`, is dead when `remembers(revision)` is False; `since(0)` gives all that live.
- Events and contacts are frozen and every state has its own `revision` and `change_key`: renderings may be kept by
  (id, revision). Times: `start`/`end` are aware moments, or dates for whole days (end not included); `begins`/`ends`
  are always moments in UTC, whole days beginning at midnight in the event's `zone`.
- `Event.uid` is one for a series (EWS: UID); `occurrence_uid` has the day in it (Graph: iCalUId).
- Hold `box.lock` while answering. `box.deleted` is *Deleted Items*: a service that moves things there puts them in.
  `box.notify(event, what)` remembers the mail that would have gone out, in `box.notices`.
"""

from zoomcal.sandbox.mailbox.calendar import Calendar
from zoomcal.sandbox.mailbox.contacts import Contact, ContactFolder
from zoomcal.sandbox.mailbox.events import Answer, Attendee, Event, OnlineMeeting, Person, Role, Sensitivity, ShowAs
from zoomcal.sandbox.mailbox.store import Mailbox, Notice

__all__ = [
    "Answer",
    "Attendee",
    "Calendar",
    "Contact",
    "ContactFolder",
    "Event",
    "Mailbox",
    "Notice",
    "OnlineMeeting",
    "Person",
    "Role",
    "Sensitivity",
    "ShowAs",
]
