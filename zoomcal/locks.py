"""One worker per account, across threads and processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoomcal.domain.meetings import AccountId
from zoomcal.errors import AccountBusy

_held = threading.local()


@contextmanager
def account_lock(profile: Path, account: AccountId, timeout_s: float = 60.0) -> Iterator[None]:
    """Hold the account's lock in this profile; a thread that holds it already goes straight in.

    It ends with the process that holds it, however that process ends.

    Raises:
        AccountBusy: Somebody else held it for all of `timeout_s`.
    """
    path = _path(profile, account)
    held: set[Path] = _held.__dict__.setdefault("paths", set())
    if path in held:
        yield
        return
    from filelock import FileLock, Timeout

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout as error:
        raise AccountBusy from error
    held.add(path)
    try:
        yield
    finally:
        held.discard(path)
        lock.release()


def _path(profile: Path, account: AccountId) -> Path:
    """Return a file name that any id gives, and no two ids share."""
    from hashlib import sha256

    return profile.absolute() / "locks" / f"{sha256(account.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.lock"
