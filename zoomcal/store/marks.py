"""What the person decided about single events: hidden, silenced."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import NamedTuple

from zoomcal.domain.meetings import Key
from zoomcal.store.migrations import transaction
from zoomcal.store.rows import bindable, instant

KEPT_AFTER_END = timedelta(days=30)


class Marks(NamedTuple):
    """The marked events."""

    hidden: frozenset[Key] = frozenset()
    silenced: frozenset[Key] = frozenset()


def marks_in(db: sqlite3.Connection) -> Marks:
    """Return every mark."""
    rows = db.execute("SELECT account, calendar_id, uid, hidden, silenced FROM marks").fetchall()
    return Marks(
        hidden=frozenset((account, calendar, uid) for account, calendar, uid, hidden, _ in rows if hidden),
        silenced=frozenset((account, calendar, uid) for account, calendar, uid, _, silenced in rows if silenced),
    )


def mark(db: sqlite3.Connection, key: Key, hidden: bool | None, silenced: bool | None, now: datetime) -> None:
    """Set or clear an event's marks; None leaves one as it is.

    A mark outlives the event's row, and goes thirty days after the event has ended (after now, when no row is known).
    """
    account, calendar_id, uid = key
    key = (account, calendar_id, bindable(uid))
    with transaction(db):
        ended = db.execute(
            "SELECT until FROM meetings JOIN calendars ON calendars.id = calendar"
            " WHERE account = ? AND calendar_id = ? AND uid = ?",
            key,
        ).fetchone()
        db.execute(
            "INSERT INTO marks (account, calendar_id, uid, until) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (account, calendar_id, uid) DO UPDATE SET until = max(until, excluded.until)",
            (*key, ended[0] if ended else instant(now)),
        )
        db.execute(
            "UPDATE marks SET hidden = coalesce(?, hidden), silenced = coalesce(?, silenced)"
            " WHERE account = ? AND calendar_id = ? AND uid = ?",
            (hidden, silenced, *key),
        )
        db.execute("DELETE FROM marks WHERE NOT hidden AND NOT silenced")
        db.execute(
            "DELETE FROM marks WHERE until < ? AND NOT EXISTS ("
            "SELECT 1 FROM meetings JOIN calendars ON calendars.id = calendar"
            " WHERE account = marks.account AND calendar_id = marks.calendar_id AND uid = marks.uid AND until > ?)",
            (instant(now - KEPT_AFTER_END), instant(now - KEPT_AFTER_END)),
        )
