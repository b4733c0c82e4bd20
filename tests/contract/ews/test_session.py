from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.contract.ews.stage import EwsStage, event_of
from tests.contract.ews_recorder import Recorder
from tests.contract.provider_contract import ME, WINDOW, Contract, Planned, Stage, Trouble, at, contacts, read, start_of
from zoomcal.domain.meetings import Answer, Days, Role, Timed
from zoomcal.errors import (
    BadRequest,
    BlockedByPolicy,
    Forbidden,
    Gone,
    NeedsReauth,
    Offline,
    ProviderError,
    ResyncNeeded,
    Throttled,
    Transient,
)
from zoomcal.providers.http import Retry
from zoomcal.sandbox.mailbox import Attendee, Contact, Event, Person

BO = Person(name="Bo", address="bo@example.com")


class TestExchange(Contract):
    @pytest.fixture
    def stage(self, ews: EwsStage) -> EwsStage:
        return ews


class TestExchangeOverNtlm(Contract):
    @pytest.fixture
    def stage(self, ntlm: EwsStage) -> EwsStage:
        return ntlm

    @pytest.mark.parametrize(
        ("kind", "error", "reads"),
        [
            ("throttled", Throttled, 5),
            ("failing", Transient, 5),
            ("half an answer", Transient, 5),
            ("no answer", Offline, 2),
        ],
    )
    def test_lasting_trouble_is_told_after_few_tries(
        self, stage: Stage, kind: Trouble, error: type[Exception], reads: int
    ) -> None:
        """Leave out what breaks off half-way: the answer to a new connection has no body to break off in."""
        super().test_lasting_trouble_is_told_after_few_tries(stage, kind, error, reads)


def test_over_ntlm_a_connection_signs_in_once_and_reads_everything(ntlm: EwsStage) -> None:
    for number in range(120):
        ntlm.plan(Planned(title=f"Event {number}"))
    uid = ntlm.add_contact("An", "+84 24 3825 0001")
    before = ntlm.reads()
    ntlm.exchange.operations.clear()
    assert len(read(ntlm)) == 120
    found, _, cursor = contacts(ntlm)
    assert set(found) == {uid}
    assert contacts(ntlm, cursor)[0] == {}
    asked = ntlm.reads() - before
    assert asked - len(ntlm.exchange.operations) == 1, "what opens the signing in, once for the connection"
    ntlm.cut_network()
    with pytest.raises(Offline):
        read(ntlm)
    ntlm.restore()
    assert len(read(ntlm)) == 120
    assert ntlm.failed == 0


# -- reading in two steps ---------------------------------------------------------------------------------------------
def test_only_what_is_new_or_changed_is_read_whole(ews: EwsStage, messages: Recorder) -> None:
    kept, changed = (ews.plan(Planned(title=title)) for title in ("Kept", "Changed"))
    calendar = ews.calendar()
    assert len(read(ews, calendar=calendar)) == 2
    messages.kept.clear()
    first = read(ews, calendar=calendar)
    assert messages.operations == ["FindItem"]
    ews.mailbox.calendar.change(next(e.id for e in ews.mailbox.calendar.events if e.subject == "Changed"), location="x")
    messages.kept.clear()
    again = read(ews, calendar=calendar)
    assert messages.operations == ["FindItem", "GetItem"]
    (request,) = (each.request for each in messages.kept if b"GetItem" in each.request)
    assert changed.encode() in request
    assert kept.encode() not in request
    assert {meeting.location for meeting in again} == {"", "x"}
    assert {meeting.uid for meeting in first} == {kept, changed}


def test_what_left_the_window_is_forgotten(ews: EwsStage) -> None:
    uid = ews.plan(Planned(title="Moves"))
    assert len(read(ews)) == 1
    event = next(iter(ews.mailbox.calendar.events))
    ews.mailbox.calendar.change(event.id, start=event.begins + timedelta(days=9), end=event.ends + timedelta(days=9))
    assert read(ews) == []
    later = Timed(WINDOW.start + timedelta(days=9), WINDOW.end + timedelta(days=9))
    assert [meeting.uid for meeting in read(ews, later)] == [uid]


def test_folders_are_looked_for_now_and_then_and_the_first_calendar_always(ews: EwsStage, messages: Recorder) -> None:
    now = [0.0]
    session = ews.open(clock=lambda: now[0])
    session.calendars()
    messages.kept.clear()
    session.calendars()
    assert messages.operations == ["GetFolder"]
    ews.mailbox.add_calendar("New")
    now[0] = 601
    assert [calendar.name for calendar in session.calendars()] == ["Calendar", "Team", "New"]
    session.close()


def test_a_page_that_the_server_cuts_short_loses_and_doubles_nothing(ews: EwsStage) -> None:
    for number in range(2_600):
        start = WINDOW.start + timedelta(minutes=number * 1.5)
        ews.plan(Planned(title=str(number), start=start, end=start + timedelta(hours=2)))
    found = [meeting.title for meeting in read(ews)]
    assert len(found) == len(set(found)) == 2_600


def test_more_at_one_hour_than_the_server_shows_is_read_as_the_calendar_holds_it(ews: EwsStage) -> None:
    for number in range(1_030):
        ews.plan(Planned(title=str(number)))
    series = ews.plan(Planned(title="Daily", start=at(2, 9), end=at(2, 10), rule="FREQ=DAILY"))
    ews.change_occurrence(series, at(13, 9), at(13, 15))
    found = [(meeting.title, start_of(meeting)) for meeting in read(ews)]
    assert len(found) == len(set(found)) == 1_033
    assert {start for title, start in found if title == "Daily"} == {at(11, 9), at(12, 9), at(13, 15)}


# -- what is odd ------------------------------------------------------------------------------------------------------
def test_a_series_shown_as_itself_is_expanded_here(ews: EwsStage) -> None:
    planned = Planned(title="Daily", start=at(2, 9), end=at(2, 10), rule="FREQ=DAILY")
    series = ews.plan(planned)
    usual = {start_of(meeting): meeting.title for meeting in read(ews)}
    ews.change_occurrence(series, at(12, 9), None)
    ews.change_occurrence(series, at(13, 9), at(13, 15))
    expected = {start_of(meeting): meeting.title for meeting in read(ews)}
    assert expected != usual
    ews.exchange.quirks.masters_in_views = True
    session = ews.open()
    found = [meeting for page in session.meetings(ews.calendar(), WINDOW) for meeting in page]
    session.close()
    assert {start_of(meeting): meeting.title for meeting in found} == expected
    assert len({meeting.uid for meeting in found}) == len(found)
    assert len({meeting.series_uid for meeting in found}) == 1


def test_a_zone_of_its_own_name_and_an_item_of_no_class_cost_nothing_else(
    ews: EwsStage, caplog: pytest.LogCaptureFixture
) -> None:
    odd = ews.mailbox.calendar.add(event_of(Planned(title="Odd zone")))
    plain = ews.mailbox.calendar.add(event_of(Planned(title="Plain")))
    ews.plan(Planned(title="There"))
    ews.exchange.quirks.zone_ids[odd.id] = "tzone://Custom/Zone 1"
    ews.exchange.quirks.plain_items.add(plain.id)
    with caplog.at_level("INFO"):
        found = {meeting.title: meeting.zone for meeting in read(ews)}
    assert found == {"Odd zone": "", "There": "Asia/Bangkok"}
    assert "1 items of a calendar are no meetings" in caplog.text


def test_a_server_that_lists_no_folders_still_has_its_first_ones(ews: EwsStage) -> None:
    ews.exchange.quirks.lacks |= {"FindFolder", "ConvertId", "GetServerTimeZones"}
    ews.plan(Planned(title="There"))
    uid = ews.add_contact("An")
    assert [meeting.title for meeting in read(ews)] == ["There"]
    assert [calendar.name for calendar in ews.session.calendars()] == ["Calendar"]
    assert set(contacts(ews)[0]) == {uid}


def test_a_whole_day_is_that_day_wherever_it_was_planned(ews: EwsStage) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC", "Pacific/Kiritimati", "Asia/Kolkata"):
        ews.plan(Planned(title=zone, start=date(2026, 3, 11), end=date(2026, 3, 12), zone=zone))
    assert {meeting.when for meeting in read(ews)} == {Days(date(2026, 3, 11), date(2026, 3, 12))}


def test_a_page_of_html_keeps_its_links(ews: EwsStage) -> None:
    body = '<p>Join <a href="https://us02web.zoom.us/j/81234567890?pwd=abc.1">here</a></p>'
    ews.mailbox.calendar.add(replace(event_of(Planned(title="Page")), body=body, body_is_html=True))
    (meeting,) = read(ews)
    assert "<a href" in meeting.description
    assert meeting.finding.link
    assert meeting.finding.link.meeting_id == "81234567890"


def test_who_comes_and_how_is_told(ews: EwsStage) -> None:
    invited = (
        Attendee(person=BO, answer="declined"),
        Attendee(person=Person(name="Cy", address="cy@example.com"), role="optional"),
        Attendee(person=Person(name="Room", address="room@example.org"), role="resource", answer="accepted"),
    )
    ews.mailbox.calendar.add(replace(event_of(Planned(title="Mine")), attendees=invited))
    (meeting,) = read(ews)
    assert (meeting.role, meeting.answer, meeting.host.email) == (Role.HOST, Answer.ACCEPTED, ME)
    assert [(each.person.name, each.answer, each.is_resource) for each in meeting.attendees] == [
        ("Bo", Answer.DECLINED, False),
        ("Cy", Answer.NONE, False),
        ("Room", Answer.ACCEPTED, True),
    ]
    assert meeting.ical_uid
    assert meeting.etag


# -- contacts ---------------------------------------------------------------------------------------------------------
def test_contacts_of_further_folders_come_too_and_lists_of_people_do_not(ews: EwsStage) -> None:
    below = ews.mailbox.add_folder("Suppliers")
    card = below.add(
        Contact(
            display_name="Dung",
            company="Acme",
            job_title="Buyer",
            emails=(Person(name="Dung", address="dung@example.org"),),
            mobile_phone="+84 90 1",
        )
    )
    own = ews.add_contact("An")
    found, _, cursor = contacts(ews)
    dung = found[ews.item_id(card.id)]
    assert set(found) == {own, ews.item_id(card.id)}
    assert (dung.name, dung.company, dung.title) == ("Dung", "Acme", "Buyer")
    assert [email.address for email in dung.emails] == ["dung@example.org"]
    assert [(phone.number, phone.kind) for phone in dung.phones] == [("+84 90 1", "mobile")]
    below.remove(card.id)
    assert contacts(ews, cursor)[:2] == ({}, {ews.item_id(card.id)})


def test_a_folder_of_contacts_that_goes_asks_for_everything_anew(ews: EwsStage) -> None:
    folder = ews.mailbox.add_folder("Suppliers")
    _, _, cursor = contacts(ews)
    del ews.mailbox.folders[folder.id]
    session = ews.open()
    with pytest.raises(ResyncNeeded):
        list(session.changes(cursor))
    session.close()


def test_as_many_contacts_are_told_as_there_are(ews: EwsStage) -> None:
    for name in ("An", "Bình"):
        ews.add_contact(name)
    assert {page.total for page in ews.session.changes(None)} == {2}


# -- errors -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, NeedsReauth),
        (403, BlockedByPolicy),
        (404, BadRequest),
        (429, Throttled),
        (500, Transient),
        (502, Transient),
        (503, Throttled),
    ],
)
def test_every_status_stands_for_one_error(ews: EwsStage, status: int, error: type[ProviderError]) -> None:
    ews.exchange.faults.add(kind="status", status=status, times=None)
    with pytest.raises(error) as caught:
        ews.session.calendars()
    assert type(caught.value) is error
    assert caught.value.detail == f"HTTP {status}"


def test_a_busy_server_is_left_alone_for_as_long_as_it_says(ews: EwsStage) -> None:
    ews.exchange.quirks.busy, ews.exchange.quirks.busy_ms = 9, 44_000
    with pytest.raises(Throttled) as caught:
        ews.session.calendars()
    assert caught.value.retry_after_s == pytest.approx(44)
    assert ews.exchange.quirks.busy == 8


def test_a_refusal_by_the_front_server_blocks(ews: EwsStage) -> None:
    ews.exchange.quirks.cas_error = "UserNotFound"
    with pytest.raises(BlockedByPolicy) as caught:
        ews.session.calendars()
    assert caught.value.detail == "HTTP 500 UserNotFound"


def test_a_mailbox_on_the_move_is_a_passing_trouble(ews: EwsStage) -> None:
    ews.exchange.quirks.moved = True
    with pytest.raises(Transient, match="being moved"):
        ews.session.calendars()


def test_a_page_instead_of_soap_is_a_passing_trouble(ews: EwsStage) -> None:
    ews.exchange.quirks.html = True
    with pytest.raises(Transient):
        ews.session.calendars()


@pytest.mark.parametrize(
    ("target", "error", "said"),
    [
        ("https://outlook.office365.com/EWS/Exchange.asmx", BlockedByPolicy, "moved to Microsoft’s cloud"),
        ("https://mail2.example.org/EWS/Exchange.asmx?token=secret", NeedsReauth, r"mail2\.example\.org"),
    ],
)
def test_a_server_that_sends_us_on_is_not_followed(
    ews: EwsStage, target: str, error: type[ProviderError], said: str
) -> None:
    ews.exchange.quirks.redirect = target
    before = ews.reads()
    with pytest.raises(error, match=said) as caught:
        ews.session.calendars()
    assert "secret" not in f"{caught.value} {caught.value.detail}"
    assert ews.reads() - before == 1


def test_a_further_calendar_that_is_closed_to_us_leaves_the_first_one_readable(ews: EwsStage) -> None:
    first, further = ews.session.calendars()
    ews.plan(Planned(title="There"))
    ews.exchange.quirks.denied.add(ews.further.id)
    with pytest.raises((Forbidden, Gone)):
        list(ews.session.meetings(further, WINDOW))
    assert [meeting.title for meeting in read(ews, calendar=first)] == ["There"]


def test_an_old_server_is_read_in_its_own_words(ews: EwsStage) -> None:
    for version in ("Exchange2007_SP1", "Exchange2010", "Exchange2013"):
        ews.exchange.version = version
        ews.grant = ews.connected()
        ews.session.close()
        ews.session = ews.open()
        uid = ews.plan(Planned(title=version, start=at(12, 9), end=at(12, 10)))
        ews.plan(Planned(title=f"day {version}", start=date(2026, 3, 11), end=date(2026, 3, 12)))
        found = {meeting.title: meeting for meeting in read(ews)}
        assert found[version].uid == uid
        assert found[f"day {version}"].when == Days(date(2026, 3, 11), date(2026, 3, 12))
        card = ews.add_contact(version)
        assert contacts(ews)[0][card].name == version


def test_no_more_than_a_request_a_minute_is_made_of_an_idle_account(ews: EwsStage) -> None:
    ews.plan(Planned(title="There"))
    read(ews)
    before = ews.reads()
    (first, further) = ews.session.calendars()
    for calendar in (first, further):
        list(ews.session.meetings(calendar, WINDOW))
    assert ews.reads() - before == 3


def test_a_closed_session_keeps_no_retry_going(ews: EwsStage) -> None:
    session = ews.open(retry=Retry(unit_s=100))
    session.close()
    with pytest.raises(Exception, match="cancelled"):
        session.calendars()


def test_times_are_those_of_the_wall_where_it_was_planned(ews: EwsStage) -> None:
    moment = datetime(2026, 3, 11, 9, tzinfo=UTC)
    ews.mailbox.calendar.add(Event(subject="Far", start=moment, end=moment, zone="America/St_Johns"))
    assert [meeting.zone for meeting in read(ews)] == ["America/St_Johns"]
