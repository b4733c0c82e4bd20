from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import thread_time
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tzlocal.windows_tz import win_tz

from zoomcal.domain.meetings import AccountId, Answer, Days, Person, Role, Timed
from zoomcal.providers.answers import ODD
from zoomcal.providers.ews.mapping import MeetingMapper, to_contact
from zoomcal.providers.ews.moments import instant, offset_of, offset_of_bias

TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ME = AccountId("exchange:ada@example.org")
MAPPER = MeetingMapper(ME, "cal")


def xml(inside: str, name: str = "CalendarItem") -> etree._Element:
    return etree.fromstring(f'<{name} xmlns="{TYPES}"><ItemId Id="one" ChangeKey="key"/>{inside}</{name}>'.encode())


def timed(
    inside: str = "", *, start: str = "2026-03-11T02:00:00Z", end: str = "2026-03-11T03:00:00Z"
) -> etree._Element:
    return xml(f"<Subject>Plan</Subject><Start>{start}</Start><End>{end}</End>{inside}")


def box(address: str, name: str = "", routing: str = "SMTP") -> str:
    return (
        f"<Mailbox><Name>{name}</Name><EmailAddress>{address}</EmailAddress>"
        f"<RoutingType>{routing}</RoutingType></Mailbox>"
    )


def test_an_item_arrives_complete() -> None:
    meeting = MAPPER.meeting(
        timed(
            "<Body BodyType='HTML'>&lt;a href='https://us02web.zoom.us/j/81234567890?pwd=a.1'&gt;Join&lt;/a&gt;</Body>"
            "<UID>uid</UID><IsMeeting>true</IsMeeting><IsRecurring>true</IsRecurring>"
            "<CalendarItemType>Exception</CalendarItemType><MyResponseType>Tentative</MyResponseType>"
            f"<Organizer>{box('bo@example.com', 'Bo')}</Organizer><Location>Hà Nội</Location>"
            f"<RequiredAttendees><Attendee>{box('ADA@example.org', 'Ada')}<ResponseType>Unknown</ResponseType>"
            f"</Attendee></RequiredAttendees><Resources><Attendee>{box('room@example.org')}<ResponseType>Accept</ResponseType>"
            "</Attendee></Resources><StartTimeZone Id='SE Asia Standard Time'/>"
        )
    )
    assert (meeting.uid, meeting.etag, meeting.calendar_id, meeting.account) == ("one", "key", "cal", ME)
    assert (meeting.title, meeting.location, meeting.zone) == ("Plan", "Hà Nội", "Asia/Bangkok")
    assert (meeting.ical_uid, meeting.series_uid) == ("uid", "uid")
    assert (meeting.role, meeting.answer) == (Role.INVITEE, Answer.TENTATIVE)
    assert meeting.host == Person("Bo", "bo@example.com")
    assert [(each.is_self, each.is_resource, each.answer) for each in meeting.attendees] == [
        (True, False, Answer.NONE),
        (False, True, Answer.ACCEPTED),
    ]
    assert meeting.finding.link
    assert meeting.finding.link.meeting_id == "81234567890"


@pytest.mark.parametrize(
    ("inside", "role", "answer"),
    [
        ("", Role.HOST, Answer.ACCEPTED),
        ("<IsMeeting>false</IsMeeting>", Role.HOST, Answer.ACCEPTED),
        ("<IsMeeting>true</IsMeeting><MyResponseType>Organizer</MyResponseType>", Role.HOST, Answer.ACCEPTED),
        ("<IsMeeting>true</IsMeeting><MyResponseType>Decline</MyResponseType>", Role.INVITEE, Answer.DECLINED),
        ("<IsMeeting>true</IsMeeting><MyResponseType>Unknown</MyResponseType>", Role.INVITEE, Answer.NONE),
        ("<IsMeeting>true</IsMeeting>", Role.INVITEE, Answer.NONE),
        (f"<IsMeeting>true</IsMeeting><Organizer>{box('Ada@example.org')}</Organizer>", Role.HOST, Answer.ACCEPTED),
    ],
)
def test_the_persons_part_is_told_by_their_own_response(inside: str, role: Role, answer: Answer) -> None:
    meeting = MAPPER.meeting(timed(inside))
    assert (meeting.role, meeting.answer) == (role, answer)
    if role is Role.HOST:
        assert meeting.host.email.lower() == "ada@example.org"


@pytest.mark.parametrize(
    ("start", "zone", "first"),
    [
        ("2026-03-10T17:00:00Z", "SE Asia Standard Time", date(2026, 3, 11)),
        ("2026-03-11T08:00:00Z", "Pacific Standard Time", date(2026, 3, 11)),
        ("2026-03-10T17:00:00Z", "A Zone of Nobody", date(2026, 3, 11)),
        ("2026-03-11T05:00:00Z", "", date(2026, 3, 11)),
        ("2026-03-10T11:00:00Z", "", date(2026, 3, 11)),
        ("2026-03-11T10:00:00Z", "", date(2026, 3, 11)),
        ("2026-03-11T00:00:00Z", "UTC", date(2026, 3, 11)),
        ("2026-03-11T00:00:00+07:00", "SE Asia Standard Time", date(2026, 3, 11)),
    ],
)
def test_a_whole_day_is_the_day_that_begins_there(start: str, zone: str, first: date) -> None:
    end = (instant(start) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    item = timed(f"<IsAllDayEvent>true</IsAllDayEvent><StartTimeZone Id='{zone}'/>", start=start, end=end)
    assert MAPPER.meeting(item).when == Days(first, first + timedelta(days=1))


@pytest.mark.parametrize("windows", sorted(win_tz))
def test_a_whole_day_is_itself_in_every_zone_and_in_nearly_all_without_one(windows: str) -> None:
    ambiguous = {"Dateline Standard Time", "UTC-11", "Line Islands Standard Time"}
    zone = ZoneInfo(win_tz[windows])
    for number in range(0, 365, 14):
        first, until = (date(2026, 1, 1) + timedelta(days=number + more) for more in (0, 2))
        start, end = (
            datetime.combine(each, time(), zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for each in (first, until)
        )
        offset = datetime.combine(first, time(), zone).strftime("%z")
        shown = f"(UTC{offset[:3]}:{offset[3:5]}) Somewhere"
        bias = f"{'' if offset[0] == '-' else '-'}PT{int(offset[1:3])}H{int(offset[3:5])}M"
        for stated in (
            f"<StartTimeZone Id='{windows}'/>",
            f"<StartTimeZone Id='tzone://Custom/1' Name='{shown}'/>",
            f"<StartTimeZone Id='x'><Periods><Period Bias='{bias}'/></Periods></StartTimeZone>",
            f"<TimeZone>{shown}</TimeZone>",
            *([] if windows in ambiguous else ["", "<StartTimeZone Id='UTC'/>"]),
        ):
            item = timed(f"<IsAllDayEvent>true</IsAllDayEvent>{stated}", start=start, end=end)
            assert MAPPER.meeting(item).when == Days(first, until), stated


def test_a_whole_day_with_an_offset_is_the_day_that_is_written() -> None:
    item = timed(
        "<IsAllDayEvent>true</IsAllDayEvent>", start="2026-03-11T00:00:00+14:00", end="2026-03-12T00:00:00+14:00"
    )
    assert MAPPER.meeting(item).when == Days(date(2026, 3, 11), date(2026, 3, 12))


@pytest.mark.parametrize("named", ["", "<StartTimeZone Id='W' Name='(UTC+12:00) There'/>"])
def test_a_series_of_whole_days_keeps_its_weekday_without_a_zone(named: str) -> None:
    item = series(
        weekly(1, "Monday"), BOUNDS[""], "2026-03-08T11:00:00Z", "2026-03-09T11:00:00Z",
        f"<IsAllDayEvent>true</IsAllDayEvent>{named}",
    )  # fmt: skip
    found = MAPPER.expanded(item, datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC))
    days = [meeting.when.first for meeting, _ in found if isinstance(meeting.when, Days)]
    assert days == [date(2026, 4, day) for day in (6, 13, 20)][: len(days)]
    assert len(days) >= 2


@pytest.mark.parametrize("stated", ["(UTC+99:99)", "(UTC)", "2026-03-11T00:00:00Z", "(UTC+٣٣:٣٣)", "Hanoi", ""])
def test_what_states_no_offset_has_none(stated: str) -> None:
    assert offset_of(stated) is None
    assert offset_of_bias(stated) is None


@pytest.mark.parametrize("stated", ["", "soon", "2026-03-11", "2026-13-11T00:00:00Z", "2026-03-11T00:00:00+99:00"])
def test_what_is_no_moment_is_refused(stated: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever way it is none
        instant(stated)


def test_moments_of_other_servers_are_read_too() -> None:
    assert instant("2026-11-22T17:25:37.593745100Z").microsecond == 593745
    assert instant("2026-03-11T02:00:00") == datetime(2026, 3, 11, 2, tzinfo=UTC)


WHOLE = (
    "<CalendarItemType>RecurringMaster</CalendarItemType><IsAllDayEvent>false</IsAllDayEvent>"
    f"<IsMeeting>true</IsMeeting><Organizer>{box('bo@example.com')}</Organizer><Recurrence><WeeklyRecurrence>"
    "<Interval>1</Interval><DaysOfWeek>Wednesday</DaysOfWeek></WeeklyRecurrence><NumberedRecurrence><StartDate>"
    "2026-03-11</StartDate><NumberOfOccurrences>2</NumberOfOccurrences></NumberedRecurrence></Recurrence>"
    "<ModifiedOccurrences><Occurrence><Start>2026-03-18T04:00:00Z</Start><End>2026-03-18T05:00:00Z</End>"
    "<OriginalStart>2026-03-18T02:00:00Z</OriginalStart></Occurrence></ModifiedOccurrences>"
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)


@settings(deadline=None)
@given(st.integers(0, 40), WORDS | st.from_regex(r"\A-?\d{1,30}\Z"))
def test_an_odd_element_costs_at_most_its_own_item(number: int, odd: str) -> None:
    changed = timed(WHOLE)
    elements = list(changed.iter())
    elements[number % len(elements)].text = odd
    try:
        found = MAPPER.expanded(changed, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    except ODD:
        return
    assert all(meeting.uid.startswith("one") for meeting, _ in found)


# -- series -----------------------------------------------------------------------------------------------------------
def monthly(inside: str, kind: str = "RelativeMonthly") -> str:
    return f"<{kind}Recurrence><Interval>1</Interval>{inside}</{kind}Recurrence>"


def yearly(inside: str, kind: str) -> str:
    return f"<{kind}YearlyRecurrence>{inside}</{kind}YearlyRecurrence>"


def weekly(interval: int, days: str, more: str = "") -> str:
    inside = f"<Interval>{interval}</Interval><DaysOfWeek>{days}</DaysOfWeek>{more}"
    return f"<WeeklyRecurrence>{inside}</WeeklyRecurrence>"


def on(days: str, which: str) -> str:
    return f"<DaysOfWeek>{days}</DaysOfWeek><DayOfWeekIndex>{which}</DayOfWeekIndex>"


RULES = {
    "FREQ=DAILY;INTERVAL=3": "<DailyRecurrence><Interval>3</Interval></DailyRecurrence>",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU": weekly(
        2, "Monday Wednesday", "<FirstDayOfWeek>Sunday</FirstDayOfWeek>"
    ),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": weekly(1, "Weekday"),
    "FREQ=MONTHLY;BYMONTHDAY=11": monthly("<DayOfMonth>11</DayOfMonth>", "AbsoluteMonthly"),
    "FREQ=MONTHLY;BYMONTHDAY=-1": monthly("<DayOfMonth>31</DayOfMonth>", "AbsoluteMonthly"),
    "FREQ=MONTHLY;BYDAY=2WE": monthly(on("Wednesday", "Second")),
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1": monthly(on("Weekday", "Last")),
    "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=11": yearly("<DayOfMonth>11</DayOfMonth><Month>March</Month>", "Absolute"),
    "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU": yearly(on("Sunday", "Last") + "<Month>October</Month>", "Relative"),
}
BOUNDS = {
    "": "<NoEndRecurrence><StartDate>2024-01-10</StartDate></NoEndRecurrence>",
    ";COUNT=9": "<NumberedRecurrence><NumberOfOccurrences>9</NumberOfOccurrences></NumberedRecurrence>",
    ";UNTIL=20260415T235959": "<EndDateRecurrence><EndDate>2026-04-15Z</EndDate></EndDateRecurrence>",
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("until", BOUNDS)
def test_a_series_has_the_occurrences_of_its_rule(rule: str, until: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2024, 1, 10, 9, tzinfo=zone)
    item = timed(
        f"<CalendarItemType>RecurringMaster</CalendarItemType><Recurrence>{RULES[rule]}{BOUNDS[until]}</Recurrence>"
        "<StartTimeZone Id='W. Europe Standard Time'/>",
        start="2024-01-10T08:00:00Z",
        end="2024-01-10T09:00:00Z",
    )
    start, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    low, high = (moment.replace(tzinfo=None) for moment in (start, end))
    walls = rrulestr(rule + until, dtstart=first.replace(tzinfo=None)).between(low, high, inc=True)
    expected = {wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls}
    found = [meeting.when for meeting, _ in MAPPER.expanded(item, start, end)]
    starts = {when.start for when in found if isinstance(when, Timed)}
    assert expected - {first.astimezone(UTC)} == starts - {first.astimezone(UTC)}
    assert len(found) == len(starts)


def series(rule: str, bound: str, start: str, end: str, more: str = "") -> etree._Element:
    return timed(
        f"<CalendarItemType>RecurringMaster</CalendarItemType><Recurrence>{rule}{bound}</Recurrence>{more}",
        start=start,
        end=end,
    )


def starts_of(item: etree._Element, start: datetime, end: datetime) -> list[datetime]:
    found = [meeting.when for meeting, _ in MAPPER.expanded(item, start, end)]
    return [when.start for when in found if isinstance(when, Timed)]


@settings(deadline=None)
@given(
    rule=st.sampled_from(sorted(RULES)),
    first=st.dates(date(1998, 1, 1), date(2026, 12, 31)),
    opens=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    length=st.integers(1, 60),
    bound=st.integers(1, 3000) | st.dates(date(2020, 1, 1), date(2030, 1, 1)) | st.none(),
)
def test_a_series_that_began_long_ago_keeps_its_step_and_its_number(
    rule: str, first: date, opens: date, length: int, bound: int | date | None
) -> None:
    match bound:
        case int():
            stated, told = f";COUNT={bound}", f"<NumberOfOccurrences>{bound}</NumberOfOccurrences>"
            told = f"<NumberedRecurrence>{told}</NumberedRecurrence>"
        case date():
            last = max(bound, first)
            stated = f";UNTIL={last:%Y%m%d}T235959"
            told = f"<EndDateRecurrence><EndDate>{last}</EndDate></EndDateRecurrence>"
        case None:
            stated, told = "", "<NoEndRecurrence/>"
    begins = datetime.combine(first, datetime.min.time()) + timedelta(hours=8)
    low = datetime.combine(opens, datetime.min.time())
    high = low + timedelta(days=length)
    expected = rrulestr(rule + stated, dtstart=begins).between(low, high, inc=True)
    item = series(RULES[rule], told, f"{begins:%Y-%m-%dT%H:%M:%SZ}", f"{begins:%Y-%m-%dT%H:%M:%SZ}")
    found = starts_of(item, low.replace(tzinfo=UTC), high.replace(tzinfo=UTC))
    assert found == [moment.replace(tzinfo=UTC) for moment in expected]


@pytest.mark.parametrize("rule", RULES)
def test_many_series_of_long_ago_take_no_time(rule: str) -> None:
    item = series(RULES[rule], BOUNDS[""], "0900-01-01T08:00:00Z", "0900-01-01T09:00:00Z")
    began = thread_time()
    for _ in range(100):
        starts_of(item, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert thread_time() - began < 3


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2020-01-01T08:00:00Z", "2025-12-31T08:00:00Z"),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("2000-01-01T08:00:00Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_of_very_many_occurrences_at_once_the_present_ones_are_shown(start: str, end: str) -> None:
    item = series("<DailyRecurrence><Interval>1</Interval></DailyRecurrence>", BOUNDS[""], start, end)
    found = starts_of(item, datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC))
    assert {datetime(2026, 3, 10, tzinfo=UTC).date(), datetime(2026, 3, 11, tzinfo=UTC).date()} <= {
        moment.date() for moment in found
    }
    assert len(found) <= 1000


@pytest.mark.parametrize("interval", ["1000000000", "9" * 400, "0", "-3"])
@pytest.mark.parametrize("kind", ["Daily", "Weekly", "AbsoluteMonthly", "AbsoluteYearly"])
def test_an_impossible_step_takes_no_time(kind: str, interval: str) -> None:
    rule = f"<{kind}Recurrence><Interval>{interval}</Interval></{kind}Recurrence>"
    item = series(rule, BOUNDS[""], "2026-03-11T08:00:00Z", "2026-03-11T09:00:00Z")
    found = starts_of(item, datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC))
    assert found == [datetime(2026, 3, 11, 8, tzinfo=UTC)]


def test_a_changed_occurrence_that_cannot_be_read_costs_no_other() -> None:
    item = series(
        "<DailyRecurrence><Interval>1</Interval></DailyRecurrence>", BOUNDS[""],
        "2026-03-11T08:00:00Z", "2026-03-11T09:00:00Z",
        "<ModifiedOccurrences><Occurrence><Start>soon</Start></Occurrence><Occurrence><Start>2026-03-12T10:00:00Z"
        "</Start><End>later</End><OriginalStart>2026-03-12T08:00:00Z</OriginalStart></Occurrence></ModifiedOccurrences>"
        "<DeletedOccurrences><DeletedOccurrence><Start/></DeletedOccurrence></DeletedOccurrences>",
    )  # fmt: skip
    found = starts_of(item, datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 14, tzinfo=UTC))
    assert found == [datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((11, 8), (13, 8), (12, 10))]


@pytest.mark.parametrize("original", ["2026-03-12T08:00:00Z", "2026-03-11T23:00:00Z"])
def test_a_moved_occurrence_replaces_the_one_it_was(original: str) -> None:
    item = timed(
        "<CalendarItemType>RecurringMaster</CalendarItemType><Recurrence><DailyRecurrence><Interval>1</Interval>"
        "</DailyRecurrence><NoEndRecurrence><StartDate>2026-03-01</StartDate></NoEndRecurrence></Recurrence>"
        "<ModifiedOccurrences><Occurrence><ItemId Id='two'/><Start>2026-03-12T14:00:00Z</Start>"
        f"<End>2026-03-12T15:30:00Z</End><OriginalStart>{original}</OriginalStart></Occurrence></ModifiedOccurrences>"
        "<DeletedOccurrences><DeletedOccurrence><Start>2026-03-13T08:00:00Z</Start></DeletedOccurrence>"
        "</DeletedOccurrences><StartTimeZone Id='W. Europe Standard Time'/>",
        start="2026-03-01T08:00:00Z",
        end="2026-03-01T09:00:00Z",
    )
    found = MAPPER.expanded(item, datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC))
    shown = {(meeting.when.start, own) for meeting, own in found if isinstance(meeting.when, Timed)}
    expected = ((11, 8, ""), (12, 14, "two"), (14, 8, ""))
    assert shown == {(datetime(2026, 3, day, hour, tzinfo=UTC), own) for day, hour, own in expected}


@pytest.mark.parametrize(
    "recurrence",
    [
        "",
        "<Recurrence/>",
        "<Recurrence><LunarRecurrence/><NoEndRecurrence/></Recurrence>",
        f"<Recurrence>{monthly('<DayOfMonth>99</DayOfMonth>', 'AbsoluteMonthly')}<NoEndRecurrence/></Recurrence>",
    ],
)
def test_a_series_whose_rule_cannot_be_read_is_shown_once(recurrence: str) -> None:
    item = timed(f"<CalendarItemType>RecurringMaster</CalendarItemType>{recurrence}")
    ((meeting, own),) = MAPPER.expanded(item, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert (meeting.uid, own) == ("one", "")


# -- contacts ---------------------------------------------------------------------------------------------------------
def test_a_contact_arrives_complete() -> None:
    contact = to_contact(
        xml(
            "<GivenName>Bình</GivenName><Surname>Trần</Surname><CompanyName>Acme</CompanyName>"
            "<JobTitle>Buyer</JobTitle>"
            "<EmailAddresses><Entry Key='EmailAddress1'>SMTP:binh@example.org</Entry>"
            "<Entry Key='EmailAddress2'>/O=ORG/CN=RECIPIENTS/CN=binh</Entry><Entry Key='EmailAddress3'/>"
            "</EmailAddresses>"
            "<PhoneNumbers><Entry Key='BusinessPhone'>+84 24 1</Entry><Entry Key='MobilePhone'> </Entry>"
            "<Entry Key='SomethingNew'>2</Entry></PhoneNumbers>",
            "Contact",
        ),
        ME,
    )
    assert contact
    assert (contact.uid, contact.name, contact.company, contact.title) == ("one", "Bình Trần", "Acme", "Buyer")
    assert [email.address for email in contact.emails] == ["binh@example.org"]
    assert [(phone.number, phone.kind) for phone in contact.phones] == [("+84 24 1", "work"), ("2", "")]


def test_a_list_of_people_is_no_contact() -> None:
    assert to_contact(xml("<DisplayName>All</DisplayName>", "DistributionList"), ME) is None
