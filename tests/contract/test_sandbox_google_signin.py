"""Sign-in at the sandbox Google, through the pages a person sees, mostly by Google's own client library."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from google.auth.exceptions import RefreshError

from tests.contract.conftest import LOOPBACK, PREFIX, SCOPES, Form, Visitor, flow_for
from zoomcal.sandbox import Sandbox

VERIFIER = "v" * 64
# Worked out with `openssl dgst -sha256 -binary | basenc --base64url`, not with the sandbox's own code.
CHALLENGE = "w1TpKUdYE9hUAcNSeeSRFioHDxfUxuHho_JHAfZ_vDM"


def authorize_url(sandbox: Sandbox, **changes: str | None) -> str:
    """Return an authorize address in order, but for what is changed (None leaves it out)."""
    query: dict[str, str | None] = {
        "client_id": sandbox.endpoints["google"]["client_id"],
        "redirect_uri": LOOPBACK,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "access_type": "offline",
        "state": "state & more",
        **changes,
    }
    given = {name: value for name, value in query.items() if value is not None}
    return f"{sandbox.endpoints['google']['authorize_url']}?{urlencode(given)}"


def exchange(sandbox: Sandbox, **changes: str) -> requests.Response:
    google = sandbox.endpoints["google"]
    form = {
        "grant_type": "authorization_code",
        "code_verifier": VERIFIER,
        "redirect_uri": LOOPBACK,
        "client_id": google["client_id"],
        "client_secret": google["client_secret"],
        **changes,
    }
    return requests.post(google["token_url"], data=form, verify=sandbox.endpoints["ca_file"], timeout=30)


def test_google_s_own_library_signs_in_refreshes_and_is_refused_after_revocation(
    sandbox: Sandbox, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", visitor.ca_file)
    flow = flow_for(sandbox)
    url, state = flow.authorization_url(access_type="offline", prompt="consent")
    answer = visitor.redirected_to(url)
    assert answer["state"] == state
    token = flow.fetch_token(code=answer["code"], timeout=30)
    assert set(token["scope"]) == set(SCOPES)
    credentials = flow.credentials
    first = credentials.token
    google = sandbox.endpoints["google"]
    with flow.authorized_session() as session:
        sandbox.google.tokens.expire_access()
        assert session.get(f"{google['calendar_url']}/users/me/calendarList", timeout=30).status_code == 200
        assert session.credentials.token not in {None, first}
        dying = {"token": str(credentials.refresh_token)}
        assert requests.post(google["revoke_url"], data=dying, timeout=30).status_code == 200
        with pytest.raises(RefreshError, match=r"invalid_grant: Token has been expired or revoked\."):
            session.get(f"{google['calendar_url']}/users/me/calendarList", timeout=30)
        again = requests.post(google["revoke_url"], data=dying, timeout=30)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_token")
    issued = sandbox.google.issued
    assert {answer["code"], first, session.credentials.token, credentials.refresh_token} <= issued.tokens


def test_the_page_offers_every_account_and_scope_and_names_the_hinted_account_first(
    sandbox: Sandbox, visitor: Visitor
) -> None:
    page = visitor.open(authorize_url(sandbox, login_hint="lan.nguyen.hn@hopthu.example"))
    form = Form()
    form.feed(page.text)
    assert ("account", "lan.nguyen.hn@hopthu.example") in form.fields
    assert [value for name, value in form.fields if name == "scope"] == list(SCOPES)
    assert "See and download your contacts" in form.text
    for account in sandbox.google.accounts.values():
        assert account.email in form.text


def test_refusing_comes_back_as_access_denied_with_the_state(sandbox: Sandbox, visitor: Visitor) -> None:
    answer = visitor.redirected_to(authorize_url(sandbox), allow=False)
    assert answer == {"error": "access_denied", "state": "state & more"}


def test_an_unticked_scope_is_not_granted_and_its_api_says_so(sandbox: Sandbox, visitor: Visitor) -> None:
    answer = visitor.redirected_to(authorize_url(sandbox), untick=[f"{PREFIX}contacts.readonly"])
    token = exchange(sandbox, code=answer["code"]).json()
    assert token["scope"].split() == sorted(SCOPES[:2])
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    google = sandbox.endpoints["google"]
    calendars = requests.get(f"{google['calendar_url']}/users/me/calendarList", headers=headers, timeout=30)
    people = requests.get(
        f"{google['people_url']}/people/me/connections?personFields=names", headers=headers, timeout=30
    )
    assert calendars.status_code == 200
    assert people.status_code == 403
    assert people.json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_a_page_is_answered_once(sandbox: Sandbox, visitor: Visitor) -> None:
    url = authorize_url(sandbox)
    form = Form()
    form.feed(visitor.open(url).text)
    sent = [*form.fields, ("decision", "allow")]
    first, second = (requests.post(url, data=sent, timeout=30, allow_redirects=False) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 400)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "somebody-else"}, "invalid_client"),
        ({"redirect_uri": "http://localhost:8080/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://127.0.0.1:8080/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://127.0.0.1.example:8080/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://127.0.0.1/"}, "redirect_uri_mismatch"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": f"{PREFIX}everything"}, "invalid_scope"),
        ({"scope": None}, "invalid_request"),
    ],
)
def test_a_request_out_of_order_ends_on_a_page_and_never_at_the_redirect(
    sandbox: Sandbox, visitor: Visitor, changes: dict[str, str | None], error: str
) -> None:
    page = visitor.open(authorize_url(sandbox, **changes))
    assert page.status_code in {400, 401}
    assert f"Error: {error}" in page.text
    assert not page.history


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:2/"}, 400, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_is_worth_nothing_in_the_wrong_hands(
    sandbox: Sandbox, visitor: Visitor, changes: dict[str, str], status: int, error: str
) -> None:
    code = visitor.redirected_to(authorize_url(sandbox))["code"]
    answer = exchange(sandbox, **{"code": code, **changes})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert "access_token" not in answer.text


def test_a_code_works_once(sandbox: Sandbox, visitor: Visitor) -> None:
    code = visitor.redirected_to(authorize_url(sandbox))["code"]
    first, second = exchange(sandbox, code=code), exchange(sandbox, code=code)
    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_token_comes_only_with_offline_access_and_again_only_after_asking_for_consent(
    sandbox: Sandbox, visitor: Visitor
) -> None:
    def refreshable(**changes: str | None) -> bool:
        code = visitor.redirected_to(authorize_url(sandbox, **changes))["code"]
        return "refresh_token" in exchange(sandbox, code=code).json()

    assert not refreshable(access_type="online")
    sandbox.google.tokens.end_grants()
    assert [refreshable(), refreshable(), refreshable(prompt="consent")] == [True, False, True]


def test_tokens_are_not_handed_out_without_tls(sandbox: Sandbox, visitor: Visitor) -> None:
    google = sandbox.endpoints["google"]
    plain = google["authorize_url"].replace("/o/oauth2/v2/auth", "/oauth2/token")
    code = visitor.redirected_to(authorize_url(sandbox))["code"]
    answer = requests.post(plain, data={"grant_type": "authorization_code", "code": code}, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_ended_grants_refuse_both_tokens_and_expired_access_only_one(
    sandbox: Sandbox, visitor: Visitor, session: requests.Session
) -> None:
    url = f"{sandbox.endpoints['google']['calendar_url']}/users/me/calendarList"
    code = visitor.redirected_to(authorize_url(sandbox, prompt="consent"))["code"]
    refresh: dict[str, Any] = {
        "grant_type": "refresh_token",
        "refresh_token": exchange(sandbox, code=code).json()["refresh_token"],
    }
    sandbox.google.tokens.expire_access()
    assert session.get(url, timeout=30).json()["error"]["errors"][0]["reason"] == "authError"
    fresh = exchange(sandbox, **refresh).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {fresh}"
    assert session.get(url, timeout=30).status_code == 200
    sandbox.google.tokens.end_grants()
    assert session.get(url, timeout=30).status_code == 401
    assert exchange(sandbox, **refresh).json() == {
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
    }


def test_what_consent_may_grant_can_be_narrowed(sandbox: Sandbox, visitor: Visitor) -> None:
    sandbox.google.allow_only([f"{PREFIX}contacts.readonly"])
    answer = visitor.redirected_to(authorize_url(sandbox))
    assert answer["scope"] == f"{PREFIX}contacts.readonly"
