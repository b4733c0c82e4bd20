"""As many events as asked for, inside the window that a program syncs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from zoomcal.sandbox.data import texts
from zoomcal.sandbox.data.cast import COLLEAGUES, EVERYONE, LAN, Person
from zoomcal.sandbox.data.clock import midnight
from zoomcal.sandbox.data.diary import Diary
from zoomcal.sandbox.data.links import Links, conference, invitation, invitation_html
from zoomcal.sandbox.data.mailbox_diary import MailboxDiary
from zoomcal.sandbox.google.service import Google
from zoomcal.sandbox.mailbox import Mailbox

_DAYS = 3
_TOPICS = (
    "Route planning",
    "Lịch xe tải",
    "Vertragsprüfung",
    "予算会議",
    "اجتماع الفريق",
    "Retro 🎯",
    "Customer call",
    "Loading dock",
)
_FOOTERS = (
    "This invitation is meant for the people named in it. If you are not one of them, please delete it and tell us.\n",
    "Dial-in: +84 24 4458 1234, +49 69 7104 9922, +1 646 558 8656, +81 3 4578 1488. Long-distance rates may apply.\n",
    "Before we meet: read the numbers, note your questions, and say which of them can be settled in writing instead.\n",
)
_ANSWERS = ("accepted", "accepted", "accepted", "needsAction", "tentative", "declined")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A generated event before it stands on a calendar."""

    key: str
    start: datetime
    minutes: int
    summary: str
    host: Person
    guests: list[tuple[Person, str]]
    place: Json
    """Google's fields that say where it is held."""


def planned(rng: random.Random, links: Links, *, count: int, moment: datetime, zone: tzinfo) -> Iterator[Planned]:
    """Yield `count` events between local midnight of today and the end of the day after tomorrow."""
    today = moment.astimezone(zone).date()
    first, last = midnight(today, zone), midnight(today + timedelta(days=_DAYS), zone)
    span_min = int((last - first).total_seconds()) // 60 - 60
    for number in range(count):
        host = rng.choice(EVERYONE)
        yield Planned(
            key=f"bulk {number}",
            start=first + timedelta(minutes=rng.randrange(0, span_min, 5)),
            minutes=rng.choice((15, 30, 30, 45, 60)),
            summary=f"{rng.choice(_TOPICS)} {number}",
            host=host,
            guests=_guests(rng, host),
            place=_place(rng, links, host),
        )


def add_events(google: Google, *, count: int, seed: int, moment: datetime, zone: tzinfo) -> None:
    """Add `count` generated events to the owner's primary calendar."""
    rng = random.Random(f"events {seed}")  # noqa: S311 (sample data)
    diary = Diary(google.events, seed)
    for event in planned(rng, Links(rng, google.issued), count=count, moment=moment, zone=zone):
        diary.put(event.key, event.start, event.minutes, event.summary, event.host, event.guests, **event.place)


def add_to_mailbox(
    mailbox: Mailbox, me: Person, links: Links, rng: random.Random, *, count: int, moment: datetime, zone: tzinfo
) -> None:
    """Add `count` generated events to a mailbox's default calendar; its person stands in for Lan at Google."""
    diary = MailboxDiary(mailbox.calendar, me)
    for event in planned(rng, links, count=count, moment=moment, zone=zone):
        guests = [(me if person is LAN else person, answer) for person, answer in event.guests]
        body = event.place.get("description", "")
        diary.put(
            event.start, event.minutes, event.summary, me if event.host is LAN else event.host, guests, body=body,
            body_is_html=body.startswith("<"), location=event.place.get("location", ""),
        )  # fmt: skip


def _guests(rng: random.Random, host: Person) -> list[tuple[Person, str]]:
    asked = {*rng.sample(COLLEAGUES, rng.randrange(1, 6)), LAN} - {host}
    return [(person, rng.choice(_ANSWERS)) for person in sorted(asked, key=lambda each: each.email)]


def _place(rng: random.Random, links: Links, host: Person) -> Json:
    makers: tuple[Callable[[random.Random, Links, Person], Json], ...] = (
        _no_link, _text, _html, _location, _conference, _wrapped, _teams, _long,
    )  # fmt: skip
    return rng.choices(makers, (40, 20, 12, 8, 8, 5, 4, 3))[0](rng, links, host)


def _no_link(rng: random.Random, _: Links, __: Person) -> Json:
    return {"location": "Phòng họp Sông Hồng"} if rng.random() < 0.4 else {"description": rng.choice(_FOOTERS)}


def _text(rng: random.Random, links: Links, host: Person) -> Json:
    return {
        "description": invitation(links.meeting(), host.name) + "".join(rng.choices(_FOOTERS, k=rng.randrange(4, 20)))
    }


def _html(rng: random.Random, links: Links, host: Person) -> Json:
    footers = "".join(f"<p>{text}</p>" for text in rng.choices(_FOOTERS, k=rng.randrange(4, 18)))
    return {"description": invitation_html(links.meeting(), host.name) + footers}


def _location(_: random.Random, links: Links, __: Person) -> Json:
    return {"location": links.meeting().url}


def _conference(_: random.Random, links: Links, host: Person) -> Json:
    meeting = links.meeting()
    return {"conferenceData": conference(meeting), "description": invitation(meeting, host.name)}


def _wrapped(rng: random.Random, links: Links, host: Person) -> Json:
    wrap = rng.choice((links.safelink, links.proofpoint_v2, links.proofpoint_v3))
    meeting = links.meeting()
    return {"description": invitation_html(meeting, host.name, wrap(meeting.url))}


def _teams(_: random.Random, __: Links, ___: Person) -> Json:
    return {"description": texts.TEAMS}


def _long(_: random.Random, links: Links, __: Person) -> Json:
    return {"description": f"{texts.long_report()}{links.meeting().url}\n"}
