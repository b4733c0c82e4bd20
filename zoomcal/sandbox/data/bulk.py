"""As many events as asked for, inside the window that a program syncs."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from zoomcal.sandbox.data import texts
from zoomcal.sandbox.data.cast import COLLEAGUES, EVERYONE, LAN, Person
from zoomcal.sandbox.data.clock import midnight
from zoomcal.sandbox.data.diary import Diary
from zoomcal.sandbox.data.links import Links, conference, invitation, invitation_html
from zoomcal.sandbox.google.service import Google

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


def add_events(google: Google, *, count: int, seed: int, moment: datetime, zone: tzinfo) -> None:
    """Add `count` events between local midnight of today and the end of the day after tomorrow."""
    rng = random.Random(f"events {seed}")  # noqa: S311 (sample data)
    links = Links(rng, google.issued)
    today = moment.astimezone(zone).date()
    first, last = midnight(today, zone), midnight(today + timedelta(days=_DAYS), zone)
    span_min = int((last - first).total_seconds()) // 60 - 60
    diary = Diary(google.events, seed)
    for number in range(count):
        host = rng.choice(EVERYONE)
        start = first + timedelta(minutes=rng.randrange(0, span_min, 5))
        length = rng.choice((15, 30, 30, 45, 60))
        summary = f"{rng.choice(_TOPICS)} {number}"
        diary.put(f"bulk {number}", start, length, summary, host, _guests(rng, host), **_place(rng, links, host))


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
