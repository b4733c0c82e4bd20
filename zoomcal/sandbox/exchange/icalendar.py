"""A calendar item as the iCalendar text (RFC 5545) that Exchange gives as its MIME content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from zoomcal.sandbox.exchange import zones
from zoomcal.sandbox.exchange.series import Series
from zoomcal.sandbox.mailbox import Event, Mailbox
from zoomcal.sandbox.mailbox.text import plain
from zoomcal.sandbox.recurrence import Moment

_ANSWERS = {
    "none": "NEEDS-ACTION",
    "organizer": "ACCEPTED",
    "accepted": "ACCEPTED",
    "tentative": "TENTATIVE",
    "declined": "DECLINED",
}
_ROLES = {"required": "REQ-PARTICIPANT", "optional": "OPT-PARTICIPANT", "resource": "NON-PARTICIPANT"}
_CLASSES = {"normal": "PUBLIC", "personal": "PUBLIC", "private": "PRIVATE", "confidential": "CONFIDENTIAL"}
_DAYS = {"Monday": "MO", "Tuesday": "TU", "Wednesday": "WE", "Thursday": "TH", "Friday": "FR"}
_DAYS |= {"Saturday": "SA", "Sunday": "SU"}
_LONGEST_LINE = 75


def icalendar(event: Event, mailbox: Mailbox) -> bytes:
    """Return an event as a calendar of its own; a master with its exceptions."""
    lines = ["BEGIN:VCALENDAR", f"METHOD:{'REQUEST' if event.is_meeting else 'PUBLISH'}", "VERSION:2.0"]
    lines += ["PRODID:Microsoft Exchange Server 2010", *_zone(event), *_event(event)]
    if event.kind == "master":
        series = Series(mailbox, event)
        end = lines.pop()
        lines += event.rule
        lines += [f"EXDATE:{_utc(moment)}" for moment in series.left_out()]
        lines.append(end)
        for exception in series.changed():
            lines += _event(exception)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    if event.original_start is not None:
        yield _moment("RECURRENCE-ID", event.original_start, event.zone)
    yield f"SUMMARY:{_escaped(event.subject)}"
    text = plain(event.body) if event.body_is_html else event.body
    if text:
        yield f"DESCRIPTION:{_escaped(text)}"
    if event.organizer is not None:
        yield f"ORGANIZER;CN={_parameter(event.organizer.name)}:mailto:{event.organizer.address}"
    for each in event.attendees:
        yield (
            f"ATTENDEE;ROLE={_ROLES[each.role]};PARTSTAT={_ANSWERS[each.answer]};RSVP=TRUE;"
            f"CN={_parameter(each.person.name)}:mailto:{each.person.address}"
        )
    yield _moment("DTSTART", event.start, event.zone)
    yield _moment("DTEND", event.end, event.zone)
    yield f"CLASS:{_CLASSES[event.sensitivity]}"
    yield f"DTSTAMP:{_utc(event.changed)}"
    yield f"TRANSP:{'TRANSPARENT' if event.show_as == 'free' else 'OPAQUE'}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    if event.location:
        yield f"LOCATION:{_escaped(event.location)}"
    if event.categories:
        yield f"CATEGORIES:{','.join(_escaped(each) for each in event.categories)}"
    if event.reminder_minutes is not None:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:REMINDER")
        yield from (f"TRIGGER;RELATED=START:-PT{event.reminder_minutes}M", "END:VALARM")
    yield "END:VEVENT"


def _zone(event: Event) -> Iterator[str]:
    if event.all_day:
        return
    year = event.begins.year
    found = zones.rules(zones.windows_name(event.zone), year)
    daylight = found.standard if found.daylight is None else found.daylight
    yield from ("BEGIN:VTIMEZONE", f"TZID:{event.zone}")
    for name, before, after, change in (
        ("STANDARD", daylight, found.standard, found.to_standard),
        ("DAYLIGHT", found.standard, daylight, found.to_daylight),
    ):
        yield from (f"BEGIN:{name}", f"TZOFFSETFROM:{_offset(before)}", f"TZOFFSETTO:{_offset(after)}")
        clock = change.time.replace(":", "") if change else "000000"
        yield f"DTSTART:16010101T{clock}"
        if change:
            yield f"RRULE:FREQ=YEARLY;BYDAY={change.occurrence}{_DAYS[change.day]};BYMONTH={change.month}"
        yield f"END:{name}"
    yield "END:VTIMEZONE"


def _moment(name: str, moment: Moment, zone: str) -> str:
    if isinstance(moment, datetime):
        return f"{name};TZID={zone}:{moment.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"
    return f"{name};VALUE=DATE:{moment:%Y%m%d}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _escaped(text: str) -> str:
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def _parameter(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _folded(line: str) -> bytes:
    pieces, rest = [], line
    while len(rest.encode()) > _LONGEST_LINE:
        cut = _LONGEST_LINE
        while len(rest[:cut].encode()) > _LONGEST_LINE:
            cut -= 1
        pieces.append(rest[:cut])
        rest = f" {rest[cut:]}"
    return "\r\n".join([*pieces, rest, ""]).encode()
