"""What the sandbox's Graph says of changes in windows and folders, of a series' exceptions, and of counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.graph_recorder import GraphRecorder
from tests.contract.sandbox_graph.client import ADA, DAY, HOUR, NINE, Graph, planned, window
from zoomcal.sandbox.mailbox import Contact, Mailbox, Person

Json = dict[str, Any]
DAILY = ("RRULE:FREQ=DAILY;COUNT=4",)
WEEK = window(NINE - HOUR, NINE + 7 * DAY)


def a_round(graph: Graph, link: str, **options: Any) -> tuple[list[Json], str]:
    """Follow a round of changes; return them and the link to the next one."""
    found: list[Json] = []
    while True:
        page = graph.ask(link, **options)
        assert page.ok, page.text
        found += page.json()["value"]
        if "@odata.deltaLink" in page.json():
            return found, page.json()["@odata.deltaLink"]
        link = page.json()["@odata.nextLink"]


@pytest.mark.parametrize("size", [50, 2])
def test_a_window_tells_what_came_changed_and_went_since_a_link(graph: Graph, box: Mailbox, size: int) -> None:
    pages: Json = {"prefer": f"odata.maxpagesize={size}"}
    kept, gone = (box.calendar.add(planned(name)) for name in ("Kept", "Gone"))
    master = box.calendar.add(planned("Daily", rule=DAILY))
    box.calendar.add(planned("Outside", NINE + 30 * DAY))
    everything, link = a_round(graph, f"/me/calendarView/delta?{WEEK}", **pages)
    kinds = sorted(each["type"] for each in everything)
    assert kinds == ["occurrence"] * 4 + ["seriesMaster"] + ["singleInstance"] * 2
    by_id = {each["id"]: each for each in everything}
    occurrence = next(each for each in everything if each["type"] == "occurrence")
    assert "subject" not in occurrence
    assert by_id[occurrence["seriesMasterId"]]["subject"] == "Daily"
    assert a_round(graph, link, **pages)[0] == []
    box.calendar.change(kept.id, subject="Renamed")
    box.calendar.remove(gone.id)
    box.calendar.cancel_occurrence(master.id, NINE + DAY)
    box.calendar.add(planned("Late"))
    changes, _ = a_round(graph, link, **pages)
    again, later = a_round(graph, link, **pages)
    assert again == changes
    removed = [each["id"] for each in changes if "@removed" in each]
    assert sorted(by_id[each]["type"] for each in removed) == ["occurrence", "singleInstance"]
    assert {each["subject"] for each in changes if "subject" in each} == {"Renamed", "Daily", "Late"}
    assert a_round(graph, later, **pages)[0] == []


def test_a_window_of_another_calendar_has_links_of_its_own_and_a_forgotten_one_is_refused(
    graph: Graph, box: Mailbox
) -> None:
    team = box.add_calendar("Team")
    team.add(planned("Theirs"))
    identity = next(each["id"] for each in graph.values("/me/calendars") if each["name"] == "Team")
    found, link = a_round(graph, f"/me/calendars/{identity}/calendarView/delta?{WEEK}")
    assert [each["subject"] for each in found] == ["Theirs"]
    assert graph.ask(f"/me/calendarView/delta?{link.partition('?')[2]}").status_code == 410
    box.forget_cursors()
    refused = graph.ask(link)
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "syncStateNotFound")


@pytest.mark.parametrize(
    "query", ["", f"{WEEK}&$top=5", f"{WEEK}&$select=id", f"{WEEK}&$filter=isAllDay eq true", "$deltatoken=x"]
)
def test_a_window_s_changes_take_a_window_and_no_options(graph: Graph, query: str, messages: GraphRecorder) -> None:
    refused = graph.ask(f"/me/calendarView/delta?{query}")
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] in {"ErrorInvalidUrlQuery", "ErrorInvalidParameter"}
    assert len(messages.kept) == 1


def test_folders_of_contacts_tell_what_came_changed_and_went(graph: Graph, box: Mailbox) -> None:
    clients = box.add_folder("Clients")
    everything, link = a_round(graph, "/me/contactFolders/delta")
    assert "Clients" in {each["displayName"] for each in everything}
    assert a_round(graph, link)[0] == []
    box.add_folder("Friends")
    del box.folders[clients.id]
    changes, link = a_round(graph, link)
    gone = next(each["id"] for each in everything if each["displayName"] == "Clients")
    assert [each.get("displayName") for each in changes] == ["Friends", None]
    assert changes[1]["id"] == gone
    box.forget_cursors()
    assert graph.ask(link).status_code == 410
    assert graph.ask("/me/contactFolders/delta?$deltatoken=x").status_code == 400


def test_a_series_tells_its_exceptions_and_what_does_not_take_place_when_asked(graph: Graph, box: Mailbox) -> None:
    master = box.calendar.add(planned("Daily", rule=DAILY))
    box.calendar.move_occurrence(master.id, NINE + DAY, NINE + DAY + HOUR)
    box.calendar.cancel_occurrence(master.id, NINE + 2 * DAY)
    (listed,) = graph.values("/me/events")
    assert "cancelledOccurrences" not in listed
    told = graph.ask(f"/me/events/{listed['id']}?$select=subject,cancelledOccurrences,exceptionOccurrences").json()
    assert told["cancelledOccurrences"] == [f"OID.{listed['id']}.2026-11-25"]
    whole = graph.ask(f"/me/events/{listed['id']}?$expand=exceptionOccurrences").json()
    ((changed, start),) = ((each["type"], each["start"]["dateTime"]) for each in whole["exceptionOccurrences"])
    assert (changed, start[:16]) == ("exception", "2026-11-24T03:00")
    assert graph.ask(f"/me/events/{listed['id']}?$expand=horoscope").status_code == 400


def test_lists_are_counted(graph: Graph, box: Mailbox) -> None:
    for subject in ("a", "b"):
        box.calendar.add(planned(subject))
        box.contacts.add(Contact(display_name=subject))
    answer = graph.ask("/me/events/$count")
    assert (answer.text, answer.headers["content-type"].partition(";")[0]) == ("2", "text/plain")
    assert graph.ask("/me/calendar/events/$count?$filter=subject eq 'a'").text == "1"
    assert graph.ask("/me/contacts/$count").text == "2"
    assert graph.ask("/me/events/$count?$top=1").status_code == 400


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (f"emailAddresses/any(a:a/address eq '{ADA.upper()}')", ["Ada"]),
        (f"emailAddresses/any(a: a/address eq '{ADA}' or a/name eq 'Bo') and displayName ne 'Ada'", ["Bo"]),
        ("not emailAddresses/any(e:startswith(e/address,'ada'))", ["Bo", "Cy"]),
        ("categories/any(c:c eq 'red')", ["Cy"]),
    ],
)
def test_contacts_are_filtered_by_an_entry_of_a_list(graph: Graph, box: Mailbox, wanted: str, names: list[str]) -> None:
    for name, address in (("Ada", ADA), ("Bo", "bo@example.org")):
        box.contacts.add(Contact(display_name=name, emails=(Person(name=name, address=address),)))
    box.contacts.add(Contact(display_name="Cy", categories=("red",)))
    assert [each["displayName"] for each in graph.values(f"/me/contacts?$filter={wanted}")] == names


@pytest.mark.parametrize(
    "wanted",
    ["emailAddresses/any(a:a/colour eq 'x')", "emailAddresses/any(a/address eq 'x')", "surname/any(a:a eq 'x')",
     "emailAddresses/any(a:b/address eq 'x')", "emailAddresses/any(a:a/address eq 'x'", "emailAddresses/any(",
     "categories/any(c:c/name eq 'x')", "emailAddresses/all(a:a/address eq 'x')"],
)  # fmt: skip
def test_a_filter_of_entries_that_is_not_well_formed_is_refused(graph: Graph, wanted: str) -> None:
    assert graph.ask(f"/me/contacts?$filter={wanted}").status_code == 400
