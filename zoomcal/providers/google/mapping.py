"""Google's JSON to our values: pure, quick, and patient with odd fields.

Events: https://developers.google.com/workspace/calendar/api/v3/reference/events
People: https://developers.google.com/people/api/rest/v1/people
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.joinlink.finder import find
from zoomcal.joinlink.model import Fields
from zoomcal.providers.answers import NOTHING, Json, listed, read_each, text
from zoomcal.providers.asking import address_of
from zoomcal.providers.base import Calendar

_ANSWERS: Mapping[Any, Answer] = {
    "accepted": Answer.ACCEPTED,
    "tentative": Answer.TENTATIVE,
    "declined": Answer.DECLINED,
}
_PASSCODES = ("passcode", "password", "pin", "accessCode")
_GROUP_CALENDAR = "@group.calendar.google.com"


def to_calendar(entry: Json) -> Calendar | None:
    """Return the calendar of a calendarList entry; None when it is gone or cannot be read."""
    name = text(entry.get("summaryOverride")) or text(entry.get("summary"))
    calendar_id, access = text(entry.get("id")), entry.get("accessRole")
    if not calendar_id or entry.get("deleted") or access not in {"reader", "writer", "owner"}:
        return None
    return Calendar(
        id=calendar_id,
        name=name or calendar_id,
        colour=text(entry.get("backgroundColor")),
        primary=bool(entry.get("primary")),
        selected=bool(entry.get("selected")),
        owned=access == "owner",
    )


class EventMapper:
    """Maps the events of one calendar; who attends many of them is made once."""

    def __init__(self, account: AccountId, calendar: Calendar) -> None:
        self._account = account
        self._calendar_id = calendar.id
        self._owned = calendar.owned
        self._me = address_of(account).casefold()
        self._attendees: dict[tuple[Any, ...], Attendee] = {}

    def meetings(self, items: Sequence[Any]) -> list[Meeting]:
        """Return a page's meetings; what is cancelled or cannot be understood is left out, the rest stays."""
        return read_each(items, self._wanted, "event")

    def _wanted(self, event: Json) -> Meeting | None:
        return self._meeting(event) if event["id"] and event.get("status") != "cancelled" else None

    def _meeting(self, event: Json) -> Meeting:
        started = event["start"]
        organizer = event.get("organizer") or NOTHING
        attendees = tuple(map(self._attendee, invited)) if (invited := event.get("attendees")) else ()
        conference_url, conference_passcode = _conference(event)
        location, description = text(event.get("location")), text(event.get("description"))
        return Meeting(
            account=self._account,
            calendar_id=self._calendar_id,
            uid=str(event["id"]),
            title=text(event.get("summary")),
            when=_when(started, event.get("end")),
            finding=find(
                Fields(
                    conference_url=conference_url,
                    conference_passcode=conference_passcode,
                    location=location,
                    description=description,
                )
            ),
            role=Role.HOST if self._is_me(organizer) else Role.INVITEE,
            answer=next((attendee.answer for attendee in attendees if attendee.is_self), Answer.ACCEPTED),
            host=_host(organizer, event),
            attendees=attendees,
            location=location,
            description=description,
            conference_url=conference_url,
            conference_passcode=conference_passcode,
            zone=text(started.get("timeZone")),
            ical_uid=text(event.get("iCalUID")),
            series_uid=text(event.get("recurringEventId")),
            etag=text(event.get("etag")),
            web_link=text(event.get("htmlLink")),
            attendees_omitted=bool(event.get("attendeesOmitted")),
        )

    def _is_me(self, person: Json) -> bool:
        """Whether the account's person is meant: `self` speaks of the calendar's owner (SPEC M-6)."""
        return (self._owned and person.get("self") is True) or text(person.get("email")).casefold() == self._me

    def _attendee(self, attendee: Json) -> Attendee:
        key = (*attendee, *attendee.values())
        known = self._attendees.get(key)
        if known is None:
            known = self._attendees[key] = Attendee(
                person=_person(attendee),
                answer=_ANSWERS.get(attendee.get("responseStatus"), Answer.NONE),
                comment=text(attendee.get("comment")),
                is_self=self._is_me(attendee),
                is_resource=bool(attendee.get("resource")),
            )
        return known


def to_contacts(people: Sequence[Any], account: AccountId) -> tuple[list[Contact], list[str]]:
    """Return a page's contacts, and the ids of those deleted or merged into another."""
    gone: list[str] = []

    def kept(person: Json) -> Contact | None:
        uid = str(person["resourceName"])
        metadata = person.get("metadata") or NOTHING
        gone.extend(old for old in metadata.get("previousResourceNames") or () if isinstance(old, str) and old != uid)
        if not metadata.get("deleted"):
            return _contact(uid, person, account)
        gone.append(uid)
        return None

    return read_each(people, kept, "contact"), gone


def _contact(uid: str, person: Json, account: AccountId) -> Contact:
    work = _first(person.get("organizations"))
    photo = _first(person.get("photos"))
    return Contact(
        account=account,
        uid=uid,
        name=text(_first(person.get("names")).get("displayName")),
        company=text(work.get("name")),
        title=text(work.get("title")),
        emails=tuple(
            Email(value, text(entry.get("type")))
            for entry in listed(person.get("emailAddresses"))
            if (value := text(entry.get("value")))
        ),
        phones=tuple(
            Phone(value, text(entry.get("type")), text(entry.get("canonicalForm")))
            for entry in listed(person.get("phoneNumbers"))
            if (value := text(entry.get("value")) or text(entry.get("canonicalForm")))
        ),
        photo_url="" if photo.get("default") else text(photo.get("url")),
    )


def _first(value: object) -> Json:
    """Return the entry that Google marks as the primary one, or the first."""
    entries = listed(value)
    marked = (entry for entry in entries if (entry.get("metadata") or NOTHING).get("primary"))
    return next(marked, entries[0] if entries else NOTHING)


def _person(person: Json) -> Person:
    return Person(text(person.get("displayName")), text(person.get("email")))


def _host(organizer: Json, event: Json) -> Person:
    """Return who invites; for a calendar that is nobody's own, who put the event there."""
    if text(organizer.get("email")).endswith(_GROUP_CALENDAR) and event.get("creator"):
        return _person(event["creator"])
    return _person(organizer)


def _when(started: Json, ended: Json | None) -> Timed | Days:
    if first := started.get("date"):
        begin = date.fromisoformat(first)
        until = date.fromisoformat(ended["date"]) if ended and ended.get("date") else begin
        return Days(begin, max(until, begin))
    start = _instant(started)
    return Timed(start, max(_instant(ended), start) if ended and ended.get("dateTime") else start)


def _instant(stated: Json) -> datetime:
    return _moment(stated["dateTime"], stated.get("timeZone"))


@lru_cache(maxsize=4096)
def _moment(stated: str, zone: str) -> datetime:
    """Return the moment in UTC; a time without an offset is one of the zone beside it."""
    moment = datetime.fromisoformat(stated)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


def _conference(event: Json) -> tuple[str, str]:
    """Return the address of the video entry and its passcode."""
    conference = event.get("conferenceData")
    if conference:
        for entry in conference.get("entryPoints") or ():
            if entry.get("entryPointType") == "video" and (url := text(entry.get("uri"))):
                return url, next((code for name in _PASSCODES if (code := text(entry.get(name)))), "")
    return text(event.get("hangoutLink")), ""
