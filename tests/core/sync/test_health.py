from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import (
    BlockedByPolicy,
    NeedsConsent,
    NeedsReauth,
    Offline,
    Throttled,
    Transient,
    ZoomCalError,
)
from zoomcal.sync.condition import Condition, healths
from zoomcal.sync.health import HealthKind
from zoomcal.sync.pace import CONTACTS, UNWATCHED, WATCHED, Pace

LAN, MAI = AccountId("google:lan"), AccountId("google:mai")
NOW = datetime(2026, 11, 24, 10, 47, tzinfo=UTC)


def condition(error: ZoomCalError | None = None, **more: object) -> Condition:
    return Condition(service=Service.GOOGLE, name="lan@x.example", last_sync=NOW, error=error, **more)  # type: ignore[arg-type]


def test_one_unreachable_account_is_its_own_fault_and_all_of_them_mean_offline() -> None:
    some = healths({LAN: condition(Offline()), MAI: condition()})
    assert some[LAN].kind is HealthKind.FAILING
    assert "Google (lan@x.example) cannot be reached. Its meetings are as of" in str(some[LAN].sentence)
    assert some[MAI].sentence is None
    every = healths({LAN: condition(Offline()), MAI: condition(Offline())})
    assert {health.kind for health in every.values()} == {HealthKind.OFFLINE}
    assert str(every[LAN].sentence).startswith("You are offline. Meetings are as of")


def test_an_account_that_is_switched_off_is_well_and_does_not_keep_the_person_online() -> None:
    found = healths({LAN: condition(Offline()), MAI: condition(Offline(), active=False)})
    assert [health.kind for health in found.values()] == [HealthKind.OFFLINE, HealthKind.OK]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NeedsReauth(), HealthKind.NEEDS_CONSENT),
        (NeedsConsent(), HealthKind.NEEDS_CONSENT),
        (BlockedByPolicy(), HealthKind.BLOCKED),
        (Throttled(60), HealthKind.WAITING),
        (Transient(), HealthKind.FAILING),
    ],
)
def test_every_error_has_a_sentence_that_names_the_service(error: ZoomCalError, kind: HealthKind) -> None:
    health = healths({LAN: condition(error), MAI: condition()})[LAN]
    assert health.kind is kind
    assert "Google" in str(health.sentence)
    assert health.cause is not None


def test_where_a_password_was_refused_it_is_asked_for() -> None:
    health = healths({LAN: replace(condition(NeedsReauth()), service=Service.EXCHANGE)})[LAN]
    assert health.kind is HealthKind.NEEDS_CONSENT
    assert str(health.sentence) == "Exchange (lan@x.example) needs your password again."


def test_a_server_that_says_why_it_refuses_is_quoted_on_the_card() -> None:
    locked = NeedsReauth(sentence("The server says that this account is locked."))
    health = healths({LAN: replace(condition(locked), service=Service.EXCHANGE)})[LAN]
    assert str(health.cause) == "The server says that this account is locked."


def test_which_account_has_to_wait_is_said_where_a_service_has_several() -> None:
    alone = healths({LAN: condition(Throttled(60)), MAI: replace(condition(), service=Service.OFFICE365)})[LAN]
    assert str(alone.sentence) == "Google asked us to wait."
    one_of_two = healths({LAN: condition(Throttled(60)), MAI: condition()})[LAN]
    assert str(one_of_two.sentence) == "Google (lan@x.example) asked us to wait."


def test_a_watched_account_is_read_within_a_minute_and_another_within_five() -> None:
    pace = Pace().succeeded(NOW)
    due_after = {
        watched: next(
            s for s in range(0, 400, 5) if pace.is_due(NOW + timedelta(seconds=s), WATCHED if watched else UNWATCHED)
        )
        for watched in (True, False)
    }
    assert due_after[True] < 60
    assert 200 < due_after[False] < 300


def test_a_clock_set_back_does_not_stop_the_reading() -> None:
    assert Pace().succeeded(NOW).is_due(NOW - timedelta(hours=3), CONTACTS)


def test_the_services_own_word_is_kept_even_when_the_person_asks() -> None:
    pace = Pace().failed(NOW, Throttled(300))
    assert not pace.may_try(NOW + timedelta(seconds=299))
    assert pace.may_try(NOW + timedelta(seconds=301))
    assert Pace().failed(NOW, Offline()).may_try(NOW)


def test_failures_back_off_and_a_lost_consent_stops_requests() -> None:
    pace, waits = Pace(), []
    for _ in range(6):
        pace = pace.failed(NOW, Transient())
        assert pace.retry_at is not None
        waits.append((pace.retry_at - NOW).total_seconds())
    assert waits == sorted(waits)
    assert waits[0] < 4
    assert waits[-1] > 200
    assert not Pace().failed(NOW, NeedsReauth()).is_due(NOW + timedelta(days=1), WATCHED)
