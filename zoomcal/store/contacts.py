"""Contacts as they arrive: pages are staged, then rows and cursor are swapped in together."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from zoomcal.catalogue import sentence
from zoomcal.domain.contacts import Contact
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import StoreFailed
from zoomcal.store.contact_rows import contact_row
from zoomcal.store.database import Database
from zoomcal.store.migrations import transaction
from zoomcal.store.rows import bindable, instant, moment


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a collection has been read."""

    cursor: str | None
    """The service's sync token; None where everything has to be read again."""
    full_at: datetime
    """When everything was last read; aware, UTC."""


class Page(Protocol):
    """Changes of an address book, as a provider gives them."""

    @property
    def changed(self) -> Sequence[Contact]:
        """Contacts that are new or different."""

    @property
    def deleted(self) -> Sequence[str]:
        """Ids of contacts that are gone."""

    @property
    def next_cursor(self) -> str | None:
        """Set on the last page alone."""


def cursor_of(db: sqlite3.Connection, account: AccountId, collection: str) -> Cursor | None:
    """Return how far the collection has been read; None when it never was."""
    row = db.execute(
        "SELECT cursor, full_at FROM cursors WHERE account = ? AND collection = ?", (account, collection)
    ).fetchone()
    return None if row is None else Cursor(row[0], moment(row[1]))


class ContactStaging:
    """One pull of a collection: add pages as they come, commit at the end; leaving without `commit` changes nothing.

    The caller holds the account's lock: an older pull of the same collection, left over by a kill, is thrown away.

    Raises:
        StoreFailed: Another process has begun a pull of the same collection, or as in `Database.run`.
    """

    def __init__(self, database: Database, account: AccountId, collection: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._account = account
        self._collection = collection
        self._clock = clock
        self._next_cursor: str | None = None
        self._begun = clock()
        self._id, before = database.run(self._begin)
        self.cursor: str | None = before.cursor if before else None
        """What to ask the service for: the changes since this, or everything when it is None."""
        self._full = self.cursor is None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, StoreFailed):
            self._database.run(self._discard)

    def add(self, page: Page) -> None:
        """Stage a page; of several words on one contact the last counts."""
        changed = [(self._id, *contact_row(contact)) for contact in page.changed]
        deleted = [(self._id, bindable(uid)) for uid in page.deleted]

        def write(db: sqlite3.Connection) -> None:
            with transaction(db):
                self._check(db)
                db.executemany(
                    "INSERT OR REPLACE INTO staged (staging, deleted, uid, name, company, title, card)"
                    " VALUES (?, 0, ?, ?, ?, ?, ?)",
                    changed,
                )
                db.executemany("INSERT OR REPLACE INTO staged (staging, deleted, uid) VALUES (?, 1, ?)", deleted)

        self._database.run(write)
        self._next_cursor = page.next_cursor

    def restart_from_nothing(self) -> None:
        """Forget the pages and the cursor: what comes now is everything."""

        def empty(db: sqlite3.Connection) -> None:
            with transaction(db):
                self._check(db)
                db.execute("DELETE FROM staged WHERE staging = ?", (self._id,))

        self._database.run(empty)
        self.cursor = None
        self._full = True
        self._begun = self._clock()

    def commit(self) -> int:
        """Swap rows and cursor in and return how many contacts were added, changed or removed."""
        return self._database.run(self._swap)

    def _begin(self, db: sqlite3.Connection) -> tuple[int, Cursor | None]:
        of_this = (self._account, self._collection)
        with transaction(db):
            db.execute("DELETE FROM stagings WHERE account = ? AND collection = ?", of_this)
            (staging,) = db.execute(
                "INSERT INTO stagings (account, collection) VALUES (?, ?) RETURNING id", of_this
            ).fetchone()
            return staging, cursor_of(db, *of_this)

    def _discard(self, db: sqlite3.Connection) -> None:
        with transaction(db):
            db.execute("DELETE FROM stagings WHERE id = ?", (self._id,))

    def _check(self, db: sqlite3.Connection) -> None:
        of_this = (self._id, self._account, self._collection)
        held = db.execute("SELECT 1 FROM stagings WHERE id = ? AND account = ? AND collection = ?", of_this)
        if held.fetchone() is None:
            raise StoreFailed(
                sentence("The contacts are being read by another ZoomCal, or the local copy was renewed.")
            )

    def _swap(self, db: sqlite3.Connection) -> int:
        of_this = (self._account, self._collection)
        with transaction(db):
            self._check(db)
            if self._full:
                removed = db.execute(
                    "DELETE FROM contacts WHERE account = ? AND collection = ?"
                    " AND uid NOT IN (SELECT uid FROM staged WHERE staging = ? AND NOT deleted)",
                    (*of_this, self._id),
                )
            else:
                removed = db.execute(
                    "DELETE FROM contacts WHERE account = ? AND collection = ?"
                    " AND uid IN (SELECT uid FROM staged WHERE staging = ? AND deleted)",
                    (*of_this, self._id),
                )
            written = db.execute(
                "INSERT INTO contacts (account, collection, uid, name, company, title, card)"
                " SELECT ?, ?, uid, name, company, title, card FROM staged WHERE staging = ? AND NOT deleted"
                " ON CONFLICT (account, collection, uid) DO UPDATE SET name = excluded.name,"
                " company = excluded.company, title = excluded.title, card = excluded.card"
                " WHERE (name, company, title, card)"
                " IS NOT (excluded.name, excluded.company, excluded.title, excluded.card)",
                (*of_this, self._id),
            )
            db.execute(
                "INSERT INTO cursors (account, collection, cursor, full_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (account, collection) DO UPDATE SET cursor = excluded.cursor,"
                " full_at = CASE WHEN ? THEN excluded.full_at ELSE full_at END",
                (*of_this, self._next_cursor, instant(self._begun), self._full),
            )
            db.execute("DELETE FROM stagings WHERE id = ?", (self._id,))
            return removed.rowcount + written.rowcount
