from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import IO

from tests.core.store.samples import HOME, LAN, MINH, WINDOW, WORK
from tests.core.store.writer import people_of, size_of
from zoomcal.domain.meetings import AccountId
from zoomcal.store import Store

ROOT = Path(__file__).parents[3]
KILLS = 30


@contextmanager
def writer(path: Path, account: AccountId) -> Iterator[IO[str]]:
    """Its output; it is killed, wherever it stands, when the block is left."""
    command = [sys.executable, "-m", "tests.core.store.writer", str(path), account]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            yield process.stdout
        finally:
            process.kill()
        assert process.stderr.read() == ""


def check(store: Store, account: AccountId) -> int:
    """Check that all that is stored belongs to whole generations, and return the contacts' generation."""
    for calendar_id in (WORK, HOME):
        found = store.meetings(WINDOW, {(account, calendar_id)})
        generations = {int(each.title) for each in found}
        assert len(generations) <= 1
        assert len(found) == sum(size_of(generation) for generation in generations)
    contacts = store.contacts(account, limit=1000)
    cursor = store.cursor(account)
    if cursor is None:
        assert contacts == []
        return 0
    generation = int(cursor.cursor or -1)
    assert {each.name for each in contacts} == {str(generation)}
    assert {each.uid for each in contacts} == people_of(generation)
    return generation


def test_a_kill_at_any_instant_leaves_whole_windows_and_contacts_that_match_their_cursor(path: Path) -> None:
    random = Random(7)
    for _ in range(KILLS):
        with writer(path, LAN) as output:
            for _ in range(random.randint(2, 40)):
                output.readline()
        with_log = sqlite3.connect(path)
        assert with_log.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert with_log.execute("PRAGMA foreign_key_check").fetchall() == []
        with_log.close()
        store = Store(path)
        check(store, LAN)
        assert not store.rebuilt
        store.close()
    assert list(path.parent.glob("cache.db.damaged*")) == []
    store = Store(path)
    assert check(store, LAN) > KILLS / 3
    store.close()


def test_a_kill_while_the_file_is_made_leaves_none_or_a_good_one(tmp_path: Path) -> None:
    for number in range(8):
        path = tmp_path / str(number) / "cache.db"
        with writer(path, LAN) as output:
            assert output.readline() == "start\n"
        store = Store(path)
        check(store, LAN)
        assert not store.rebuilt
        store.close()


def test_two_processes_write_while_a_third_reads(path: Path) -> None:
    with writer(path, LAN) as lan, writer(path, MINH) as minh:
        assert [lan.readline(), lan.readline()] == ["start\n", "open\n"]
        store = Store(path)
        for _ in range(60):
            assert lan.readline()
            assert minh.readline()
            for account in (LAN, MINH):
                for calendar_id in (WORK, HOME):
                    found = store.meetings(WINDOW, {(account, calendar_id)})
                    assert len({each.title for each in found}) <= 1
    assert min(check(store, LAN), check(store, MINH)) > 3
    store.close()
