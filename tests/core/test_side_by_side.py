"""A Google, an Office 365 and an Exchange account in one core, on the real sandbox: their days merge, and what goes
wrong with one stays with that one."""

from __future__ import annotations

import json
import logging
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import pytest

from zoomcal.app import AccountView, HealthKind, ZoomCal
from zoomcal.demo import sign_in
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.meetings import AccountId, Role, Service
from zoomcal.endpoints import Endpoints
from zoomcal.joinlink.opener import DemoOpener
from zoomcal.logs import start_logging
from zoomcal.policy import Policy
from zoomcal.providers.http import Retry
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.calls import Quirks
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


@pytest.fixture(name="desk")
def a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(Retry, "backoff_s", lambda *_: 0.001)
    clock = Clock()
    with Sandbox.start(now=clock, zone=HANOI) as sandbox:
        desk = Desk(sandbox, tmp_path / "profile", clock)
        yield desk
        desk.core.close()


# -- one list ---------------------------------------------------------------------------------------------------------
def test_the_days_of_all_accounts_are_one_list_and_a_meeting_on_several_of_them_is_one_row(desk: Desk) -> None:
    rows = desk.rows()
    starts = [item.start for item in rows if not item.all_day]
    assert starts == sorted(starts)
    for account in desk.accounts.values():
        assert desk.shown(account)
    on = {
        item.meeting.title: {source.account for source in item.sources}
        for item in rows
        if len({source.account for source in item.sources}) > 1
    }
    google, office, exchange = desk.accounts.values()
    assert on == {
        "Nordwind rollout call": {google, office, exchange},
        "Design critique": {google, office},
        "Họp giao ban tuyến miền Bắc": {google, exchange},
        "Bàn giao dữ liệu cho Nordwind": {office, exchange},
        "Harbour paperwork, Hamburg and Hải Phòng": {office, exchange},
    }
    keys = [key for item in rows for key in item.keys]
    assert len(keys) == len(set(keys))


def test_the_strongest_role_stands_for_a_row_and_a_shared_calendar_makes_nobody_a_host(desk: Desk) -> None:
    office = desk.accounts[OFFICE]
    shared = next(calendar for calendar in desk.view(office).calendars if calendar.name == "Anna Keller")
    assert not shared.shown
    desk.core.show_calendar(office, shared.id, shown=True)
    assert desk.read(office) is HealthKind.OK
    assert desk.row("Design critique").meeting.account == desk.accounts[GOOGLE]
    assert desk.row("Bàn giao dữ liệu cho Nordwind").meeting.account == desk.accounts[EXCHANGE]
    roles = {title: desk.row(title).meeting.role for title in (*HOSTED, *INVITED)}
    assert roles == dict.fromkeys(HOSTED, Role.HOST) | dict.fromkeys(INVITED, Role.INVITEE)
    assert not desk.row("Harbour paperwork, Hamburg and Hải Phòng").meeting.finding.is_zoom


HOSTED = ("Design critique", "Bàn giao dữ liệu cho Nordwind", "Leipzig pilot, go or no go")
INVITED = ("Nordwind rollout call", "Interview: integration engineer", "Cutover stand-up", "Đối chiếu công nợ")


def test_moved_called_off_and_declined_meetings_are_where_they_belong_in_every_account(desk: Desk) -> None:
    titles = [item.meeting.title for item in desk.rows()]
    assert not [title for title in titles if title.startswith("Canceled:")]
    for absent in ("Works council: questions and answers", "Tập huấn phòng cháy", "Hafengeburtstag"):
        assert absent not in titles
    for once in ("Đối chiếu công nợ", "Cutover stand-up", "Integration desk, open all day"):
        assert titles.count(once) == 1
    tomorrow = desk.core.agenda(MORNING.date() + timedelta(days=1))
    (moved,) = (item for item in tomorrow.items if item.meeting.title == "Cutover stand-up")
    assert moved.start == datetime(2026, 11, 25, 11, 55, tzinfo=HANOI)
    after = desk.core.agenda(MORNING.date() + timedelta(days=2))
    assert "Cutover stand-up" not in [item.meeting.title for item in after.items]


# -- one of them in trouble -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Trouble:
    """How one service fails, and what is then said of its account."""

    start: Callable[[Desk], object]
    kind: HealthKind
    said: str
    """What the sentence holds beside the account."""


def served(desk: Desk, service: Service) -> Any:
    """Return the service behind the accounts."""
    return {GOOGLE: desk.sandbox.google, OFFICE: desk.sandbox.microsoft, EXCHANGE: desk.sandbox.exchange}[service]


def fault(service: Service, kind: str, **options: Any) -> Callable[[Desk], object]:
    """Return what lets every reading of the service fail like that."""
    path = {GOOGLE: "/v", OFFICE: "/v1.0", EXCHANGE: "/EWS"}[service]
    return lambda desk: served(desk, service).faults.add(kind, path=path, times=None, **options)


def read_aside(desk: Desk, account: AccountId, on_progress: Callable[[object], None] = lambda _: None) -> Thread:
    """Read one account in a thread of its own."""
    reading = Thread(target=desk.core.sync, args=(account, Event(), on_progress), kwargs={"contacts": True})
    reading.start()
    return reading


def status(service: Service, number: int, reason: str = "", **options: Any) -> Callable[[Desk], object]:
    return fault(service, "status", status=number, reason=reason, **options)


def troubles(service: Service) -> dict[str, Trouble]:
    """Return what every service can suffer."""
    failing, waiting = HealthKind.FAILING, HealthKind.WAITING
    return {
        "cut off": Trouble(lambda desk: served(desk, service).faults.cut_network(), failing, "cannot be reached"),
        "throttled": Trouble(status(service, 429, retry_after_s=90), waiting, "asked us to wait"),
        "failing": Trouble(status(service, 500), failing, "could not be read"),
        "half an answer": Trouble(fault(service, "truncate"), failing, "could not be read"),
        "hanging up": Trouble(fault(service, "cut"), failing, "Its meetings are as of"),
        "no answer": Trouble(fault(service, "reset"), failing, "cannot be reached"),
    }


CLOUD = "https://outlook.office365.com/EWS/Exchange.asmx"


def quirk(**values: object) -> Callable[[Desk], object]:
    """Return what lets the Exchange server behave like that."""
    return lambda desk: setattr(desk.sandbox.exchange, "quirks", Quirks(**values))  # type: ignore[arg-type]


def busy(desk: Desk) -> None:
    desk.sandbox.exchange.quirks = Quirks(busy=9, busy_ms=90_000)


def change_password(desk: Desk) -> None:
    """Change it, and end the connections that were signed in with the old one: NTLM signs in a connection."""
    desk.login.password = desk.sandbox.exchange.issued.token("Sen-trang-11")
    desk.sandbox.exchange.faults.cut_network()
    desk.sandbox.exchange.faults.restore_network()


def lock(desk: Desk) -> None:
    desk.login.locked = True


def mend(desk: Desk, service: Service) -> None:
    """Let the service be well again; a changed password stays changed."""
    served(desk, service).faults.clear()
    if service is EXCHANGE:
        desk.sandbox.exchange.quirks = Quirks()
        desk.login.locked = False


NEEDS_CONSENT, BLOCKED = HealthKind.NEEDS_CONSENT, HealthKind.BLOCKED
TROUBLES: dict[Service, dict[str, Trouble]] = {
    GOOGLE: troubles(GOOGLE)
    | {
        "consent withdrawn": Trouble(
            lambda desk: desk.sandbox.google.tokens.end_grants(), NEEDS_CONSENT, "needs your consent again"
        ),
        "blocked": Trouble(status(GOOGLE, 403, "domainPolicy"), BLOCKED, "does not allow"),
    },
    OFFICE: troubles(OFFICE)
    | {
        "consent withdrawn": Trouble(
            lambda desk: desk.sandbox.microsoft.tokens.end_grants(), NEEDS_CONSENT, "needs your consent again"
        ),
        "blocked": Trouble(status(OFFICE, 403, "ExtensionError"), BLOCKED, "Ask your administrator"),
        "mailbox moved": Trouble(status(OFFICE, 404, "MailboxNotEnabledForRESTAPI"), BLOCKED, "connect it as Exchange"),
    },
    EXCHANGE: troubles(EXCHANGE)
    | {
        "busy": Trouble(busy, HealthKind.WAITING, "asked us to wait"),
        "password changed": Trouble(change_password, NEEDS_CONSENT, "needs your password again"),
        "account locked": Trouble(lock, NEEDS_CONSENT, "needs your password again"),
        "blocked": Trouble(status(EXCHANGE, 403), BLOCKED, "Ask your administrator"),
        "mailbox on the move": Trouble(quirk(moved=True), HealthKind.FAILING, "could not be read"),
        "mailbox moved to the cloud": Trouble(quirk(redirect=CLOUD), BLOCKED, "Connect Office 365"),
        "not XML": Trouble(quirk(html=True), HealthKind.FAILING, "could not be read"),
    },
}


@pytest.mark.parametrize(("service", "name"), [(service, name) for service, each in TROUBLES.items() for name in each])
def test_one_account_in_trouble_leaves_the_others_alone_says_so_and_recovers(
    desk: Desk, service: Service, name: str
) -> None:
    trouble, account = TROUBLES[service][name], desk.accounts[service]
    others = [each for each in desk.accounts.values() if each != account]
    before = desk.rows()
    trouble.start(desk)
    assert desk.read(account) is trouble.kind
    for other in others:
        assert desk.read(other) is HealthKind.OK
    assert desk.rows() == before
    assert [desk.view(other).health.sentence for other in others] == [None, None]
    said = str(desk.view(account).health.sentence)
    assert trouble.said in said
    assert desk.view(account).name in said or trouble.kind is HealthKind.WAITING
    mend(desk, service)
    desk.clock.moment += timedelta(minutes=2)
    if trouble.kind is HealthKind.NEEDS_CONSENT:
        assert desk.connect(service) == account  # Continue
    elif trouble.kind is not HealthKind.BLOCKED:  # what an administrator refused is read again on Refresh alone
        assert account in desk.core.due(visible=True)
    assert desk.read(account) is HealthKind.OK
    assert desk.view(account).health.sentence is None
    assert desk.rows() == before


@pytest.mark.parametrize("wrong", [change_password, lock])
def test_a_refused_password_is_sent_once_and_never_again_until_the_person_enters_one(
    desk: Desk, wrong: Callable[[Desk], None]
) -> None:
    wrong(desk)
    exchange, account = desk.sandbox.exchange, desk.accounts[EXCHANGE]
    desk.login.failed = 0
    for _ in range(3):
        assert desk.read(account) is NEEDS_CONSENT
        desk.clock.moment += timedelta(minutes=30)
        asked = len(exchange.asked)
        assert account not in desk.core.due(visible=True)
    assert desk.login.failed == (wrong is change_password)
    desk.core.close()
    later = desk.open()
    later.sync(account, Event())
    assert later.accounts()[-1].health.kind is NEEDS_CONSENT
    later.close()
    assert len(exchange.asked) == asked


@pytest.mark.parametrize("service", NAMES)
def test_a_slow_service_holds_up_no_other_and_its_meetings_stay(desk: Desk, service: Service) -> None:
    account, before = desk.accounts[service], desk.rows()
    fault(service, "slow")(desk)
    reading = read_aside(desk, account)
    faults = served(desk, service).faults
    assert faults.holding.wait(20)
    for other in desk.accounts.values():
        if other != account:
            assert desk.read(other) is HealthKind.OK
    assert desk.view(account).health.kind is HealthKind.SYNCING
    assert desk.rows() == before
    faults.clear()
    reading.join(20)
    assert desk.view(account).health.kind is HealthKind.OK
    assert desk.rows() == before


@pytest.mark.parametrize("service", NAMES)
def test_read_at_the_same_time_each_ends_as_it_would_alone(desk: Desk, service: Service) -> None:
    before = desk.rows()
    status(service, 500)(desk)
    for reading in [read_aside(desk, account) for account in desk.accounts.values()]:
        reading.join(30)
    kinds = {each: desk.view(account).health.kind for each, account in desk.accounts.items()}
    assert kinds == dict.fromkeys(NAMES, HealthKind.OK) | {service: HealthKind.FAILING}
    assert desk.rows() == before


def test_all_of_them_out_of_reach_is_being_offline_once_and_the_day_stays(desk: Desk) -> None:
    before = desk.rows()
    for service, account in desk.accounts.items():
        served(desk, service).faults.cut_network()
        desk.read(account)
    healths = [desk.view(account).health for account in desk.accounts.values()]
    assert {health.kind for health in healths} == {HealthKind.OFFLINE}
    assert {str(health.sentence).partition(" Meetings")[0] for health in healths} == {"You are offline."}
    assert desk.rows() == before


# -- switching and deleting -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("service", NAMES)
def test_an_account_switched_off_is_asked_nothing_and_comes_back_at_once(desk: Desk, service: Service) -> None:
    account, before = desk.accounts[service], desk.rows()
    others = {other: desk.shown(other) for other in desk.accounts.values() if other != account}
    desk.core.switch(account, calendar=False, contacts=False)
    asked = len(served(desk, service).asked)
    desk.read(account)
    assert len(served(desk, service).asked) == asked
    assert not desk.shown(account)
    assert {other: desk.shown(other) for other in others} == others
    desk.core.switch(account, calendar=True, contacts=True)
    assert desk.rows() == before


@pytest.mark.parametrize("service", NAMES)
def test_a_deleted_account_leaves_nothing_behind_and_the_others_whole(desk: Desk, service: Service) -> None:
    account = desk.accounts[service]
    others = {other: desk.shown(other) for other in desk.accounts.values() if other != account}
    left = desk.core.delete(account)
    assert (left is not None) == (service is OFFICE)  # Microsoft has no way to be asked: the person withdraws consent
    assert desk.vault.get(account) is None
    assert {other: desk.shown(other) for other in others} == others
    assert [view.id for view in desk.core.accounts()] == [*others]
    for other in others:
        assert desk.read(other) is HealthKind.OK
    desk.core.close()
    kept = b"".join(path.read_bytes() for path in desk.profile.rglob("*") if path.is_file())
    assert account.encode() not in kept
    assert ONLY_THERE[service].encode() not in kept


ONLY_THERE = {GOOGLE: "Dentist, Sài Gòn Dental", OFFICE: "Leipzig pilot, go or no go", EXCHANGE: "Đối chiếu công nợ"}


@pytest.mark.parametrize("service", NAMES)
def test_connecting_again_keeps_switches_and_hidden_calendars(desk: Desk, service: Service) -> None:
    account = desk.accounts[service]
    calendar = desk.view(account).calendars[0]
    desk.core.show_calendar(account, calendar.id, shown=False)
    desk.core.switch(account, contacts=False)
    assert desk.connect(service) == account
    assert desk.read(account) is HealthKind.OK
    view = desk.view(account)
    assert (view.calendar, view.contacts) == (True, False)
    assert [each.id for each in view.calendars if not each.shown].count(calendar.id) == 1
    assert len(desk.core.accounts()) == len(NAMES)


# -- secrets ----------------------------------------------------------------------------------------------------------
def forms(secret: str) -> set[bytes]:
    """Return a secret as it may stand in a file."""
    return {text.encode() for text in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])}


@pytest.fixture(name="start_log")
def a_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Log as the program does with --verbose, until the test ends."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for module in (sys, threading):
        monkeypatch.setattr(module, "excepthook", module.excepthook)
    yield lambda folder: start_logging(folder, verbose=True, to_stderr=True)
    for handler in set(root.handlers).difference(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_no_secret_of_any_service_is_in_a_file_a_log_a_diagnostic_or_a_crash_report(
    desk: Desk, capfd: pytest.CaptureFixture[str], start_log: Callable[[Path], None]
) -> None:
    start_log(desk.profile / "logs")
    for service, account in desk.accounts.items():
        for trouble in TROUBLES[service].values():
            trouble.start(desk)
            desk.read(account)
            mend(desk, service)
            desk.connect(service)

        def fail(_: object, service: Service = service) -> None:
            raise RuntimeError(f"a bug while reading {service}")

        read_aside(desk, account, fail).join(20)
        assert f"a bug while reading {service}" in (desk.profile / "logs" / "crash.txt").read_text()
    said = desk.core.diagnostics().encode()
    desk.core.close()
    files = {path: path.read_bytes() for path in desk.profile.rglob("*") if path.is_file()}
    shown = {path: content for path, content in files.items() if path.parent.name == "logs"}
    assert len(shown) == 2
    printed = capfd.readouterr()
    shown |= {Path("diagnostics"): said, Path("screen"): (printed.out + printed.err).encode()}
    exchange = desk.sandbox.exchange.issued.tokens
    basic = {b64encode(f"{NAMES[EXCHANGE]}:{password}".encode()).decode() for password in exchange}
    for service in NAMES:
        issued = served(desk, service).issued
        assert issued.tokens
        for secret in issued.tokens | basic:
            for path, content in (files | shown).items():
                assert not [form for form in forms(secret) if form in content], (service, path)
        for secret in issued.passcodes | {urlsplit(link).query for link in issued.links} - {""}:
            for path, content in shown.items():
                assert not [form for form in forms(secret) if form in content], (service, path)
