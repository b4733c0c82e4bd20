"""Lan Nguyễn's working week around now, in Hanoi time or wherever the machine is."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from zoomcal.sandbox.data import texts
from zoomcal.sandbox.data.cast import (
    ANNA,
    BILLING,
    DUC,
    HA,
    HANOI,
    HUY,
    JONAS,
    KENJI,
    KHOA,
    LAN,
    LAN_AT_HOME,
    LAYLA,
    MAI,
    MARCUS,
    PRIYA,
    SOFIA,
    SONG_HONG,
    VU,
)
from zoomcal.sandbox.data.clock import Today
from zoomcal.sandbox.data.diary import Diary
from zoomcal.sandbox.data.links import Appointment, Links, conference, invitation, invitation_html, meet
from zoomcal.sandbox.google.events import Calendar
from zoomcal.sandbox.google.service import Google
from zoomcal.sandbox.google.state import Account

CLIENTS = "c_9f2b7saomaiclients@group.calendar.google.com"
PERSONAL = "personal7lan@group.calendar.google.com"
HOLIDAYS = "en.vietnamese#holiday@group.v.calendar.google.com"
_TEAM = ((HA, "accepted"), (KHOA, "tentative", "10 min late"), (SOFIA, "needsAction"), (HUY, "accepted"),
         (MAI, "accepted"), (VU, "accepted"), (PRIYA, "needsAction"))  # fmt: skip


def open_accounts(google: Google) -> None:
    """Open the sample accounts with their empty calendars."""
    lan = google.open_account(LAN.email, LAN.name)
    _calendar(google, lan, LAN.email, "Work", "#4986e7", color_id="16", primary=True)
    _calendar(google, lan, PERSONAL, "Personal", "#16a765", color_id="8")
    _calendar(google, lan, CLIENTS, "Clients", "#ffad46", color_id="6")
    _calendar(google, lan, HA.email, HA.email, "#b99aff", color_id="18", access_role="reader", summary_override=HA.name)
    _calendar(
        google, lan, HOLIDAYS, "Holidays in Vietnam", "#d06b64", color_id="2", access_role="reader", selected=False
    )
    _calendar(
        google,
        lan,
        SONG_HONG.email,
        "Room Sông Hồng",
        "#c2c2c2",
        color_id="19",
        access_role="freeBusyReader",
        owner=SONG_HONG.email,
    )
    _calendar(google, lan, "archive7lan@group.calendar.google.com", "Old projects", "#ac725e", hidden=True)
    home = google.open_account(LAN_AT_HOME.email, LAN_AT_HOME.name)
    _calendar(google, home, LAN_AT_HOME.email, "Home", "#7bd148", color_id="9", primary=True)


def _calendar(google: Google, account: Account, identity: str, summary: str, background: str, **fields: Any) -> None:
    owner = identity if fields.get("access_role") == "reader" else account.email
    settings: dict[str, Any] = {"owner": owner, **fields}
    account.calendars[identity] = Calendar(
        id=identity,
        summary=summary,
        background=background,
        zone=HANOI,
        lock=google.lock,
        now=google.state.now,
        **settings,
    )


class Week:
    """Fills the calendars; every scene shows one place, form or state that a meeting can have.

    Attributes:
        elsewhere: The meetings that Lan is invited to at her other addresses too, once `fill` has put them.
    """

    def __init__(self, google: Google, *, seed: int, moment: datetime, zone: tzinfo) -> None:
        self._links = Links(random.Random(seed), google.issued)  # noqa: S311 (sample data)
        self._today = Today(moment, zone)
        calendars = google.owner.calendars
        self._work = Diary(google.events, seed)
        self._personal = Diary(calendars[PERSONAL], seed)
        self._clients = Diary(calendars[CLIENTS], seed)
        self._colleague = Diary(calendars[HA.email], seed)
        self._holidays = Diary(calendars[HOLIDAYS], seed)
        self._home = Diary(google.accounts[LAN_AT_HOME.email].primary, seed)
        self.elsewhere: dict[str, Appointment] = {}

    def fill(self) -> None:
        """Put every event of the week on its calendar."""
        self._product_review()
        self._one_to_one()
        scenes: tuple[Callable[[datetime], object], ...] = (
            self._planning, self._overlapping, self._dentist, self._all_hands_ja, self._invoice, self._briefing_vi,
            self._nordwind, self._incident, self._personal_room, self._critique, self._webinar, self._teams,
            self._new_york,
        )  # fmt: skip
        for scene, start in zip(scenes, self._today.rest(len(scenes)), strict=True):
            scene(start)
        self._unseen_today()
        self._stand_up()
        self._whole_days()
        self._tomorrow()
        self._other_days()
        self._at_home()

    def _product_review(self) -> None:
        start = self._today.now - timedelta(minutes=18)
        meeting, stale = self._links.meeting("saomai.zoom.us"), self._links.meeting("us02web.zoom.us")
        series = self._work.put(
            "product review", start - timedelta(weeks=6), 45, "Weekly product review", DUC, ((LAN, "accepted"), *_TEAM),
            location=self._links.safelink(meeting.url), recurrence=["RRULE:FREQ=WEEKLY"],
            description=f"{texts.PRODUCT_REVIEW}\n\nLast month's room, no longer in use: {stale.url}",
        )  # fmt: skip
        self._work.exception(series, start - timedelta(weeks=1))
        self._work.exception(series, start + timedelta(weeks=1), start + timedelta(weeks=1, minutes=90))

    def _one_to_one(self) -> None:
        start = self._today.now + timedelta(minutes=12)
        meeting = self._links.meeting("saomai.zoom.us")
        usual = start - timedelta(minutes=135)
        series = self._work.put(
            "one to one", usual - timedelta(weeks=8), 30, "1:1 with Phạm Thu Hà", LAN, ((HA, "accepted"),),
            recurrence=["RRULE:FREQ=WEEKLY;COUNT=40"], conferenceData=conference(meeting),
            description="Notes: https://docs.saomai.example/1-1\nBring the hiring numbers.",
        )  # fmt: skip
        self._work.exception(series, usual, start)
        self._work.exception(series, usual - timedelta(weeks=2), summary="1:1 with Phạm Thu Hà (career talk)")

    def _dentist(self, start: datetime) -> None:
        self._personal.put(
            "dentist", start, 30, "Dentist, Sài Gòn Dental", location="Sài Gòn Dental, 12 Lê Lợi, Quận 1"
        )

    def _planning(self, start: datetime) -> None:
        meeting = self._links.meeting("us02web.zoom.us")
        guests = ((LAN, "accepted"), (VU, "accepted"), (MAI, "declined", "Đang nghỉ phép 🌴"), (KHOA, "needsAction"))
        body = self._work.put(
            "planning", start, 60, "Quarterly planning with the Hải Phòng team", HA, guests,
            description=invitation_html(meeting, HA.name) + texts.PLANNING_HTML,
        )  # fmt: skip
        self._colleague.put(
            "planning", start, 60, body["summary"], HA, guests, description=body["description"], iCalUID=body["iCalUID"]
        )

    def _overlapping(self, start: datetime) -> None:
        meeting = self._links.meeting("us05web.zoom.us")
        self._work.put(
            "hiring", start - timedelta(minutes=5), 45, "Hiring sync: backend", MAI,
            ((LAN, "accepted"), (PRIYA, "accepted")),
            location=f"Zoom: {meeting.url.removeprefix('https://')}; Phòng 4B",
        )  # fmt: skip

    def _all_hands_ja(self, start: datetime) -> None:
        meeting = self._links.meeting("zoom.us")
        self._work.put(
            "all hands", start, 45, "星配送との定例ミーティング", KENJI, ((LAN, "accepted"), (DUC, "accepted")),
            description=texts.stated_id_ja(meeting),
        )  # fmt: skip

    def _invoice(self, start: datetime) -> None:
        self._work.put(
            "invoice", start, 30, "Overdue invoice: join at once", BILLING, ((LAN, "needsAction"),),
            location="https://zoom-us.example/j/81234567890?pwd=Zm9vYmFy",
            description=texts.PHISHING_HTML,
        )  # fmt: skip

    def _briefing_vi(self, start: datetime) -> None:
        meeting = self._links.meeting("zoom.us")
        self.elsewhere["briefing"] = Appointment(start, meeting)
        self._work.put(
            "briefing", start, 30, "Họp giao ban tuyến miền Bắc", HUY,
            ((LAN, "accepted"), (VU, "accepted"), (SONG_HONG, "accepted")),
            location="Zoom hoặc Phòng họp Sông Hồng", description=texts.stated_id_vi(meeting),
        )  # fmt: skip

    def _nordwind(self, start: datetime) -> None:
        meeting = self._links.meeting("nordwind-group.zoom.us")
        self.elsewhere["rollout"] = Appointment(start, meeting)
        self._work.put(
            "nordwind", start, 45, "Nordwind rollout call", ANNA,
            ((LAN, "tentative"), (JONAS, "accepted"), (DUC, "accepted")),
            description=invitation_html(meeting, ANNA.name, self._links.proofpoint_v2(meeting.url)),
        )  # fmt: skip

    def _incident(self, start: datetime) -> None:
        meeting = self._links.meeting("us06web.zoom.us")
        self._work.put(
            "incident", start, 50, "Incident review: drivers logged out on Friday", KHOA,
            ((LAN, "accepted"), (SOFIA, "accepted", "I bring the log extracts")),
            description=f"{texts.long_report()}\n\nWe meet here: {meeting.url}\n",
        )  # fmt: skip

    def _personal_room(self, start: datetime) -> None:
        room = self._links.keep("https://marsa.zoom.us/my/layla.haddad?pwd=" + self._links.text(24))
        self._work.put(
            "personal room", start, 30, "مراجعة عقد الشحن مع مرسى", LAYLA, ((LAN, "accepted"),), location=room,
            description="نلتقي في غرفتي الشخصية. جدول الأعمال: الأسعار، المواعيد، الضمان.",
        )  # fmt: skip

    def _critique(self, start: datetime) -> None:
        meeting = self._links.meeting("saomai.zoom.us")
        self.elsewhere["critique"] = Appointment(start, meeting)
        self._work.put(
            "critique", start, 45, "Design critique", LAN, ((SOFIA, "accepted"), (MAI, "tentative")),
            location=meeting.url, conferenceData=meet(), hangoutLink="https://meet.google.com/qwe-rtyu-iop",
            description="Driver app, onboarding screens. Figma link in the channel.",
        )  # fmt: skip

    def _webinar(self, start: datetime) -> None:
        token = self._links.text(43)
        url = self._links.keep(f"https://us02web.zoom.us/w/{self._links.meeting().number}?tk={token}.DQYAAAA&uuid=WN_x")
        self._work.put(
            "webinar", start, 60, "🚚 Webinar: Shipping in 2027 🎉", MARCUS, ((LAN, "accepted"),),
            description=f"Thank you for registering.<br><br><a href='{url}'>Join the webinar</a>",
            eventType="fromGmail",
        )  # fmt: skip

    def _teams(self, start: datetime) -> None:
        self._work.put(
            "teams", start, 30, "Customs paperwork with the port authority", MARCUS, ((LAN, "accepted"),),
            description=texts.TEAMS,
        )  # fmt: skip

    def _new_york(self, start: datetime) -> None:
        meeting = self._links.meeting("us02web.zoom.us")
        self._clients.put(
            "new york", start, 30, "Northpier: weekly numbers", MARCUS, ((LAN, "accepted"), (DUC, "needsAction")),
            description=self._links.proofpoint_v3(meeting.url),
        )  # fmt: skip

    def _unseen_today(self) -> None:
        """Add what exists today and is not to be shown as a meeting to attend."""
        soon = self._today.rest(5)[2]
        meeting = self._links.meeting()
        self._work.put(
            "coffee",
            soon,
            30,
            "Random coffee ☕",
            PRIYA,
            ((LAN, "declined", "Maybe next month"),),
            location=meeting.url,
        )
        gone = self._work.put("cancelled", soon, 45, "Route optimisation demo", DUC, ((LAN, "accepted"),))
        self._work.cancel(gone)
        self._work.put("focus", soon, 60, "Focus time", eventType="focusTime", focusTimeProperties={})

    def _stand_up(self) -> None:
        first = self._today.at(-21, 9, 15)
        meeting = self._links.meeting("saomai.zoom.us")
        series = self._work.put(
            "stand-up", first, 15, "Stand-up, delivery team", KHOA,
            ((LAN, "accepted"), (HUY, "accepted"), (VU, "accepted")),
            recurrence=["RRULE:FREQ=DAILY;INTERVAL=1"], description=invitation(meeting, KHOA.name),
        )  # fmt: skip
        begins = datetime.fromisoformat(series["start"]["dateTime"])
        self._work.exception(series, begins + timedelta(days=20))
        self._work.exception(series, begins + timedelta(days=22), begins + timedelta(days=22, hours=2))

    def _whole_days(self) -> None:
        meeting = self._links.meeting("saomai.zoom.us")
        self._work.days("open room", self._today.local, 1, "Open room for new drivers", location=meeting.url)
        self._work.days("sprint", self._today.day(-1), 5, "Sprint 48")
        self._personal.days("birthday", self._today.local, 1, "Sinh nhật mẹ 🎂", recurrence=["RRULE:FREQ=YEARLY"])
        self._holidays.days("holiday", self._today.day(1), 1, "Vietnam Culture Day", visibility="public")

    def _tomorrow(self) -> None:
        work, links = self._work, self._links
        work.put("webex", self._today.at(1, 10), 45, "Customer call, Baltic Freight", JONAS, ((LAN, "accepted"),),
                 description=texts.WEBEX)  # fmt: skip
        work.put("register", self._today.at(1, 11), 60, "Register: safe loading, autumn course", MARCUS,
                 ((LAN, "needsAction"),), description=texts.register(links.text(22)))  # fmt: skip
        onboarding = links.meeting("saomai.zoom.us")
        work.put("onboarding", self._today.at(1, 13, 30), 60, "Onboarding for new drivers", LAN, ((HUY, "accepted"),),
                 conferenceData=conference(onboarding), description=invitation(onboarding, LAN.name))  # fmt: skip
        work.put("hidden link", self._today.at(1, 15), 30, "Budget check-in", MAI, ((LAN, "accepted"),),
                 description=texts.OPAQUE_GATEWAY)  # fmt: skip
        start = links.meeting("us02web.zoom.us")
        work.put("start link", self._today.at(1, 16), 30, "Warehouse walk-through", LAN, ((VU, "accepted"),),
                 location=links.keep(f"https://us02web.zoom.us/s/{start.number}"))  # fmt: skip
        web = links.meeting("zoom.us")
        work.put("web client", self._today.at(2, 9, 30), 30, "Security questions", PRIYA, ((LAN, "accepted"),),
                 location=links.keep(f"https://app.zoom.us/wc/{web.number}/join?pwd={links.text(20)}.1"))  # fmt: skip
        work.put("recording", self._today.at(2, 11), 30, "Watch the recording of Friday's review",
                 description=texts.recording(links.text(40)))  # fmt: skip
        client = links.meeting("nordwind-group.zoom.us")
        self._clients.put("steering", self._today.at(2, 14), 60, "Nordwind steering committee", guestsCanModify=True,
                          location=links.safelink(links.proofpoint_v2(client.url)))  # fmt: skip
        self._personal.put("choir", self._today.at(2, 19), 90, "Hợp xướng", location="Nhà văn hóa Thanh niên")

    def _other_days(self) -> None:
        topics = ("Route planning", "Driver support triage", "Pricing review", "Fleet costs", "Partner update")
        for number, offset in enumerate(day for day in range(-4, 9) if day):
            meeting = self._links.meeting()
            host = (DUC, HA, SOFIA, KHOA, PRIYA)[number % 5]
            self._work.put(
                f"filler {offset}", self._today.at(offset, 14 + number % 3), 45, topics[number % 5], host,
                ((LAN, "accepted"), (MAI, "accepted")), description=invitation(meeting, host.name),
            )  # fmt: skip

    def _at_home(self) -> None:
        meeting = self._links.meeting("us04web.zoom.us")
        start = self._today.rest(3)[1]
        self._home.put("book club", start, 60, "Câu lạc bộ đọc sách", description=invitation(meeting, "Bảo Ngọc"))
