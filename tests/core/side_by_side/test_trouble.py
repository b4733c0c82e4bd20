"""What goes wrong with one of three accounts stays with that one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest

from tests.core.side_by_side.desk import EXCHANGE, NAMES, Desk
from tests.core.side_by_side.troubles import NEEDS_CONSENT, TROUBLES, change_password, fault, lock, mend, status
from zoomcal.app import HealthKind
from zoomcal.domain.meetings import Service


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
    assert trouble.why in str(desk.view(account).health.cause)
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
def test_a_service_that_asked_to_wait_is_asked_nothing_until_then_and_the_others_are_read(
    desk: Desk, service: Service
) -> None:
    account = desk.accounts[service]
    status(service, 429, retry_after_s=90)(desk)
    desk.read(account)
    mend(desk, service)
    retry_at = desk.view(account).health.retry_at
    assert retry_at is not None
    assert retry_at >= desk.clock.moment + timedelta(seconds=90)
    desk.clock.moment += timedelta(seconds=80)
    asked = len(desk.served(service).asked)
    assert desk.core.due(visible=True) == tuple(each for each in desk.accounts.values() if each != account)
    assert desk.read(account) is HealthKind.WAITING
    assert len(desk.served(service).asked) == asked
    desk.clock.moment += timedelta(seconds=15)
    assert account in desk.core.due(visible=True)
    assert desk.read(account) is HealthKind.OK


@pytest.mark.parametrize("service", NAMES)
def test_a_slow_service_holds_up_no_other_and_its_meetings_stay(desk: Desk, service: Service) -> None:
    account, before = desk.accounts[service], desk.rows()
    fault(service, "slow")(desk)
    reading = desk.read_aside(account)
    faults = desk.served(service).faults
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
    for reading in [desk.read_aside(account) for account in desk.accounts.values()]:
        reading.join(30)
    kinds = {each: desk.view(account).health.kind for each, account in desk.accounts.items()}
    assert kinds == dict.fromkeys(NAMES, HealthKind.OK) | {service: HealthKind.FAILING}
    assert desk.rows() == before


def test_all_of_them_out_of_reach_is_being_offline_once_and_the_day_stays(desk: Desk) -> None:
    before = desk.rows()
    for service, account in desk.accounts.items():
        desk.served(service).faults.cut_network()
        desk.read(account)
    healths = [desk.view(account).health for account in desk.accounts.values()]
    assert {health.kind for health in healths} == {HealthKind.OFFLINE}
    assert {str(health.sentence).partition(" Meetings")[0] for health in healths} == {"You are offline."}
    assert desk.rows() == before
