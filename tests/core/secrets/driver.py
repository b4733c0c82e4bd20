"""A vault in a process of its own, driven by JSON lines: in `[method, *arguments]`, out `[error, value]`.

Usage: python -m tests.core.secrets.driver PROFILE [WRITES]

With WRITES the process kills itself at that write or removal of an entry, counted from 1.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from zoomcal.errors import ZoomCalError
from zoomcal.secrets import Backend, KeychainVault, system_backend


class Dying:
    """A keychain whose user is killed in front of a certain change."""

    def __init__(self, backend: Backend, changes_left: int) -> None:
        self._backend = backend
        self._left = changes_left

    def _change(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def get_password(self, service: str, username: str) -> str | None:
        return self._backend.get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._change()
        self._backend.set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._change()
        self._backend.delete_password(service, username)


def entries() -> list[tuple[str, int]]:
    """Return the name and the length of everything in the keychain."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        items = secretstorage.get_default_collection(bus).get_all_items()
        return sorted((item.get_attributes()["service"], len(item.get_secret())) for item in items)


def damage(name: str) -> None:
    """Remove an entry, whose name ends like this, from the keychain."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        for item in secretstorage.get_default_collection(bus).get_all_items():
            if item.get_attributes()["service"].endswith(name):
                item.delete()


def lock() -> None:
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()


def main(profile: str, changes_left: str = "0") -> None:
    def backend() -> Backend | None:
        found = system_backend()
        return Dying(found, int(changes_left)) if found and changes_left != "0" else found

    vault = KeychainVault(Path(profile), backend)
    methods: dict[str, Callable[..., object]] = {
        "get": vault.get,
        "set": vault.set,
        "delete": vault.delete,
        "reload": vault.reload,
        "persistent": lambda: vault.persistent,
        "problem": lambda: str(vault.problem),
        "entries": entries,
        "damage": damage,
        "lock": lock,
    }
    for line in sys.stdin:
        method, *arguments = json.loads(line)
        try:
            answer: tuple[str, object] = ("", methods[method](*arguments))
        except ZoomCalError as error:
            answer = (type(error).__name__, str(error))
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
