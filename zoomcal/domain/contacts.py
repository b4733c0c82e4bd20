"""A contact of an address book, as it comes from a source."""

from __future__ import annotations

from dataclasses import dataclass

from zoomcal.domain.meetings import AccountId


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as the service gave it; `e164` only where the service states that form itself."""

    number: str
    kind: str = ""
    """The service's own word for it: mobile, work, home …"""
    e164: str = ""


@dataclass(frozen=True, slots=True)
class Email:
    """An address and the service's own word for its type."""

    address: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One card of one address book."""

    account: AccountId
    uid: str
    """The service's id: unique within the account, stable across syncs."""
    name: str = ""
    company: str = ""
    title: str = ""
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    photo_url: str = ""
