"""Serving on loopback from a thread, with a network that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Sequence
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""Linger on, for no time: closing sends a reset."""
_START_S = 20.0
_GRACE_S = 1.0


class Network:
    """The way to a listener: while it is down, connections are reset, those under way and new ones alike."""

    def __init__(self) -> None:
        self.up = True
        self.connections: set[Connection] = set()


class Connection(H11Protocol):
    """One connection; a request finds it under `scope["state"]["connection"]`."""

    network = Network()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or reset it."""
        self.gone = asyncio.Event()
        self.app_state = {**self.app_state, "connection": self}
        super().connection_made(cast("asyncio.Transport", transport))
        self.network.connections.add(self)
        if not self.network.up:
            self.reset()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.network.connections.discard(self)
        super().connection_lost(exc)
        self.gone.set()

    def reset(self) -> None:
        """End it as a broken network does: no answer, no goodbye."""
        peer = self.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    async def reset_and_wait(self) -> None:
        """Reset it, and return when it is gone."""
        self.reset()
        await self.gone.wait()

    async def hang_up(self) -> None:
        """Close it in an orderly way after what has been written, complete or not."""
        self.transport.close()
        await self.gone.wait()


class Listener:
    """An application on one port of 127.0.0.1; `port` 0 lets the system choose."""

    def __init__(self, app: ASGIApp, *, port: int = 0, tls: ssl.SSLContext | None = None, network: Network) -> None:
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        protocol = type("Connection", (Connection,), {"network": network})
        settings: dict[str, Any] = {"ssl_context_factory": lambda *_: tls} if tls else {}
        self._server = _Server(
            uvicorn.Config(
                app, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
                timeout_keep_alive=60, **settings,
            )
        )  # fmt: skip

    async def serve(self) -> None:
        """Serve until `stop`."""
        await self._server.serve(sockets=[self._socket])

    @property
    def ready(self) -> threading.Event:
        """Set once it answers."""
        return self._server.ready

    def stop(self) -> None:
        """Ask it to end; to be called in its loop."""
        self._server.should_exit = True
        self._server.halt.set()


def _bound(port: int) -> socket.socket:
    """Return a socket on 127.0.0.1 that says it is TCP: only then does asyncio switch Nagle's algorithm off."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound


class ServerThread:
    """Runs listeners until it is stopped."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = listeners
        self.loop = asyncio.new_event_loop()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Return once every listener answers.

        Raises:
            RuntimeError: One of them did not come up.
        """
        self._thread.start()
        for listener in self._listeners:
            if not listener.ready.wait(_START_S):
                raise RuntimeError("the sandbox did not start") from self._failed

    def stop(self) -> None:
        """End the listeners and wait for them."""
        if self._thread.is_alive():
            for listener in self._listeners:
                self.loop.call_soon_threadsafe(listener.stop)
            self._thread.join(_START_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._serve())
        finally:
            self.loop.close()

    async def _serve(self) -> None:
        await asyncio.gather(*(listener.serve() for listener in self._listeners))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self.halt = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.halt.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End at once: uvicorn's own way waits for goodbyes, which TLS clients that are left alone never say."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_GRACE_S)
        for server in self.servers:
            await server.wait_closed()
