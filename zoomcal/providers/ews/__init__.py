"""Exchange: calendars and contacts of servers that organisations run, through Exchange Web Services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.errors import NotConfigured
from zoomcal.providers.base import ExchangeLogin, How, Session, SignIn
from zoomcal.providers.ews.library import load_exchangelib


class EwsProvider:
    """An Exchange server as a service one can sign in to; what it needs of libraries is loaded at the first use."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    def open(
        self,
        account: AccountId,
        secret: str,
        save_secret: Callable[[str], None],  # noqa: ARG002 - what is kept never changes by itself
    ) -> Session:
        """Return a session of a connected account.

        Raises:
            NeedsReauth: The secret is damaged, or the organisation has fixed another server since.
        """
        load_exchangelib()
        from zoomcal.providers.ews.client import EwsSession

        return EwsSession(account, secret, self._endpoints)

    def sign_in(
        self,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
        how: How = "browser",
        cancel: Event | None = None,  # noqa: ARG002 - starting asks nobody
    ) -> SignIn:
        """Return a sign-in that tries what was entered, once.

        Raises:
            EntryError: What was entered cannot be right, seen without asking anybody.
            NotConfigured: Nothing was entered: a browser is no way to sign in here.
        """
        if isinstance(how, str):
            raise NotConfigured(detail=f"Exchange has no sign-in by {how}")
        load_exchangelib()
        from zoomcal.providers.ews.signin import EwsSignIn

        return EwsSignIn(self._endpoints, how, calendar=calendar, contacts=contacts, again=again)

    def find(self, address: str, cancel: Event, ca_file: Path | None = None) -> str:
        """Return the EWS URL for a mailbox, found by requests that carry no password (*Find it for me*).

        The person confirms it before anything secret goes there.

        Raises:
            EntryError: There is no such address, no server was found, or `ca_file` holds no certificates.
            CloudMailbox: The mailbox is in Microsoft's cloud.
            Cancelled: `cancel` was set.
        """
        from zoomcal.providers.ews.discovery import find

        return find(address, self._endpoints, cancel, ca_file)

    def entered(self, secret: str) -> ExchangeLogin:
        """Return what an account was connected with, without its password.

        Raises:
            NeedsReauth: The secret is damaged.
        """
        from zoomcal.providers.ews.grant import Secret

        return Secret.loads(secret).entered()
