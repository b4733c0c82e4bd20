from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from tests.contract.ews.secure import ScriptedExchange, Told, at, folders, names, refused
from tests.contract.ews.stage import PASSWORD, QUICK, USERNAME, EwsStage
from tests.contract.provider_contract import ME, Planned, read
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
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
from zoomcal.providers.ews.line import EwsLine
from zoomcal.providers.ews.signin import EwsSignIn
from zoomcal.providers.ews.transport import Transport

SOAP = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'


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
    assert (grant.account, grant.name, grant.server) == (f"exchange:{ME}", username, ews.url.split("/")[2])
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


@pytest.mark.parametrize("status", [302, 407, 440, 511])
def test_a_logon_page_in_place_of_the_service_gets_the_password_once(
    ews: EwsStage, server: ScriptedExchange, status: int
) -> None:
    server.answers = [(status, {"Location": "/logon"}, b"<html>")]
    kept = json.dumps({**json.loads(ews.grant.secret), "url": server.url})
    session = EwsSession(ews.account, kept, Endpoints(ca_file=server.ca_file), retry=QUICK)
    for _ in range(3):
        with pytest.raises(NeedsReauth, match="logon page"):
            session.calendars()
    session.close()
    assert len(server.authorised) == 1


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


def test_a_connection_that_has_gone_while_signing_in_is_not_replaced(server: ScriptedExchange) -> None:
    class Waiting(EwsLine):
        @contextmanager
        def staying(self) -> Iterator[None]:
            assert server.hung_up.wait(20)
            with super().staying():
                yield

    challenge = (
        "NTLM TlRMTVNTUAACAAAACAAIADgAAAAVgoniMTIzNDU2NzgAAAAAAAAAABAAEABAAAAACgAAAAAAAA9DAE8AUgBQAAIACABDAE8AUgBQ"
        "AAAAAAA="
    )
    server.hangs_up = True
    server.answers = [server.challenge(challenge), (401, {}, b"")]
    transport = Transport(server.url, Waiting(server.ca_file), "NTLM", ME, PASSWORD)
    with pytest.raises(Transient, match="problem of its own") as caught:
        transport.post(b"<s:Envelope/>", {})
    assert "the connection has gone" in caught.value.detail
    assert (len(server.authorised), transport.sent) == (1, False)
    transport.line.close()


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
        ((302, {"Location": "https://["}, b""), "url"),
        ((302, {"Location": "javascript:alert(1)"}, b""), "url"),
        ((302, {"Location": "/owa/auth/logon.aspx"}, b""), "url"),
        ((511, {}, b"<html>"), "url"),
        ((200, {}, SOAP), "url"),
        ((500, {}, SOAP), "url"),
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
        ((302, {"Location": "/owa/auth/logon.aspx"}, b""), EntryError, "url"),
        ((302, {"Location": "https://[bad]/"}, b""), EntryError, "url"),
        ((407, {}, b"<html>"), EntryError, "url"),
        ((440, {}, b""), EntryError, "url"),
        ((511, {}, b"<html>"), EntryError, "url"),
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


def test_a_person_whose_name_is_not_their_address_is_known_by_their_folder(ews: EwsStage) -> None:
    ews.exchange.open_account("CORP\\ad", "another secret", "adalbert@example.org", "Ad")
    ews.exchange.open_account("CORP\\adam", "another secret", "adam@example.org", "Adam")
    grant = ews.connected(username="CORP\\ad", password="another secret")
    assert grant.account == "exchange:adalbert@example.org"


@pytest.mark.parametrize(
    ("username", "found", "address"),
    [
        ("CORP\\jo", ["joanna.smith@corp.example"], ""),
        ("CORP\\jsmith", ["jsmith@corp.example", "john.smith@corp.example"], ""),
        ("CORP\\jo", ["jo@evil.example\n", "x@y"], ""),
        ("CORP\\jo", ["jo@corp.example\n"], "jo@corp.example"),
        ("CORP\\jo", ["jo", "@", "a b@c"], ""),
        ("jo@corp.example", ["other@corp.example"], ""),
        ("jo@corp.example", ["JO@corp.example", "jo@corp.example.vn"], "jo@corp.example"),
        ("jo@corp.local", ["jo@corp.example"], "jo@corp.example"),
        ("jo@corp.example", [], "jo@corp.example"),
    ],
)
def test_nobody_is_taken_for_somebody_else_at_a_server_that_opens_one_folder_for_all(
    server: ScriptedExchange, username: str, found: list[str], address: str
) -> None:
    server.answers = [server.challenge("Basic")]
    asked: list[bytes] = []

    def answer(body: bytes) -> Told:
        asked.append(body)
        if len(asked) == 1:
            return server.challenge("Basic")
        return (200, {"Content-Type": "text/xml"}, names(found) if b"ResolveNames" in body else folders(body))

    server.answer = answer
    if address:
        assert at(server, username=username).wait(Event(), 20.0).account == f"exchange:{address}"
        return
    error = refused(at(server, username=username))
    assert isinstance(error, EntryError)
    assert error.field == "address"


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
    cancel.set() if by_event else sign_in.close()
    with pytest.raises(SignInCancelled):
        future.result(20)
    assert ews.exchange.faults.holding.is_set(), "the answer came, and was not waited for"


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
