from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from tests.contract.ews.secure import ScriptedExchange, at, authority, refused, scripted_exchange
from tests.contract.ews.stage import PASSWORD, EwsStage
from tests.contract.provider_contract import ME
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    CloudMailbox,
    EntryError,
    SettingsError,
    Transient,
    ZoomCalError,
)
from zoomcal.providers.base import ExchangeLogin
from zoomcal.providers.ews import EwsProvider
from zoomcal.providers.ews.client import EwsSession
from zoomcal.providers.ews.signin import EwsSignIn
from zoomcal.providers.http import Retry

ONCE = Retry(attempts=1, attempts_unheard=1)


@pytest.fixture
def way_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Whatever leaves for another host comes by here."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        proxy.settimeout(0)
        yield proxy


# -- Microsoft's cloud ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "outlook.office365.com",
        "https://Outlook.Office365.com./EWS/Exchange.asmx",
        "https://outlook.office.com/EWS/Exchange.asmx",
        "https://eas.outlook.com:443/EWS/Exchange.asmx",
        "outlook.office365.us",
        "partner.outlook.cn",
        "https://webmail.apps.mil/EWS/Exchange.asmx",
    ],
)
def test_microsofts_cloud_is_recognised_before_anything_leaves(url: str, way_out: socket.socket) -> None:
    login = ExchangeLogin(username=ME, password=PASSWORD, url=url)
    with pytest.raises(CloudMailbox) as caught:
        EwsSignIn(Endpoints(), login, calendar=True, contacts=True).wait(Event(), 20.0)
    assert caught.value.field == "url"
    with pytest.raises(BlockingIOError):
        way_out.accept()


def test_other_hosts_are_asked(way_out: socket.socket, pool: ThreadPoolExecutor) -> None:
    way_out.settimeout(20)
    came = pool.submit(way_out.accept)
    sign_in = EwsSignIn(
        Endpoints(), ExchangeLogin(username=ME, password="p", url="mail.example.org"), calendar=True, contacts=True
    )
    with ThreadPoolExecutor(1) as asking:
        asked = asking.submit(sign_in.wait, Event(), 20.0)
        connection, _ = came.result(20)
        with connection:
            assert connection.recv(100).startswith(b"CONNECT mail.example.org:443")
        assert isinstance(asked.exception(20), EntryError)


def test_look_alikes_of_the_cloud_are_ordinary_hosts() -> None:
    for host in ("outlook.office365.com.example.org", "myoutlook.com", "mail.notoffice.com"):
        EwsSignIn(Endpoints(), ExchangeLogin(username=ME, password="p", url=host), calendar=True, contacts=True).close()


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403])
def test_a_server_that_points_to_the_cloud_gets_no_password(server: ScriptedExchange, status: int) -> None:
    server.answers = [(status, {"Location": "https://outlook.office365.com/EWS/Exchange.asmx"}, b"")]
    error = refused(at(server))
    assert isinstance(error, CloudMailbox)
    assert not error.sent
    assert not server.authorised


@pytest.mark.parametrize("status", [401, 403])
def test_a_host_whose_front_page_is_the_cloud_is_the_cloud(server: ScriptedExchange, status: int) -> None:
    server.front = (302, {"Location": "https://outlook.office.com/mail"}, b"")
    server.answers = [server.challenge("Basic"), (status, {}, b"")]
    error = refused(at(server))
    assert isinstance(error, CloudMailbox)
    assert error.sent
    assert len(server.authorised) == 1


def test_a_server_that_leads_a_known_person_to_the_cloud_is_the_cloud(server: ScriptedExchange) -> None:
    told = (302, {"Location": "https://outlook.office365.com/EWS/Exchange.asmx"}, b"")
    server.answers = [server.challenge("Basic"), told]
    error = refused(at(server))
    assert isinstance(error, CloudMailbox)
    assert (error.sent, len(server.authorised)) == (True, 1)


def test_a_redirection_elsewhere_is_shown_and_never_followed(server: ScriptedExchange, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    with scripted_exchange(folder) as other:
        server.answers = [(302, {"Location": f"{other.url}?secret=1"}, b"")]
        error = refused(at(server))
        assert isinstance(error, EntryError)
        assert error.field == "url"
        assert "/EWS/Exchange.asmx" in str(error)
        assert "secret" not in str(error)
        server.answers = [server.challenge("Basic"), (302, {"Location": other.url}, b"")]
        error = refused(at(server))
        assert isinstance(error, EntryError)
        assert (error.field, len(server.authorised), other.asked) == ("url", 1, [])


# -- trust ------------------------------------------------------------------------------------------------------------
def test_an_unknown_certificate_is_refused_and_taken_once_its_authority_is_given(server: ScriptedExchange) -> None:
    error = refused(at(server, ca_file=None))
    assert isinstance(error, EntryError)
    assert (error.field, "PEM" in str(error)) == ("ca_file", True)
    assert server.asked == []
    server.answers = [server.challenge("Basic"), (401, {}, b"")]
    error = refused(at(server))
    assert isinstance(error, EntryError)
    assert error.field == "password"


def test_an_account_keeps_the_authority_it_was_connected_with(ews: EwsStage, tmp_path: Path) -> None:
    ews.endpoints = Endpoints()
    copy = tmp_path / "ca.pem"
    copy.write_bytes(ews.ca_file.read_bytes())
    ews.grant = ews.connected(ca_file=copy)
    copy.unlink()
    session = ews.open()
    assert session.calendars()
    session.close()
    entered = EwsProvider(ews.endpoints).entered(ews.grant.secret)
    assert (entered.password, entered.ca_file) == ("", None)
    assert ews.connected(again=ews.account, url=entered.url, ca_pem=entered.ca_pem).account == ews.account
    assert ews.grant.server == ews.url.split("/")[2]


def test_two_accounts_with_different_authorities_work_side_by_side(ews: EwsStage, server: ScriptedExchange) -> None:
    ews.endpoints = Endpoints()
    ews.grant = ews.connected(ca_file=ews.ca_file)
    kept = json.loads(ews.grant.secret)
    server.answers = [(200, {}, b"no SOAP")] * 9
    there = {**kept, "url": server.url, "ca_pem": server.ca_file.read_text()}
    first, second = ews.open(), EwsSession(ews.account, json.dumps(there), Endpoints(), retry=ONCE)
    with pytest.raises(Transient):
        second.calendars()
    assert first.calendars()
    crossed = EwsSession(ews.account, json.dumps({**there, "ca_pem": kept["ca_pem"]}), Endpoints(), retry=ONCE)
    with pytest.raises(ZoomCalError, match="not trusted"):
        crossed.calendars()
    for session in (first, second, crossed):
        session.close()


def test_certificates_of_the_endpoints_that_cannot_be_used_are_no_fault_of_the_password(
    ews: EwsStage, tmp_path: Path
) -> None:
    damaged = tmp_path / "endpoints.pem"
    damaged.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for file in (damaged, tmp_path / "gone.pem"):
        endpoints = replace(ews.endpoints, ca_file=file)
        with pytest.raises(SettingsError, match=file.name):
            EwsSession(ews.account, ews.grant.secret, endpoints)
        with pytest.raises(SettingsError, match=file.name):
            EwsSignIn(endpoints, ews.login, calendar=True, contacts=True)


def test_a_certificate_for_another_name_speaks_of_the_address(tmp_path: Path) -> None:
    with scripted_exchange(tmp_path, names=("mail.example.org",)) as other:
        error = refused(at(other))
        assert isinstance(error, EntryError)
        assert (error.field, "another name" in str(error)) == ("url", True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a certificate",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"\x30\x82 neither",
        b"x" * (64 * 1024 + 1),
        None,
    ],
)
def test_a_file_without_certificates_is_refused(ews: EwsStage, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EntryError) as caught:
        ews.signing(ca_file=file)
    assert caught.value.field == "ca_file"


def test_a_private_key_is_never_taken_along(ews: EwsStage, tmp_path: Path) -> None:
    file = tmp_path / "both.pem"
    made = authority().issue_cert("mail.example.org")
    file.write_bytes(made.private_key_and_cert_chain_pem.bytes())
    with pytest.raises(EntryError, match="private key") as caught:
        ews.signing(ca_file=file)
    assert caught.value.field == "ca_file"
