"""Lan Nguyễn's week at Nordwind, a client whose Office 365 tenant gave her a mailbox."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from zoomcal.sandbox.data import texts
from zoomcal.sandbox.data.cast import ANNA, DUC, GRETA, JONAS, LAN, LAN_AT_NORDWIND, LAYLA, SOFIA
from zoomcal.sandbox.data.clock import Today
from zoomcal.sandbox.data.links import Appointment, Links, invitation, invitation_html
from zoomcal.sandbox.data.mailbox_diary import MailboxDiary, person
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.mailbox import Mailbox, OnlineMeeting

ME = LAN_AT_NORDWIND
HARBOUR_UID = "5f0c2a7e-harbour-paperwork@nordwind.example"


def harbour_start(today: Today) -> datetime:
    """Return when the Teams meeting is that stands on the calendar at Sao Mai too, under the same UID."""
    return today.rest(6)[2]


class NordwindWeek:
    """Fills the mailbox, which gets a second calendar and a colleague's; every scene shows one form or state."""

    def __init__(self, mailbox: Mailbox, issued: Issued, *, seed: int, moment: datetime, zone: tzinfo) -> None:
        self._links = Links(random.Random(f"office365 {seed}"), issued)  # noqa: S311 (sample data)
        self._today = Today(moment, zone)
        mailbox.calendar.colour = "lightTeal"
        pilot = mailbox.add_calendar("Pilot Leipzig", colour="lightRed")
        colleague = mailbox.add_calendar(ANNA.name, owner=person(ANNA), can_edit=False)
        self._work = MailboxDiary(mailbox.calendar, ME)
        self._pilot = MailboxDiary(pilot, ME)
        self._anna = MailboxDiary(colleague, ANNA)

    def fill(self, elsewhere: Mapping[str, Appointment]) -> dict[str, Appointment]:
        """Put every event on its calendar.

        Args:
            elsewhere: The meetings of other accounts that Lan is invited to here too.

        Returns:
            The meetings here that she is invited to elsewhere too.
        """
        handover, walk, preparation, interview = self._today.rest(4)
        harbour = harbour_start(self._today)
        self._cutover()
        self._rollout(elsewhere["rollout"])
        self._critique(elsewhere["critique"])
        self._walk(walk)
        self._preparation(preparation)
        self._interview(interview)
        self._unseen(harbour)
        self._other_days()
        self._harbour(harbour)
        self._whole_days()
        return {"handover": self._handover(handover)}

    def _cutover(self) -> None:
        """Put a daily series: begun a few minutes ago, tomorrow's is moved, the next one is called off."""
        now = self._today.now
        began = (now - timedelta(minutes=5 + now.minute % 5)).astimezone(ZoneInfo(JONAS.zone))
        meeting = self._links.meeting("nordwind-group.zoom.us")
        series = self._work.put(
            began - timedelta(days=20), 30, "Cutover stand-up", JONAS,
            ((ME, "accepted"), (ANNA, "accepted"), (GRETA, "tentative")), rule=("RRULE:FREQ=DAILY",),
            body=texts.outlook(invitation_html(meeting, JONAS.name, self._links.safelink(meeting.url))),
            body_is_html=True,
        )  # fmt: skip
        calendar = self._work.calendar
        calendar.cancel_occurrence(series.id, began - timedelta(days=7))
        tomorrow = began + timedelta(days=1)
        calendar.move_occurrence(series.id, tomorrow, tomorrow + timedelta(hours=1, minutes=15))
        calendar.cancel_occurrence(series.id, began + timedelta(days=2))

    def _rollout(self, known: Appointment) -> None:
        meeting = self._links.known(known.meeting)
        body = texts.outlook(invitation_html(meeting, ANNA.name, self._links.safelink(meeting.url)))
        guests = ((ME, "tentative"), (JONAS, "accepted"), (LAN, "needsAction"), (DUC, "accepted"))
        for diary in (self._work, self._anna):
            diary.put(
                known.start, 45, "Nordwind rollout call", ANNA, guests, body=body, body_is_html=True,
                location="Microsoft Teams-Besprechung; Zoom", uid="rollout-call@nordwind.example",
            )  # fmt: skip

    def _critique(self, known: Appointment) -> None:
        """Lan calls it at Google and is invited here: the host's row stands for both."""
        meeting = self._links.known(known.meeting)
        self._work.put(
            known.start, 45, "FW: Design critique", LAN, ((ME, "accepted"), (SOFIA, "accepted")), location=meeting.url
        )

    def _walk(self, start: datetime) -> None:
        meeting = self._links.meeting("nordwind-group.zoom.us")
        button = f'<a href="{self._links.safelink(meeting.url).replace("&", "&amp;")}">An Besprechung teilnehmen</a>'
        self._work.put(
            start, 30, "Warehouse interface, walk-through", JONAS,
            ((ME, "accepted"), (GRETA, "accepted"), (ANNA, "declined")),
            body=texts.outlook(f"<p>Wir gehen die Meldungen durch, Feld für Feld.</p><p>{button}</p>"),
            body_is_html=True, categories=("Rollout",),
        )  # fmt: skip

    def _preparation(self, start: datetime) -> None:
        meeting = self._links.meeting("saomai.zoom.us")
        self._pilot.put(
            start, 30, "Leipzig pilot, go or no go", None, ((ANNA, "accepted"), (GRETA, "needsAction")),
            location=f"Zoom: {meeting.url}", body="Bring the list of open defects.",
        )  # fmt: skip

    def _interview(self, start: datetime) -> None:
        """Anna's meeting on the calendar that she shares: Lan may look on, and is not its host."""
        meeting = self._links.meeting("nordwind-group.zoom.us")
        self._anna.put(
            start, 45, "Interview: integration engineer", None, ((GRETA, "accepted"),), location=meeting.url,
        )  # fmt: skip

    def _harbour(self, start: datetime) -> None:
        """Put a Teams meeting, told from others by its UID alone."""
        self._work.put(
            start, 30, "Harbour paperwork, Hamburg and Hải Phòng", GRETA, ((ME, "accepted"), (LAYLA, "accepted")),
            body=texts.outlook(texts.TEAMS_HTML), body_is_html=True, location="Microsoft Teams-Besprechung",
            online=OnlineMeeting(join_url=texts.TEAMS_URL, conference_id="318 442 907 55"), uid=HARBOUR_UID,
        )  # fmt: skip

    def _handover(self, start: datetime) -> Appointment:
        meeting = self._links.meeting("saomai.zoom.us")
        self._work.put(
            start, 30, "Data handover", LAN, ((ME, "accepted"), (GRETA, "accepted")),
            body=invitation(meeting, LAN.name),
        )  # fmt: skip
        return Appointment(start, meeting)

    def _unseen(self, start: datetime) -> None:
        """Put what stands on the calendar today and is no meeting to attend: declined, and called off."""
        first, second = self._links.meeting(), self._links.meeting()
        self._work.put(
            start, 60, "Works council: questions and answers", GRETA, ((ME, "declined"),), location=first.url
        )
        label = self._work.put(
            start, 30, "Pallet labels", JONAS, ((ME, "accepted"),), body=invitation(second, JONAS.name)
        )
        self._work.calendar.cancel(label.id)

    def _whole_days(self) -> None:
        meeting = self._links.meeting("nordwind-group.zoom.us")
        self._work.days(
            self._today.local, 1, "Integration desk, open all day", JONAS,
            body=texts.outlook(invitation_html(meeting, JONAS.name)), body_is_html=True,
        )  # fmt: skip
        self._work.days(self._today.day(-1), 4, "Hafengeburtstag")
        self._pilot.days(self._today.day(1), 1, "Leipzig: trucks at the gate", show_as="busy")

    def _other_days(self) -> None:
        weekly, budget = self._links.meeting("nordwind-group.zoom.us"), self._links.meeting("nordwind-group.zoom.us")
        self._pilot.put(self._today.at(1, 15), 45, "Leipzig weekly", ANNA, ((ME, "accepted"), (JONAS, "accepted")),
                        body=invitation(weekly, ANNA.name))  # fmt: skip
        self._work.put(self._today.at(2, 16), 60, "Budget round", GRETA, ((ME, "tentative"), (ANNA, "accepted")),
                       location=self._links.safelink(budget.url))  # fmt: skip
        self._work.put(self._today.at(1, 11, 30), 30, "Lohnt sich das? 🤔", JONAS, ((ME, "needsAction"),),
                       location="Raum Elbe 2.14")  # fmt: skip
        for offset in (-3, -2, -1, 3, 4, 5):
            meeting = self._links.meeting("nordwind-group.zoom.us")
            self._work.put(self._today.at(offset, 15, 30), 30, "Rollout checkpoint", ANNA, ((ME, "accepted"),),
                           body=invitation(meeting, ANNA.name))  # fmt: skip
