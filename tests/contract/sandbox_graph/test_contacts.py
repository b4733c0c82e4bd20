"""Contacts and the signed-in person at the sandbox's Graph; everything said is held against Microsoft's contract."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.contract.sandbox_graph.client import ADA, ZOE, Graph
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.mailbox import Contact, Mailbox, Person
from zoomcal.sandbox.microsoft.state import Forgetting

Json = dict[str, Any]
SELECT = "$select=displayName,businessPhones"


def _round(graph: Graph, link: str, **options: Any) -> tuple[list[Json], str]:
    """Follow a round of changes; return them and the link to the next one."""
    found: list[Json] = []
    while True:
        page = graph.ask(link, **options)
        assert page.ok, page.text
        found += page.json()["value"]
        if "@odata.deltaLink" in page.json():
            return found, page.json()["@odata.deltaLink"]
        link = page.json()["@odata.nextLink"]


def test_the_signed_in_person_is_told(graph: Graph) -> None:
    me = graph.ask("/me?$select=id,displayName,mail,userPrincipalName").json()
    assert (me["mail"], me["userPrincipalName"], me["displayName"]) == (ADA, ADA, "Ada Lovelace")
    assert graph.ask("/me").json()["id"] == me["id"]


def test_a_contact_tells_all_that_is_known_of_it(graph: Graph, box: Mailbox) -> None:
    box.contacts.add(
        Contact(
            display_name="Zoe Zimt",
            given_name="Zoe",
            surname="Zimt",
            company="Zimt AG",
            job_title="Buyer",
            emails=(ZOE,),
            business_phones=("+49 30 1", "+49 30 2"),
            home_phones=("+49 30 3",),
            mobile_phone="+49 171 4",
            birthday=date(1990, 2, 28),
            photo=b"\xff\xd8\xff\xe0 picture",
        )
    )
    (told,) = graph.values("/me/contacts")
    assert told["emailAddresses"] == [{"name": "Zoe", "address": ZOE.address}]
    assert (told["businessPhones"], told["homePhones"]) == (["+49 30 1", "+49 30 2"], ["+49 30 3"])
    assert (told["mobilePhone"], told["companyName"], told["jobTitle"]) == ("+49 171 4", "Zimt AG", "Buyer")
    assert told["birthday"].startswith("1990-02-28T")
    assert graph.ask(f"/me/contacts/{told['id']}?$select=surname").json()["surname"] == "Zimt"
    picture = graph.ask(f"/me/contacts/{told['id']}/photo/$value")
    assert (picture.content[:3], picture.headers["content-type"]) == (b"\xff\xd8\xff", "image/jpeg")
    bare = box.contacts.add(Contact(display_name="Bo"))
    other = next(each["id"] for each in graph.values("/me/contacts") if each["displayName"] == bare.display_name)
    assert graph.ask(f"/me/contacts/{other}/photo/$value").status_code == 404


def test_folders_are_listed_by_where_they_are_and_the_default_one_where_that_is_switched_on(
    graph: Graph, box: Mailbox, sandbox: Sandbox
) -> None:
    below = box.add_folder("Clients")
    box.add_folder("Old clients", below)
    below.add(Contact(display_name="Zoe"))
    (folder,) = graph.values("/me/contactFolders")
    assert folder["displayName"] == "Clients"
    (inner,) = graph.values(f"/me/contactFolders/{folder['id']}/childFolders")
    assert (inner["displayName"], inner["parentFolderId"]) == ("Old clients", folder["id"])
    assert graph.ask(f"/me/contactFolders/{inner['id']}").json()["displayName"] == "Old clients"
    (contact,) = graph.values(f"/me/contactFolders/{folder['id']}/contacts")
    assert contact["parentFolderId"] == folder["id"]
    assert graph.values("/me/contacts") == []
    sandbox.microsoft.graph.lists_default_folder = True
    (top,) = graph.values("/me/contactFolders")
    assert (top["displayName"], top["id"]) == ("Contacts", folder["parentFolderId"])
    assert graph.values(f"/me/contactFolders/{top['id']}/childFolders") == [folder]


def test_a_delta_link_tells_what_changed_with_the_options_of_the_first_request(graph: Graph, box: Mailbox) -> None:
    kept, gone = (box.contacts.add(Contact(display_name=name)) for name in ("Bo", "Cy"))
    everything, link = _round(graph, f"/me/contacts/delta?{SELECT}")
    assert [each["displayName"] for each in everything] == ["Bo", "Cy"]
    assert everything[0].keys() == {"@odata.etag", "id", "displayName", "businessPhones"}
    assert _round(graph, link)[0] == []
    box.contacts.change(kept.id, business_phones=("+1 555 0100",))
    box.contacts.remove(gone.id)
    fleeting = box.contacts.add(Contact(display_name="Di"))
    box.contacts.remove(fleeting.id)
    changes, link = _round(graph, link)
    assert (changes[0]["id"], changes[0]["businessPhones"]) == (everything[0]["id"], ["+1 555 0100"])
    removed = {each["id"] for each in changes[1:]}
    assert everything[1]["id"] in removed
    assert all(each["@removed"] == {"reason": "deleted"} for each in changes[1:])
    assert _round(graph, link)[0] == []


def test_distribution_lists_are_not_shown(graph: Graph, box: Mailbox) -> None:
    box.contacts.add(Contact(display_name="Bo"))
    box.contacts.add(Contact(display_name="All", members=(Person(name="Bo", address="bo@example.org"),)))
    assert [each["displayName"] for each in graph.values("/me/contacts")] == ["Bo"]
    assert [each["displayName"] for each in _round(graph, "/me/contacts/delta")[0]] == ["Bo"]


def test_a_round_shows_the_folder_as_it_was_at_its_first_page(graph: Graph, box: Mailbox) -> None:
    for number in range(25):
        box.contacts.add(Contact(display_name=f"{number:02}"))
    pages: Json = {"prefer": "odata.maxpagesize=10"}
    first = graph.ask("/me/contacts/delta", **pages).json()
    assert len(first["value"]) == 10
    box.contacts.add(Contact(display_name="late"))
    box.contacts.remove(box.contacts.named("24").id)
    rest, link = _round(graph, first["@odata.nextLink"], **pages)
    names = [each["displayName"] for each in (*first["value"], *rest)]
    assert names == [f"{number:02}" for number in range(25)]
    changes, _ = _round(graph, link, **pages)
    assert [each.get("displayName", "gone") for each in changes] == ["late", "gone"]


def test_every_folder_has_a_delta_of_its_own(graph: Graph, box: Mailbox) -> None:
    box.add_folder("Clients").add(Contact(display_name="Zoe"))
    identity = graph.values("/me/contactFolders")[0]["id"]
    found, link = _round(graph, f"/me/contactFolders/{identity}/contacts/delta")
    assert [each["displayName"] for each in found] == ["Zoe"]
    box.contacts.add(Contact(display_name="Elsewhere"))
    assert _round(graph, link)[0] == []
    token = link.partition("?")[2]
    assert graph.ask(f"/me/contacts/delta?{token}").status_code == 410


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [("gone", 410, "syncStateNotFound"), ("moved", 410, "resyncRequired"), ("refused", 400, "SyncStateInvalid")],
)
def test_a_forgotten_link_is_answered_in_the_forms_that_are_known(
    graph: Graph, box: Mailbox, sandbox: Sandbox, form: Forgetting, status: int, code: str
) -> None:
    sandbox.microsoft.graph.forgetting = form
    _, link = _round(graph, f"/me/contacts/delta?{SELECT}")
    box.forget_cursors()
    refused = graph.ask(link)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    start = refused.headers.get("location", "/me/contacts/delta")
    assert (start != "/me/contacts/delta") is (form == "moved")
    assert _round(graph, start)[0] == []


@pytest.mark.parametrize("option", ["$orderby=displayName", "$top=5", "$filter=displayName eq 'a'", "$deltatoken=x"])
def test_tracking_changes_takes_few_options(graph: Graph, option: str) -> None:
    refused = graph.ask(f"/me/contacts/delta?{option}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "ErrorInvalidUrlQuery")
