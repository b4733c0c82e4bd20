from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.core.store.samples import HOME, LAN, MINH, NOON, WINDOW, WORK, at, meeting, titles
from zoomcal.domain.meetings import Days, Timed
from zoomcal.store import Store

EVER = Timed(NOON - timedelta(days=400), NOON + timedelta(days=400))


def test_a_window_gives_back_what_was_put_in(store: Store) -> None:
    given = [meeting("a"), meeting("b", Days(date(2026, 3, 10), date(2026, 3, 11))), meeting("c", at(30))]
    assert store.replace_window(LAN, WORK, WINDOW, given) == 3
    assert sorted(store.meetings(WINDOW), key=lambda each: each.uid) == given


def test_a_newer_window_replaces_the_older_and_counts_what_differs(store: Store) -> None:
    store.replace_window(
        LAN, WORK, WINDOW, [meeting("same"), meeting("moved"), meeting("gone"), meeting("old", at(-90))]
    )
    newer = [meeting("same"), meeting("moved", at(3)), meeting("new", title="Mới")]
    assert store.replace_window(LAN, WORK, WINDOW, newer) == 4
    assert titles(store.meetings(EVER)) == {"same": "Họp nhóm", "moved": "Họp nhóm", "new": "Mới"}
    assert store.replace_window(LAN, WORK, WINDOW, newer) == 0


def test_meetings_that_begin_after_the_window_stay(store: Store) -> None:
    store.replace_window(
        LAN, WORK, EVER, [meeting("today"), meeting("far", at(24 * 20)), meeting("nearer", at(24 * 21))]
    )
    store.replace_window(LAN, WORK, WINDOW, [meeting("nearer", at(5))])
    assert {each.uid: each.when for each in store.meetings(EVER)} == {"far": at(24 * 20), "nearer": at(5)}


def test_each_calendar_is_replaced_by_itself(store: Store) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a", title="work")])
    store.replace_window(LAN, HOME, WINDOW, [meeting("a", title="home", calendar_id=HOME)])
    store.replace_window(MINH, WORK, WINDOW, [meeting("a", title="minh", account=MINH)])
    store.replace_window(LAN, WORK, WINDOW, [])
    assert {each.key: each.title for each in store.meetings(EVER)} == {
        (LAN, HOME, "a"): "home",
        (MINH, WORK, "a"): "minh",
    }
    assert [each.title for each in store.meetings(EVER, {(MINH, WORK), (LAN, WORK)})] == ["minh"]
    assert store.meetings(EVER, []) == []


def test_calendars_that_are_gone_take_their_meetings_with_them(store: Store) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a")])
    store.replace_window(LAN, HOME, WINDOW, [meeting("b", calendar_id=HOME), meeting("c", calendar_id=HOME)])
    store.replace_window(MINH, HOME, WINDOW, [meeting("d", account=MINH, calendar_id=HOME)])
    assert store.keep_calendars(LAN, [WORK, "new@example.org"]) == 2
    assert set(titles(store.meetings(EVER))) == {"a", "d"}


@pytest.mark.parametrize(
    ("when", "seen"),
    [
        (at(-1), False),
        (at(-1, 1.5), True),
        (at(0, 0), True),
        (at(23.5), True),
        (at(24), False),
        (at(-50, 100), True),
        (Days(date(2026, 3, 9), date(2026, 3, 11)), True),
        (Days(date(2026, 3, 9), date(2026, 3, 10)), False),
        (Days(date(2026, 3, 12), date(2026, 3, 13)), True),
        (Days(date(2026, 3, 13), date(2026, 3, 14)), False),
    ],
)
def test_what_overlaps_a_span_is_found(store: Store, when: Timed | Days, seen: bool) -> None:
    store.replace_window(LAN, WORK, EVER, [meeting("a", when)])
    assert bool(store.meetings(Timed(NOON, NOON + timedelta(days=1)))) is seen


def test_a_failing_read_leaves_the_window_as_it_was(store: Store) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a")])

    def cut_off() -> None:
        with store.replacing(LAN, WORK, WINDOW) as replacement:
            replacement.add([meeting("b")])
            raise ConnectionError

    with pytest.raises(ConnectionError):
        cut_off()
    assert set(titles(store.meetings(EVER))) == {"a"}


def test_a_meeting_on_two_pages_counts_as_given_last(store: Store) -> None:
    with store.replacing(LAN, WORK, WINDOW) as replacement:
        replacement.add([meeting("a", title="first"), meeting("b")])
        replacement.add([meeting("a", title="last")])
    assert replacement.changed == 2
    assert titles(store.meetings(EVER)) == {"a": "last", "b": "Họp nhóm"}


def test_an_unchanged_window_writes_nothing(store: Store, path: Path) -> None:
    given = [meeting(str(number), description="x" * 5000) for number in range(200)]
    store.replace_window(LAN, WORK, WINDOW, given)
    log = path.with_name("cache.db-wal")
    before = log.stat().st_size, log.stat().st_mtime_ns
    store.replace_window(LAN, WORK, WINDOW, given)
    assert (log.stat().st_size, log.stat().st_mtime_ns) == before


def test_text_that_utf8_cannot_hold_is_no_obstacle(store: Store) -> None:
    odd = meeting("id\ud83d", title="half \ud83d emoji\0")
    store.replace_window(LAN, WORK, WINDOW, [odd])
    assert [each.title for each in store.meetings(EVER)] == ["half ? emoji\0"]
    assert store.replace_window(LAN, WORK, WINDOW, [odd]) == 0


def test_the_time_of_the_last_sync_is_kept(path: Path) -> None:
    store = Store(path, clock=lambda: NOON)
    assert store.sync_times() == {}
    assert store.set_synced(LAN) == NOON
    assert store.sync_times() == {LAN: NOON}
    store.close()
