"""The core with a Google, an Office 365 and an Exchange account, on the real sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

from zoomcal.app import AccountView, HealthKind, ZoomCal
from zoomcal.demo import sign_in
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.joinlink.opener import DemoOpener
from zoomcal.policy import Policy
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User
from zoomcal.secrets import MemoryVault

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2026, 11, 24, 10, 48, tzinfo=HANOI)
GOOGLE, OFFICE, EXCHANGE = Service.GOOGLE, Service.OFFICE365, Service.EXCHANGE
NAMES = {GOOGLE: "lan.nguyen@saomai.example", OFFICE: "lan.nguyen@nordwind.example", EXCHANGE: r"SAOMAI\lan"}


class Clock:
    """Stands at `moment` until it is set."""

    def __init__(self) -> None:
        self.moment = MORNING.astimezone(UTC)

    def __call__(self) -> datetime:
        return self.moment


class Desk:
    """The core with the accounts of the three services, and the services behind it."""

    def __init__(self, sandbox: Sandbox, profile: Path, clock: Clock) -> None:
        self.sandbox, self.clock = sandbox, clock
        self.profile = profile
        self.vault = MemoryVault()
        self.core = self.open()
        self.accounts = {service: self.connect(service) for service in NAMES}
        for account in self.accounts.values():
            assert self.read(account) is HealthKind.OK

    def open(self) -> ZoomCal:
        """Return the core of another process."""
        given = self.sandbox.endpoints
        tables = {name: given[name] for name in ("google", "office365", "ca_file")}
        endpoints = Endpoints.from_mapping(tables | {"exchange": {"hosts": given["exchange"]["hosts"]}})
        return ZoomCal(
            self.profile,
            vault=lambda: self.vault,
            opener=lambda: DemoOpener(lambda: given["opened_url"]),
            policy=Policy(),
            endpoints=lambda _: endpoints,
            now=self.clock,
            zone=lambda: HANOI,
        )

    def connect(self, service: Service) -> AccountId:
        """Sign in to the service's sample account, or sign in again."""
        given = self.sandbox.endpoints
        (account,) = (each for each in given["accounts"] if NAMES[service] in (each.get("username"), each["email"]))
        if service is EXCHANGE:
            account = account | {"password": self.login.password}
        return sign_in(self.core, given, account)

    @property
    def login(self) -> User:
        """The Exchange server's user."""
        return self.sandbox.exchange.accounts[NAMES[EXCHANGE]]

    def read(self, account: AccountId) -> HealthKind:
        return self.core.sync(account, Event(), contacts=True).kind

    def view(self, account: AccountId) -> AccountView:
        return next(each for each in self.core.accounts() if each.id == account)

    def rows(self) -> tuple[AgendaItem, ...]:
        return self.core.agenda().items

    def row(self, title: str) -> AgendaItem:
        return next(item for item in self.rows() if item.meeting.title == title)

    def shown(self, account: AccountId) -> set[str]:
        """Return the ids of the meetings of one account that stand in the rows."""
        return {key[2] for item in self.rows() for key in item.keys if key[0] == account}

    def served(self, service: Service) -> Any:
        """Return the service behind the accounts."""
        return {GOOGLE: self.sandbox.google, OFFICE: self.sandbox.microsoft, EXCHANGE: self.sandbox.exchange}[service]

    def read_aside(self, account: AccountId, on_progress: Callable[[object], None] = lambda _: None) -> Thread:
        """Read one account in a thread of its own."""
        reading = Thread(target=self.core.sync, args=(account, Event(), on_progress), kwargs={"contacts": True})
        reading.start()
        return reading
