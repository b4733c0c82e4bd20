"""The schema, as numbered steps of plain SQL; each is all or nothing.

A step that has been released is never edited: what changes is a further step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from zoomcal.errors import StoreTooNew

Step = tuple[str, ...]

STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE calendars (
            id INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            calendar_id TEXT NOT NULL,
            UNIQUE (account, calendar_id)
        )""",
        """CREATE TABLE meetings (
            id INTEGER PRIMARY KEY,
            calendar INTEGER NOT NULL REFERENCES calendars (id) ON DELETE CASCADE,
            uid TEXT NOT NULL,
            start INTEGER NOT NULL,
            until INTEGER NOT NULL,
            first_day TEXT,
            until_day TEXT,
            title TEXT NOT NULL,
            role TEXT NOT NULL,
            answer TEXT NOT NULL,
            host_name TEXT NOT NULL,
            host_email TEXT NOT NULL,
            location TEXT NOT NULL,
            description TEXT NOT NULL,
            conference_url TEXT NOT NULL,
            conference_passcode TEXT NOT NULL,
            zone TEXT NOT NULL,
            ical_uid TEXT NOT NULL,
            series_uid TEXT NOT NULL,
            etag TEXT NOT NULL,
            web_link TEXT NOT NULL,
            attendees_omitted INTEGER NOT NULL,
            attendees TEXT NOT NULL,
            finding TEXT NOT NULL,
            UNIQUE (calendar, uid)
        )""",
        """CREATE TABLE marks (
            account TEXT NOT NULL,
            calendar_id TEXT NOT NULL,
            uid TEXT NOT NULL,
            hidden INTEGER NOT NULL DEFAULT 0,
            silenced INTEGER NOT NULL DEFAULT 0,
            until INTEGER NOT NULL,
            PRIMARY KEY (account, calendar_id, uid)
        ) WITHOUT ROWID""",
        "CREATE TABLE syncs (account TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID",
        """CREATE TABLE contacts (
            id INTEGER PRIMARY KEY,
            account TEXT NOT NULL,
            collection TEXT NOT NULL,
            uid TEXT NOT NULL,
            name TEXT NOT NULL,
            company TEXT NOT NULL,
            title TEXT NOT NULL,
            card TEXT NOT NULL,
            UNIQUE (account, collection, uid)
        )""",
        """CREATE TABLE cursors (
            account TEXT NOT NULL,
            collection TEXT NOT NULL,
            cursor TEXT,
            full_at INTEGER NOT NULL,
            PRIMARY KEY (account, collection)
        ) WITHOUT ROWID""",
        """CREATE TABLE stagings (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account TEXT NOT NULL,
            collection TEXT NOT NULL,
            UNIQUE (account, collection)
        )""",
        """CREATE TABLE staged (
            staging INTEGER NOT NULL REFERENCES stagings (id) ON DELETE CASCADE,
            uid TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            name TEXT NOT NULL DEFAULT '',
            company TEXT NOT NULL DEFAULT '',
            title TEXT NOT NULL DEFAULT '',
            card TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (staging, uid)
        ) WITHOUT ROWID""",
    ),
)


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock for a block: all of it lands, or nothing.

    `db` was opened with `isolation_level=None`.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def version_of(db: sqlite3.Connection) -> int:
    """Return how many steps the file has taken."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def check_version(db: sqlite3.Connection, steps: tuple[Step, ...] = STEPS) -> bool:
    """Return whether the file has taken every step.

    Raises:
        StoreTooNew: It has taken steps that are not known here.
    """
    version = version_of(db)
    if version > len(steps):
        raise StoreTooNew(detail=f"The file has version {version}, this program knows {len(steps)}.")
    return version == len(steps)


def upgrade(db: sqlite3.Connection, steps: tuple[Step, ...] = STEPS) -> None:
    """Take the steps that are missing; a failing one leaves the file at the version before it.

    Raises:
        StoreTooNew: The file is left untouched.
    """
    check_version(db, steps)
    for number, step in enumerate(steps[version_of(db) :], start=version_of(db) + 1):
        with transaction(db):
            for statement in step:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
