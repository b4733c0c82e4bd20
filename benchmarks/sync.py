"""The first and the repeated sync of Google's calendars, against parsing the same bytes and inserting the rows raw.

Measured in CPU seconds of this process alone; the sandbox runs in another.
"""

from __future__ import annotations

import gc
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import orjson

from zoomcal.app import ZoomCal
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.joinlink.opener import DemoOpener
from zoomcal.policy import Policy
from zoomcal.secrets import MemoryVault

EVENTS = 10_000
ROUNDS = 5


@contextmanager
def sandbox(events: int, contacts: int = 0) -> Iterator[dict[str, Any]]:
    """Run the sandbox in a process of its own and give its description."""
    command = [sys.executable, "-m", "zoomcal", "sandbox", "--events", str(events), "--contacts", str(contacts)]
    with subprocess.Popen([*command, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        yield json.loads(process.stdout.readline())
        process.stdin.close()


def connected_core(described: dict[str, Any], profile: Path, *, contacts: bool = False) -> tuple[ZoomCal, AccountId]:
    """Return a core with the sandbox's first account signed in through the consent page, nothing read yet."""
    endpoints = Endpoints.from_mapping({"google": described["google"], "ca_file": described["ca_file"]})
    core = ZoomCal(
        profile,
        vault=MemoryVault,
        opener=lambda: DemoOpener(lambda: described["opened_url"]),
        policy=Policy(),
        endpoints=lambda _: endpoints,
    )
    pending = core.begin_connect(Service.GOOGLE, calendar=True, contacts=contacts)
    person = Thread(target=consent, args=(pending.url,))
    person.start()
    account = pending.finish(30)
    person.join()
    return core, account


def _pages(core: ZoomCal, account: AccountId) -> list[bytes]:
    """Return the bytes of every page of events that a sync reads, by looking on while one runs."""
    pages: list[bytes] = []
    parse = orjson.loads

    def keep(body: bytes) -> Any:
        value = parse(body)
        if "items" in value:
            pages.append(body)
        return value

    setattr(orjson, "loads", keep)  # noqa: B010 - looked on, for one sync
    try:
        core.sync(account, Event())
    finally:
        setattr(orjson, "loads", parse)  # noqa: B010
    return pages


def _stored(store: Path) -> tuple[str, list[tuple[Any, ...]]]:
    """Return the table of meetings as SQL, and the rows that a sync has put into it."""
    with closing(sqlite3.connect(store)) as db:
        (table,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'meetings'").fetchone()
        return table, db.execute("SELECT * FROM meetings").fetchall()


def _floor(pages: list[bytes], table: str, rows: list[tuple[Any, ...]], folder: Path) -> float:
    """Return the CPU seconds of parsing the pages and inserting the finished rows, and nothing between."""
    insert = f"INSERT INTO meetings VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608 - question marks alone
    with closing(sqlite3.connect(folder / "floor.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(table)
        began = time.process_time()
        for page in pages:
            json.loads(page)
        with db:
            db.executemany(insert, rows)
        return time.process_time() - began


def _synced(described: dict[str, Any], profile: Path) -> tuple[float, float, int]:
    """Return the CPU seconds of a first and of a repeated sync, and how many rows today has."""
    core, account = connected_core(described, profile)
    spent = []
    for _ in range(2):
        began = time.process_time()
        health = core.sync(account, Event())
        spent.append(time.process_time() - began)
        assert health.sentence is None, health.sentence
    today = len(core.agenda().items)
    core.close()
    return spent[0], spent[1], today


def run(events: int = EVENTS) -> dict[str, float]:
    """Return the figures, each the least of several rounds; the ratios are against the floor of the same run."""
    gc.disable()  # as in the window: see ui.bridge.garbage; the floor has it the same way
    with sandbox(events) as described, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warm, account = connected_core(described, folder / "warm")
        pages = _pages(warm, account)
        warm.close()
        floors, firsts, repeats = [], [], []
        for number in range(ROUNDS):
            first_s, repeated_s, today = _synced(described, folder / str(number))
            table, rows = _stored(folder / str(number) / "cache.db")
            floors.append(_floor(pages, table, rows, Path(tempfile.mkdtemp(dir=folder))))
            firsts.append(first_s)
            repeats.append(repeated_s)
            gc.collect()
    gc.enable()
    return {
        "events": float(events),
        "bytes": float(sum(map(len, pages))),
        "rows_today": float(today),
        "floor_s": min(floors),
        "first_s": min(firsts),
        "repeated_s": min(repeats),
        "first_ratio": min(firsts) / min(floors),
        "repeated_ratio": min(repeats) / min(floors),
    }
