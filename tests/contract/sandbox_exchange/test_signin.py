"""Who may ask the sandbox Exchange: Basic and NTLM over real TLS, and where to ask."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest
import requests
from requests_ntlm import HttpNtlmAuth

from tests.contract.ews_recorder import at_hand
from tests.contract.sandbox_exchange.client import errors, plain_session, signed_in, soap
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User

pytestmark = pytest.mark.usefixtures("messages")
ASK = soap('<m:GetServerTimeZones ReturnFullTimeZoneData="false"/>')


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[requests.Session]:
    with plain_session(sandbox) as plain:
        yield plain


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


def test_the_published_schemas_are_at_hand() -> None:
    if not at_hand():
        pytest.skip("NO EWS MESSAGE WAS HELD AGAINST MICROSOFT'S SCHEMAS: contracts/ews is absent, set ZOOMCAL_SHARED")


@pytest.mark.parametrize("path", ["/EWS/Exchange.asmx", "/ews/exchange.asmx", "/autodiscover/autodiscover.xml"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_is_told_how_to_sign_in_and_nothing_else(
    session: requests.Session, url: str, path: str, method: str
) -> None:
    answer = session.request(method, url.partition("/EWS")[0] + path, data=ASK, timeout=30)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.raw.headers.getlist("www-authenticate") == ["NTLM", 'Basic realm="127.0.0.1"']


@pytest.mark.parametrize("method", ["NTLM", "basic", None])
@pytest.mark.parametrize("name", ["WARD\\ana", "ward\\ANA", "ana@ward.example", "ANA@WARD.example"])
def test_a_person_signs_in_by_every_form_of_their_name(
    sandbox: Sandbox, ana: User, method: str | None, name: str
) -> None:
    with signed_in(sandbox, ana, method=method, username=name) as account:
        assert account.calendar.name == "Calendar"
        assert (account.protocol.auth_type == "basic") is (method == "basic")
    assert (ana.failed, sandbox.exchange.directory.unknown) == (0, 0)


@pytest.mark.parametrize("method", ["NTLM", "basic"])
def test_a_wrong_password_costs_one_failed_sign_in(sandbox: Sandbox, ana: User, method: str) -> None:
    with signed_in(sandbox, ana, method=method, password="guess") as account, pytest.raises(errors.UnauthorizedError):
        _ = account.calendar
    assert ana.failed == 1
    assert not sandbox.exchange.operations


@pytest.mark.parametrize("method", ["NTLM", "basic"])
def test_a_locked_account_is_refused_with_the_right_password(sandbox: Sandbox, ana: User, method: str) -> None:
    sandbox.exchange.directory.lock_after = 2
    for _ in range(2):
        with (
            signed_in(sandbox, ana, method=method, password="guess") as account,
            pytest.raises(errors.UnauthorizedError),
        ):
            _ = account.calendar
    assert ana.locked
    with signed_in(sandbox, ana, method=method) as account, pytest.raises(errors.UnauthorizedError):
        _ = account.calendar
    ana.locked = False
    with signed_in(sandbox, ana, method=method) as account:
        assert account.calendar.name == "Calendar"
    assert ana.failed == 0


@pytest.mark.parametrize("method", ["NTLM", "basic"])
def test_somebody_who_is_not_there_locks_nobody(sandbox: Sandbox, ana: User, method: str) -> None:
    sandbox.exchange.directory.lock_after = 1
    for name in ("WARD\\bo", "OTHER\\ana", "ana@other.example"):
        with signed_in(sandbox, ana, method=method, username=name) as account, pytest.raises(errors.UnauthorizedError):
            _ = account.calendar
    assert (ana.failed, ana.locked, sandbox.exchange.directory.unknown) == (0, False, 3)


def test_ntlm_signs_a_connection_in_and_only_that_one(sandbox: Sandbox, ana: User, url: str) -> None:
    with plain_session(sandbox) as session:
        session.auth = HttpNtlmAuth(ana.username, ana.password)
        assert session.post(url, data=ASK, timeout=30).status_code == 200
        asked = len(sandbox.exchange.asked)
        session.auth = None
        assert session.post(url, data=ASK, timeout=30).status_code == 200
        assert len(sandbox.exchange.asked) == asked + 1
        with plain_session(sandbox) as another:
            assert another.post(url, data=ASK, timeout=30).status_code == 401


def test_a_repeated_handshake_takes_the_place_of_the_earlier_one(sandbox: Sandbox, ana: User, url: str) -> None:
    with plain_session(sandbox) as session:
        session.auth = HttpNtlmAuth(ana.username, ana.password)
        assert session.post(url, data=ASK, timeout=30).status_code == 200
        session.auth = None
        opening = "NTLM " + b64encode(b"NTLMSSP\x00\x01\x00\x00\x00\x97\x82\x08\xe2" + bytes(16)).decode()
        assert session.post(url, data=ASK, headers={"Authorization": opening}, timeout=30).status_code == 401
        assert session.post(url, data=ASK, timeout=30).status_code == 401


@pytest.mark.parametrize("token", ["", "AAAA", "no base64!", "TlRMTVNTUAADAAAA", "TlRMTVNTUAABAAAA" + "A" * 400])
def test_a_broken_token_is_refused_and_costs_nobody_anything(
    ana: User, session: requests.Session, url: str, token: str
) -> None:
    for scheme in ("NTLM", "Basic", "Negotiate", "Bearer"):
        answer = session.post(url, data=ASK, headers={"Authorization": f"{scheme} {token}"}, timeout=30)
        assert answer.status_code == 401
    assert ana.failed == 0


@pytest.mark.parametrize("protect", [False, True])
def test_extended_protection_insists_on_a_proof_made_for_this_channel(
    sandbox: Sandbox, ana: User, url: str, protect: bool
) -> None:
    sandbox.exchange.authentication.protect = protect
    answers = []
    for send_binding in (True, False):
        with plain_session(sandbox) as session:
            session.auth = HttpNtlmAuth(ana.username, ana.password, send_cbt=send_binding)
            answers.append(session.post(url, data=ASK, timeout=30).status_code)
    assert answers == [200, 401 if protect else 200]
    assert ana.failed == 0


def test_a_proof_made_for_another_channel_is_refused(sandbox: Sandbox, ana: User, url: str) -> None:
    sandbox.exchange.authentication.certificate = b"what a proxy that looks into TLS shows"
    with plain_session(sandbox) as session:
        session.auth = HttpNtlmAuth(ana.username, ana.password)
        assert session.post(url, data=ASK, timeout=30).status_code == 401


def test_a_method_that_is_off_is_neither_offered_nor_taken(
    sandbox: Sandbox, ana: User, session: requests.Session, url: str
) -> None:
    sandbox.exchange.authentication.methods = ("NTLM",)
    right = basic(ana.username, ana.password)
    answer = session.post(url, data=ASK, headers=right, timeout=30)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "NTLM")
    sandbox.exchange.authentication.methods = ("Basic",)
    assert session.post(url, data=ASK, headers=right, timeout=30).status_code == 200


def test_passwords_count_as_issued(sandbox: Sandbox, ana: User) -> None:
    assert ana.password in sandbox.exchange.issued
    assert ana.password not in repr(ana)


def test_autodiscover_tells_anybody_where_ews_is(session: requests.Session, url: str) -> None:
    base = url.partition("/EWS")[0]
    for path in (
        "/autodiscover/autodiscover.json/v1.0/nobody@ward.example?Protocol=EWS",
        "/Autodiscover/Autodiscover.json?Email=nobody@ward.example&Protocol=ews",
    ):
        assert session.get(base + path, timeout=30).json() == {"Protocol": "EWS", "Url": url}
    for query in ("Protocol=Fax", "", "Protocol=EWS"):
        address = "nobody" if query == "Protocol=EWS" else "nobody@ward.example"
        answer = session.get(f"{base}/autodiscover/autodiscover.json/v1.0/{address}?{query}", timeout=30)
        assert answer.status_code == 400
        assert answer.json()["ErrorCode"] in {"InvalidProtocol", "InvalidEmailAddress"}


def test_autodiscover_in_xml_tells_a_signed_in_person(sandbox: Sandbox, ana: User, url: str) -> None:
    asked = (
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>'
        "<EMailAddress>{}</EMailAddress><AcceptableResponseSchema>"
        "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
        "</AcceptableResponseSchema></Request></Autodiscover>"
    )
    target = url.partition("/EWS")[0] + "/autodiscover/autodiscover.xml"
    with plain_session(sandbox, ana) as session:
        found = session.post(target, data=asked.format(ana.mailbox.address), timeout=30)
        assert (found.status_code, f"<EwsUrl>{url}</EwsUrl>" in found.text) == (200, True)
        other = session.post(target, data=asked.format("bo@ward.example"), timeout=30)
        assert "<ErrorCode>500</ErrorCode>" in other.text
        broken = session.post(target, data="<Autodiscover", timeout=30)
        assert "<ErrorCode>600</ErrorCode>" in broken.text
