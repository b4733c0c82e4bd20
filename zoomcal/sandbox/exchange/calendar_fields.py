"""The fields of calendar items, in the order of the schema ([MS-OXWSMTGS] section 2.2.4.9)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from zoomcal.sandbox.exchange import item_fields, zones
from zoomcal.sandbox.exchange.icalendar import icalendar
from zoomcal.sandbox.exchange.item_fields import Item, constant, element
from zoomcal.sandbox.exchange.recurrence import recurrence
from zoomcal.sandbox.exchange.series import Series
from zoomcal.sandbox.exchange.shapes import Field, Keys, Setting, Writer, stamp
from zoomcal.sandbox.exchange.soap import attribute, text
from zoomcal.sandbox.exchange.versions import RANKS
from zoomcal.sandbox.mailbox import Attendee, Event, Person

SENSITIVITIES = {"normal": "Normal", "personal": "Personal", "private": "Private", "confidential": "Confidential"}
BUSY = {
    "free": "Free",
    "tentative": "Tentative",
    "busy": "Busy",
    "out-of-office": "OOF",
    "elsewhere": "WorkingElsewhere",
}
ANSWERS = {
    "none": "NoResponseReceived",
    "organizer": "Organizer",
    "accepted": "Accept",
    "tentative": "Tentative",
    "declined": "Decline",
}
_TYPES = {"single": "Single", "master": "RecurringMaster", "occurrence": "Occurrence", "exception": "Exception"}
_2010, _2013 = RANKS["Exchange2010"], RANKS["Exchange2013"]
_MEETING, _RECEIVED, _CANCELLED = 1, 2, 4


def is_own(event: Event) -> bool:
    """Return whether the mailbox's person called the event, or it concerns nobody else."""
    return event.answer == "organizer" or not event.is_meeting


def mailbox(person: Person, *, version: int, brief: bool = False) -> str:
    """Return a Mailbox element; `brief` gives the name alone."""
    inside = element("Name", person.name)
    if not brief and person.address:
        inside += f"{element('EmailAddress', person.address)}<t:RoutingType>SMTP</t:RoutingType>"
        inside += "<t:MailboxType>Mailbox</t:MailboxType>" if version >= _2010 else ""
    return f"<t:Mailbox>{inside}</t:Mailbox>"


def _flag(name: str, test: object) -> str:
    return f"<t:{name}>{'true' if test else 'false'}</t:{name}>"


def _attendees(name: str, role: str) -> Writer[Event]:
    def write(event: Event, setting: Setting, _keys: Keys) -> str:
        inside = "".join(_attendee(each, setting) for each in event.attendees if each.role == role)
        return f"<t:{name}>{inside}</t:{name}>" if inside else ""

    return write


def _attendee(attendee: Attendee, setting: Setting) -> str:
    answer = "Unknown" if attendee.answer == "none" else ANSWERS[attendee.answer]
    when = f"<t:LastResponseTime>{stamp(attendee.answered)}</t:LastResponseTime>" if attendee.answered else ""
    who = mailbox(attendee.person, version=setting.version)
    return f"<t:Attendee>{who}<t:ResponseType>{answer}</t:ResponseType>{when}</t:Attendee>"


def _names(name: str, role: str) -> Writer[Event]:
    def write(event: Event, _setting: Setting, _keys: Keys) -> str:
        people = "; ".join(each.person.name or each.person.address for each in event.attendees if each.role == role)
        return f"<t:{name}>{text(people)}</t:{name}>" if people else f"<t:{name}/>"

    return write


def _organizer(event: Event, setting: Setting, _keys: Keys) -> str:
    who = event.organizer or setting.mailbox.person
    return f"<t:Organizer>{mailbox(who, version=setting.version, brief=setting.brief)}</t:Organizer>"


def _responses(event: Event, setting: Setting, _keys: Keys) -> str:
    if setting.brief:
        return ""
    if not event.is_meeting:
        objects = "<t:ForwardItem/>"
    elif is_own(event):
        objects = "<t:CancelCalendarItem/><t:ReplyToItem/><t:ReplyAllToItem/><t:ForwardItem/>"
    elif event.cancelled:
        objects = "<t:ReplyToItem/><t:ReplyAllToItem/><t:ForwardItem/>"
    else:
        objects = (
            "<t:AcceptItem/><t:TentativelyAcceptItem/><t:DeclineItem/><t:ReplyToItem/><t:ReplyAllToItem/>"
            "<t:ForwardItem/>"
        )
    return f"<t:ResponseObjects>{objects}</t:ResponseObjects>"


def _due(name: str) -> Writer[Event]:
    def write(event: Event, _setting: Setting, _keys: Keys) -> str:
        return f"<t:{name}>{stamp(event.begins)}</t:{name}>" if event.reminder_minutes is not None else ""

    return write


def _state(event: Event, _setting: Setting, _keys: Keys) -> str:
    state = _MEETING * event.is_meeting | _RECEIVED * (not is_own(event)) | _CANCELLED * event.cancelled
    return f"<t:AppointmentState>{int(state)}</t:AppointmentState>"


def _my_answer(event: Event, _setting: Setting, _keys: Keys) -> str:
    answer = "Organizer" if is_own(event) else ANSWERS[event.answer]
    return f"<t:MyResponseType>{answer}</t:MyResponseType>"


def duration(length: timedelta) -> str:
    """Return a length of time as xs:duration."""
    days, seconds = length.days, length.seconds
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    time = f"T{f'{hours}H' if hours else ''}{f'{minutes}M' if minutes else ''}" if hours or minutes else ""
    return f"P{f'{days}D' if days else ''}{time}" if days or time else "PT0S"


def _original(name: str) -> Writer[Event]:
    def write(event: Event, setting: Setting, _keys: Keys) -> str:
        if event.original_start is None:
            return ""
        return f"<t:{name}>{stamp(Series(setting.mailbox, event).instant(event.original_start))}</t:{name}>"

    return write


def _recurrence(event: Event, _setting: Setting, _keys: Keys) -> str:
    return recurrence(event) if event.kind == "master" else ""


def _end_occurrence(name: str, *, last: bool) -> Writer[Event]:
    def write(event: Event, setting: Setting, _keys: Keys) -> str:
        found = Series(setting.mailbox, event).end(last=last) if event.kind == "master" else None
        return f"<t:{name}>{_occurrence_info(found, setting)}</t:{name}>" if found else ""

    return write


def _occurrence_info(event: Event, setting: Setting) -> str:
    original = _original("OriginalStart")(event, setting, None)
    start, end = stamp(event.begins), stamp(event.ends)
    return f"{item_fields.item_id(event, setting)}<t:Start>{start}</t:Start><t:End>{end}</t:End>{original}"


def _modified(event: Event, setting: Setting, _keys: Keys) -> str:
    changed = Series(setting.mailbox, event).changed() if event.kind == "master" else []
    inside = "".join(f"<t:Occurrence>{_occurrence_info(each, setting)}</t:Occurrence>" for each in changed)
    return f"<t:ModifiedOccurrences>{inside}</t:ModifiedOccurrences>" if inside else ""


def _deleted(event: Event, setting: Setting, _keys: Keys) -> str:
    gone = Series(setting.mailbox, event).left_out() if event.kind == "master" else []
    inside = "".join(f"<t:DeletedOccurrence><t:Start>{stamp(each)}</t:Start></t:DeletedOccurrence>" for each in gone)
    return f"<t:DeletedOccurrences>{inside}</t:DeletedOccurrences>" if inside else ""


def _near(event: Event, setting: Setting, *, adjacent: bool) -> list[Event]:
    found = setting.mailbox.find_event(event.id)
    if found is None or event.kind == "master":
        return []
    others = [each for each in found[0].view(event.begins, event.ends + timedelta(seconds=1)) if each.id != event.id]
    touching = [each for each in others if each.ends == event.begins or each.begins == event.ends]
    return touching if adjacent else [each for each in others if each not in touching and each.show_as != "free"]


def _count(name: str, *, adjacent: bool) -> Writer[Event]:
    def write(event: Event, setting: Setting, _keys: Keys) -> str:
        return "" if setting.brief else f"<t:{name}>{len(_near(event, setting, adjacent=adjacent))}</t:{name}>"

    return write


def _list(name: str, *, adjacent: bool) -> Writer[Event]:
    def write(event: Event, setting: Setting, _keys: Keys) -> str:
        inside = "".join(_neighbour(each, setting) for each in _near(event, setting, adjacent=adjacent))
        return f"<t:{name}>{inside}</t:{name}>" if inside else ""

    return write


def _neighbour(event: Event, setting: Setting) -> str:
    return (
        f"<t:CalendarItem>{item_fields.item_id(event, setting)}<t:Subject>{text(event.subject)}</t:Subject>"
        f"<t:Start>{stamp(event.begins)}</t:Start><t:End>{stamp(event.ends)}</t:End>"
        f"<t:LegacyFreeBusyStatus>{_busy(event, setting)}</t:LegacyFreeBusyStatus>"
        f"<t:Location>{text(event.location)}</t:Location></t:CalendarItem>"
    )


def _busy(event: Event, setting: Setting) -> str:
    busy = BUSY[event.show_as]
    return "Free" if busy == "WorkingElsewhere" and setting.version < _2013 else busy


def _zone(name: str) -> Writer[Event]:
    def write(event: Event, setting: Setting, _keys: Keys) -> str:
        odd = setting.zone_ids.get(event.master_id or event.id)
        if odd is not None:
            return f"<t:{name} Id={attribute(odd)} Name={attribute(odd)}/>"
        return zones.definition(zone_id(event), event.begins.year, full=not setting.brief, tag=f"t:{name}")

    return write


def zone_id(event: Event) -> str:
    """Return the Windows id of the zone that an event was made in."""
    return zones.windows_name(event.zone)


def _wall(name: str, *, end: bool) -> Writer[Event]:
    def write(event: Event, _setting: Setting, _keys: Keys) -> str:
        return (
            f"<t:{name}>{(event.ends if end else event.begins).astimezone(ZoneInfo(event.zone)).isoformat()}</t:{name}>"
        )

    return write


def _join_url(event: Event, _setting: Setting, _keys: Keys) -> str:
    return element("JoinOnlineMeetingUrl", event.online.join_url) if event.online else ""


def _mime(event: Event, setting: Setting, _keys: Keys) -> str:
    content = b64encode(icalendar(event, setting.mailbox)).decode()
    return f'<t:MimeContent CharacterSet="UTF-8">{content}</t:MimeContent>'


def _common(fields: Iterable[Field[Item]]) -> tuple[Field[Event], ...]:
    return cast("tuple[Field[Event], ...]", tuple(fields))


FIELDS: tuple[Field[Event], ...] = (
    Field("item:MimeContent", _mime, found=False, ordinary=False),
    *_common(item_fields.FIRST),
    Field("item:ItemClass", lambda e, _s, _k: f"<t:ItemClass>{item_class(e)}</t:ItemClass>"),
    Field("item:Subject", lambda e, _s, _k: element("Subject", e.subject), default=True),
    Field("item:Sensitivity", lambda e, _s, _k: element("Sensitivity", SENSITIVITIES[e.sensitivity])),
    Field(
        "item:Body", lambda e, s, _k: item_fields.body(e.body, is_html=e.body_is_html, wanted=s.body_type), found=False
    ),
    *_common(item_fields.MIDDLE),
    Field("item:ResponseObjects", _responses, default=True),
    Field("item:ReminderDueBy", _due("ReminderDueBy")),
    Field("item:ReminderIsSet", lambda e, _s, _k: _flag("ReminderIsSet", e.reminder_minutes is not None)),
    Field("item:ReminderNextTime", _due("ReminderNextTime"), since="Exchange2013"),
    Field(
        "item:ReminderMinutesBeforeStart",
        lambda e, _s, _k: element("ReminderMinutesBeforeStart", str(e.reminder_minutes or 0)),
    ),
    Field("item:DisplayCc", _names("DisplayCc", "optional")),
    Field("item:DisplayTo", _names("DisplayTo", "required")),
    *_common(item_fields.LAST),
    Field(
        "item:TextBody",
        lambda e, _s, _k: item_fields.body(e.body, is_html=e.body_is_html, wanted="Text", name="TextBody"),
        since="Exchange2013",
        found=False,
        ordinary=False,
    ),
    Field("calendar:UID", lambda e, _s, _k: element("UID", e.uid)),
    Field("calendar:RecurrenceId", _original("RecurrenceId")),
    Field("calendar:DateTimeStamp", lambda e, _s, _k: element("DateTimeStamp", stamp(e.changed))),
    Field("calendar:Start", lambda e, _s, _k: f"<t:Start>{stamp(e.begins)}</t:Start>", default=True),
    Field("calendar:End", lambda e, _s, _k: f"<t:End>{stamp(e.ends)}</t:End>", default=True),
    Field("calendar:OriginalStart", _original("OriginalStart")),
    Field("calendar:IsAllDayEvent", lambda e, _s, _k: _flag("IsAllDayEvent", e.all_day)),
    Field(
        "calendar:LegacyFreeBusyStatus",
        lambda e, s, _k: f"<t:LegacyFreeBusyStatus>{_busy(e, s)}</t:LegacyFreeBusyStatus>",
        default=True,
    ),
    Field("calendar:Location", lambda e, _s, _k: element("Location", e.location), default=True),
    Field("calendar:IsMeeting", lambda e, _s, _k: _flag("IsMeeting", e.is_meeting)),
    Field("calendar:IsCancelled", lambda e, _s, _k: _flag("IsCancelled", e.cancelled)),
    Field("calendar:IsRecurring", lambda e, _s, _k: _flag("IsRecurring", e.kind != "single")),
    Field(
        "calendar:MeetingRequestWasSent",
        lambda e, _s, _k: _flag("MeetingRequestWasSent", e.is_meeting and e.answer == "organizer"),
    ),
    Field("calendar:IsResponseRequested", constant("IsResponseRequested", "true")),
    Field("calendar:CalendarItemType", lambda e, _s, _k: element("CalendarItemType", _TYPES[e.kind])),
    Field("calendar:MyResponseType", _my_answer),
    Field("calendar:Organizer", _organizer, default=True),
    Field("calendar:RequiredAttendees", _attendees("RequiredAttendees", "required"), default=True, found=False),
    Field("calendar:OptionalAttendees", _attendees("OptionalAttendees", "optional"), default=True, found=False),
    Field("calendar:Resources", _attendees("Resources", "resource"), default=True, found=False),
    Field("calendar:ConflictingMeetingCount", _count("ConflictingMeetingCount", adjacent=False)),
    Field("calendar:AdjacentMeetingCount", _count("AdjacentMeetingCount", adjacent=True)),
    Field("calendar:ConflictingMeetings", _list("ConflictingMeetings", adjacent=False), found=False),
    Field("calendar:AdjacentMeetings", _list("AdjacentMeetings", adjacent=True), found=False),
    Field("calendar:Duration", lambda e, _s, _k: element("Duration", duration(e.ends - e.begins))),
    Field("calendar:TimeZone", lambda e, _s, _k: element("TimeZone", zones.display_name(zone_id(e)))),
    Field(
        "calendar:AppointmentReplyTime",
        lambda e, _s, _k: element("AppointmentReplyTime", stamp(e.answered)) if e.answered else "",
    ),
    Field("calendar:AppointmentSequenceNumber", constant("AppointmentSequenceNumber", "0")),
    Field("calendar:AppointmentState", _state),
    Field("calendar:Recurrence", _recurrence, found=False),
    Field("calendar:FirstOccurrence", _end_occurrence("FirstOccurrence", last=False), found=False),
    Field("calendar:LastOccurrence", _end_occurrence("LastOccurrence", last=True), found=False),
    Field("calendar:ModifiedOccurrences", _modified, found=False),
    Field("calendar:DeletedOccurrences", _deleted, found=False),
    Field("calendar:StartTimeZone", _zone("StartTimeZone"), since="Exchange2010"),
    Field("calendar:EndTimeZone", _zone("EndTimeZone"), since="Exchange2010"),
    Field("calendar:ConferenceType", constant("ConferenceType", "0")),
    Field("calendar:AllowNewTimeProposal", constant("AllowNewTimeProposal", "true")),
    Field("calendar:IsOnlineMeeting", lambda e, _s, _k: _flag("IsOnlineMeeting", e.online)),
    Field("calendar:StartWallClock", _wall("StartWallClock", end=False), since="Exchange2013"),
    Field("calendar:EndWallClock", _wall("EndWallClock", end=True), since="Exchange2013"),
    Field("calendar:StartTimeZoneId", lambda e, _s, _k: element("StartTimeZoneId", zone_id(e)), since="Exchange2013"),
    Field("calendar:EndTimeZoneId", lambda e, _s, _k: element("EndTimeZoneId", zone_id(e)), since="Exchange2013"),
    Field("calendar:JoinOnlineMeetingUrl", _join_url, since="Exchange2013"),
    Field("calendar:IsOrganizer", lambda e, _s, _k: _flag("IsOrganizer", is_own(e)), since="Exchange2013"),
)


def item_class(event: Event) -> str:
    """Return an event's message class ([MS-OXOCAL] section 2.2.2.1)."""
    return f"IPM.Appointment.{_TYPES[event.kind]}" if event.master_id else "IPM.Appointment"
