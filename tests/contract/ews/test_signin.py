from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from tests.contract.ews.secure import ScriptedExchange, authority, scripted_exchange
from tests.contract.ews.stage import PASSWORD, USERNAME, EwsStage
from tests.contract.provider_contract import ME, Planned, read
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
    CloudMailbox,
    EntryError,
    NeedsReauth,
    NotConfigured,
    SignInCancelled,
    SignInError,
    SignInTimedOut,
    Throttled,
    Transient,
    ZoomCalError,
)
from zoomcal.providers.base import ExchangeLogin, ServiceProvider
from zoomcal.providers.ews import EwsProvider
from zoomcal.providers.ews.client import EwsSession
from zoomcal.providers.ews.signin import EwsSignIn
from zoomcal.providers.http import Retry

ONCE = Retry(attempts=1, attempts_unheard=1)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def way_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Whatever leaves for another host comes by here."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        proxy.settimeout(0)
        yield proxy


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedExchange]:
    """A server that says over TLS what a test prepares; `server.ca_file` is its authority's."""
    with scripted_exchange(tmp_path) as running:
        yield running


def at(server: ScriptedExchange, **entered: Any) -> EwsSignIn:
    login = ExchangeLogin(username=ME, password=PASSWORD, url=server.url, ca_file=server.ca_file)
    return EwsSignIn(Endpoints(), replace(login, **entered), calendar=True, contacts=True)


def refused(sign_in: EwsSignIn) -> ZoomCalError:
    with pytest.raises(ZoomCalError) as caught:
        sign_in.wait(Event(), 20.0)
    return caught.value


# -- what is entered --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("methods", [("Basic",), ("NTLM",), ("NTLM", "Basic")])
@pytest.mark.parametrize("username", [USERNAME, ME, "ada"])
def test_a_person_signs_in_and_their_account_opens(ews: EwsStage, methods: tuple[str, ...], username: str) -> None:
    ews.exchange.authentication.methods = methods
    provider: ServiceProvider = EwsProvider(ews.endpoints)
    how = replace(ews.login, username=username)
    sign_in = provider.sign_in(calendar=True, contacts=False, how=how)
    assert (sign_in.url, sign_in.user_code) == ("", "")
    grant = sign_in.wait(Event(), 20.0)
    assert (grant.account, grant.name, grant.server) == (f"exchange:{ME}", username, "127.0.0.1")
    assert (grant.calendar, grant.contacts) == (True, False)
    assert PASSWORD not in repr(grant)
    session = provider.open(grant.account, grant.secret, lambda _: None)
    assert [calendar.name for calendar in session.calendars()] == ["Calendar", "Team"]
    session.close()
    assert ews.failed == 0
    assert EwsProvider(ews.endpoints).entered(grant.secret) == replace(how, password="")


def test_a_browser_is_no_way_to_sign_in(ews: EwsStage) -> None:
    with pytest.raises(NotConfigured):
        EwsProvider(ews.endpoints).sign_in(calendar=True, contacts=True, how="browser")


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"username": " "}, "username"),
        ({"password": ""}, "password"),
        ({"address": "ada"}, "address"),
        ({"version": "2003"}, "version"),
        ({"url": ""}, "url"),
        ({"url": "http://mail.example.org/EWS/Exchange.asmx"}, "url"),
        ({"url": "ftp://mail.example.org"}, "url"),
        ({"url": "https://ada:secret@mail.example.org"}, "url"),
        ({"url": "mail example org"}, "url"),
        ({"url": "https://mail.example.org:99999"}, "url"),
        ({"url": "https://mail.example.org/a b"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_what_cannot_be_right_is_said_under_its_field_and_nobody_is_asked(
    ews: EwsStage, entered: dict[str, Any], field: str
) -> None:
    ews.endpoints = Endpoints(ca_file=ews.ca_file)
    ews.exchange.asked.clear()
    with pytest.raises(EntryError) as caught:
        ews.signing(**entered)
    assert caught.value.field == field
    assert not ews.exchange.asked


@pytest.mark.parametrize(
    "form", ["127.0.0.1:{}", "https://127.0.0.1:{}/", "https://127.0.0.1:{}/owa", "127.0.0.1:{}/ews/"]
)
def test_a_bare_host_is_completed(ews: EwsStage, form: str) -> None:
    ews.endpoints = Endpoints(ca_file=ews.ca_file)
    port = ews.url.rpartition(":")[2].partition("/")[0]
    assert json.loads(ews.connected(url=form.format(port)).secret)["url"] == ews.url


def test_the_url_that_the_organisation_fixed_beats_what_was_entered(ews: EwsStage) -> None:
    assert json.loads(ews.connected(url="https://other.example").secret)["url"] == ews.url


# -- the password -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("methods", [("Basic",), ("NTLM",)])
def test_a_wrong_password_is_tried_once_and_said_in_one_sentence(ews: EwsStage, methods: tuple[str, ...]) -> None:
    ews.exchange.authentication.methods = methods
    error = refused(ews.signing(password="wrong"))
    assert isinstance(error, EntryError)
    assert (error.field, str(error)) == ("password", "The server refused this password. It was tried once.")
    assert "Extended Protection" in error.detail
    assert ews.failed == 1


@pytest.mark.parametrize("methods", [("Basic",), ("NTLM",)])
def test_a_session_whose_password_is_dead_asks_once_and_then_never_again(
    ews: EwsStage, methods: tuple[str, ...]
) -> None:
    ews.exchange.authentication.methods = methods
    ews.grant = ews.connected()
    session = ews.open()
    ews.end_grant()
    for _ in range(3):
        with pytest.raises(ZoomCalError, match="does not take this password"):
            session.calendars()
        with pytest.raises(ZoomCalError, match="does not take this password"):
            list(session.changes(None))
    session.close()
    assert ews.failed == 1


def test_extended_protection_is_satisfied_through_the_tls_channel(ntlm: EwsStage) -> None:
    ntlm.exchange.authentication.protect = True
    assert ntlm.connected().account == ntlm.account
    assert ntlm.failed == 0


def test_of_several_ways_the_password_itself_is_sent_by_none_that_needs_not(ews: EwsStage) -> None:
    ews.exchange.authentication.methods = ("Basic", "NTLM")
    assert json.loads(ews.connected().secret)["method"] == "NTLM"


def test_a_locked_account_is_not_tried_on(server: ScriptedExchange) -> None:
    server.answers = [server.challenge("Basic"), (500, {}, b"The referenced account is currently locked out")]
    error = refused(at(server))
    assert isinstance(error, EntryError)
    assert (error.field, "locked" in str(error)) == ("password", True)
    assert len(server.authorised) == 1


@pytest.mark.parametrize(
    ("challenge", "raised"),
    [
        ("NTLM", EntryError),
        ("Basic", EntryError),
        ("NTLM TlRMTVNTUAACAAAA", Transient),
        ("NTLM AAAA", Transient),
    ],
)
def test_a_server_that_does_not_keep_to_ntlm_gets_no_proof(
    server: ScriptedExchange, challenge: str, raised: type[ZoomCalError]
) -> None:
    server.answers = [server.challenge("NTLM"), server.challenge(challenge)]
    error = refused(at(server))
    assert type(error) is raised
    assert len(server.authorised) == 1
    assert "tried once" not in str(error)


def test_a_connection_that_ends_while_signing_in_gets_no_proof(server: ScriptedExchange) -> None:
    told = server.challenge("NTLM TlRMTVNTUAACAAAABgAGADgAAAAFgomih5Y9EK4Ze4g=")
    server.answers = [server.challenge("NTLM"), (told[0], {**told[1], "Connection": "close"}, told[2])]
    assert isinstance(refused(at(server)), Transient)
    assert len(server.authorised) == 1


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
    assert isinstance(refused(at(server)), CloudMailbox)
    assert not server.authorised


@pytest.mark.parametrize("status", [401, 403])
def test_a_host_whose_front_page_is_the_cloud_is_the_cloud(server: ScriptedExchange, status: int) -> None:
    server.front = (302, {"Location": "https://outlook.office.com/mail"}, b"")
    server.answers = [server.challenge("Basic"), (status, {}, b"")]
    assert isinstance(refused(at(server)), CloudMailbox)
    assert len(server.authorised) == 1


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


# -- what the server is -----------------------------------------------------------------------------------------------
def test_an_older_server_is_spoken_to_in_its_own_version(ews: EwsStage) -> None:
    for version in ("Exchange2007_SP1", "Exchange2010", "Exchange2010_SP2", "Exchange2013", "Exchange2013_SP1"):
        ews.exchange.version = version
        ews.grant = ews.connected()
        assert json.loads(ews.grant.secret)["api"] == version
        session = ews.open()
        assert session.calendars()
        ews.exchange.operations.clear()
        session.close()


def test_a_version_chosen_too_high_falls_back(ews: EwsStage) -> None:
    ews.exchange.version = "Exchange2010_SP2"
    grant = ews.connected(version="2019")
    kept = json.loads(grant.secret)
    assert (kept["version"], kept["api"], kept["build"]) == ("2019", "Exchange2010_SP2", "14.3.513.0")


def test_a_version_chosen_low_is_kept_to(ews: EwsStage) -> None:
    assert json.loads(ews.connected(version="2010").secret)["api"] == "Exchange2010"


def test_a_server_that_takes_no_version_is_said_under_the_version(server: ScriptedExchange) -> None:
    fault = server.fault("ErrorInvalidServerVersion")
    server.answers = [server.challenge("Basic"), *[fault] * 20]
    error = refused(at(server))
    assert isinstance(error, EntryError)
    assert error.field == "version"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ((404, {}, b""), "url"),
        ((200, {"Content-Type": "text/html"}, b"<html>Sign in</html>"), "url"),
        ((401, {"WWW-Authenticate": 'Bearer client_id="x", authorization_uri="https://login.example"'}, b""), "url"),
        ((401, {}, b""), "url"),
        ((403, {}, b""), "url"),
        ((405, {}, b""), "url"),
    ],
)
def test_an_address_that_is_no_exchange_gets_no_password(
    server: ScriptedExchange, answer: tuple[int, dict[str, str], bytes], field: str
) -> None:
    server.answers = [answer]
    error = refused(at(server))
    assert isinstance(error, EntryError)
    assert error.field == field
    assert not server.authorised


@pytest.mark.parametrize(
    ("answer", "raised", "field"),
    [
        ((403, {}, b""), BlockedByPolicy, ""),
        ((500, {"X-CasErrorCode": "UserNotFound"}, b""), BlockedByPolicy, ""),
        ((404, {}, b""), EntryError, "url"),
        ((429, {"Retry-After": "30"}, b""), Throttled, ""),
        ((503, {}, b""), Throttled, ""),
        ((500, {}, b"<html>"), Transient, ""),
        ((200, {}, b"<html>"), Transient, ""),
        ("ErrorNonExistentMailbox", EntryError, "username"),
        ("ErrorMailboxMoveInProgress", Transient, ""),
        ("ErrorAccessDenied", BlockedByPolicy, ""),
        ("ErrorPasswordExpired", EntryError, "password"),
    ],
)
def test_what_the_one_try_may_end_with(
    server: ScriptedExchange, answer: tuple[int, dict[str, str], bytes] | str, raised: type[ZoomCalError], field: str
) -> None:
    server.answers = [server.challenge("Basic"), server.fault(answer) if isinstance(answer, str) else answer]
    error = refused(at(server))
    assert type(error) is raised
    assert getattr(error, "field", "") == field
    assert len(server.authorised) == 1


def test_a_host_that_cannot_be_reached_is_said_under_the_url() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{unused.getsockname()[1]}"
        login = ExchangeLogin(username=ME, password=PASSWORD, url=url)
        error = refused(EwsSignIn(Endpoints(), login, calendar=True, contacts=True))
    assert isinstance(error, EntryError)
    assert error.field == "url"


# -- whose mailbox ----------------------------------------------------------------------------------------------------
def test_a_name_that_is_no_address_is_looked_up_at_the_server(ews: EwsStage) -> None:
    assert ews.connected(username="CORP\\ada").account == f"exchange:{ME}"


def test_the_entered_address_is_taken_and_the_server_not_asked(ews: EwsStage) -> None:
    ews.exchange.operations.clear()
    assert ews.connected(address="Ada@Example.org").account == f"exchange:{ME}"
    assert "ResolveNames" not in ews.exchange.operations


def test_an_address_that_is_nobodys_is_said_under_the_address(ews: EwsStage) -> None:
    error = refused(ews.signing(address="nobody@example.org"))
    assert isinstance(error, EntryError)
    assert error.field == "address"


def test_an_address_of_somebody_else_opens_nothing_of_theirs(ews: EwsStage) -> None:
    ews.exchange.open_account("CORP\\bo", "another secret", "bo@example.org", "Bo")
    error = refused(ews.signing(address="bo@example.org"))
    assert isinstance(error, EntryError)
    assert error.field == "address"


def test_an_account_with_an_entered_address_reads_that_mailbox(ews: EwsStage) -> None:
    uid = ews.plan(Planned(title="There"))
    ews.grant = ews.connected(address=ME)
    ews.session.close()
    ews.session = ews.open()
    assert [meeting.uid for meeting in read(ews)] == [uid]


def test_a_server_that_cannot_look_names_up_needs_an_address(ews: EwsStage) -> None:
    ews.exchange.quirks.lacks.add("ResolveNames")
    assert ews.connected(username=ME).account == f"exchange:{ME}"
    error = refused(ews.signing(username="CORP\\ada"))
    assert isinstance(error, EntryError)
    assert error.field == "address"


def test_somebody_else_is_told_apart_by_name(ews: EwsStage) -> None:
    ews.exchange.open_account("CORP\\bo", "another secret", "bo@example.org", "Bo")
    with pytest.raises(SignInError, match=rf"bo@example\.org.*{ME}"):
        ews.connected(again=ews.account, username="CORP\\bo", password="another secret")


def test_only_what_the_mailbox_lets_be_read_is_granted(ews: EwsStage) -> None:
    ews.withdraw_contacts()
    grant = ews.connected()
    assert (grant.calendar, grant.contacts) == (True, False)


# -- ending it --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("by_event", [True, False])
def test_cancelling_ends_it_at_once(ews: EwsStage, pool: ThreadPoolExecutor, by_event: bool) -> None:
    ews.exchange.faults.add(kind="slow")
    sign_in, cancel = ews.signing(), Event()
    future = pool.submit(sign_in.wait, cancel, 30.0)
    assert ews.exchange.faults.holding.wait(20)
    began = monotonic()
    cancel.set() if by_event else sign_in.close()
    with pytest.raises(SignInCancelled):
        future.result(5)
    assert monotonic() - began < 1


def test_a_silent_server_is_a_time_out(ews: EwsStage) -> None:
    ews.exchange.faults.add(kind="slow")
    with pytest.raises(SignInTimedOut, match="did not answer in time"):
        ews.signing().wait(Event(), 0.2)


# -- secrets ----------------------------------------------------------------------------------------------------------
def test_neither_password_nor_address_nor_body_is_logged(
    ews: EwsStage, caplog: pytest.LogCaptureFixture, server: ScriptedExchange
) -> None:
    with caplog.at_level(logging.DEBUG):
        ews.connected()
        refused(ews.signing(password="wrong but secret"))
        server.answers = [server.challenge("Basic"), (500, {}, b"<html>a body</html>")]
        refused(at(server))
    said = "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    assert "POST 127.0.0.1" in said
    for secret in (PASSWORD, "wrong but secret", ME, "a body", "Envelope", "Authorization"):
        assert secret not in said


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://other.example/EWS/Exchange.asmx"},
        {"method": "Digest"},
        {"url": "http://127.0.0.1/EWS/Exchange.asmx"},
    ],
)
def test_a_secret_goes_to_no_server_but_the_one_it_was_accepted_by(ews: EwsStage, change: dict[str, str]) -> None:
    ews.grant = replace(ews.grant, secret=json.dumps({**json.loads(ews.grant.secret), **change}))
    with pytest.raises(NeedsReauth):
        ews.open()


@pytest.mark.parametrize("secret", ["", "[]", "{}", "null", '{"url": 1}'])
def test_a_damaged_secret_needs_the_person(ews: EwsStage, secret: str) -> None:
    with pytest.raises(NeedsReauth):
        EwsSession(ews.account, secret, ews.endpoints)
    with pytest.raises(NeedsReauth):
        EwsProvider(ews.endpoints).entered(secret)
