from __future__ import annotations

import http.client
import logging
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import monotonic
from urllib.parse import urlencode, urlsplit

import pytest

from zoomcal.catalogue import Catalogue
from zoomcal.errors import SignInCancelled, SignInTimedOut
from zoomcal.providers.loopback import Loopback

Answer = Mapping[str, str]


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback("/callback") as listener:
        yield listener


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@pytest.fixture
def cancel() -> Event:
    return Event()


@pytest.fixture
def waiting(loopback: Loopback, pool: ThreadPoolExecutor, cancel: Event) -> Iterator[Future[Answer]]:
    future = pool.submit(loopback.wait, cancel, 30.0)
    yield future
    cancel.set()


def ask(
    loopback: Loopback, path: str, fields: Mapping[str, str] | None = None, *, post: bool = False
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(loopback.redirect_uri).netloc, timeout=10)
    form = urlencode(fields or {})
    if post:
        connection.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
    else:
        connection.request("GET", f"{path}?{form}" if form else path)
    reply = connection.getresponse()
    body = reply.read().decode()
    connection.close()
    return reply.status, body


def raw(loopback: Loopback) -> socket.socket:
    parts = urlsplit(loopback.redirect_uri)
    assert parts.hostname
    assert parts.port
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def rest(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("post", [False, True])
def test_the_answer_comes_back_and_the_page_repeats_nothing(
    loopback: Loopback, waiting: Future[Answer], post: bool
) -> None:
    fields = {"state": loopback.state, "code": "4/secret-code", "scope": "a b"}
    status, page = ask(loopback, "/callback", fields, post=post)
    assert status == 200
    assert "You can close this page and go back to ZoomCal." in page
    assert not any(value in page for value in fields.values())
    assert waiting.result(10) == fields
    with pytest.raises(ConnectionRefusedError):
        raw(loopback)


def test_what_is_not_the_answer_gets_404_and_the_wait_goes_on(loopback: Loopback, waiting: Future[Answer]) -> None:
    right = {"state": loopback.state, "code": "x"}
    assert ask(loopback, "/favicon.ico")[0] == 404
    assert ask(loopback, "/callback/", right)[0] == 404
    assert ask(loopback, "/callback")[0] == 404
    assert ask(loopback, "/callback", {"state": "guessed", "code": "evil"})[0] == 404
    assert ask(loopback, "/callback", {"state": "gu\u00e9ssed", "code": "evil"}, post=True)[0] == 404
    assert ask(loopback, f"/callback?state=other&state={loopback.state}&code=evil")[0] == 404
    assert not waiting.done()
    assert ask(loopback, "/callback", right)[0] == 200
    assert waiting.result(10)["code"] == "x"


def test_only_the_first_answer_counts(loopback: Loopback, pool: ThreadPoolExecutor, cancel: Event) -> None:
    connections = [raw(loopback) for _ in range(3)]
    for number, connection in enumerate(connections):
        connection.sendall(f"GET /callback?state={loopback.state}&code={number} HTTP/1.1\r\n\r\n".encode())
    answer = pool.submit(loopback.wait, cancel, 30.0).result(10)
    assert answer["code"] in {"0", "1", "2"}
    for connection in connections:
        connection.close()


def test_silent_and_half_spoken_connections_do_not_hold_up_the_answer(
    loopback: Loopback, waiting: Future[Answer]
) -> None:
    idle = [raw(loopback) for _ in range(20)]
    for connection in idle[:10]:
        connection.sendall(b"GET /callback?state=")
    began = monotonic()
    assert ask(loopback, "/callback", {"state": loopback.state, "code": "x"})[0] == 200
    assert waiting.result(10)["code"] == "x"
    assert monotonic() - began < 5
    for connection in idle:
        assert rest(connection) == b""
        connection.close()


def test_oversized_and_broken_requests_are_turned_away(loopback: Loopback, waiting: Future[Answer]) -> None:
    state = loopback.state
    for request, status in (
        (f"GET /callback?state={state}&code={'x' * 9000} HTTP/1.1\r\n\r\n", b"414"),
        (f"POST /callback HTTP/1.1\r\nContent-Length: 70000\r\n\r\nstate={state}", b"413"),
        (f"POST /callback HTTP/1.1\r\nContent-Length: -1\r\n\r\nstate={state}", b"413"),
        (f"POST /callback HTTP/1.1\r\n\r\nstate={state}&code=x", b"413"),
        (f"POST /callback HTTP/1.1\r\nContent-Length: {'9' * 5000}\r\n\r\nstate={state}", b"413"),
        (f"POST /callback HTTP/1.1\r\nContent-Length: {'0' * 5000}\r\n\r\nstate={state}", b"413"),
        ("POST http://[::1/?a HTTP/1.1\r\nContent-Length: 7\r\n\r\nstate=a", b"404"),
        ("nonsense\r\n\r\n", b"400"),
        ("DELETE /callback HTTP/1.1\r\n\r\n", b"501"),
    ):
        with raw(loopback) as connection:
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
            reply = rest(connection)
        assert reply.split()[1] == status
        assert b"callback" not in reply
    assert not waiting.done()
    assert ask(loopback, "/callback", {"state": state, "code": "x"})[0] == 200
    assert waiting.result(10)["code"] == "x"


@pytest.mark.parametrize("by_event", [True, False])
def test_cancelling_from_another_thread_ends_the_wait_at_once(
    loopback: Loopback, waiting: Future[Answer], cancel: Event, by_event: bool
) -> None:
    with raw(loopback):
        began = monotonic()
        if by_event:
            cancel.set()
        else:
            loopback.close()
        with pytest.raises(SignInCancelled):
            waiting.result(10)
        assert monotonic() - began < 1


def test_nothing_in_time_is_an_error_and_the_port_is_free_again(loopback: Loopback, cancel: Event) -> None:
    port = urlsplit(loopback.redirect_uri).port
    with pytest.raises(SignInTimedOut):
        loopback.wait(cancel, 0.01)
    assert port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)


def test_two_listeners_never_share_a_port_or_a_state(loopback: Loopback) -> None:
    port = urlsplit(loopback.redirect_uri).port
    assert port
    with pytest.raises(OSError), socket.socket() as other:  # noqa: PT011 - in use, as the system puts it
        other.bind(("127.0.0.1", port))
    with Loopback("/callback") as second:
        assert second.redirect_uri != loopback.redirect_uri
        assert second.state != loopback.state
        assert len(second.state) >= 32


def test_localhost_is_said_and_this_machine_is_listened_on(pool: ThreadPoolExecutor, cancel: Event) -> None:
    with Loopback(host="localhost") as listener:
        parts = urlsplit(listener.redirect_uri)
        assert (parts.hostname, parts.path) == ("localhost", "/")
        future = pool.submit(listener.wait, cancel, 30.0)
        assert ask(listener, "/", {"state": listener.state, "code": "x"}, post=True)[0] == 200
        assert future.result(10)["code"] == "x"


def test_nothing_of_an_answer_is_logged(
    loopback: Loopback, waiting: Future[Answer], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(loopback, "/callback", {"state": "wrong", "code": "4/first"})
    ask(loopback, "/callback", {"state": loopback.state, "code": "4/second"})
    waiting.result(10)
    said = caplog.text + "".join(capfd.readouterr())
    assert not any(word in said for word in ("4/first", "4/second", "4%2F", loopback.state))


def test_the_page_speaks_the_persons_language(pool: ThreadPoolExecutor, cancel: Event) -> None:
    with Loopback(catalogue=Catalogue("vi")) as listener:
        future = pool.submit(listener.wait, cancel, 30.0)
        assert '<html lang="vi">' in ask(listener, "/", {"state": listener.state})[1]
        future.result(10)
