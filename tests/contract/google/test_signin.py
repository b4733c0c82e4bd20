from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.contract.consent_contract import ConsentContract, query_of
from tests.contract.google.stage import QUICK, GoogleStage, answered
from tests.contract.provider_contract import ME
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
    NotConfigured,
    Offline,
    SignInError,
    SignInRefused,
    Throttled,
    Transient,
    ZoomCalError,
)
from zoomcal.providers.google.client import GoogleSession
from zoomcal.providers.google.grant import ADDRESS_SCOPE, CALENDAR_SCOPES, CONTACTS_SCOPES
from zoomcal.providers.google.signin import GoogleSignIn


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


class TestConsent(ConsentContract):
    after_the_browser = ("/token", "/calendarList")

    @pytest.fixture
    def stage(self, google: GoogleStage) -> GoogleStage:
        return google


def test_the_person_signs_in_and_is_known_by_their_address(google: GoogleStage) -> None:
    grant = answered(google.sign_in()).result(20)
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
    signing = google.sign_in(calendar=calendar, contacts=contacts)
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
    grant = answered(google.sign_in(), without=without).result(20)
    assert (grant.account, grant.calendar, grant.contacts) == (f"google:{ME}", calendar, contacts)
    session = GoogleSession(grant.account, grant.secret, google.endpoints, save_secret=print, retry=QUICK)
    if contacts:
        list(session.changes(None))
    else:
        session.calendars()
    session.close()


def test_unticking_everything_is_a_refusal(google: GoogleStage) -> None:
    with pytest.raises(SignInRefused):
        answered(google.sign_in(), without=("readonly", "calendar.events", "email")).result(20)


def test_an_address_alone_is_nothing(google: GoogleStage) -> None:
    google.google.allow_only([ADDRESS_SCOPE])
    with pytest.raises(SignInRefused):
        answered(google.sign_in()).result(20)


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
    signing = google.sign_in()
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
        answered(google.sign_in()).result(20)


def test_a_token_endpoint_that_stumbles_once_is_asked_again(google: GoogleStage) -> None:
    google.google.faults.add(kind="status", status=503, reason="internal_failure", path="/token")
    assert answered(google.sign_in()).result(20).name == ME


def test_a_token_endpoint_with_an_unknown_certificate_gets_nothing(google: GoogleStage) -> None:
    google.endpoints = Endpoints(google=google.endpoints.google)
    google.google.asked.clear()
    with pytest.raises(Offline, match="certificate"):
        answered(google.sign_in()).result(20)
    assert not any("token" in asked.path for asked in google.google.asked)


def test_no_switch_of_the_libraries_is_turned(google: GoogleStage) -> None:
    answered(google.sign_in(), without=("contacts.readonly",)).result(20)
    assert not [name for name in os.environ if name.startswith("OAUTHLIB")]


def test_nothing_secret_is_logged_by_us(google: GoogleStage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answered(google.sign_in()).result(20)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("zoomcal"))
    assert "POST 127.0.0.1" in ours
    assert not any(secret in ours for secret in google.google.issued)
