"""Microsoft's documented requests, put to the sandbox's Graph: all that their answers show stands in ours, alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.graph_recorder import GraphRecorder
from tests.contract.sandbox_graph.client import HANOI, HOUR, NINE, ZOE, Graph, planned, window
from tests.contracts import shared
from zoomcal.sandbox.mailbox import Attendee, Contact, Mailbox, OnlineMeeting
from zoomcal.sandbox.microsoft.ids import shown

Json = dict[str, Any]
_SAMPLES = shared() / "contracts" / "graph" / "documented-samples.json"
NOT_SERVED = (
    r"(GET|PATCH) /me/mailboxSettings.*", r"PATCH /me", r"GET /me/people", r"\w+ /me/calendarGroups.*",
    r"POST /me/calendar/calendarPermissions", r"POST /me/calendar/getSchedule", r"POST /me/findMeetingTimes",
    r"POST /me/calendars", r"(PATCH|DELETE) /me/calendar", r"GET /me/calendarView/delta.*",
    r"GET /me/contactFolders/delta", r"(POST|PATCH|DELETE) /me/contact.*", r"POST /me/events/\*/(forward|\w+Reminder)",
    r"\w+ /me/events/\*/attachments.*", r".*\$expand=.*",
)  # fmt: skip
"""What ZoomCal never asks, and the sandbox does not answer."""
_PLACEHOLDER = re.compile(r"(datetime|\w+)-value|\{.*\}|")
_LEFT_OUT = {"@odata.id", "@odata.nextLink", "@odata.type", "address", "coordinates", "conferenceId", "tollNumber"}
"""What the service tells where it knows something, and here there is nothing."""
_EVENT: Json = {
    "subject": "Plan",
    "start": {"dateTime": "2026-11-23T09:00:00", "timeZone": HANOI},
    "end": {"dateTime": "2026-11-23T10:00:00", "timeZone": HANOI},
    "location": {"displayName": "Room 1"},
    "attendees": [{"emailAddress": {"name": "Zoe", "address": "zoe@example.org"}, "type": "required"}],
}


def _samples() -> Iterator[Any]:
    samples = json.loads(_SAMPLES.read_bytes()) if _SAMPLES.exists() else ()
    for sample in samples:
        named = f"{sample['request']['method']} {sample['request']['url']}"
        if not any(re.fullmatch(pattern, named) for pattern in NOT_SERVED):
            yield pytest.param(sample, id=named.replace("/", "|"))


def test_the_samples_are_at_hand() -> None:
    if not _SAMPLES.exists():
        pytest.skip(f"NOT HELD AGAINST MICROSOFT'S SAMPLES: {_SAMPLES.name} is absent, set ZOOMCAL_SHARED")
    assert len(list(_samples())) >= 25


@pytest.mark.parametrize("sample", list(_samples()))
def test_a_documented_request_gets_an_answer_of_the_documented_form(
    graph: Graph, box: Mailbox, sample: Json, messages: GraphRecorder
) -> None:
    method, url = sample["request"]["method"], _filled_in(sample["request"]["url"], box)
    body = _EVENT if method in {"POST", "PATCH"} and url.endswith("/events") else {} if method == "POST" else None
    answer = graph.ask(url, method=method, body={"subject": "New"} if method == "PATCH" else body)
    documented = sample["response"]
    made = method == "POST" and url.endswith("/events")
    assert answer.status_code == (201 if made else documented["statusCode"])
    if documented.get("body"):
        chosen = re.findall(r"\w+", url.partition("$select=")[2])
        wanted = [each for each in _missing(answer.json(), documented["body"]) if _was_chosen(each, chosen)]
        assert wanted == []
    messages.kept.clear()  # the samples write options in another case than the contract


def _was_chosen(complaint: str, names: list[str]) -> bool:
    """Return whether a property was selected: some samples show more than that."""
    name = complaint.removeprefix("/value").lstrip("/").partition(" ")[0].partition("/")[0]
    return not names or name in names or "@" in name


def _filled_in(url: str, box: Mailbox) -> str:
    """Put something of the mailbox where the sample has an asterisk."""
    meeting = planned(
        "Plan",
        rule=("RRULE:FREQ=DAILY;COUNT=3",) if "/instances" in url else (),
        organizer=ZOE if url.endswith(("ccept", "decline")) else None,
        attendees=(Attendee(person=ZOE),),
        location="Room 1",
        online=OnlineMeeting(join_url="https://teams.microsoft.com/l/1"),
    )
    event = box.calendar.add(meeting)
    contact = box.contacts.add(Contact(display_name="Zoe", emails=(ZOE,), business_phones=("1",)))
    below = box.add_folder("Clients")
    box.add_folder("Old clients", below)
    below.add(Contact(display_name="Bo"))
    for kind, identity in (
        ("events", event.id), ("contacts", contact.id), ("contactFolders", below.id), ("calendars", box.calendar.id),
    ):  # fmt: skip
        url = url.replace(f"/{kind}/*", f"/{kind}/{shown(identity)}")
    url = url.replace("startdatetime=*&enddatetime=*", window(NINE, NINE + 3 * 24 * HOUR))
    return url.replace("startswith(subject,*)", "startswith(subject,'Pl')")


def _missing(told: Any, documented: Any, where: str = "") -> Iterator[str]:
    """Yield what the documented answer has and the answer lacks or has in another form."""
    if isinstance(documented, dict):
        if not isinstance(told, dict):
            yield f"{where}: {told!r} is no object"
            return
        for name in documented.keys() - _LEFT_OUT:
            if name in told:
                yield from _missing(told[name], documented[name], f"{where}/{name}")
            elif documented[name] is not None:
                yield f"{where}/{name} is missing"
    elif isinstance(documented, list):
        if not isinstance(told, list):
            yield f"{where}: {told!r} is no list"
        elif told and documented:
            yield from _missing(told[0], documented[0], where)
    elif not (documented is None or told is None or _alike(told, documented)):
        yield f"{where}: {told!r} is not like {documented!r}"


def _alike(told: Any, documented: Any) -> bool:
    if isinstance(documented, str) and _PLACEHOLDER.fullmatch(documented):
        return True
    return isinstance(told, type(documented))
