"""Whatever chooses or arranges what FindItem gives is obeyed by the sandbox Exchange, or refused: never passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from tests.contract.ews_recorder import recording
from tests.contract.sandbox_exchange.client import a_user, at, plain_session, soap
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.mailbox import Attendee, Contact, Event, Person

NS = {
    "m": "http://schemas.microsoft.com/exchange/services/2006/messages",
    "t": "http://schemas.microsoft.com/exchange/services/2006/types",
}
BO = Person(name="Bo Quay", address="bo@quay.example")
SEEK = (
    '<m:SeekToConditionPageItemView BasePoint="{}" MaxEntriesReturned="2"><t:Condition><t:Contains'
    ' ContainmentMode="Prefixed" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="contacts:CompanyName"/>'
    '<t:Constant Value="q"/></t:Contains></t:Condition></m:SeekToConditionPageItemView>'
)
BY_NAME = (
    '<m:SortOrder><t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="contacts:DisplayName"/></t:FieldOrder>'
    "</m:SortOrder>"
)
GROUPS = (
    '<m:GroupBy Order="{}"><t:FieldURI FieldURI="contacts:CompanyName"/><t:AggregateOn Aggregate="Maximum">'
    '<t:FieldURI FieldURI="contacts:DisplayName"/></t:AggregateOn></m:GroupBy>'
)
TOPICS = (
    '<m:DistinguishedGroupBy Order="Ascending"><t:StandardGroupBy>ConversationTopic</t:StandardGroupBy>'
    "</m:DistinguishedGroupBy>"
)
WINDOW = '<m:CalendarView StartDate="2026-03-09T00:00:00Z" EndDate="2026-03-10T00:00:00Z"/>'


class Finder:
    """Asks one person's Exchange for what is in a folder."""

    def __init__(self, sandbox: Sandbox, user: User) -> None:
        self._sandbox, self._user = sandbox, user

    def answer(self, view: str = "", more: str = "", *, folder: str = "contacts", query: str = "") -> Any:
        """Return the response message."""
        said = f"<m:QueryString>{query}</m:QueryString>" if query else ""
        body = (
            '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>'
            '<t:FieldURI FieldURI="item:Subject"/></t:AdditionalProperties></m:ItemShape>'
            f'{view}{more}<m:ParentFolderIds><t:DistinguishedFolderId Id="{folder}"/></m:ParentFolderIds>{said}'
            "</m:FindItem>"
        )
        with plain_session(self._sandbox, self._user) as session:
            answer = session.post(self._sandbox.endpoints["exchange"]["url"], data=soap(body), timeout=30)
        root: Any = etree.fromstring(answer.content)
        found = root.find(".//m:FindItemResponseMessage", NS)
        assert found is not None, answer.text
        return found

    def subjects(self, view: str = "", more: str = "", *, folder: str = "contacts", query: str = "") -> list[str]:
        """Return the subjects found, in order."""
        found = self.answer(view, more, folder=folder, query=query)
        assert found.findtext("m:ResponseCode", None, NS) == "NoError"
        return [each.text or "" for each in found.iterfind(".//t:Subject", NS)]

    def refusal(self, view: str = "", more: str = "", *, folder: str = "contacts", query: str = "") -> str:
        """Return the response code of a request that finds nothing."""
        found = self.answer(view, more, folder=folder, query=query)
        assert found.find(".//t:Subject", NS) is None
        return str(found.findtext("m:ResponseCode", "", NS))


@pytest.fixture
def finder(sandbox: Sandbox) -> Iterator[Finder]:
    ana = a_user(sandbox)
    for name, company in (("Cy", "Rey"), ("bea", "Quay"), ("Abe", "Quay"), ("Dot", "")):
        ana.mailbox.contacts.add(Contact(display_name=name, company=company, emails=(BO,) if name == "Dot" else ()))
    for subject, place, guests in (("Plan of week", "Room 1", ()), ("Planet", "", (Attendee(person=BO),))):
        event = Event(subject=subject, start=at(9, 9), end=at(9, 10), location=place, attendees=guests, body="Words")
        ana.mailbox.calendar.add(event)
    with recording(sandbox):
        yield Finder(sandbox, ana)


def test_a_contacts_view_gives_the_names_between_two_and_no_more_than_asked(finder: Finder) -> None:
    view = '<m:ContactsView MaxEntriesReturned="{}" InitialName="{}" FinalName="{}"/>'
    assert finder.subjects(view.format(9, "Z", "ZZ")) == []
    assert finder.subjects(view.format(9, "B", "cy"), BY_NAME) == ["bea", "Cy"]
    assert finder.subjects(view.format(2, "", ""), BY_NAME) == ["Abe", "bea"]
    assert finder.subjects('<m:ContactsView InitialName="C"/>', BY_NAME) == ["Cy", "Dot"]
    assert finder.refusal('<m:ContactsView InitialName="C"/>', folder="calendar") == "ErrorInvalidOperation"


def test_seeking_a_condition_starts_the_page_where_it_holds(finder: Finder) -> None:
    assert finder.subjects(SEEK.format("End"), BY_NAME) == ["bea", "Cy"]
    assert finder.subjects(SEEK.format("Beginning"), BY_NAME) == ["Abe", "bea"]
    assert finder.subjects(SEEK.format("Beginning").replace('"q"', '"x"')) == []
    assert finder.refusal(SEEK.format("Beginning"), folder="calendar") == "ErrorCalendarSeekToConditionNotSupported"


def test_groups_stand_in_the_order_of_what_they_are_ranked_by(finder: Finder) -> None:
    def groups(order: str) -> list[tuple[str, list[str]]]:
        found = finder.answer("", GROUPS.format(order) + BY_NAME)
        return [
            (each.findtext("t:GroupIndex", "", NS), [one.text or "" for one in each.iterfind(".//t:Subject", NS)])
            for each in found.iterfind(".//t:Groups/t:GroupedItems", NS)
        ]

    assert groups("Ascending") == [("Quay", ["Abe", "bea"]), ("Rey", ["Cy"]), ("", ["Dot"])]
    assert groups("Descending") == [("", ["Dot"]), ("Rey", ["Cy"]), ("Quay", ["Abe", "bea"])]
    assert finder.refusal("", TOPICS) == "ErrorUnsupportedPathForSortGroup"


def test_a_query_string_finds_words_and_phrases_anywhere_or_in_a_property(finder: Finder) -> None:
    def found(query: str, folder: str = "calendar") -> list[str]:
        return finder.subjects(folder=folder, query=query)

    assert found("subject:zzzzz") == []
    assert found("plan") == ["Plan of week", "Planet"]
    assert found("plan room") == ["Plan of week"]
    assert found("quay") == ["Planet"]
    assert found("body:wor*") == ["Plan of week", "Planet"]
    assert found('subject:"plan of"') == ["Plan of week"]
    assert found("lanet") == []
    assert found("quay", "contacts") == ["bea", "Abe", "Dot"]
    assert found("company:quay", "contacts") == ["bea", "Abe"]


@pytest.mark.parametrize("query", ["size:&gt;1MB", "plan OR zoo", "NOT plan", "(plan)", "colour:red", '"half'])
def test_a_query_string_that_is_not_understood_is_refused(finder: Finder, query: str) -> None:
    assert finder.refusal(folder="calendar", query=query) == "ErrorUnsupportedQueryFilter"


@pytest.mark.parametrize("more", [BY_NAME, GROUPS.format("Ascending"), TOPICS])
def test_a_window_of_a_calendar_is_neither_sorted_nor_grouped_nor_searched(finder: Finder, more: str) -> None:
    assert finder.refusal(WINDOW, more, folder="calendar") == "ErrorInvalidRestriction"
    assert finder.refusal(WINDOW, folder="calendar", query="plan") == "ErrorInvalidRestriction"


def test_a_word_s_beginning_is_found_inside_a_text(finder: Finder) -> None:
    more = (
        '<m:Restriction><t:Contains ContainmentMode="PrefixOnWords" ContainmentComparison="IgnoreCase">'
        '<t:FieldURI FieldURI="item:Subject"/><t:Constant Value="we"/></t:Contains></m:Restriction>'
    )
    assert finder.subjects("", more, folder="calendar") == ["Plan of week"]
