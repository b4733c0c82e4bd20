"""The mailbox that Graph's and EWS's sandboxes serve."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from zoomcal.sandbox.mailbox import Attendee, Contact, Event, Mailbox, Person
from zoomcal.sandbox.mailbox.patterns import pattern_of, rule_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BERLIN = "Europe/Berlin"
NINE = datetime(2026, 3, 27, 8, tzinfo=UTC)
"""Nine o'clock in Berlin, two days before the clocks go forward."""
BO = Person(name="Bo", address="bo@example.org")


@pytest.fixture
def box() -> Mailbox:
    return Mailbox("ana@example.org", "Ana", now=lambda: datetime(2026, 3, 1, tzinfo=UTC), zone=BERLIN)


def _daily(box: Mailbox) -> Event:
    return box.calendar.add(
        Event(subject="Daily", start=NINE, end=NINE + HOUR, zone=BERLIN, rule=("RRULE:FREQ=DAILY;COUNT=5",))
    )


def test_a_series_keeps_to_the_clock_on_the_wall(box: Mailbox) -> None:
    _daily(box)
    starts = [each.begins for each in box.calendar.view(NINE, NINE + 9 * DAY)]
    assert starts == [NINE, NINE + DAY, NINE + 2 * DAY - HOUR, NINE + 3 * DAY - HOUR, NINE + 4 * DAY - HOUR]


def test_a_window_has_what_ends_at_its_start_but_not_what_begins_at_its_end(box: Mailbox) -> None:
    for hour in (-1, 0, 1):
        box.calendar.add(Event(subject=str(hour), start=NINE + hour * HOUR, end=NINE + (hour + 1) * HOUR))
    assert [each.subject for each in box.calendar.view(NINE, NINE + HOUR)] == ["-1", "0"]


def test_a_moved_occurrence_keeps_its_id_and_is_found_where_it_went(box: Mailbox) -> None:
    master = _daily(box)
    identity = box.calendar.occurrence_id(master.id, NINE + DAY)
    moved = box.calendar.move_occurrence(master.id, NINE + DAY, NINE + 20 * DAY)
    assert (moved.id, moved.kind, moved.original_start) == (identity, "exception", NINE + DAY)
    assert moved.end == NINE + 20 * DAY + HOUR
    assert box.calendar.view(NINE + 20 * DAY, NINE + 21 * DAY) == [moved]
    assert identity not in [each.id for each in box.calendar.view(NINE, NINE + 9 * DAY)]
    assert box.calendar.get(identity) == moved
    assert box.calendar.exceptions(master.id) == ([moved], [])


def test_a_cancelled_occurrence_is_gone_and_the_master_counts_as_changed(box: Mailbox) -> None:
    master = _daily(box)
    at = box.calendar.revision
    box.calendar.cancel_occurrence(master.id, NINE + DAY)
    assert len(box.calendar.view(NINE, NINE + 9 * DAY)) == 4
    with pytest.raises(KeyError):
        box.calendar.change(box.calendar.occurrence_id(master.id, NINE + DAY), subject="Back")
    assert [each.id for each in box.calendar.events.since(at)[0]] == [master.id]
    assert box.calendar.exceptions(master.id) == ([], [NINE + DAY])


def test_a_change_to_the_series_reaches_exceptions_but_for_what_was_changed_there(box: Mailbox) -> None:
    master = _daily(box)
    here = box.calendar.occurrence_id(master.id, NINE + DAY)
    box.calendar.change(here, subject="Only here", location="Here")
    changed = box.calendar.change(master.id, subject="Everywhere", body="All")
    exception = box.calendar.get(here)
    assert exception is not None
    assert (exception.subject, exception.location, exception.body) == ("Only here", "Here", "All")
    assert exception.change_key == changed.change_key != master.change_key
    box.calendar.change(master.id, start=NINE + HOUR, end=NINE + 2 * HOUR)
    assert {each.subject for each in box.calendar.view(NINE, NINE + 9 * DAY)} == {"Everywhere"}


def test_whole_days_begin_in_the_zone_they_were_made_in(box: Mailbox) -> None:
    holiday = box.calendar.add(Event(subject="Holiday", start=date(2026, 3, 29), end=date(2026, 3, 30), zone=BERLIN))
    assert (holiday.all_day, holiday.begins, holiday.ends - holiday.begins) == (
        True,
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        23 * HOUR,
    )
    weekly = box.calendar.add(
        Event(subject="Bins", start=date(2026, 3, 2), end=date(2026, 3, 3), zone=BERLIN, rule=("RRULE:FREQ=WEEKLY",))
    )
    found = box.calendar.view(datetime(2026, 3, 8, 23, tzinfo=UTC), datetime(2026, 3, 9, 23, tzinfo=UTC))
    assert [(each.start, each.original_start, each.master_id) for each in found] == [
        (date(2026, 3, 9), date(2026, 3, 9), weekly.id)
    ]


def test_every_occurrence_has_a_uid_of_its_own_and_one_of_the_series(box: Mailbox) -> None:
    _daily(box)
    found = box.calendar.view(NINE, NINE + 9 * DAY)
    assert len({each.uid for each in found}) == 1
    assert len({each.occurrence_uid for each in found}) == 5
    assert found[0].occurrence_uid[32:40] == "07EA031B"


def test_one_is_organizer_of_ones_own_meetings_only(box: Mailbox) -> None:
    own = box.calendar.add(Event(subject="Own", start=NINE, end=NINE + HOUR, attendees=(Attendee(person=BO),)))
    asked = box.calendar.add(Event(subject="Asked", start=NINE, end=NINE + HOUR, organizer=BO, answer="accepted"))
    assert (own.answer, own.organizer, box.calendar.organizes(own)) == ("organizer", box.person, True)
    assert (asked.answer, box.calendar.organizes(asked)) == ("accepted", False)
    off = box.calendar.cancel(asked.id)
    assert (off.cancelled, off.subject, off.show_as) == (True, "Canceled: Asked", "free")
    box.notify(own, "changed")
    assert [(notice.event_id, notice.to) for notice in box.notices] == [(own.id, ("bo@example.org",))]


def test_a_cursor_sees_what_changed_and_what_went_until_it_is_forgotten(box: Mailbox) -> None:
    folder = box.contacts
    kept, gone = folder.add(Contact(display_name="Bo")), folder.add(Contact(display_name="Cy"))
    cursor = folder.revision
    changed = folder.change(kept.id, mobile_phone="+1 555 0100")
    folder.remove(gone.id)
    assert folder.contacts.since(cursor) == ([changed], [gone.id])
    assert folder.contacts.since(0) == ([changed], [])
    assert folder.contacts.remembers(cursor)
    box.forget_cursors()
    assert not folder.contacts.remembers(cursor)
    assert folder.contacts.remembers(folder.revision)
    assert box.find_contact(kept.id) == (folder, changed)


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("FREQ=DAILY;INTERVAL=3", "daily"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "weekly"),
        ("FREQ=WEEKLY;COUNT=4", "weekly"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU;UNTIL=20261231T225959Z", "weekly"),
        ("FREQ=MONTHLY", "monthly"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "monthly"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "monthly-place"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "monthly-place"),
        ("FREQ=YEARLY", "yearly"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", "yearly-place"),
    ],
)
def test_a_pattern_makes_the_same_series_as_the_rule_that_it_was_taken_from(box: Mailbox, rule: str, kind: str) -> None:
    start, end = NINE, NINE + 900 * DAY
    given = box.calendar.add(Event(subject="", start=start, end=start + HOUR, zone=BERLIN, rule=(f"RRULE:{rule}",)))
    pattern = pattern_of(given)
    assert pattern is not None
    assert pattern.kind == kind
    made = replace(given, id="made", uid="", rule=rule_of(pattern, start, BERLIN))
    box.calendar.add(made)
    starts = [sorted(each.begins for each in box.calendar.occurrences(one, start, end)) for one in (given.id, "made")]
    assert starts[0] == starts[1]
    assert len(starts[0]) > 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=2;BYDAY=MO", "FREQ=MONTHLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=YEARLY;BYDAY=20MO", "FREQ=WEEKLY;BYMONTH=5",
    ],
)  # fmt: skip
def test_a_rule_that_exchange_has_no_pattern_for_has_none(box: Mailbox, rule: str) -> None:
    given = box.calendar.add(Event(subject="", start=NINE, end=NINE + HOUR, zone=BERLIN, rule=(f"RRULE:{rule}",)))
    assert pattern_of(given) is None
    assert box.calendar.view(NINE, NINE + 60 * DAY) != []
