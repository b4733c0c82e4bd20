"""exchangelib makes, changes and deletes items of the sandbox Exchange; every message fits the schemas."""

from __future__ import annotations

import importlib
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.contract.sandbox_exchange.client import (
    ZONE,
    at,
    errors,
    ews,
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
items: Any = importlib.import_module("exchangelib.items")
recurrence: Any = importlib.import_module("exchangelib.recurrence")
properties: Any = importlib.import_module("exchangelib.properties")
indexed: Any = importlib.import_module("exchangelib.indexed_properties")
BO = Person(name="Bo Quay", address="bo@quay.example")
ALL = items.SEND_TO_ALL_AND_SAVE_COPY


def told(user: User) -> list[tuple[str, tuple[str, ...]]]:
    """Return what mails would have gone out."""
    return [(each.what, each.to) for each in user.mailbox.notices]


def meeting(calendar: Calendar, **more: Any) -> Event:
    """Put a meeting on the calendar that its owner called."""
    return calendar.add(
        Event(subject="Plan", start=at(9, 9), end=at(9, 10), zone=ZONE, attendees=(Attendee(person=BO),), **more)
    )


def invitation(calendar: Calendar, **more: Any) -> Event:
    """Put a meeting on the calendar that somebody else called."""
    own = Attendee(person=calendar.owner)
    return calendar.add(
        Event(subject="Call", start=at(9, 9), end=at(9, 10), zone=ZONE, organizer=BO, attendees=(own,), **more)
    )


def only(account: Any) -> Any:
    """Return the one item of 9 March, complete."""
    (found,) = view(account, at(9), at(10))
    return found


def test_a_meeting_is_made_with_all_that_was_said_of_it(account: Any, ana: User, calendar: Calendar) -> None:
    made = ews.CalendarItem(
        account=account,
        folder=account.calendar,
        subject="Plan & <more>",
        start=theirs(at(27, 9)),
        end=theirs(at(27, 10)),
        body=ews.HTMLBody("<p>One</p>"),
        location="Pier 4",
        required_attendees=["bo@quay.example"],
        optional_attendees=[ews.Attendee(mailbox=ews.Mailbox(email_address="cy@quay.example"))],
        legacy_free_busy_status="Tentative",
        sensitivity="Private",
        reminder_is_set=True,
        reminder_minutes_before_start=5,
        categories=["Blue"],
    )
    made.save(send_meeting_invitations=ALL)
    (kept,) = calendar.events
    assert (kept.subject, kept.body, kept.body_is_html, kept.location) == (
        "Plan & <more>",
        "<p>One</p>",
        True,
        "Pier 4",
    )
    assert (kept.begins, kept.zone, kept.answer) == (datetime(2026, 3, 27, 8, tzinfo=UTC), ZONE, "organizer")
    assert (kept.show_as, kept.sensitivity, kept.reminder_minutes, kept.categories) == (
        "tentative",
        "private",
        5,
        ("Blue",),
    )
    assert [(each.person.address, each.role) for each in kept.attendees] == [
        ("bo@quay.example", "required"),
        ("cy@quay.example", "optional"),
    ]
    assert told(ana) == [("invited", ("bo@quay.example", "cy@quay.example"))]
    made.refresh()
    assert (made.type, made.my_response_type, made.required_attendees[0].response_type) == (
        "Single",
        "Organizer",
        "Unknown",
    )


def test_whole_days_are_made_in_the_zone_they_are_meant_in(account: Any, calendar: Calendar) -> None:
    days = {"start": date(2026, 3, 27), "end": date(2026, 3, 28), "is_all_day": True}
    ews.CalendarItem(account=account, folder=account.calendar, subject="Fair", **days).save()
    (kept,) = calendar.events
    assert (kept.start, kept.end, kept.zone) == (date(2026, 3, 27), date(2026, 3, 29), ZONE)


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        (recurrence.DailyPattern(interval=2), [9, 11, 13]),
        (recurrence.WeeklyPattern(interval=1, weekdays=[1, 3], first_day_of_week=1), [9, 11, 16]),
        (recurrence.AbsoluteMonthlyPattern(interval=1, day_of_month=9), [9]),
        (recurrence.RelativeMonthlyPattern(interval=1, weekday=1, week_number=2), [9]),
        (recurrence.AbsoluteYearlyPattern(day_of_month=9, month=3), [9]),
        (recurrence.RelativeYearlyPattern(weekday=1, week_number=2, month=3), [9]),
    ],
)
@pytest.mark.parametrize("end", ["number", "date", "never"])
def test_a_series_is_made_and_reads_back_as_it_was_meant(
    account: Any, calendar: Calendar, pattern: Any, days: list[int], end: str
) -> None:
    first = {"start": ews.EWSDate(2026, 3, 9)}
    boundary = {
        "number": {"boundary": recurrence.NumberedPattern(number=3, **first)},
        "date": {"boundary": recurrence.EndDatePattern(end=ews.EWSDate(2026, 3, 16), **first)},
        "never": {"boundary": recurrence.NoEndPattern(**first)},
    }[end]
    series = ews.CalendarItem(
        account=account,
        folder=account.calendar,
        subject="Series",
        start=theirs(at(9, 9)),
        end=theirs(at(9, 10)),
        recurrence=recurrence.Recurrence(pattern=pattern, **boundary),
    )
    series.save()
    found = [each.start.day for each in view(account, at(9), at(17), "start")]
    assert found[: len(days)] == [day for day in days if day < 17]
    series.refresh()
    assert series.recurrence.pattern == pattern
    assert type(series.recurrence.boundary) is type(boundary["boundary"])
    (kept,) = calendar.events
    assert kept.kind == "master"


def test_a_change_is_told_to_those_it_concerns(account: Any, ana: User, calendar: Calendar) -> None:
    kept = meeting(calendar)
    item = only(account)
    item.subject, item.start, item.end = "Plan B", theirs(at(9, 11)), theirs(at(9, 12))
    item.save(update_fields=["subject", "start", "end"], send_meeting_invitations=ALL)
    changed = calendar.get(kept.id)
    assert changed is not None
    assert (changed.subject, changed.begins, changed.attendees) == ("Plan B", at(9, 11), kept.attendees)
    assert told(ana) == [("changed", ("bo@quay.example",))]
    assert item.changekey == changed.change_key
    item.required_attendees = ["cy@quay.example"]
    item.save(update_fields=["required_attendees"], send_meeting_invitations=ALL)
    assert told(ana)[1:] == [("cancelled", ("bo@quay.example",)), ("invited", ("cy@quay.example",))]
    item.location = "Pier 5"
    item.save(update_fields=["location"], send_meeting_invitations=items.SEND_TO_NONE)
    assert len(told(ana)) == 3


def test_a_property_that_is_emptied_is_deleted(account: Any, calendar: Calendar) -> None:
    kept = calendar.add(
        Event(subject="Plan", start=at(9, 9), end=at(9, 10), body="Text", location="Pier 4", categories=("Blue",))
    )
    item = only(account)
    item.body, item.location, item.categories, item.reminder_is_set = None, None, None, False
    item.save(update_fields=["body", "location", "categories", "reminder_is_set"])
    changed = calendar.get(kept.id)
    assert changed is not None
    assert (changed.body, changed.location, changed.categories, changed.reminder_minutes) == ("", "", (), None)


def test_an_old_change_key_is_a_conflict_unless_one_insists(account: Any, calendar: Calendar) -> None:
    kept = meeting(calendar)
    item = only(account)
    calendar.change(kept.id, location="Pier 9")
    item.subject = "Mine"
    with pytest.raises(errors.ErrorIrresolvableConflict):
        item.save(update_fields=["subject"], conflict_resolution=items.NEVER_OVERWRITE)
    item.save(update_fields=["subject"], conflict_resolution=items.ALWAYS_OVERWRITE)
    changed = calendar.get(kept.id)
    assert changed is not None
    assert (changed.subject, changed.location) == ("Mine", "Pier 9")


def test_one_occurrence_is_changed_and_the_others_stay(account: Any, calendar: Calendar) -> None:
    calendar.add(Event(subject="Daily", start=at(9, 9), end=at(9, 10), zone=ZONE, rule=("RRULE:FREQ=DAILY;COUNT=3",)))
    second = view(account, at(10), at(11))[0]
    second.start, second.end, second.subject = theirs(at(10, 14)), theirs(at(10, 15)), "Later"
    second.save(update_fields=["start", "end", "subject"])
    found = view(account, at(9), at(12), "subject", "start", "type")
    assert [(each.subject, ours(each.start), each.type) for each in found] == [
        ("Daily", at(9, 9), "Occurrence"),
        ("Later", at(10, 14), "Exception"),
        ("Daily", at(11, 9), "Occurrence"),
    ]
    second.delete()
    assert [each.subject for each in view(account, at(9), at(12), "subject")] == ["Daily", "Daily"]


@pytest.mark.parametrize(("send", "mails"), [(ALL, 1), (items.SEND_TO_NONE, 0)])
@pytest.mark.parametrize("way", ["delete", "soft_delete", "move_to_trash"])
def test_what_is_deleted_is_gone_or_in_the_trash(
    account: Any, ana: User, calendar: Calendar, way: str, send: str, mails: int
) -> None:
    meeting(calendar)
    item = only(account)
    identity = properties.ItemId(id=item.id)
    getattr(item, way)(send_meeting_cancellations=send)
    assert list(calendar.events) == []
    assert told(ana) == [("cancelled", ("bo@quay.example",))] * mails
    assert [type(each) for each in account.fetch([identity])] == [errors.ErrorItemNotFound]
    assert [each.subject for each in account.trash.all()] == (["Plan"] if way == "move_to_trash" else [])


def test_an_organizer_cancels_and_says_why(account: Any, ana: User, calendar: Calendar) -> None:
    meeting(calendar)
    only(account).cancel(new_body="Ship is late.")
    assert list(calendar.events) == []
    assert told(ana) == [("cancelled", ("bo@quay.example",))]
    assert ana.mailbox.notices[0].comment == "Ship is late."


def test_an_organizer_cancels_one_of_many(account: Any, ana: User, calendar: Calendar) -> None:
    meeting(calendar, rule=("RRULE:FREQ=DAILY;COUNT=3",))
    view(account, at(10), at(11))[0].cancel()
    assert [each.start.day for each in view(account, at(9), at(12), "start")] == [9, 11]
    assert told(ana) == [("cancelled", ("bo@quay.example",))]


@pytest.mark.parametrize(
    ("way", "answer"), [("accept", "accepted"), ("tentatively_accept", "tentative"), ("decline", "declined")]
)
def test_an_invitee_answers(account: Any, ana: User, calendar: Calendar, way: str, answer: str) -> None:
    kept = invitation(calendar)
    getattr(only(account), way)(body="Gladly")
    assert told(ana) == [("answered", ("bo@quay.example",))]
    assert ana.mailbox.notices[0].comment == "Gladly"
    left = calendar.get(kept.id)
    if answer == "declined":
        assert left is None
        assert [each.my_response_type for each in account.trash.all()] == ["Decline"]
    else:
        assert left is not None
        assert (left.answer, left.attendees[0].answer) == (answer, answer)


def test_who_is_not_the_organizer_cannot_cancel_and_who_is_cannot_answer(account: Any, calendar: Calendar) -> None:
    kept = invitation(calendar)
    with pytest.raises(errors.ErrorCalendarIsNotOrganizer):
        only(account).cancel()
    calendar.remove(kept.id)
    meeting(calendar)
    for way, problem in (
        ("accept", errors.ErrorCalendarIsOrganizerForAccept),
        ("tentatively_accept", errors.ErrorCalendarIsOrganizerForTentative),
        ("decline", errors.ErrorCalendarIsOrganizerForDecline),
    ):
        with pytest.raises(problem):
            getattr(only(account), way)()


def test_nothing_is_answered_that_has_changed_or_was_called_off(account: Any, calendar: Calendar) -> None:
    kept = invitation(calendar)
    item = only(account)
    calendar.change(kept.id, location="Elsewhere")
    with pytest.raises(errors.ErrorStaleObject):
        item.accept()
    calendar.cancel(kept.id)
    with pytest.raises(errors.ErrorCalendarIsCancelledForAccept):
        only(account).accept()


def test_a_calendar_that_may_only_be_read_stays_as_it_is(account: Any, ana: User) -> None:
    duty = ana.mailbox.add_calendar("Duty", can_edit=False)
    duty.add(Event(subject="Night", start=at(9, 20), end=at(9, 22)))
    folder = account.calendar / "Duty"
    (item,) = folder.all()
    item.subject = "Day"
    for attempt in (lambda: item.save(update_fields=["subject"]), item.delete, item.move_to_trash):
        with pytest.raises(errors.ErrorAccessDenied):
            attempt()
    made = ews.CalendarItem(account=account, folder=folder, start=theirs(at(9, 9)), end=theirs(at(9, 10)))
    with pytest.raises(errors.ErrorAccessDenied):
        made.save()
    assert [each.subject for each in duty.events] == ["Night"]


def test_items_move_between_folders_and_get_new_ids(account: Any, ana: User, calendar: Calendar) -> None:
    duty, suppliers = ana.mailbox.add_calendar("Duty"), ana.mailbox.add_folder("Suppliers")
    meeting(calendar)
    ana.mailbox.contacts.add(Contact(display_name="Bo"))
    item, before = only(account), only(account).id
    item.move(account.calendar / "Duty")
    assert ([each.subject for each in duty.events], list(calendar.events)) == (["Plan"], [])
    assert item.id != before
    (person,) = account.contacts.all()
    person.move(account.contacts / "Suppliers")
    assert [each.display_name for each in suppliers.contacts] == ["Bo"]
    item.move(account.trash)
    assert (list(duty.events), len(ana.mailbox.deleted)) == ([], 1)


def test_a_contact_is_made_changed_and_deleted(account: Any, ana: User) -> None:
    book = ana.mailbox.contacts.contacts
    made = ews.Contact(
        account=account,
        folder=account.contacts,
        display_name="Hà Đỗ",
        given_name="Hà",
        surname="Đỗ",
        company_name="Gió",
        email_addresses=[indexed.EmailAddress(email="ha@gio.example", label="EmailAddress1")],
        phone_numbers=[indexed.PhoneNumber(label="MobilePhone", phone_number="+84 91 555 0101")],
        birthday=ews.EWSDate(1990, 5, 17),
        body="Met in Huế.",
    )
    made.save()
    (kept,) = book
    assert (kept.display_name, kept.company, kept.mobile_phone, kept.notes) == (
        "Hà Đỗ",
        "Gió",
        "+84 91 555 0101",
        "Met in Huế.",
    )
    assert (kept.emails[0].address, kept.birthday) == ("ha@gio.example", date(1990, 5, 17))
    made.job_title = "Editor"
    made.phone_numbers = [indexed.PhoneNumber(label="HomePhone2", phone_number="+84 24 3825 1234")]
    made.company_name = None
    made.save(update_fields=["job_title", "phone_numbers", "company_name"])
    (kept,) = book
    assert (kept.job_title, kept.home_phones, kept.mobile_phone, kept.company) == (
        "Editor",
        ("", "+84 24 3825 1234"),
        "",
        "",
    )
    made.delete()
    assert list(book) == []


def test_several_changes_of_one_request_each_succeed_or_fail_alone(account: Any, calendar: Calendar) -> None:
    for hour in (9, 11):
        calendar.add(Event(subject=str(hour), start=at(9, hour), end=at(9, hour + 1)))
    first, second = view(account, at(9), at(10))
    calendar.remove(next(each.id for each in calendar.events if each.subject == "9"))
    first.subject = second.subject = "Changed"
    results = account.bulk_update([(first, ["subject"]), (second, ["subject"])])
    assert [type(each) for each in results] == [errors.ErrorItemNotFound, tuple]
    assert [each.subject for each in calendar.events] == ["Changed"]


def codes(sandbox: Sandbox, user: User, body: str) -> list[str]:
    """Send an operation and return the codes of its response messages."""
    with plain_session(sandbox, user) as session:
        answer = session.post(sandbox.endpoints["exchange"]["url"], data=soap(body), timeout=30)
        assert answer.status_code == 200
        return re.findall(r"<m:ResponseCode>(\w+)<", answer.text)


def update(identity: str, change: str, send: str = 'SendMeetingInvitationsOrCancellations="SendToNone"') -> str:
    """Return an UpdateItem of one item."""
    return (
        f'<m:UpdateItem ConflictResolution="AutoResolve" MessageDisposition="SaveOnly" {send}><m:ItemChanges>'
        f"<t:ItemChange><t:ItemId {identity}/><t:Updates>{change}</t:Updates></t:ItemChange></m:ItemChanges>"
        "</m:UpdateItem>"
    )


def field(name: str, uri: str, value: str, kind: str = "CalendarItem") -> str:
    """Return a change of one property."""
    value = f"<t:{kind}>{value}</t:{kind}>" if value else ""
    return f'<t:{name}><t:FieldURI FieldURI="{uri}"/>{value}</t:{name}>'


BODY = '<t:Body BodyType="Text"> and more</t:Body>'
GUEST = "<t:Attendee><t:Mailbox><t:EmailAddress>{}</t:EmailAddress></t:Mailbox></t:Attendee>"
CY = f"<t:RequiredAttendees>{GUEST.format('cy@quay.example')}</t:RequiredAttendees>"
NOBODY = f"<t:RequiredAttendees>{GUEST.format('nobody')}</t:RequiredAttendees>"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (field("AppendToItemField", "item:Body", BODY), "NoError"),
        (field("AppendToItemField", "calendar:RequiredAttendees", CY), "NoError"),
        (field("AppendToItemField", "item:Subject", "<t:Subject>B</t:Subject>"), "ErrorInvalidPropertyAppend"),
        (field("DeleteItemField", "calendar:OptionalAttendees", ""), "NoError"),
        (field("DeleteItemField", "calendar:Start", ""), "ErrorInvalidPropertyDelete"),
        (field("SetItemField", "calendar:Start", "<t:End>2026-03-09T09:00:00Z</t:End>"), "ErrorUpdatePropertyMismatch"),
        (field("SetItemField", "item:Subject", " "), "ErrorIncorrectUpdatePropertyCount"),
        (
            field("SetItemField", "calendar:End", "<t:End>2026-03-08T09:00:00Z</t:End>"),
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        (field("SetItemField", "calendar:IsMeeting", "<t:IsMeeting>true</t:IsMeeting>"), "ErrorInvalidPropertySet"),
        (field("SetItemField", "calendar:RequiredAttendees", NOBODY), "ErrorInvalidRecipients"),
        (
            field("SetItemField", "calendar:StartTimeZone", '<t:StartTimeZone Id="Nowhere Standard Time"/>'),
            "ErrorTimeZone",
        ),
    ],
)
def test_a_change_is_made_or_refused_with_its_reason(
    sandbox: Sandbox, ana: User, account: Any, calendar: Calendar, change: str, code: str
) -> None:
    kept = meeting(calendar, body="Text")
    item = only(account)
    identity = f'Id="{item.id}" ChangeKey="{item.changekey}"'
    assert codes(sandbox, ana, update(identity, change)) == [code]
    assert (calendar.get(kept.id) == kept) is (code != "NoError" or "Optional" in change)


def test_writing_needs_change_keys_and_what_is_to_be_sent(
    sandbox: Sandbox, ana: User, account: Any, calendar: Calendar
) -> None:
    meeting(calendar)
    item = only(account)
    key, subject = f'ChangeKey="{item.changekey}"', field("SetItemField", "item:Subject", "<t:Subject>B</t:Subject>")
    known = f'Id="{item.id}"'
    delete = '<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId {}/></m:ItemIds></m:DeleteItem>'
    reply = "<m:CreateItem {}><m:Items><t:CancelCalendarItem>{}</t:CancelCalendarItem></m:Items></m:CreateItem>"
    how, reference = 'MessageDisposition="SendOnly"', "<t:ReferenceItemId {}/>"
    for body, code in (
        (update(known, subject), "ErrorChangeKeyRequiredForWriteOperations"),
        (update(f'{known} ChangeKey="x"', subject), "ErrorInvalidChangeKey"),
        (update(f"{known} {key}", subject, ""), "ErrorSendMeetingInvitationsOrCancellationsRequired"),
        (delete.format(known), "ErrorSendMeetingCancellationsRequired"),
        (reply.format("", reference.format(f"{known} {key}")), "ErrorMessageDispositionRequired"),
        (reply.format(how, ""), "ErrorMissingInformationReferenceItemId"),
        (reply.format(how, reference.format(known)), "ErrorChangeKeyRequired"),
        (reply.format(how, reference.format(f'{known} ChangeKey="x"')), "ErrorInvalidChangeKey"),
    ):
        assert codes(sandbox, ana, body) == [code]
    assert [each.subject for each in calendar.events] == ["Plan"]


@pytest.mark.parametrize(
    ("how", "folder", "item", "code"),
    [
        ("", "calendar", "CalendarItem", "ErrorSendMeetingInvitationsRequired"),
        (
            'SendMeetingInvitations="SendToNone"',
            "contacts",
            "CalendarItem",
            "ErrorCannotCreateCalendarItemInNonCalendarFolder",
        ),
        ("", "calendar", "Contact", "ErrorCannotCreateContactInNonContactFolder"),
        ('MessageDisposition="SaveOnly"', "drafts", "Message", "ErrorInvalidItemForOperationCreateItem"),
    ],
)
def test_an_item_is_made_only_where_it_belongs(
    sandbox: Sandbox, ana: User, how: str, folder: str, item: str, code: str
) -> None:
    body = (
        f'<m:CreateItem {how}><m:SavedItemFolderId><t:DistinguishedFolderId Id="{folder}"/></m:SavedItemFolderId>'
        f"<m:Items><t:{item}><t:Subject>A</t:Subject></t:{item}></m:Items></m:CreateItem>"
    )
    assert codes(sandbox, ana, body) == [code]


def test_a_contact_is_emptied_and_added_to_entry_by_entry(sandbox: Sandbox, ana: User, account: Any) -> None:
    people = (Person(name="A", address="a@x.example"), Person(name="B", address="b@x.example"))
    ana.mailbox.contacts.add(Contact(display_name="Bo", emails=people, birthday=date(1990, 5, 17), notes="One"))
    (item,) = account.contacts.all()
    entry = '<t:DeleteItemField><t:IndexedFieldURI FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress2"/>'
    changes = f"{entry}</t:DeleteItemField>" + field("DeleteItemField", "contacts:Birthday", "")
    changes += field("AppendToItemField", "item:Body", BODY, "Contact")
    identity = f'Id="{item.id}" ChangeKey="{item.changekey}"'
    assert codes(sandbox, ana, update(identity, changes, "")) == ["NoError"]
    (kept,) = ana.mailbox.contacts.contacts
    assert ([each.address for each in kept.emails], kept.birthday, kept.notes) == (
        ["a@x.example"],
        None,
        "One and more",
    )
