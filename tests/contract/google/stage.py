"""A Google account for a test: a fresh one in a running sandbox, connected as a person does it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any

from tests.contract.consent_contract import OTHER
from tests.contract.provider_contract import HANOI, ME, Planned, Trouble
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.providers.base import Calendar, Grant, Session, SignIn
from zoomcal.providers.google.client import GoogleSession
from zoomcal.providers.google.signin import GoogleSignIn
from zoomcal.providers.http import Retry
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.faults import Faults
from zoomcal.sandbox.google.events import Calendar as SandboxCalendar

QUICK = Retry(unit_s=0.005)
SHARED = "zoe@example.org"
_FAULTS: dict[Trouble, dict[str, Any]] = {
    "throttled": {"kind": "status", "status": 429, "reason": "rateLimitExceeded"},
    "failing": {"kind": "status", "status": 500, "reason": "backendError"},
    "broken off": {"kind": "cut"},
    "half an answer": {"kind": "truncate"},
    "no answer": {"kind": "reset"},
    "slow": {"kind": "slow"},
}
_APIS = "/v"
"""What the paths of both interfaces hold and those of the token endpoints do not."""


_EARLIER: list[object] = []
"""The accounts of earlier tests: the sandbox tells calendars apart by object, so none may take another's place."""


class GoogleStage:
    """A fresh account in a running sandbox, connected through its consent page."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.google = sandbox.google
        self.google.accounts.clear()
        person = self.google.open_account(ME, "Ada")
        for identity, role in ((ME, "owner"), (SHARED, "reader")):
            person.calendars[identity] = SandboxCalendar(
                id=identity,
                summary=identity,
                owner=identity,
                zone=HANOI,
                access_role=role,
                primary=identity == ME,
                lock=self.google.lock,
                now=self.google.state.now,
            )
        self.person = person
        _EARLIER.append(person)
        self.endpoints = endpoints_of(sandbox)
        self.grant = connected(self.endpoints)
        self.account = self.grant.account
        self.saved: list[str] = []
        self.session: Session = self.open()

    def open(self, **options: Any) -> GoogleSession:
        """Return another session of the account."""
        options = {"save_secret": self.saved.append, "retry": QUICK, **options}
        return GoogleSession(self.account, self.grant.secret, self.endpoints, **options)

    @property
    def faults(self) -> Faults:
        return self.google.faults

    def sign_in(self, **options: Any) -> GoogleSignIn:
        return GoogleSignIn(self.endpoints, **{"calendar": True, "contacts": True, "retry": QUICK, **options})

    def consent(self, url: str, **answer: Any) -> None:
        consent(url, **answer)

    def open_other(self) -> None:
        other = self.google.open_account(OTHER, "Bo")
        other.calendars[OTHER] = replace(self.person.primary, id=OTHER, owner=OTHER, events={})

    def plan(self, planned: Planned) -> str:
        return self._plan(planned, ME)

    def plan_shared(self, planned: Planned) -> str:
        return self._plan(planned, SHARED)

    def _plan(self, planned: Planned, calendar: str) -> str:
        body: dict[str, Any] = {
            "summary": planned.title,
            "start": _stamp(planned.start, planned.zone),
            "end": _stamp(planned.end, planned.zone),
            "organizer": {"email": planned.organizer},
            "location": planned.location,
        }
        if planned.invited:
            body["attendees"] = [
                {"email": email, "responseStatus": answer or "needsAction"} for email, answer in planned.invited
            ]
        if planned.rule:
            body["recurrence"] = [f"RRULE:{planned.rule}"]
        return str(self.person.calendars[calendar].add(body)["id"])

    def change_occurrence(self, uid: str, original: datetime, start: datetime | None) -> None:
        occurrence = f"{uid}_{original.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        if start is None:
            self.person.primary.remove(occurrence)
            return
        end = start + timedelta(hours=1)
        self.person.primary.change(occurrence, start=_stamp(start, HANOI), end=_stamp(end, HANOI))

    def cancel(self, uid: str) -> None:
        self.person.primary.remove(uid)

    def add_contact(self, name: str, phone: str = "") -> str:
        body: dict[str, Any] = {"names": [{"displayName": name}]}
        if phone:
            body["phoneNumbers"] = [{"value": phone, "type": "work"}]
        return str(self.person.contacts.add(body)["resourceName"])

    def remove_contact(self, uid: str) -> None:
        self.person.contacts.remove(uid)

    def forget_cursors(self) -> None:
        self.google.forget_sync_tokens()

    def trouble(self, kind: Trouble, times: int | None = None, *, hint_s: int | None = None) -> None:
        self.google.faults.add(path=_APIS, times=times, retry_after_s=hint_s, **_FAULTS[kind])

    def waiting(self) -> bool:
        return self.google.faults.waiting > 0

    def cut_network(self) -> None:
        self.google.faults.cut_network()

    def restore(self) -> None:
        self.google.faults.clear()

    def reads(self) -> int:
        return len(self.google.asked)

    def expire_access(self) -> None:
        self.google.tokens.expire_access()

    def end_grant(self) -> None:
        self.google.tokens.end_grants()

    def sign_in_again(self) -> None:
        self.session.close()
        self.grant = connected(self.endpoints, again=self.account)
        assert self.grant.account == self.account
        self.session = self.open()

    def withdraw_contacts(self) -> None:
        for grant in self.google.tokens.grants:
            grant.scopes = frozenset(scope for scope in grant.scopes if "contacts" not in scope)

    def calendar(self) -> Calendar:
        return self._listed(ME)

    def shared_calendar(self) -> Calendar:
        return self._listed(SHARED)

    def lost_calendar(self) -> Calendar:
        lost = self.shared_calendar()
        del self.person.calendars[SHARED]
        return lost

    def _listed(self, wanted: str) -> Calendar:
        return next(calendar for calendar in self.session.calendars() if calendar.id == wanted)


def _stamp(moment: datetime | date, zone: str) -> dict[str, str]:
    if isinstance(moment, datetime):
        return {"dateTime": moment.isoformat(), "timeZone": zone}
    return {"date": moment.isoformat()}


def endpoints_of(sandbox: Sandbox) -> Endpoints:
    return Endpoints.from_mapping({key: sandbox.endpoints[key] for key in ("google", "ca_file")})


def connected(endpoints: Endpoints, *, again: AccountId | None = None, account: str = ME, **answer: Any) -> Grant:
    """Sign in as a person does."""
    sign_in = GoogleSignIn(endpoints, calendar=True, contacts=True, again=again, retry=QUICK)
    return answered(sign_in, account=account, **answer).result(20)


def answered(sign_in: SignIn, **answer: Any) -> Future[Grant]:
    """Answer the consent page while the sign-in waits; return how it ended."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(sign_in.wait, Event(), 20.0)
        consent(sign_in.url, **answer)
    return future
