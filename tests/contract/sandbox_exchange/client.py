"""exchangelib, which nobody here wrote, signed in to the sandbox; and the plain HTTP below it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User

ews: Any = importlib.import_module("exchangelib")
errors: Any = importlib.import_module("exchangelib.errors")
PASSWORD = "Größe 42!"
ZONE = "Europe/Berlin"


def a_user(sandbox: Sandbox, name: str = "ana", zone: str = ZONE) -> User:
    """Add somebody with an empty mailbox."""
    sandbox.exchange.open_account(f"WARD\\{name}", PASSWORD, f"{name}@ward.example", name.capitalize(), zone)
    return sandbox.exchange.accounts[f"WARD\\{name}"]


@contextmanager
def signed_in(
    sandbox: Sandbox,
    user: User,
    *,
    method: str | None = "basic",
    version: Any = None,
    username: str = "",
    password: str = "",
) -> Iterator[Any]:
    """Give the user's account as exchangelib sees it; `method` None lets it find out. Nothing is asked before use."""
    protocols: Any = importlib.import_module("exchangelib.protocol")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", sandbox.endpoints["ca_file"])
        config = ews.Configuration(
            credentials=ews.Credentials(username or user.username, password or user.password),
            service_endpoint=sandbox.endpoints["exchange"]["url"],
            auth_type=method,
            version=version,
            retry_policy=ews.FailFast(),
            max_connections=1,
        )
        account = ews.Account(
            user.mailbox.address,
            config=config,
            access_type=ews.DELEGATE,
            autodiscover=False,
            default_timezone=ews.EWSTimeZone(ZONE),
        )
        try:
            yield account
        finally:
            account.protocol.close()
            del protocols.Protocol[config]


@contextmanager
def plain_session(sandbox: Sandbox, user: User | None = None) -> Iterator[requests.Session]:
    """Give a session that trusts the sandbox, and signs in by Basic where a user is given."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = sandbox.endpoints["ca_file"]
        if user is not None:
            session.auth = (user.username, user.password)
        session.headers["Content-Type"] = "text/xml; charset=utf-8"
        yield session


def soap(body: str, version: str = "Exchange2016", header: str = "") -> bytes:
    """Return an envelope around a body, with the prefixes m and t."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
        ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">'
        f'<s:Header><t:RequestServerVersion Version="{version}"/>{header}</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def at(day: int, hour: int = 0, minute: int = 0, zone: str = ZONE) -> datetime:
    """Return a moment of March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone))


def theirs(moment: datetime) -> Any:
    """Return a moment in exchangelib's own type."""
    return ews.EWSDateTime.from_datetime(moment)


def ours(moment: datetime) -> datetime:
    """Return exchangelib's moment as a plain one."""
    return datetime.fromisoformat(moment.isoformat())


def view(account: Any, start: datetime, end: datetime, *fields: str) -> list[Any]:
    """Return what exchangelib finds in a window of the calendar, with these fields, or all."""
    found = account.calendar.view(theirs(start), theirs(end))
    return list(found.only(*fields) if fields else found)
