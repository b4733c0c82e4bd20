"""Office 365: calendars and contacts through Microsoft Graph."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from zoomcal.catalogue import ENGLISH, Catalogue
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.providers.base import How, Session, SignIn


class GraphProvider:
    """Office 365 as a service one can sign in to; what it needs of libraries is loaded at the first use."""

    def __init__(self, endpoints: Endpoints, catalogue: Catalogue = ENGLISH) -> None:
        self._endpoints = endpoints
        self._catalogue = catalogue

    def open(self, account: AccountId, secret: str, save_secret: Callable[[str], None]) -> Session:
        """Return a session of a connected account.

        Raises:
            NeedsReauth: The secret is damaged, or other endpoints or another client issued it.
        """
        from zoomcal.providers.graph.client import GraphSession

        return GraphSession(account, secret, self._endpoints, save_secret=save_secret)

    def sign_in(
        self,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
        how: How = "browser",
        cancel: Event | None = None,
    ) -> SignIn:
        """Start a sign-in in the browser, or with a code on another device; Microsoft is asked where its pages are.

        Raises:
            NotConfigured: No client id is set, or Microsoft does not know it.
            SignInCancelled: `cancel` was set meanwhile.
            ProviderError: As in `zoomcal.errors`.
        """
        if how == "device-code":
            from zoomcal.providers.graph.devicecode import DeviceCodeSignIn

            return DeviceCodeSignIn(self._endpoints, calendar=calendar, contacts=contacts, again=again, cancel=cancel)
        from zoomcal.providers.graph.signin import BrowserSignIn

        return BrowserSignIn(
            self._endpoints,
            calendar=calendar,
            contacts=contacts,
            again=again,
            cancel=cancel,
            catalogue=self._catalogue,
        )
