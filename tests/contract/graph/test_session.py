from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.contract.graph.stage import GRAPH, QUICK, GraphStage, item_id
from tests.contract.json_contract import JsonContract
from tests.contract.provider_contract import (
    ME,
    WINDOW,
    Contract,
    Planned,
    SharedContract,
    TokenContract,
    at,
    contacts,
    read,
)
from tests.scripted import Scripted, scripted
from zoomcal.domain.meetings import Days
from zoomcal.errors import (
    BadRequest,
    BlockedByPolicy,
    Conflict,
    Forbidden,
    Gone,
    NeedsConsent,
    NeedsReauth,
    Offline,
    ProviderError,
    ResyncNeeded,
    Throttled,
    Transient,
)
from zoomcal.providers.base import Calendar, ServiceProvider
from zoomcal.providers.graph import GraphProvider
from zoomcal.providers.graph.client import GraphSession
from zoomcal.providers.graph.grant import CHALLENGES, Secret
from zoomcal.providers.graph.tokens import Tokens
from zoomcal.sandbox.mailbox.contacts import Contact
from zoomcal.sandbox.mailbox.events import Event


class TestGraph(Contract, SharedContract, TokenContract):
    @pytest.fixture
    def stage(self, graph: GraphStage) -> GraphStage:
        return graph


def test_the_provider_signs_a_person_in_and_opens_their_account(graph: GraphStage) -> None:
    provider: ServiceProvider = GraphProvider(graph.endpoints)
    grant = graph.answered(provider.sign_in(calendar=True, contacts=False)).result(20)
    assert (grant.account, grant.calendar, grant.contacts) == (graph.account, True, False)
    session = provider.open(grant.account, grant.secret, graph.saved.append)
    assert [calendar.primary for calendar in session.calendars()] == [True, False]
    session.close()


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "BadRequest", BadRequest),
        (401, "InvalidAuthenticationToken", NeedsReauth),
        (403, "ErrorAccessDenied", NeedsConsent),
        (403, "accessDenied", NeedsConsent),
        (403, "Authorization_RequestDenied", NeedsConsent),
        (403, "ExtensionError", BlockedByPolicy),
        (403, "somethingElse", Forbidden),
        (404, "ErrorItemNotFound", Gone),
        (404, "itemNotFound", Gone),
        (404, "MailboxNotEnabledForRESTAPI", BlockedByPolicy),
        (404, "ResourceNotFound", BlockedByPolicy),
        (404, "extensionError", BlockedByPolicy),
        (409, "ErrorIrresolvableConflict", Conflict),
        (412, "ErrorIrresolvableConflict", Conflict),
        (400, "syncStateNotFound", ResyncNeeded),
        (410, "resyncRequired", ResyncNeeded),
        (400, "SyncStateInvalid", ResyncNeeded),
        (429, "ApplicationThrottled", Throttled),
        (429, "TooManyRequests", Throttled),
        (500, "InternalServerError", Transient),
        (502, "", Transient),
        (503, "serviceNotAvailable", Transient),
        (504, "UnknownError", Transient),
    ],
)
def test_every_refusal_stands_for_one_error(
    graph: GraphStage, status: int, code: str, error: type[ProviderError]
) -> None:
    graph.microsoft.faults.add(kind="status", status=status, reason=code, path="/me/calendars", times=None)
    with pytest.raises(error) as caught:
        graph.session.calendars()
    assert type(caught.value) is error
    assert f"HTTP {status}" in caught.value.detail


@pytest.mark.parametrize("status", [503, 504])
def test_a_busy_service_with_a_hint_is_obeyed(graph: GraphStage, status: int) -> None:
    graph.microsoft.faults.add(kind="status", status=status, retry_after_s=40, path=GRAPH)
    with pytest.raises(Throttled) as caught:
        graph.session.calendars()
    assert caught.value.retry_after_s == pytest.approx(40)


def test_a_mailbox_on_the_organisations_own_server_is_offered_the_exchange_method(graph: GraphStage) -> None:
    graph.microsoft.faults.add(kind="status", status=404, reason="MailboxNotEnabledForRESTAPI", path=GRAPH)
    with pytest.raises(BlockedByPolicy, match="connect it as Exchange"):
        graph.session.calendars()


def test_contacts_not_allowed_name_the_scope(graph: GraphStage) -> None:
    graph.withdraw_contacts()
    with pytest.raises(NeedsConsent) as caught:
        list(graph.session.changes(None))
    assert caught.value.scopes == ("Contacts.Read",)


# -- access ----------------------------------------------------------------------------------------------------------
def paths(graph: GraphStage) -> list[str]:
    return [asked.path.rsplit("/", 1)[-1] for asked in graph.microsoft.asked]


def test_an_access_refused_in_spite_of_a_renewal_needs_the_person_after_one_repeat(graph: GraphStage) -> None:
    graph.session.calendars()
    graph.microsoft.asked.clear()
    graph.microsoft.faults.add(kind="status", status=401, path="/me/calendars", times=None)
    with pytest.raises(NeedsReauth):
        graph.session.calendars()
    assert paths(graph) == ["calendars", "token", "calendars"]


def test_demanded_claims_are_brought_by_a_renewal_unseen(graph: GraphStage) -> None:
    graph.session.calendars()
    graph.microsoft.tokens.challenge()
    graph.microsoft.asked.clear()
    assert graph.session.calendars()
    assert graph.session.calendars()
    assert paths(graph) == ["calendars", "token", "calendars", "calendars"]
    assert not CHALLENGES


def test_claims_that_only_a_sign_in_brings_are_asked_for_by_the_next_one(graph: GraphStage) -> None:
    graph.session.calendars()
    graph.microsoft.tokens.challenge(sign_in_again=True)
    with pytest.raises(NeedsReauth):
        graph.session.calendars()
    graph.sign_in_again()
    assert graph.session.calendars()
    assert not CHALLENGES


def test_a_second_factor_that_a_renewal_lacks_is_brought_by_the_next_sign_in(graph: GraphStage) -> None:
    graph.microsoft.tokens.policy = "second-factor"
    with pytest.raises(NeedsReauth):
        graph.session.calendars()
    graph.sign_in_again()
    assert graph.session.calendars()


@pytest.mark.parametrize(
    "word", ["not base64!", base64.b64encode(b"[1]").decode(), base64.b64encode(b"{").decode(), ""]
)
def test_claims_that_cannot_be_read_are_an_ordinary_refusal(graph: GraphStage, word: str) -> None:
    with odd_graph(graph) as (server, session):
        server.status, server.headers = (
            401,
            {"WWW-Authenticate": f'Bearer error="insufficient_claims", claims="{word}"'},
        )
        with pytest.raises(NeedsReauth):
            session.calendars()
        assert len(server.asked) == 2
    assert not CHALLENGES


def test_claims_that_a_renewal_did_not_bring_are_kept_for_the_next_sign_in(graph: GraphStage) -> None:
    claims = '{"access_token": {"acrs": {"essential": true, "value": "c1"}}}'
    packed = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    with odd_graph(graph) as (server, session):
        server.status, server.headers = 401, {"WWW-Authenticate": f'Bearer error="x", claims="{packed}"'}
        with pytest.raises(NeedsReauth):
            session.calendars()
        assert len(server.asked) == 2
    assert {graph.account: claims} == CHALLENGES
    signing = graph.sign_in(again=graph.account)
    signing.close()
    assert '"acrs"' in parse_qs(urlsplit(signing.url).query)["claims"][0]


@pytest.mark.parametrize(
    ("policy", "error"),
    [
        ("admin-consent", NeedsReauth),
        ("conditional-access", BlockedByPolicy),
        ("unknown-client", BlockedByPolicy),
        ("unavailable", Transient),
    ],
)
def test_what_a_renewal_held_back_by_the_organisation_stands_for(
    graph: GraphStage, policy: str, error: type[ProviderError]
) -> None:
    graph.microsoft.tokens.policy = policy
    with pytest.raises(error):
        graph.session.calendars()
    graph.microsoft.tokens.policy = ""
    assert graph.session.calendars()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, Transient),
        ({"kind": "status", "status": 429, "retry_after_s": 50}, Throttled),
        ({"kind": "truncate"}, Transient),
        ({"kind": "reset"}, Offline),
    ],
)
@pytest.mark.parametrize("path", ["/token", "/.well-known/openid-configuration"])
def test_what_a_sign_in_service_in_trouble_stands_for(
    graph: GraphStage, path: str, fault: dict[str, Any], error: type[ProviderError]
) -> None:
    graph.microsoft.faults.add(path=path, times=None, **fault)
    with pytest.raises(error):
        graph.session.calendars()
    graph.microsoft.faults.clear()
    assert graph.session.calendars()


def test_a_rotated_refresh_token_is_saved_before_anything_is_asked_with_it(graph: GraphStage) -> None:
    asked_when_saved: list[int] = []

    def save(secret: str) -> None:
        graph.saved.append(secret)
        asked_when_saved.append(sum(asked.path.startswith(GRAPH) for asked in graph.microsoft.asked))

    graph.microsoft.asked.clear()
    session = graph.open(save_secret=save)
    session.calendars()
    session.close()
    assert asked_when_saved == [0]
    before, after = json.loads(graph.grant.secret), json.loads(graph.saved[0])
    assert {name for name in after if after[name] != before[name]} == {"refresh_token"}
    graph.microsoft.tokens.drop_used_refresh_tokens()
    again = GraphSession(graph.account, graph.saved[0], graph.endpoints, save_secret=graph.saved.append, retry=QUICK)
    assert again.calendars()
    again.close()


def test_an_access_is_renewed_before_it_ends(graph: GraphStage) -> None:
    now = [0.0]
    session = graph.open(clock=lambda: now[0])
    session.calendars()
    graph.microsoft.asked.clear()
    now[0] = 3600.0
    session.calendars()
    assert paths(graph) == ["calendars"]
    now[0] = 4200.0 - 299
    session.calendars()
    assert paths(graph) == ["calendars", "token", "calendars"]
    session.close()


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "other"}, {"authority": "https://other.example/common"}, {"graph_url": "https://o.example"}],
)
def test_a_secret_is_not_sent_to_an_endpoint_that_did_not_issue_it(graph: GraphStage, changed: dict[str, str]) -> None:
    other = replace(graph.endpoints, office365=replace(graph.endpoints.office365, **changed))
    with pytest.raises(NeedsReauth):
        GraphSession(graph.account, graph.grant.secret, other, save_secret=graph.saved.append)


@pytest.mark.parametrize("secret", ["", "[]", "{}", '{"refresh_token": 1, "home": null, "endpoints": 0, "scopes": 0}'])
def test_a_damaged_secret_asks_for_a_new_sign_in(graph: GraphStage, secret: str) -> None:
    with pytest.raises(NeedsReauth):
        GraphSession(graph.account, secret, graph.endpoints, save_secret=graph.saved.append)


def test_the_secret_is_small_and_holds_no_access_token(graph: GraphStage) -> None:
    kept = json.loads(graph.grant.secret)
    assert set(kept) == {"refresh_token", "home", "endpoints", "scopes"}
    assert len(graph.grant.secret) - len(kept["refresh_token"]) < 400
    assert kept["refresh_token"] not in repr(graph.grant)


def test_ending_the_access_is_left_to_the_person_and_says_where(graph: GraphStage) -> None:
    graph.microsoft.asked.clear()
    said = str(graph.session.revoke())
    assert "https://myapps.microsoft.com" in said
    assert "https://account.live.com/consent/Manage" in said
    assert not graph.microsoft.asked


# -- calendars and meetings ------------------------------------------------------------------------------------------
def test_every_calendar_is_listed_with_whose_it_is(graph: GraphStage) -> None:
    for number in range(120):
        graph.mailbox.add_calendar(f"Team {number}")
    found = {calendar.name: calendar for calendar in graph.session.calendars()}
    assert len(found) == 122
    assert (found["Calendar"].primary, found["Calendar"].owned, found["Calendar"].colour[0]) == (True, True, "#")
    assert (found["Team 7"].primary, found["Team 7"].owned) == (False, True)
    assert (found["Zoe"].owned, found["Zoe"].selected) == (False, False)


def test_what_is_asked_for_is_bounded_immutable_and_in_utc(graph: GraphStage) -> None:
    with odd_graph(graph) as (server, session):
        server.body = b'{"value": []}'
        list(session.meetings(Calendar(id="a/b?c=#d", name=""), WINDOW))
        ((_, target, headers),) = server.asked
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
    assert path == "/me/calendars/a%2Fb%3Fc%3D%23d/calendarView"
    assert (query["startDateTime"], query["endDateTime"]) == (
        ["2026-03-10T17:00:00.000Z"],
        ["2026-03-13T17:00:00.000Z"],
    )
    assert int(query["$top"][0]) <= 1000
    assert "onlineMeeting" in query["$select"][0].split(",")
    prefer = {part.strip() for part in headers["prefer"].split(",")}
    assert prefer == {'IdType="ImmutableId"', 'outlook.timezone="UTC"', 'outlook.body-content-type="html"'}
    assert headers["user-agent"].startswith("ZoomCal/")
    assert "gzip" in headers["accept-encoding"]


def test_every_request_has_an_id_of_its_own_that_the_log_tells(
    graph: GraphStage, caplog: pytest.LogCaptureFixture
) -> None:
    with odd_graph(graph) as (server, session), caplog.at_level(logging.DEBUG, logger="zoomcal"):
        server.body = b'{"value": []}'
        session.calendars()
        session.calendars()
    ids = [headers["client-request-id"] for _, _, headers in server.asked]
    assert len(set(ids)) == 2
    assert all(request_id in caplog.text for request_id in ids)


def test_a_link_behind_words_is_found(graph: GraphStage) -> None:
    html = '<p>Hi</p><a href="https://us02web.zoom.us/j/81234567890?pwd=abc.1">Join the meeting</a>'
    event = Event(subject="Hidden", start=at(11, 9), end=at(11, 10), body=html, body_is_html=True)
    graph.mailbox.calendar.add(event)
    (meeting,) = read(graph)
    assert meeting.finding.link
    assert meeting.finding.link.meeting_id == "81234567890"
    assert "Join the meeting" in meeting.description


def test_whole_days_stay_dates_where_the_service_moves_them_into_utc(graph: GraphStage) -> None:
    graph.plan(Planned(title="Fair", start=at(11, 0).date(), end=at(13, 0).date()))
    graph.microsoft.graph.moving_days = True
    (meeting,) = read(graph)
    assert meeting.when == Days(at(11, 0).date(), at(13, 0).date())


def test_another_persons_calendar_that_is_shared_no_more_leaves_the_others_readable(graph: GraphStage) -> None:
    shared, own = graph.shared_calendar(), graph.calendar()
    graph.microsoft.faults.add(kind="status", status=403, reason="ErrorAccessDenied", path="calendarView", times=2)
    with pytest.raises(Forbidden):
        list(graph.session.meetings(shared, WINDOW))
    with pytest.raises(NeedsConsent):
        list(graph.session.meetings(own, WINDOW))


# -- contacts --------------------------------------------------------------------------------------------------------
def test_contacts_of_every_folder_are_read_at_every_depth_and_once(graph: GraphStage) -> None:
    team = graph.mailbox.add_folder("Team")
    inner = graph.mailbox.add_folder("Inner", team)
    ids = {item_id(folder.add(Contact(display_name=name)).id) for name, folder in (("An", team), ("Bo", inner))}
    ids.add(graph.add_contact("Cy"))
    pages = list(graph.session.changes(None))
    assert sorted(contact.uid for page in pages for contact in page.changed) == sorted(ids)
    (gone,) = (contact for contact in team.contacts)
    team.remove(gone.id)
    inner.add(Contact(display_name="Di"))
    assert pages[-1].next_cursor
    changed, removed, _ = contacts(graph, pages[-1].next_cursor)
    assert [contact.name for contact in changed.values()] == ["Di"]
    assert removed == {item_id(gone.id)}


def test_a_contact_that_moved_to_another_folder_is_not_lost(graph: GraphStage) -> None:
    for first_read in ("into what is read earlier", "into what is read later"):
        here, there = graph.mailbox.add_folder(f"{first_read} 1"), graph.mailbox.add_folder(f"{first_read} 2")
        for source, target in ((here, there), (there, here)):
            contact = source.add(Contact(display_name="An"))
            _, _, cursor = contacts(graph)
            target.add(source.remove(contact.id))
            changed, removed, _ = contacts(graph, cursor)
            assert (set(changed), removed) == ({item_id(contact.id)}, set())
            target.remove(contact.id)


def test_a_folder_that_comes_is_read_and_one_that_goes_asks_for_everything_anew(graph: GraphStage) -> None:
    graph.add_contact("An")
    _, _, cursor = contacts(graph)
    team = graph.mailbox.add_folder("Team")
    bo = team.add(Contact(display_name="Bo"))
    changed, _, cursor = contacts(graph, cursor)
    assert set(changed) == {item_id(bo.id)}
    del graph.mailbox.folders[team.id]
    with pytest.raises(ResyncNeeded):
        list(graph.session.changes(cursor))
    assert [contact.name for contact in contacts(graph)[0].values()] == ["An"]


def test_an_address_book_that_is_emptied_and_filled_again_is_followed(graph: GraphStage) -> None:
    found, _, cursor = contacts(graph)
    assert not found
    an = graph.add_contact("An")
    found, _, cursor = contacts(graph, cursor)
    assert set(found) == {an}
    graph.remove_contact(an)
    _, gone, cursor = contacts(graph, cursor)
    assert gone == {an}
    bo = graph.add_contact("Bo")
    found, _, _ = contacts(graph, cursor)
    assert set(found) == {bo}


@pytest.mark.parametrize("answer", ["gone", "moved", "refused"])
def test_a_dead_delta_link_asks_for_everything_anew_however_it_is_refused(graph: GraphStage, answer: Any) -> None:
    graph.add_contact("An")
    _, _, cursor = contacts(graph)
    graph.microsoft.graph.forgetting = answer
    graph.forget_cursors()
    with pytest.raises(ResyncNeeded):
        list(graph.session.changes(cursor))
    assert len(contacts(graph)[0]) == 1


def test_an_empty_page_that_leads_on_is_passed_over(graph: GraphStage) -> None:
    graph.microsoft.graph.empty_first_page = True
    graph.plan(Planned(title="There"))
    an = graph.add_contact("An")
    bo = graph.mailbox.add_folder("Team").add(Contact(display_name="Bo"))
    assert [meeting.title for meeting in read(graph)] == ["There"]
    assert set(contacts(graph)[0]) == {an, item_id(bo.id)}


def test_how_many_contacts_there_are_is_told_where_it_is_known(graph: GraphStage) -> None:
    for number in range(3):
        graph.add_contact(f"Person {number}")
    assert next(iter(graph.session.changes(None))).total == 3


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/me/contacts/delta?$deltatoken=1",
        "{base}@evil.example/me/contacts/delta",
        "{base}.evil.example/me/contacts/delta",
        "{base}/../beta/me/contacts/delta",
        "{base}/%2e%2e/beta",
        "http://[::1",
        "https://127.0.0.1:port/v1.0/me/contacts/delta",
        "",
    ],
)
def test_a_cursor_that_leads_elsewhere_is_not_followed(graph: GraphStage, link: str) -> None:
    base = graph.endpoints.office365.graph_url
    cursor = json.dumps({"default": "f", "folders": {"f": link.format(base=base)}})
    graph.microsoft.asked.clear()
    with pytest.raises(ResyncNeeded):
        list(graph.session.changes(cursor))
    assert not graph.microsoft.asked


@pytest.mark.parametrize("cursor", ["", "[]", "{}", '{"default": 1, "folders": {}}', '{"default": "", "folders": [1]}'])
def test_a_cursor_that_cannot_be_read_asks_for_everything_anew(graph: GraphStage, cursor: str) -> None:
    with pytest.raises(ResyncNeeded):
        list(graph.session.changes(cursor))


# -- answers that no sane service gives ------------------------------------------------------------------------------
@contextmanager
def odd_graph(graph: GraphStage) -> Iterator[tuple[Scripted, GraphSession]]:
    """A session whose calendars and address books say what a test prepares; tokens are the sandbox's."""
    with scripted() as server:
        secret = Secret.loads(graph.grant.secret, graph.endpoints.office365.fingerprint())
        office365 = replace(graph.endpoints.office365, graph_url=server.url)
        session = GraphSession(
            graph.account,
            replace(secret, fingerprint=office365.fingerprint()).dumps(),
            replace(graph.endpoints, office365=office365),
            save_secret=graph.saved.append,
            retry=QUICK,
        )
        yield server, session
        session.close()


@pytest.fixture
def odd(graph: GraphStage) -> Iterator[tuple[Scripted, GraphSession]]:
    with odd_graph(graph) as both:
        yield both


def taken(graph: GraphStage, odd: tuple[Scripted, GraphSession]) -> Scripted:
    """Let the stage's session be the odd one."""
    server, session = odd
    graph.session.close()
    graph.session = session
    return server


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"code": "x", "innerError": {"code": "y", "innererror": {"code": "ErrorAccessDenied"}}}, NeedsConsent),
        (403, {"code": "ErrorAccessDenied", "innerError": {"code": "somethingNew"}}, NeedsConsent),
        (404, {"code": "ErrorItemNotFound", "innerError": {"code": "MailboxNotEnabledForRESTAPI"}}, BlockedByPolicy),
        (403, {"code": "ErrorAccessDenied", "message": "Access to OData is disabled."}, BlockedByPolicy),
        (403, {"code": 7, "innerError": [], "message": None}, Forbidden),
        (403, "denied", Forbidden),
        (400, {"code": "ApplicationThrottled"}, Throttled),
        (410, {"code": "whatever"}, Gone),
        (418, None, BadRequest),
        (501, {"code": "notSupported"}, BadRequest),
    ],
)
def test_the_deepest_code_that_is_known_counts(
    odd: tuple[Scripted, GraphSession], status: int, body: Any, error: type[ProviderError]
) -> None:
    server, session = odd
    server.status, server.body = status, json.dumps({"error": body}).encode()
    with pytest.raises(error) as caught:
        session.calendars()
    assert type(caught.value) is error


class TestOddAnswers(JsonContract):
    entries = "value"

    def event(self, uid: str, title: str) -> dict[str, Any]:
        return {"id": uid, "subject": title, **_hour()}


def test_a_delta_that_starts_elsewhere_now_asks_for_everything_anew(odd: tuple[Scripted, GraphSession]) -> None:
    server, session = odd
    server.status, server.headers = 410, {"Location": f"{server.url}/me/contactFolders/f/contacts/delta"}
    with pytest.raises(ResyncNeeded):
        list(session.changes(None))


@pytest.mark.parametrize("following", ["again", "https://evil.example/v1.0/me/calendars?$skip=1", 7, {"a": 1}])
def test_pages_that_never_end_or_are_elsewhere_are_given_up(
    odd: tuple[Scripted, GraphSession], following: object
) -> None:
    server, session = odd
    link = f"{server.url}/me/calendars?$skip=1" if following == "again" else following
    server.body = json.dumps({"value": [], "@odata.nextLink": link}).encode()
    with pytest.raises(Transient):
        session.calendars()
    assert len(server.asked) <= 2


def test_pages_that_are_always_others_are_given_up_after_a_while(
    odd: tuple[Scripted, GraphSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, session = odd
    asked = count(1)
    page = {"value": [], "@odata.nextLink": ""}
    monkeypatch.setattr(
        type(server),
        "body",
        property(lambda _: json.dumps(page | {"@odata.nextLink": f"{server.url}/me/x?{next(asked)}"}).encode()),
        raising=False,
    )
    with pytest.raises(Transient):
        session.calendars()
    assert len(server.asked) <= 201


def test_what_is_called_by_dots_is_left_out_and_never_climbs(odd: tuple[Scripted, GraphSession]) -> None:
    server, session = odd
    server.body = json.dumps({"value": [{"id": "..", "name": "Up"}, {"id": "c", "name": "C"}]}).encode()
    assert [calendar.id for calendar in session.calendars()] == ["c"]
    with pytest.raises(BadRequest):
        session._api.get("/me/contactFolders/../../other")
    server.paths = {"/me/contacts?": (200, b'{"value": [{"parentFolderId": ".."}]}'), "delta": (404, b"{}")}
    server.body = b'{"value": [{"id": ".."}, {"id": "."}]}'
    list(session.changes(None))
    assert [path for _, path, _ in server.asked if "/../" in path or "//" in path or "/./" in path] == []
    assert "contactFolders/contacts/contacts/delta" in " ".join(path for _, path, _ in server.asked)


def test_an_answer_that_is_neither_a_token_nor_a_refusal_does_not_end_the_account(
    graph: GraphStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tokens, "_asked", lambda *_: {"access_token": None, "expires_in": 3600})
    with pytest.raises(Transient):
        graph.open().calendars()


def test_a_next_page_is_asked_for_as_it_was_given_and_with_the_same_preferences(
    odd: tuple[Scripted, GraphSession],
) -> None:
    server, session = odd
    link = f"{server.url}/me/calendars('A%3D')/calendarView?startDateTime=2026&%24skip=10&x=a+b%2Fc"
    server.body = json.dumps({"value": [], "@odata.nextLink": link}).encode()
    pages = session.meetings(Calendar(id="c", name=""), WINDOW)
    assert next(pages) == []
    server.body = json.dumps({"value": [{"id": "e", "subject": "Late", **_hour()}]}).encode()
    assert [meeting.title for meeting in next(pages)] == ["Late"]
    assert server.url + server.asked[1][1] == link
    assert server.asked[0][2]["prefer"] == server.asked[1][2]["prefer"]


def test_a_change_that_tells_only_what_changed_is_completed(
    graph: GraphStage, odd: tuple[Scripted, GraphSession]
) -> None:
    server = taken(graph, odd)
    delta = [{"id": "a", "jobTitle": "Boss"}, {"id": "b", "jobTitle": "Gone"}, {"id": "c", "@removed": {}}]
    link = f"{server.url}/me/contactFolders/f/contacts/delta?$deltatoken=2"
    server.paths = {
        "delta": (200, json.dumps({"value": delta, "@odata.deltaLink": link}).encode()),
        "/me/contacts/a": (200, json.dumps({"id": "other", "displayName": "An", "jobTitle": "Boss"}).encode()),
        "/me/contacts/b": (404, b"{}"),
    }
    server.body = b'{"value": []}'
    cursor = json.dumps({"default": "f", "folders": {"f": link}})
    changed, gone, following = contacts(graph, cursor)
    assert [(one.uid, one.name, one.title) for one in changed.values()] == [("a", "An", "Boss")]
    assert gone == {"b", "c"}
    assert json.loads(following) == json.loads(cursor)


@pytest.mark.parametrize("refusal", [400, 404, 405, 501])
def test_a_default_folder_that_keeps_no_track_is_read_whole_each_time(
    graph: GraphStage, odd: tuple[Scripted, GraphSession], refusal: int
) -> None:
    server = taken(graph, odd)
    server.paths = {
        "/delta": (refusal, b"{}"),
        "/me/contactFolders": (200, b'{"value": []}'),
        "/me/contacts": (200, json.dumps({"value": [{"id": "a", "displayName": "An"}]}).encode()),
    }
    found, _, cursor = contacts(graph)
    assert set(found) == {"a"}
    with pytest.raises(ResyncNeeded):
        list(graph.session.changes(cursor))


def test_a_folder_that_keeps_no_track_is_read_whole_and_one_that_vanishes_is_left_out(
    graph: GraphStage, odd: tuple[Scripted, GraphSession]
) -> None:
    server = taken(graph, odd)
    server.paths = {
        "/me/contactFolders?": (200, b'{"value": [{"id": "whole"}, {"id": "vanished"}, {"id": ""}, {}]}'),
        "/vanished/": (404, b"{}"),
        "/whole/contacts/delta": (400, b"{}"),
        "/whole/contacts": (200, json.dumps({"value": [{"id": "a", "displayName": "An"}]}).encode()),
    }
    server.body = b'{"value": []}'
    found, _, cursor = contacts(graph)
    assert set(found) == {"a"}
    with pytest.raises(ResyncNeeded):
        list(graph.session.changes(cursor))


def test_a_delta_link_that_leads_elsewhere_is_refused(odd: tuple[Scripted, GraphSession]) -> None:
    server, session = odd
    page = {"value": [{"id": "a", "parentFolderId": "f"}], "@odata.deltaLink": "https://evil.example/delta"}
    server.paths = {"/me/contactFolders?": (200, b'{"value": []}')}
    server.body = json.dumps(page).encode()
    with pytest.raises(Transient):
        list(session.changes(None))


def test_no_token_address_or_title_is_logged_at_any_level(graph: GraphStage, caplog: pytest.LogCaptureFixture) -> None:
    graph.plan(Planned(title="Hush", location="https://zoom.us/j/81234567890?pwd=hidden.1"))
    graph.add_contact("Hush too")
    with caplog.at_level(logging.DEBUG, logger="zoomcal"):
        session = graph.open()
        read(graph)
        list(session.changes(None))
        graph.microsoft.faults.add(kind="status", status=400, path=GRAPH)
        with pytest.raises(BadRequest):
            session.calendars()
        session.close()
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("zoomcal"))
    assert "GET 127.0.0.1" in said
    assert not any(secret in said for secret in (*graph.microsoft.issued.tokens, "Hush", "hidden", ME, quote(ME)))


def _hour() -> dict[str, Any]:
    return {
        "start": {"dateTime": "2026-03-11T02:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-11T03:00:00.0000000", "timeZone": "UTC"},
    }
