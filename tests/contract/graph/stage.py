"""An Office 365 account for a test: a fresh one in a running sandbox, connected as a person does it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import count
from threading import Event as Flag
from typing import Any

import requests

from tests.contract.conftest import Form
from tests.contract.consent_contract import OTHER
from tests.contract.provider_contract import HANOI, ME, Planned, Trouble
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.providers.base import Calendar, Grant, Session, SignIn
from zoomcal.providers.graph.client import GraphSession
from zoomcal.providers.graph.signin import BrowserSignIn
from zoomcal.providers.http import Retry
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.faults import Faults
from zoomcal.sandbox.mailbox.calendar import Calendar as MailboxCalendar
from zoomcal.sandbox.mailbox.contacts import Contact
from zoomcal.sandbox.mailbox.events import Answer, Attendee, Event, Person
from zoomcal.sandbox.microsoft.ids import shown

QUICK = Retry(unit_s=0.005)
SHARED = "zoe@example.org"
GRAPH = "/v1.0/"
"""What the paths of Graph begin with and those of the sign-in do not."""
_FAULTS: dict[Trouble, dict[str, Any]] = {
    "throttled": {"kind": "status", "status": 429, "reason": "ApplicationThrottled"},
    "failing": {"kind": "status", "status": 500, "reason": "InternalServerError"},
    "broken off": {"kind": "cut"},
    "half an answer": {"kind": "truncate"},
    "no answer": {"kind": "reset"},
    "slow": {"kind": "slow"},
}
_ANSWERS: dict[str, Answer] = {"accepted": "accepted", "tentative": "tentative", "declined": "declined", "": "none"}


_REVISIONS = count(1, 100_000)
"""The sandbox keeps answers ready by id and revision, so no account's may repeat an earlier one's."""


class GraphStage:
    """A fresh account in a running sandbox, connected through its consent page."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.microsoft = sandbox.microsoft
        self.microsoft.mailboxes.clear()
        self.mailbox = self.microsoft.open_account(ME, "Ada", HANOI)
        self.mailbox.journal.revision = next(_REVISIONS)
        self.shared = self.mailbox.add_calendar("Zoe", owner=Person(name="Zoe", address=SHARED), can_edit=False)
        self.endpoints = endpoints_of(sandbox)
        self.ca_file = str(sandbox.endpoints["ca_file"])
        self.grant = self.connected()
        self.account = self.grant.account
        self.saved: list[str] = []
        self.session: Session = self.open()

    def put_right(self) -> None:
        """Undo what a test did to the service."""
        self.microsoft.faults.clear()
        self.microsoft.policy = ""
        self.microsoft.tokens.demanded = {}
        self.microsoft.tokens.sign_in_again = False
        self.microsoft.graph.moving_days = self.microsoft.graph.empty_first_page = False
        self.microsoft.graph.forgetting = "gone"

    def open(self, **options: Any) -> GraphSession:
        """Return another session of the account."""
        options = {"save_secret": self.saved.append, "retry": QUICK, **options}
        return GraphSession(self.account, self.grant.secret, self.endpoints, **options)

    def connected(self, *, again: AccountId | None = None, account: str = ME, **answer: Any) -> Grant:
        """Sign in as a person does."""
        return self.answered(self.sign_in(again=again), account=account, **answer).result(20)

    def answered(self, sign_in: SignIn, **answer: Any) -> Future[Grant]:
        """Answer the consent page while the sign-in waits; return how it ended."""
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(sign_in.wait, Flag(), 20.0)
            self.consent(sign_in.url, **answer)
        return future

    @property
    def faults(self) -> Faults:
        return self.microsoft.faults

    def sign_in(self, **options: Any) -> BrowserSignIn:
        return BrowserSignIn(self.endpoints, **{"calendar": True, "contacts": True, "retry": QUICK, **options})

    def consent(self, url: str, **answer: Any) -> None:
        consent(url, ca_file=self.ca_file, **answer)

    def open_other(self) -> None:
        self.microsoft.open_account(OTHER, "Bo")

    def enter_code(
        self, url: str, code: str, *, account: str = ME, allow: bool = True, without: tuple[str, ...] = ()
    ) -> None:
        """Type a device's code in and answer the consent page, as a person does on another device."""
        form = Form()
        form.feed(self._posted(url, [("code", code)]))
        fields = [(name, account if name == "account" else value) for name, value in form.fields]
        decision = ("decision", "allow" if allow else "refuse")
        self._posted(url, [*(field for field in fields if field[1] not in without), decision])

    def _posted(self, url: str, fields: list[tuple[str, str]]) -> str:
        with requests.post(url, fields, verify=self.ca_file, timeout=20) as page:
            page.raise_for_status()
            return page.text

    def expire_codes(self) -> None:
        """Let every device code be too old."""
        for device in self.microsoft.devices._devices.values():
            device.expires = self.microsoft.now()

    def plan(self, planned: Planned) -> str:
        return self._plan(planned, self.mailbox.calendar)

    def plan_shared(self, planned: Planned) -> str:
        return self._plan(planned, self.shared)

    def _plan(self, planned: Planned, calendar: MailboxCalendar) -> str:
        answers = {address: _ANSWERS[said] for address, said in planned.invited}
        invited = [Attendee(person=Person(name="", address=one), answer=said) for one, said in answers.items()]
        event = Event(
            subject=planned.title,
            start=planned.start,
            end=planned.end,
            zone=planned.zone,
            rule=(f"RRULE:{planned.rule}",) if planned.rule else (),
            location=planned.location,
            organizer=Person(name="", address=planned.organizer),
            attendees=tuple(invited),
            answer=answers.get(calendar.owner.address, "none"),
        )
        return item_id(calendar.add(event).id)

    def change_occurrence(self, uid: str, original: datetime, start: datetime | None) -> None:
        calendar = self.mailbox.calendar
        master = next(event.id for event in calendar.events if item_id(event.id) == uid)
        if start is None:
            calendar.cancel_occurrence(master, original)
        else:
            calendar.move_occurrence(master, original, start)

    def cancel(self, uid: str) -> None:
        calendar = self.mailbox.calendar
        calendar.cancel(next(event.id for event in calendar.events if item_id(event.id) == uid))

    def add_contact(self, name: str, phone: str = "") -> str:
        phones = (phone,) if phone else ()
        return item_id(self.mailbox.contacts.add(Contact(display_name=name, business_phones=phones)).id)

    def remove_contact(self, uid: str) -> None:
        contacts = self.mailbox.contacts.contacts
        self.mailbox.contacts.remove(next(contact.id for contact in contacts if item_id(contact.id) == uid))

    def forget_cursors(self) -> None:
        self.mailbox.forget_cursors()

    def trouble(self, kind: Trouble, times: int | None = None, *, hint_s: int | None = None) -> None:
        self.microsoft.faults.add(path=GRAPH, times=times, retry_after_s=hint_s, **_FAULTS[kind])

    def waiting(self) -> bool:
        return self.microsoft.faults.waiting > 0

    def cut_network(self) -> None:
        self.microsoft.faults.cut_network()

    def restore(self) -> None:
        self.microsoft.faults.clear()

    def reads(self) -> int:
        return len(self.microsoft.asked)

    def expire_access(self) -> None:
        self.microsoft.tokens.expire_access()

    def end_grant(self) -> None:
        self.microsoft.tokens.end_grants()

    def sign_in_again(self) -> None:
        self.session.close()
        self.grant = self.connected(again=self.account)
        assert self.grant.account == self.account
        self.session = self.open()

    def withdraw_contacts(self) -> None:
        for grant in self.microsoft.tokens.grants:
            grant.scopes = tuple(scope for scope in grant.scopes if "Contacts" not in scope)

    def calendar(self) -> Calendar:
        return self._listed(self.mailbox.calendar)

    def shared_calendar(self) -> Calendar:
        return self._listed(self.shared)

    def lost_calendar(self) -> Calendar:
        lost = self.shared_calendar()
        del self.mailbox.calendars[self.shared.id]
        return lost

    def _listed(self, wanted: MailboxCalendar) -> Calendar:
        return next(calendar for calendar in self.session.calendars() if calendar.id == shown(wanted.id))


def item_id(identity: str) -> str:
    """Return an event's or a contact's id as it is told to those who want immutable ones."""
    return shown(identity, immutable=True)


def endpoints_of(sandbox: Sandbox) -> Endpoints:
    return Endpoints.from_mapping({key: sandbox.endpoints[key] for key in ("office365", "ca_file")})
