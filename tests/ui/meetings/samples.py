"""Meetings of one invented day, in whatever zone the test runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from ui.meetings.view import Snapshot
from zoomcal.app import AccountView
from zoomcal.catalogue import sentence
from zoomcal.domain.agenda import Agenda, AgendaItem, Group, Section, Source
from zoomcal.domain.meetings import AccountId, Answer, Attendee, Days, Meeting, Person, Role, Service, Timed
from zoomcal.joinlink.model import Finding, Kind, Link, Place
from zoomcal.sync.health import Health

DAY = date(2026, 11, 24)
ME = AccountId("google:lan@saomai.example")
WORK = Source(account=ME, account_name="lan@saomai.example", calendar_id="w", name="Work", colour="denim")
ZOOM = Source(account=ME, account_name="lan@saomai.example", calendar_id="z", name="Zoom", colour="lagoon")
DUC = Person("Trần Minh Đức", "duc@saomai.example")
NO_LINK = Finding(why=sentence("No Zoom link was found."))
LOOK_ALIKE = Finding(why=sentence("It only looks like Zoom."), look_alike="zoom-us.example")


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    """Return a local time of November 2026 as an aware one in UTC."""
    return datetime(2026, 11, day, hour, minute).astimezone(UTC)


NOW = at(10, 48)


def zoom_link(meeting_id: str = "81234567890", passcode: str = "s3cret") -> Link:
    return Link(
        kind=Kind.JOIN,
        place=Place.LOCATION,
        url=f"https://us02web.zoom.us/j/{meeting_id}?pwd=x",
        host="us02web.zoom.us",
        meeting_id=meeting_id,
        passcode=passcode,
    )


def found(link: Link | None = None) -> Finding:
    return Finding(why=sentence("Found in the location."), link=link or zoom_link())


def item(
    uid: str,
    start: datetime | None = None,
    minutes: int = 60,
    *,
    title: str | None = None,
    finding: Finding | None = None,
    role: Role = Role.INVITEE,
    host: Person = DUC,
    answer: Answer = Answer.ACCEPTED,
    sources: tuple[Source, ...] = (WORK,),
    all_day: bool = False,
    silenced: bool = False,
    attendees: tuple[Attendee, ...] = (),
    location: str = "",
    description: str = "",
) -> AgendaItem:
    start = start or at(14)
    end = start + timedelta(minutes=minutes)
    meeting = Meeting(
        account=ME,
        calendar_id=sources[0].calendar_id if sources else "w",
        uid=uid,
        title=f"Meeting {uid}" if title is None else title,
        when=Days(DAY, DAY + timedelta(days=1)) if all_day else Timed(start, end),
        finding=finding or found(),
        role=role,
        answer=answer,
        host=host,
        attendees=attendees,
        location=location,
        description=description,
    )
    return AgendaItem(meeting=meeting, start=start, end=end, all_day=all_day, sources=sources, silenced=silenced)


def agenda(
    now: Sequence[AgendaItem] = (),
    following: Sequence[AgendaItem] = (),
    later: Sequence[AgendaItem] = (),
    *,
    filtered: int = 0,
    hidden: tuple[AgendaItem, ...] = (),
    upcoming: AgendaItem | None = None,
) -> Agenda:
    rows = ((Section.NOW, now), (Section.NEXT, following), (Section.LATER, later))
    return Agenda(
        groups=tuple(Group(section=section, items=tuple(items)) for section, items in rows if items),
        today=DAY,
        made_at=NOW,
        next_change=at(11),
        filtered=filtered,
        hidden=hidden,
        upcoming=upcoming,
    )


def running() -> AgendaItem:
    return item("now", at(10, 30), 45, title="Weekly product review")


def usual() -> Agenda:
    """One now, one next to be started, four later: to join, without a link, with a look-alike, to join."""
    return agenda(
        [running()],
        [item("next", at(11), 30, title="1:1 with Hà", role=Role.HOST, sources=(WORK, ZOOM))],
        [
            item("a", at(14)),
            item("b", at(15), finding=NO_LINK),
            item("c", at(15, 30), finding=LOOK_ALIKE),
            item("d", at(16)),
        ],
    )


def account(name: str = "lan@saomai.example", **health: object) -> AccountView:
    known: dict[str, object] = {"last_sync": at(10, 47), **health}
    return AccountView(
        id=AccountId(f"google:{name}"),
        service=Service.GOOGLE,
        name=name,
        server="",
        calendar=True,
        contacts=False,
        calendar_locked=False,
        contacts_locked=False,
        calendars=(),
        health=Health(**known),  # type: ignore[arg-type]
    )


def snapshot(shown: Agenda | None = None, *accounts: AccountView, now: datetime = NOW, **more: object) -> Snapshot:
    shown = usual() if shown is None else shown
    return Snapshot(agenda=shown, accounts=accounts or (account(),), now=now, zone=UTC, **more)  # type: ignore[arg-type]
