"""The sandbox's People API: connections by pages, then by sync token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.contract.conftest import Checker
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.data.addressbook import add_contacts

Json = dict[str, Any]
FIELDS = "names,emailAddresses,phoneNumbers,organizations,photos,metadata"


class People:
    """People v1 over HTTP."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        self._url = f"{sandbox.endpoints['google']['people_url']}/people/me/connections"
        self._session = session

    def ask(self, **parameters: Any) -> requests.Response:
        return self._session.get(self._url, params={"personFields": FIELDS, **parameters}, timeout=30)

    def all(self, **parameters: Any) -> tuple[list[Json], str]:
        """Return everybody and the next sync token."""
        found: list[Json] = []
        page: Json = {"nextPageToken": None}
        while "nextPageToken" in page:
            answer = self.ask(**parameters, pageToken=page["nextPageToken"])
            answer.raise_for_status()
            page = answer.json()
            found += page.get("connections", [])
        return found, page.get("nextSyncToken", "")


@pytest.fixture
def people(sandbox: Sandbox, session: requests.Session) -> People:
    return People(sandbox, session)


def names(found: list[Json]) -> list[str]:
    return [each["names"][0]["displayName"] for each in found if "names" in each]


def error(answer: requests.Response) -> tuple[int, str]:
    body = answer.json()["error"]
    assert body["code"] == answer.status_code
    return answer.status_code, body["status"]


def test_every_answer_fits_google_s_discovery_document(
    sandbox: Sandbox, people: People, against_discovery: Callable[[str], Checker]
) -> None:
    add_contacts(sandbox.google, count=300, seed=2)
    fits = against_discovery("people.v1")
    full = people.ask(pageSize=1000, requestSyncToken="true").json()
    assert len(full["connections"]) > 300
    assert fits("ListConnectionsResponse", full) == []
    sandbox.google.contacts.remove("Anna Keller")
    changes = people.ask(pageSize=1000, syncToken=full["nextSyncToken"]).json()
    assert len(changes["connections"]) == 1
    assert fits("ListConnectionsResponse", changes) == []


def test_pages_bring_everybody_once_and_only_the_last_has_a_sync_token(sandbox: Sandbox, people: People) -> None:
    add_contacts(sandbox.google, count=95, seed=2)
    first = people.ask(pageSize=7, requestSyncToken="true").json()
    assert "nextSyncToken" not in first
    found, token = people.all(pageSize=7, requestSyncToken="true")
    assert token
    identities = [each["resourceName"] for each in found]
    assert len(identities) == len(set(identities)) == first["totalItems"] == first["totalPeople"]
    assert "Anna Keller" in names(found)
    without, no_token = people.all(pageSize=50)
    assert (len(without), no_token) == (len(found), "")


def test_additions_changes_and_deletions_come_with_the_token_and_once(sandbox: Sandbox, people: People) -> None:
    book = sandbox.google.contacts
    _, token = people.all(requestSyncToken="true")
    added = book.add({"names": [{"displayName": "Nguyễn Văn Mới"}]})
    changed = book.change(book.named("Jonas Weber")["resourceName"], names=[{"displayName": "Jonas Weber-Lang"}])
    gone = book.named("Anna Keller")
    book.remove("Anna Keller")
    changes, following = people.all(syncToken=token)
    deleted = [each for each in changes if each["metadata"].get("deleted")]
    assert [each["resourceName"] for each in deleted] == [gone["resourceName"]]
    assert {each["resourceName"] for each in changes} == {
        added["resourceName"],
        changed["resourceName"],
        gone["resourceName"],
    }
    assert sorted(names(changes)) == ["Jonas Weber-Lang", "Nguyễn Văn Mới"]
    assert people.all(syncToken=following)[0] == []
    assert "Anna Keller" not in names(people.all()[0])


def test_a_dead_sync_token_is_refused_as_google_refuses_it(sandbox: Sandbox, people: People) -> None:
    _, token = people.all(requestSyncToken="true")
    sandbox.google.forget_sync_tokens()
    answer = people.ask(syncToken=token)
    assert error(answer) == (400, "FAILED_PRECONDITION")
    assert answer.json()["error"]["details"][0]["reason"] == "EXPIRED_SYNC_TOKEN"
    assert "Clear local cache" in answer.json()["error"]["message"]


def test_a_sync_token_lives_seven_days() -> None:
    days = [0.0]
    start = datetime(2026, 11, 24, 3, 48, tzinfo=UTC)
    with Sandbox.start(now=lambda: start + timedelta(days=days[0])) as sandbox:
        tokens = sandbox.google.tokens

        def ask(**parameters: str) -> requests.Response:
            url = f"{sandbox.endpoints['google']['people_url']}/people/me/connections"
            return requests.get(
                url,
                params={"personFields": "names", "pageSize": "1000", **parameters},
                headers={"Authorization": f"Bearer {tokens.grant('lan.nguyen@saomai.example', 'contacts.readonly')}"},
                timeout=30,
            )

        token = ask(requestSyncToken="true").json()["nextSyncToken"]
        days[0] = 6.9
        assert ask(syncToken=token).status_code == 200
        days[0] = 7.1
        assert ask(syncToken=token).status_code == 400


@pytest.mark.parametrize(
    "parameters",
    [
        {"personFields": ""},
        {"personFields": "names,phones"},
        {"pageToken": "made-up"},
        {"page_size": 5},
        {"pageSize": -1},
    ],
)
def test_a_request_out_of_order_is_refused(people: People, parameters: dict[str, Any]) -> None:
    assert error(people.ask(**parameters)) == (400, "INVALID_ARGUMENT")


def test_a_sync_token_goes_with_the_fields_it_was_given_for(people: People) -> None:
    _, token = people.all(requestSyncToken="true")
    assert error(people.ask(syncToken=token, personFields="names")) == (400, "INVALID_ARGUMENT")


def test_only_the_fields_asked_for_come(people: People) -> None:
    found, _ = people.all(personFields="names")
    assert found
    assert all(each.keys() <= {"resourceName", "etag", "names"} for each in found)


def test_numbers_come_in_every_form(sandbox: Sandbox, people: People) -> None:
    add_contacts(sandbox.google, count=400, seed=3)
    found, _ = people.all(pageSize=1000)
    phones = [phone for each in found for phone in each.get("phoneNumbers", ())]
    assert any("canonicalForm" in each for each in phones)
    assert any("canonicalForm" not in each for each in phones)
    assert any("phoneNumbers" not in each for each in found)
    scripts = {name[0] for name in names(found)}
    assert any(char in scripts for char in "佐鈴高田")
    assert any(char in scripts for char in "حمخ")
