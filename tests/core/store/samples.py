"""Meetings and contacts for the store's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from zoomcal.catalogue import sentence
from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Timed
from zoomcal.joinlink.model import Finding, Kind, Link, Place

LAN = AccountId("google:lan@example.org")
MINH = AccountId("office365:minh@example.org")
WORK = "work@example.org"
HOME = "home@example.org"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WINDOW = Timed(NOON - timedelta(hours=12), NOON + timedelta(days=2, hours=12))


class Page(NamedTuple):
    changed: tuple[Contact, ...] = ()
    deleted: tuple[str, ...] = ()
    next_cursor: str | None = None


def at(hours: float, length_h: float = 1) -> Timed:
    start = NOON + timedelta(hours=hours)
    return Timed(start, start + timedelta(hours=length_h))


def meeting(
    uid: str,
    when: Timed | Days | None = None,
    *,
    title: str = "Họp nhóm",
    account: AccountId = LAN,
    calendar_id: str = WORK,
    description: str = "",
) -> Meeting:
    return Meeting(
        account=account,
        calendar_id=calendar_id,
        uid=uid,
        title=title,
        when=when or at(0),
        finding=Finding(
            why=sentence("Found in the {place}, after {n} steps.", place=sentence("location"), n=2),
            link=Link(
                kind=Kind.JOIN,
                place=Place.LOCATION,
                url="https://us02web.zoom.us/j/84512345678?pwd=secret",
                host="us02web.zoom.us",
                meeting_id="84512345678",
                passcode="secret",
            ),
        ),
        role=Role.HOST,
        answer=Answer.TENTATIVE,
        host=Person("Lan", "lan@example.org"),
        attendees=(Attendee(person=Person("Minh", "minh@example.org"), answer=Answer.DECLINED, comment="Nghỉ"),),
        description=description,
    )


def contact(uid: str, name: str = "Trần Thị Ánh", account: AccountId = LAN) -> Contact:
    return Contact(
        account=account,
        uid=uid,
        name=name,
        company="Sao Mai",
        emails=(Email("anh@example.org", "work"),),
        phones=(Phone("+84 24 3825 0001", "mobile", "+842438250001"),),
    )


def titles(meetings: list[Meeting]) -> dict[str, str]:
    return {each.uid: each.title for each in meetings}
