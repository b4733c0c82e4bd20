"""Three accounts are one list, and each comes and goes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.side_by_side.desk import EXCHANGE, GOOGLE, HANOI, MORNING, NAMES, OFFICE, Desk
from zoomcal.app import HealthKind
from zoomcal.domain.meetings import Role, Service

HOSTED = ("Design critique", "Bàn giao dữ liệu cho Nordwind", "Leipzig pilot, go or no go")
INVITED = ("Nordwind rollout call", "Interview: integration engineer", "Cutover stand-up", "Đối chiếu công nợ")
ONLY_THERE = {GOOGLE: "Dentist, Sài Gòn Dental", OFFICE: "Leipzig pilot, go or no go", EXCHANGE: "Đối chiếu công nợ"}


def test_the_days_of_all_accounts_are_one_list_and_a_meeting_on_several_of_them_is_one_row(desk: Desk) -> None:
    rows = desk.rows()
    starts = [item.start for item in rows if not item.all_day]
    assert starts == sorted(starts)
    for account in desk.accounts.values():
        assert desk.shown(account)
    on = {
        item.meeting.title: {source.account for source in item.sources}
        for item in rows
        if len({source.account for source in item.sources}) > 1
    }
    google, office, exchange = desk.accounts.values()
    assert on == {
        "Nordwind rollout call": {google, office, exchange},
        "Design critique": {google, office},
        "Họp giao ban tuyến miền Bắc": {google, exchange},
        "Bàn giao dữ liệu cho Nordwind": {office, exchange},
        "Harbour paperwork, Hamburg and Hải Phòng": {office, exchange},
    }
    keys = [key for item in rows for key in item.keys]
    assert len(keys) == len(set(keys))


def test_the_strongest_role_stands_for_a_row_and_a_shared_calendar_makes_nobody_a_host(desk: Desk) -> None:
    office = desk.accounts[OFFICE]
    shared = next(calendar for calendar in desk.view(office).calendars if calendar.name == "Anna Keller")
    assert not shared.shown
    desk.core.show_calendar(office, shared.id, shown=True)
    assert desk.read(office) is HealthKind.OK
    assert desk.row("Design critique").meeting.account == desk.accounts[GOOGLE]
    assert desk.row("Bàn giao dữ liệu cho Nordwind").meeting.account == desk.accounts[EXCHANGE]
    roles = {title: desk.row(title).meeting.role for title in (*HOSTED, *INVITED)}
    assert roles == dict.fromkeys(HOSTED, Role.HOST) | dict.fromkeys(INVITED, Role.INVITEE)
    assert not desk.row("Harbour paperwork, Hamburg and Hải Phòng").meeting.finding.is_zoom


def test_moved_called_off_and_declined_meetings_are_where_they_belong_in_every_account(desk: Desk) -> None:
    titles = [item.meeting.title for item in desk.rows()]
    assert not [title for title in titles if title.startswith("Canceled:")]
    for absent in ("Works council: questions and answers", "Tập huấn phòng cháy", "Hafengeburtstag"):
        assert absent not in titles
    for once in ("Đối chiếu công nợ", "Cutover stand-up", "Integration desk, open all day"):
        assert titles.count(once) == 1
    tomorrow = desk.core.agenda(MORNING.date() + timedelta(days=1))
    (moved,) = (item for item in tomorrow.items if item.meeting.title == "Cutover stand-up")
    assert moved.start == datetime(2026, 11, 25, 11, 55, tzinfo=HANOI)
    after = desk.core.agenda(MORNING.date() + timedelta(days=2))
    assert "Cutover stand-up" not in [item.meeting.title for item in after.items]


def test_the_people_of_every_folder_are_read_and_no_distribution_list(desk: Desk) -> None:
    for service, box in ((OFFICE, desk.sandbox.microsoft.owner), (EXCHANGE, desk.sandbox.exchange.owner)):
        there = [contact for folder in box.folders.values() for contact in folder.contacts]
        people = [contact for contact in there if not contact.members]
        assert len(there) - len(people) == 2
        assert desk.view(desk.accounts[service]).contact_count == len(people)


@pytest.mark.parametrize("service", NAMES)
def test_an_account_switched_off_is_asked_nothing_and_comes_back_at_once(desk: Desk, service: Service) -> None:
    account, before = desk.accounts[service], desk.rows()
    others = {other: desk.shown(other) for other in desk.accounts.values() if other != account}
    desk.core.switch(account, calendar=False, contacts=False)
    asked = len(desk.served(service).asked)
    desk.read(account)
    assert len(desk.served(service).asked) == asked
    assert not desk.shown(account)
    assert {other: desk.shown(other) for other in others} == others
    desk.core.switch(account, calendar=True, contacts=True)
    assert desk.rows() == before


@pytest.mark.parametrize("service", NAMES)
def test_a_deleted_account_leaves_nothing_behind_and_the_others_whole(desk: Desk, service: Service) -> None:
    account = desk.accounts[service]
    others = {other: desk.shown(other) for other in desk.accounts.values() if other != account}
    left = desk.core.delete(account)
    assert (left is not None) == (service is OFFICE)  # Microsoft has no way to be asked: the person withdraws consent
    assert desk.vault.get(account) is None
    assert {other: desk.shown(other) for other in others} == others
    assert [view.id for view in desk.core.accounts()] == [*others]
    for other in others:
        assert desk.read(other) is HealthKind.OK
    desk.core.close()
    kept = b"".join(path.read_bytes() for path in desk.profile.rglob("*") if path.is_file())
    assert account.encode() not in kept
    assert ONLY_THERE[service].encode() not in kept


@pytest.mark.parametrize("service", NAMES)
def test_connecting_again_keeps_switches_and_hidden_calendars(desk: Desk, service: Service) -> None:
    account = desk.accounts[service]
    calendar = desk.view(account).calendars[0]
    desk.core.show_calendar(account, calendar.id, shown=False)
    desk.core.switch(account, contacts=False)
    assert desk.connect(service) == account
    assert desk.read(account) is HealthKind.OK
    view = desk.view(account)
    assert (view.calendar, view.contacts) == (True, False)
    assert [each.id for each in view.calendars if not each.shown].count(calendar.id) == 1
    assert len(desk.core.accounts()) == len(NAMES)
