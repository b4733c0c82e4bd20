"""What can go wrong with a service, switched on from a test or from another process."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zoomcal.sandbox.listener import Connection, Network

Kind = Literal["status", "slow", "cut", "reset", "truncate", "unplug"]
_LONGEST_S = 120.0
_REMEMBERED = 20_000


@dataclass(kw_only=True)
class Fault:
    """One misbehaviour: which requests it hits, and how."""

    kind: Kind
    """`status` answers with an error; `slow` answers late; `cut` hangs up in the middle of the body, after the request
    took effect; `reset` breaks the connection before it does; `truncate` ends the JSON half-way in a complete answer;
    `unplug` cuts the whole network at that moment, until it is restored.
    """
    path: str = ""
    """A part of the path; empty hits every one."""
    method: str = ""
    times: int | None = 1
    """How many requests it hits; None: until it is cleared."""
    after: int = 0
    """How many requests that it would hit pass unharmed first."""
    status: int = 503
    reason: str = ""
    """The service's word for the error; empty for the usual one of the status."""
    retry_after_s: int | None = None
    delay_s: float = 30.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"no fault called {self.kind!r}")
        self.delay_s = min(self.delay_s, _LONGEST_S)

    def hits(self, method: str, path: str) -> bool:
        """Return whether it hits this request, and count it."""
        if self.path not in path or self.method not in {"", method} or self.times == 0:
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was made; `str` gives it as a line, with its query."""

    method: str
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query}"


@dataclass(kw_only=True)
class Faults:
    """The switches; usable from any thread."""

    network: Network
    active: list[Fault] = field(default_factory=list)
    waiting: int = 0
    """How many slow answers are being held back."""
    holding: threading.Event = field(default_factory=threading.Event)
    """Set while there are such answers, so that a test need not look again and again."""
    _loop: asyncio.AbstractEventLoop | None = None
    _release: asyncio.Event = field(default_factory=asyncio.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say which loop answers the requests."""
        self._loop = loop

    def add(self, kind: Kind, **options: Any) -> Fault:
        """Switch a fault on; `options` are the other fields of Fault."""
        fault = Fault(kind=kind, **options)
        with self._lock:
            self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Switch every fault off, let slow answers go and bring the network back."""
        with self._lock:
            self.active.clear()
        self.network.up = True
        self.release()

    def release(self) -> None:
        """Let the slow answers that are being held back go now."""
        self._in_loop(self._let_go)

    def cut_network(self) -> None:
        """Reset every connection, and every new one until `restore_network`."""
        self.network.up = False
        self._in_loop(self._reset_all)

    def restore_network(self) -> None:
        """Accept connections again."""
        self.network.up = True

    def first_hit(self, method: str, path: str) -> Fault | None:
        """Return the fault that a request meets, counted."""
        with self._lock:
            return next((fault for fault in self.active if fault.hits(method, path)), None)

    async def hold(self, fault: Fault) -> None:
        """Wait as long as a slow answer takes, or until it is released."""
        release = self._release
        self.waiting += 1
        self.holding.set()
        try:
            await asyncio.wait_for(release.wait(), fault.delay_s)
        except TimeoutError:
            return
        finally:
            self.waiting -= 1
            if not self.waiting:
                self.holding.clear()

    def _let_go(self) -> None:
        self._release.set()
        self._release = asyncio.Event()

    def _reset_all(self) -> None:
        for connection in tuple(self.network.connections):
            connection.reset()

    def _in_loop(self, action: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)


class Misbehaving:
    """ASGI middleware: remembers what was asked, and lets faults hit it."""

    def __init__(
        self, app: ASGIApp, *, faults: Faults, asked: deque[Asked], refuse: Callable[[str, int, str], Response]
    ) -> None:
        """`refuse(path, status, reason)` words an error as the service does."""
        self._app, self._faults, self._asked, self._refuse = app, faults, asked, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or fail to."""
        path, method = scope["path"], scope["method"]
        self._asked.append(Asked(method, path, scope["query_string"].decode()))
        fault = self._faults.first_hit(method, path)
        if fault is None:
            await self._app(scope, receive, send)
            return
        connection: Connection = scope["state"]["connection"]
        match fault.kind:
            case "status":
                refusal = self._refuse(path, fault.status, fault.reason)
                if fault.retry_after_s is not None:
                    refusal.headers["retry-after"] = str(fault.retry_after_s)
                await refusal(scope, receive, send)
            case "slow":
                await self._faults.hold(fault)
                await self._app(scope, receive, send)
            case "reset":
                await connection.reset_and_wait()
            case "unplug":
                self._faults.cut_network()
                await connection.gone.wait()
            case "cut":
                await self._app(scope, receive, _Halved(send, complete=False, connection=connection))
            case "truncate":
                await self._app(scope, receive, _Halved(send, complete=True, connection=connection))


class _Halved:
    """Sends the first half of the body: as the whole answer, or hanging up after it."""

    def __init__(self, send: Send, *, complete: bool, connection: Connection) -> None:
        self._send, self._complete, self._connection = send, complete, connection
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        half = self._body[: len(self._body) // 2]
        length = len(half) if self._complete else len(self._body)
        headers = [(key, value) for key, value in self._start["headers"] if key.lower() != b"content-length"]
        if not self._complete and not half:
            await self._connection.reset_and_wait()
            return
        headers.append((b"content-length", str(length).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": half, "more_body": not self._complete})
        if not self._complete:
            await self._connection.hang_up()


def remembered() -> deque[Asked]:
    """Return an empty list of requests that keeps only the latest."""
    return deque(maxlen=_REMEMBERED)
