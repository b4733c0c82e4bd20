"""Where tokens and passwords live: the operating system's keychain, whatever a secret's size.

A secret is cut into entries small enough for every system. A header entry names the entries that count, so that a
replacement is one flip of the header and a kill at any instant leaves the old secret or the new one. Entries are
`ZoomCal PROFILE ACCOUNT` (the header) and `ZoomCal PROFILE ACCOUNT GENERATION.INDEX`, each a service name of its own.

Every call may wait for the person to answer the system's prompt, so it belongs in a lane.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from zoomcal.catalogue import Sentence, sentence
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import AccountBusy, KeychainError
from zoomcal.locks import account_lock

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

PART_LENGTH = 1000
"""Characters, all of them ASCII: Windows takes 2,560 bytes of UTF-16 in an entry."""
_READ_ATTEMPTS = 5
NO_KEYCHAIN = sentence("No keychain was found. You will sign in again after a restart.")
_LOCKED = sentence("The keychain is locked. Unlock it and try again.")

_log = logging.getLogger(__name__)


class Vault(Protocol):
    """Keeps one secret for each account."""

    @property
    def persistent(self) -> bool:
        """Whether secrets outlive the program, as far as is known yet."""

    @property
    def problem(self) -> Sentence | None:
        """Why they do not, once that is known; fit to show."""

    def get(self, account: AccountId) -> str | None:
        """Return the account's secret as last read; None when there is none that is whole: the person signs in again.

        Raises:
            KeychainError: The keychain is locked, or the person dismissed its prompt.
        """

    def set(self, account: AccountId, secret: str) -> None:
        """Keep a secret in place of the account's old one; it is safe when this returns.

        Raises:
            KeychainError: As for `get`; the old secret stays.
            AccountBusy: Another process holds the account's lock.
        """

    def delete(self, account: AccountId) -> None:
        """Remove the account's secret, and every trace of earlier ones.

        Raises:
            KeychainError, AccountBusy: As for `set`; deleting again goes on where it stopped.
        """

    def reload(self, account: AccountId) -> str | None:
        """Return the account's secret as it is now, maybe renewed by another process.

        Call it under the account's lock before a secret is used up.

        Raises:
            KeychainError: As for `get`.
        """


class Backend(Protocol):
    """What is used of a `keyring` backend; a missing entry reads as None, and deleting it raises."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is stored."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store, in place of what is there."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove what is stored."""


class MemoryVault:
    """Secrets that end with the process."""

    persistent = False
    problem: Sentence | None = None

    def __init__(self) -> None:
        self._secrets: dict[AccountId, str] = {}

    def get(self, account: AccountId) -> str | None:
        """Return the account's secret."""
        return self._secrets.get(account)

    def set(self, account: AccountId, secret: str) -> None:
        """Keep a secret."""
        self._secrets[account] = secret

    def delete(self, account: AccountId) -> None:
        """Remove a secret."""
        self._secrets.pop(account, None)

    def reload(self, account: AccountId) -> str | None:
        """Return the account's secret."""
        return self.get(account)


@dataclass(frozen=True, slots=True)
class _Header:
    generation: int
    parts: int
    checksum: str

    def __str__(self) -> str:
        return f"{self.generation} {self.parts} {self.checksum}"

    @staticmethod
    def read(text: str | None) -> _Header | None:
        """Return the header that a text states; None when it states none."""
        with suppress(AttributeError, ValueError):
            generation, parts, checksum = str.split(text or "")
            return _Header(int(generation), int(parts), checksum)
        return None


@dataclass(frozen=True, slots=True)
class _Known:
    header: _Header | None
    secret: str | None = field(repr=False)


class KeychainVault:
    """The vault of one profile in the system's keychain; where there is no keychain, in memory, and it says so.

    Args:
        profile: The profile's folder: its secrets are apart from every other's, and its locks guard them.
        backend: Returns the keychain to use, or None; called once, when it is first needed.
    """

    def __init__(self, profile: Path, backend: Callable[[], Backend | None] | None = None) -> None:
        self._profile = profile
        self._choose = backend or system_backend
        self._backend: Backend | None = None
        self._memory: MemoryVault | None = None
        self._proven = False
        self._known: dict[AccountId, _Known] = {}
        self._prompt = threading.RLock()

    @property
    def persistent(self) -> bool:
        """Whether secrets outlive the program, as far as is known yet; does not wait."""
        return self._memory is None

    @property
    def problem(self) -> Sentence | None:
        """Why they do not, once that is known; does not wait."""
        return None if self._memory is None else NO_KEYCHAIN

    def get(self, account: AccountId) -> str | None:
        """As in `Vault`."""
        known = self._known.get(account)
        return known.secret if known is not None and known.secret is not None else self.reload(account)

    def reload(self, account: AccountId) -> str | None:
        """As in `Vault`."""
        return self._served(
            lambda entries: self._reloaded(account, entries), lambda memory: memory.get(account), account
        )

    def set(self, account: AccountId, secret: str) -> None:
        """As in `Vault`."""
        with account_lock(self._profile, account):
            self._served(
                lambda entries: self._replace(account, secret, entries),
                lambda memory: memory.set(account, secret),
                account,
            )

    def delete(self, account: AccountId) -> None:
        """As in `Vault`."""
        with account_lock(self._profile, account):
            self._served(
                lambda entries: self._removed(account, entries), lambda memory: memory.delete(account), account
            )

    def _served(self, keychain: Callable[[_Entries], T], memory: Callable[[MemoryVault], T], account: AccountId) -> T:
        """Do the work in the keychain, one thread at a time, or in memory where there is no keychain."""
        with self._prompt:
            if self._memory is None:
                try:
                    done = keychain(_Entries(self._opened(), self._profile, account))
                except _NoKeychain as error:
                    if self._proven:
                        raise KeychainError(detail=str(error)) from error
                    self._memory = MemoryVault()
                else:
                    self._proven = True
                    return done
            return memory(self._memory)

    def _opened(self) -> Backend:
        if self._backend is None:
            self._backend = self._choose()
        if self._backend is None:
            raise _NoKeychain
        return self._backend

    def _reloaded(self, account: AccountId, entries: _Entries) -> str | None:
        first = account not in self._known
        header = entries.header()
        known = self._known.get(account)
        if known is None or known.header != header or known.secret is None:
            known = self._known[account] = _read(entries, header)
        if first:
            self._tidy(account, entries)
        return known.secret

    def _replace(self, account: AccountId, secret: str, entries: _Entries) -> None:
        old = entries.header()
        text = json.dumps(secret)
        parts = [text[start : start + PART_LENGTH] for start in range(0, len(text), PART_LENGTH)]
        header = _Header(old.generation + 1 if old else entries.unused(), len(parts), _checksum(text))
        for index, part in enumerate(parts):
            entries.write(header.generation, index, part)
        entries.write_header(header)
        self._known[account] = _Known(header, secret)
        entries.remove(header.generation, since=len(parts))
        for generation in range(old.generation if old else 1, header.generation):
            entries.remove(generation)

    def _removed(self, account: AccountId, entries: _Entries) -> None:
        header = entries.header()
        self._known[account] = _Known(header, None)
        current = header.generation if header else 1
        for generation in range(current - 1, max(current + 1, entries.unused()) + 1):
            entries.remove(generation)
        entries.remove_header()
        self._known[account] = _Known(None, None)

    def _tidy(self, account: AccountId, entries: _Entries) -> None:
        """Remove what a killed writer left behind, unless somebody is writing now."""
        try:
            with account_lock(self._profile, account, timeout_s=0):
                header = entries.header()
                if header is not None:
                    entries.remove(header.generation - 1)
                    entries.remove(header.generation + 1)
        except (AccountBusy, KeychainError):
            _log.debug("The keychain entries of an account cannot be tidied now.")


class _NoKeychain(Exception):
    """The keychain is there but has no place to keep anything, and cannot make one."""


class _Entries:
    """One account's entries; of a generation those from 0 up to some number exist, never with a gap."""

    def __init__(self, backend: Backend, profile: Path, account: AccountId) -> None:
        from os.path import normcase
        from urllib.parse import quote

        self._backend = backend
        self._account = quote(account, safe="@:+", errors="surrogatepass")
        space = _checksum(normcase(profile.absolute().resolve()))[:12]
        self._name = f"ZoomCal {space} {self._account}"

    def header(self) -> _Header | None:
        return _Header.read(self._get(self._name))

    def write_header(self, header: _Header) -> None:
        _guarded(lambda: self._backend.set_password(self._name, self._account, str(header)))

    def remove_header(self) -> None:
        self._delete(self._name)

    def read(self, generation: int, index: int) -> str | None:
        return self._get(self._part(generation, index))

    def write(self, generation: int, index: int, text: str) -> None:
        _guarded(lambda: self._backend.set_password(self._part(generation, index), self._account, text))

    def remove(self, generation: int, since: int = 0) -> None:
        """Remove a generation's entries from the last one down, so that no gap arises."""
        if generation < 1:
            return
        end = since
        while self.read(generation, end) is not None:
            end += 1
        for index in reversed(range(since, end)):
            self._delete(self._part(generation, index))

    def unused(self) -> int:
        """Return a generation without entries, for when no header tells which ones count."""
        generation = 1
        while self.read(generation, 0) is not None:
            generation += 1
        return generation

    def _part(self, generation: int, index: int) -> str:
        return f"{self._name} {generation}.{index}"

    def _get(self, name: str) -> str | None:
        return _guarded(lambda: self._backend.get_password(name, self._account))

    def _delete(self, name: str) -> None:
        if self._get(name) is not None:
            _guarded(lambda: self._backend.delete_password(name, self._account))


def _read(entries: _Entries, header: _Header | None) -> _Known:
    """Read the secret that a header names; a header flipped meanwhile by another process is followed."""
    for _ in range(_READ_ATTEMPTS):
        if header is None:
            return _Known(None, None)
        gone: KeychainError | None = None
        try:
            parts = [entries.read(header.generation, index) for index in range(header.parts)]
        except KeychainError as error:  # perhaps removed between being found and being read
            parts, gone = [None], error
        text = "".join(part for part in parts if part is not None)
        if None not in parts and _checksum(text) == header.checksum:
            return _Known(header, json.loads(text))
        before, header = header, entries.header()
        if header == before:
            if gone is not None:
                raise gone
            break
    _log.warning("A secret in the keychain is not whole; the account has to be connected again.")
    return _Known(header, None)


def _guarded(call: Callable[[], T]) -> T:
    """Return what a keychain call returns; whatever it raises becomes KeychainError.

    Backends raise errors of their libraries too (PyWin32, D-Bus, GLib), which have no common base.
    """
    from keyring.errors import InitError, KeyringLocked

    try:
        return call()
    except InitError as error:
        raise _NoKeychain(str(error)) from error
    except KeyringLocked as error:
        raise KeychainError(_LOCKED, detail=str(error)) from error
    except Exception as error:
        raise KeychainError(detail=f"{type(error).__name__}: {error}") from error


def _checksum(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def system_backend() -> Backend | None:
    """Return this system's own keychain, or None.

    Never `keyring.get_keyring()`: environment and configuration files can point it at a plain-text file.
    """
    return next((backend() for backend in _candidates() if backend.viable), None)


def _candidates() -> Iterator[type[KeyringBackend]]:
    if sys.platform == "win32":
        from keyring.backends import Windows

        class LocalMachine(Windows.WinVaultKeyring):
            """Entries that do not roam to the person's other machines (CRED_PERSIST_LOCAL_MACHINE)."""

            _persist = 2

        yield LocalMachine
    elif sys.platform == "darwin":
        from keyring.backends import macOS

        yield macOS.Keyring
    else:
        from keyring.backends import SecretService, kwallet, libsecret

        yield SecretService.Keyring
        yield libsecret.Keyring
        yield kwallet.DBusKeyring
