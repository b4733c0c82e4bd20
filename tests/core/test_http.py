from __future__ import annotations

import gzip
import random
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import requests

from tests.scripted import Scripted, scripted
from zoomcal.errors import Cancelled, Offline, ProviderError, Throttled, Transient
from zoomcal.providers import http
from zoomcal.providers.http import Line, Retry, path_template, retried, retry_after_s


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as running:
        yield running


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.close()


@pytest.fixture
def session(line: Line) -> Iterator[requests.Session]:
    with requests.Session() as made:
        line.mount_on(made)
        yield made


def test_an_answer_arrives_whole_unpacked_and_on_a_kept_connection(server: Scripted, session: requests.Session) -> None:
    server.body = gzip.compress(b"x" * 1_000_000)
    server.headers = {"Content-Encoding": "gzip"}
    for _ in range(3):
        assert session.get(server.url).content == b"x" * 1_000_000
    assert server.asked[0][2]["user-agent"].startswith("ZoomCal/")
    assert len(set(server.connections)) == 1


def test_a_connection_that_rested_long_is_not_trusted_again(
    server: Scripted, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for clock in (1_000.0, 1_060.0, 1_200.0, 500.0):
        monkeypatch.setattr(http, "time", lambda clock=clock: clock)
        session.get(server.url)
    first, second, third, fourth = server.connections
    assert first == second
    assert len({second, third, fourth}) == 3


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_too_large_is_not_taken_in(
    server: Scripted, session: requests.Session, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 100_000)
    server.body = gzip.compress(b"x" * 200_000) if packed else b"x" * 200_000
    server.headers = {"Content-Encoding": "gzip"} if packed else {}
    with pytest.raises(Transient, match="problem") as caught:
        session.get(server.url)
    assert "larger" in caught.value.detail


@contextmanager
def raw(begin: bytes, drip: bytes = b"") -> Iterator[str]:
    """Answer with `begin`, then with `drip` again and again until the other side has gone."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:

        def answer() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(begin)
                    while drip:
                        connection.sendall(drip)
                        pause.wait(0.01)
                    connection.recv(65536)

        pause = Event()
        served = pool.submit(answer)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        served.result(10)


@pytest.mark.parametrize(
    ("begin", "drip"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"HTTP/1.1 ", b"1"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b""),
    ],
)
def test_one_exchange_takes_no_longer_than_it_may_however_steadily_it_drips(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch, begin: bytes, drip: bytes
) -> None:
    monkeypatch.setattr(http, "WHOLE_S", 0.5)
    began = monotonic()
    with raw(begin, drip) as url:
        with pytest.raises(Offline) as caught:
            session.get(url)
        assert "longer than" in caught.value.detail
    assert monotonic() - began < 5


def test_a_head_that_does_not_end_is_given_up(session: requests.Session) -> None:
    flood = b"HTTP/1.1 100 Continue\r\n\r\n" * 1000
    with raw(b"", flood) as url, pytest.raises(Offline) as caught:
        session.get(url)
    assert "does not end" in caught.value.detail


def test_a_few_provisional_answers_are_passed_over(session: requests.Session) -> None:
    with raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 20 + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as url:
        assert session.get(url, headers={"Connection": "close"}).content == b"{}"
        session.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(server: Scripted, session: requests.Session, method: str, status: int) -> None:
    server.status, server.headers = status, {"Location": f"{server.url}/elsewhere"}
    with pytest.raises(Transient):
        session.request(method, f"{server.url}/here", data={"token": "secret"} if method == "POST" else None)
    assert [path for _, path, _ in server.asked] == ["/here"]


def test_broken_packing_is_trouble_of_the_service(server: Scripted, session: requests.Session) -> None:
    server.body, server.headers = b"not gzip at all", {"Content-Encoding": "gzip"}
    with pytest.raises(Transient):
        session.get(server.url)


def test_no_netrc_no_proxy_and_no_bundle_of_the_environment_gets_between(
    server: Scripted, session: requests.Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    reply = session.get(server.url, headers={"Authorization": "Bearer ours"})
    assert reply.status_code == 200
    assert server.asked[0][2]["authorization"] == "Bearer ours"


def test_the_systems_proxy_is_used_for_other_hosts(
    server: Scripted, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert session.get("http://calendar.example/v3").status_code == 200
    assert server.asked[0][1] == "http://calendar.example/v3"


def test_no_answer_says_why_without_the_query(session: requests.Session) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Offline) as caught:
        session.get(f"http://127.0.0.1:{port}/v3?token=secret")
    assert caught.value.detail.startswith("127.0.0.1: ConnectionRefusedError")
    assert "secret" not in caught.value.detail


def test_a_name_that_does_not_resolve_is_offline(session: requests.Session) -> None:
    with pytest.raises(Offline) as caught:
        session.get("https://no-such-host.invalid/")
    assert "no-such-host.invalid" in caught.value.detail


def test_closing_ends_a_read_in_another_thread(line: Line, session: requests.Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
        future = pool.submit(session.get, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        connection, _ = silent.accept()
        assert connection.recv(4) == b"GET "
        line.close()
        with pytest.raises(Cancelled):
            future.result(5)
        connection.close()
    with pytest.raises(Cancelled):
        session.get("http://127.0.0.1:9/")
    with pytest.raises(Cancelled):
        line.pause(60)


def test_closing_ends_a_tls_handshake_that_is_not_answered(line: Line, session: requests.Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
        future = pool.submit(session.get, f"https://127.0.0.1:{silent.getsockname()[1]}/")
        connection, _ = silent.accept()
        assert connection.recv(1)
        line.close()
        with pytest.raises(Cancelled):
            future.result(3)
        connection.close()


class Failing:
    """Fails as told, then answers."""

    def __init__(self, *errors: ProviderError) -> None:
        self._errors = list(errors)
        self.calls = 0
        self.waits: list[float] = []

    def __call__(self) -> str:
        self.calls += 1
        if self._errors:
            raise self._errors.pop(0)
        return "done"


def test_waits_double_and_a_hint_is_the_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)
    failing = Failing(Transient(), Throttled(0.0), Throttled(7.0), Transient())
    assert retried(failing, Retry(), failing.waits.append) == "done"
    assert failing.waits == [1.5, 2.5, 7.0, 8.5]


def test_the_last_word_is_what_is_told_and_a_throttled_one_says_how_long() -> None:
    failing = Failing(*(Throttled(0.0) for _ in range(9)))
    with pytest.raises(Throttled) as caught:
        retried(failing, Retry(), failing.waits.append)
    assert caught.value.retry_after_s >= 8
    assert failing.calls <= 5
    long = Failing(Throttled(600.0))
    with pytest.raises(Throttled) as caught:
        retried(long, Retry(), long.waits.append)
    assert (caught.value.retry_after_s, long.calls, long.waits) == (600.0, 1, [])


def test_what_cannot_change_is_not_repeated() -> None:
    failing = Failing(ProviderError())
    with pytest.raises(ProviderError):
        retried(failing, Retry(), failing.waits.append)
    assert failing.calls == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", None),
        ("soon", None),
        ("120", 120.0),
        ("99999999999", 3600.0),
        ("-5", None),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0.0),
        ("Mon, 99 Xxx 2026 99:99:99 GMT", None),
    ],
)
def test_a_hint_is_read_in_both_forms(said: str, seconds: float | None) -> None:
    reply = requests.Response()
    reply.headers["Retry-After"] = said
    assert retry_after_s(reply) == seconds


def test_a_hint_may_be_a_date() -> None:
    reply = requests.Response()
    reply.headers["Retry-After"] = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert retry_after_s(reply) == pytest.approx(90, abs=3)


def test_a_path_is_logged_without_ids_and_addresses() -> None:
    path = "/calendar/v3/calendars/lan%40example.org/events/0a1b2c3d4e5f6g7h8i9j0k_20260311"
    assert path_template(path) == "/calendar/v3/calendars/{}/events/{}"
    assert path_template("/v1/people/c7000000000000000000") == "/v1/people/{}"
    assert path_template("/v1/people/me/connections") == "/v1/people/me/connections"


def test_waiting_ends_when_the_line_is_closed(line: Line) -> None:
    started = Event()

    def wait() -> None:
        started.set()
        line.pause(60)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(wait)
        assert started.wait(5)
        line.close()
        with pytest.raises(Cancelled):
            future.result(5)
