"""EWS's XML to our values: pure, quick, and patient with odd fields.

Calendar items: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/calendaritem
Contacts: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/contact
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.joinlink.finder import find
from zoomcal.joinlink.model import Fields
from zoomcal.providers.answers import ODD
from zoomcal.providers.asking import address_of
from zoomcal.providers.ews.elements import Element, child, children, flag, identity, kind, text
from zoomcal.providers.ews.moments import instant, offset_of, offset_of_bias, whole_day, whole_days
from zoomcal.providers.ews.recurrence import Occurrence, occurrences
from zoomcal.providers.zones import iana, zone_of

log = logging.getLogger(__name__)

_ANSWERS: Mapping[str, Answer] = {
    "Organizer": Answer.ACCEPTED,
    "Accept": Answer.ACCEPTED,
    "Tentative": Answer.TENTATIVE,
    "Decline": Answer.DECLINED,
}
_INVITED = (("RequiredAttendees", False), ("OptionalAttendees", False), ("Resources", True))
_PHONES: Mapping[str, str] = {
    "AssistantPhone": "assistant",
    "BusinessFax": "workFax",
    "BusinessPhone": "work",
    "BusinessPhone2": "work",
    "CarPhone": "car",
    "CompanyMainPhone": "company",
    "HomeFax": "homeFax",
    "HomePhone": "home",
    "HomePhone2": "home",
    "MobilePhone": "mobile",
    "OtherFax": "otherFax",
    "OtherTelephone": "other",
    "Pager": "pager",
    "PrimaryPhone": "main",
    "RadioPhone": "radio",
}


def trace(uid: str) -> str:
    """Return what an item may be called in the log."""
    return hashlib.sha256(uid.encode(errors="replace")).hexdigest()[:8]


def is_meeting(item: Element) -> bool:
    """Whether an item of a calendar is one that takes place: it has times of a calendar item."""
    return kind(item) == "CalendarItem" and bool(text(item, "Start"))


def is_cancelled(item: Element) -> bool:
    """Whether its organizer called it off."""
    return flag(item, "IsCancelled") is True


def is_series(item: Element) -> bool:
    """Whether an item is a whole series."""
    return text(item, "CalendarItemType") == "RecurringMaster"


class MeetingMapper:
    """Maps the items of one calendar; whoever is invited to several is kept once."""

    def __init__(self, account: AccountId, calendar_id: str) -> None:
        self._account = account
        self._calendar_id = calendar_id
        self._me = address_of(account).casefold()
        self._attendees: dict[Attendee, Attendee] = {}

    def meeting(self, item: Element) -> Meeting:
        """Return the meeting that a calendar item is, whole or in brief.

        Raises:
            ValueError: It has no id or no readable times.
        """
        uid, change_key = identity(item)
        if not uid:
            raise ValueError("an item without an id")
        zone = _zone(item)
        role, answer = self._part(item)
        organizer = _person(child(item, "Organizer", "Mailbox"))
        location, description = text(item, "Location"), text(item, "Body")
        conference_url = text(item, "NetShowUrl") or text(item, "MeetingWorkspaceUrl")
        ical_uid = text(item, "UID")
        recurs = flag(item, "IsRecurring") or text(item, "CalendarItemType") not in {"", "Single"}
        return Meeting(
            account=self._account,
            calendar_id=self._calendar_id,
            uid=uid,
            title=text(item, "Subject"),
            when=_when(item, zone_of(zone) if zone else _offset(item)),
            finding=find(Fields(conference_url=conference_url, location=location, description=description)),
            role=role,
            answer=answer,
            host=self._host(organizer, role),
            attendees=tuple(
                self._attendee(attendee, is_resource=is_resource)
                for name, is_resource in _INVITED
                for attendee in children(item, name, "Attendee")
            ),
            location=location,
            description=description,
            conference_url=conference_url,
            zone=zone,
            ical_uid=ical_uid,
            series_uid=(ical_uid or uid) if recurs else "",
            etag=change_key,
        )

    def expanded(self, master: Element, start: datetime, end: datetime) -> list[tuple[Meeting, str]]:
        """Return a series' occurrences between two moments, each with the id of an item of its own, where it has one.

        A series whose rule cannot be read is shown once, as it stands.

        Raises:
            ValueError: It has no id or no readable times.
        """
        shown = self.meeting(master)
        begins = instant(text(master, "Start"))
        try:
            found = occurrences(master, _clock_of(shown, master, begins), start, end)
        except ODD as error:
            log.warning("series %s is shown once: %s", trace(shown.uid), type(error).__name__)
            return [(shown, "")]
        return [(_at(shown, begins, occurrence), occurrence.uid) for occurrence in found]

    def _part(self, item: Element) -> tuple[Role, Answer]:
        """Return the person's part: host of what they organise, and of what nobody is invited to (SPEC M-6)."""
        said = text(item, "MyResponseType")
        mine = _person(child(item, "Organizer", "Mailbox")).email.casefold() == self._me
        if said == "Organizer" or not flag(item, "IsMeeting") or (mine and said not in _ANSWERS):
            return Role.HOST, Answer.ACCEPTED
        return Role.INVITEE, _ANSWERS.get(said, Answer.NONE)

    def _host(self, organizer: Person, role: Role) -> Person:
        if role is Role.HOST and not organizer.email:
            return Person(organizer.name, address_of(self._account))
        return organizer

    def _attendee(self, stated: Element, *, is_resource: bool) -> Attendee:
        person = _person(child(stated, "Mailbox"))
        attendee = Attendee(
            person=person,
            answer=_ANSWERS.get(text(stated, "ResponseType"), Answer.NONE),
            is_self=bool(person.email) and person.email.casefold() == self._me,
            is_resource=is_resource,
        )
        return self._attendees.setdefault(attendee, attendee)


def to_contact(item: Element, account: AccountId) -> Contact | None:
    """Return the contact that an item is; None when it is something else, such as a list of people."""
    uid, _ = identity(item)
    if kind(item) != "Contact" or not uid:
        return None
    given = " ".join(filter(None, (text(item, "GivenName").strip(), text(item, "Surname").strip())))
    return Contact(
        account=account,
        uid=uid,
        name=text(item, "DisplayName").strip() or given,
        company=text(item, "CompanyName"),
        title=text(item, "JobTitle"),
        emails=tuple(
            Email(address) for entry in children(item, "EmailAddresses", "Entry") if (address := _smtp(text(entry)))
        ),
        phones=tuple(
            Phone(number, _PHONES.get(entry.get("Key") or "", ""))
            for entry in children(item, "PhoneNumbers", "Entry")
            if (number := text(entry).strip())
        ),
    )


def _person(mailbox: Element | None) -> Person:
    if mailbox is None:
        return Person()
    return Person(text(mailbox, "Name"), _smtp(text(mailbox, "EmailAddress")))


def _smtp(address: str) -> str:
    """Return an e-mail address; Exchange also gives names of its own directory, which are none."""
    bare = address.strip()
    if bare[:5].lower() == "smtp:":
        bare = bare[5:]
    return bare if "@" in bare and not bare.startswith("/") else ""


def _zone(item: Element) -> str:
    """Return the IANA name of the zone that an item was planned in; empty when that is not known."""
    stated = child(item, "StartTimeZone")
    names = [(stated.get("Id") or "") if stated is not None else "", text(item, "StartTimeZoneId")]
    older = child(item, "MeetingTimeZone")
    names += [(older.get("TimeZoneName") or "") if older is not None else "", text(item, "TimeZone")]
    return next((zone for name in names if (zone := iana(name))), "")


def _offset(item: Element) -> tzinfo | None:
    """Return the offset that an item of no known zone states in some other way; it need not be right all year."""
    stated, older = child(item, "StartTimeZone"), child(item, "MeetingTimeZone")
    shown = [(zone.get("Name") or zone.get("TimeZoneName") or "") for zone in (stated, older) if zone is not None]
    texts = (text(item, "Start"), *shown, text(item, "TimeZone"))
    periods = children(item, "StartTimeZone", "Periods", "Period")
    biases = (*((period.get("Bias") or "") for period in periods), text(item, "MeetingTimeZone", "BaseOffset"))
    found = (*map(offset_of, texts), *map(offset_of_bias, biases))
    return next((offset for offset in found if offset is not None), None)


def _clock_of(series: Meeting, master: Element, begins: datetime) -> tzinfo:
    """Return the clock that a series recurs by: for whole days of no known zone, one that has their midnights."""
    if series.zone:
        return zone_of(series.zone)
    if isinstance(series.when, Timed):
        return _offset(master) or UTC
    return timezone(datetime.combine(series.when.first, time(), UTC) - begins)


def _when(item: Element, zone: tzinfo | None) -> Timed | Days:
    start = instant(text(item, "Start"))
    end = max(instant(text(item, "End")), start) if text(item, "End") else start
    if flag(item, "IsAllDayEvent"):
        first = whole_day(start, zone)
        return Days(first, first + whole_days(start, end))
    return Timed(start, end)


def _at(series: Meeting, begins: datetime, occurrence: Occurrence) -> Meeting:
    """Return a series' meeting, which `begins` then, at the time of one of its occurrences."""
    start, end, _ = occurrence
    when: Timed | Days = Timed(start, end)
    if isinstance(series.when, Days):
        first = series.when.first + timedelta(days=round((start - begins) / timedelta(days=1)))
        when = Days(first, first + whole_days(start, end))
    return replace(series, uid=f"{series.uid} {start:%Y%m%dT%H%M%SZ}", when=when)
