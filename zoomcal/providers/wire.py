"""The sockets below every provider: each exchange has a time and a size it keeps to, and can be cut from elsewhere."""

from __future__ import annotations

import errno
import io
import math
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPResponse
from time import monotonic
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

CONNECT_S, READ_S = 10.0, 30.0
MOST_HEAD_BYTES = 256 * 1024
"""The largest head of an answer, provisional ones (1xx) before it included."""


class Turn(threading.local):
    """How long the exchange that this thread is at may take."""

    _until = _whole_s = math.inf

    def begin(self, whole_s: float) -> None:
        """Let it be over in `whole_s` seconds."""
        self._until, self._whole_s = monotonic() + whole_s, whole_s

    def left_s(self, most_s: float) -> float:
        """Return how long the next step may take, at most `most_s`.

        Raises:
            TimeoutError: It is over.
        """
        left_s = min(self._until - monotonic(), most_s)
        if left_s <= 0:
            raise TimeoutError(errno.ETIMEDOUT, f"the answer took longer than {self._whole_s:.0f} s")
        return left_s


class _Timed(io.RawIOBase):
    """What comes in on a socket, as long as the turn lasts; a head of an answer no longer than it may be."""

    def __init__(self, sock: socket.socket, turn: Turn) -> None:
        self._sock, self._turn = sock, turn
        self._source = sock.makefile("rb", buffering=0)
        self._head_left: float = MOST_HEAD_BYTES

    def head_is_over(self) -> None:
        self._head_left = math.inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._head_left < 0:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the head of the answer does not end")
        self._sock.settimeout(self._turn.left_s(READ_S))
        with suppress(TimeoutError):
            count = self._source.readinto(buffer)
            self._head_left -= count or 0
            return count
        self._turn.left_s(READ_S)
        raise TimeoutError(errno.ETIMEDOUT, f"nothing came for {READ_S:.0f} s")

    def close(self) -> None:
        self._source.close()
        super().close()


def pools(joined: Callable[[HTTPConnection], None], turn: Turn) -> dict[str, type[HTTPConnectionPool]]:
    """Return pools whose connections keep to the turn and can be cut.

    Args:
        joined: Gets each connection before and after every step of connecting; what it raises ends that.
        turn: How long the exchange may take.
    """

    class Reply(HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
            super().__init__(sock, *args, **options)
            self.fp.close()
            self._incoming = _Timed(sock, turn)
            self.fp = io.BufferedReader(self._incoming)

        def begin(self) -> None:
            super().begin()
            self._incoming.head_is_over()

    class Plain(HTTPConnection):
        response_class = Reply
        on_its_way: socket.socket | None = None

        def connect(self) -> None:
            joined(self)
            try:
                super().connect()
            finally:
                if self.on_its_way is not None:
                    self.on_its_way.close()
            joined(self)

        def _new_conn(self) -> socket.socket:
            trouble = OSError("the name has no address")
            host = self._dns_host.strip("[]")
            for family, kind, protocol, _, address in _addresses(host, self.port):
                made = socket.socket(family, kind, protocol)
                self.on_its_way = made.dup()  # what TLS is put on is no longer `made`
                try:
                    joined(self)
                    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    made.settimeout(turn.left_s(CONNECT_S))
                    made.connect(address)
                except OSError as error:
                    made.close()
                    self.on_its_way.close()
                    trouble = error
                else:
                    return made
            raise NewConnectionError(self, str(trouble)) from trouble  # urllib3 passes over a bare reset

    class Secure(Plain, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def cut(held: Any) -> None:
    """End a socket under its reader; the plain way, since `SSLSocket.shutdown` would pull the TLS object from it."""
    with suppress(OSError):
        if isinstance(held, socket.socket):
            socket.socket.shutdown(held, socket.SHUT_RDWR)
        elif held is not None:
            held.close()


def _addresses(host: str, port: int | None) -> list[Any]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except UnicodeError as error:
        raise OSError("the name is none") from error
