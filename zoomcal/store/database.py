"""The file: opening it safely, one connection per thread, and what to do when it turns out damaged."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TypeVar

from zoomcal.catalogue import sentence
from zoomcal.errors import StoreDamaged, StoreFailed
from zoomcal.store.migrations import check_version, upgrade
from zoomcal.store.rows import DamagedRow

T = TypeVar("T")
_Identity = tuple[int, int]

BUSY_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 1.0
_INTERRUPT_EVERY_S = 0.02
DAMAGED_KEPT = 2
_FAULTS_OF_THE_WORLD = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)

_log = logging.getLogger(__name__)


class _Damage(Exception):
    """The file with this identity cannot be trusted."""

    def __init__(self, identity: _Identity | None) -> None:
        super().__init__(identity)
        self.identity = identity


class _Lane:
    """One thread's connection; `busy` is held while it is used, so that another thread may close it in between."""

    def __init__(self, db: sqlite3.Connection, identity: _Identity | None) -> None:
        self.db = db
        self.identity = identity
        self.thread = threading.current_thread()
        self.busy = threading.Lock()
        self.closed = False

    def close(self, timeout_s: float) -> None:
        """Close the connection; a call under way is interrupted, and outlived if it does not end in time."""
        deadline = monotonic() + timeout_s
        while not self.busy.acquire(timeout=_INTERRUPT_EVERY_S if timeout_s else 0):
            if monotonic() >= deadline:
                return
            self.db.interrupt()  # again and again: between two statements it is lost
        try:
            self.closed = True
            self.db.close()
        finally:
            self.busy.release()


class Database:
    """One SQLite file, used by any number of threads and processes.

    A damaged file is set aside next to it and a new one begun (`rebuilt`). All text is deleted with its bytes
    overwritten. Files are readable by their owner alone.

    Args:
        path: The file; its folder is made, with mode 0700, when it is missing.

    Raises:
        StoreTooNew: A newer program wrote it; it is left as it is.
        StoreFailed: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rebuilt = False
        self._local = threading.local()
        self._lanes: list[_Lane] = []
        self._registry = threading.Lock()
        self._closed = False
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreFailed(detail=str(error)) from error
        self.run(_nothing)

    def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` with the calling thread's connection, which has no transaction of its own.

        Where the file turns out damaged, it is set aside and `work` is done once more, on a new and empty file.

        Raises:
            StoreTooNew: A newer program has taken the file over.
            StoreFailed: The disk is full, another process holds the file too long, or the store was closed.
        """
        try:
            return self._attempt(work)
        except _Damage as damage:
            self._set_aside(damage.identity)
        try:
            return self._attempt(work)
        except _Damage as damage:
            raise StoreDamaged from damage

    def close(self) -> None:
        """Close every thread's connection; calls under way are interrupted. Later calls raise StoreFailed."""
        self._closed = True
        self._close_lanes(CLOSE_TIMEOUT_S)

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T:
        identity = _identity(self.path)
        try:
            lane = self._lane(identity)
            identity = lane.identity
            with lane.busy:
                if lane.closed:
                    raise _closing()
                check_version(lane.db)
                return work(lane.db)
        except DamagedRow as error:
            raise _Damage(identity) from error
        except sqlite3.DatabaseError as error:
            if _is_damage(error) or _identity(self.path) != identity:  # or somebody else has just set it aside
                raise _Damage(identity) from error
            if _code(error) in _FAULTS_OF_THE_WORLD:
                raise StoreFailed(detail=str(error)) from error
            raise

    def _lane(self, identity: _Identity | None) -> _Lane:
        if self._closed:
            raise _closing()
        lane: _Lane | None = getattr(self._local, "lane", None)
        if lane is not None and identity is not None and lane.identity == identity and not lane.closed:
            return lane
        if lane is not None:
            lane.close(0)
        lane = self._local.lane = self._opened()
        with self._registry:
            ended = [each for each in self._lanes if each.closed or not each.thread.is_alive()]
            self._lanes = [each for each in self._lanes if each not in ended] + [lane]
        for each in ended:
            each.close(0)
        return lane

    def _opened(self) -> _Lane:
        while True:
            if not _has_content(self.path):
                self._create()
            identity = _identity(self.path)
            _close_to_others(self.path)
            self._refuse_newer()
            db = _connected(self.path, "rw")
            try:
                db.execute("PRAGMA synchronous = NORMAL")
                db.execute("PRAGMA secure_delete = ON")
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA cache_size = -500")  # KiB, kept by every lane; more is not quicker, measured
                if not check_version(db):
                    with self._alone():
                        upgrade(db)
            except BaseException:
                db.close()
                raise
            if _identity(self.path) == identity:
                return _Lane(db, identity)
            db.close()

    def _refuse_newer(self) -> None:
        """Look without being able to write: merely closing a connection that may write can change the file."""
        with contextlib.closing(_connected(self.path, "ro")) as db:
            check_version(db)

    def _create(self) -> None:
        """Make the file beside its place and move it there whole, so that no half-made one is ever seen."""
        with self._alone():
            if _has_content(self.path):
                return
            new = self.path.with_name(f"{self.path.name}.new")
            for path in (new, _wal(new), _shm(new), _wal(self.path), _shm(self.path)):
                path.unlink(missing_ok=True)
            os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            new.chmod(0o600)
            with contextlib.closing(_connected(new, "rw")) as db:
                db.execute("PRAGMA page_size = 16384")  # whole descriptions fit: a third quicker to write
                db.execute("PRAGMA journal_mode = WAL")
                upgrade(db)
            new.replace(self.path)

    def _set_aside(self, identity: _Identity | None) -> None:
        """Move the damaged file out of the way, unless another thread or process has done so already."""
        self._close_lanes(CLOSE_TIMEOUT_S)
        with self._alone():
            if identity is None or _identity(self.path) != identity:
                return
            aside = self.path.with_name(f"{self.path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
            if _wal(self.path).exists():
                _wal(self.path).replace(_wal(aside))
            self.path.replace(aside)
            _shm(self.path).unlink(missing_ok=True)
            self.rebuilt = True
            _log.warning("The cache was damaged; it was set aside as %s and a new one is begun.", aside.name)
            for old in self._damaged()[:-DAMAGED_KEPT]:
                _remove(old)

    def empty_log(self) -> None:
        """Move everything into the file and cut the write-ahead log, where deleted text may still stand."""

        def checkpoint(db: sqlite3.Connection) -> None:
            (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                _log.info("The write-ahead log is in use and is cut later.")

        self.run(checkpoint)

    def remove_damaged(self) -> None:
        """Delete what was set aside."""
        for path in self._damaged():
            _remove(path)

    def _damaged(self) -> list[Path]:
        found = self.path.parent.glob(f"{self.path.name}.damaged-*Z")
        return sorted(found)

    def _close_lanes(self, timeout_s: float) -> None:
        with self._registry:
            lanes, self._lanes = self._lanes, []
        for lane in lanes:
            lane.close(timeout_s)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes from making, upgrading or moving the file."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=BUSY_TIMEOUT_S, mode=0o600):
                yield
        except (Timeout, OSError) as error:
            raise StoreFailed(detail=str(error)) from error


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )


def _nothing(_: sqlite3.Connection) -> None:
    """Open the file, no more."""


def _closing() -> StoreFailed:
    return StoreFailed(sentence("ZoomCal is closing."))


def _identity(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino)


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _close_to_others(path: Path) -> None:
    """Take away what others may do with the files; on Windows the folder does that."""
    for each in (path, _wal(path), _shm(path)):
        if os.name == "posix" and each.exists() and each.stat().st_mode & 0o077:
            each.chmod(0o600)


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _shm(path: Path) -> Path:
    return path.with_name(f"{path.name}-shm")


def _remove(path: Path) -> None:
    for each in (path, _wal(path), _shm(path)):
        each.unlink(missing_ok=True)


def _code(error: sqlite3.DatabaseError) -> int | None:
    """Return SQLite's primary result code; None where the error is not SQLite's own."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    code = _code(error)
    unreadable_text = code is None and "decode" in str(error)
    return unreadable_text or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
