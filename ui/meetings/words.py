"""The sentences of the details and of the list's head: pure functions of the core's values and the clock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from ui.i18n import plural, say, tongue, tr
from ui.meetings.rows import countdown, host_text, topic_of
from zoomcal.app import AccountView
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.lines import one_line
from zoomcal.domain.meetings import Answer, Attendee, Role
from zoomcal.localtime import local_zone

STALE = timedelta(hours=1)
_ADDRESS = re.compile(r"\b[a-zA-Z]{2,20}://\S+")


def moment_chip(item: AgendaItem, now: datetime) -> str:
    """Return *Now, 27 min left* or *In 12 min*; empty for what is far."""
    left = countdown(item, now)
    if item.start <= now < item.end:
        return tr("Now, {left}", left=left) if left else tr("Now")
    return left[:1].upper() + left[1:]


def role_chip(item: AgendaItem) -> str:
    """Return the person's part: *You host* or *Invited*; empty for an event of their own without a link."""
    if item.meeting.role is Role.HOST:
        return host_text(item) if item.meeting.finding.is_zoom else ""
    return tr("Invited")


def when(item: AgendaItem, now: datetime) -> str:
    """Return *Today, 10:30 – 11:15*, in the local zone."""
    start, end = item.start.astimezone(), item.end.astimezone()
    if item.all_day:
        last = end - timedelta(days=1)
        days = _day(start, now) if last.date() <= start.date() else f"{_day(start, now)} – {_day(last, now)}"
        return tr("{day}, all day", day=days)
    until = tongue().time(end) if start.date() == end.date() else f"{_day(end, now)}, {tongue().time(end)}"
    return f"{_day(start, now)}, {tongue().time(start)} – {until}"


def zone_text(zone: tzinfo, moment: datetime) -> str:
    """Return *Ho Chi Minh City (GMT+7)*: the zone's city and its offset at `moment`."""
    minutes = round((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    offset = "GMT" + (f"{'+' if minutes > 0 else '-'}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")
    name = _system_zone() if zone is local_zone() else str(getattr(zone, "key", ""))
    city = name.rpartition("/")[2].replace("_", " ") if "/" in name and not name.startswith("Etc/") else ""
    if city in ("Ho Chi Minh", "Saigon"):
        city = tr("Ho Chi Minh City")
    return f"{city} ({offset})" if city else offset


def _system_zone() -> str:
    """Return the IANA name of the computer's zone; empty where it has none."""
    from PySide6.QtCore import QTimeZone

    name = QTimeZone.systemTimeZoneId()
    return str(name.data(), "ascii", "replace") if QTimeZone.isTimeZoneIdAvailable(name) else ""


def grouped_id(digits: str) -> str:
    """Return a meeting ID as Zoom writes it: 812 3456 7890, 954 210 3377, 123 456 789."""
    sizes = {9: (3, 3), 10: (3, 3), 11: (3, 4)}.get(len(digits), ())
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return " ".join([*groups, digits[at:]])


def guests(item: AgendaItem) -> tuple[Attendee, ...]:
    """Return who is invited: no rooms, and neither the host nor, where the person hosts, the person."""
    host, mine = item.meeting.host.email.casefold(), item.meeting.role is Role.HOST
    return tuple(
        attendee
        for attendee in item.meeting.attendees
        if not attendee.is_resource
        and not (mine and attendee.is_self)
        and not (host and attendee.person.email.casefold() == host)
    )


def invited(people: Sequence[Attendee]) -> str:
    """Return *9 invited: 6 yes, 1 maybe, 2 no answer*."""
    count = Counter(attendee.answer for attendee in people)
    parts = [
        tr("{n} yes", n=count[Answer.ACCEPTED]) if count[Answer.ACCEPTED] else "",
        tr("{n} maybe", n=count[Answer.TENTATIVE]) if count[Answer.TENTATIVE] else "",
        tr("{n} no", n=count[Answer.DECLINED]) if count[Answer.DECLINED] else "",
        tr("{n} no answer", n=count[Answer.NONE]) if count[Answer.NONE] else "",
    ]
    if len(people) == 1:
        return tr("{n} invited", n=1)
    return tr("{n} invited: {answers}", n=tongue().number(len(people)), answers=", ".join(filter(None, parts)))


def answer_text(attendee: Attendee) -> str:
    """Return *Maybe, “10 min late”*."""
    answer = {
        Answer.ACCEPTED: tr("Yes"),
        Answer.TENTATIVE: tr("Maybe"),
        Answer.DECLINED: tr("No"),
        Answer.NONE: tr("No answer"),
    }[attendee.answer]
    comment = one_line(attendee.comment)
    return tr("{answer}, “{comment}”", answer=answer, comment=comment) if comment else answer


def place(item: AgendaItem) -> str:
    """Return the location; where a join link is known without the addresses in it, which may hold a passcode."""
    location = item.meeting.location
    if item.meeting.finding.link is not None:
        location = _ADDRESS.sub(" ", location)
    return one_line(location).strip(" ;,|·-")


def last_sync(accounts: Iterable[AccountView]) -> datetime | None:
    """Return when the most outdated calendar was last read; None where one never was, or there is none."""
    moments = [account.health.last_sync for account in accounts if account.calendar]
    return min((moment for moment in moments if moment), default=None)


def updated(moment: datetime | None, now: datetime) -> tuple[str, bool]:
    """Return *Updated at 10:47* and whether that is too long ago."""
    if moment is None:
        return "", False
    time = tongue().time(moment)
    hours = (now - moment) // timedelta(hours=1)
    if now - moment <= STALE:
        return tr("Updated at {time}", time=time), False
    if moment.astimezone().date() != now.astimezone().date():
        return tr("Updated on {day}, {time}", day=tongue().short_date(moment.astimezone().date()), time=time), True
    if hours < 2:
        return tr("Updated at {time}, an hour ago", time=time), True
    return say(plural("Updated at {time}, {n} hour ago", "Updated at {time}, {n} hours ago", hours, time=time)), True


def next_meeting(item: AgendaItem, now: datetime) -> str:
    """Return *Your next meeting is Thursday at 09:00: Onboarding for new drivers*."""
    start, time = item.start.astimezone(), tongue().time(item.start)
    if start.date() - now.astimezone().date() == timedelta(days=1):
        return tr("Your next meeting is tomorrow at {time}: {topic}.", time=time, topic=topic_of(item))
    day = tongue().weekday(start.date())
    return tr("Your next meeting is {day} at {time}: {topic}.", day=day, time=time, topic=topic_of(item))


def _day(moment: datetime, now: datetime) -> str:
    away = (moment.date() - now.astimezone().date()).days
    if away in (0, 1):
        return (tr("Today"), tr("Tomorrow"))[away]
    return tongue().long_date(moment.date())
