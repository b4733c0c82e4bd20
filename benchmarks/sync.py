"""The first and the repeated sync of a whole mailbox, against parsing the same bytes and inserting the rows raw.

Measured in CPU seconds of this process alone, for each service; the sandbox runs in another.
"""

from __future__ import annotations

import gc
import json
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import lxml.etree

from benchmarks.mailboxes import SERVICES, Answer, Described, answers, connect, open_core, sandbox
from zoomcal.domain.meetings import Service

EVENTS = 10_000
CONTACTS = 50_000
ROUNDS = 3
_TABLES = ("meetings", "contacts")
Rows = Mapping[str, Sequence[tuple[Any, ...]]]


def run(events: int = EVENTS, contacts: int = CONTACTS) -> dict[str, float]:
    """Return the figures of each service, the least of several rounds; ratios are against the floor of the same run."""
    gc.disable()  # as in the window: see ui.bridge.garbage; the floor has it the same way
    figures = {"events": float(events), "contacts": float(contacts)}
    with sandbox(events, contacts) as described:
        for service in SERVICES:
            figures |= {f"{service}_{name}": value for name, value in _measured(described, service).items()}
    gc.enable()
    return figures


def _measured(described: Described, service: Service) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        heard = _heard(described, service, folder / "warm")
        floors, firsts, repeats = [], [], []
        for number in range(ROUNDS):
            first_s, repeated_s = _synced(described, service, folder / str(number))
            tables, rows = _stored(folder / str(number) / "cache.db")
            floors.append(_floor(heard[0], tables, rows, Path(tempfile.mkdtemp(dir=folder))))
            firsts.append(first_s)
            repeats.append(repeated_s)
            gc.collect()
    return {
        "rows": float(sum(map(len, rows.values()))),
        "bytes": float(sum(len(answer.body) for answer in heard[0])),
        "requests": float(len(heard[0])),
        "requests_again": float(len(heard[1])),
        "floor_s": min(floors),
        "first_s": min(firsts),
        "repeated_s": min(repeats),
        "first_ratio": min(firsts) / min(floors),
        "repeated_ratio": min(repeats) / min(floors),
    }


def _heard(described: Described, service: Service, profile: Path) -> tuple[list[Answer], list[Answer]]:
    """Return what the service answers to a first and to a repeated sync, by looking on while they run."""
    with closing(open_core(described, profile)) as core:
        account = connect(core, described, service)
        with answers() as first:
            core.sync(account, Event(), contacts=True)
        with answers() as repeated:
            core.sync(account, Event(), contacts=True)
    return first, repeated


def _synced(described: Described, service: Service, profile: Path) -> tuple[float, float]:
    """Return the CPU seconds of a first and of a repeated sync, contacts and all."""
    with closing(open_core(described, profile)) as core:
        account = connect(core, described, service)
        spent = []
        for _ in range(2):
            began = time.process_time()
            health = core.sync(account, Event(), contacts=True)
            spent.append(time.process_time() - began)
            assert health.sentence is None, health.sentence
    return spent[0], spent[1]


def _stored(store: Path) -> tuple[list[str], Rows]:
    """Return the tables of meetings and contacts as SQL, and the rows that a sync has put into them."""
    with closing(sqlite3.connect(store)) as db:
        found = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
        rows = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}  # noqa: S608 - ours
    return [sql for name, sql in found if name in _TABLES], rows


def _floor(heard: Sequence[Answer], tables: Sequence[str], rows: Rows, folder: Path) -> float:
    """Return the CPU seconds of parsing the answers and inserting the finished rows, and nothing between."""
    with closing(sqlite3.connect(folder / "floor.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        for table in tables:
            db.execute(table)
        began = time.process_time()
        for answer in heard:
            if "json" in answer.content_type:
                json.loads(answer.body)
            elif "xml" in answer.content_type:
                lxml.etree.fromstring(answer.body)
        with db:
            for table, finished in rows.items():
                if finished:
                    marks = ", ".join("?" * len(finished[0]))
                    db.executemany(f"INSERT INTO {table} VALUES ({marks})", finished)  # noqa: S608 - question marks
        return time.process_time() - began
