from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import msal
import pytest

from tests.contract.consent_contract import OTHER, ConsentContract, post, query_of
from tests.contract.graph.stage import QUICK, GraphStage
from tests.contract.provider_contract import ME
from tests.scripted import scripted
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints, Office365Endpoints
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
from zoomcal.providers.base import Grant, How, SignIn
from zoomcal.providers.graph import GraphProvider
from zoomcal.providers.graph.client import GraphSession
from zoomcal.providers.graph.devicecode import DeviceCodeSignIn
from zoomcal.providers.graph.grant import granted
from zoomcal.providers.graph.refusals import renewal_refusal, sign_in_refusal
from zoomcal.providers.graph.signin import BrowserSignIn


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def with_code(graph: GraphStage, *, calendar: bool = True, contacts: bool = True, **options: Any) -> DeviceCodeSignIn:
    return DeviceCodeSignIn(graph.endpoints, calendar=calendar, contacts=contacts, retry=QUICK, **options)


# -- in the browser --------------------------------------------------------------------------------------------------
class TestConsent(ConsentContract):
    after_the_browser = ("/token", "/v1.0/me")

    @pytest.fixture
    def stage(self, graph: GraphStage) -> GraphStage:
        return graph


def test_every_sign_in_has_a_nonce_of_its_own(graph: GraphStage) -> None:
    first, second = graph.sign_in(), graph.sign_in()
    assert query_of(first.url)["nonce"] != query_of(second.url)["nonce"]
    first.close()
    second.close()


def test_the_person_signs_in_and_is_known_by_their_address(graph: GraphStage) -> None:
    grant = graph.answered(graph.sign_in()).result(20)
    assert (grant.account, grant.name) == (AccountId(f"office365:{ME}"), ME)
    assert grant.calendar
    assert grant.contacts
    assert grant.server.startswith(("127.0.0.1:", "localhost:"))
    assert json.loads(grant.secret)["refresh_token"] in graph.microsoft.issued.tokens


@pytest.mark.parametrize(
    ("calendar", "contacts", "scopes"),
    [
        (True, False, {"User.Read", "Calendars.ReadWrite"}),
        (False, True, {"User.Read", "Contacts.Read"}),
        (True, True, {"User.Read", "Calendars.ReadWrite", "Contacts.Read"}),
    ],
)
def test_only_what_the_boxes_need_is_asked_for(
    graph: GraphStage, calendar: bool, contacts: bool, scopes: set[str]
) -> None:
    signing = graph.sign_in(calendar=calendar, contacts=contacts)
    query = query_of(signing.url)
    assert set(query["scope"].split()) == scopes | {"openid", "profile", "offline_access"}
    assert (query["response_type"], query["response_mode"]) == ("code", "form_post")
    assert (query["prompt"], query["code_challenge_method"]) == ("select_account", "S256")
    assert json.loads(query["claims"])["access_token"]["xms_cc"]["values"] == ["CP1"]
    assert len(query["state"]) >= 32
    assert query["nonce"]
    redirect = urlsplit(query["redirect_uri"])
    assert (redirect.scheme, redirect.hostname, redirect.path) == ("http", "localhost", "")
    grant = graph.answered(signing).result(20)
    assert (grant.calendar, grant.contacts, grant.name) == (calendar, contacts, ME)


@pytest.mark.parametrize(
    ("without", "calendar", "contacts"), [("Contacts.Read", True, False), ("Calendars.ReadWrite", False, True)]
)
def test_a_box_that_is_unticked_on_the_page_is_told(
    graph: GraphStage, without: str, calendar: bool, contacts: bool
) -> None:
    grant = graph.answered(graph.sign_in(), without=(without,)).result(20)
    assert (grant.account, grant.calendar, grant.contacts) == (f"office365:{ME}", calendar, contacts)
    session = GraphSession(grant.account, grant.secret, graph.endpoints, save_secret=graph.saved.append, retry=QUICK)
    if contacts:
        list(session.changes(None))
    else:
        session.calendars()
    session.close()


def test_who_may_not_be_asked_for_is_known_by_the_id_token(graph: GraphStage) -> None:
    grant = graph.answered(graph.sign_in(), without=("User.Read",)).result(20)
    assert (grant.account, grant.calendar, grant.contacts) == (f"office365:{ME}", True, True)
    session = GraphSession(grant.account, grant.secret, graph.endpoints, save_secret=graph.saved.append, retry=QUICK)
    assert session.calendars()
    session.close()


def test_unticking_everything_is_a_refusal(graph: GraphStage) -> None:
    with pytest.raises(SignInRefused):
        graph.answered(graph.sign_in(), without=("Contacts.Read", "Calendars.ReadWrite")).result(20)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (None, ("User.Read", "Contacts.Read")),
        (
            "https://graph.microsoft.com/user.read openid https://graph.microsoft.us/Contacts.Read",
            ("User.Read", "Contacts.Read"),
        ),
        ("User.Read Contacts.ReadBasic", ("User.Read",)),
        (["User.Read"], ("User.Read",)),
        (7, ()),
    ],
)
def test_granted_scopes_are_known_under_each_of_their_names(said: object, found: tuple[str, ...]) -> None:
    assert granted(said, ("User.Read", "Contacts.Read")) == found


def test_tokens_of_another_sign_in_are_refused(graph: GraphStage) -> None:
    signing = graph.sign_in()
    signing._flow["nonce"] = "another"
    with pytest.raises(SignInError, match="does not belong") as caught:
        graph.answered(signing).result(20)
    assert caught.value.detail == "RuntimeError"


def test_a_code_of_another_sign_in_is_refused(graph: GraphStage) -> None:
    signing = graph.sign_in()
    signing._flow["code_verifier"] = "another" * 8
    with pytest.raises(SignInError):
        graph.answered(signing).result(20)


def test_whoever_connects_again_need_not_choose(graph: GraphStage) -> None:
    signing = graph.sign_in(again=graph.account)
    assert "prompt" not in query_of(signing.url)
    signing.close()


def test_without_a_client_id_there_is_nothing_to_open(graph: GraphStage) -> None:
    bare = replace(graph.endpoints, office365=replace(graph.endpoints.office365, client_id=""))
    for how in (BrowserSignIn, DeviceCodeSignIn):
        with pytest.raises(NotConfigured):
            how(bare, calendar=True, contacts=True)


def test_an_organisation_of_its_own_is_asked_at_its_own_address(graph: GraphStage) -> None:
    tenant = "7d3a1f52-90c4-4b8e-a1d6-3c5e8f207b94"
    authority = graph.endpoints.office365.authority.replace("/common", f"/{tenant}")
    graph.endpoints = replace(graph.endpoints, office365=replace(graph.endpoints.office365, authority=authority))
    graph.microsoft.asked.clear()
    grant = graph.connected()
    assert any(asked.path.endswith(f"/{tenant}/oauth2/v2.0/token") for asked in graph.microsoft.asked)
    session = GraphSession(grant.account, grant.secret, graph.endpoints, save_secret=graph.saved.append, retry=QUICK)
    assert session.calendars()
    session.close()


@pytest.mark.parametrize("organisation", ["/nobody.example", ""])
def test_an_organisation_that_does_not_exist_is_said_to(graph: GraphStage, organisation: str) -> None:
    authority = graph.endpoints.office365.authority.replace("/common", organisation)
    graph.endpoints = replace(graph.endpoints, office365=replace(graph.endpoints.office365, authority=authority))
    with pytest.raises(BlockedByPolicy, match="does not know the organisation"):
        graph.sign_in()


@pytest.mark.parametrize(
    ("fields", "raised"),
    [
        ({"error": "access_denied", "error_description": "AADSTS65004: User declined."}, SignInRefused),
        ({"error": "access_denied"}, SignInRefused),
        ({"error": "access_denied", "error_description": "AADSTS90094: admin"}, BlockedByPolicy),
        ({"error": "consent_required", "error_description": "AADSTS65001: nobody consented"}, BlockedByPolicy),
        ({"error": "access_denied", "error_description": "AADSTS53003: Blocked"}, BlockedByPolicy),
        ({"error": "interaction_required", "error_description": "AADSTS530003: device"}, BlockedByPolicy),
        ({"error": "invalid_request", "error_description": "AADSTS50011: redirect"}, BlockedByPolicy),
        ({"error": "unauthorized_client", "error_description": "AADSTS700016: unknown"}, NotConfigured),
        ({"error": "unauthorized_client", "error_description": "not enabled for consumers"}, NotConfigured),
        ({"error": "server_error"}, SignInError),
        ({"error": "made up <b>"}, SignInError),
        ({}, SignInError),
        ({"code": "guessed", "client_info": "e30"}, SignInError),
        ({"code": "guessed", "client_info": "no base64"}, SignInError),
    ],
)
def test_what_the_sign_in_page_may_end_with(
    graph: GraphStage, pool: ThreadPoolExecutor, fields: dict[str, str], raised: type[ZoomCalError]
) -> None:
    signing = graph.sign_in()
    query = query_of(signing.url)
    future = pool.submit(signing.wait, Event(), 30.0)
    page = post(query["redirect_uri"], state=query["state"], **fields)
    assert not any(said in page for said in fields.values())
    with pytest.raises(raised) as caught:
        future.result(10)
    assert type(caught.value) is raised
    assert "<b>" not in caught.value.detail


def test_who_may_allow_it_for_everybody_is_told_where(graph: GraphStage, pool: ThreadPoolExecutor) -> None:
    signing = graph.sign_in()
    query = query_of(signing.url)
    future = pool.submit(signing.wait, Event(), 30.0)
    post(query["redirect_uri"], state=query["state"], error="access_denied", error_description="AADSTS90094: admin")
    root = graph.endpoints.office365.authority.removesuffix("/common")
    with pytest.raises(BlockedByPolicy) as caught:
        future.result(10)
    assert f"{root}/organizations/adminconsent?client_id={graph.endpoints.office365.client_id}" in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ({"kind": "status", "status": 500}, Transient),
        ({"kind": "status", "status": 429, "retry_after_s": 90}, Throttled),
        ({"kind": "reset"}, Offline),
        ({"kind": "truncate"}, Transient),
    ],
)
@pytest.mark.parametrize("path", ["/token", "/v1.0/me"])
def test_what_exchanging_the_code_and_asking_who_it_is_may_end_with(
    graph: GraphStage, path: str, fault: dict[str, Any], raised: type[ZoomCalError]
) -> None:
    signing = graph.sign_in()
    graph.microsoft.faults.add(path=path, times=None, **fault)
    with pytest.raises(raised):
        graph.answered(signing).result(20)


@pytest.mark.parametrize(
    ("policy", "raised"),
    [
        ("admin-consent", BlockedByPolicy),
        ("conditional-access", BlockedByPolicy),
        ("second-factor", SignInError),
    ],
)
def test_what_an_organisation_may_put_in_the_way(graph: GraphStage, policy: str, raised: type[ZoomCalError]) -> None:
    signing = graph.sign_in()
    graph.microsoft.tokens.policy = policy
    with pytest.raises(raised) as caught:
        graph.answered(signing).result(20)
    assert type(caught.value) is raised


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (200, b"{}", "did not say which account"),
        (200, b'{"mail": null, "userPrincipalName": "ada"}', "did not say which account"),
        (401, b"{}", "needs your consent"),
        (404, b'{"error": {"code": "ResourceNotFound"}}', "connect it as Exchange"),
    ],
)
def test_whoever_cannot_be_told_is_not_connected(graph: GraphStage, status: int, body: bytes, raised: str) -> None:
    with scripted() as server:
        server.status, server.body = status, body
        office365 = replace(graph.endpoints.office365, graph_url=server.url)
        graph.endpoints = replace(graph.endpoints, office365=office365)
        with pytest.raises(ZoomCalError, match=raised):
            graph.answered(graph.sign_in()).result(20)


@pytest.mark.parametrize("way", [BrowserSignIn, DeviceCodeSignIn])
@pytest.mark.parametrize(
    ("fault", "raised"),
    [({"kind": "reset"}, Offline), ({"kind": "status", "status": 503}, Transient), ({"kind": "truncate"}, Transient)],
)
def test_starting_without_the_sign_in_service_says_so_and_leaves_nothing_open(
    graph: GraphStage, way: type[SignIn], fault: dict[str, Any], raised: type[ZoomCalError]
) -> None:
    start: Any = way
    graph.microsoft.faults.add(path="/.well-known/openid-configuration", times=None, **fault)
    with pytest.raises(raised):
        start(graph.endpoints, calendar=True, contacts=True, retry=QUICK)
    graph.microsoft.faults.clear()
    graph.microsoft.faults.add(path="/.well-known/openid-configuration", **fault)
    start(graph.endpoints, calendar=True, contacts=True, retry=QUICK).close()


@pytest.mark.parametrize(("how", "path"), [("browser", "/openid-configuration"), ("device-code", "/devicecode")])
def test_cancelling_ends_a_start_that_the_sign_in_service_does_not_answer(
    graph: GraphStage, pool: ThreadPoolExecutor, how: How, path: str
) -> None:
    cancel, asked = Event(), len(graph.microsoft.asked)
    graph.microsoft.faults.add("slow", path=path)
    start = partial(GraphProvider(graph.endpoints).sign_in, calendar=True, contacts=True, how=how, cancel=cancel)
    future = pool.submit(start)
    assert graph.microsoft.faults.holding.wait(20)
    cancel.set()
    with pytest.raises(SignInCancelled):
        future.result(5)
    graph.microsoft.faults.clear()
    with pytest.raises(SignInCancelled):
        start()
    assert len([one for one in list(graph.microsoft.asked)[asked:] if path in one.path]) <= 1


def test_a_person_who_waits_is_not_kept_waiting_by_many_tries(graph: GraphStage) -> None:
    asked = len(graph.microsoft.asked)
    graph.microsoft.faults.add("status", path="/openid-configuration", status=503, times=None)
    began = monotonic()
    with pytest.raises(Transient):
        GraphProvider(graph.endpoints).sign_in(calendar=True, contacts=True)
    assert monotonic() - began < 8
    assert len(graph.microsoft.asked) > asked + 1


def test_a_sign_in_service_with_an_unknown_certificate_gets_nothing(graph: GraphStage) -> None:
    graph.microsoft.asked.clear()
    with pytest.raises(Offline, match="certificate"):
        BrowserSignIn(Endpoints(office365=graph.endpoints.office365), calendar=True, contacts=True, retry=QUICK)
    assert not graph.microsoft.asked


# -- with a code on another device -----------------------------------------------------------------------------------
def entered(graph: GraphStage, signing: SignIn, pool: ThreadPoolExecutor, **answer: Any) -> Future[Grant]:
    """Type the code in and answer the consent page while the sign-in waits."""
    future = pool.submit(signing.wait, Event(), 20.0)
    graph.enter_code(signing.url, signing.user_code, **answer)
    return future


def test_a_code_typed_in_elsewhere_signs_in(graph: GraphStage, pool: ThreadPoolExecutor) -> None:
    signing = GraphProvider(graph.endpoints).sign_in(calendar=True, contacts=True, how="device-code")
    assert len(signing.user_code) >= 6
    assert urlsplit(signing.url).query == ""
    grant = entered(graph, signing, pool).result(20)
    assert (grant.account, grant.calendar, grant.contacts) == (graph.account, True, True)
    session = GraphSession(grant.account, grant.secret, graph.endpoints, save_secret=graph.saved.append, retry=QUICK)
    assert session.calendars()
    session.close()


def test_a_code_may_be_given_less_than_it_asks_for(graph: GraphStage, pool: ThreadPoolExecutor) -> None:
    grant = entered(graph, with_code(graph), pool, without=("Contacts.Read",)).result(20)
    assert (grant.calendar, grant.contacts) == (True, False)


def test_a_declined_code_connects_nothing(graph: GraphStage, pool: ThreadPoolExecutor) -> None:
    with pytest.raises(SignInRefused):
        entered(graph, with_code(graph), pool, allow=False).result(20)


def test_a_code_entered_by_somebody_else_is_told_apart_by_name(graph: GraphStage, pool: ThreadPoolExecutor) -> None:
    graph.open_other()
    with pytest.raises(SignInError, match=rf"{OTHER}.*{ME}"):
        entered(graph, with_code(graph, again=graph.account), pool, account=OTHER).result(20)


@pytest.mark.parametrize("by_event", [True, False])
def test_cancelling_ends_the_waiting_for_a_code_at_once(
    graph: GraphStage, pool: ThreadPoolExecutor, by_event: bool
) -> None:
    signing, cancel = with_code(graph), Event()
    future = pool.submit(signing.wait, cancel, 30.0)
    cancel.set() if by_event else signing.close()
    with pytest.raises(SignInCancelled):
        future.result(20)


def test_a_code_that_nobody_enters_is_a_time_out(graph: GraphStage) -> None:
    with pytest.raises(SignInTimedOut, match="not entered in time"):
        with_code(graph).wait(Event(), 0.1)


def test_a_code_that_the_service_calls_expired_is_a_time_out(graph: GraphStage) -> None:
    signing = with_code(graph)
    graph.expire_codes()
    with pytest.raises(SignInTimedOut, match="not entered in time"):
        signing.wait(Event(), 20.0)


@pytest.mark.parametrize(
    "fault",
    [{"kind": "reset"}, {"kind": "status", "status": 503}, {"kind": "status", "status": 429, "retry_after_s": 1}],
)
def test_a_stumbling_service_does_not_end_the_waiting_for_a_code(
    graph: GraphStage, pool: ThreadPoolExecutor, fault: dict[str, Any]
) -> None:
    signing = with_code(graph)
    graph.microsoft.faults.add(path="/token", **fault)
    assert entered(graph, signing, pool).result(20).name == ME


@pytest.mark.parametrize(
    "odd",
    [
        {"user_code": "A\x1b[2J\nB"},
        {"user_code": "A" * 1000},
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": "http://elsewhere.example/"},
        {"verification_uri": "https://elsewhere.example/\n"},
        {"verification_uri": "https://elsewhere.example/" + "x" * 100_000},
    ],
)
def test_a_code_or_an_address_that_cannot_be_shown_or_opened_is_refused(
    graph: GraphStage, monkeypatch: pytest.MonkeyPatch, odd: dict[str, str]
) -> None:
    given = msal.PublicClientApplication.initiate_device_flow
    monkeypatch.setattr(
        msal.PublicClientApplication, "initiate_device_flow", lambda *args, **options: given(*args, **options) | odd
    )
    with pytest.raises(SignInError) as caught:
        with_code(graph)
    assert "cannot be" in caught.value.detail
    assert "elsewhere" not in caught.value.detail


def test_a_client_that_is_not_known_gets_no_code(graph: GraphStage) -> None:
    unknown = replace(graph.endpoints.office365, client_id="00000000-0000-0000-0000-000000000001")
    with pytest.raises(NotConfigured, match="does not know this client id"):
        DeviceCodeSignIn(replace(graph.endpoints, office365=unknown), calendar=True, contacts=True, retry=QUICK)


# -- refusals --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "signing_in", "renewing"),
    [
        ({"error": "invalid_grant", "error_codes": [700082]}, "SignInError", "NeedsReauth"),
        ({"error": "interaction_required", "error_codes": [50076]}, "SignInError", "NeedsReauth"),
        ({"error": "login_required"}, "SignInError", "NeedsReauth"),
        ({"error": "invalid_grant", "error_codes": [True, None, "x", 10**30]}, "SignInError", "NeedsReauth"),
        ({"error": "invalid_grant", "error_codes": [65001]}, "BlockedByPolicy", "NeedsReauth"),
        ({"error": "invalid_grant", "error_codes": [90094]}, "BlockedByPolicy", "BlockedByPolicy"),
        ({"error": "invalid_grant", "error_codes": [53003]}, "BlockedByPolicy", "BlockedByPolicy"),
        ({"error": "invalid_grant", "error_codes": [530003]}, "BlockedByPolicy", "BlockedByPolicy"),
        ({"error": "invalid_client", "error_codes": [7000218]}, "BlockedByPolicy", "BlockedByPolicy"),
        ({"error": "invalid_request", "error_codes": [50011]}, "BlockedByPolicy", "BlockedByPolicy"),
        ({"error": "unauthorized_client", "error_codes": [700016]}, "NotConfigured", "BlockedByPolicy"),
        ({"error": "invalid_client"}, "NotConfigured", "BlockedByPolicy"),
        ({"error": "consent_required"}, "BlockedByPolicy", "NeedsReauth"),
        ({"error": "invalid_request", "error_codes": [65004]}, "SignInRefused", "NeedsReauth"),
        ({"error": "expired_token"}, "SignInTimedOut", "NeedsReauth"),
        ({"error": 7, "error_codes": "odd", "error_description": ["odd"]}, "SignInError", "NeedsReauth"),
        ({}, "SignInError", "NeedsReauth"),
    ],
)
def test_every_refusal_of_tokens_stands_for_one_error(answer: dict[str, Any], signing_in: str, renewing: str) -> None:
    office365 = Office365Endpoints(client_id="c")
    assert type(sign_in_refusal(answer, office365)).__name__ == signing_in
    assert type(renewal_refusal(answer, office365)).__name__ == renewing


def test_what_is_shown_of_a_refusal_names_nobody() -> None:
    told = {"error": "invalid_grant", "error_description": "AADSTS50020: User account 'ada@example.org' …"}
    error = renewal_refusal(told, Office365Endpoints(client_id="c"))
    assert error.detail == "invalid_grant AADSTS50020"


def test_nothing_secret_is_logged_by_us(
    graph: GraphStage, pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        graph.answered(graph.sign_in()).result(20)
        entered(graph, with_code(graph), pool).result(20)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("zoomcal"))
    assert "POST 127.0.0.1" in ours or "POST localhost" in ours
    assert not any(secret in ours for secret in (*graph.microsoft.issued.tokens, ME))
