"""Microsoft Graph's JSON to our values: pure, quick, and patient with odd fields.

Events: https://learn.microsoft.com/en-us/graph/api/resources/event
Contacts: https://learn.microsoft.com/en-us/graph/api/resources/contact
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.joinlink.finder import find
from zoomcal.joinlink.model import Fields
from zoomcal.providers.answers import NOTHING, ODD, Json, listed, read_each, text
from zoomcal.providers.asking import address_of
from zoomcal.providers.base import Calendar
from zoomcal.providers.zones import iana, zone_of

_ANSWERS: Mapping[str, Answer] = {
    "organizer": Answer.ACCEPTED,
    "accepted": Answer.ACCEPTED,
    "tentativelyAccepted": Answer.TENTATIVE,
    "declined": Answer.DECLINED,
}
_COLOURS: Mapping[str, str] = {
    "lightBlue": "#71AFE5",
    "lightGreen": "#7BD148",
    "lightOrange": "#FF8C00",
    "lightGray": "#B3B3B3",
    "lightYellow": "#FBD75B",
    "lightTeal": "#46D6DB",
    "lightPink": "#F691B2",
    "lightBrown": "#AC725E",
    "lightRed": "#DC2127",
}
"""What the presets look like; `auto` and `maxColor` are none."""
T = TypeVar("T")

_OUTLOOK_UID = "040000008200E00074C5B7101A82E008"
_UID_DATE = slice(32, 40)


def to_calendars(entries: Sequence[Json], account: AccountId) -> list[Calendar]:
    """Return an account's calendars.

    One is the account's own when its owner's address is the account's, or the one that owns its default calendar:
    a mailbox may have several addresses.
    """
    mine = {address_of(account).casefold()}
    mine |= {_address(entry.get("owner")) for entry in entries if entry.get("isDefaultCalendar") is True}
    return [calendar for entry in entries if (calendar := _calendar(entry, mine - {""})) is not None]


def _calendar(entry: Json, mine: set[str]) -> Calendar | None:
    calendar_id, owner = text(entry.get("id")), _address(entry.get("owner"))
    if not calendar_id:
        return None
    primary = entry.get("isDefaultCalendar") is True
    owned = primary or (owner in mine if owner else entry.get("canShare") is True)
    return Calendar(
        id=calendar_id,
        name=text(entry.get("name")) or calendar_id,
        colour=text(entry.get("hexColor")) or _COLOURS.get(text(entry.get("color")), ""),
        primary=primary,
        selected=owned,
        owned=owned,
    )


class EventMapper:
    """Maps the events of one calendar that overlap a window; who attends many of them is made once."""

    def __init__(self, account: AccountId, calendar: Calendar, window: Timed) -> None:
        self._account = account
        self._calendar_id = calendar.id
        self._owned = calendar.owned
        self._window = window
        self._me = address_of(account).casefold()
        self._attendees: dict[tuple[object, ...], Attendee] = {}

    def meetings(self, items: Sequence[Any]) -> list[Meeting]:
        """Return a page's meetings; what is cancelled or cannot be understood is left out, the rest stays."""
        return read_each(items, self._wanted, "event")

    def _wanted(self, event: Json) -> Meeting | None:
        if event.get("isCancelled") is True or event.get("type") == "seriesMaster":
            return None
        meeting = self._meeting(event)
        return meeting if self._overlaps(meeting) else None

    def _overlaps(self, meeting: Meeting) -> bool:
        """Whether the meeting is more than a neighbour of the window; the service counts those that touch it too."""
        when, window = meeting.when, self._window
        if isinstance(when, Days):
            return True
        return when.start < window.end and (when.end > window.start or when.start == window.start)

    def _meeting(self, event: Json) -> Meeting:
        uid = event["id"]
        if not isinstance(uid, str) or not uid:
            raise ValueError("no id")
        host = _person(event.get("organizer"))
        zone = text(event.get("originalStartTimeZone"))
        attendees = tuple(self._attendee(entry, host) for entry in listed(event.get("attendees")))
        hosts = self._is_me(host) or (self._owned and event.get("isOrganizer") is True)
        conference_url = _conference(event)
        location, description = _location(event), text(_inner(event, "body").get("content"))
        return Meeting(
            account=self._account,
            calendar_id=self._calendar_id,
            uid=uid,
            title=text(event.get("subject")),
            when=_when(event, zone),
            finding=find(Fields(conference_url=conference_url, location=location, description=description)),
            role=Role.HOST if hosts else Role.INVITEE,
            answer=Answer.ACCEPTED if hosts else self._answer(event, attendees),
            host=host,
            attendees=attendees,
            location=location,
            description=description,
            conference_url=conference_url,
            zone=iana(zone),
            ical_uid=_uid(text(event.get("iCalUId"))),
            series_uid=text(event.get("seriesMasterId")),
            etag=text(event.get("@odata.etag")),
            web_link=text(event.get("webLink")),
            attendees_omitted=event.get("hideAttendees") is True and not hosts,
        )

    def _answer(self, event: Json, attendees: Sequence[Attendee]) -> Answer:
        """Return the person's own answer: the event's speaks of the calendar's owner (SPEC M-6)."""
        said = text(_inner(event, "responseStatus").get("response"))
        if self._owned and said in _ANSWERS:
            return _ANSWERS[said]
        own = next((attendee.answer for attendee in attendees if attendee.is_self), None)
        if own is not None:
            return own
        asked = self._owned and (said == "notResponded" or (said == "none" and bool(attendees)))
        return Answer.NONE if asked else Answer.ACCEPTED

    def _is_me(self, person: Person) -> bool:
        return person.email.casefold() == self._me

    def _attendee(self, entry: Json, host: Person) -> Attendee:
        person = _person(entry)
        said = text(_inner(entry, "status").get("response"))
        answer = _ANSWERS.get(said, Answer.NONE)
        if answer is Answer.NONE and person.email and person.email.casefold() == host.email.casefold():
            answer = Answer.ACCEPTED
        key = (person.name, person.email, answer, entry.get("type") == "resource")
        known = self._attendees.get(key)
        if known is None:
            known = self._attendees[key] = Attendee(
                person=person, answer=answer, is_self=self._is_me(person), is_resource=entry.get("type") == "resource"
            )
        return known


def to_contacts(items: Sequence[Any], account: AccountId) -> tuple[list[Contact], list[str]]:
    """Return a page's contacts, and the ids of those removed."""
    gone: list[str] = []

    def kept(item: Json) -> Contact | None:
        uid = item["id"]
        if not isinstance(uid, str) or not uid:
            raise ValueError("no id")
        if item.get("@removed") is None:
            return _contact(uid, item, account)
        gone.append(uid)
        return None

    return read_each(items, kept, "contact"), gone


def _contact(uid: str, item: Json, account: AccountId) -> Contact:
    parts = (text(item.get(name)) for name in ("givenName", "surname"))
    numbers = [(number, "work") for number in _texts(item.get("businessPhones"))]
    numbers += [(number, "home") for number in _texts(item.get("homePhones"))]
    numbers += [(number, "mobile") for number in _texts([item.get("mobilePhone")])]
    addresses = (text(entry.get("address")) for entry in listed(item.get("emailAddresses")))
    return Contact(
        account=account,
        uid=uid,
        name=text(item.get("displayName")) or " ".join(filter(None, parts)),
        company=text(item.get("companyName")),
        title=text(item.get("jobTitle")),
        emails=tuple(Email(address) for address in addresses if "@" in address),
        phones=tuple(Phone(number, kind) for number, kind in numbers),
    )


def _inner(entry: Json, name: str) -> Json:
    """Return an object that is a field of another; whatever is none counts as empty."""
    found = entry.get(name)
    return found if isinstance(found, dict) else NOTHING


def _texts(value: object) -> list[str]:
    return [entry for entry in value if isinstance(entry, str) and entry] if isinstance(value, list) else []


def _address(person: object) -> str:
    """Return the address of an `emailAddress`, comparable."""
    return text(person.get("address")).casefold() if isinstance(person, dict) else ""


def _person(recipient: object) -> Person:
    """Return who a `recipient` is; a server of an organisation may give a name where the address belongs."""
    found = recipient.get("emailAddress") if isinstance(recipient, dict) else None
    return Person(text(found.get("name")), text(found.get("address"))) if isinstance(found, dict) else Person()


def _location(event: Json) -> str:
    """Return every place's name, and the address of one that is a meeting's."""
    said = ""
    for place in (event.get("location"), *listed(event.get("locations"))):
        if not isinstance(place, dict):
            continue
        name, uri = text(place.get("displayName")), text(place.get("locationUri"))
        for part in (name, uri if "zoom" in uri.lower() else ""):
            if part not in said:
                said = f"{said}; {part}" if said else part
    return said


def _conference(event: Json) -> str:
    online = event.get("onlineMeeting")
    joined = text(online.get("joinUrl")) if isinstance(online, dict) else ""
    return joined or text(event.get("onlineMeetingUrl"))


def _uid(stated: str) -> str:
    """Return the iCalendar UID of the whole series: Outlook writes an occurrence's day into it.

    Global object ids: https://learn.microsoft.com/en-us/openspecs/exchange_server_protocols/ms-oxocal (2.2.1.27, 28)
    """
    if not stated.upper().startswith(_OUTLOOK_UID):
        return stated
    return stated[: _UID_DATE.start] + "0" * 8 + stated[_UID_DATE.stop :]


def _when(event: Json, zone: str) -> Timed | Days:
    started, ended = event["start"], _inner(event, "end")
    if event.get("isAllDay") is True:
        first = _day(started, zone)
        return Days(first, max(_or(first, lambda: _day(ended, zone)), first))
    start = _instant(started)
    return Timed(start, max(_or(start, lambda: _instant(ended)), start))


def _or(otherwise: T, read: Callable[[], T]) -> T:
    """Return what `read` does, or `otherwise` where a field is odd or not there."""
    try:
        return read()
    except ODD:
        return otherwise


def _day(stated: Json, zone: str) -> date:
    """Return the day of a midnight, whichever zone it is told in.

    Whether a whole day is moved by the zone that is asked for is not documented; a moved one is moved back.
    """
    moment = datetime.fromisoformat(stated["dateTime"])
    if moment.time() == time():
        return moment.date()
    if known := iana(zone):
        local = _instant(stated).astimezone(zone_of(known))
        if local.time() == time():
            return local.date()
    return (moment + timedelta(hours=12)).date()


def _instant(stated: Json) -> datetime:
    return _moment(stated["dateTime"], text(stated.get("timeZone")) or "UTC")


@lru_cache(maxsize=4096)
def _moment(stated: str, zone: str) -> datetime:
    """Return the moment in UTC; a time without an offset is one of the zone beside it."""
    moment = datetime.fromisoformat(stated)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(zone))
    return moment.astimezone(UTC)
