"""Google: calendars and contacts through plain REST."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from zoomcal.catalogue import ENGLISH, Catalogue
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.providers.base import How, Session, SignIn
from zoomcal.providers.google.library import load_google_auth


class GoogleProvider:
    """Google as a service one can sign in to; what it needs of libraries is loaded at the first use."""

    def __init__(self, endpoints: Endpoints, catalogue: Catalogue = ENGLISH) -> None:
        self._endpoints = endpoints
        self._catalogue = catalogue

    def open(self, account: AccountId, secret: str, save_secret: Callable[[str], None]) -> Session:
        """Return a session of a connected account.

        Raises:
            NeedsReauth: The secret is damaged, or other endpoints or another client issued it.
        """
        load_google_auth()
        from zoomcal.providers.google.client import GoogleSession

        return GoogleSession(account, secret, self._endpoints, save_secret=save_secret)

    def sign_in(
        self,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
        how: How = "browser",  # noqa: ARG002 - the only way that Google has
        cancel: Event | None = None,  # noqa: ARG002 - starting asks nobody
    ) -> SignIn:
        """Start a sign-in in the browser that asks only for what is wanted; `again` names the account to be it.

        Raises:
            NotConfigured: No client id is set.
        """
        load_google_auth()
        from zoomcal.providers.google.signin import GoogleSignIn

        return GoogleSignIn(
            self._endpoints, calendar=calendar, contacts=contacts, again=again, catalogue=self._catalogue
        )
