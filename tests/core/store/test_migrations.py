from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.store.samples import HOME, LAN, NOON, WINDOW, WORK, at, contact, meeting
from zoomcal.errors import StoreTooNew
from zoomcal.store import Store
from zoomcal.store.contacts import Cursor
from zoomcal.store.migrations import STEPS, upgrade

SHIPPED = Path(__file__).parent / "shipped"
GOOD = ("CREATE TABLE first (a)", "INSERT INTO first VALUES (1)")
BROKEN = ("CREATE TABLE second (a)", "INSERT INTO first VALUES (2)", "INSERT INTO nowhere VALUES (1)")


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir()
    opened = sqlite3.connect(path, isolation_level=None)
    yield opened
    opened.close()


def dump(db: sqlite3.Connection) -> str:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return "\n".join([*db.iterdump(), f"PRAGMA user_version = {version};"])


def test_every_version_that_was_shipped_is_at_hand() -> None:
    assert sorted(int(file.stem) for file in SHIPPED.glob("*.sql")) == list(range(1, len(STEPS) + 1))


@pytest.mark.parametrize("shipped", sorted(SHIPPED.glob("*.sql")), ids=lambda file: file.stem)
def test_rows_of_a_shipped_version_are_still_read(shipped: Path, path: Path, db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(shipped.read_text(encoding="utf-8"))
    store = Store(path, clock=lambda: NOON)
    try:
        assert sorted(store.meetings(WINDOW), key=lambda each: each.uid) == [
            meeting("a"),
            meeting("b", at(5), title="Giao ban"),
        ]
        assert store.contacts(LAN) == [contact("a", "An"), contact("b", "Bình")]
        assert store.cursor(LAN) == Cursor("one", NOON)
        assert store.sync_times() == {LAN: NOON}
        assert store.marks().hidden == {(LAN, WORK, "a")}
        assert store.marks().silenced == {(LAN, HOME, "c")}
        assert store.replace_window(LAN, WORK, WINDOW, [meeting("a"), meeting("b", at(5), title="Giao ban")]) == 0
    finally:
        store.close()
    assert db.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_released_step_is_never_edited(db: sqlite3.Connection) -> None:
    for number in range(1, len(STEPS) + 1):
        shipped = sqlite3.connect(":memory:", isolation_level=None)
        shipped.executescript((SHIPPED / f"{number}.sql").read_text(encoding="utf-8"))
        upgrade(db, STEPS[:number])
        schema = "SELECT name, sql FROM sqlite_schema ORDER BY name"
        assert db.execute(schema).fetchall() == shipped.execute(schema).fetchall()
        shipped.close()


def test_a_step_that_breaks_half_way_leaves_the_version_before_it(db: sqlite3.Connection) -> None:
    upgrade(db, (GOOD,))
    before = dump(db)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        upgrade(db, (GOOD, BROKEN))
    assert dump(db) == before
    assert not db.in_transaction
    upgrade(db, (GOOD, BROKEN[:2]))
    assert db.execute("SELECT a FROM first").fetchall() == [(1,), (2,)]
    assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_steps_before_a_broken_one_are_kept(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        upgrade(db, (GOOD, BROKEN))
    assert db.execute("PRAGMA user_version").fetchone() == (1,)


def contents(folder: Path) -> dict[str, bytes]:
    """The files that hold data; the -shm file is an index over them, made anew by each reader."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.endswith("-shm")}


def test_a_file_from_the_future_is_refused_and_left_as_it_is(path: Path, tmp_path: Path) -> None:
    Store(path).close()
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    newer.execute("CREATE TABLE hologram (a)")
    killed = tmp_path / "killed" / "cache.db"
    killed.parent.mkdir()
    for suffix in ("", "-wal"):
        killed.with_name(f"cache.db{suffix}").write_bytes(path.with_name(f"cache.db{suffix}").read_bytes())
    newer.close()

    for file in (path, killed):
        before = contents(file.parent)
        with pytest.raises(StoreTooNew) as refused:
            Store(file)
        assert "newer ZoomCal" in str(refused.value)
        after = contents(file.parent)
        assert {name: after[name] for name in before} == before
        assert {name: data for name, data in after.items() if name not in before and data} == {}


def test_a_newer_program_that_takes_over_the_open_file_is_noticed(store: Store, path: Path) -> None:
    store.replace_window(LAN, WORK, WINDOW, [meeting("a")])
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    newer.close()
    with pytest.raises(StoreTooNew):
        store.replace_window(LAN, WORK, WINDOW, [])
