"""What ZoomCal keeps on disk: one SQLite file.

It holds meetings, contacts, how far each service was read and the person's marks: everything in it but the marks can
be read again from the services. Settings and secrets live elsewhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zoomcal.domain.meetings import AccountId, Key, Meeting, Timed
from zoomcal.store.database import Database
from zoomcal.store.marks import Marks, mark, marks_in
from zoomcal.store.meetings import WindowReplacement, keep_calendars, meetings_in
from zoomcal.store.migrations import transaction
from zoomcal.store.rows import instant, moment

if TYPE_CHECKING:
    from zoomcal.domain.contacts import Contact
    from zoomcal.store.contacts import ContactStaging, Cursor

__all__ = ["Marks", "Store", "WindowReplacement"]

CONTACTS = "contacts"
"""The collection of an account that has only one address book."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """The cache of one profile; usable from any thread and beside other processes.

    Every call blocks on the disk; most take a millisecond or less. Each thread has its own connection.

    Args:
        path: The file; its folder is made when it is missing.
        clock: The present moment, aware, UTC.

    Raises:
        StoreTooNew: A newer ZoomCal wrote the file; it is left as it is. Any call may raise it.
        StoreFailed: The disk is full, the file cannot be opened, the store is closed. Any call may raise it.
        StoreDamaged: The file was damaged twice in a row. Any call may raise it.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = _utc_now) -> None:
        self._database = Database(path)
        self._clock = clock

    @property
    def rebuilt(self) -> bool:
        """Whether a damaged file was found since this object was made, set aside, and a new one begun."""
        return self._database.rebuilt

    def close(self) -> None:
        """Close every thread's connection, from any thread; later calls raise StoreFailed."""
        self._database.close()

    def meetings(self, overlapping: Timed, calendars: Collection[tuple[AccountId, str]] | None = None) -> list[Meeting]:
        """Return the meetings that overlap a span, in no particular order.

        Args:
            overlapping: All-day meetings are given when the span touches one of their days anywhere on earth.
            calendars: Account and calendar id of those that count; None for all.
        """
        return self._database.run(lambda db: meetings_in(db, overlapping, calendars))

    def replacing(self, account: AccountId, calendar_id: str, window: Timed) -> WindowReplacement:
        """Return a collector for the pages of a calendar's window.

        When its `with` block ends well, the calendar's stored meetings that begin before the window's end give way to
        the collected ones in one transaction; unchanged rows are not written. An exception in the block leaves the
        store as it was.
        """
        return WindowReplacement(self._database, account, calendar_id, window)

    def replace_window(self, account: AccountId, calendar_id: str, window: Timed, meetings: Sequence[Meeting]) -> int:
        """Replace a calendar's window at once and return how many meetings were added, changed or removed."""
        with self.replacing(account, calendar_id, window) as replacement:
            replacement.add(meetings)
        return replacement.changed

    def keep_calendars(self, account: AccountId, calendar_ids: Collection[str]) -> int:
        """Drop the meetings of calendars that the account no longer has, or that are no longer shown."""
        return self._database.run(lambda db: keep_calendars(db, account, calendar_ids))

    def sync_times(self) -> dict[AccountId, datetime]:
        """Return when each account's meetings were last read in full; aware, UTC."""

        def read(db: sqlite3.Connection) -> dict[AccountId, datetime]:
            return {AccountId(account): moment(at) for account, at in db.execute("SELECT account, at FROM syncs")}

        return self._database.run(read)

    def set_synced(self, account: AccountId) -> datetime:
        """Note that the account's meetings have just been read in full, and return the moment noted."""
        now = self._clock()
        self._database.run(
            lambda db: db.execute("INSERT OR REPLACE INTO syncs (account, at) VALUES (?, ?)", (account, instant(now)))
        )
        return now

    def marks(self) -> Marks:
        """Return the events that the person hid or silenced."""
        return self._database.run(marks_in)

    def mark(self, key: Key, *, hidden: bool | None = None, silenced: bool | None = None) -> None:
        """Hide or silence one event, or bring it back; None leaves that mark as it is.

        Marks stay when rows are replaced, and go thirty days after the event.
        """
        self._database.run(lambda db: mark(db, key, hidden, silenced, self._clock()))

    def cursor(self, account: AccountId, collection: str = CONTACTS) -> Cursor | None:
        """Return how far a collection has been read; None when it never was."""
        from zoomcal.store.contacts import cursor_of

        return self._database.run(lambda db: cursor_of(db, account, collection))

    def staging(self, account: AccountId, collection: str = CONTACTS) -> ContactStaging:
        """Begin a pull of contacts, to be used as a context manager; the caller holds the account's lock."""
        from zoomcal.store.contacts import ContactStaging

        return ContactStaging(self._database, account, collection, self._clock)

    def contact_count(self, account: AccountId) -> int:
        """Return how many contacts of the account are stored."""

        def count(db: sqlite3.Connection) -> int:
            (found,) = db.execute("SELECT count(*) FROM contacts WHERE account = ?", (account,)).fetchone()
            return int(found)

        return self._database.run(count)

    def contacts(self, account: AccountId, *, limit: int = 100, offset: int = 0) -> list[Contact]:
        """Return a page of the account's contacts, by name."""
        from zoomcal.store.contact_rows import contact_from

        def read(db: sqlite3.Connection) -> list[Contact]:
            rows = db.execute(
                "SELECT uid, name, company, title, card FROM contacts WHERE account = ?"
                " ORDER BY name, id LIMIT ? OFFSET ?",
                (account, limit, offset),
            )
            return [contact_from(account, row) for row in rows]

        return self._database.run(read)

    def forget(self, account: AccountId, *, meetings: bool = True, contacts: bool = True) -> None:
        """Delete what is cached of the account, marks included, so that nothing of it is left on the disk.

        Copies of damaged files, which may hold it too, go as well.
        """

        def delete(db: sqlite3.Connection) -> None:
            with transaction(db):
                if meetings:
                    db.execute("DELETE FROM calendars WHERE account = ?", (account,))
                    db.execute("DELETE FROM syncs WHERE account = ?", (account,))
                    db.execute("DELETE FROM marks WHERE account = ?", (account,))
                if contacts:
                    db.execute("DELETE FROM contacts WHERE account = ?", (account,))
                    db.execute("DELETE FROM stagings WHERE account = ?", (account,))
                    db.execute("DELETE FROM cursors WHERE account = ?", (account,))

        self._database.run(delete)
        self._database.empty_log()
        self._database.remove_damaged()
