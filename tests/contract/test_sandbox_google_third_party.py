"""The sandbox driven by Google's API client, which nobody here wrote: discovery documents tell it what to send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import Resource, build
from googleapiclient.errors import HttpError

from tests.contract.conftest import Visitor, flow_for
from zoomcal.sandbox import Sandbox

Json = dict[str, Any]
WINDOW: Json = {
    "timeMin": "2020-01-01T00:00:00Z",
    "singleEvents": True,
    "orderBy": "startTime",
    "eventTypes": ["default", "fromGmail"],
}


@pytest.fixture
def credentials(sandbox: Sandbox, visitor: Visitor) -> Credentials:
    flow = flow_for(sandbox)
    url, _ = flow.authorization_url(access_type="offline", prompt="consent")
    flow.fetch_token(code=visitor.redirected_to(url)["code"], verify=visitor.ca_file, timeout=30)
    return flow.credentials


@pytest.fixture
def calendar(sandbox: Sandbox, credentials: Credentials) -> Iterator[Resource]:
    yield from _service("calendar", "v3", f"{sandbox.endpoints['google']['calendar_url']}/", credentials)


@pytest.fixture
def people(sandbox: Sandbox, credentials: Credentials) -> Iterator[Resource]:
    root = sandbox.endpoints["google"]["people_url"].removesuffix("v1")
    yield from _service("people", "v1", root, credentials)


def _service(name: str, version: str, root: str, credentials: Any) -> Iterator[Resource]:
    options = {"api_endpoint": root}
    service = build(name, version, credentials=credentials, client_options=options, static_discovery=True)
    yield service
    service.close()


def test_it_lists_inserts_patches_and_deletes(sandbox: Sandbox, calendar: Resource) -> None:
    calendars = calendar.calendarList().list(minAccessRole="reader").execute()["items"]
    primary = next(each["id"] for each in calendars if each.get("primary"))
    listed: list[Json] = []
    answer: Json = {"nextPageToken": None}
    while "nextPageToken" in answer:
        token = answer["nextPageToken"]
        answer = calendar.events().list(calendarId=primary, maxResults=10, pageToken=token, **WINDOW).execute()
        listed += answer["items"]
    assert len(listed) > 30
    assert [each["id"] for each in listed] == list(dict.fromkeys(each["id"] for each in listed))
    body = {
        "summary": "Mới",
        "start": {"dateTime": "2026-11-24T10:00:00+07:00"},
        "end": {"dateTime": "2026-11-24T11:00:00+07:00"},
    }
    inserted = calendar.events().insert(calendarId=primary, body=body).execute()
    target = {"calendarId": primary, "eventId": inserted["id"]}
    patched = calendar.events().patch(**target, body={"summary": "Đã đổi"}, sendUpdates="all").execute()
    assert (patched["summary"], patched["start"]) == ("Đã đổi", inserted["start"])
    stale = calendar.events().delete(**target)
    stale.headers["If-Match"] = inserted["etag"]
    with pytest.raises(HttpError) as refused:
        stale.execute()
    assert refused.value.status_code == 412
    assert calendar.events().delete(**target).execute() == ""
    with pytest.raises(HttpError) as gone:
        calendar.events().delete(**target).execute()
    assert gone.value.status_code == 410
    assert [each.what for each in sandbox.google.notices] == ["patch"]


def test_it_follows_changes_of_a_calendar_by_sync_token(sandbox: Sandbox, calendar: Resource) -> None:
    token = calendar.events().list(calendarId="primary", maxResults=2500).execute()["nextSyncToken"]
    sandbox.google.events.remove(sandbox.google.events.named("Design critique")["id"])
    changes = calendar.events().list(calendarId="primary", syncToken=token).execute()
    assert [each["status"] for each in changes["items"]] == ["cancelled"]
    sandbox.google.forget_sync_tokens()
    with pytest.raises(HttpError) as dead:
        calendar.events().list(calendarId="primary", syncToken=token).execute()
    assert dead.value.status_code == 410


def test_it_pages_through_contacts_and_follows_their_changes(sandbox: Sandbox, people: Resource) -> None:
    asked: Json = {"resourceName": "people/me", "personFields": "names,metadata", "requestSyncToken": True}
    connections = people.people().connections()
    request, found, answer = connections.list(**asked, pageSize=4), 0, {}
    while request is not None:
        answer = request.execute()
        found += len(answer["connections"])
        request = connections.list_next(request, answer)
    assert found == answer["totalItems"] > 10
    sandbox.google.contacts.remove("Anna Keller")
    changes = connections.list(**asked, syncToken=answer["nextSyncToken"]).execute()
    assert [each["metadata"]["deleted"] for each in changes["connections"]] == [True]
