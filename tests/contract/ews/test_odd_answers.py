"""What a server may say in any element of an answer costs at most the one item that it says it of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.contract.ews.secure import ScriptedExchange, Told, scripted_exchange
from zoomcal.domain.meetings import AccountId, Timed
from zoomcal.endpoints import Endpoints
from zoomcal.errors import ProviderError, Throttled, Transient
from zoomcal.providers.base import Calendar
from zoomcal.providers.ews.client import EwsSession
from zoomcal.providers.ews.grant import Secret
from zoomcal.providers.http import Retry

WINDOW = Timed(datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 14, tzinfo=UTC))
NAMESPACES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
)
HEADER = (
    '<s:Header><t:ServerVersionInfo MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6"/>'
    "</s:Header>"
)
TIMES = "<t:Start>2026-03-12T0{0}:00:00Z</t:Start><t:End>2026-03-12T0{0}:30:00Z</t:End>"
ITEMS = {
    "good": TIMES.format(8),
    "odd": TIMES.format(9) + "<t:IsAllDayEvent>false</t:IsAllDayEvent><t:IsMeeting>true</t:IsMeeting>"
    "<t:Organizer><t:Mailbox><t:Name>Bo</t:Name><t:EmailAddress>bo@example.org</t:EmailAddress></t:Mailbox></t:Organizer>"
    '<t:StartTimeZone Id="W. Europe Standard Time" Name="(UTC+01:00) Berlin"/>',
    "series": TIMES.format(7) + "<t:CalendarItemType>RecurringMaster</t:CalendarItemType><t:Recurrence>"
    "<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Thursday</t:DaysOfWeek></t:WeeklyRecurrence>"
    "<t:NumberedRecurrence><t:StartDate>2026-03-12</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences>"
    "</t:NumberedRecurrence></t:Recurrence><t:ModifiedOccurrences><t:Occurrence><t:ItemId Id='changed'/>"
    "<t:Start>2026-03-13T04:00:00Z</t:Start><t:End>2026-03-13T05:00:00Z</t:End>"
    "<t:OriginalStart>2026-03-12T07:00:00Z</t:OriginalStart></t:Occurrence></t:ModifiedOccurrences>"
    "<t:DeletedOccurrences><t:DeletedOccurrence><t:Start>2026-03-19T07:00:00Z</t:Start></t:DeletedOccurrence>"
    "</t:DeletedOccurrences>",
    "changed": TIMES.format(4),
}
CARD = (
    "<t:Contact><t:ItemId Id='{}'/><t:DisplayName>An</t:DisplayName><t:EmailAddresses><t:Entry Key='EmailAddress1'>"
    "an@example.org</t:Entry></t:EmailAddresses><t:PhoneNumbers><t:Entry Key='HomePhone'>1</t:Entry></t:PhoneNumbers>"
    "</t:Contact>"
)
FOLDER = (
    '<t:{0}><t:FolderId Id="{1}" ChangeKey="a"/><t:ParentFolderId Id="root"/><t:FolderClass>{2}</t:FolderClass>'
    "<t:DisplayName>{1}</t:DisplayName><t:TotalCount>2</t:TotalCount></t:{0}>"
)
CALENDAR = FOLDER.format("CalendarFolder", "calendar", "IPF.Appointment")
CONTACTS = FOLDER.format("ContactsFolder", "contacts", "IPF.Contact")
DELETED = FOLDER.format("Folder", "deleteditems", "IPF.Note")
FURTHER = FOLDER.format("CalendarFolder", "further", "IPF.Appointment") + FOLDER.format("Folder", "x", "IPF.Note")
CHANGES = (
    "<m:SyncState>state</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange><m:Changes>"
    + "".join(f"<t:Create>{CARD.format(uid)}</t:Create>" for uid in ("card", "other"))
    + "<t:Delete><t:ItemId Id='gone'/></t:Delete></m:Changes>"
)


def item(uid: str, inside: str) -> str:
    """Return a calendar item."""
    return f"<t:CalendarItem><t:ItemId Id='{uid}' ChangeKey='1'/><t:Subject>{uid}</t:Subject>{inside}</t:CalendarItem>"


def page(inside: str, container: str, attributes: str = 'IncludesLastItemInRange="true"') -> str:
    """Return a page of what a folder holds."""
    return f"<m:RootFolder {attributes}><t:{container}>{inside}</t:{container}></m:RootFolder>"


def message(operation: str, *inside: str, code: str = "NoError") -> str:
    """Return an answer to `operation`."""
    kind = "Success" if code == "NoError" else "Error"
    told = "".join(
        f'<m:{operation}ResponseMessage ResponseClass="{kind}"><m:ResponseCode>{code}</m:ResponseCode>{one}'
        f"</m:{operation}ResponseMessage>"
        for one in inside
    )
    body = f"<m:{operation}Response><m:ResponseMessages>{told}</m:ResponseMessages></m:{operation}Response>"
    return f"<s:Envelope {NAMESPACES}>{HEADER}<s:Body>{body}</s:Body></s:Envelope>"


def operation_of(body: bytes) -> str:
    """Return which operation a request asks for."""
    found = re.search(rb"Body>\s*<m:(\w+)", body)
    assert found
    return found[1].decode()


def usual(body: bytes) -> str:
    """Return what a sane server answers."""
    wanted = [uid.decode() for uid in re.findall(rb'<t:ItemId Id="([^"]+)"', body)]
    operation = operation_of(body)
    match operation:
        case "GetFolder":
            known = {"calendar": CALENDAR, "contacts": CONTACTS, "deleteditems": DELETED}
            found = [f"<m:Folders>{folder}</m:Folders>" for name, folder in known.items() if name.encode() in body]
        case "FindFolder":
            found = [page(CALENDAR + FURTHER, "Folders")]
        case "FindItem":
            found = [page("".join(item(uid, ITEMS[uid]) for uid in ("good", "odd", "series")), "Items")]
        case "SyncFolderItems":
            found = [CHANGES]
        case _:
            cards = {uid: CARD.format(uid) for uid in ("card", "other")}
            items = {uid: item(uid, inside) for uid, inside in ITEMS.items()} | cards
            found = [f"<m:Items>{items.get(uid, '')}</m:Items>" for uid in wanted]
    return message(operation, *found)


def told(answer: str | bytes) -> Told:
    """Return an answer as HTTP."""
    return 200, {"Content-Type": "text/xml"}, answer.encode() if isinstance(answer, str) else answer


@pytest.fixture(scope="module")
def exchange() -> Iterator[ScriptedExchange]:
    with TemporaryDirectory() as folder, scripted_exchange(Path(folder)) as server:
        yield server


def opened(server: ScriptedExchange) -> EwsSession:
    """Return a session there."""
    secret = Secret(
        url=server.url, username="ann", password="p", address="ann@zc.test", method="Basic",
        ca_pem=server.ca_file.read_text(),
    )  # fmt: skip
    retry = Retry(attempts=2, unit_s=0.0)
    return EwsSession(AccountId("exchange:ann@zc.test"), secret.dumps(), Endpoints(), retry=retry)


def titles(session: EwsSession) -> set[str]:
    """Return the titles of all meetings."""
    pages = (page for calendar in session.calendars() for page in session.meetings(calendar, WINDOW))
    return {meeting.title for page in pages for meeting in page}


def names(session: EwsSession) -> set[str]:
    """Return the ids of all contacts."""
    return {contact.uid for page in session.changes(None) for contact in page.changed}


MOMENTS = (
    "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z",
    "2026-03-12T24:00:00Z", "2026-02-30T00:00:00Z", "2026-03-12", "2026-03-12T08:00:00-23:59",
)  # fmt: skip
NUMBERS = ("9" * 400, "9" * 5_000, "-1", "0", "٣", "1e400", "0" * 5_000 + "1")
WORDS = ("", " ", "x" * 5_000, "true", "Weekday Weekday", "Last", "RecurringMaster", "é\U0001f600", "../..", "+", "NaN")
ODD = st.sampled_from((*MOMENTS, *NUMBERS, *WORDS)) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20
)
OPERATIONS = ("GetFolder", "FindFolder", "FindItem", "GetItem", "SyncFolderItems")


def changed(answer: str, where: int, how: int, odd: str, below: str = "*") -> bytes:
    """Return an answer with one of its elements' text or attributes replaced, or one element left out."""
    root = etree.fromstring(answer)
    elements = [each for found in root.iterfind(f".//{below}") for each in found.iter()]
    element = elements[where % len(elements)]
    places = ["", *element.keys()]
    place = places[how % (len(places) + 1)] if how % (len(places) + 1) < len(places) else None
    if place is None:
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
    elif place:
        element.set(place, odd)
    else:
        element.text = odd
    return etree.tostring(root)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(OPERATIONS), st.integers(0, 200), st.integers(0, 5), ODD)
def test_whatever_an_element_holds_only_our_own_errors_come_of_it(
    exchange: ScriptedExchange, operation: str, where: int, how: int, odd: str
) -> None:
    def answer(body: bytes) -> Told:
        sane = usual(body)
        return told(changed(sane, where, how, odd) if operation_of(body) == operation else sane)

    exchange.answer = answer
    session = opened(exchange)
    for read in (session.calendars, partial(titles, session), partial(names, session)):
        try:
            read()
        except ProviderError:
            continue
    session.close()


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(("odd", "series", "changed", "card")), st.integers(0, 60), st.integers(0, 5), ODD)
def test_whatever_an_item_holds_costs_at_most_that_item(
    exchange: ScriptedExchange, uid: str, where: int, how: int, odd: str
) -> None:
    inside = "{*}CalendarItem" if uid != "card" else "{*}Contact"

    def answer(body: bytes) -> Told:
        sane = usual(body)
        root = etree.fromstring(sane)
        for found in root.iter(inside):
            if (held := found.find("{*}ItemId")) is not None and held.get("Id") == uid:
                found.tag = "{http://schemas.microsoft.com/exchange/services/2006/types}Odd"
        spoilt = etree.tostring(root).decode()
        if "Odd" not in spoilt:
            return told(sane)
        back = partial(re.sub, rb"(</?\w+:)Odd\b", rb"\1Contact" if uid == "card" else rb"\1CalendarItem")
        return told(back(changed(spoilt, where, how, odd, below="{*}Odd/*")))

    exchange.answer = answer
    session = opened(exchange)
    assert {"good", "odd"} - {uid} <= titles(session)
    assert "other" in names(session)
    session.close()


@pytest.mark.parametrize(("name", "odd"), [("End", MOMENTS[2]), ("Start", MOMENTS[0]), ("ItemId", "x" * 600)])
def test_an_item_at_the_end_of_time_or_of_a_long_name_costs_no_other(
    exchange: ScriptedExchange, name: str, odd: str
) -> None:
    def answer(body: bytes) -> Told:
        if name == "ItemId":
            return told(usual(body.replace(odd.encode(), b"odd")).replace("Id='odd'", f"Id='{odd}'"))
        start, end = re.findall(r"\d{4}-[^<]+", TIMES.format(9))
        return told(usual(body).replace({"Start": start, "End": end}[name], odd))

    exchange.answer = answer
    session = opened(exchange)
    assert titles(session) == {"good", "odd", "changed"}
    session.close()


@pytest.mark.parametrize("operation", ["FindFolder", "FindItem"])
@pytest.mark.parametrize("anew", [True, False])
def test_pages_without_an_end_are_given_up(exchange: ScriptedExchange, operation: str, anew: bool) -> None:
    asked: list[str] = []

    def answer(body: bytes) -> Told:
        if operation_of(body) != operation:
            return told(usual(body))
        asked.append(operation)
        number = len(asked)
        attributes = f'IncludesLastItemInRange="false" IndexedPagingOffset="{number}"'
        uid = str(number if anew else 0)
        if operation == "FindFolder":
            return told(message(operation, page(CALENDAR.replace("calendar", uid), "Folders", attributes)))
        return told(message(operation, page(item(uid, TIMES.format(8)), "Items", attributes)))

    exchange.answer = answer
    session = opened(exchange)
    with pytest.raises(Transient):
        titles(session)
    session.close()
    assert len(asked) <= (4_100 if anew and operation == "FindItem" else 250)


@pytest.mark.parametrize("digits", [400, 5_000])
def test_numbers_without_an_end_are_large_ones(exchange: ScriptedExchange, digits: int) -> None:
    nines = "9" * digits
    exchange.answer = lambda body: told(
        usual(body)
        .replace('MajorBuildNumber="2507"', f'MajorBuildNumber="{nines}"')
        .replace("<t:TotalCount>2", f"<t:TotalCount>{nines}")
        .replace('IncludesLastItemInRange="true"', f'IncludesLastItemInRange="true" IndexedPagingOffset="{nines}"')
    )
    session = opened(exchange)
    assert {"good", "odd"} <= titles(session)
    assert {page.total for page in session.changes(None)} != {None}
    busy = f'<m:MessageXml><t:Value Name="BackOffMilliseconds">{nines}</t:Value></m:MessageXml>'
    exchange.answer = lambda body: told(message(operation_of(body), busy, code="ErrorServerBusy"))
    with pytest.raises(Throttled) as caught:
        session.calendars()
    assert caught.value.retry_after_s == 3600
    session.close()


def test_a_first_folder_without_an_id_is_no_folder_and_a_further_one_costs_no_other(
    exchange: ScriptedExchange,
) -> None:
    exchange.answer = lambda body: told(
        usual(body).replace('Id="further"', "") if operation_of(body) == "FindFolder" else usual(body)
    )
    session = opened(exchange)
    assert [calendar.name for calendar in session.calendars()] == ["calendar"]
    exchange.answer = lambda body: told(usual(body).replace('Id="calendar"', ""))
    with pytest.raises(Transient) as caught:
        session.calendars()
    assert caught.value.detail == "a folder without an id"
    session.close()


@pytest.mark.parametrize("count", [0, 2])
def test_another_number_of_first_folders_than_was_asked_for_is_a_passing_trouble(
    exchange: ScriptedExchange, count: int
) -> None:
    found = message("GetFolder", *[f"<m:Folders>{CALENDAR}</m:Folders>"] * count)
    exchange.answer = lambda _: told(found)
    session = opened(exchange)
    with pytest.raises(Transient):
        session.calendars()
    session.close()


def test_a_calendar_is_read_by_its_id_however_long(exchange: ScriptedExchange) -> None:
    exchange.answer = lambda body: told(usual(body))
    session = opened(exchange)
    pages = session.meetings(Calendar(id="c" * 600, name="", primary=True), WINDOW)
    assert [meeting.title for page in pages for meeting in page]
    session.close()
