"""What the person chose and connected: one small JSON file, written whole and atomically.

No secret is in it. Two processes may share it: every change reads the file again under a lock.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from zoomcal.catalogue import sentence
from zoomcal.domain.colours import PALETTE, nearest, unused
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import SettingsError

if TYPE_CHECKING:
    from zoomcal.providers.base import Calendar

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person chose."""

    language: str = ""
    """`en`, `vi`, or empty for the system's."""
    theme: str = ""
    """`light`, `dark`, or empty for the system's."""
    zoom_only: bool = False
    show_declined: bool = False
    window: str = ""
    """Where the window was, in the face's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCalendar:
    """One calendar of a connected account, and whether the person shows it."""

    id: str
    name: str
    colour: str
    """Palette name."""
    owned: bool
    primary: bool
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An integration: everything about it but its secret and its data."""

    id: AccountId
    service: Service
    name: str
    server: str = ""
    """The host, where it is not the service's own."""
    calendar: bool = True
    contacts: bool = True
    """The two switches."""
    ended: bool = False
    """The service ended the connection: only the person can mend it."""
    calendars: tuple[ChosenCalendar, ...] = ()

    def with_calendars(self, found: tuple[Calendar, ...], taken: Collection[str] = ()) -> Account:
        """Return the account with the service's calendars of now; what the person chose of them stays.

        Args:
            found: The calendars.
            taken: Colours of other accounts: a calendar that has none of its own gets one that is free.
        """
        before = {calendar.id: calendar for calendar in self.calendars}
        used = {*taken, *(nearest(calendar.colour) for calendar in found if calendar.colour)}
        chosen: list[ChosenCalendar] = []
        for calendar in found:
            known = before.get(calendar.id)
            colour = known.colour if known and not calendar.colour else nearest(calendar.colour, unused(used))
            used.add(colour)
            shown = known.shown if known else calendar.selected
            chosen.append(
                ChosenCalendar(
                    id=calendar.id,
                    name=calendar.name,
                    colour=colour,
                    owned=calendar.owned,
                    primary=calendar.primary,
                    shown=shown,
                )
            )
        return replace(self, calendars=tuple(chosen))

    def with_shown(self, calendar_id: str, *, shown: bool) -> Account:
        """Return the account with one calendar shown or not."""
        return replace(
            self,
            calendars=tuple(replace(c, shown=shown) if c.id == calendar_id else c for c in self.calendars),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The whole file."""

    settings: Settings = Settings()
    accounts: tuple[Account, ...] = ()
    clients: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """OAuth clients the person registered: service to `client_id` and `client_secret`."""

    def account(self, account: AccountId) -> Account | None:
        """Return one account, None when it is not (or no longer) connected."""
        return next((known for known in self.accounts if known.id == account), None)

    def colours_beside(self, account: AccountId) -> set[str]:
        """Return the colours that the calendars of all other accounts have."""
        return {calendar.colour for other in self.accounts if other.id != account for calendar in other.calendars}

    def with_account(self, account: Account) -> Kept:
        """Return the file with this account put in the place of its older self, or at the end."""
        if self.account(account.id) is None:
            return replace(self, accounts=(*self.accounts, account))
        return replace(self, accounts=tuple(account if a.id == account.id else a for a in self.accounts))


class SettingsFile:
    """`settings.json` of a profile; usable from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = Lock()
        self._kept = Kept()
        self._stamp: tuple[int, int] | None = None
        self.set_aside: Path | None = None
        """Where a file that could not be read was put, for a face to say so."""

    def read(self) -> Kept:
        """Return what is kept, read again only when the file changed.

        Raises:
            SettingsError: The file cannot be read at all (no permission, a folder in its place).
        """
        with self._mutex:
            return self._read()

    def change(self, how: Callable[[Kept], Kept]) -> Kept:
        """Apply `how` to what is kept now and save the outcome, under a lock shared with other processes.

        Raises:
            SettingsError: The file cannot be written.
        """
        from filelock import FileLock, Timeout

        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with FileLock(self._path.with_suffix(".lock"), timeout=10, mode=0o600), self._mutex:
                changed = how(self._read())
                if changed != self._kept:
                    self._write(changed)
                return changed
        except (OSError, Timeout) as error:
            raise SettingsError(sentence("The settings cannot be saved."), detail=str(error)) from error

    def _read(self) -> Kept:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self._kept = _decoded(json.loads(self._path.read_bytes()))
                self._stamp = stamp
        except FileNotFoundError:
            self._kept, self._stamp = Kept(), None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            log.warning("settings could not be read and were set aside: %s", type(error).__name__)
            self.set_aside = self._path.with_suffix(f".damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json")
            self._path.replace(self.set_aside)
            self._kept, self._stamp = Kept(), None
        except OSError as error:
            raise SettingsError(detail=f"{self._path}: {error.strerror}") from error
        return self._kept

    def _write(self, kept: Kept) -> None:
        text = json.dumps(asdict(kept), ensure_ascii=False, indent=1)
        import tempfile

        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".settings-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self._kept = kept
        status = self._path.stat()
        self._stamp = (status.st_mtime_ns, status.st_ino)


def _decoded(data: Any) -> Kept:
    return Kept(
        settings=Settings(**_known(Settings, _typed(data, dict).get("settings", {}))),
        accounts=tuple(_account(entry) for entry in _typed(data.get("accounts", []), list)),
        clients={service: _client(client) for service, client in _typed(data.get("clients", {}), dict).items()},
    )


def _account(entry: Any) -> Account:
    values = _known(Account, entry)
    values["service"] = Service(values["service"])
    calendars = _typed(values.get("calendars", []), list)
    values["calendars"] = tuple(ChosenCalendar(**_known(ChosenCalendar, c)) for c in calendars)
    if any(calendar.colour not in PALETTE for calendar in values["calendars"]):
        raise ValueError("unknown colour")
    return Account(**values)


def _client(entry: Any) -> dict[str, str]:
    return {name: _typed(value, str) for name, value in _typed(entry, dict).items()}


def _known(kind: type[Any], data: Any) -> dict[str, Any]:
    """Return the members of `data` that `kind` has; a newer program's further ones are passed over.

    Raises:
        TypeError: A text or a switch is neither.
    """
    types = {member.name: _JSON_TYPES.get(str(member.type), str) for member in fields(kind)}
    return {name: _typed(value, types[name]) for name, value in _typed(data, dict).items() if name in types}


_JSON_TYPES = {"bool": bool, "tuple[ChosenCalendar, ...]": list}
"""What a field's annotation is in the file; every other one is a text."""


def _typed(value: Any, kind: type[Any]) -> Any:
    """Return `value` if it is of the type that the file has at its place."""
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected")
    return value
