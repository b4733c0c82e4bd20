"""What every provider of meetings and contacts keeps to, whatever its service: run against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Event
from time import monotonic
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import pytest

from zoomcal.domain.contacts import Contact
from zoomcal.domain.meetings import AccountId, Answer, Days, Meeting, Role, Timed
from zoomcal.errors import (
    BlockedByPolicy,
    Cancelled,
    Gone,
    NeedsConsent,
    NeedsReauth,
    Offline,
    ResyncNeeded,
    Throttled,
    Transient,
)
from zoomcal.providers.base import Calendar, ContactPage, Session

Trouble = Literal["throttled", "failing", "broken off", "half an answer", "no answer", "slow"]
ME = "ada@example.org"
HANOI = "Asia/Ho_Chi_Minh"
WINDOW = Timed(datetime(2026, 3, 10, 17, tzinfo=UTC), datetime(2026, 3, 13, 17, tzinfo=UTC))
"""Three days of March in Hanoi."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An event to put on a calendar; its times are aware, or dates for whole days."""

    title: str = "Plan"
    start: datetime | date = datetime(2026, 3, 11, 9, tzinfo=ZoneInfo(HANOI))
    end: datetime | date = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo(HANOI))
    zone: str = HANOI
    rule: str = ""
    """RFC 5545, without its name."""
    organizer: str = ME
    invited: tuple[tuple[str, str], ...] = ()
    """Addresses, and what they answered: accepted, declined, tentative, or nothing."""
    location: str = ""


class Stage(Protocol):
    """One account at one service, seen from behind: a test sets up there what the session then reads."""

    @property
    def account(self) -> AccountId:
        """Its id."""

    @property
    def session(self) -> Session:
        """What reads it."""

    def plan(self, planned: Planned) -> str:
        """Put an event on the account's own calendar; return its id."""

    def change_occurrence(self, uid: str, original: datetime, start: datetime | None) -> None:
        """Move an occurrence of a series to `start`, or cancel it."""

    def cancel(self, uid: str) -> None:
        """Cancel an event."""

    def add_contact(self, name: str, phone: str = "") -> str:
        """Add a contact and return its id."""

    def remove_contact(self, uid: str) -> None:
        """Delete a contact."""

    def forget_cursors(self) -> None:
        """Let the service forget every cursor it gave out."""

    def trouble(self, kind: Trouble, times: int | None = None, *, hint_s: int | None = None) -> None:
        """Let the next `times` reads go wrong, or all of them when None."""

    def waiting(self) -> bool:
        """Whether a slow answer is being held back."""

    def cut_network(self) -> None:
        """Reset every connection, and every new one."""

    def restore(self) -> None:
        """End all trouble."""

    def reads(self) -> int:
        """How many requests the service has had."""

    def end_grant(self) -> None:
        """Withdraw the person's consent, or change the password."""

    def sign_in_again(self) -> None:
        """Re-authorise the same account as a person does; `session` is the new one afterwards."""

    def withdraw_contacts(self) -> None:
        """Refuse the contacts from now on; the calendar stays readable."""

    def calendar(self) -> Calendar:
        """Return the account's own calendar as the session lists it."""

    def lost_calendar(self) -> Calendar:
        """Return a calendar that the session listed and that is gone at the service."""


class SharedStage(Stage, Protocol):
    """A service that lists calendars of other people too."""

    def plan_shared(self, planned: Planned) -> str:
        """Put an event on a calendar that another person shares; return its id."""

    def shared_calendar(self) -> Calendar:
        """Return that calendar as the session lists it."""


class TokenStage(Stage, Protocol):
    """A service that gives access for an hour at a time."""

    def expire_access(self) -> None:
        """Let access tokens expire; they can be renewed."""


def read(stage: Stage, window: Timed = WINDOW, calendar: Calendar | None = None) -> list[Meeting]:
    """Read a whole window, of the account's own calendar where none is named."""
    pages = stage.session.meetings(calendar or stage.calendar(), window)
    return [meeting for page in pages for meeting in page]


def start_of(meeting: Meeting) -> datetime:
    """Return when a meeting that is not of whole days starts."""
    assert isinstance(meeting.when, Timed)
    return meeting.when.start


def contacts(stage: Stage, cursor: str | None = None) -> tuple[dict[str, Contact], set[str], str]:
    """Read all changes; only the last page has a cursor."""
    pages: list[ContactPage] = list(stage.session.changes(cursor))
    assert [page.next_cursor is not None for page in pages] == [False] * (len(pages) - 1) + [True]
    last = pages[-1].next_cursor
    assert last
    changed = {contact.uid: contact for page in pages for contact in page.changed}
    return changed, {uid for page in pages for uid in page.deleted}, last


def at(day: int, hour: int, minute: int = 0, zone: str = HANOI) -> datetime:
    """Return a moment of March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone))


class Contract:
    """The tests for every service; a subclass gives the fixture `stage`."""

    @pytest.fixture
    def pool(self) -> Iterator[ThreadPoolExecutor]:
        """A thread for a call that another one cuts off."""
        with ThreadPoolExecutor(1) as executor:
            yield executor

    # -- meetings -----------------------------------------------------------------------------------------------------
    def test_a_meeting_arrives_complete(self, stage: Stage) -> None:
        planned = Planned(
            title="Họp 🎂 <b>",
            organizer="bo@example.com",
            invited=((ME, "tentative"), ("bo@example.com", "accepted"), ("cy@example.com", "")),
            location="https://us02web.zoom.us/j/81234567890?pwd=abc.1",
        )
        uid = stage.plan(planned)
        (meeting,) = read(stage)
        assert (meeting.account, meeting.calendar_id, meeting.uid) == (stage.account, stage.calendar().id, uid)
        assert (meeting.title, meeting.location) == (planned.title, planned.location)
        assert meeting.when == Timed(at(11, 9).astimezone(UTC), at(11, 10).astimezone(UTC))
        assert at(11, 9, zone=meeting.zone) == at(11, 9)
        assert meeting.host.email == "bo@example.com"
        assert (meeting.role, meeting.answer) == (Role.INVITEE, Answer.TENTATIVE)
        answers = {attendee.person.email: (attendee.answer, attendee.is_self) for attendee in meeting.attendees}
        assert answers == {
            ME: (Answer.TENTATIVE, True),
            "bo@example.com": (Answer.ACCEPTED, False),
            "cy@example.com": (Answer.NONE, False),
        }
        assert meeting.finding.is_zoom
        assert meeting.finding.link
        assert meeting.finding.link.meeting_id == "81234567890"

    def test_what_overlaps_the_window_is_read_and_what_only_touches_it_is_not(self, stage: Stage) -> None:
        start, end = WINDOW.start, WINDOW.end
        minute = timedelta(minutes=1)
        for title, first, last in (
            ("ends as it starts", start - minute, start),
            ("runs into it", start - minute, start + minute),
            ("fills it", start, end),
            ("runs out of it", end - minute, end + minute),
            ("around it", start - minute, end + minute),
            ("starts as it ends", end, end + minute),
        ):
            stage.plan(Planned(title=title, start=first, end=last))
        assert {meeting.title for meeting in read(stage)} == {"runs into it", "fills it", "runs out of it", "around it"}

    def test_every_page_is_read_once(self, stage: Stage) -> None:
        planned = {stage.plan(Planned(title=f"Event {number}")) for number in range(1_120)}
        pages = list(stage.session.meetings(stage.calendar(), WINDOW))
        found = [meeting.uid for page in pages for meeting in page]
        assert len(pages) > 1
        assert len(found) == 1_120
        assert set(found) == planned

    def test_a_series_comes_as_its_occurrences_with_exceptions_moved_and_cancelled_ones(self, stage: Stage) -> None:
        series = stage.plan(Planned(title="Daily", start=at(2, 9), end=at(2, 10), rule="FREQ=DAILY"))
        stage.change_occurrence(series, at(12, 9), None)
        stage.change_occurrence(series, at(13, 9), at(13, 15))
        stage.change_occurrence(series, at(20, 9), at(12, 20))
        stage.change_occurrence(series, at(11, 9), at(25, 9))
        stage.plan(Planned(title="Once", start=at(11, 18), end=at(11, 19)))
        found = read(stage)
        starts = {start_of(meeting) for meeting in found if meeting.title == "Daily"}
        assert starts == {at(13, 15), at(12, 20)}
        assert len({meeting.uid for meeting in found}) == 3
        assert {meeting.title: bool(meeting.series_uid) for meeting in found} == {"Daily": True, "Once": False}
        assert len({meeting.series_uid for meeting in found if meeting.title == "Daily"}) == 1

    def test_a_whole_day_stays_a_date(self, stage: Stage) -> None:
        stage.plan(Planned(title="Fair", start=date(2026, 3, 11), end=date(2026, 3, 13)))
        (meeting,) = read(stage)
        assert meeting.when == Days(date(2026, 3, 11), date(2026, 3, 13))

    def test_a_cancelled_meeting_is_not_there(self, stage: Stage) -> None:
        stage.cancel(stage.plan(Planned(title="Off")))
        stage.plan(Planned(title="On"))
        assert [meeting.title for meeting in read(stage)] == ["On"]

    @pytest.mark.parametrize(
        ("said", "answer"),
        [
            ("accepted", Answer.ACCEPTED),
            ("declined", Answer.DECLINED),
            ("tentative", Answer.TENTATIVE),
            ("", Answer.NONE),
        ],
    )
    def test_ones_own_answer_is_told(self, stage: Stage, said: str, answer: Answer) -> None:
        stage.plan(Planned(organizer="bo@example.com", invited=((ME, said),)))
        assert [meeting.answer for meeting in read(stage)] == [answer]

    def test_who_organises_hosts_and_nobody_answers_oneself(self, stage: Stage) -> None:
        stage.plan(Planned())
        (meeting,) = read(stage)
        assert (meeting.role, meeting.answer, meeting.host.email) == (Role.HOST, Answer.ACCEPTED, ME)

    @pytest.mark.parametrize(
        ("zone", "day", "offsets"),
        [
            ("America/New_York", 7, (-5, -4)),
            ("Europe/Berlin", 28, (1, 2)),
            ("Australia/Lord_Howe", 3, (11, 10.5)),
        ],
    )
    def test_an_hour_on_the_clock_stays_that_hour_when_the_clocks_change(
        self, stage: Stage, zone: str, day: int, offsets: tuple[float, float]
    ) -> None:
        month = 4 if zone.startswith("Australia") else 3
        first = datetime(2026, month, day, 9, tzinfo=ZoneInfo(zone))
        stage.plan(Planned(start=first, end=first + timedelta(hours=1), zone=zone, rule="FREQ=DAILY;COUNT=3"))
        window = Timed(first.astimezone(UTC) - timedelta(days=1), first.astimezone(UTC) + timedelta(days=4))
        found = sorted(start_of(meeting) for meeting in read(stage, window))
        naive = [datetime(2026, month, day + later, 9, tzinfo=UTC) for later in range(3)]
        hours = [(nine - start).total_seconds() / 3600 for nine, start in zip(naive, found, strict=True)]
        assert hours[0] == offsets[0]
        assert hours[2] == offsets[1]

    def test_both_of_the_two_hours_of_one_name_are_told_apart(self, stage: Stage) -> None:
        zone = "Europe/Berlin"
        for fold in (0, 1):
            start = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo(zone), fold=fold)
            stage.plan(Planned(title=str(fold), start=start.astimezone(UTC), end=start.astimezone(UTC), zone=zone))
        window = Timed(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
        found = {meeting.title: meeting.when for meeting in read(stage, window)}
        early, late = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
        assert found == {"0": Timed(early, early), "1": Timed(late, late)}

    def test_a_calendar_that_is_gone_says_so(self, stage: Stage) -> None:
        with pytest.raises(Gone):
            list(stage.session.meetings(stage.lost_calendar(), WINDOW))

    # -- contacts -----------------------------------------------------------------------------------------------------
    def test_contacts_come_whole_and_then_as_changes(self, stage: Stage) -> None:
        an, binh = stage.add_contact("An", "+84 24 3825 0001"), stage.add_contact("Bình")
        found, gone, cursor = contacts(stage)
        assert {found[an].name, found[binh].name} == {"An", "Bình"}
        assert [phone.number for phone in found[an].phones] == ["+84 24 3825 0001"]
        assert (found[an].account, gone) == (stage.account, set())
        chi = stage.add_contact("Chi")
        stage.remove_contact(an)
        changed, gone, cursor = contacts(stage, cursor)
        assert (set(changed), gone) == ({chi}, {an})
        changed, gone, _ = contacts(stage, cursor)
        assert (changed, gone) == ({}, set())

    def test_many_contacts_come_page_by_page(self, stage: Stage) -> None:
        added = {stage.add_contact(f"Person {number}") for number in range(2_300)}
        found, _, _ = contacts(stage)
        assert set(found) == added

    def test_a_forgotten_cursor_asks_for_everything_anew(self, stage: Stage) -> None:
        stage.add_contact("An")
        _, _, cursor = contacts(stage)
        stage.forget_cursors()
        with pytest.raises(ResyncNeeded):
            list(stage.session.changes(cursor))
        assert len(contacts(stage)[0]) == 1
        with pytest.raises(ResyncNeeded):
            list(stage.session.changes("not one of ours"))

    # -- trouble ------------------------------------------------------------------------------------------------------
    @pytest.mark.parametrize("kind", ["throttled", "failing", "broken off", "half an answer", "no answer"])
    def test_passing_trouble_is_waited_out(self, stage: Stage, kind: Trouble) -> None:
        stage.plan(Planned(title="There"))
        calendar = stage.calendar()
        stage.trouble(kind, times=1)
        assert [m.title for page in stage.session.meetings(calendar, WINDOW) for m in page] == ["There"]

    @pytest.mark.parametrize(
        ("kind", "error", "reads"),
        [
            ("throttled", Throttled, 5),
            ("failing", Transient, 5),
            ("broken off", Transient, 5),
            ("half an answer", Transient, 5),
            ("no answer", Offline, 2),
        ],
    )
    def test_lasting_trouble_is_told_after_few_tries(
        self, stage: Stage, kind: Trouble, error: type[Exception], reads: int
    ) -> None:
        calendar = stage.calendar()
        before = stage.reads()
        stage.trouble(kind)
        with pytest.raises(error):
            list(stage.session.meetings(calendar, WINDOW))
        assert stage.reads() - before == reads

    def test_a_service_that_says_how_long_is_not_asked_again(self, stage: Stage) -> None:
        calendar = stage.calendar()
        before = stage.reads()
        stage.trouble("throttled", hint_s=77)
        with pytest.raises(Throttled) as caught:
            list(stage.session.meetings(calendar, WINDOW))
        assert caught.value.retry_after_s == pytest.approx(77, abs=2)
        assert stage.reads() - before == 1

    def test_trouble_on_a_later_page_is_told_after_the_pages_before_it(self, stage: Stage) -> None:
        for number in range(1_120):
            stage.plan(Planned(title=f"Event {number}"))
        pages = stage.session.meetings(stage.calendar(), WINDOW)
        assert next(pages)
        stage.trouble("failing")
        with pytest.raises(Transient):
            next(pages)

    def test_without_a_network_the_service_is_offline_and_back_when_it_is_back(self, stage: Stage) -> None:
        stage.plan(Planned(title="There"))
        assert len(read(stage)) == 1
        stage.cut_network()
        with pytest.raises(Offline) as caught:
            stage.session.calendars()
        assert caught.value.detail
        stage.restore()
        assert len(read(stage)) == 1

    def test_closing_cuts_off_a_call_that_waits(self, stage: Stage, pool: ThreadPoolExecutor) -> None:
        calendar = stage.calendar()
        stage.trouble("slow")
        future = pool.submit(lambda: list(stage.session.meetings(calendar, WINDOW)))
        poll = Event()
        deadline = monotonic() + 20
        while not stage.waiting() and monotonic() < deadline:
            poll.wait(0.01)
        assert stage.waiting()
        stage.session.close()
        with pytest.raises(Cancelled):
            future.result(20)
        assert stage.waiting(), "the answer came, and was not cut off"
        with pytest.raises(Cancelled):
            stage.session.calendars()

    # -- the grant ----------------------------------------------------------------------------------------------------
    def test_a_withdrawn_consent_needs_the_person(self, stage: Stage) -> None:
        calendar = stage.calendar()
        stage.end_grant()
        with pytest.raises(NeedsReauth):
            list(stage.session.meetings(calendar, WINDOW))
        with pytest.raises(NeedsReauth):
            stage.session.calendars()

    def test_signing_in_again_goes_on_where_it_was(self, stage: Stage) -> None:
        stage.plan(Planned(title="There"))
        stage.add_contact("An")
        (before,) = read(stage)
        _, _, cursor = contacts(stage)
        stage.end_grant()
        with pytest.raises(NeedsReauth):
            read(stage, calendar=Calendar(id=before.calendar_id, name=""))
        stage.sign_in_again()
        assert read(stage) == [before]
        binh = stage.add_contact("Bình")
        assert set(contacts(stage, cursor)[0]) == {binh}

    def test_revoking_may_be_repeated(self, stage: Stage) -> None:
        left = stage.session.revoke()
        assert stage.session.revoke() == left

    def test_contacts_not_allowed_leave_the_calendar_readable(self, stage: Stage) -> None:
        stage.plan(Planned(title="There"))
        stage.withdraw_contacts()
        with pytest.raises((NeedsConsent, BlockedByPolicy)):
            list(stage.session.changes(None))
        assert len(read(stage)) == 1


class SharedContract:
    """What also holds where calendars of other people are listed."""

    def test_on_a_shared_calendar_its_owners_part_is_not_ones_own(self, stage: SharedStage) -> None:
        owner = "zoe@example.org"
        stage.plan_shared(Planned(title="Hers", organizer=owner, invited=((owner, "declined"),)))
        both = ((owner, "accepted"), (ME, "tentative"))
        stage.plan_shared(Planned(title="Ours", organizer=owner, invited=both))
        stage.plan_shared(Planned(title="Mine", organizer=ME, invited=((owner, "declined"),)))
        assert not stage.shared_calendar().owned
        found = {
            meeting.title: (meeting.role, meeting.answer) for meeting in read(stage, calendar=stage.shared_calendar())
        }
        assert found == {
            "Hers": (Role.INVITEE, Answer.ACCEPTED),
            "Ours": (Role.INVITEE, Answer.TENTATIVE),
            "Mine": (Role.HOST, Answer.ACCEPTED),
        }


class TokenContract:
    """What also holds where access is given for an hour at a time."""

    def test_an_expired_access_is_renewed_unseen(self, stage: TokenStage) -> None:
        stage.plan(Planned(title="There"))
        assert len(read(stage)) == 1
        stage.expire_access()
        assert len(read(stage)) == 1
