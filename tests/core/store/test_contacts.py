from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.core.store.samples import LAN, MINH, NOON, Page, contact
from zoomcal.errors import StoreFailed
from zoomcal.store import Store
from zoomcal.store.contacts import Cursor


def pull(store: Store, *pages: Page) -> int:
    with store.staging(LAN) as staging:
        for page in pages:
            staging.add(page)
        return staging.commit()


def names(store: Store) -> dict[str, str]:
    return {each.uid: each.name for each in store.contacts(LAN)}


def test_a_full_pull_then_changes_then_deletions(store: Store) -> None:
    with store.staging(LAN) as staging:
        assert staging.cursor is None
        staging.add(Page((contact("a", "An"), contact("b", "Bình"))))
        staging.add(Page((contact("c", "Chi"),), next_cursor="one"))
        assert staging.commit() == 3
    assert store.contacts(LAN) == [contact("a", "An"), contact("b", "Bình"), contact("c", "Chi")]

    with store.staging(LAN) as staging:
        assert staging.cursor == "one"
        staging.add(Page((contact("a", "An"), contact("b", "Bích")), ("c", "never seen"), "two"))
        assert staging.commit() == 2
    assert names(store) == {"a": "An", "b": "Bích"}
    assert store.contact_count(LAN) == 2
    found = store.cursor(LAN)
    assert found is not None
    assert found.cursor == "two"


def test_a_full_pull_after_an_expired_cursor_replaces_everything(store: Store) -> None:
    pull(store, Page((contact("a"), contact("b")), next_cursor="one"))
    with store.staging(LAN) as staging:
        staging.add(Page((contact("stray"),)))
        staging.restart_from_nothing()
        assert staging.cursor is None
        staging.add(Page((contact("b"), contact("c")), next_cursor="two"))
        assert staging.commit() == 2
    assert set(names(store)) == {"b", "c"}


def test_the_last_word_on_a_contact_counts(store: Store) -> None:
    pull(store, Page((contact("a"), contact("b")), next_cursor="one"))
    pull(store, Page((contact("a", "changed"),), ("b",)), Page((contact("b", "back"),), ("a",), "two"))
    assert names(store) == {"b": "back"}


def test_a_pull_that_fails_changes_nothing_and_leaves_nothing(store: Store, path: Path) -> None:
    pull(store, Page((contact("a"),), next_cursor="one"))

    def cut_off() -> None:
        with store.staging(LAN) as staging:
            staging.add(Page((contact("b"),), ("a",), "two"))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        cut_off()
    assert set(names(store)) == {"a"}
    with store.staging(LAN) as staging:
        assert staging.cursor == "one"
        staging.commit()
    store.forget(LAN)
    assert b"Tr\xe1\xba\xa7n" not in path.read_bytes()


def test_a_pull_without_a_cursor_at_its_end_is_followed_by_a_full_one(store: Store) -> None:
    pull(store, Page((contact("a"),), next_cursor="one"))
    pull(store, Page())
    assert set(names(store)) == {"a"}
    with store.staging(LAN) as staging:
        assert staging.cursor is None


def test_the_time_of_the_full_pull_is_when_it_began(path: Path) -> None:
    now = NOON

    def clock() -> datetime:
        return now

    store = Store(path, clock)
    with store.staging(LAN) as staging:
        now += timedelta(minutes=5)
        staging.add(Page(next_cursor="one"))
        staging.commit()
    now += timedelta(days=1)
    with store.staging(LAN) as staging:
        staging.add(Page(next_cursor="two"))
        staging.commit()
    assert store.cursor(LAN) == Cursor("two", NOON)
    store.close()


def test_of_two_pulls_of_one_account_the_older_is_refused(store: Store) -> None:
    older = store.staging(LAN)
    with store.staging(MINH) as other, store.staging(LAN) as newer:
        with pytest.raises(StoreFailed, match="another ZoomCal"):
            older.add(Page((contact("a"),)))
        with pytest.raises(StoreFailed, match="another ZoomCal"):
            older.commit()
        newer.add(Page((contact("b"),), next_cursor="one"))
        assert newer.commit() == 1
        other.add(Page((contact("c", account=MINH),), next_cursor="one"))
        assert other.commit() == 1
    assert set(names(store)) == {"b"}
    assert store.contact_count(MINH) == 1


def test_contacts_are_listed_by_name_in_pages(store: Store) -> None:
    pull(store, Page(tuple(contact(str(number), f"{number:03}") for number in reversed(range(25)))))
    listed = [store.contacts(LAN, limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page) for page in listed] == [10, 10, 5, 0]
    assert [each.name for page in listed for each in page] == [f"{number:03}" for number in range(25)]
