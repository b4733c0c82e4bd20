from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from tests.contract.google.stage import QUICK, GoogleStage, answered, connected
from tests.contract.provider_contract import ME
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
    NotConfigured,
    Offline,
    SignInCancelled,
    SignInError,
    SignInRefused,
    SignInTimedOut,
    Throttled,
    Transient,
    ZoomCalError,
)
from zoomcal.providers.google.client import GoogleSession
from zoomcal.providers.google.grant import ADDRESS_SCOPE, CALENDAR_SCOPES, CONTACTS_SCOPES
from zoomcal.providers.google.signin import GoogleSignIn

OTHER = "bo@example.org"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def sign_in(google: GoogleStage, *, calendar: bool = True, contacts: bool = True, **options: Any) -> GoogleSignIn:
    return GoogleSignIn(google.endpoints, calendar=calendar, contacts=contacts, retry=QUICK, **options)


def query_of(url: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def test_the_person_signs_in_and_is_known_by_their_address(google: GoogleStage) -> None:
    grant = answered(sign_in(google)).result(20)
    assert (grant.account, grant.name) == (AccountId(f"google:{ME}"), ME)
    assert grant.calendar
    assert grant.contacts
    kept = json.loads(grant.secret)
    assert kept["refresh_token"] in google.google.issued.tokens
    assert set(kept) == {"refresh_token", "endpoints", "scopes"}
    assert kept["refresh_token"] not in repr(grant)


@pytest.mark.parametrize(
    ("calendar", "contacts", "scopes"),
    [
        (True, False, {*CALENDAR_SCOPES}),
        (False, True, {*CONTACTS_SCOPES, ADDRESS_SCOPE}),
        (True, True, {*CALENDAR_SCOPES, *CONTACTS_SCOPES, ADDRESS_SCOPE}),
    ],
)
def test_only_what_the_boxes_need_is_asked_for(
    google: GoogleStage, calendar: bool, contacts: bool, scopes: set[str]
) -> None:
    signing = sign_in(google, calendar=calendar, contacts=contacts)
    query = query_of(signing.url)
    assert set(query["scope"].split()) == scopes
    assert (query["access_type"], query["prompt"], query["response_type"]) == ("offline", "consent", "code")
    assert query["code_challenge_method"] == "S256"
    assert len(query["state"]) >= 32
    redirect = urlsplit(query["redirect_uri"])
    assert (redirect.scheme, redirect.hostname, redirect.path) == ("http", "127.0.0.1", "/")
    assert signing.url.startswith(google.endpoints.google.authorize_url + "?")
    grant = answered(signing).result(20)
    assert (grant.calendar, grant.contacts, grant.name) == (calendar, contacts, ME)


def test_every_sign_in_has_a_state_a_challenge_and_a_port_of_its_own(google: GoogleStage) -> None:
    first, second = sign_in(google), sign_in(google)
    one, two = query_of(first.url), query_of(second.url)
    assert all(one[name] != two[name] for name in ("state", "code_challenge", "redirect_uri"))
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("without", "calendar", "contacts"),
    [
        (("contacts.readonly",), True, False),
        (("calendar.events", "calendarlist.readonly"), False, True),
        (("calendarlist.readonly",), False, True),
    ],
)
def test_a_box_that_is_unticked_on_the_page_is_told(
    google: GoogleStage, without: tuple[str, ...], calendar: bool, contacts: bool
) -> None:
    grant = answered(sign_in(google), without=without).result(20)
    assert (grant.account, grant.calendar, grant.contacts) == (f"google:{ME}", calendar, contacts)
    session = GoogleSession(grant.account, grant.secret, google.endpoints, save_secret=print, retry=QUICK)
    if contacts:
        list(session.changes(None))
    else:
        session.calendars()
    session.close()


@pytest.mark.parametrize("answer", [{"allow": False}, {"without": ("readonly", "calendar.events", "email")}])
def test_a_refusal_connects_nothing(google: GoogleStage, answer: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused):
        answered(sign_in(google), **answer).result(20)


def test_an_address_alone_is_nothing(google: GoogleStage) -> None:
    google.google.allow_only([ADDRESS_SCOPE])
    with pytest.raises(SignInRefused):
        answered(sign_in(google)).result(20)


@pytest.mark.parametrize("by_event", [True, False])
def test_cancelling_ends_it_at_once_and_frees_the_port(
    google: GoogleStage, pool: ThreadPoolExecutor, by_event: bool
) -> None:
    signing, cancel = sign_in(google), Event()
    future = pool.submit(signing.wait, cancel, 30.0)
    began = monotonic()
    cancel.set() if by_event else signing.close()
    with pytest.raises(SignInCancelled):
        future.result(5)
    assert monotonic() - began < 1
    with pytest.raises(OSError, match="refused"):
        urlopen(query_of(signing.url)["redirect_uri"], timeout=5)  # noqa: S310 - loopback


@pytest.mark.parametrize("path", ["/token", "/calendarList"])
def test_cancelling_also_ends_what_is_asked_after_the_browser(
    google: GoogleStage, pool: ThreadPoolExecutor, path: str
) -> None:
    google.google.faults.add(kind="slow", path=path)
    signing, cancel = sign_in(google), Event()
    future = pool.submit(signing.wait, cancel, 30.0)
    consent(signing.url)
    poll, deadline = Event(), monotonic() + 20
    while not google.waiting() and monotonic() < deadline:
        poll.wait(0.01)
    assert google.waiting()
    cancel.set()
    signing.close()
    with pytest.raises(SignInCancelled):
        future.result(5)


def test_nothing_from_the_browser_is_a_time_out(google: GoogleStage) -> None:
    with pytest.raises(SignInTimedOut):
        sign_in(google).wait(Event(), 0.01)


def test_other_requests_and_answers_of_others_are_passed_over(google: GoogleStage, pool: ThreadPoolExecutor) -> None:
    signing = sign_in(google)
    future = pool.submit(signing.wait, Event(), 30.0)
    redirect = query_of(signing.url)["redirect_uri"]
    for stray in ("favicon.ico", "?state=guessed&code=evil", "?error=access_denied", f"?code=evil&state={'x' * 43}"):
        with pytest.raises(HTTPError) as caught:
            urlopen(redirect + stray, timeout=10)  # noqa: S310 - loopback
        caught.value.close()
        assert caught.value.code == 404
    assert not future.done()
    consent(signing.url)
    assert future.result(20).name == ME


def test_connecting_again_takes_the_same_account_and_hints_at_it(google: GoogleStage) -> None:
    signing = sign_in(google, again=google.account)
    assert query_of(signing.url)["login_hint"] == ME
    assert answered(signing).result(20).account == google.account


def test_somebody_else_is_told_apart_by_name(google: GoogleStage) -> None:
    other = google.google.open_account(OTHER, "Bo")
    other.calendars[OTHER] = replace(google.person.primary, id=OTHER, owner=OTHER, events={})
    with pytest.raises(SignInError, match=rf"{OTHER}.*{ME}"):
        connected(google.endpoints, again=google.account, account=OTHER)


def test_without_a_client_id_there_is_nothing_to_open(google: GoogleStage) -> None:
    bare = replace(google.endpoints, google=replace(google.endpoints.google, client_id=""))
    with pytest.raises(NotConfigured):
        GoogleSignIn(bare, calendar=True, contacts=True)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("access_denied", SignInRefused),
        ("admin_policy_enforced", BlockedByPolicy),
        ("org_internal", BlockedByPolicy),
        ("server_error", SignInError),
    ],
)
def test_what_the_consent_page_may_end_with(
    google: GoogleStage, pool: ThreadPoolExecutor, error: str, raised: type[ZoomCalError]
) -> None:
    signing = sign_in(google)
    query = query_of(signing.url)
    future = pool.submit(signing.wait, Event(), 30.0)
    url = f"{query['redirect_uri']}?error={error}&state={query['state']}"
    with urlopen(url, timeout=10) as page:  # noqa: S310 - loopback
        assert error not in page.read().decode()
    with pytest.raises(raised):
        future.result(10)


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ({"kind": "status", "status": 400, "reason": "invalid_grant"}, SignInError),
        ({"kind": "status", "status": 401, "reason": "invalid_client"}, NotConfigured),
        ({"kind": "status", "status": 500, "reason": "internal_failure"}, Transient),
        ({"kind": "status", "status": 429, "reason": "rate_limit_exceeded", "retry_after_s": 90}, Throttled),
        ({"kind": "reset"}, Offline),
        ({"kind": "truncate"}, Transient),
    ],
)
def test_what_exchanging_the_code_may_end_with(
    google: GoogleStage, fault: dict[str, Any], raised: type[ZoomCalError]
) -> None:
    google.google.faults.add(path="/token", times=None, **fault)
    with pytest.raises(raised):
        answered(sign_in(google)).result(20)


def test_a_token_endpoint_that_stumbles_once_is_asked_again(google: GoogleStage) -> None:
    google.google.faults.add(kind="status", status=503, reason="internal_failure", path="/token")
    assert answered(sign_in(google)).result(20).name == ME


def test_a_token_endpoint_with_an_unknown_certificate_gets_nothing(google: GoogleStage) -> None:
    google.endpoints = Endpoints(google=google.endpoints.google)
    google.google.asked.clear()
    with pytest.raises(Offline, match="certificate"):
        answered(sign_in(google)).result(20)
    assert not any("token" in asked.path for asked in google.google.asked)


def test_no_switch_of_the_libraries_is_turned(google: GoogleStage) -> None:
    answered(sign_in(google), without=("contacts.readonly",)).result(20)
    assert not [name for name in os.environ if name.startswith("OAUTHLIB")]


def test_nothing_secret_is_logged_by_us(google: GoogleStage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answered(sign_in(google)).result(20)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("zoomcal"))
    assert "POST 127.0.0.1" in ours
    assert not any(secret in ours for secret in google.google.issued)
