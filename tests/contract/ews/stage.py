"""An Exchange account for a test: a fresh one in a running sandbox, connected with its password."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from threading import Event as Flag
from typing import Any

from tests.contract.provider_contract import HANOI, ME, Planned, Trouble
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints, ExchangeEndpoints
from zoomcal.providers.base import Calendar, ExchangeLogin, Grant, Session
from zoomcal.providers.ews.client import EwsSession
from zoomcal.providers.ews.signin import EwsSignIn
from zoomcal.providers.http import Retry
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.calls import Quirks
from zoomcal.sandbox.exchange.ids import made, opened
from zoomcal.sandbox.mailbox import Answer, Attendee, Contact, Event, Person

QUICK = Retry(unit_s=0.005)
USERNAME, PASSWORD = "CORP\\ada", "corréct hörse"
_FAULTS: dict[Trouble, dict[str, Any]] = {
    "throttled": {"kind": "status", "status": 429, "reason": "throttled"},
    "failing": {"kind": "status", "status": 500, "reason": "no answer in XML"},
    "broken off": {"kind": "cut"},
    "half an answer": {"kind": "truncate"},
    "no answer": {"kind": "reset"},
    "slow": {"kind": "slow"},
}
_ANSWERS: dict[str, Answer] = {"accepted": "accepted", "tentative": "tentative", "declined": "declined", "": "none"}
_REVISIONS = count(1, 100_000)
"""The sandbox keeps renderings by id and revision, so no account's may repeat an earlier one's."""


class EwsStage:
    """A fresh account in a running sandbox; `methods` is how the server lets people sign in."""

    def __init__(self, sandbox: Sandbox, methods: tuple[str, ...] = ("Basic",)) -> None:
        self.exchange = sandbox.exchange
        self.put_right()
        self.exchange.directory.users.clear()
        self.exchange.authentication.methods = methods
        self.mailbox = self.exchange.open_account(USERNAME, PASSWORD, ME, "Ada", HANOI)
        self.mailbox.journal.revision = next(_REVISIONS)
        self.further = self.mailbox.add_calendar("Team")
        self.url = str(sandbox.endpoints["exchange"]["url"])
        self.ca_file = Path(sandbox.endpoints["ca_file"])
        self.endpoints = Endpoints(exchange=ExchangeEndpoints(url=self.url), ca_file=self.ca_file)
        self.login = ExchangeLogin(username=USERNAME, password=PASSWORD, url=self.url)
        self.grant = self.connected()
        self.account = self.grant.account
        self.session: Session = self.open()

    def put_right(self) -> None:
        """Undo what a test did to the service."""
        self.exchange.faults.clear()
        self.exchange.quirks = Quirks()
        self.exchange.version = "Exchange2016"
        self.exchange.authentication.protect = False
        self.exchange.directory.unknown = self.exchange.directory.lock_after = 0

    def connected(self, *, again: AccountId | None = None, **entered: Any) -> Grant:
        """Sign in as a person does."""
        return self.signing(again=again, **entered).wait(Flag(), 20.0)

    def signing(self, *, again: AccountId | None = None, **entered: Any) -> EwsSignIn:
        """Return a sign-in with what is entered."""
        return EwsSignIn(self.endpoints, replace(self.login, **entered), calendar=True, contacts=True, again=again)

    def open(self, **options: Any) -> EwsSession:
        """Return another session of the account."""
        return EwsSession(self.account, self.grant.secret, self.endpoints, **{"retry": QUICK, **options})

    @property
    def failed(self) -> int:
        """How many sign-ins were refused since the last good one."""
        return self.exchange.directory.users[0].failed + self.exchange.directory.unknown

    def plan(self, planned: Planned) -> str:
        return self.item_id(self.mailbox.calendar.add(event_of(planned)).id)

    def change_occurrence(self, uid: str, original: datetime, start: datetime | None) -> None:
        calendar = self.mailbox.calendar
        master = opened("item", ME, uid)
        if start is None:
            calendar.cancel_occurrence(master, original)
        else:
            calendar.move_occurrence(master, original, start)

    def cancel(self, uid: str) -> None:
        self.mailbox.calendar.cancel(opened("item", ME, uid))

    def add_contact(self, name: str, phone: str = "") -> str:
        card = Contact(display_name=name, business_phones=(phone,) if phone else ())
        return self.item_id(self.mailbox.contacts.add(card).id)

    def remove_contact(self, uid: str) -> None:
        self.mailbox.contacts.remove(opened("item", ME, uid))

    def item_id(self, identity: str) -> str:
        """Return an item's id as the service gives it."""
        return made("item", ME, identity)

    def forget_cursors(self) -> None:
        self.mailbox.forget_cursors()

    def trouble(self, kind: Trouble, times: int | None = None, *, hint_s: int | None = None) -> None:
        self.exchange.faults.add(times=times, retry_after_s=hint_s, **_FAULTS[kind])

    def waiting(self) -> bool:
        return self.exchange.faults.waiting > 0

    def cut_network(self) -> None:
        self.exchange.faults.cut_network()

    def restore(self) -> None:
        self.exchange.faults.clear()

    def reads(self) -> int:
        return len(self.exchange.asked)

    def end_grant(self) -> None:
        (user,) = self.exchange.directory.users
        user.password = self.exchange.issued.token(f"{user.password} changed")
        self.exchange.faults.cut_network()  # what signed in by NTLM stays so for as long as its connection lives
        self.exchange.faults.restore_network()

    def sign_in_again(self) -> None:
        self.session.close()
        self.login = replace(self.login, password=self.exchange.directory.users[0].password)
        self.grant = self.connected(again=self.account)
        assert self.grant.account == self.account
        self.session = self.open()

    def withdraw_contacts(self) -> None:
        self.exchange.quirks.denied.add("contacts")

    def calendar(self) -> Calendar:
        return next(calendar for calendar in self.session.calendars() if calendar.primary)

    def lost_calendar(self) -> Calendar:
        lost = next(calendar for calendar in self.session.calendars() if calendar.name == "Team")
        del self.mailbox.calendars[self.further.id]
        return lost


def event_of(planned: Planned) -> Event:
    """Return what the sandbox calls a plan."""
    answers = {address: _ANSWERS[said] for address, said in planned.invited}
    return Event(
        subject=planned.title,
        start=planned.start,
        end=planned.end,
        zone=planned.zone,
        rule=(f"RRULE:{planned.rule}",) if planned.rule else (),
        location=planned.location,
        organizer=Person(name="", address=planned.organizer),
        attendees=tuple(Attendee(person=Person(name="", address=one), answer=said) for one, said in answers.items()),
        answer=answers.get(ME, "none"),
    )
