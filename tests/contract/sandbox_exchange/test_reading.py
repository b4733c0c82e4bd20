"""exchangelib reads folders, calendars and contacts of the sandbox Exchange; every message fits the schemas."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from tests.contract.ews_recorder import Recorder
from tests.contract.sandbox_exchange.client import (
    ZONE,
    a_user,
    at,
    errors,
    ours,
    plain_session,
    soap,
    theirs,
    view,
)
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.mailbox import Attendee, Calendar, Contact, Event, Person

pytestmark = pytest.mark.usefixtures("messages")
BO = Person(name="Bo Quay", address="bo@quay.example")
properties: Any = importlib.import_module("exchangelib.properties")
HOUR = timedelta(hours=1)
CALENDAR = '<t:DistinguishedFolderId Id="calendar"/>'
NS = {
    "m": "http://schemas.microsoft.com/exchange/services/2006/messages",
    "t": "http://schemas.microsoft.com/exchange/services/2006/types",
}


def asked(sandbox: Sandbox, user: User, body: str, version: str = "Exchange2016", header: str = "") -> Any:
    """Send an operation and return the answer's element, or the fault's."""
    with plain_session(sandbox, user) as session:
        url = sandbox.endpoints["exchange"]["url"]
        answer = session.post(url, data=soap(body, version, header), timeout=30)
        root: Any = etree.fromstring(answer.content)
        return root.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")[0]


def codes(answer: Any) -> list[str]:
    """Return the response codes of an answer or a fault."""
    return [each.text for each in answer.iter() if each.tag.endswith("}ResponseCode")]


def found(answer: Any, path: str) -> list[str]:
    """Return the texts at a path."""
    return [each.text or "" for each in answer.findall(f".//{path}", NS)]


def find_items(view: str, shape: str = "IdOnly", fields: str = "", folder: str = CALENDAR) -> str:
    """Return a FindItem."""
    more = "".join(f'<t:FieldURI FieldURI="{uri}"/>' for uri in fields.split())
    more = f"<t:AdditionalProperties>{more}</t:AdditionalProperties>" if more else ""
    return (
        f'<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>{shape}</t:BaseShape>{more}</m:ItemShape>{view}'
        f"<m:ParentFolderIds>{folder}</m:ParentFolderIds></m:FindItem>"
    )


def window(start: str, end: str, more: str = "") -> str:
    """Return a CalendarView."""
    return f'<m:CalendarView StartDate="{start}" EndDate="{end}" {more}/>'


def seen(account: Any, start: Any, end: Any) -> list[tuple[str, datetime, str]]:
    """Return subject, start and type of what a view holds."""
    return [
        (each.subject, ours(each.start), each.type) for each in view(account, start, end, "subject", "start", "type")
    ]


def weekly(calendar: Calendar, **more: Any) -> Event:
    """Put a weekly series on the calendar that crosses the change to summer time on 29 March 2026."""
    return calendar.add(
        Event(subject="Weekly", start=at(9, 9), end=at(9, 10), zone=ZONE, rule=("RRULE:FREQ=WEEKLY;COUNT=4",), **more)
    )


def test_folders_are_walked_from_the_root_and_named(ana: User, account: Any) -> None:
    ana.mailbox.add_calendar("Duty")
    inner = ana.mailbox.add_folder("Suppliers")
    ana.mailbox.add_folder("Paper", inner)
    assert {each.name for each in account.msg_folder_root.children} >= {"Calendar", "Contacts", "Deleted Items"}
    assert [each.name for each in account.calendar.children] == ["Duty"]
    assert [each.name for each in account.contacts.walk()] == ["Suppliers", "Paper"]
    assert (account.contacts / "Suppliers" / "Paper").folder_class == "IPF.Contact"
    assert account.calendar.effective_rights.delete
    assert account.root.get_folder(account.inbox).name == "Inbox"
    assert [len(account.calendar.permission_set.calendar_permissions), account.calendar.total_count] == [2, 0]


def test_folders_are_paged(sandbox: Sandbox, ana: User) -> None:
    for number in range(5):
        ana.mailbox.add_calendar(f"Duty {number}")
    names: list[str] = []
    for offset in (0, 3, 6):
        answer = asked(
            sandbox,
            ana,
            '<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>'
            f'<m:IndexedPageFolderView MaxEntriesReturned="3" Offset="{offset}" BasePoint="Beginning"/>'
            f"<m:ParentFolderIds>{CALENDAR}</m:ParentFolderIds></m:FindFolder>",
        )
        names += found(answer, "t:DisplayName")
        root = answer.find(".//m:RootFolder", NS)
        assert root.get("TotalItemsInView") == "5"
        assert root.get("IncludesLastItemInRange") == ("true" if offset else "false")
    assert names == [f"Duty {number}" for number in range(5)]


def test_what_is_not_there_or_not_for_one_is_said_folder_by_folder(sandbox: Sandbox, ana: User) -> None:
    a_user(sandbox, "bo")
    other = '<t:DistinguishedFolderId Id="{}"><t:Mailbox><t:EmailAddress>{}</t:EmailAddress></t:Mailbox></{}>'
    end = "t:DistinguishedFolderId"
    answer = asked(
        sandbox,
        ana,
        "<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds>"
        f'{CALENDAR}<t:DistinguishedFolderId Id="voicemail"/>{other.format("calendar", "bo@ward.example", end)}'
        f'{other.format("inbox", "nobody@ward.example", end)}<t:FolderId Id="AAAA"/><t:FolderId Id=""/>'
        "</m:FolderIds></m:GetFolder>",
    )
    assert codes(answer) == [
        "NoError",
        "ErrorFolderNotFound",
        "ErrorAccessDenied",
        "ErrorNonExistentMailbox",
        "ErrorInvalidIdMalformed",
        "ErrorInvalidIdEmpty",
    ]


def test_a_calendar_that_is_shared_is_reached_through_its_owner(sandbox: Sandbox, ana: User) -> None:
    shared = ana.mailbox.add_calendar("Team", owner=BO, can_edit=False)
    shared.add(Event(subject="Planning", start=at(9, 9), end=at(9, 10)))
    folder = f'<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>{BO.address}</t:EmailAddress>'
    folder += "</t:Mailbox></t:DistinguishedFolderId>"
    span = window("2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z")
    answer = asked(sandbox, ana, find_items(span, "Default", "item:EffectiveRights", folder))
    assert found(answer, "t:Subject") == ["Planning"]
    assert found(answer, "t:Modify") == ["false"]


def test_a_view_holds_occurrences_in_order_across_a_change_of_clocks(account: Any, calendar: Calendar) -> None:
    weekly(calendar)
    calendar.add(Event(subject="Once", start=at(16, 8), end=at(16, 9)))
    assert seen(account, at(9), at(31)) == [
        ("Weekly", datetime(2026, 3, 9, 8, tzinfo=UTC), "Occurrence"),
        ("Once", datetime(2026, 3, 16, 7, tzinfo=UTC), "Single"),
        ("Weekly", datetime(2026, 3, 16, 8, tzinfo=UTC), "Occurrence"),
        ("Weekly", datetime(2026, 3, 23, 8, tzinfo=UTC), "Occurrence"),
        ("Weekly", datetime(2026, 3, 30, 7, tzinfo=UTC), "Occurrence"),
    ]


def test_a_view_holds_what_ends_at_its_start_and_not_what_begins_at_its_end(account: Any, calendar: Calendar) -> None:
    for hour in (7, 8, 9):
        calendar.add(Event(subject=str(hour), start=at(9, hour), end=at(9, hour + 1)))
    assert [each[0] for each in seen(account, at(9, 8), at(9, 9))] == ["7", "8"]


def test_a_view_is_cut_where_it_is_asked_to_be_and_at_a_thousand(
    sandbox: Sandbox, ana: User, calendar: Calendar
) -> None:
    for minute in range(1010):
        start = at(9) + timedelta(minutes=minute)
        calendar.add(Event(subject=str(minute), start=start, end=start + HOUR))
    for more, given in (('MaxEntriesReturned="7"', 7), ("", 1000), ('MaxEntriesReturned="5000"', 1000)):
        answer = asked(sandbox, ana, find_items(window("2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z", more)))
        root = answer.find(".//m:RootFolder", NS)
        assert len(answer.findall(".//t:ItemId", NS)) == given
        assert (root.get("TotalItemsInView"), root.get("IncludesLastItemInRange")) == ("1010", "false")


@pytest.mark.parametrize(
    ("span", "folder", "code"),
    [
        (
            window("2026-03-09T00:00:00Z", "2026-03-08T00:00:00Z"),
            CALENDAR,
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        (window("2020-03-09T00:00:00Z", "2026-03-08T00:00:00Z"), CALENDAR, "ErrorCalendarViewRangeTooBig"),
        (
            window("2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z"),
            '<t:DistinguishedFolderId Id="contacts"/>',
            "ErrorCalendarFolderIsInvalidForCalendarView",
        ),
    ],
)
def test_an_impossible_view_is_refused(sandbox: Sandbox, ana: User, span: str, folder: str, code: str) -> None:
    assert codes(asked(sandbox, ana, find_items(span, folder=folder))) == [code]


def test_a_view_without_an_offset_is_in_the_asker_s_zone(sandbox: Sandbox, ana: User, calendar: Calendar) -> None:
    calendar.add(Event(subject="Breakfast", start=at(9, 7), end=at(9, 8)))
    zone = '<t:TimeZoneContext><t:TimeZoneDefinition Id="{}"/></t:TimeZoneContext>'
    span = window("2026-03-09T07:30:00", "2026-03-09T07:45:00")
    for name, subjects in (("W. Europe Standard Time", ["Breakfast"]), ("Pacific Standard Time", [])):
        answer = asked(sandbox, ana, find_items(span, "Default"), header=zone.format(name))
        assert found(answer, "t:Subject") == subjects


def test_find_item_gives_people_by_name_and_refuses_what_needs_the_whole_item(
    sandbox: Sandbox, ana: User, calendar: Calendar
) -> None:
    calendar.add(
        Event(subject="Talk", start=at(9, 9), end=at(9, 10), organizer=BO, answer="accepted", body="Bring the list.")
    )
    span = window("2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z")
    answer = asked(sandbox, ana, find_items(span, "AllProperties"))
    assert found(answer, "t:Organizer/t:Mailbox/t:Name") == ["Bo Quay"]
    assert found(answer, "t:EmailAddress") == found(answer, "t:Body") == []
    for uri in ("item:Body", "calendar:RequiredAttendees", "calendar:Recurrence"):
        refused = asked(sandbox, ana, find_items(span, fields=uri))
        assert codes(refused) == ["ErrorInvalidPropertyRequest"]
        assert refused.find(".//t:FieldURI", NS).get("FieldURI") == uri


def test_an_item_is_complete_when_it_is_fetched(account: Any, calendar: Calendar) -> None:
    calendar.add(
        Event(
            subject="Berth & crane <3>",
            start=at(9, 9),
            end=at(9, 10, 30),
            zone=ZONE,
            body="<p>One</p><p>Two &amp; three</p>",
            body_is_html=True,
            location="Pier 4",
            organizer=BO,
            attendees=(
                Attendee(person=Person(name="Ana", address="ana@ward.example"), answer="tentative"),
                Attendee(person=Person(name="Crane", address="crane@ward.example"), role="resource"),
                Attendee(person=Person(name="Cy", address="cy@ward.example"), role="optional", answer="declined"),
            ),
            answer="tentative",
            sensitivity="private",
            show_as="tentative",
            reminder_minutes=5,
            categories=("Blue", "Red"),
        )
    )
    (item,) = account.fetch(view(account, at(9), at(10), "id"))
    assert (item.subject, item.location, item.text_body.strip()) == (
        "Berth & crane <3>",
        "Pier 4",
        "One\r\nTwo & three",
    )
    assert (item.organizer.email_address, item.my_response_type) == ("bo@quay.example", "Tentative")
    assert (item.sensitivity, item.legacy_free_busy_status) == ("Private", "Tentative")
    assert (item.reminder_is_set, item.reminder_minutes_before_start, item.categories) == (True, 5, ["Blue", "Red"])
    assert [each.response_type for each in item.required_attendees + item.optional_attendees] == [
        "Tentative",
        "Decline",
    ]
    assert item.resources[0].mailbox.email_address == "crane@ward.example"
    assert (item.is_meeting, item.is_cancelled, item.is_recurring, item.duration) == (True, False, False, "PT1H30M")
    assert (str(item._start_timezone), item.response_objects.accept_item is not None) == (ZONE, True)
    assert item.body.startswith("<p>One")


def test_an_all_day_item_lasts_the_days_it_was_made_for(account: Any, calendar: Calendar) -> None:
    calendar.add(Event(subject="Fair", start=date(2026, 3, 26), end=date(2026, 3, 28), zone=ZONE))
    calendar.add(Event(subject="Far", start=date(2026, 3, 28), end=date(2026, 3, 29), zone="Asia/Ho_Chi_Minh"))
    items = view(account, at(27, 12), at(30), "subject", "start", "end", "is_all_day")
    days = {each.subject: (each.start, each.end) for each in items}
    assert days["Fair"] == (date(2026, 3, 26), date(2026, 3, 27))
    assert days["Far"] == (date(2026, 3, 28), date(2026, 3, 28))


def test_a_series_is_reached_from_its_occurrences_and_they_from_it(account: Any, calendar: Calendar) -> None:
    series = weekly(calendar)
    moved = calendar.move_occurrence(series.id, at(16, 9), at(17, 14))
    calendar.cancel_occurrence(series.id, at(23, 9))
    occurrence = view(account, at(9), at(10))[0]
    master = occurrence.recurring_master()
    master.refresh()
    assert (master.type, master.uid, occurrence.uid) == ("RecurringMaster", series.uid, series.uid)
    assert (master.recurrence.pattern.interval, master.recurrence.boundary.number) == (1, 4)
    assert [ours(each.start) for each in master.modified_occurrences] == [moved.begins]
    assert [ours(each.start) for each in master.deleted_occurrences] == [datetime(2026, 3, 23, 8, tzinfo=UTC)]
    assert ours(master.last_occurrence.start) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    second = master.occurrence(2)
    second.refresh()
    assert (second.type, ours(second.start), ours(second.original_start)) == (
        "Exception",
        moved.begins,
        datetime(2026, 3, 16, 8, tzinfo=UTC),
    )
    for index, problem in (
        (3, errors.ErrorCalendarOccurrenceIsDeletedFromRecurrence),
        (5, errors.ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange),
    ):
        with pytest.raises(problem):
            master.occurrence(index).refresh()
    with pytest.raises(errors.ErrorCalendarCannotUseIdForRecurringMasterId):
        master.recurring_master().refresh()
    with pytest.raises(errors.ErrorCalendarCannotUseIdForOccurrenceId):
        second.occurrence(1).refresh()


@pytest.mark.parametrize(
    ("rule", "element"),
    [
        ("FREQ=DAILY;INTERVAL=3", "DailyRecurrence"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260401T070000Z", "WeeklyRecurrence"),
        ("FREQ=MONTHLY;BYMONTHDAY=9;COUNT=3", "AbsoluteMonthlyRecurrence"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "AbsoluteMonthlyRecurrence"),
        ("FREQ=MONTHLY;BYDAY=2MO", "RelativeMonthlyRecurrence"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "RelativeMonthlyRecurrence"),
        ("FREQ=YEARLY", "AbsoluteYearlyRecurrence"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "RelativeYearlyRecurrence"),
    ],
)
def test_every_pattern_that_exchange_has_a_form_for_is_written(
    account: Any, calendar: Calendar, rule: str, element: str
) -> None:
    calendar.add(Event(subject="Rule", start=at(9, 9), end=at(9, 10), zone=ZONE, rule=(f"RRULE:{rule}",)))
    (master,) = account.calendar.all().only("recurrence", "type")
    pattern = master.recurrence.pattern
    assert element == pattern.ELEMENT_NAME


def test_an_item_comes_as_icalendar_where_that_is_asked_for(
    sandbox: Sandbox, ana: User, account: Any, calendar: Calendar
) -> None:
    series = weekly(calendar, location="Pier 4; gate, left", attendees=(Attendee(person=BO, answer="accepted"),))
    calendar.cancel_occurrence(series.id, at(16, 9))
    (master,) = account.calendar.all().only("mime_content")
    lines = master.mime_content.decode().replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith(("DTSTART;", "RRULE:FREQ=W", "EXDATE", "LOCATION", "UID"))] == [
        f"UID:{series.uid}",
        f"DTSTART;TZID={ZONE}:20260309T090000",
        "LOCATION:Pier 4\\; gate\\, left",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE:20260316T080000Z",
    ]
    assert f'ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE;CN="Bo Quay":mailto:{BO.address}' in lines
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in lines
    item = f'<t:ItemId Id="{master.id}"/>'
    shape = "<t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</t:IncludeMimeContent>"
    body = f"<m:GetItem><m:ItemShape>{shape}</m:ItemShape><m:ItemIds>{item}</m:ItemIds></m:GetItem>"
    assert len(found(asked(sandbox, ana, body), "t:MimeContent")) == 1


def test_extended_properties_are_given_and_searched_by(sandbox: Sandbox, ana: User, calendar: Calendar) -> None:
    weekly(calendar)
    calendar.add(Event(subject="Once", start=at(9, 9), end=at(9, 10)))
    subject = '<t:ExtendedFieldURI PropertyTag="0x0037" PropertyType="String"/>'
    kind = '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyType="Integer"'
    kind += ' PropertyName="urn:schemas:calendar:instancetype"/>'
    none = '<t:ExtendedFieldURI PropertyTag="0x6001" PropertyType="String"/>'
    test = "<t:IsEqualTo>{}<t:FieldURIOrConstant><t:Constant Value={}/></t:FieldURIOrConstant></t:IsEqualTo>"
    ask = (
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>'
        f"{subject}{kind}{none}</t:AdditionalProperties></m:ItemShape><m:Restriction>{{}}</m:Restriction>"
        f"<m:ParentFolderIds>{CALENDAR}</m:ParentFolderIds></m:FindItem>"
    )
    masters = asked(sandbox, ana, ask.format(test.format(kind, '"1"')))
    assert found(masters, "t:ExtendedProperty/t:Value") == ["Weekly", "1"]
    assert found(asked(sandbox, ana, ask.format(test.format(none, '""'))), "t:Value") == []


def test_folders_are_found_by_their_names(sandbox: Sandbox, ana: User) -> None:
    for name in ("Duty", "Team"):
        ana.mailbox.add_calendar(name)
    answer = asked(
        sandbox,
        ana,
        '<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>'
        '<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURIOrConstant>'
        '<t:Constant Value="Team"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds>'
        '<t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>',
    )
    assert found(answer, "t:DisplayName") == ["Team"]


def test_pages_of_a_folder_reach_its_end(sandbox: Sandbox, ana: User) -> None:
    for number in range(25):
        ana.mailbox.contacts.add(Contact(display_name=f"Person {number:02}"))
    names: list[str] = []
    offset, more = 0, True
    while more:
        span = f'<m:IndexedPageItemView MaxEntriesReturned="10" Offset="{offset}" BasePoint="Beginning"/>'
        answer = asked(sandbox, ana, find_items(span, "Default", folder='<t:DistinguishedFolderId Id="contacts"/>'))
        names += found(answer, "t:DisplayName")
        root = answer.find(".//m:RootFolder", NS)
        offset, more = int(root.get("IndexedPagingOffset")), root.get("IncludesLastItemInRange") == "false"
    assert names == [f"Person {number:02}" for number in range(25)]
    span = '<m:IndexedPageItemView MaxEntriesReturned="3" Offset="2" BasePoint="End"/>'
    answer = asked(sandbox, ana, find_items(span, "Default", folder='<t:DistinguishedFolderId Id="contacts"/>'))
    assert found(answer, "t:DisplayName") == ["Person 20", "Person 21", "Person 22"]


def test_a_folder_is_searched_and_sorted(account: Any, ana: User, calendar: Calendar) -> None:
    for day, subject in ((11, "Peer review"), (9, "Peerless"), (10, "Lunch")):
        calendar.add(Event(subject=subject, start=at(day, 9), end=at(day, 10)))
    found_items = account.calendar.filter(subject__contains="Peer").order_by("start").only("subject")
    assert [each.subject for each in found_items] == ["Peerless", "Peer review"]
    late = (
        account.calendar.filter(start__gt=theirs(at(10))).exclude(subject="Lunch").order_by("-subject").only("subject")
    )
    assert [each.subject for each in late] == ["Peer review"]
    ana.mailbox.contacts.add(Contact(display_name="Zoe", surname="Zuse"))
    ana.mailbox.contacts.add(Contact(display_name="Abe", surname="Ames"))
    people = account.contacts.filter(surname__istartswith="z").only("display_name")
    assert [each.display_name for each in people] == ["Zoe"]
    with pytest.raises(errors.ErrorUnsupportedPathForQuery):
        list(account.calendar.filter(duration="PT1H"))


def test_contacts_come_with_everything_and_by_single_entries(account: Any, ana: User) -> None:
    ana.mailbox.contacts.add(
        Contact(
            display_name="Đỗ Thị Hà",
            given_name="Hà",
            surname="Đỗ",
            company="Nhà xuất bản <Gió>",
            job_title="Editor",
            emails=(Person(name="Hà", address="ha@gio.example"), Person(name="Work", address="ha@work.example")),
            business_phones=("+84 24 3825 1234", "+84 24 3825 1235"),
            mobile_phone="+84 91 555 0101",
            birthday=date(1990, 5, 17),
            notes="Met in Huế.",
        )
    )
    (person,) = account.contacts.all()
    assert (person.display_name, person.company_name, person.job_title) == ("Đỗ Thị Hà", "Nhà xuất bản <Gió>", "Editor")
    assert [each.email for each in person.email_addresses] == ["ha@gio.example", "ha@work.example"]
    assert {each.label: each.phone_number for each in person.phone_numbers if each.phone_number} == {
        "BusinessPhone": "+84 24 3825 1234",
        "BusinessPhone2": "+84 24 3825 1235",
        "MobilePhone": "+84 91 555 0101",
    }
    assert (person.birthday, person.body, person.complete_name.last_name) == (date(1990, 5, 17), "Met in Huế.", "Đỗ")
    (mobile,) = account.contacts.all().only("phone_numbers__MobilePhone")
    assert [each.phone_number for each in mobile.phone_numbers if each.phone_number] == ["+84 91 555 0101"]


def changes(folder: Any, state: str | None = None) -> tuple[list[tuple[str, str]], str]:
    """Return what came, changed or went since a state, and the state after it."""
    given = [
        (kind, item.id)
        for kind, item in folder.sync_items(sync_state=state, only_fields=["display_name"], max_changes_returned=512)
    ]
    return given, folder.item_sync_state


def test_a_distribution_list_stands_among_the_contacts_and_tells_its_members(account: Any, ana: User) -> None:
    ana.mailbox.contacts.add(Contact(display_name="Bo", surname="Quay"))
    ana.mailbox.contacts.add(Contact(display_name="Everybody", members=(BO,)))
    listed = {type(each).__name__: each for each in account.contacts.all()}
    assert {kind: each.display_name for kind, each in listed.items()} == {
        "Contact": "Bo",
        "DistributionList": "Everybody",
    }
    assert listed["DistributionList"].item_class == "IPM.DistList"
    assert [each.mailbox.email_address for each in listed["DistributionList"].members] == [BO.address]
    assert {identity for _, identity in changes(account.contacts)[0]} == {each.id for each in listed.values()}


def test_contacts_are_followed_by_a_sync_state(account: Any, ana: User, messages: Recorder) -> None:
    people = [ana.mailbox.contacts.add(Contact(display_name=f"Person {number}")) for number in range(600)]
    first, state = changes(account.contacts)
    assert messages.operations.count("SyncFolderItems") == 2
    assert [kind for kind, _ in first] == ["create"] * 600
    assert len({identity for _, identity in first}) == 600
    assert changes(account.contacts, state)[0] == []
    ana.mailbox.contacts.remove(people[3].id)
    ana.mailbox.contacts.change(people[5].id, display_name="Renamed")
    added = ana.mailbox.contacts.add(Contact(display_name="New"))
    ana.mailbox.contacts.change(added.id, job_title="Newer")
    second, state = changes(account.contacts, state)
    assert [kind for kind, _ in second] == ["update", "create", "delete"]
    assert {second[0][1], second[2][1]} == {first[5][1], first[3][1]}
    assert changes(account.contacts, state)[0] == []


def test_a_sync_loses_nothing_that_happens_between_its_pages(sandbox: Sandbox, ana: User) -> None:
    people = [ana.mailbox.contacts.add(Contact(display_name=f"Person {number}")) for number in range(10)]
    known: dict[str, str] = {}
    state, page, whole = "", 0, "false"
    while whole == "false":
        answer = asked(sandbox, ana, sync(state, 4))
        for change in answer.find(".//m:Changes", NS):
            identity = change.find(".//t:ItemId", NS).get("Id")
            if change.tag.endswith("Delete"):
                known.pop(identity, None)
            else:
                known[identity] = change.findtext(".//t:DisplayName", namespaces=NS)
        (state,), (whole,) = found(answer, "m:SyncState"), found(answer, "m:IncludesLastItemInRange")
        page += 1
        if page == 1:
            ana.mailbox.contacts.remove(people[0].id)
            ana.mailbox.contacts.remove(people[9].id)
            ana.mailbox.contacts.change(people[1].id, display_name="Changed")
            ana.mailbox.contacts.add(Contact(display_name="Added"))
    assert sorted(known.values()) == sorted([f"Person {number}" for number in range(2, 9)] + ["Changed", "Added"])


def sync(state: str, most: int = 512, folder: str = "contacts") -> str:
    """Return a SyncFolderItems."""
    said = f"<m:SyncState>{state}</m:SyncState>" if state else ""
    return (
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>"
        f'<m:SyncFolderId><t:DistinguishedFolderId Id="{folder}"/></m:SyncFolderId>{said}'
        f"<m:MaxChangesReturned>{most}</m:MaxChangesReturned></m:SyncFolderItems>"
    )


def test_a_state_that_is_none_or_dead_or_of_another_folder_is_refused(sandbox: Sandbox, ana: User) -> None:
    ana.mailbox.contacts.add(Contact(display_name="Bo"))
    (state,) = found(asked(sandbox, ana, sync("")), "m:SyncState")
    for folder, said in (("contacts", "H4sIAAAAAAA"), ("contacts", "!"), ("calendar", state)):
        assert codes(asked(sandbox, ana, sync(said, folder=folder))) == ["ErrorInvalidSyncStateData"]
    assert codes(asked(sandbox, ana, sync(state))) == ["NoError"]
    ana.mailbox.forget_cursors()
    assert codes(asked(sandbox, ana, sync(state))) == ["ErrorInvalidSyncStateData"]
    assert len(found(asked(sandbox, ana, sync("")), "t:DisplayName")) == 1


def test_a_calendar_is_followed_by_masters_and_singles(account: Any, calendar: Calendar) -> None:
    series = weekly(calendar)
    calendar.add(Event(subject="Once", start=at(9, 9), end=at(9, 10)))
    given = list(account.calendar.sync_items(only_fields=["subject", "type"]))
    assert sorted((kind, item.subject, item.type) for kind, item in given) == [
        ("create", "Once", "Single"),
        ("create", "Weekly", "RecurringMaster"),
    ]
    state = account.calendar.item_sync_state
    calendar.cancel_occurrence(series.id, at(16, 9))
    (changed,) = account.calendar.sync_items(sync_state=state, only_fields=["subject", "type"])
    assert (changed[0], changed[1].subject) == ("update", "Weekly")


def test_the_folders_themselves_are_followed(account: Any, ana: User) -> None:
    top = account.msg_folder_root
    assert "Calendar" in {folder.name for _, folder in top.sync_hierarchy(only_fields=["name"])}
    state = top.folder_sync_state
    ana.mailbox.add_calendar("Duty")
    assert [(kind, folder.name) for kind, folder in top.sync_hierarchy(sync_state=state, only_fields=["name"])] == [
        ("create", "Duty")
    ]
    with pytest.raises(errors.ErrorInvalidSyncStateData):
        list(top.sync_hierarchy(sync_state="nonsense", only_fields=["name"]))


def test_names_ids_zones_and_free_times_are_looked_up(sandbox: Sandbox, ana: User, account: Any) -> None:
    a_user(sandbox, "anabel")
    assert account.version.api_version == "Exchange2016"
    ana.mailbox.contacts.add(Contact(display_name="Anatol Rey", emails=(BO,)))
    names = account.protocol.resolve_names(["ana"], return_full_contact_data=True)
    assert {mailbox.name for mailbox, _ in names} == {"Ana", "Anabel", "Anatol Rey"}
    (only,) = account.protocol.resolve_names(["anabel"])
    assert (only.email_address, only.mailbox_type) == ("anabel@ward.example", "Mailbox")
    assert isinstance(account.protocol.resolve_names(["zz"])[0], errors.ErrorNameResolutionNoResults)
    ana.mailbox.calendar.add(Event(subject="Busy", start=at(9, 9), end=at(9, 10)))
    (times,) = account.protocol.get_free_busy_info(
        [(account, "Required", False)], start=theirs(at(9)), end=theirs(at(10))
    )
    assert [(ours(each.start), each.busy_type) for each in times.calendar_events] == [
        (datetime(2026, 3, 9, 8, tzinfo=UTC), "Busy")
    ]
    (item,) = view(account, at(9), at(10), "id")
    source = properties.AlternateId(id=item.id, format="EwsId", mailbox=ana.mailbox.address)
    (entry,) = account.protocol.convert_ids([source], destination_format="EntryId")
    (back,) = account.protocol.convert_ids([entry], destination_format="EwsId")
    assert back.id == item.id
    zones = {zone.id: zone for zone in account.protocol.get_timezones(return_full_timezone_data=True)}
    _, daylight, period = zones["W. Europe Standard Time"].get_std_and_dst(2026)
    assert (-period.bias, daylight.iso_month, daylight.occurrence) == (HOUR, 3, 5)
