"""An HTTP server on loopback that gives prepared answers: for what no sane service says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Scripted(ThreadingHTTPServer):
    """Answers every request with `answer` and remembers what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b"{}"
        self.paths: dict[str, tuple[int, bytes]] = {}
        """Status and body for the addresses that hold a text, in place of those for all."""
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        """Method, path, headers (lower case)."""
        self.connections: list[object] = []
        """Where each request came from."""

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers))
        self.server.connections.append(self.client_address)
        self.rfile.read(int(headers.get("content-length", 0)))
        usual = (self.server.status, self.server.body)
        status, body = next((told for part, told in self.server.paths.items() if part in self.path), usual)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Run one."""
    with Scripted() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
