"""The sandbox misbehaves on request, and only then."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from zoomcal.sandbox import Sandbox

Control = Callable[..., requests.Response]


@pytest.fixture
def url(sandbox: Sandbox) -> str:
    base: str = sandbox.endpoints["google"]["calendar_url"]
    return f"{base}/calendars/primary/events"


@pytest.fixture
def control(sandbox: Sandbox) -> Control:
    def turn(do: str, **options: Any) -> requests.Response:
        return requests.post(sandbox.endpoints["control_url"], json={"do": do, **options}, timeout=30)

    return turn


@pytest.mark.parametrize(
    ("status", "given", "reason"),
    [
        (401, "", "authError"),
        (403, "rateLimitExceeded", "rateLimitExceeded"),
        (403, "userRateLimitExceeded", "userRateLimitExceeded"),
        (403, "quotaExceeded", "quotaExceeded"),
        (403, "insufficientPermissions", "insufficientPermissions"),
        (403, "accessNotConfigured", "accessNotConfigured"),
        (403, "forbidden", "forbidden"),
        (404, "", "notFound"),
        (410, "", "deleted"),
        (410, "fullSyncRequired", "fullSyncRequired"),
        (412, "", "conditionNotMet"),
        (429, "", "rateLimitExceeded"),
        (500, "", "backendError"),
        (503, "", "backendError"),
    ],
)
def test_an_error_comes_in_the_service_s_own_shape_and_then_all_is_well(
    sandbox: Sandbox, session: requests.Session, url: str, status: int, given: str, reason: str
) -> None:
    sandbox.google.faults.add("status", status=status, reason=given, path="/events", method="GET")
    answer = session.get(url, timeout=30)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["errors"][0]["reason"]) == (status, status, reason)
    assert "retry-after" not in answer.headers
    assert session.get(url, timeout=30).status_code == 200


def test_each_service_words_its_errors_its_own_way(sandbox: Sandbox, session: requests.Session) -> None:
    google = sandbox.endpoints["google"]
    sandbox.google.faults.add("status", status=429, retry_after_s=7, times=None)
    people = session.get(f"{google['people_url']}/people/me/connections", timeout=30)
    assert people.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert people.headers["retry-after"] == "7"
    sandbox.google.faults.clear()
    sandbox.google.faults.add("status", status=400, path="token")
    token = requests.post(google["token_url"], verify=sandbox.endpoints["ca_file"], timeout=30)
    assert token.json() == {
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
    }


def test_a_fault_waits_for_its_turn_and_hits_only_what_it_names(
    sandbox: Sandbox, session: requests.Session, url: str
) -> None:
    sandbox.google.faults.add("status", status=500, path="/events", after=2, times=2)
    calendars = f"{sandbox.endpoints['google']['calendar_url']}/users/me/calendarList"
    assert session.get(calendars, timeout=30).status_code == 200
    assert [session.get(url, timeout=30).status_code for _ in range(5)] == [200, 200, 500, 500, 200]
    assert [each.path.rpartition("/")[2] for each in list(sandbox.google.asked)[-6:]] == [
        "calendarList",
        *["events"] * 5,
    ]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_connection_cut_in_the_middle_of_the_body_leaves_half_an_answer(
    sandbox: Sandbox, session: requests.Session, url: str, encoding: str
) -> None:
    session.headers["Accept-Encoding"] = encoding
    sandbox.google.faults.add("cut", path="/events")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        session.get(url, timeout=30)
    sandbox.google.faults.add("cut", path="/events")
    with session.get(url, timeout=30, stream=True) as answer:
        assert answer.status_code == 200
    assert session.get(url, timeout=30).status_code == 200


def test_a_truncated_answer_is_whole_http_and_half_json(sandbox: Sandbox, session: requests.Session, url: str) -> None:
    sandbox.google.faults.add("truncate", path="/events")
    answer = session.get(url, timeout=30)
    assert answer.status_code == 200
    assert answer.text.startswith("{")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_a_write_whose_answer_is_cut_has_taken_effect_and_a_reset_one_has_not(
    sandbox: Sandbox, session: requests.Session, url: str
) -> None:
    event = sandbox.google.events.named("Design critique")
    target = f"{url}/{event['id']}"
    sandbox.google.faults.add("reset", method="DELETE")
    with pytest.raises(requests.exceptions.ConnectionError):
        session.delete(target, timeout=30)
    assert session.get(target, timeout=30).json()["status"] == "confirmed"
    sandbox.google.faults.add("cut", method="DELETE")
    with pytest.raises(requests.exceptions.ConnectionError):
        session.delete(target, timeout=30)
    assert session.get(target, timeout=30).json()["status"] == "cancelled"


def test_a_slow_answer_is_held_back_until_it_is_released(sandbox: Sandbox, session: requests.Session, url: str) -> None:
    faults = sandbox.google.faults
    faults.add("slow", path="/events", delay_s=100)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(session.get, url, timeout=30)
        assert faults.holding.wait(20)
        assert not answer.done()
        assert requests.get(sandbox.endpoints["control_url"], timeout=30).json()["waiting"] == 1
        faults.release()
        assert answer.result(timeout=20).status_code == 200
    faults.add("slow", path="/events", delay_s=0.01)
    assert session.get(url, timeout=30).status_code == 200


def test_a_cut_network_breaks_old_and_new_connections_until_it_is_back(
    sandbox: Sandbox, session: requests.Session, url: str, control: Control
) -> None:
    assert session.get(url, timeout=30).status_code == 200
    control("fault", kind="slow", path="/events", delay_s=100)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(session.get, url, timeout=30)
        assert sandbox.google.faults.holding.wait(20)
        control("cut-network")
        with pytest.raises(requests.exceptions.ConnectionError):
            under_way.result(timeout=20)
    for address in (url, sandbox.endpoints["google"]["token_url"]):
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(address, verify=sandbox.endpoints["ca_file"], timeout=30)
    assert requests.get(sandbox.endpoints["opened_url"], timeout=30).status_code == 200
    control("restore-network")
    assert session.get(url, timeout=30).status_code == 200


def test_the_network_goes_in_the_middle_of_a_run_of_requests(
    sandbox: Sandbox, session: requests.Session, url: str
) -> None:
    sandbox.google.faults.add("unplug", path="/events", after=2)
    assert [session.get(url, params={"maxResults": 3}, timeout=30).status_code for _ in range(2)] == [200, 200]
    for _ in range(3):
        with pytest.raises(requests.exceptions.ConnectionError):
            session.get(url, timeout=30)
    sandbox.google.faults.restore_network()
    assert session.get(url, timeout=30).status_code == 200


def test_faults_are_switched_from_another_process(
    sandbox: Sandbox, session: requests.Session, url: str, control: Control
) -> None:
    assert control("fault", kind="status", status=503, path="/events", times=None, retry_after_s=3).status_code == 204
    assert session.get(url, timeout=30).headers["retry-after"] == "3"
    report = requests.get(sandbox.endpoints["control_url"], timeout=30).json()
    assert report["faults"][0]["status"] == 503
    assert report["asked"][-1] == "GET /google/calendar/v3/calendars/primary/events"
    control("clear")
    assert session.get(url, timeout=30).status_code == 200
    control("empty-first-page", on=True)
    assert session.get(url, timeout=30).json()["items"] == []
    control("empty-first-page", on=False)
    token = session.get(url, params={"maxResults": 2500}, timeout=30).json()["nextSyncToken"]
    assert control("forget-sync-tokens").status_code == 204
    assert session.get(url, params={"syncToken": token}, timeout=30).status_code == 410
    assert control("allow-only", scopes=[]).status_code == 204
    control("expire-access")
    assert session.get(url, timeout=30).status_code == 401
    control("end-grants")
    assert session.get(url, timeout=30).status_code == 401
    for wrong in ({"do": "dance"}, {"do": "fault", "kind": "dance"}, {"do": "fault", "kind": "cut", "colour": 1}, {}):
        assert requests.post(sandbox.endpoints["control_url"], json=wrong, timeout=30).status_code == 400
    assert requests.post(sandbox.endpoints["control_url"], data='{"do": "clear"}', timeout=30).status_code == 415


def test_the_opened_page_shows_addresses_as_text_and_remembers_them(sandbox: Sandbox) -> None:
    address = 'zoommtg://zoom.us/join?confno=1&pwd="><script>alert(1)</script>'
    page = requests.get(sandbox.endpoints["opened_url"], params={"url": address}, timeout=30)
    assert "<script>" not in page.text
    assert "confno=1&amp;pwd=&quot;&gt;&lt;script&gt;" in page.text
    assert sandbox.opened == [address]
