"""Meetings for tests, as short to write as a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from zoomcal.catalogue import sentence
from zoomcal.domain.agenda import Source
from zoomcal.domain.meetings import AccountId, Answer, CalendarKey, Days, Meeting, Role, Timed
from zoomcal.joinlink.model import Finding, Kind, Link, Place

ME = AccountId("google:lan@saomai.example")
WORK = "work"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NO_LINK = Finding(why=sentence("No Zoom link was found."))


def zoom(number: str = "81234567890", passcode: str = "") -> Finding:
    link = Link(
        kind=Kind.JOIN,
        place=Place.LOCATION,
        url=f"https://us02web.zoom.us/j/{number}",
        host="us02web.zoom.us",
        meeting_id=number,
        passcode=passcode,
    )
    return Finding(why=sentence("Found in the location."), link=link)


def meeting(
    uid: str,
    start_min: float = 0,
    length_min: float = 30,
    *,
    when: Timed | Days | None = None,
    finding: Finding = NO_LINK,
    calendar: str = WORK,
    account: AccountId = ME,
    role: Role = Role.INVITEE,
    answer: Answer = Answer.ACCEPTED,
    ical_uid: str = "",
    title: str = "",
) -> Meeting:
    """Return a meeting that starts `start_min` minutes after NOON."""
    start = NOON + timedelta(minutes=start_min)
    return Meeting(
        account=account,
        calendar_id=calendar,
        uid=uid,
        title=title or uid,
        when=when or Timed(start, start + timedelta(minutes=length_min)),
        finding=finding,
        role=role,
        answer=answer,
        ical_uid=ical_uid,
    )


def sources(*calendars: str) -> dict[CalendarKey, Source]:
    """Return the calendars (WORK when none is named) as sources of ME."""
    return {
        (ME, name): Source(account=ME, account_name="lan@saomai.example", calendar_id=name, name=name, colour="denim")
        for name in calendars or (WORK,)
    }
