"""Meetings: a calendar's window is replaced whole, and read back by time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Self

from zoomcal.domain.meetings import AccountId, Meeting, Timed
from zoomcal.store.database import Database
from zoomcal.store.migrations import transaction
from zoomcal.store.rows import MeetingRow, bindable_row, instant, meeting_from, meeting_row

_OVERLAPPING = """
    SELECT calendar, uid, start, until, first_day, until_day, title, role, answer, host_name, host_email, location,
        description, conference_url, conference_passcode, zone, ical_uid, series_uid, etag, web_link,
        attendees_omitted, attendees, finding
    FROM meetings WHERE start < ? AND (until > ? OR start >= ?)"""
_STORED = """
    SELECT id, uid, start, until, first_day, until_day, title, role, answer, host_name, host_email, location,
        description, conference_url, conference_passcode, zone, ical_uid, series_uid, etag, web_link,
        attendees_omitted, attendees, finding
    FROM meetings WHERE calendar = ?"""
_INSERTED = """
    INSERT INTO meetings (
        calendar, uid, start, until, first_day, until_day, title, role, answer, host_name, host_email, location,
        description, conference_url, conference_passcode, zone, ical_uid, series_uid, etag, web_link,
        attendees_omitted, attendees, finding
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_UPDATED = """
    UPDATE meetings SET
        start = ?, until = ?, first_day = ?, until_day = ?, title = ?, role = ?, answer = ?, host_name = ?,
        host_email = ?, location = ?, description = ?, conference_url = ?, conference_passcode = ?, zone = ?,
        ical_uid = ?, series_uid = ?, etag = ?, web_link = ?, attendees_omitted = ?, attendees = ?, finding = ?
    WHERE id = ?"""


class WindowReplacement:
    """A calendar's window under way: pages are gathered, and land together when the `with` block ends well.

    A meeting given twice counts as it was given last.
    """

    changed = 0
    """After the block: how many meetings were added, changed or removed."""

    def __init__(self, database: Database, account: AccountId, calendar_id: str, window: Timed) -> None:
        self._database = database
        self._calendar = (account, calendar_id)
        self._until = instant(window.end)
        self._rows: dict[str, MeetingRow] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.changed = self._database.run(self._swap)

    def add(self, meetings: Sequence[Meeting]) -> None:
        """Take in a page, all of whose meetings are of this calendar; nothing is written yet."""
        for meeting in meetings:
            row = meeting_row(meeting)
            self._rows[row[0]] = row

    def _swap(self, db: sqlite3.Connection) -> int:
        try:
            return self._swapped(db)
        except UnicodeEncodeError:  # rare, so it is not looked for beforehand
            self._rows = {row[0]: row for row in map(bindable_row, self._rows.values())}
            return self._swapped(db)

    def _swapped(self, db: sqlite3.Connection) -> int:
        with transaction(db):
            calendar = _calendar_row(db, *self._calendar)
            new = self._rows.copy()
            gone: list[tuple[int]] = []
            changed: list[tuple[int | str | None, ...]] = []
            for rowid, *old in db.execute(_STORED, (calendar,)):
                row = new.pop(old[0], None)
                if row is None:
                    if old[1] < self._until:
                        gone.append((rowid,))
                elif row != tuple(old):
                    changed.append((*row[1:], rowid))
            db.executemany("DELETE FROM meetings WHERE id = ?", gone)
            db.executemany(_UPDATED, changed)
            db.executemany(_INSERTED, ((calendar, *row) for row in new.values()))
            return len(gone) + len(changed) + len(new)


def _calendar_row(db: sqlite3.Connection, account: AccountId, calendar_id: str) -> int:
    of_this = (account, calendar_id)
    found = db.execute("SELECT id FROM calendars WHERE account = ? AND calendar_id = ?", of_this).fetchone()
    if found is None:
        found = db.execute(
            "INSERT INTO calendars (account, calendar_id) VALUES (?, ?) RETURNING id", of_this
        ).fetchone()
    return int(found[0])


def meetings_in(
    db: sqlite3.Connection, overlapping: Timed, calendars: Collection[tuple[AccountId, str]] | None
) -> list[Meeting]:
    """Return what overlaps a span, of the given calendars or of all."""
    known = {
        rowid: (account, calendar_id)
        for rowid, account, calendar_id in db.execute("SELECT id, account, calendar_id FROM calendars")
        if calendars is None or (account, calendar_id) in calendars
    }
    start, end = instant(overlapping.start), instant(overlapping.end)
    rows = db.execute(_OVERLAPPING, (end, start, start))
    return [meeting_from(*known[calendar], row) for calendar, *row in rows if calendar in known]


def keep_calendars(db: sqlite3.Connection, account: AccountId, calendar_ids: Collection[str]) -> int:
    """Remove the meetings of the account's other calendars and return how many those were."""
    with transaction(db):
        gone = [
            (rowid,)
            for rowid, calendar_id in db.execute("SELECT id, calendar_id FROM calendars WHERE account = ?", (account,))
            if calendar_id not in calendar_ids
        ]
        count = db.executemany("DELETE FROM meetings WHERE calendar = ?", gone).rowcount
        db.executemany("DELETE FROM calendars WHERE id = ?", gone)
        return max(count, 0)
