from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from tests.contract.ews.secure import ScriptedExchange, scripted_exchange
from tests.contract.ews.stage import EwsStage
from tests.contract.provider_contract import ME
from zoomcal.endpoints import Endpoints, ExchangeEndpoints
from zoomcal.errors import Cancelled, CloudMailbox, EntryError
from zoomcal.providers.ews import EwsProvider
from zoomcal.providers.ews.discovery import find
from zoomcal.sandbox import Sandbox

CLOUD = "https://outlook.office365.com/EWS/Exchange.asmx"


def looking(*hosts: str, ca_file: Path | None) -> Endpoints:
    return Endpoints(exchange=ExchangeEndpoints(hosts=" ".join(hosts)), ca_file=ca_file)


def at(server: ScriptedExchange) -> Endpoints:
    return looking(f"127.0.0.1:{server.server_port}", ca_file=server.ca_file)


def test_a_server_is_found_and_no_credentials_are_sent(services: Sandbox, ews: EwsStage) -> None:
    ews.exchange.asked.clear()
    provider = EwsProvider(looking(services.endpoints["exchange"]["hosts"], ca_file=None))
    found = provider.find(ME, Event(), ews.ca_file)
    assert found == ews.url
    assert ["autodiscover.json" in asked.path for asked in ews.exchange.asked] == [True]
    assert ews.failed == 0


def test_the_fixed_server_is_found_without_asking(ews: EwsStage) -> None:
    ews.exchange.asked.clear()
    assert EwsProvider(ews.endpoints).find(ME, Event()) == ews.url
    assert not ews.exchange.asked


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@", "@example.org", "ada@exa mple.org", "ada@example.org/x?y", "a@b@c"]
)
def test_what_is_no_address_is_said_under_the_address(address: str) -> None:
    with pytest.raises(EntryError) as caught:
        find(address, Endpoints(), Event())
    assert caught.value.field == "address"


@pytest.mark.parametrize("address", ["ada@outlook.com", "ada@hotmail.co.uk", "ada@live.nl", "a@b.onmicrosoft.com"])
def test_an_address_of_the_cloud_itself_is_known(address: str) -> None:
    with pytest.raises(CloudMailbox):
        find(address, Endpoints(), Event())


def test_an_answer_that_names_the_cloud_is_the_cloud(server: ScriptedExchange) -> None:
    server.front = (200, {}, json.dumps({"Protocol": "EWS", "Url": CLOUD}).encode())
    with pytest.raises(CloudMailbox):
        find(ME, at(server), Event())


@pytest.mark.parametrize("front", [True, False])
def test_a_host_that_leads_to_the_cloud_is_the_cloud(server: ScriptedExchange, front: bool) -> None:
    redirect = (302, {"Location": "https://outlook.office365.com/autodiscover/autodiscover.json/v1.0/x"}, b"")
    if front:
        server.front = redirect
    else:
        server.answers = [redirect]
    with pytest.raises(CloudMailbox):
        find(ME, at(server), Event())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"Url": 1}',
        b'{"Url": "http://127.0.0.1/EWS/Exchange.asmx"}',
        b'{"Url": "https://ada@127.0.0.1/EWS/Exchange.asmx"}',
        b'{"Url": "javascript:alert(1)"}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_none_is_passed_over_and_the_usual_path_tried(server: ScriptedExchange, body: bytes) -> None:
    server.front = (200, {}, body)
    server.answers = [server.challenge("Negotiate", "NTLM")]
    assert find(ME, at(server), Event()) == server.url
    assert not server.authorised


@pytest.mark.parametrize("answer", [(200, {}, b"<html>"), (404, {}, b""), (401, {"WWW-Authenticate": "Bearer"}, b"")])
def test_a_host_that_asks_for_no_password_is_not_it(
    server: ScriptedExchange, answer: tuple[int, dict[str, str], bytes]
) -> None:
    server.answers = [answer]
    with pytest.raises(EntryError, match=r"No Exchange server was found for example\.org") as caught:
        find(ME, at(server), Event())
    assert caught.value.field == "url"


def test_a_redirection_names_another_host_to_ask(server: ScriptedExchange, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    with scripted_exchange(folder) as other:
        server.front = (302, {"Location": f"https://127.0.0.1:{other.server_port}/autodiscover/x"}, b"")
        other.front = (200, {}, json.dumps({"Url": other.url}).encode())
        assert find(ME, at(server), Event()) == other.url


@pytest.mark.parametrize(
    "location",
    [
        "https://[",
        "https://[bad]/x",
        "https://%zz/",
        "https://ho st/",
        "https://ex\xe4mple.test/",
        "https://*/",
        "https://x:99999/",
    ],
)
def test_a_redirection_to_nowhere_is_none(server: ScriptedExchange, location: str) -> None:
    server.front = (302, {"Location": location}, b"")
    server.answers = [(302, {"Location": location}, b""), server.challenge("NTLM")]
    with pytest.raises(EntryError, match="No Exchange server"):
        find(ME, at(server), Event())


def test_silent_hosts_are_asked_once_and_the_next_one_found(server: ScriptedExchange) -> None:
    server.front = (200, {}, json.dumps({"Url": server.url}).encode())
    endpoints = looking("127.0.0.1:1", f"127.0.0.1:{server.server_port}", ca_file=server.ca_file)
    assert find(ME, endpoints, Event()) == server.url


def test_a_host_that_is_not_trusted_is_named(server: ScriptedExchange) -> None:
    with pytest.raises(EntryError, match=r"127\.0\.0\.1 answers, but its certificate is not trusted"):
        find(ME, looking(f"127.0.0.1:{server.server_port}", ca_file=None), Event())
    assert server.asked == []


def test_cancelling_ends_it_at_once(services: Sandbox, ews: EwsStage) -> None:
    ews.exchange.faults.add(kind="slow")
    cancel = Event()
    endpoints = looking(services.endpoints["exchange"]["hosts"], ca_file=ews.ca_file)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(find, ME, endpoints, cancel)
        assert ews.exchange.faults.holding.wait(20)
        began = monotonic()
        cancel.set()
        with pytest.raises(Cancelled):
            future.result(5)
        assert monotonic() - began < 1


def test_what_was_cancelled_before_asks_nobody(services: Sandbox, ews: EwsStage) -> None:
    cancel = Event()
    cancel.set()
    ews.exchange.asked.clear()
    with pytest.raises(Cancelled):
        find(ME, looking(services.endpoints["exchange"]["hosts"], ca_file=ews.ca_file), cancel)
    assert not ews.exchange.asked


def test_a_search_that_takes_too_long_finds_nothing(services: Sandbox, ews: EwsStage) -> None:
    ews.exchange.faults.add(kind="slow")
    endpoints = looking(services.endpoints["exchange"]["hosts"], ca_file=ews.ca_file)
    with pytest.raises(EntryError, match="No Exchange server"):
        find(ME, endpoints, Event(), timeout_s=0.2)
