"""The front door on the real sandbox: connect, read, switch, lose consent, delete."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from zoomcal.app import HealthKind, ZoomCal
from zoomcal.cli import _sync_all
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId, Key, Service
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
    NotConfigured,
    Refused,
    SettingsError,
    SignInCancelled,
    SignInRefused,
    ZoomCalError,
)
from zoomcal.joinlink.opener import DemoOpener
from zoomcal.policy import Policy
from zoomcal.sandbox import Sandbox
from zoomcal.secrets import MemoryVault

LAN, HOME = "lan.nguyen@saomai.example", "lan.nguyen.hn@hopthu.example"
Open = Callable[..., ZoomCal]


@pytest.fixture(name="sandbox", scope="module")
def a_sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture(name="open_core")
def a_core(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("BROWSER", "true")
    cores: list[ZoomCal] = []
    vault = MemoryVault()
    given = sandbox.endpoints
    endpoints = Endpoints.from_mapping({"google": given["google"], "ca_file": given["ca_file"]})

    def open_core(policy: Policy | None = None, endpoints: Endpoints = endpoints) -> ZoomCal:
        core = ZoomCal(
            tmp_path / "profile",
            vault=lambda: vault,
            opener=lambda: DemoOpener(lambda: given["opened_url"]),
            policy=policy or Policy(),
            endpoints=lambda _: endpoints,
        )
        cores.append(core)
        return core

    yield open_core
    for core in cores:
        core.close()
    sandbox.google.faults.clear()


def connect(core: ZoomCal, email: str = LAN, *, again: AccountId | None = None, **answer: object) -> AccountId:
    pending = core.begin_connect(Service.GOOGLE, calendar=True, contacts=True, again=again)
    person = threading.Thread(target=lambda: consent(pending.url, account=email, **answer))  # type: ignore[arg-type]
    person.start()
    try:
        return pending.finish(20)
    finally:
        person.join()


def read(core: ZoomCal, account: AccountId) -> HealthKind:
    return core.sync(account, threading.Event()).kind


def keys(core: ZoomCal) -> set[Key]:
    return {item.key for item in core.agenda().items}


def test_a_connected_account_shows_its_meetings_until_it_is_switched_off_and_again_at_once(open_core: Open) -> None:
    core = open_core()
    account = connect(core)
    assert read(core, account) is HealthKind.OK
    (view,) = core.accounts()
    assert (view.name, view.calendar, view.contacts) == (LAN, True, True)
    assert view.contact_count > 0
    assert view.health.last_sync is not None
    before = keys(core)
    assert len(before) >= 8
    core.switch(account, calendar=False)
    assert not keys(core)
    core.switch(account, calendar=True)
    assert keys(core) == before
    work = next(calendar for calendar in view.calendars if calendar.primary)
    core.show_calendar(account, work.id, shown=False)
    assert keys(core) < before


def test_nothing_is_asked_of_an_account_that_is_switched_off(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    core.switch(account, calendar=False, contacts=False)
    asked = len(sandbox.google.asked)
    assert account not in core.due(visible=True)
    read(core, account)
    assert len(sandbox.google.asked) == asked


def test_one_failing_account_hides_nothing_of_another(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    accounts = [connect(core, LAN), connect(core, HOME)]
    for account in accounts:
        read(core, account)
    shown = keys(core)
    sandbox.google.faults.add("status", path=HOME, status=400, times=None)
    assert read(core, accounts[0]) is HealthKind.OK
    assert read(core, accounts[1]) is HealthKind.FAILING
    assert keys(core) == shown
    first, second = core.accounts()
    assert first.health.sentence is None
    assert HOME in str(second.health.sentence)
    assert second.health.retry_at is not None


def test_trouble_with_the_contacts_leaves_the_calendar_alone(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core, without=("contacts.readonly",))
    core.switch(account, contacts=True)
    assert read(core, account) is HealthKind.NEEDS_CONSENT
    (view,) = core.accounts()
    assert view.health.last_sync is not None
    assert keys(core)
    core._engine._now = lambda: core.now() + timedelta(minutes=1)
    assert account in core.due(visible=True)
    asked = len(sandbox.google.asked)
    read(core, account)
    assert any("/events" in str(request) for request in list(sandbox.google.asked)[asked:])


def broken(core: ZoomCal, account: AccountId, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the reading of an account's calendars a bug."""
    known = core._file.read().account(account)
    assert known is not None

    def calendars() -> None:
        raise KeyError("a subject")

    monkeypatch.setattr(core._engine.session(known), "calendars", calendars)


def test_a_bug_in_a_pull_is_raised_and_told_and_not_tried_again_at_once(
    open_core: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = open_core()
    account = connect(core)
    broken(core, account, monkeypatch)
    with pytest.raises(KeyError):
        read(core, account)
    (view,) = core.accounts()
    assert view.health.kind is HealthKind.FAILING
    assert "mistake in ZoomCal" in str(view.health.sentence)
    assert "mistake of its own" in str(view.health.cause)
    assert view.health.detail.startswith("KeyError: ")
    assert "a subject" not in view.health.detail
    assert view.health.retry_at is not None
    assert view.contact_count > 0
    assert account not in core.due(visible=True)
    monkeypatch.undo()
    assert read(core, account) is HealthKind.OK


def test_a_bug_outside_of_what_is_read_is_not_tried_again_at_once_either(
    open_core: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = open_core()
    account = connect(core)

    def lost(*_: object, **__: object) -> None:
        raise KeyError

    monkeypatch.setattr(core._engine, "_pull", lost)
    with pytest.raises(KeyError):
        read(core, account)
    assert core.accounts()[0].health.kind is HealthKind.FAILING
    assert account not in core.due(visible=True)


def test_the_terminal_reads_the_accounts_after_one_that_a_bug_ended(
    open_core: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    core = open_core()
    first, second = connect(core, LAN), connect(core, HOME)
    broken(core, first, monkeypatch)
    reported: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _, bug, __: reported.append(bug))
    assert _sync_all(core, None) == 1
    assert [type(bug) for bug in reported] == [KeyError]
    assert "mistake in ZoomCal" in capsys.readouterr().err
    assert [view.health.last_sync is not None for view in core.accounts()] == [False, True]
    assert second != first


@pytest.mark.parametrize("cut", [True, False])
def test_what_ends_the_reading_of_an_account_ends_that_of_its_contacts_too(
    open_core: Open, sandbox: Sandbox, cut: bool
) -> None:
    core = open_core()
    account = connect(core)
    if cut:
        sandbox.google.faults.cut_network()
    else:
        sandbox.google.tokens.end_grants()
    assert read(core, account) is (HealthKind.OFFLINE if cut else HealthKind.NEEDS_CONSENT)
    assert account not in core.due(visible=True)


def test_one_broken_calendar_does_not_starve_the_others(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    sandbox.google.faults.add("status", path=f"/calendars/{LAN}/events", status=400, times=None)
    assert read(core, account) is HealthKind.FAILING
    (view,) = core.accounts()
    assert view.health.last_sync is None
    shown = {item.meeting.calendar_id for item in core.agenda().items}
    assert shown
    assert LAN not in shown


def test_a_later_process_knows_that_the_service_ended_the_connection(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    sandbox.google.tokens.end_grants()
    read(core, account)
    core.close()
    later = open_core()
    (view,) = later.accounts()
    assert view.health.kind is HealthKind.NEEDS_CONSENT
    sandbox.google.faults.cut_network()
    read(later, account)
    later.close()
    (view,) = open_core().accounts()
    assert view.health.kind is HealthKind.NEEDS_CONSENT


def test_an_account_deleted_by_another_process_is_read_no_more(open_core: Open, sandbox: Sandbox) -> None:
    here, elsewhere = open_core(), open_core()
    account = connect(here)
    read(here, account)
    elsewhere.delete(account)
    asked = len(sandbox.google.asked)
    read(here, account)
    assert len(sandbox.google.asked) == asked
    assert here.agenda().items == ()


def test_switching_off_ends_a_pull_under_way(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    before = len(sandbox.google.asked)
    core.sync(account, threading.Event(), lambda _: core.switch(account, calendar=False, contacts=False))
    asked = [str(request) for request in list(sandbox.google.asked)[before:]]
    assert len([request for request in asked if "/events" in request]) == 1
    assert not [request for request in asked if "/people" in request]
    (view,) = core.accounts()
    assert view.contact_count == 0


def test_a_hidden_meeting_comes_back_whichever_of_its_copies_leads(open_core: Open) -> None:
    core = open_core()
    account = connect(core)
    read(core, account)
    twice = next(item for item in core.agenda().items if len(item.sources) > 1)
    core.hide(twice.keys[-1])
    assert [item.keys for item in core.agenda().hidden] == [twice.keys]
    core.hide(twice.keys[0], hidden=False)
    assert core.agenda().hidden == ()
    assert twice.key in keys(core)


def test_a_lost_consent_stops_requests_and_continue_mends_it_in_place(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    read(core, account)
    core.switch(account, contacts=False)
    shown = keys(core)
    sandbox.google.tokens.end_grants()
    assert read(core, account) is HealthKind.NEEDS_CONSENT
    assert account not in core.due(visible=True)
    assert keys(core) == shown
    assert connect(core, again=account) == account
    assert read(core, account) is HealthKind.OK
    assert [view.id for view in core.accounts()] == [account]


def test_deleting_revokes_and_leaves_nothing_behind(open_core: Open, sandbox: Sandbox, tmp_path: Path) -> None:
    core = open_core()
    account = connect(core)
    read(core, account)
    secret = core.vault.get(account)
    assert secret
    assert core.delete(account) is None
    assert core.accounts() == ()
    assert core.vault.get(account) is None
    assert any("revoke" in str(asked) for asked in sandbox.google.asked)
    core.close()
    left = b"".join(path.read_bytes() for path in (tmp_path / "profile").rglob("*") if path.is_file())
    assert LAN.encode() not in left
    assert "Phạm".encode() not in left


def test_a_refused_and_a_cancelled_sign_in_connect_nothing(open_core: Open) -> None:
    core = open_core()
    with pytest.raises(SignInRefused):
        connect(core, allow=False)
    pending = core.begin_connect(Service.GOOGLE, calendar=True, contacts=False)
    threading.Timer(0.05, pending.cancel).start()
    with pytest.raises(SignInCancelled):
        pending.finish(20)
    assert core.accounts() == ()


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("trouble", [SignInCancelled, SettingsError])
def test_a_sign_in_that_ends_while_its_secret_is_kept_leaves_everything_as_it_was(
    open_core: Open, monkeypatch: pytest.MonkeyPatch, again: bool, trouble: type[ZoomCalError]
) -> None:
    core = open_core()
    account = AccountId(f"google:{LAN}")
    known = connect(core) if again else None
    core.switch(account, contacts=False)
    before = core.vault.get(account)
    views = core.accounts()
    pending = core.begin_connect(Service.GOOGLE, calendar=True, contacts=True, again=known)
    keep = core.vault.set
    kept: list[str] = []

    def kept_meanwhile(of: AccountId, secret: str) -> None:
        keep(of, secret)
        if not kept:
            if trouble is SignInCancelled:
                pending.cancel()
            else:
                monkeypatch.setattr(core._file, "_write", refused)
        kept.append(secret)

    def refused(_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(core.vault, "set", kept_meanwhile)
    person = threading.Thread(target=consent, args=(pending.url,), kwargs={"account": LAN})
    person.start()
    with pytest.raises(trouble):
        pending.finish(20)
    person.join()
    assert kept[0] != before
    assert core.vault.get(account) == before
    assert core.accounts() == views


def test_an_unticked_scope_is_reported_and_its_switch_is_off(open_core: Open) -> None:
    core = open_core()
    pending = core.begin_connect(Service.GOOGLE, calendar=True, contacts=True)
    person = threading.Thread(target=consent, args=(pending.url,), kwargs={"without": ("contacts.readonly",)})
    person.start()
    pending.finish(20)
    person.join()
    assert pending.missing == ("contacts",)
    (view,) = core.accounts()
    assert (view.calendar, view.contacts) == (True, False)


def test_hiding_and_silencing_last_through_a_sync_and_can_be_taken_back(open_core: Open) -> None:
    core = open_core()
    account = connect(core)
    read(core, account)
    first, second, *_ = core.agenda().items
    core.hide(first.key)
    core.silence(second.key)
    read(core, account)
    agenda = core.agenda()
    assert [item.key for item in agenda.hidden] == [first.key]
    assert next(item for item in agenda.items if item.key == second.key).silenced
    core.hide(first.key, hidden=False)
    assert first.key in keys(core)


def test_joining_opens_the_found_link_and_nothing_where_there_is_none(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    read(core, account)
    review = next(item for item in core.agenda().items if item.meeting.title == "Weekly product review")
    dentist = next(item for item in core.agenda().items if not item.meeting.finding.is_zoom)
    assert core.open_in_browser(review) in sandbox.google.issued.links
    assert core.join(review).startswith("zoommtg://saomai.zoom.us/join?action=join&confno=")
    chosen, *others = core.candidates(review)
    assert chosen.link == review.meeting.finding.link
    assert core.join(review, others[0]) != core.join(review)
    with pytest.raises(Refused):
        core.join(dentist)


def test_a_policy_switches_off_and_locks(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    read(core, account)
    managed = open_core(Policy(contacts=False))
    (view,) = managed.accounts()
    assert view.contacts_locked
    assert not view.contacts
    asked = len(sandbox.google.asked)
    managed.sync(account, threading.Event(), contacts=True)
    assert not [request for request in list(sandbox.google.asked)[asked:] if "/people" in str(request)]
    closed = open_core(Policy(services=frozenset()))
    with pytest.raises(BlockedByPolicy):
        closed.begin_connect(Service.GOOGLE, calendar=True, contacts=True)


def test_without_a_client_id_the_error_says_so_and_one_can_be_saved(open_core: Open) -> None:
    core = open_core(endpoints=Endpoints())
    with pytest.raises(NotConfigured):
        core.begin_connect(Service.GOOGLE, calendar=True, contacts=True)


def test_diagnostics_name_nobody(open_core: Open, sandbox: Sandbox) -> None:
    core = open_core()
    account = connect(core)
    sandbox.google.faults.add("status", status=400, times=None)
    read(core, account)
    said = core.diagnostics()
    assert "google" in said
    assert LAN not in said
    assert not [secret for secret in sandbox.google.issued if secret in said]


def test_a_watched_account_is_due_again_within_a_minute(open_core: Open) -> None:
    core = open_core()
    account = connect(core)
    assert account in core.due(visible=True)
    read(core, account)
    assert account not in core.due(visible=True)
    soon = core.now() + timedelta(minutes=1)
    core._engine._now = lambda: soon
    assert account in core.due(visible=True)
