from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.core.domain.samples import NO_LINK, NOON, meeting, sources, zoom
from zoomcal.domain.agenda import Agenda, Section, make_agenda, sync_window
from zoomcal.domain.meetings import Answer, Days, Timed

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")


def sections(agenda: Agenda) -> dict[Section, list[str]]:
    return {group.section: [item.meeting.uid for item in group.items] for group in agenda.groups}


def test_the_clock_groups_the_day() -> None:
    day = [
        meeting("over", -60),
        meeting("running", -10),
        meeting("next", 12),
        meeting("also next", 12),
        meeting("later", 90),
        meeting("tomorrow", 24 * 60),
    ]
    agenda = make_agenda(day, sources(), NOON, UTC)
    assert sections(agenda) == {
        Section.NOW: ["running"],
        Section.NEXT: ["also next", "next"],
        Section.LATER: ["later"],
    }
    assert agenda.upcoming is not None
    assert agenda.upcoming.meeting.uid == "tomorrow"


def test_a_meeting_is_over_at_its_end_and_runs_from_its_start() -> None:
    day = [meeting("ends now", -30), meeting("starts now", 0)]
    assert sections(make_agenda(day, sources(), NOON, UTC)) == {Section.NOW: ["starts now"]}


def test_a_meeting_over_midnight_belongs_to_both_days() -> None:
    night = Timed(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 11, 25, 0, 30, tzinfo=UTC))
    for now in (night.start - timedelta(minutes=5), night.end - timedelta(minutes=5)):
        assert len(make_agenda([meeting("night", when=night)], sources(), now, UTC).items) == 1


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    morning = datetime(day.year, day.month, day.day, 6, tzinfo=BERLIN)
    window = sync_window(morning, BERLIN)
    assert window.start == datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    assert (window.end - window.start) == timedelta(hours=hours + 48)
    last_minute = Timed(window.start + timedelta(hours=hours, minutes=-1), window.start + timedelta(hours=hours))
    first_of_tomorrow = Timed(last_minute.end, last_minute.end + timedelta(minutes=30))
    meetings = [meeting("last", when=last_minute), meeting("tomorrow", when=first_of_tomorrow)]
    assert [i.meeting.uid for i in make_agenda(meetings, sources(), morning, BERLIN).items] == ["last"]


def test_today_is_where_the_person_is() -> None:
    evening_utc = NOON + timedelta(hours=8)
    late = meeting("late", when=Timed(evening_utc, evening_utc + timedelta(hours=1)))
    assert make_agenda([late], sources(), NOON, UTC).items
    agenda = make_agenda([late], sources(), NOON, HANOI)
    assert not agenda.items
    assert agenda.today == date(2026, 11, 24)


def test_an_all_day_event_appears_only_with_a_link() -> None:
    days = Days(date(2026, 11, 24), date(2026, 11, 25))
    meetings = [meeting("holiday", when=days), meeting("offsite", when=days, finding=zoom())]
    (item,) = make_agenda(meetings, sources(), NOON, HANOI).items
    assert item.meeting.uid == "offsite"
    assert item.all_day
    assert item.start == datetime(2026, 11, 24, tzinfo=HANOI)


def test_declined_meetings_show_only_where_wanted() -> None:
    meetings = [meeting("no", 5, answer=Answer.DECLINED)]
    assert not make_agenda(meetings, sources(), NOON, UTC).items
    assert make_agenda(meetings, sources(), NOON, UTC, show_declined=True).items


def test_zoom_only_counts_what_it_leaves_out_and_hidden_events_are_not_counted() -> None:
    meetings = [meeting("zoom", 5, finding=zoom()), meeting("dentist", 9, finding=NO_LINK), meeting("secret", 20)]
    hidden = {meetings[2].key}
    agenda = make_agenda(meetings, sources(), NOON, UTC, zoom_only=True, hidden=hidden)
    assert [item.meeting.uid for item in agenda.items] == ["zoom"]
    assert agenda.filtered == 1
    assert [item.meeting.uid for item in agenda.hidden] == ["secret"]


def test_a_calendar_that_is_not_shown_gives_nothing() -> None:
    meetings = [meeting("mine", 5), meeting("theirs", 5, calendar="team")]
    assert [item.meeting.uid for item in make_agenda(meetings, sources(), NOON, UTC).items] == ["mine"]


def test_another_day_is_listed_under_its_date() -> None:
    tomorrow = date(2026, 11, 25)
    agenda = make_agenda([meeting("now", -5), meeting("then", 24 * 60)], sources(), NOON, UTC, day=tomorrow)
    (group,) = agenda.groups
    assert (group.section, group.day) == (Section.DATE, tomorrow)
    assert [item.meeting.uid for item in group.items] == ["then"]


def test_the_next_change_is_the_next_moment_at_which_the_list_looks_different() -> None:
    meetings = [meeting("running", -10), meeting("later", 90)]
    now, seen = NOON, []
    while now < datetime(2026, 11, 25, tzinfo=UTC):
        now = make_agenda(meetings, sources(), now, UTC).next_change
        seen.append(now)
    minutes = [(moment - NOON).total_seconds() / 60 for moment in seen]
    assert minutes == [20, 80, 90, 120, 720]
