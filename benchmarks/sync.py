"""The first and the repeated sync of Google's calendars, against parsing the same bytes and inserting the rows raw.

Measured in CPU seconds of this process alone; the sandbox runs in another.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from zoomcal.joinlink.opener import DemoOpener

from zoomcal.app import ZoomCal
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.policy import Policy
from zoomcal.secrets import MemoryVault

EVENTS = 10_000


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
        vault=MemoryVault(),
        opener=DemoOpener(lambda: described["opened_url"]),
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
    parse = json.loads

    def keep(text: str | bytes, **options: Any) -> Any:
        value = parse(text, **options)
        if isinstance(value, dict) and "items" in value:
            pages.append(text if isinstance(text, bytes) else text.encode())
        return value

    json.loads = keep
    try:
        core.sync(account, Event())
    finally:
        json.loads = parse
    return pages


def _floor(pages: list[bytes], folder: Path) -> float:
    """Return the CPU seconds of parsing the pages and inserting their rows as they are."""
    db = sqlite3.connect(folder / "floor.db")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE events (id TEXT PRIMARY KEY, start TEXT, until TEXT, title TEXT, place TEXT, body TEXT)")
    began = time.process_time()
    for page in pages:
        rows = (
            (
                event["id"],
                event["start"].get("dateTime", event["start"].get("date")),
                event["end"].get("dateTime", event["end"].get("date")),
                event.get("summary"),
                event.get("location"),
                event.get("description"),
            )
            for event in json.loads(page).get("items", ())
            if "start" in event
        )
        with db:
            db.executemany("INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
    spent = time.process_time() - began
    db.close()
    return spent


def run(events: int = EVENTS) -> dict[str, float]:
    """Return the figures; `first_ratio` and `repeated_ratio` are against the floor of the same run."""
    with sandbox(events) as described, tempfile.TemporaryDirectory() as folder:
        warm, account = connected_core(described, Path(folder) / "warm")
        pages = _pages(warm, account)
        warm.close()
        core, account = connected_core(described, Path(folder) / "cold")
        spent = []
        for _ in range(2):
            began = time.process_time()
            health = core.sync(account, Event())
            spent.append(time.process_time() - began)
            assert health.sentence is None, health.sentence
        floor = min(_floor(pages, Path(tempfile.mkdtemp(dir=folder))) for _ in range(3))
        rows = len(core.agenda().items)
        core.close()
    return {
        "events": float(events),
        "bytes": float(sum(map(len, pages))),
        "rows_today": float(rows),
        "floor_s": floor,
        "first_s": spent[0],
        "repeated_s": spent[1],
        "first_ratio": spent[0] / floor,
        "repeated_ratio": spent[1] / floor,
    }
