"""What each of the three services can suffer, and what is then said of its account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.core.side_by_side.desk import EXCHANGE, GOOGLE, OFFICE, Desk
from zoomcal.app import HealthKind
from zoomcal.domain.meetings import Service
from zoomcal.sandbox.exchange.calls import Quirks


@dataclass(frozen=True)
class Trouble:
    """How one service fails, and what is then said of its account."""

    start: Callable[[Desk], object]
    kind: HealthKind
    said: str
    """What the sentence holds beside the account."""
    why: str
    """What the account's card holds."""


def fault(service: Service, kind: str, **options: Any) -> Callable[[Desk], object]:
    """Return what lets every reading of the service fail like that."""
    path = {GOOGLE: "/v", OFFICE: "/v1.0", EXCHANGE: "/EWS"}[service]
    return lambda desk: desk.served(service).faults.add(kind, path=path, times=None, **options)


def status(service: Service, number: int, reason: str = "", **options: Any) -> Callable[[Desk], object]:
    return fault(service, "status", status=number, reason=reason, **options)


UNREACHED, ITS_OWN = "The service cannot be reached", "The service has a problem of its own"
ENDED, REFUSED = "ended this connection", "does not take this password any more"


def troubles(service: Service) -> dict[str, Trouble]:
    """Return what every service can suffer."""
    failing, waiting = HealthKind.FAILING, HealthKind.WAITING
    return {
        "cut off": Trouble(
            lambda desk: desk.served(service).faults.cut_network(), failing, "cannot be reached", UNREACHED
        ),
        "throttled": Trouble(status(service, 429, retry_after_s=90), waiting, "asked us to wait", "Trying again at"),
        "failing": Trouble(status(service, 500), failing, "could not be read", ITS_OWN),
        "half an answer": Trouble(fault(service, "truncate"), failing, "could not be read", ITS_OWN),
        "hanging up": Trouble(fault(service, "cut"), failing, "Its meetings are as of", "Trying again at"),
        "no answer": Trouble(fault(service, "reset"), failing, "cannot be reached", UNREACHED),
    }


CLOUD = "https://outlook.office365.com/EWS/Exchange.asmx"


def quirk(**values: object) -> Callable[[Desk], object]:
    """Return what lets the Exchange server behave like that."""
    return lambda desk: setattr(desk.sandbox.exchange, "quirks", Quirks(**values))  # type: ignore[arg-type]


def policy(name: str) -> Callable[[Desk], None]:
    """Return what lets Entra refuse new tokens for a reason of the organisation's, and Graph the old ones."""

    def start(desk: Desk) -> None:
        desk.sandbox.microsoft.policy = name
        desk.sandbox.microsoft.tokens.expire_access()

    return start


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
    desk.served(service).faults.clear()
    desk.sandbox.microsoft.policy = ""
    desk.sandbox.exchange.quirks = Quirks()
    desk.login.locked = False


NEEDS_CONSENT, BLOCKED = HealthKind.NEEDS_CONSENT, HealthKind.BLOCKED
TROUBLES: dict[Service, dict[str, Trouble]] = {
    GOOGLE: troubles(GOOGLE)
    | {
        "consent withdrawn": Trouble(
            lambda desk: desk.sandbox.google.tokens.end_grants(), NEEDS_CONSENT, "needs your consent again", ENDED
        ),
        "blocked": Trouble(status(GOOGLE, 403, "domainPolicy"), BLOCKED, "does not allow", "Ask your administrator"),
    },
    OFFICE: troubles(OFFICE)
    | {
        "consent withdrawn": Trouble(
            lambda desk: desk.sandbox.microsoft.tokens.end_grants(), NEEDS_CONSENT, "needs your consent again", ENDED
        ),
        "blocked": Trouble(
            status(OFFICE, 403, "ExtensionError"), BLOCKED, "Ask your administrator", "does not let this program"
        ),
        "conditional access": Trouble(
            policy("conditional-access"), BLOCKED, "Ask your administrator", "Ask your administrator"
        ),
        "second factor": Trouble(policy("second-factor"), NEEDS_CONSENT, "needs your consent again", ENDED),
        "sign-in unavailable": Trouble(policy("unavailable"), HealthKind.FAILING, "could not be read", ITS_OWN),
        "mailbox moved": Trouble(
            status(OFFICE, 404, "MailboxNotEnabledForRESTAPI"),
            BLOCKED,
            "connect it as Exchange",
            "no mailbox in Microsoft’s cloud",
        ),
    },
    EXCHANGE: troubles(EXCHANGE)
    | {
        "busy": Trouble(busy, HealthKind.WAITING, "asked us to wait", "Trying again at"),
        "password changed": Trouble(change_password, NEEDS_CONSENT, "needs your password again", REFUSED),
        "account locked": Trouble(lock, NEEDS_CONSENT, "needs your password again", REFUSED),
        "blocked": Trouble(status(EXCHANGE, 403), BLOCKED, "Ask your administrator", "does not let this account"),
        "mailbox on the move": Trouble(quirk(moved=True), HealthKind.FAILING, "could not be read", "is being moved"),
        "mailbox moved to the cloud": Trouble(
            quirk(redirect=CLOUD), BLOCKED, "Connect Office 365", "has moved to Microsoft’s cloud"
        ),
        "not XML": Trouble(quirk(html=True), HealthKind.FAILING, "could not be read", ITS_OWN),
    },
}
