from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.core.domain.samples import ME, NO_LINK, NOON, meeting, sources, zoom
from zoomcal.domain.agenda import make_agenda
from zoomcal.domain.meetings import AccountId, Answer, Meeting, Role
from zoomcal.domain.merge import merged

copies = st.builds(
    meeting,
    uid=st.uuids().map(str),
    start_min=st.sampled_from([0, 30]),
    finding=st.sampled_from([NO_LINK, zoom("81111111111"), zoom("81111111111", "x1"), zoom("82222222222")]),
    calendar=st.sampled_from(["work", "team", "clients"]),
    role=st.sampled_from(Role),
    answer=st.sampled_from(Answer),
    ical_uid=st.sampled_from(["", "a@x", "b@x"]),
)


def shape(meetings: list[Meeting]) -> list[tuple[Meeting, frozenset[str]]]:
    found = [(best, frozenset(copy.uid for copy in group)) for best, group in merged(meetings)]
    return sorted(found, key=lambda entry: entry[0].key)


@given(st.lists(copies, max_size=12), st.randoms())
def test_the_order_of_sources_never_matters(meetings: list[Meeting], chance: random.Random) -> None:
    shuffled = list(meetings)
    chance.shuffle(shuffled)
    assert shape(shuffled) == shape(meetings)


@given(st.lists(copies, max_size=12))
def test_no_meeting_disappears_and_none_is_twice(meetings: list[Meeting]) -> None:
    groups = [[copy.uid for copy in group] for _, group in merged(meetings)]
    assert sorted(uid for group in groups for uid in group) == sorted(m.uid for m in meetings)


@given(st.lists(copies, max_size=12))
def test_merging_what_was_merged_changes_nothing(meetings: list[Meeting]) -> None:
    once = [best for best, _ in merged(meetings)]
    twice = [best for best, _ in merged(once)]
    assert sorted(m.key for m in twice) == sorted(m.key for m in once)


@given(st.lists(copies, min_size=1, max_size=8))
def test_the_strongest_role_wins_and_the_best_link_is_kept(meetings: list[Meeting]) -> None:
    for best, group in merged(meetings):
        assert (best.role is Role.HOST) == any(copy.role is Role.HOST for copy in group)
        assert best.finding.is_zoom == any(copy.finding.is_zoom for copy in group)
        passcodes = {copy.finding.link.passcode for copy in group if copy.finding.link}
        assert not passcodes - {""} or (best.finding.link is not None and best.finding.link.passcode)


def test_one_row_names_every_source() -> None:
    mine = meeting("mine", 5, ical_uid="x@y", role=Role.HOST)
    theirs = meeting("theirs", 5, ical_uid="x@y", calendar="team", finding=zoom())
    chain = meeting("third", 5, calendar="clients", finding=zoom())
    agenda = make_agenda([theirs, chain, mine], sources("work", "team", "clients"), NOON, UTC)
    (item,) = agenda.items
    assert [source.name for source in item.sources] == ["work", "clients", "team"]
    assert item.meeting.finding.is_zoom
    assert item.meeting.role is Role.HOST


def test_calendars_of_one_name_are_told_apart_by_their_accounts() -> None:
    there = AccountId("exchange:lan@noibo.example")
    listed = sources("Calendar", "Team")
    listed[there, "Calendar"] = replace(listed[ME, "Calendar"], account=there, account_name=r"SAOMAI\lan")
    copies = [meeting("one", finding=zoom(), calendar=name) for name in ("Calendar", "Team")]
    (alone,) = make_agenda(copies, listed, NOON, UTC).items
    assert alone.source_names == ("Calendar", "Team")
    copies.append(meeting("one", finding=zoom(), calendar="Calendar", account=there))
    (both,) = make_agenda(copies, listed, NOON, UTC).items
    assert sorted(both.source_names) == [r"Calendar (SAOMAI\lan)", "Calendar (lan@saomai.example)", "Team"]


def test_occurrences_of_a_series_stay_apart() -> None:
    series = [meeting(f"s{number}", 60 * number, ical_uid="series@x", finding=zoom()) for number in range(3)]
    assert len(merged(series)) == 3
    assert all(a.when != b.when for a, b in pairwise(series))
