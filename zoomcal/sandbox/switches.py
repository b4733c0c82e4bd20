"""The switches that services with a consent page have in common, as another process names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

Order = Mapping[str, Any]
Switches = dict[str, Callable[[Order], None]]


class _Tokens(Protocol):
    def end_grants(self) -> None: ...

    def expire_access(self) -> None: ...


class Consented(Protocol):
    """A service whose data is opened by consent."""

    @property
    def tokens(self) -> _Tokens:
        """The tokens in circulation."""

    def allow_only(self, scopes: Iterable[str] | None) -> None:
        """Let consent grant nothing but these scopes."""

    def forget_sync_tokens(self) -> None:
        """Let every cursor be dead."""

    def hesitate(self, *, on: bool) -> None:
        """Let the first page of a list be empty, with a way to the next one."""


def switches_of(service: Consented) -> Switches:
    """Return the switches by name; each takes the order, and a KeyError is a lack in it."""
    return {
        "end-grants": lambda _: service.tokens.end_grants(),
        "expire-access": lambda _: service.tokens.expire_access(),
        "forget-sync-tokens": lambda _: service.forget_sync_tokens(),
        "empty-first-page": lambda order: service.hesitate(on=bool(order["on"])),
        "allow-only": lambda order: service.allow_only(order["scopes"]),
    }
