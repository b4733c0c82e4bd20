"""What an account's health is called, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass

from ui.i18n import plural, say, tongue, tr
from ui.widgets.frames import Tone
from ui.widgets.text import breakable
from zoomcal.app import AccountView, HealthKind
from zoomcal.catalogue import Sentence
from zoomcal.domain.meetings import Service
from zoomcal.sync.engine import SyncProgress


@dataclass(frozen=True, slots=True)
class Badge:
    """A chip's words, colour and sign."""

    text: str
    colour: str
    icon: str


def badge(account: AccountView) -> Badge:
    """Return what the account's chip says."""
    if not (account.calendar or account.contacts):
        return Badge(tr("Switched off"), "text2", "")
    match account.health.kind:
        case HealthKind.OFFLINE:
            return Badge(tr("Offline"), "text2", "offline")
        case HealthKind.FAILING:
            return Badge(tr("Not reachable"), "danger", "error")
        case HealthKind.NEEDS_CONSENT:
            exchange = account.service is Service.EXCHANGE
            return Badge(tr("Needs password") if exchange else tr("Needs consent"), "warn", "warning")
        case HealthKind.WAITING:
            return Badge(tr("Waiting"), "text2", "clock")
        case HealthKind.BLOCKED:
            return Badge(tr("Not allowed"), "danger", "error")
    if account.health.last_sync is None and account.calendar:
        return Badge(tr("Updating…"), "text2", "refresh")
    return Badge(tr("Up to date"), "ok", "check")


_TONES = {
    HealthKind.FAILING: (Tone.RED, "error"),
    HealthKind.BLOCKED: (Tone.RED, "error"),
    HealthKind.NEEDS_CONSENT: (Tone.AMBER, "warning"),
    HealthKind.OFFLINE: (Tone.GREY, "offline"),
    HealthKind.WAITING: (Tone.GREY, "clock"),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an account, and what mends it."""

    tone: Tone
    icon: str
    text: str
    action: str
    """*Try now* or the like, within the line; empty where there is none, or where *Continue* stands below."""
    detail: str
    address: str = ""
    """What is copied in place of trying again."""


def trouble(account: AccountView) -> Trouble | None:
    """Return what is wrong, None when nothing is."""
    health = account.health
    if health.kind not in _TONES:
        return None
    tone, icon = _TONES[health.kind]
    actions = {HealthKind.FAILING: tr("Try now"), HealthKind.OFFLINE: tr("Try again")}
    said = health.cause or health.sentence
    address = address_in(said) if said else ""
    action = tr("Copy Link") if address else actions.get(health.kind, "")
    return Trouble(tone, icon, breakable(say(said)) if said else "", action, health.detail, address)


def address_in(said: Sentence) -> str:
    """Return the web address that a sentence tells the person to use; empty where it has none."""
    address = said.values.get("url")
    return address if isinstance(address, str) and address.startswith("https://") else ""


def events_text(progress: SyncProgress) -> str:
    """Return how much of the calendars has come: `3 calendars, 41 events`."""
    calendars = say(plural("{n} calendar", "{n} calendars", progress.calendars))
    events = say(plural("{n} event", "{n} events", progress.events))
    return f"{calendars}, {events}"


def contacts_text(progress: SyncProgress) -> str:
    """Return how many contacts have come: `1,240 of about 2,300`."""
    number = tongue().number
    if progress.contacts_total is None or progress.contacts >= progress.contacts_total:
        return number(progress.contacts)
    return tr("{n} of about {total}", n=number(progress.contacts), total=number(progress.contacts_total))


def asked_text(*, calendar: bool, contacts: bool) -> str:
    """Return the sentence about what the consent page will ask for."""
    asked = [tr("read and change calendars")] * calendar + [tr("read contacts")] * contacts
    return tr("You will be asked to allow: {what}.", what=", ".join(asked))
