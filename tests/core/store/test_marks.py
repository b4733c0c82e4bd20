from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.core.store.samples import LAN, MINH, NOON, WINDOW, WORK, Page, at, contact, meeting
from zoomcal.domain.meetings import Timed
from zoomcal.store import Marks, Store

KEY = (LAN, WORK, "a")


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[Store]:
    opened = Store(path, clock)
    yield opened
    opened.close()


def test_marks_are_set_and_cleared_each_by_itself(store: Store) -> None:
    store.mark(KEY, hidden=True)
    store.mark(KEY, silenced=True)
    assert store.marks() == Marks(frozenset([KEY]), frozenset([KEY]))
    store.mark(KEY, hidden=False)
    assert store.marks() == Marks(silenced=frozenset([KEY]))
    store.mark(KEY, silenced=False)
    assert store.marks() == Marks()


def test_a_mark_survives_that_its_row_goes_and_comes_back(store: Store) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a")])
    store.mark(KEY, hidden=True)
    store.replace_window(LAN, WORK, WINDOW, [])
    store.replace_window(LAN, WORK, WINDOW, [meeting("a")])
    assert store.marks().hidden == {KEY}


def test_a_mark_goes_thirty_days_after_its_event(store: Store, clock: Clock) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a", at(24))])
    store.mark(KEY, hidden=True)
    store.replace_window(LAN, WORK, WINDOW, [])
    clock.now = at(24).end + timedelta(days=30)
    store.mark((LAN, WORK, "b"), hidden=True)
    assert KEY in store.marks().hidden
    clock.now += timedelta(seconds=1)
    store.mark((LAN, WORK, "c"), hidden=True)
    assert KEY not in store.marks().hidden


def test_a_mark_follows_an_event_that_was_moved_to_a_later_day(store: Store, clock: Clock) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a", at(24))])
    store.mark(KEY, silenced=True)
    clock.now += timedelta(days=60)
    later = Timed(clock.now, clock.now + timedelta(days=3))
    store.replace_window(LAN, WORK, later, [meeting("a", at(24 * 61))])
    store.mark((LAN, WORK, "b"), hidden=True)
    assert KEY in store.marks().silenced


def test_forgetting_an_account_leaves_no_trace_of_it_on_the_disk(store: Store, path: Path) -> None:
    for account in (LAN, MINH):
        text = f"confidential of {account}"
        given = [meeting(f"{account} {n}", account=account, description=text * 200) for n in range(30)]
        store.replace_window(account, WORK, WINDOW, given)
        store.replace_window(account, WORK, WINDOW, given[:20])
        store.mark((account, WORK, "a"), hidden=True)
        store.set_synced(account)
        with store.staging(account) as staging:
            staging.add(Page((contact("a", text, account),), next_cursor=text))
            staging.commit()
    path.with_name("cache.db.damaged-20260101T000000.000000Z").write_text(f"confidential of {LAN}")

    store.forget(LAN)

    assert store.sync_times().keys() == {MINH}
    assert {account for account, _, _ in store.marks().hidden} == {MINH}
    assert {each.account for each in store.meetings(WINDOW)} == {MINH}
    assert (store.contact_count(LAN), store.contact_count(MINH)) == (0, 1)
    assert store.cursor(LAN) is None
    on_disk = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert str(LAN).encode() not in on_disk
    assert str(MINH).encode() in on_disk


def test_contacts_can_be_forgotten_without_the_meetings(store: Store) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a")])
    with store.staging(LAN) as staging:
        staging.add(Page((contact("a"),), next_cursor="one"))
        staging.commit()
    store.forget(LAN, meetings=False)
    assert (len(store.meetings(WINDOW)), store.contact_count(LAN), store.cursor(LAN)) == (1, 0, None)
