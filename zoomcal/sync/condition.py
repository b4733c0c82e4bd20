"""From what is known of an account's last pull to how it is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zoomcal.catalogue import Sentence, sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import BlockedByPolicy, NeedsConsent, NeedsReauth, Offline, OwnFault, Throttled, ZoomCalError
from zoomcal.sync.health import SERVICE_NAMES, Health, HealthKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What is known of one account's last pull."""

    service: Service
    name: str
    last_sync: datetime | None = None
    error: ZoomCalError | None = None
    only_contacts: bool = False
    """The calendars are well; `error` is about the contacts."""
    retry_at: datetime | None = None
    syncing: bool = False
    active: bool = True
    """False where both switches are off: nothing is asked of it, so nothing is wrong with it."""


def healths(conditions: Mapping[AccountId, Condition]) -> dict[AccountId, Health]:
    """Return every account's health.

    When no account at all can be reached the person is offline, and that is one fact, not one fault an account.
    """
    active = [condition for condition in conditions.values() if condition.active]
    offline = bool(active) and all(isinstance(condition.error, Offline) for condition in active)
    of_service = Counter(condition.service for condition in active)
    return {
        account: _health(condition, offline=offline, only=of_service[condition.service] < 2)
        for account, condition in conditions.items()
    }


def _health(condition: Condition, *, offline: bool, only: bool) -> Health:
    error = condition.error
    if error is None or not condition.active:
        kind = HealthKind.SYNCING if condition.syncing else HealthKind.OK
        return Health(kind=kind, last_sync=condition.last_sync)
    kind, said, cause = _judged(condition, error, offline=offline, only=only)
    return Health(
        kind=kind,
        sentence=said,
        cause=cause,
        detail=error.detail,
        last_sync=condition.last_sync,
        retry_at=condition.retry_at,
    )


def _judged(
    condition: Condition, error: ZoomCalError, *, offline: bool, only: bool
) -> tuple[HealthKind, Sentence, Sentence]:
    """Return kind, sentence and cause; `only` tells that no other account of the service is read."""
    service = SERVICE_NAMES[condition.service]
    account = f"{service} ({condition.name})"
    match error:
        case NeedsReauth() if condition.service is Service.EXCHANGE:
            said = sentence("{account} needs your password again.", account=account)
            cause = sentence("{service} refused the password. Settings and meetings are kept.", service=service)
            return HealthKind.NEEDS_CONSENT, said, cause if error.sentence == NeedsReauth.default else error.sentence
        case NeedsReauth():
            said = sentence("{account} needs your consent again.", account=account)
            cause = sentence("{service} ended this connection. Settings and meetings are kept.", service=service)
            return HealthKind.NEEDS_CONSENT, said, cause
        case NeedsConsent():
            said = sentence("{account} has not allowed everything that is switched on.", account=account)
            return HealthKind.NEEDS_CONSENT, said, said
        case BlockedByPolicy():
            return (
                HealthKind.BLOCKED,
                sentence("{account}: {error}", account=account, error=error.sentence),
                error.sentence,
            )
        case Throttled():
            said = sentence("{service} asked us to wait.", service=service if only else account)
            cause = sentence("{service} asked us to wait.", service=service)
            return HealthKind.WAITING, _with_retry(said, condition), _with_retry(cause, condition)
        case Offline() if offline:
            said = _as_of(
                sentence("You are offline."),
                sentence("Meetings are as of {time}.", time=condition.last_sync),
                condition,
            )
            return HealthKind.OFFLINE, said, _with_retry(sentence("You are offline."), condition)
        case _ if condition.only_contacts:
            said = sentence("The contacts of {account} could not be read.", account=account)
            return HealthKind.FAILING, said, _with_retry(error.sentence, condition)
        case OwnFault():
            what = sentence("{account} could not be read because of a mistake in ZoomCal.", account=account)
        case Offline():
            what = sentence("{account} cannot be reached.", account=account)
        case _:
            what = sentence("{account} could not be read.", account=account)
    said = _as_of(what, sentence("Its meetings are as of {time}.", time=condition.last_sync), condition)
    return HealthKind.FAILING, said, _with_retry(error.sentence, condition)


def _as_of(what: Sentence, stale: Sentence, condition: Condition) -> Sentence:
    if condition.last_sync is None:
        return what
    return sentence("{what} {more}", what=what, more=stale)


def _with_retry(what: Sentence, condition: Condition) -> Sentence:
    if condition.retry_at is None:
        return what
    return sentence("{what} {more}", what=what, more=sentence("Trying again at {time}.", time=condition.retry_at))
