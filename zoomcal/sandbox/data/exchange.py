"""Lan Nguyễn's week on the Exchange server that Sao Mai runs itself, for what stays in the house."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from zoomcal.sandbox.data import texts
from zoomcal.sandbox.data.cast import ANNA, DUC, GRETA, HUY, KHOA, LAN, LAN_INSIDE, LAYLA, MAI, VU, inside
from zoomcal.sandbox.data.clock import Today
from zoomcal.sandbox.data.links import Appointment, Links, invitation, invitation_html
from zoomcal.sandbox.data.mailbox_diary import MailboxDiary
from zoomcal.sandbox.data.office365 import HARBOUR_UID, harbour_start
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.mailbox import Mailbox

ME = LAN_INSIDE


class HouseWeek:
    """Fills the mailbox, which gets a second calendar; every scene shows one form or state."""

    def __init__(self, mailbox: Mailbox, issued: Issued, *, seed: int, moment: datetime, zone: tzinfo) -> None:
        self._links = Links(random.Random(f"exchange {seed}"), issued)  # noqa: S311 (sample data)
        self._today = Today(moment, zone)
        mailbox.calendar.name = "Lịch"
        self._work = MailboxDiary(mailbox.calendar, ME)
        self._duty = MailboxDiary(mailbox.add_calendar("Lịch trực"), ME)

    def fill(self, elsewhere: Mapping[str, Appointment]) -> None:
        """Put every event on its calendar; `elsewhere` are meetings of other accounts that Lan is invited to here."""
        accounts, vehicles, shift = self._today.rest(3)
        self._rollout(elsewhere["rollout"])
        self._briefing(elsewhere["briefing"])
        self._harbour(harbour_start(self._today))
        self._handover(elsewhere["handover"])
        self._accounts(accounts)
        self._duty.put(vehicles, 30, "Kiểm tra xe 29H-482.17", location="Bãi xe Gia Lâm")
        self._shift(shift)
        self._unseen(vehicles)
        self._whole_days()
        self._other_days()

    def _rollout(self, known: Appointment) -> None:
        meeting = self._links.known(known.meeting)
        self._work.put(
            known.start, 45, "Nordwind rollout call", ANNA, ((ME, "needsAction"), (inside(DUC), "accepted")),
            body=invitation(meeting, ANNA.name), uid="rollout-call@nordwind.example",
        )  # fmt: skip

    def _briefing(self, known: Appointment) -> None:
        meeting = self._links.known(known.meeting)
        self._work.put(
            known.start, 30, "Họp giao ban tuyến miền Bắc", inside(HUY), ((ME, "accepted"), (inside(VU), "accepted")),
            body=texts.outlook(texts.in_html(texts.stated_id_vi(meeting))), body_is_html=True,
            location="Phòng họp Sông Hồng",
        )  # fmt: skip

    def _harbour(self, start: datetime) -> None:
        self._work.put(
            start, 30, "Harbour paperwork, Hamburg and Hải Phòng", GRETA, ((ME, "accepted"), (LAYLA, "accepted")),
            body=texts.outlook(texts.TEAMS_HTML), body_is_html=True, uid=HARBOUR_UID,
        )  # fmt: skip

    def _handover(self, known: Appointment) -> None:
        """Lan calls it here and is invited at Nordwind."""
        meeting = self._links.known(known.meeting)
        link = self._links.safelink(meeting.url)
        self._work.put(
            known.start, 30, "Bàn giao dữ liệu cho Nordwind", None, ((GRETA, "accepted"), (inside(KHOA), "accepted")),
            body=texts.outlook(invitation_html(meeting, LAN.name, link)), body_is_html=True,
        )  # fmt: skip

    def _accounts(self, start: datetime) -> None:
        """Put a weekly series: today's occurrence was moved, the last one was called off."""
        meeting = self._links.meeting("saomai.zoom.us")
        usual = (start - timedelta(minutes=95)).astimezone(ZoneInfo(MAI.zone))
        series = self._work.put(
            usual - timedelta(weeks=6), 30, "Đối chiếu công nợ", inside(MAI),
            ((ME, "accepted"), (inside(VU), "accepted")), rule=("RRULE:FREQ=WEEKLY",),
            location=f"Phòng kế toán; {meeting.url}",
        )  # fmt: skip
        self._work.calendar.cancel_occurrence(series.id, usual - timedelta(weeks=1))
        self._work.calendar.move_occurrence(series.id, usual, start.astimezone(ZoneInfo(MAI.zone)))

    def _shift(self, start: datetime) -> None:
        meeting = self._links.meeting("saomai.zoom.us")
        self._work.put(
            start, 30, "Giao ca đêm", inside(KHOA), ((ME, "tentative"), (inside(HUY), "accepted")),
            body=invitation(meeting, KHOA.name), sensitivity="private",
        )  # fmt: skip

    def _unseen(self, start: datetime) -> None:
        """Put what stands on the calendar today and is no meeting to attend: declined, and called off."""
        first, second = self._links.meeting(), self._links.meeting()
        self._work.put(start, 45, "Tập huấn phòng cháy", inside(DUC), ((ME, "declined"),), location=first.url)
        gone = self._work.put(start, 30, "Nghiệm thu kho lạnh", inside(HUY), ((ME, "accepted"),), location=second.url)
        self._work.calendar.cancel(gone.id)

    def _whole_days(self) -> None:
        meeting = self._links.meeting("saomai.zoom.us")
        self._duty.days(self._today.day(1), 1, "Trực tổng đài", inside(KHOA), location=meeting.url)
        self._duty.days(self._today.local, 1, "Trực điều hành: Nguyễn Quang Huy")
        self._work.days(self._today.day(-2), 7, "Tuần an toàn giao thông")

    def _other_days(self) -> None:
        audit = self._links.meeting("saomai.zoom.us")
        self._work.put(self._today.at(1, 10, 30), 60, "Kiểm toán nội bộ", inside(MAI), ((ME, "accepted"),),
                       body=texts.outlook(texts.in_html(texts.stated_id_vi(audit))), body_is_html=True)  # fmt: skip
        self._work.put(self._today.at(2, 9), 45, "Xem xét hợp đồng bến bãi", None, ((inside(DUC), "needsAction"),),
                       location="Phòng 4B")  # fmt: skip
        for offset in (-2, -1, 3, 4):
            meeting = self._links.meeting("saomai.zoom.us")
            self._duty.put(self._today.at(offset, 17), 30, "Giao ca", inside(KHOA), ((ME, "accepted"),),
                           body=invitation(meeting, KHOA.name))  # fmt: skip
