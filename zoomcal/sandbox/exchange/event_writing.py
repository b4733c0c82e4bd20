"""What a request sets of a calendar item, as changes of an event ([MS-OXWSMTGS], [MS-OXWSCORE] section 3.1.4.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from lxml import etree

from zoomcal.sandbox.exchange import zones
from zoomcal.sandbox.exchange.calendar_fields import BUSY, SENSITIVITIES
from zoomcal.sandbox.exchange.calls import Call, integer
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.recurrence import rule_of
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.mailbox import Attendee, Event, Person, Role
from zoomcal.sandbox.recurrence import Moment

_KEPT_ELSEWHERE = frozenset(
    "MimeContent ItemClass Attachments Importance InReplyTo ExtendedProperty Culture ReminderDueBy ReminderNextTime"
    " IsDraft Flag When IsResponseRequested ConferenceType AllowNewTimeProposal IsOnlineMeeting MeetingWorkspaceUrl"
    " NetShowUrl EndTimeZone EnhancedLocation InboxReminders RetentionDate PolicyTag ArchiveTag DateTimeStamp"
    " InternetMessageHeaders".split()
)
"""May be set, and are not kept: nothing here shows them."""
_ROLES: Mapping[str, Role] = {
    "RequiredAttendees": "required",
    "OptionalAttendees": "optional",
    "Resources": "resource",
}
_EMPTY: Mapping[str, Mapping[str, Any]] = {
    "Subject": {"subject": ""},
    "Body": {"body": "", "body_is_html": False},
    "Location": {"location": ""},
    "Categories": {"categories": ()},
    "Sensitivity": {"sensitivity": "normal"},
    "Recurrence": {"rule": ()},
}
_DEFAULT_REMINDER = 15
_HALF_HOUR = timedelta(minutes=30)


class EventDraft:
    """Collects what is set, part by part; `changes` then gives it as fields of an event."""

    def __init__(self, call: Call, before: Event | None) -> None:
        """`before` is the event that is changed; None: a new one."""
        self._call, self._before = call, before
        self._fields: dict[str, Any] = {}
        self._start: datetime | None = None
        self._end: datetime | None = None
        self._zone: str | None = None
        self._all_day: bool | None = None
        self._recurrence: etree._Element | None = None
        self._reminds: bool | None = None
        self._minutes: int | None = None

    def set(self, element: etree._Element) -> None:
        """Take over one property from its element.

        Raises:
            Problem: It cannot be set, or not to this.
        """
        name = etree.QName(element).localname
        text = element.text or ""
        if name in _ROLES:
            self._set_attendees(_ROLES[name], self._people(element, _ROLES[name]))
        elif name in self._SETTERS:
            self._SETTERS[name](self, element, text)
        elif name not in _KEPT_ELSEWHERE:
            raise Problem("ErrorInvalidPropertySet", field=_uri(name))

    def clear(self, name: str) -> None:
        """Take one property away.

        Raises:
            Problem: Every event has it.
        """
        if name in _ROLES:
            self._set_attendees(_ROLES[name], ())
        elif name in {"ReminderIsSet", "ReminderMinutesBeforeStart"}:
            self._reminds = False
        elif name in _EMPTY:
            self._fields |= _EMPTY[name]
        elif name not in _KEPT_ELSEWHERE:
            raise Problem("ErrorInvalidPropertyDelete", field=_uri(name))

    def append(self, element: etree._Element) -> None:
        """Add to one property.

        Raises:
            Problem: It has one value only.
        """
        name = etree.QName(element).localname
        if name in _ROLES:
            role = _ROLES[name]
            self._set_attendees(role, (*self._attendees(role), *self._people(element, role)))
        elif name == "Body" and self._before is not None:
            self._fields["body"] = self._before.body + (element.text or "")
        else:
            raise Problem("ErrorInvalidPropertyAppend", field=_uri(name))

    def changes(self) -> dict[str, Any]:
        """Return the fields that differ from before.

        Raises:
            Problem: They do not fit together.
        """
        before = self._before
        fields = self._fields | self._times() | self._reminder()
        if self._recurrence is not None:
            zone = fields.get("zone") or (before.zone if before else "UTC")
            start = fields.get("start") or (before.start if before else None)
            fields["rule"] = rule_of(self._recurrence, start or date.min, zone)
        if before is None:
            return fields
        if before.master_id and (fields.keys() & {"rule", "uid"}):
            raise Problem("ErrorInvalidPropertySet", field="calendar:Recurrence")
        return {name: value for name, value in fields.items() if getattr(before, name) != value}

    def _times(self) -> dict[str, Any]:
        before = self._before
        touched = (self._start, self._end, self._zone, self._all_day)
        if before is not None and touched == (None,) * 4:
            return {}
        now = self._call.mailbox.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        start = self._start or (before.begins if before else now)
        end = self._end or (before.ends if before else start + _HALF_HOUR)
        zone = self._zone or (before.zone if before else self._default_zone())
        all_day = before.all_day if self._all_day is None and before else bool(self._all_day)
        if end < start:
            raise Problem("ErrorCalendarEndDateIsEarlierThanStartDate")
        first, last = _spanned(start, end, ZoneInfo(zone), whole_days=all_day)
        return {"start": first, "end": last, "zone": zone}

    def _default_zone(self) -> str:
        return zones.iana_name(self._call.request.zone) or self._call.mailbox.zone

    def _reminder(self) -> dict[str, Any]:
        if self._reminds is None and self._minutes is None:
            return {}
        before = self._before.reminder_minutes if self._before else None
        if self._reminds is False or (self._reminds is None and self._before and before is None):
            return {"reminder_minutes": None}
        minutes = before if self._minutes is None else self._minutes
        return {"reminder_minutes": _DEFAULT_REMINDER if minutes is None else minutes}

    def _people(self, element: etree._Element, role: Role) -> tuple[Attendee, ...]:
        known = {each.person.address.casefold(): each for each in self._before.attendees} if self._before else {}
        people = []
        for mailbox in element.iterfind(f"{{{TYPES}}}Attendee/{{{TYPES}}}Mailbox"):
            address = (mailbox.findtext(f"{{{TYPES}}}EmailAddress") or "").strip()
            if "@" not in address:
                raise Problem("ErrorInvalidRecipients")
            name = mailbox.findtext(f"{{{TYPES}}}Name") or ""
            found = known.get(address.casefold())
            answer = {"answer": found.answer, "answered": found.answered} if found else {}
            who = Person(name=name or (found.person.name if found else address), address=address)
            people.append(Attendee(person=who, role=role, **answer))  # type: ignore[arg-type]
        return tuple(people)

    def _attendees(self, role: Role) -> tuple[Attendee, ...]:
        everybody = self._fields.get("attendees", self._before.attendees if self._before else ())
        return tuple(each for each in everybody if each.role == role)

    def _set_attendees(self, role: Role, people: tuple[Attendee, ...]) -> None:
        groups = {each: people if each == role else self._attendees(each) for each in _ROLES.values()}
        self._fields["attendees"] = tuple(each for group in groups.values() for each in group)

    def _set_start(self, _element: etree._Element, text: str) -> None:
        self._start = self._call.moment(text)

    def _set_end(self, _element: etree._Element, text: str) -> None:
        self._end = self._call.moment(text)

    def _set_zone(self, element: etree._Element, _text: str) -> None:
        said = element.get("Id") or element.get("TimeZoneName") or ""
        name = zones.iana_name(said)
        if name is None and not len(element):
            raise Problem("ErrorTimeZone")
        self._zone = name or self._default_zone()

    def _set_all_day(self, _element: etree._Element, text: str) -> None:
        self._all_day = boolean(text)

    def _set_recurrence(self, element: etree._Element, _text: str) -> None:
        self._recurrence = element

    def _set_reminds(self, _element: etree._Element, text: str) -> None:
        self._reminds = boolean(text)

    def _set_minutes(self, _element: etree._Element, text: str) -> None:
        self._minutes = integer(text)

    def _set_body(self, element: etree._Element, text: str) -> None:
        self._fields |= {"body": text, "body_is_html": element.get("BodyType") == "HTML"}

    def _set_busy(self, _element: etree._Element, text: str) -> None:
        self._fields["show_as"] = _key(BUSY, text, "calendar:LegacyFreeBusyStatus")

    def _set_sensitivity(self, _element: etree._Element, text: str) -> None:
        self._fields["sensitivity"] = _key(SENSITIVITIES, text, "item:Sensitivity")

    def _set_categories(self, element: etree._Element, _text: str) -> None:
        self._fields["categories"] = tuple(each.text or "" for each in element)

    def _set_text(self, element: etree._Element, text: str) -> None:
        self._fields[etree.QName(element).localname.lower()] = text

    _SETTERS: ClassVar[Mapping[str, Callable[[EventDraft, etree._Element, str], None]]] = {
        "Start": _set_start,
        "End": _set_end,
        "StartTimeZone": _set_zone,
        "MeetingTimeZone": _set_zone,
        "IsAllDayEvent": _set_all_day,
        "Recurrence": _set_recurrence,
        "ReminderIsSet": _set_reminds,
        "ReminderMinutesBeforeStart": _set_minutes,
        "Body": _set_body,
        "LegacyFreeBusyStatus": _set_busy,
        "Sensitivity": _set_sensitivity,
        "Categories": _set_categories,
        "Subject": _set_text,
        "Location": _set_text,
        "UID": _set_text,
    }


def boolean(text: str) -> bool:
    """Return a truth value from xs:boolean.

    Raises:
        Fault: It is none.
    """
    if text not in {"true", "false", "1", "0"}:
        raise Fault("ErrorSchemaValidation", f"The value '{text}' is invalid according to 'boolean'.")
    return text in {"true", "1"}


def _spanned(start: datetime, end: datetime, zone: ZoneInfo, *, whole_days: bool) -> tuple[Moment, Moment]:
    first, last = start.astimezone(zone), end.astimezone(zone)
    if not whole_days:
        return first, last
    after = last.date() if last.time() == datetime.min.time() else last.date() + timedelta(days=1)
    return first.date(), max(after, first.date() + timedelta(days=1))


def _key(names: Mapping[str, str], text: str, uri: str) -> str:
    found = next((key for key, name in names.items() if name == text), None)
    if found is None:
        raise Problem("ErrorInvalidValueForProperty", field=uri)
    return found


def _uri(name: str) -> str:
    shared = {"Subject", "Body", "Categories", "Sensitivity", "ItemId", "ParentFolderId", "DateTimeCreated", "Size"}
    return f"{'item' if name in shared else 'calendar'}:{name}"
