"""HTTP as every provider uses it: timed, bounded, over the system's trust, cut off from another thread, tried again.

A `Line` is mounted on any `requests` session; what a library does with that session then keeps these rules too, and
what goes wrong on the way arrives as an error of `zoomcal.errors`.
"""

from __future__ import annotations

import io
import logging
import random
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http.client import IncompleteRead
from pathlib import Path
from threading import Event, Lock
from time import monotonic, time
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import DecodeError, HTTPError

from zoomcal import __version__
from zoomcal.catalogue import sentence
from zoomcal.endpoints import is_loopback
from zoomcal.errors import Cancelled, Offline, SettingsError, Throttled, Transient
from zoomcal.providers.wire import CONNECT_S, READ_S, Turn, cut, pools

log = logging.getLogger(__name__)

WHOLE_S = 120.0
"""The longest that one exchange may take, from connecting to the last byte, however steadily the answer drips."""
MOST_BYTES = 32 * 1024 * 1024
"""The largest answer, once unpacked."""
FRESH_S = 90.0
"""How long a connection that rests is trusted: after a sleep it may be dead, and a read on it waits in vain."""
USER_AGENT = f"ZoomCal/{__version__}"
_CHUNK = 256 * 1024
_PLAIN_SEGMENT = re.compile(r"[A-Za-z.]{1,20}\d?")

T = TypeVar("T")


class _Read(io.BytesIO):
    """A body that is all there: handed to `requests` in one piece instead of many small ones."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        """Yield the whole of it."""
        yield self.read()


class Line(HTTPAdapter):
    """The way to one service: its connections and the rules on them.

    Redirects are refused (an answer from elsewhere is no answer, and a POST must not travel on), proxies are the
    system's (never for this machine itself), certificates are checked against the system's store, `ca_file`, and
    `ca_pem`: certificates in PEM that the person trusts for this service alone.

    Raises:
        SettingsError: `ca_file` holds no certificates, or cannot be read.
    """

    def __init__(self, ca_file: Path | None = None, ca_pem: str = "") -> None:
        with _TRUSTING:  # or lanes that begin together would each make one
            self._context = _trust(ca_file, _changed_ns(ca_file), ca_pem)
        self._open: WeakSet[HTTPConnection] = WeakSet()
        self._lock = Lock()
        self._used_at = 0.0
        self.closed = Event()
        self._turn = Turn()
        self._pools = pools(self._joined, self._turn)
        super().__init__()

    def mount_on(self, session: requests.Session) -> None:
        """Let `session` go this way and no other; a .netrc file must not replace what it authorises with."""
        session.mount("https://", self)
        session.mount("http://", self)
        session.auth = _as_it_is
        session.headers["User-Agent"] = USER_AGENT

    def pause(self, seconds: float) -> None:
        """Wait, unless the line is closed.

        Raises:
            Cancelled: It is, or was closed meanwhile.
        """
        if self.closed.wait(seconds):
            raise Cancelled

    def close(self) -> None:
        """Cut every connection, also one that another thread is waiting on; that call ends with Cancelled."""
        self.closed.set()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            cut(getattr(connection, "on_its_way", None))
            cut(connection.sock)
        super().close()

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send, read the whole answer, and hand it over as if it were already there.

        Raises:
            Offline: No answer came.
            Transient: It broke off, is too large, or points elsewhere.
            Cancelled: The line is closed.
        """
        if self.closed.is_set():
            raise Cancelled
        parts = urlsplit(request.url or "")
        host = parts.hostname or ""
        if is_loopback(host):
            options["proxies"] = {}
        self._drop_stale()
        options |= {"stream": True, "verify": True, "timeout": (CONNECT_S, READ_S)}
        began = monotonic()
        self._turn.begin(WHOLE_S)
        try:
            reply = super().send(request, **options)
            body = _body(reply)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._explained(error, host) from error
        took_ms = (monotonic() - began) * 1000
        log.debug(
            "%s %s%s: %s, %d bytes, %d ms",
            request.method,
            host,
            path_template(parts.path),
            reply.status_code,
            len(body),
            took_ms,
        )
        if reply.is_redirect:
            raise Transient(detail=f"{host}: HTTP {reply.status_code}, redirected elsewhere")
        reply.raw = _Read(body)
        return reply

    def _drop_stale(self) -> None:
        now = time()  # the wall clock: the monotonic one stands still while the machine sleeps
        if abs(now - self._used_at) > FRESH_S:
            super().close()
        self._used_at = now

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Pool connections that check certificates our way and can be cut."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Pool those through a proxy likewise."""
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: Any, *_: Any, **__: Any) -> None:
        """Leave the certificates to our context alone; `requests` would add a bundle of its own."""
        conn.cert_reqs = "CERT_REQUIRED"

    def _joined(self, connection: HTTPConnection) -> None:
        with self._lock:
            self._open.add(connection)
        if self.closed.is_set():
            raise ConnectionAbortedError

    def _explained(self, error: Exception, host: str) -> Exception:
        if self.closed.is_set():
            return Cancelled()
        causes = list(_causes(error))
        if any(isinstance(cause, IncompleteRead | DecodeError) for cause in causes):
            return Transient(detail=f"{host}: the answer broke off")
        innermost = next((cause for cause in reversed(causes) if isinstance(cause, OSError)), error)
        reason = innermost.strerror if isinstance(innermost, OSError) else ""
        detail = f"{host}: {type(innermost).__name__}" + (f", {reason}" if reason else "")
        if isinstance(innermost, ssl.SSLCertVerificationError):
            said = sentence("The certificate of {host} is not trusted on this computer.", host=host)
            return Offline(said, detail=f"{host}: {innermost.verify_message}")
        return Offline(detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a call that is safe to repeat is tried, and how long is waited in between."""

    attempts: int = 5
    """For an answer that says the service has trouble."""
    attempts_unheard: int = 2
    """For no answer at all: a second one catches a connection that had gone stale."""
    patience_s: float = 10.0
    """A service that asks for more than this is obeyed by whoever plans the next pull."""
    unit_s: float = 1.0

    def backoff_s(self, attempt: int) -> float:
        """Return how long to wait after the failed attempt number `attempt`, from 0."""
        return (min(60.0, 2.0**attempt) + random.random()) * self.unit_s  # noqa: S311 - spreads clients, keeps no secret


def retried(call: Callable[[], T], retry: Retry, pause: Callable[[float], None]) -> T:
    """Return what `call` returns, trying again where that may help.

    Raises:
        Offline, Throttled, Transient: It did not help; Throttled says how long to wait.
    """
    attempt = 0
    while True:
        wait_s = retry.backoff_s(attempt)
        attempt += 1
        try:
            return call()
        except Throttled as error:
            wait_s = max(wait_s, error.retry_after_s)
            if attempt >= retry.attempts or wait_s > retry.patience_s:
                raise Throttled(wait_s, detail=error.detail) from error
        except Transient:
            if attempt >= retry.attempts:
                raise
        except Offline:
            if attempt >= retry.attempts_unheard:
                raise
        pause(wait_s)


def retry_after_s(reply: requests.Response) -> float | None:
    """Return how long the service asks to wait, at most an hour; None where it does not say (RFC 9110, 10.2.3)."""
    said = reply.headers.get("Retry-After", "").strip()
    if not said:
        return None
    try:
        seconds = float(said) if said.isdigit() else parsedate_to_datetime(said).timestamp() - time()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), 3600.0)


def path_template(path: str) -> str:
    """Return a path fit for the log: segments that may be an id or an address are left out."""
    return "/".join(
        segment if not segment or _PLAIN_SEGMENT.fullmatch(segment) else "{}" for segment in path.split("/")
    )


def _body(reply: requests.Response) -> bytes:
    chunks, size = [], 0
    while chunk := reply.raw.read1(_CHUNK, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            reply.raw.close()
            raise Transient(detail=f"the answer is larger than {MOST_BYTES} bytes")
    return b"".join(chunks)


_TRUSTING = Lock()


def _changed_ns(ca_file: Path | None) -> int | None:
    try:
        return ca_file.stat().st_mtime_ns if ca_file is not None else None
    except OSError as error:
        raise _unusable(ca_file, error) from error


def _unusable(ca_file: Path | None, error: OSError) -> SettingsError:
    said = sentence("The certificate file {path} holds nothing that can be used. Ask your IT team.", path=ca_file or "")
    return SettingsError(said, detail=type(error).__name__)


@lru_cache(maxsize=8)
def _trust(ca_file: Path | None, _changed_ns: int | None, ca_pem: str) -> ssl.SSLContext:
    """Return what all lines that trust the same share: the system's certificates are some 0.8 MB each time."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:  # SSLError is one
            raise _unusable(ca_file, error) from error
    if ca_pem:
        context.load_verify_locations(cadata=ca_pem)
    return context


def _causes(error: BaseException) -> list[BaseException]:
    causes: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in causes:
        causes.append(following)
        following = following.__cause__ or following.__context__
    return causes


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
