from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote

import pytest

from tests.contract.google.stage import GoogleStage, answered
from tests.contract.json_contract import JsonContract
from tests.contract.provider_contract import (
    ME,
    WINDOW,
    Contract,
    Planned,
    SharedContract,
    TokenContract,
    contacts,
    read,
)
from tests.scripted import Scripted, scripted
from zoomcal.endpoints import Endpoints
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
from zoomcal.providers.google import GoogleProvider
from zoomcal.providers.google.client import GoogleSession
from zoomcal.providers.google.grant import Secret
from zoomcal.sandbox.google.events import Calendar as SandboxCalendar


class TestGoogle(Contract, SharedContract, TokenContract):
    @pytest.fixture
    def stage(self, google: GoogleStage) -> GoogleStage:
        return google


def test_the_provider_signs_a_person_in_and_opens_their_account(google: GoogleStage) -> None:
    provider: ServiceProvider = GoogleProvider(google.endpoints)
    grant = answered(provider.sign_in(calendar=True, contacts=False)).result(20)
    assert (grant.account, grant.calendar, grant.contacts) == (google.account, True, False)
    session = provider.open(grant.account, grant.secret, google.saved.append)
    assert [calendar.id for calendar in session.calendars() if calendar.primary] == [ME]
    session.close()
    assert google.saved == []


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (400, "badRequest", BadRequest),
        (401, "authError", NeedsReauth),
        (403, "rateLimitExceeded", Throttled),
        (403, "userRateLimitExceeded", Throttled),
        (403, "quotaExceeded", Throttled),
        (429, "rateLimitExceeded", Throttled),
        (403, "insufficientPermissions", NeedsConsent),
        (403, "forbidden", Forbidden),
        (403, "forbiddenForNonOrganizer", Forbidden),
        (403, "accessNotConfigured", BlockedByPolicy),
        (404, "notFound", Gone),
        (410, "deleted", Gone),
        (410, "fullSyncRequired", ResyncNeeded),
        (410, "updatedMinTooLongAgo", ResyncNeeded),
        (409, "duplicate", Conflict),
        (412, "conditionNotMet", Conflict),
        (500, "backendError", Transient),
        (503, "backendError", Transient),
    ],
)
def test_every_refusal_of_the_calendar_stands_for_one_error(
    google: GoogleStage, status: int, reason: str, error: type[ProviderError]
) -> None:
    google.google.faults.add(kind="status", status=status, reason=reason, path="/calendarList", times=None)
    with pytest.raises(error) as caught:
        google.session.calendars()
    assert type(caught.value) is error
    assert f"HTTP {status}" in caught.value.detail


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (400, "invalid", BadRequest),
        (400, "EXPIRED_SYNC_TOKEN", ResyncNeeded),
        (401, "authError", NeedsReauth),
        (403, "insufficientPermissions", NeedsConsent),
        (403, "accessNotConfigured", BlockedByPolicy),
        (403, "quotaExceeded", Throttled),
        (429, "rateLimitExceeded", Throttled),
        (404, "notFound", Gone),
        (500, "backendError", Transient),
        (503, "backendError", Transient),
    ],
)
def test_every_refusal_of_the_address_book_stands_for_one_error(
    google: GoogleStage, status: int, reason: str, error: type[ProviderError]
) -> None:
    google.google.faults.add(kind="status", status=status, reason=reason, path="/connections", times=None)
    with pytest.raises(error) as caught:
        list(google.session.changes(None))
    assert type(caught.value) is error
    assert f"HTTP {status}" in caught.value.detail


def test_a_busy_service_with_a_hint_is_obeyed(google: GoogleStage) -> None:
    google.google.faults.add(kind="status", status=503, reason="backendError", retry_after_s=40, path="/v3")
    with pytest.raises(Throttled) as caught:
        google.session.calendars()
    assert caught.value.retry_after_s == pytest.approx(40)


def test_an_access_refused_in_spite_of_a_renewal_needs_the_person_after_one_repeat(google: GoogleStage) -> None:
    google.session.calendars()
    google.google.asked.clear()
    google.google.faults.add(kind="status", status=401, reason="authError", path="/v3", times=None)
    with pytest.raises(NeedsReauth):
        google.session.calendars()
    assert [asked.path.rsplit("/", 1)[-1] for asked in google.google.asked] == ["calendarList", "token", "calendarList"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 400, "reason": "invalid_grant"}, NeedsReauth),
        ({"kind": "status", "status": 401, "reason": "invalid_client"}, BlockedByPolicy),
        ({"kind": "status", "status": 400, "reason": "unauthorized_client"}, BlockedByPolicy),
        ({"kind": "status", "status": 400, "reason": "admin_policy_enforced"}, BlockedByPolicy),
        ({"kind": "status", "status": 400, "reason": "temporarily_unavailable"}, Transient),
        ({"kind": "status", "status": 500, "reason": "server_error"}, Transient),
        ({"kind": "status", "status": 429, "reason": "rateLimitExceeded", "retry_after_s": 50}, Throttled),
        ({"kind": "truncate"}, Transient),
        ({"kind": "reset"}, Offline),
    ],
)
def test_what_a_refused_renewal_stands_for(
    google: GoogleStage, fault: dict[str, Any], error: type[ProviderError]
) -> None:
    google.google.faults.add(path="/token", times=None, **fault)
    with pytest.raises(error):
        google.session.calendars()
    google.google.faults.clear()
    assert google.session.calendars()


def test_a_rotated_refresh_token_is_saved_before_anything_is_asked_with_it(google: GoogleStage) -> None:
    tokens = google.google.tokens
    refresh = tokens.refresh

    def rotate(token: str) -> dict[str, object]:
        answer = refresh(token)
        tokens._refresh["rotated-token"] = tokens._refresh.pop(token)
        return {**answer, "refresh_token": "rotated-token"}

    asked_when_saved: list[int] = []

    def save(secret: str) -> None:
        google.saved.append(secret)
        asked_when_saved.append(sum("/v3" in asked.path for asked in google.google.asked))

    google.google.asked.clear()
    tokens.refresh = rotate  # type: ignore[method-assign]
    try:
        session = google.open(save_secret=save)
        session.calendars()
    finally:
        tokens.refresh = refresh  # type: ignore[method-assign]
    assert asked_when_saved == [0]
    kept = json.loads(google.saved[0])
    assert kept == {**json.loads(google.grant.secret), "refresh_token": "rotated-token"}
    session.close()
    again = GoogleSession(google.account, google.saved[0], google.endpoints, save_secret=google.saved.append)
    assert again.calendars()
    again.close()


@pytest.mark.parametrize("changed", [{"client_id": "other"}, {"token_url": "https://other.example/token"}])
def test_a_secret_is_not_sent_to_an_endpoint_that_did_not_issue_it(
    google: GoogleStage, changed: dict[str, str]
) -> None:
    other = replace(google.endpoints, google=replace(google.endpoints.google, **changed))
    with pytest.raises(NeedsReauth):
        GoogleSession(google.account, google.grant.secret, other, save_secret=google.saved.append)


@pytest.mark.parametrize("secret", ["", "[]", "{}", '{"refresh_token": 1, "endpoints": null, "scopes": null}'])
def test_a_damaged_secret_needs_the_person(google: GoogleStage, secret: str) -> None:
    with pytest.raises(NeedsReauth):
        GoogleSession(google.account, secret, google.endpoints, save_secret=google.saved.append)


def test_an_unknown_certificate_is_named_and_nothing_is_sent(google: GoogleStage) -> None:
    google.google.asked.clear()
    google.endpoints = Endpoints(google=google.endpoints.google)
    session = google.open()
    with pytest.raises(Offline, match=r"certificate of 127\.0\.0\.1 is not trusted"):
        session.calendars()
    session.close()
    assert not google.google.asked


def test_hidden_calendars_and_those_that_show_only_busy_times_are_left_out(google: GoogleStage) -> None:
    base = google.person.primary
    for identity, fields in (
        ("hidden@group.calendar.google.com", {"hidden": True}),
        ("room@resource.calendar.google.com", {"access_role": "freeBusyReader"}),
        ("team#1/a b@group.calendar.google.com", {"summary_override": "Our team", "selected": False}),
    ):
        settings: dict[str, Any] = {"owner": ME, "zone": base.zone, "lock": base.lock, "now": base.now, **fields}
        google.person.calendars[identity] = SandboxCalendar(id=identity, summary="Team", **settings)
    found = {calendar.id: calendar for calendar in google.session.calendars()}
    assert set(found) == {ME, "zoe@example.org", "team#1/a b@group.calendar.google.com"}
    team = found["team#1/a b@group.calendar.google.com"]
    assert (team.name, team.selected, team.owned, team.primary) == ("Our team", False, True, False)
    assert (found[ME].primary, found[ME].colour[0]) == (True, "#")
    google.person.calendars[team.id].add({"summary": "Odd id", **_hour()})
    assert [m.title for page in google.session.meetings(team, WINDOW) for m in page] == ["Odd id"]


def test_what_is_asked_for_is_bounded_and_masked(google: GoogleStage) -> None:
    calendar = google.calendar()
    google.google.asked.clear()
    list(google.session.meetings(calendar, WINDOW))
    (asked,) = google.google.asked
    query = parse_qs(asked.query)
    assert asked.path.endswith(f"/calendars/{ME}/events") or asked.path.endswith(f"/calendars/{quote(ME)}/events")
    assert query["timeMin"] == ["2026-03-10T17:00:00.000Z"]
    assert query["eventTypes"] == ["default", "fromGmail"]
    assert (query["maxResults"], query["singleEvents"], query["orderBy"]) == (["1000"], ["true"], ["startTime"])
    assert "conferenceData(entryPoints)" in query["fields"][0]


def test_birthdays_and_absences_are_no_meetings(google: GoogleStage) -> None:
    for kind in ("birthday", "outOfOffice", "focusTime", "workingLocation", "fromGmail", "default"):
        google.person.primary.add({"summary": kind, "eventType": kind, **_hour()})
    assert {meeting.title for meeting in read(google)} == {"fromGmail", "default"}


def test_a_merged_contact_takes_its_old_ids_away(google: GoogleStage) -> None:
    old, kept = google.add_contact("Old"), google.add_contact("Kept")
    _, _, cursor = contacts(google)
    google.remove_contact(old)
    google.person.contacts.change(kept, previousResourceNames=[old])
    changed, gone, _ = contacts(google, cursor)
    assert set(changed) == {kept}
    assert gone == {old}


def test_a_cursor_older_than_six_days_is_not_even_tried(google: GoogleStage) -> None:
    google.add_contact("An")
    _, _, cursor = contacts(google)
    written_at, _, token = cursor.partition(" ")
    google.google.asked.clear()
    session = google.open(clock=lambda: float(written_at) + 86_400 * 6)
    with pytest.raises(ResyncNeeded):
        list(session.changes(cursor))
    session.close()
    assert not google.google.asked
    session = google.open(clock=lambda: float(written_at) + 86_400 * 5.9)
    (page,) = session.changes(cursor)
    session.close()
    assert page.next_cursor
    assert page.next_cursor.partition(" ")[0] == written_at
    assert token in google.google.asked[-1].query


@pytest.fixture
def odd(google: GoogleStage) -> Iterator[tuple[Scripted, GoogleSession]]:
    """A session whose calendar and address book say what a test prepares; tokens are the sandbox's."""
    with scripted() as server:
        secret = Secret.loads(google.grant.secret, google.endpoints.google.fingerprint())
        addresses = replace(google.endpoints.google, calendar_url=server.url, people_url=server.url)
        google.endpoints = replace(google.endpoints, google=addresses)
        google.grant = replace(google.grant, secret=replace(secret, fingerprint=addresses.fingerprint()).dumps())
        session = google.open()
        yield server, session
        session.close()


class TestOddAnswers(JsonContract):
    entries = "items"

    def event(self, uid: str, title: str) -> dict[str, Any]:
        return {"id": uid, "summary": title, **_hour()}


def test_a_dead_sync_token_is_also_known_by_what_is_said_of_it(odd: tuple[Scripted, GoogleSession]) -> None:
    server, session = odd
    server.status, server.body = (
        400,
        b'{"error": {"message": "Sync token is expired. Clear local cache ...", "code": 400}}',
    )
    with pytest.raises(ResyncNeeded):
        list(session.changes("1 old"))


def test_pages_that_never_end_are_given_up(odd: tuple[Scripted, GoogleSession]) -> None:
    server, session = odd
    server.body = b'{"connections": [], "nextPageToken": "again"}'
    with pytest.raises(Transient):
        list(session.changes(None))
    assert len(server.asked) == 2


def test_an_empty_page_in_between_is_passed_over(odd: tuple[Scripted, GoogleSession]) -> None:
    server, session = odd
    server.body = b'{"nextPageToken": "more"}'
    pages = session.meetings(Calendar(id="c", name=""), WINDOW)
    assert next(pages) == []
    assert "gzip" in server.asked[0][2]["user-agent"]
    server.body = json.dumps({"items": [{"id": "e", "summary": "Late", **_hour()}]}).encode()
    assert [meeting.title for meeting in next(pages)] == ["Late"]


def test_revoking_ends_the_grant(google: GoogleStage) -> None:
    assert google.session.revoke() is None
    with pytest.raises(NeedsReauth):
        read(google)


def test_contacts_not_allowed_name_the_scope(google: GoogleStage) -> None:
    google.withdraw_contacts()
    with pytest.raises(NeedsConsent) as caught:
        list(google.session.changes(None))
    assert caught.value.scopes


def test_revoking_says_when_it_did_not_work(google: GoogleStage) -> None:
    google.google.faults.add(kind="status", status=503, reason="backendError", path="/revoke", times=None)
    with pytest.raises(Transient):
        google.session.revoke()
    google.google.faults.clear()
    google.session.revoke()
    assert not google.google.tokens.grants[-1].alive


def test_no_token_address_or_title_is_logged_at_any_level(
    google: GoogleStage, caplog: pytest.LogCaptureFixture
) -> None:
    google.plan(Planned(title="Hush", location="https://zoom.us/j/81234567890?pwd=hidden.1"))
    with caplog.at_level(logging.DEBUG, logger="zoomcal"):
        session = google.open()
        read(google)
        list(session.changes(None))
        google.google.faults.add(kind="status", status=400, reason="badRequest", path="/v3")
        with pytest.raises(BadRequest):
            session.calendars()
        session.revoke()
        session.close()
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("zoomcal"))
    assert "GET 127.0.0.1" in said
    assert not any(secret in said for secret in (*google.google.issued.tokens, "Hush", "hidden", ME, quote(ME)))


def _hour() -> dict[str, Any]:
    return {"start": {"dateTime": "2026-03-11T09:00:00+07:00"}, "end": {"dateTime": "2026-03-11T10:00:00+07:00"}}
