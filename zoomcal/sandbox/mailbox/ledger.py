"""Keeping track of what changed since when, as delta links and sync states need it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar


class Journal:
    """What the folders of one mailbox share: the lock, the clock, and the number that grows with every change."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.revision = 1

    def next(self) -> int:
        """Return the revision of the change that is being made."""
        self.revision += 1
        return self.revision

    def moment(self) -> datetime:
        """Return the time now, in UTC and whole seconds, as Exchange keeps it."""
        return self.now().astimezone(UTC).replace(microsecond=0)


class Revised(Protocol):
    """Something that knows its id and the revision of its last change."""

    @property
    def id(self) -> str:
        """The id, unique in the mailbox."""

    @property
    def revision(self) -> int:
        """The revision."""


T = TypeVar("T", bound=Revised)


class Ledger(Generic[T]):
    """Items by id in the order they came, and the ids of those that went."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._items: dict[str, T] = {}
        self._gone: dict[str, int] = {}
        self._born: dict[str, int] = {}
        self.forgotten = 0
        """Cursors older than this revision are dead."""

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, identity: str) -> bool:
        return identity in self._items

    def get(self, identity: str) -> T | None:
        """Return the item with that id, or None."""
        return self._items.get(identity)

    def put(self, item: T) -> None:
        """Keep `item`, in the place of the one with its id."""
        self._gone.pop(item.id, None)
        self._born.setdefault(item.id, item.revision)
        self._items[item.id] = item

    def drop(self, identity: str) -> T:
        """Take an item out and remember that it went.

        Raises:
            KeyError: There is none.
        """
        item = self._items.pop(identity)
        del self._born[identity]
        self._gone[identity] = self._journal.next()
        return item

    def born(self, identity: str) -> int:
        """Return the revision that an item came with; KeyError where there is none."""
        return self._born[identity]

    def since(self, revision: int) -> tuple[list[T], list[str]]:
        """Return (added or changed items, ids of removed ones) after `revision`; 0 gives every living item."""
        changed = [item for item in self._items.values() if item.revision > revision]
        return changed, [identity for identity, at in self._gone.items() if at > revision] if revision else []

    def forget(self) -> None:
        """Let every cursor given so far be dead: `remembers` is False for them."""
        with self._journal.lock:
            self.forgotten = self._journal.next()

    def remembers(self, revision: int) -> bool:
        """Return whether a cursor that was given at `revision` still works."""
        return revision >= self.forgotten
