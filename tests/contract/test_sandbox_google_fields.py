"""Field masks and recurrence rules, the two small languages that the sandbox has to understand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zoomcal.sandbox.google.fields import BadMask, keep, parse
from zoomcal.sandbox.google.recurrence import Series

EVENT = {"id": "1", "start": {"date": "d", "zone": "z"}, "people": [{"email": "a", "self": True}, {"email": "b"}]}


@pytest.mark.parametrize(
    ("mask", "kept"),
    [
        ("id", {"id": "1"}),
        ("start/date,id", {"id": "1", "start": {"date": "d"}}),
        ("people/email", {"people": [{"email": "a"}, {"email": "b"}]}),
        ("people(self),start(date,zone)", {"start": EVENT["start"], "people": [{"self": True}, {}]}),
        ("start/date,start/zone", {"start": EVENT["start"]}),
        ("start,start/zone", {"start": EVENT["start"]}),
        ("start(date),start", {"start": EVENT["start"]}),
        ("*", EVENT),
        ("*/email", {"id": "1", "start": {}, "people": [{"email": "a"}, {"email": "b"}]}),
        (" id , start / date ", {"id": "1", "start": {"date": "d"}}),
        ("nothing", {}),
    ],
)
def test_a_mask_keeps_what_it_names(mask: str, kept: dict[str, Any]) -> None:
    assert keep(parse(mask), EVENT) == kept


@pytest.mark.parametrize("mask", ["", ",", "a,", "a(b", "a)b", "a()", "a//b", "a/", "(a)", "a(b)c", "a b;c", "a.b"])
def test_a_malformed_mask_is_refused(mask: str) -> None:
    with pytest.raises(BadMask):
        parse(mask)


def starts(start: dict[str, str], end: dict[str, str], *lines: str) -> list[str]:
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    return [suffix for suffix, _, _ in Series(start, end, lines).between(first, last)]


def test_dates_are_left_out_and_added_in_each_of_their_forms() -> None:
    start = {"dateTime": "2026-03-27T09:00:00+01:00", "timeZone": "Europe/Berlin"}
    end = {"dateTime": "2026-03-27T10:00:00+01:00", "timeZone": "Europe/Berlin"}
    assert starts(
        start,
        end,
        "RRULE:FREQ=DAILY;COUNT=5",
        "EXDATE:20260328T080000Z",
        "EXDATE;TZID=Europe/Berlin:20260330T090000,20260331T090000",
        "RDATE:20260501T070000Z",
    ) == ["20260327T080000Z", "20260329T070000Z", "20260501T070000Z"]


def test_days_recur_as_days() -> None:
    series = ({"date": "2026-02-27"}, {"date": "2026-03-01"})
    lines = ("RRULE:FREQ=MONTHLY;UNTIL=20260427", "EXDATE;VALUE=DATE:20260327")
    assert starts(*series, *lines) == ["20260227", "20260427"]
    occurrence = Series(*series, lines).at("20260427")
    assert occurrence == ("20260427", {"date": "2026-04-27"}, {"date": "2026-04-29"})
    for nowhere in ("20260428", "20260327", "20260427T000000Z", "soon"):
        assert Series(*series, lines).at(nowhere) is None


def test_a_night_that_loses_an_hour_keeps_its_meeting_an_hour_long() -> None:
    start = {"dateTime": "2026-03-28T02:30:00+01:00", "timeZone": "Europe/Berlin"}
    end = {"dateTime": "2026-03-28T03:30:00+01:00", "timeZone": "Europe/Berlin"}
    series = Series(start, end, ("RRULE:FREQ=DAILY;COUNT=3",))
    spans = [
        datetime.fromisoformat(ends["dateTime"]) - datetime.fromisoformat(begins["dateTime"])
        for _, begins, ends in series.between(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    ]
    assert [each.total_seconds() for each in spans] == [3600.0] * 3


def test_a_rule_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="COLOUR"):
        starts({"date": "2026-02-27"}, {"date": "2026-02-28"}, "COLOUR:RED")
