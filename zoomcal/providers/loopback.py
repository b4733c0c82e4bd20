"""The one-shot listener on this machine to which the browser brings a consent page's answer back (RFC 8252, 7.3)."""

from __future__ import annotations

import hmac
import html
import os
import re
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qsl

from zoomcal.catalogue import ENGLISH, Catalogue, sentence
from zoomcal.errors import SignInCancelled, SignInTimedOut

_MOST_LINE = 8 * 1024
_MOST_BODY = 64 * 1024
_LENGTH = re.compile("[0-9]{1,9}")
_MOST_CONNECTIONS = 64
_SILENCE_S = 10.0
_POLL_S = 0.05


class Loopback:
    """Waits for one request with the right path and state, answers everything else with 404, and closes.

    Args:
        path: Where the answer is expected.
        host: How the redirect address names this machine; `localhost` also listens on ::1 where that exists.
        catalogue: The language of the page that the person sees at the end.
    """

    def __init__(self, path: str = "/", *, host: str = "127.0.0.1", catalogue: Catalogue = ENGLISH) -> None:
        self.state = secrets.token_urlsafe(32)
        self._path = path
        self._listeners = [_listen(socket.AF_INET, "127.0.0.1", 0)]
        self._port: int = self._listeners[0].getsockname()[1]
        if host == "localhost":
            self._listeners += _second_listener(self._port)
        self.redirect_uri = f"http://{host}:{self._port}{path}"
        self._page = _page(catalogue)
        self._answers: SimpleQueue[dict[str, str]] = SimpleQueue()
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wait(self, cancel: Event, timeout_s: float) -> Mapping[str, str]:
        """Return the first answer's fields, and close.

        Raises:
            SignInCancelled: `cancel` was set, or the listener closed, from another thread.
            SignInTimedOut: Nothing came.
        """
        deadline = monotonic() + timeout_s
        with self, DefaultSelector() as selector:
            try:
                for listener in self._listeners:
                    selector.register(listener, EVENT_READ)
            except ValueError:  # closed already
                raise SignInCancelled from None
            while True:
                if cancel.is_set() or self._closed:
                    raise SignInCancelled
                try:
                    return self._answers.get_nowait()
                except Empty:
                    if monotonic() >= deadline:
                        raise SignInTimedOut from None
                self._accept(selector)

    def close(self) -> None:
        """Stop listening and drop every connection; harmless when it has ended."""
        with self._lock:
            self._closed = True
            connections, self._connections = self._connections, set()
        for listener in self._listeners:
            listener.close()
        for connection in connections:
            _drop(connection)

    def _accept(self, selector: BaseSelector) -> None:
        for key, _ in selector.select(_POLL_S):
            listener: Any = key.fileobj
            try:
                connection, address = listener.accept()
            except OSError:
                continue
            with self._lock:
                full = self._closed or len(self._connections) >= _MOST_CONNECTIONS
                if not full:
                    self._connections.add(connection)
            if full:
                connection.close()
                continue
            Thread(target=self._serve, args=(connection, address), daemon=True, name="sign-in answer").start()

    def _serve(self, connection: socket.socket, address: object) -> None:
        try:
            _Handler(connection, address, self)
        except OSError:
            return  # the browser hung up, or was silent too long
        finally:
            with self._lock:
                self._connections.discard(connection)
            _drop(connection)

    def answer(self, path: str, fields: Mapping[str, str]) -> bytes | None:
        """Return the page for a request, None for one that is not ours."""
        right = hmac.compare_digest(fields.get("state", "").encode(), self.state.encode())
        return self._page if path == self._path and right else None

    def finish(self, fields: Mapping[str, str]) -> None:
        """Hand the answer to the waiting thread; only the first counts."""
        self._answers.put(dict(fields))


class _Handler(BaseHTTPRequestHandler):
    """One connection; says and logs nothing of what it was sent."""

    raw_requestline: bytes
    timeout = _SILENCE_S
    protocol_version = "HTTP/1.0"
    default_request_version = "HTTP/1.0"
    server_version = "ZoomCal"
    sys_version = ""

    def __init__(self, connection: socket.socket, address: object, loopback: Any) -> None:
        self._loopback: Loopback = loopback
        super().__init__(connection, address, loopback)

    def parse_request(self) -> bool:
        """Refuse a line that no consent page sends before it is looked at."""
        if len(self.raw_requestline) > _MOST_LINE:
            self.requestline = self.command = ""
            self.request_version = self.protocol_version
            self._reply(414)
            return False
        return super().parse_request()

    def do_GET(self) -> None:
        """Take an answer in the query."""
        path, _, query = self.path.partition("?")
        self._answer(path, query)

    def do_POST(self) -> None:
        """Take an answer in a form."""
        length = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(length) or int(length) > _MOST_BODY:
            self._reply(413)
            return
        self._answer(self.path.partition("?")[0], self.rfile.read(int(length)).decode("utf-8", "replace"))

    def _answer(self, path: str, form: str) -> None:
        pairs = parse_qsl(form, keep_blank_values=True, errors="replace")
        fields = dict(pairs)
        page = self._loopback.answer(path, fields) if len(fields) == len(pairs) else None
        if page is None:
            self._reply(404)
            return
        self._reply(200, page)
        self._loopback.finish(fields)

    def _reply(self, status: int, page: bytes = b"") -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page)
        self.wfile.flush()

    def send_error(self, code: int, *_: object) -> None:
        """Answer with the status alone: the base class would repeat what it was sent."""
        self._reply(code)

    def log_message(self, *_: object) -> None:
        """Say nothing: a request line holds the code."""


def _listen(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "nt":
            listener.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE"), 1)  # noqa: B009 - Windows
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(16)
        listener.settimeout(0)
    except OSError:
        listener.close()
        raise
    return listener


def _second_listener(port: int) -> list[socket.socket]:
    """Listen where some browsers look first for `localhost`; where the port is taken, 127.0.0.1 has to do."""
    try:
        return [_listen(socket.AF_INET6, "::1", port)]
    except OSError:
        return []


def _drop(connection: socket.socket) -> None:
    with suppress(OSError):  # it may be gone already
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _page(catalogue: Catalogue) -> bytes:
    title = html.escape(catalogue.say(sentence("Back to ZoomCal")))
    text = html.escape(catalogue.say(sentence("You can close this page and go back to ZoomCal.")))
    return f"""<!doctype html>
<html lang="{catalogue.language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark }}
body {{ font: 17px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center }}
main {{ padding: 2.5rem 3rem; border: 1px solid #8885; border-radius: 14px; text-align: center }}
svg {{ width: 44px; height: 44px }}
</style></head><body><main>
<svg viewBox="0 0 24 24" fill="none" stroke="#2b5c9e" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
 aria-hidden="true"><circle cx="12" cy="12" r="10"/><path d="M16.5 12h-9m3.5 3.5L7.5 12 11 8.5"/></svg>
<p>{text}</p></main></body></html>
""".encode()
