"""What holds for every request to the sandbox's Graph."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
import requests

from tests.contract import graph_recorder
from tests.contract.graph_recorder import GraphRecorder
from tests.contract.sandbox_graph.client import HOUR, NINE, Graph, planned, window
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.mailbox import Mailbox


def test_the_contract_is_at_hand() -> None:
    if not graph_recorder.at_hand():
        pytest.skip("GRAPH IS NOT HELD AGAINST ITS CONTRACT: graph-calendar.openapi.json is absent, set ZOOMCAL_SHARED")
    checked = graph_recorder.check("GET", "/me/calendars", "200", '{"value": [{"id": 1, "colour": "red"}]}')
    assert len(checked) == 2
    assert graph_recorder.unknown_options("GET", "/me/contacts/delta", "$select=id&$colour=red") == [
        "no option $colour"
    ]
    assert graph_recorder.check("GET", "/me/horoscope", "200", "{}") == ("the contract has no GET /me/horoscope",)


def test_without_a_living_token_nothing_is_told(graph: Graph, sandbox: Sandbox, session: requests.Session) -> None:
    assert session.get(f"{graph.root}/me", timeout=30).json()["error"]["message"] == "Access token is empty."
    for token in ("opaque", "a.b.c"):
        refused = session.get(f"{graph.root}/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert refused.json()["error"]["code"] == "InvalidAuthenticationToken"
        challenge = refused.headers["WWW-Authenticate"]
        assert 'client_id="00000003-0000-0000-c000-000000000000"' in challenge
        assert "claims" not in challenge
    sandbox.microsoft.tokens.expire_access()
    assert graph.ask("/me").status_code == 401


def test_a_token_opens_only_what_was_consented_to(sandbox: Sandbox, session: requests.Session, box: Mailbox) -> None:
    reader = Graph(sandbox, session, ("User.Read", "Calendars.Read"))
    assert reader.ask(f"/me/calendarView?{window(NINE, NINE + HOUR)}").ok
    for path, method in (("/me/contacts", "GET"), ("/me/events", "POST")):
        refused = reader.ask(path, method=method)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "ErrorAccessDenied")
    assert len(box.calendar.events) == 0


@pytest.mark.parametrize(
    ("status", "code", "hint_s"),
    [
        (429, "ApplicationThrottled", 7),
        (503, "serviceNotAvailable", None),
        (403, "ExtensionError", None),
        (404, "MailboxNotEnabledForRESTAPI", None),
    ],
)
def test_a_fault_is_worded_as_graph_does(
    graph: Graph, sandbox: Sandbox, status: int, code: str, hint_s: int | None
) -> None:
    sandbox.microsoft.faults.add("status", path="/me", status=status, reason=code, retry_after_s=hint_s)
    refused = graph.ask("/me")
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert refused.headers.get("Retry-After") == (str(hint_s) if hint_s else None)
    assert {"date", "request-id", "client-request-id"} == refused.json()["error"]["innerError"].keys()
    assert graph.ask("/me").ok


def test_more_than_four_at_once_are_too_many_for_one_mailbox(graph: Graph, sandbox: Sandbox) -> None:
    sandbox.microsoft.faults.add("slow", path="/me", times=4)
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(graph.ask, "/me") for _ in range(5)]
        refused = next(as_completed(asked, 20)).result()
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "ApplicationThrottled")
        assert int(refused.headers["Retry-After"]) > 0
        sandbox.microsoft.faults.clear()
        assert sorted(each.result(20).status_code for each in asked) == [200, 200, 200, 200, 429]
    assert graph.ask("/me/calendars").ok
    assert (sandbox.microsoft.at_once.refused, len(sandbox.microsoft.asked)) == (1, 6)


def test_a_request_can_be_found_again_by_its_id(graph: Graph) -> None:
    for path in ("/me", "/me/events/nonsense"):
        answer = graph.ask(path, headers={"client-request-id": "me-1"})
        assert answer.headers["client-request-id"] == "me-1"
        assert answer.headers["request-id"]


def test_long_answers_are_packed(graph: Graph, box: Mailbox) -> None:
    for number in range(20):
        box.calendar.add(planned(str(number)))
    answer = graph.ask(f"/me/calendarView?{window(NINE, NINE + HOUR)}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.json()["value"]) == 10


def test_what_does_not_exist_is_refused_in_graphs_words(graph: Graph, session: requests.Session) -> None:
    assert graph.ask("/me/horoscope").json()["error"]["code"] == "BadRequest"
    assert graph.ask("/me/calendars", method="DELETE").status_code == 405
    assert graph.ask("/me/events", method="POST", body=["no object"]).json()["error"]["code"] == "RequestBodyRead"
    assert session.get(f"{graph.root.removesuffix('/v1.0')}/nowhere", timeout=30).status_code == 404


def test_an_unknown_zone_is_refused(graph: Graph, messages: GraphRecorder) -> None:
    refused = graph.ask(f"/me/calendarView?{window(NINE, NINE + HOUR)}", prefer='outlook.timezone="Mars"')
    assert refused.json()["error"]["code"] == "TimeZoneNotSupportedException"
    assert len(messages.kept) == 1
