from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.core.store.samples import HOME, LAN, WINDOW, WORK, Page, contact, meeting, titles
from zoomcal.errors import StoreFailed
from zoomcal.store import Store
from zoomcal.store.database import Database

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a person's files apart by folder")


def filled(path: Path, count: int = 200) -> Store:
    store = Store(path)
    store.replace_window(LAN, WORK, WINDOW, [meeting(f"{n:04}", description="x" * 900) for n in range(count)])
    with store.staging(LAN) as staging:
        staging.add(Page((contact("a"),), next_cursor="one"))
        staging.commit()
    return store


def set_aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob("cache.db.damaged-*Z"))


@posix_only
@pytest.mark.parametrize("umask", [0o000, 0o077, 0o377])
def test_every_file_is_the_owners_alone_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        path.parent.mkdir(mode=0o700)
        path.parent.chmod(0o700)
        store = filled(path)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("cache.db*")}
        store.close()
    finally:
        os.umask(before)
    assert {name: mode for name, mode in modes.items() if "lock" not in name} == dict.fromkeys(
        ("cache.db", "cache.db-wal", "cache.db-shm"), 0o600
    )


@posix_only
def test_the_folder_is_made_for_the_owner_alone(path: Path) -> None:
    Store(path).close()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@posix_only
def test_a_cache_that_others_could_read_is_closed_to_them(path: Path) -> None:
    filled(path).close()
    path.chmod(0o644)
    store = filled(path)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("cache.db*") if "lock" not in file.name}
    store.close()
    assert modes == {0o600}


def test_what_was_written_is_there_after_reopening(path: Path) -> None:
    filled(path, 3).close()
    store = Store(path)
    assert set(titles(store.meetings(WINDOW))) == {"0000", "0001", "0002"}
    assert not store.rebuilt
    store.close()


def overwrite_all(data: bytes) -> bytes:
    return b"not a database at all " * (len(data) // 22)


def overwrite_the_tables(data: bytes) -> bytes:
    return data[:8192] + b"\xa5" * (len(data) - 8192)


def cut_in_half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def damage_one_text(data: bytes) -> bytes:
    return data.replace(b'"https://us02web', b'"https://us02"eb')


def break_one_character(data: bytes) -> bytes:
    return data.replace(b'"https://us02web', b'"https://us02\xffeb')


def tiny(data: bytes) -> bytes:
    return data[:5]


@pytest.mark.parametrize(
    "damage", [overwrite_all, overwrite_the_tables, cut_in_half, damage_one_text, break_one_character, tiny]
)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path, damage: Callable[[bytes], bytes]) -> None:
    filled(path).close()
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)

    store = Store(path)
    assert store.meetings(WINDOW) == []
    assert store.rebuilt
    assert store.contact_count(LAN) == 0
    assert store.cursor(LAN) is None
    assert [file.read_bytes() for file in set_aside(path)] == [damaged]
    store.replace_window(LAN, WORK, WINDOW, [meeting("new")])
    store.close()
    again = Store(path)
    assert set(titles(again.meetings(WINDOW))) == {"new"}
    assert not again.rebuilt
    again.close()


def test_a_write_that_meets_damage_is_done_on_the_new_file(path: Path) -> None:
    filled(path).close()
    path.write_bytes(overwrite_the_tables(path.read_bytes()))
    store = Store(path)
    assert store.replace_window(LAN, WORK, WINDOW, [meeting("new")]) == 1
    assert set(titles(store.meetings(WINDOW))) == {"new"}
    assert store.rebuilt
    store.close()


def test_contacts_staged_before_the_damage_are_not_taken_for_everything(path: Path) -> None:
    store = filled(path)
    staging = store.staging(LAN)
    staging.add(Page((contact("b"),)))
    store.close()
    path.write_bytes(overwrite_the_tables(path.read_bytes()))
    other = Store(path)
    assert other.meetings(WINDOW) == []
    with pytest.raises(StoreFailed):
        staging.commit()
    assert other.contact_count(LAN) == 0
    other.close()


def test_at_most_two_damaged_files_are_kept(path: Path) -> None:
    for number in range(4):
        filled(path).close()
        path.write_bytes(bytes([number]) * 5000)
        Store(path).close()
    assert [file.read_bytes()[0] for file in set_aside(path)] == [2, 3]


def test_of_two_stores_on_a_damaged_file_one_sets_it_aside_and_both_go_on(path: Path) -> None:
    filled(path).close()
    path.write_bytes(damage_one_text(path.read_bytes()))
    one, other = Store(path), Store(path)
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda store: store.meetings(WINDOW), (one, other)))
    assert found == [[], []]
    assert [one.rebuilt, other.rebuilt].count(True) == 1
    assert len(set_aside(path)) == 1
    one.replace_window(LAN, WORK, WINDOW, [meeting("new")])
    assert set(titles(other.meetings(WINDOW))) == {"new"}
    one.close()
    other.close()


def test_a_thread_whose_file_was_set_aside_turns_to_the_new_one(path: Path) -> None:
    store = filled(path)
    path.rename(path.with_name("elsewhere"))
    assert store.meetings(WINDOW) == []
    store.replace_window(LAN, WORK, WINDOW, [meeting("new")])
    assert set(titles(store.meetings(WINDOW))) == {"new"}
    store.close()


def test_threads_write_and_read_at_once_and_see_whole_windows(store: Store) -> None:
    calendars = [f"{name}@example.org" for name in ("a", "b", "c")]
    torn: list[object] = []

    def write(calendar: str) -> None:
        for generation in range(15):
            given = [meeting(str(n), title=str(generation), calendar_id=calendar) for n in range(40)]
            store.replace_window(LAN, calendar, WINDOW, given)

    def read(calendar: str) -> None:
        for _ in range(30):
            found = store.meetings(WINDOW, {(LAN, calendar)})
            if len({each.title for each in found}) > 1 or len(found) not in (0, 40):
                torn.append(found)

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(work, calendar) for work in (write, read) for calendar in calendars]:
            done.result()
    assert torn == []
    assert {each.title for each in store.meetings(WINDOW)} == {"14"}


def test_connections_of_ended_threads_are_closed(path: Path) -> None:
    database = Database(path)
    for _ in range(5):
        thread = threading.Thread(target=database.run, args=(lambda db: db.execute("SELECT 1").fetchone(),))
        thread.start()
        thread.join()
    database.run(lambda db: db.execute("SELECT 1").fetchone())
    assert len(database._lanes) <= 2
    database.close()


def test_closing_ends_a_call_under_way_in_another_thread(path: Path) -> None:
    database = Database(path)
    begun = threading.Event()
    endless = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    def work(db: sqlite3.Connection) -> None:
        begun.set()
        db.execute(endless).fetchone()

    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(database.run, work)
        assert begun.wait(10)
        database.close()
        with pytest.raises(StoreFailed):
            call.result(10)
    with pytest.raises(StoreFailed, match="closing"):
        database.run(lambda db: db.execute("SELECT 1"))


def test_a_full_disk_is_told_and_leaves_the_old_rows(path: Path) -> None:
    store = filled(path, 5)
    store._database.run(lambda db: db.execute("PRAGMA max_page_count = 1").fetchone())
    with pytest.raises(StoreFailed, match="local copy") as failed:
        store.replace_window(LAN, HOME, WINDOW, [meeting(str(n), calendar_id=HOME) for n in range(100)])
    assert "full" in failed.value.detail
    assert len(store.meetings(WINDOW)) == 5
    assert set_aside(path) == []
    store.close()


def test_a_folder_that_cannot_be_made_is_told(path: Path) -> None:
    path.parent.write_text("a file stands here")
    with pytest.raises(StoreFailed):
        Store(path)


def test_a_mistake_of_ours_is_no_fault_of_the_world(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax"):
        store._database.run(lambda db: db.execute("SELEKT"))
    assert not store.rebuilt
