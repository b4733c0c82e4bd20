"""pyexchange, another client that nobody here wrote, drives the sandbox Exchange: NTLM, a calendar, folders."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.contract.sandbox_exchange.client import ZONE, at
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.mailbox import Attendee, Calendar, Event, Person

pytestmark = pytest.mark.usefixtures("messages")
pyexchange: Any = importlib.import_module("pyexchange")
exceptions: Any = importlib.import_module("pyexchange.exceptions")
BO = Person(name="Bo Quay", address="bo@quay.example")
DAY = timedelta(days=1)


@pytest.fixture
def service(sandbox: Sandbox, ana: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.endpoints["ca_file"])
    url = sandbox.endpoints["exchange"]["url"]
    connection = pyexchange.ExchangeNTLMAuthConnection(url=url, username=ana.username, password=ana.password)
    yield pyexchange.Exchange2010Service(connection)
    connection.build_session().close()


def test_it_lists_a_day_with_all_details(service: Any, calendar: Calendar) -> None:
    calendar.add(
        Event(
            subject="Plan & more",
            start=at(9, 9),
            end=at(9, 10),
            zone=ZONE,
            location="Pier 4",
            body="<p>One</p>",
            body_is_html=True,
            organizer=BO,
            answer="accepted",
            attendees=(Attendee(person=Person(name="Cy", address="cy@quay.example"), answer="declined"),),
        )
    )
    calendar.add(Event(subject="Clash", start=at(9, 9, 30), end=at(9, 11), zone=ZONE))
    listed = service.calendar().list_events(start=at(9), end=at(10), details=True)
    assert [each.subject for each in listed.events] == ["Plan & more", "Clash"]
    event = listed.events[0]
    assert (event.start, event.end, event.location) == (at(9, 9), at(9, 10), "Pier 4")
    assert (event.organizer.email, event.html_body.strip()) == (BO.address, "<p>One</p>")
    assert [(each.email, each.response) for each in event.attendees] == [("cy@quay.example", "Decline")]
    assert [each.subject for each in event.conflicting_events()] == ["Clash"]


def test_it_makes_changes_moves_and_cancels_a_meeting(service: Any, ana: User, calendar: Calendar) -> None:
    duty = ana.mailbox.add_calendar("Duty")
    event = service.calendar().new_event(
        subject="Plan",
        attendees=[BO.address],
        location="Pier 4",
        start=datetime(2026, 3, 9, 8, tzinfo=UTC),
        end=datetime(2026, 3, 9, 9, tzinfo=UTC),
        html_body="<p>One</p>",
    )
    event.create()
    (kept,) = calendar.events
    assert (kept.subject, kept.begins, kept.attendees[0].person.address) == ("Plan", at(9, 9), BO.address)
    event = service.calendar().get_event(id=event.id)
    event.location = "Pier 5"
    event.start, event.end = event.start + DAY, event.end + DAY
    event.update(calendar_item_update_operation_type="SendOnlyToAll")
    changed = calendar.get(kept.id)
    assert changed is not None
    assert (changed.location, changed.begins) == ("Pier 5", at(10, 9))
    (target,) = service.folder().find_folder(parent_id="calendar")
    assert target.display_name == "Duty"
    event.move_to(target.id)
    assert [each.subject for each in duty.events] == ["Plan"]
    event = service.calendar().get_event(id=event.id)
    event.cancel()
    assert list(duty.events) == []
    assert [each.what for each in ana.mailbox.notices] == ["invited", "changed", "cancelled"]
    with pytest.raises(exceptions.ExchangeItemNotFoundException):
        service.calendar().get_event(id=event.id)


def test_it_makes_a_series_and_reaches_its_occurrences(service: Any, calendar: Calendar) -> None:
    series = service.calendar().new_event(
        subject="Weekly",
        start=at(9, 9),
        end=at(9, 10),
        recurrence="weekly",
        recurrence_end_date=date(2026, 3, 23),
        recurrence_interval=1,
        recurrence_days="Monday Wednesday",
    )
    series.create()
    (kept,) = calendar.events
    assert kept.kind == "master"
    master = service.calendar().get_event(id=series.id)
    assert (master.type, master.recurrence, master.recurrence_end_date) == (
        "RecurringMaster",
        "weekly",
        date(2026, 3, 23),
    )
    starts = [each.start.day for each in master.get_occurrence(range(1, 9)) if each.start]
    assert starts == [9, 11, 16, 18, 23]
    occurrence = service.calendar().list_events(start=at(16), end=at(17)).events[0]
    assert (occurrence.type, occurrence.get_master().id) == ("Occurrence", series.id)


def test_it_makes_and_deletes_folders(service: Any, ana: User) -> None:
    folders = service.folder()
    made = folders.new_folder(display_name="Duty", folder_type="CalendarFolder", parent_id="calendar")
    made.create()
    assert folders.get_folder(made.id).display_name == "Duty"
    with pytest.raises(exceptions.FailedExchangeException, match="ErrorFolderExists"):
        folders.new_folder(display_name="Duty", folder_type="CalendarFolder", parent_id="calendar").create()
    made.delete()
    assert [each.name for each in ana.mailbox.calendars.values()] == ["Calendar"]
    with pytest.raises(exceptions.FailedExchangeException, match="ErrorDeleteDistinguishedFolder"):
        folders.get_folder("contacts").delete()


def test_it_is_refused_with_a_wrong_password_once(sandbox: Sandbox, service: Any, ana: User) -> None:
    service.connection.password = "guess"
    with pytest.raises(exceptions.FailedExchangeException):
        service.calendar().list_events(start=at(9), end=at(10))
    assert (ana.failed, len(sandbox.exchange.operations)) == (1, 0)
