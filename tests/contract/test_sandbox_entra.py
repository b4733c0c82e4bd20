"""Signing in at the sandbox's Entra, with msal and with bare requests."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import msal
import pytest
import requests

from tests.contract.conftest import Form, Visitor
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.pkce import challenge_of

Json = dict[str, Any]
SCOPES = ["User.Read", "Calendars.ReadWrite", "Contacts.Read"]
BACK = "http://localhost:1/"
LAN, LONG = "lan.nguyen@nordwind.example", "long.vu@nordwind.example"


@pytest.fixture(autouse=True)
def _somebody_else(sandbox: Sandbox) -> None:
    sandbox.microsoft.open_account(LONG, "Vũ Hoàng Long")


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[requests.Session]:
    """A session that trusts the sandbox, whatever the environment says."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = sandbox.endpoints["ca_file"]
        yield session


@pytest.fixture
def program(sandbox: Sandbox, http: requests.Session) -> msal.PublicClientApplication:
    return _program(sandbox, http)


def _program(
    sandbox: Sandbox, http: requests.Session, authority: str = "", capabilities: tuple[str, ...] = ("CP1",)
) -> msal.PublicClientApplication:
    """Return msal as a program uses it; a new one has an empty memory of refusals."""
    known = sandbox.endpoints["office365"]
    return msal.PublicClientApplication(
        known["client_id"],
        authority=authority or known["authority"],
        http_client=http,
        instance_discovery=False,
        client_capabilities=capabilities,
    )


def _answered(visitor: Visitor, url: str, **choice: Any) -> dict[str, str]:
    """Answer the consent page and return the fields that the page after it posts to the program by itself."""
    page = visitor.answer(url, **choice)
    form = Form()
    form.feed(page.text)
    assert form.action == BACK
    assert "submit()" in page.text
    assert "<noscript>" in page.text
    return dict(form.fields)


def _signed_in(program: msal.PublicClientApplication, visitor: Visitor, **options: Any) -> Json:
    choice = {name: options.pop(name) for name in ("allow", "untick", "account") if name in options}
    flow = program.initiate_auth_code_flow(SCOPES, redirect_uri=BACK, response_mode="form_post", **options)
    return program.acquire_token_by_auth_code_flow(flow, _answered(visitor, flow["auth_uri"], **choice))


def _silent(program: msal.PublicClientApplication, **options: Any) -> Json:
    answer = program.acquire_token_silent_with_error(SCOPES, program.get_accounts()[0], **options)
    assert answer is not None
    return answer


def _authorize(sandbox: Sandbox, **changed: str) -> str:
    """Return the address of an authorize page, with a challenge that `_redeem` can answer."""
    known = sandbox.endpoints["office365"]
    query = {
        "client_id": known["client_id"],
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "openid offline_access User.Read",
        "state": "s t&ate",
        "code_challenge": challenge_of("verifier"),
        "code_challenge_method": "S256",
        **changed,
    }
    return f"{known['authority']}/oauth2/v2.0/authorize?{urlencode(query)}"


def _redeem(sandbox: Sandbox, http: requests.Session, code: str, **changed: str) -> requests.Response:
    known = sandbox.endpoints["office365"]
    form = {
        "client_id": known["client_id"],
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": "verifier",
        **changed,
    }
    return http.post(f"{known['authority']}/oauth2/v2.0/token", form, timeout=30)


def _refresh(sandbox: Sandbox, http: requests.Session, token: str, **changed: str) -> Json:
    known = sandbox.endpoints["office365"]
    form = {"client_id": known["client_id"], "grant_type": "refresh_token", "refresh_token": token, **changed}
    answer: Json = http.post(f"{known['authority']}/oauth2/v2.0/token", form, timeout=30).json()
    return answer


def _code(visitor: Visitor, url: str) -> str:
    target = visitor.answer(url).headers["location"]
    return dict(parse_qsl(urlsplit(target).query))["code"]


def test_msal_signs_in_and_the_id_token_is_signed_by_a_key_that_is_served(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor, http: requests.Session
) -> None:
    answer = _signed_in(program, visitor, account=LONG, prompt="select_account")
    assert set(answer["scope"].split()) >= {*SCOPES, "openid", "profile"}
    assert "offline_access" not in answer["scope"]
    account = program.get_accounts()[0]
    claims = answer["id_token_claims"]
    assert account["username"] == LONG == claims["preferred_username"]
    assert account["home_account_id"] == f"{claims['oid']}.{claims['tid']}"
    described = http.get(f"{sandbox.endpoints['office365']['authority']}/v2.0/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(http.get(described["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(answer["id_token"])["kid"]]
    client_id = sandbox.endpoints["office365"]["client_id"]
    checked = jwt.decode(answer["id_token"], key, ["RS256"], audience=client_id)
    assert checked["iss"] == described["issuer"].replace("{tenantid}", claims["tid"])
    for secret in (answer["access_token"], answer["refresh_token"], answer["id_token"]):
        assert secret in sandbox.microsoft.issued
    assert _silent(program)["token_source"] == "cache"
    assert _silent(program, force_refresh=True)["access_token"] != answer["access_token"]


def test_the_page_offers_every_account_and_scope_and_the_hinted_account_first(
    sandbox: Sandbox, visitor: Visitor
) -> None:
    form = Form()
    form.feed(visitor.open(_authorize(sandbox, login_hint=LONG.upper(), scope=" ".join(SCOPES))).text)
    assert ("account", LONG) in form.fields
    assert [value for name, value in form.fields if name == "scope"] == SCOPES
    assert "Read your contacts" in form.text
    assert all(address in form.text for address in sandbox.microsoft.mailboxes)


@pytest.mark.parametrize(("mode", "mark"), [("query", "?"), ("fragment", "#")])
def test_other_response_modes_come_back_in_the_address(
    sandbox: Sandbox, visitor: Visitor, http: requests.Session, mode: str, mark: str
) -> None:
    target = visitor.answer(_authorize(sandbox, response_mode=mode)).headers["location"]
    assert target.startswith(f"{BACK}{mark}")
    fields = {name: values[0] for name, values in parse_qs(target.partition(mark)[2]).items()}
    assert fields["state"] == "s t&ate"
    assert _redeem(sandbox, http, fields["code"]).json()["token_type"] == "Bearer"


def test_refusing_comes_back_as_access_denied(program: msal.PublicClientApplication, visitor: Visitor) -> None:
    answer = _signed_in(program, visitor, allow=False)
    assert answer["error"] == "access_denied"
    assert "AADSTS65004" in answer["error_description"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, "AADSTS700016"),
        ({"redirect_uri": "http://127.0.0.1:1/"}, "AADSTS50011"),
        ({"redirect_uri": "http://localhost:1/other"}, "AADSTS50011"),
        ({"redirect_uri": "https://attacker.example/"}, "AADSTS50011"),
        ({"response_type": "token"}, "AADSTS700054"),
        ({"response_mode": "web_message"}, "AADSTS70007"),
        ({"claims": "[]"}, "AADSTS50146"),
    ],
)
def test_a_request_that_is_out_of_order_gets_a_page_and_never_a_redirect(
    sandbox: Sandbox, visitor: Visitor, changed: dict[str, str], code: str
) -> None:
    page = visitor.open(_authorize(sandbox, **changed))
    assert (page.status_code, code in page.text, page.history) == (400, True, [])


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"scope": "openid Files.Read.Everything"}, "invalid_client"),
        ({"scope": ""}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_what_the_program_asked_wrongly_goes_back_to_it(
    sandbox: Sandbox, http: requests.Session, changed: dict[str, str], error: str
) -> None:
    answer = http.get(_authorize(sandbox, **changed), allow_redirects=False, timeout=30)
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == [error]


def test_a_code_opens_once_for_who_proves_to_have_asked(
    sandbox: Sandbox, visitor: Visitor, http: requests.Session
) -> None:
    for changed, number in (
        ({"code_verifier": "another"}, 501481),
        ({"redirect_uri": "http://localhost:2/"}, 50011),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, 700016),
        ({"client_secret": secrets.token_hex(8)}, 700025),
        ({"grant_type": "password"}, 70003),
    ):
        refused = _redeem(sandbox, http, _code(visitor, _authorize(sandbox)), **changed)
        assert refused.status_code in {400, 401}
        assert refused.json()["error_codes"] == [number]
        assert refused.json()["error_description"].startswith(f"AADSTS{number}: ")
    code = _code(visitor, _authorize(sandbox))
    assert _redeem(sandbox, http, code).ok
    assert _redeem(sandbox, http, code).json()["error"] == "invalid_grant"


def test_tokens_are_handed_out_over_tls_only(sandbox: Sandbox, visitor: Visitor, http: requests.Session) -> None:
    code = _code(visitor, _authorize(sandbox))
    plain = sandbox.endpoints["office365"]["graph_url"].removesuffix("/v1.0")
    form = {"client_id": sandbox.endpoints["office365"]["client_id"], "grant_type": "authorization_code", "code": code}
    assert http.post(f"{plain}/common/oauth2/v2.0/token", form, timeout=30).status_code == 400


def test_a_tenant_is_its_name_or_its_id_and_an_unknown_one_is_refused(
    sandbox: Sandbox, http: requests.Session, visitor: Visitor
) -> None:
    base = sandbox.endpoints["office365"]["authority"].removesuffix("/common")
    for tenant in ("organizations", "nordwind.example"):
        assert "access_token" in _signed_in(_program(sandbox, http, f"{base}/{tenant}"), visitor)
    with pytest.raises(ValueError, match="tenant"):
        _program(sandbox, http, f"{base}/stranger.example")


def test_a_scope_that_is_unticked_or_withheld_is_not_granted_and_asking_for_it_later_needs_consent(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor, http: requests.Session
) -> None:
    answer = _signed_in(program, visitor, untick=["Contacts.Read"])
    assert "Contacts.Read" not in answer["scope"]
    refused = _refresh(sandbox, http, answer["refresh_token"], scope=" ".join(SCOPES))
    assert (refused["error"], refused["suberror"], refused["error_codes"]) == (
        "invalid_grant",
        "consent_required",
        [65001],
    )
    assert "access_token" in _refresh(sandbox, http, answer["refresh_token"], scope="openid Calendars.ReadWrite")
    sandbox.microsoft.allow_only(["User.Read"])
    assert set(_signed_in(program, visitor)["scope"].split()) & set(SCOPES) == {"User.Read"}


def test_refreshing_gives_a_new_refresh_token_and_what_was_withdrawn_gives_none(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor, http: requests.Session
) -> None:
    first = _signed_in(program, visitor)["refresh_token"]
    second = _refresh(sandbox, http, first)["refresh_token"]
    assert second != first
    assert "access_token" in _refresh(sandbox, http, first)
    sandbox.microsoft.tokens.drop_used_refresh_tokens()
    assert _refresh(sandbox, http, first)["error"] == "invalid_grant"
    assert "access_token" in _refresh(sandbox, http, second)
    sandbox.microsoft.tokens.end_grants()
    assert _refresh(sandbox, http, second)["error_codes"] == [50173]


def test_a_claims_challenge_is_answered_by_a_token_that_has_the_claims(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor, http: requests.Session
) -> None:
    _signed_in(program, visitor)
    sandbox.microsoft.tokens.challenge()
    refused = _me(sandbox, http, _silent(program)["access_token"])
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "InvalidAuthenticationToken"
    claims = _challenge(refused)
    renewed = _silent(program, claims_challenge=claims)
    assert renewed["token_source"] == "identity_provider"
    assert _me(sandbox, http, renewed["access_token"]).ok
    assert jwt.decode(renewed["access_token"], options={"verify_signature": False})["xms_cc"] == ["cp1"]
    sandbox.microsoft.tokens.challenge(sign_in_again=True)
    claims = _challenge(_me(sandbox, http, renewed["access_token"]))
    assert _silent(program, claims_challenge=claims)["error"] == "interaction_required"
    assert "access_token" in _signed_in(program, visitor, claims_challenge=claims)
    assert _me(sandbox, http, _silent(program)["access_token"]).ok


def test_a_program_that_cannot_answer_challenges_gets_none(
    sandbox: Sandbox, visitor: Visitor, http: requests.Session
) -> None:
    token = _signed_in(_program(sandbox, http, capabilities=()), visitor)["access_token"]
    sandbox.microsoft.tokens.challenge()
    assert _me(sandbox, http, token).ok


def _me(sandbox: Sandbox, http: requests.Session, token: str) -> requests.Response:
    url = f"{sandbox.endpoints['office365']['graph_url']}/me"
    return http.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def _challenge(refused: requests.Response) -> str:
    header = refused.headers["WWW-Authenticate"]
    assert 'error="insufficient_claims"' in header
    return b64decode(header.partition('claims="')[2].partition('"')[0]).decode()


@pytest.mark.parametrize(
    ("policy", "error", "number"),
    [
        ("admin-consent", "invalid_grant", 65001),
        ("conditional-access", "invalid_grant", 53003),
        ("second-factor", "interaction_required", 50076),
        ("unknown-client", "unauthorized_client", 700016),
    ],
)
def test_a_policy_holds_tokens_back_until_it_is_lifted(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor, policy: str, error: str, number: int,
    http: requests.Session,
) -> None:  # fmt: skip
    token = _signed_in(program, visitor)["refresh_token"]
    sandbox.microsoft.policy = policy
    refused = _refresh(sandbox, http, token)
    assert (refused["error"], refused["error_codes"]) == (error, [number])
    assert {"trace_id", "correlation_id", "timestamp"} <= refused.keys()
    sandbox.microsoft.policy = ""
    assert "access_token" in _refresh(sandbox, http, token)


def test_a_second_factor_is_brought_by_signing_in_with_the_claims_of_the_refusal(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor
) -> None:
    _signed_in(program, visitor)
    sandbox.microsoft.policy = "second-factor"
    refused = _silent(program, force_refresh=True)
    assert refused["error"] == "interaction_required"
    assert json.loads(refused["claims"])["access_token"].keys() == {"capolids"}
    assert "access_token" in _signed_in(program, visitor, claims_challenge=refused["claims"])


def test_where_an_administrator_must_consent_the_page_says_so_and_leads_back(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor
) -> None:
    sandbox.microsoft.policy = "admin-consent"
    flow = program.initiate_auth_code_flow(SCOPES, redirect_uri=BACK, response_mode="form_post")
    page = visitor.answer(flow["auth_uri"])
    assert "Need admin approval" in page.text
    form = Form()
    form.feed(page.text)
    data = [*form.fields, ("decision", "return")]
    back = requests.post(flow["auth_uri"].partition("?")[0], data, verify=visitor.ca_file, timeout=30)
    form = Form()
    form.feed(back.text)
    answer = program.acquire_token_by_auth_code_flow(flow, dict(form.fields))
    assert answer["error"] == "access_denied"
    assert "AADSTS90094" in answer["error_description"]


def test_msal_signs_in_by_a_code_that_is_typed_in_elsewhere(
    sandbox: Sandbox, program: msal.PublicClientApplication, http: requests.Session
) -> None:
    flow = program.initiate_device_flow(SCOPES)
    assert flow["user_code"] in flow["message"]
    assert "That code" in http.post(flow["verification_uri"], {"code": "WRONGCODE"}, timeout=30).text
    _enter(http, flow, "allow", account=LONG)
    answer = program.acquire_token_by_device_flow(flow)
    assert set(answer["scope"].split()) >= set(SCOPES)
    assert program.get_accounts()[0]["username"] == LONG
    assert {flow["device_code"], flow["user_code"]} <= sandbox.microsoft.issued.tokens


def test_polling_for_a_device_says_what_it_waits_for(sandbox: Sandbox, http: requests.Session) -> None:
    asked = [_device_flow(sandbox, http) for _ in range(3)]
    assert _poll(sandbox, http, asked[0])["error"] == "authorization_pending"
    assert _poll(sandbox, http, asked[0])["error"] == "slow_down"
    _enter(http, asked[0], "refuse")
    assert _poll(sandbox, http, asked[0])["error"] == "authorization_declined"
    _enter(http, asked[1], "allow")
    assert "access_token" in _poll(sandbox, http, asked[1])
    assert _poll(sandbox, http, asked[1])["error"] == "bad_verification_code"
    later: datetime = sandbox.microsoft.now() + timedelta(minutes=16)
    sandbox.microsoft.tokens.now = lambda: later
    assert _poll(sandbox, http, asked[2])["error"] == "expired_token"
    assert "That code" in http.post(asked[2]["verification_uri"], {"code": asked[2]["user_code"]}, timeout=30).text


def _device_flow(sandbox: Sandbox, http: requests.Session) -> Json:
    known = sandbox.endpoints["office365"]
    form = {"client_id": known["client_id"], "scope": "openid User.Read"}
    answer: Json = http.post(f"{known['authority']}/oauth2/v2.0/devicecode", form, timeout=30).json()
    return answer


def _poll(sandbox: Sandbox, http: requests.Session, flow: Json) -> Json:
    known = sandbox.endpoints["office365"]
    form = {
        "client_id": known["client_id"],
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": flow["device_code"],
    }
    answer: Json = http.post(f"{known['authority']}/oauth2/v2.0/token", form, timeout=30).json()
    return answer


def _enter(http: requests.Session, flow: Json, decision: str, account: str = LAN) -> None:
    typed = f"{flow['user_code'][:4]}-{flow['user_code'][4:].lower()}"
    page = http.post(flow["verification_uri"], {"code": typed}, timeout=30)
    form = Form()
    form.feed(page.text)
    fields = [(name, account if name == "account" else value) for name, value in form.fields]
    assert http.post(flow["verification_uri"], [*fields, ("decision", decision)], timeout=30).ok


def test_switches_can_be_turned_from_another_process(
    sandbox: Sandbox, program: msal.PublicClientApplication, visitor: Visitor, http: requests.Session
) -> None:
    token = _signed_in(program, visitor)["access_token"]

    def control(**order: Any) -> int:
        order["service"] = "office365"
        return http.post(sandbox.endpoints["control_url"], json=order, timeout=30).status_code

    assert control(do="expire-access") == 204
    assert _me(sandbox, http, token).status_code == 401
    assert control(do="fault", kind="status", status=503, path="/me") == 204
    assert _me(sandbox, http, token).status_code == 503
    assert control(do="policy", name="conditional-access") == 204
    assert "AADSTS53003" in _silent(program, force_refresh=True)["error_description"]
    assert control(do="policy", name="kindness") == 400
    report = http.get(sandbox.endpoints["control_url"], params={"service": "office365"}, timeout=30).json()
    assert report["asked"][-1].startswith("POST /common/oauth2/v2.0/token")
    assert http.get(sandbox.endpoints["control_url"], params={"service": "aol"}, timeout=30).status_code == 404
    assert not http.get(sandbox.endpoints["control_url"], timeout=30).json()["asked"]
