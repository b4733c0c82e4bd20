"""Signing in at Microsoft: system browser, PKCE, state, loopback (RFC 8252; PROTOCOLS 1.1, 3.2).

https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any, TypeVar

import msal

from zoomcal.catalogue import ENGLISH, Catalogue, sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    NeedsConsent,
    NeedsReauth,
    Offline,
    SignInCancelled,
    SignInError,
    SignInRefused,
    ZoomCalError,
)
from zoomcal.providers.answers import NOTHING, ODD, text
from zoomcal.providers.asking import address_of, refuse_another, until_answered
from zoomcal.providers.base import Grant
from zoomcal.providers.graph.api import Api
from zoomcal.providers.graph.grant import (
    ADDRESS_SCOPE,
    CALENDAR_SCOPE,
    CHALLENGES,
    CONTACTS_SCOPE,
    Secret,
    granted,
)
from zoomcal.providers.graph.refusals import sign_in_refusal
from zoomcal.providers.graph.tokens import application
from zoomcal.providers.http import Line, Retry, retried
from zoomcal.providers.loopback import Loopback
from zoomcal.providers.watching import watched

T = TypeVar("T")

_WHILE_WAITED_FOR = Retry(attempts=3, patience_s=5.0)
"""A person looks on: what a few seconds do not mend is told."""
_BEGIN_S = 45.0
"""The longest that Microsoft may take to say where its pages are, or to give a code."""


class GraphSignIn(ABC):
    """One sign-in, whatever brings the answer; making it asks the authority where its pages are.

    Args:
        endpoints: Where Microsoft is, and our client there.
        calendar: Ask for the calendars.
        contacts: Ask for the contacts.
        again: The account to connect anew; signing in as somebody else is an error.
        retry: How often Microsoft is asked.
        cancel: Set by another thread, it ends the making at once.

    Raises:
        NotConfigured: There is no client id.
        SignInCancelled: `cancel` was set.
        ProviderError: As in `zoomcal.errors`.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
        retry: Retry | None = None,
        cancel: Event | None = None,
    ) -> None:
        self._office365 = endpoints.office365
        self._again = again
        self._retry = retry or _WHILE_WAITED_FOR
        self._cancel = cancel or Event()
        wanted = ((ADDRESS_SCOPE, True), (CALENDAR_SCOPE, calendar), (CONTACTS_SCOPE, contacts))
        self._scopes = tuple(scope for scope, asked in wanted if asked)
        self._claims = CHALLENGES.get(again, "") if again else ""
        self._line = Line(endpoints.ca_file)
        self._cache = msal.TokenCache()
        self._app = self._begun(lambda: application(self._office365, self._line, self._cache))

    def _begun(self, ask: Callable[[], T]) -> T:
        """Return what `ask` does; when that fails, nothing stays open."""
        with watched(self._line, self._cancel, _BEGIN_S) as watch:
            try:
                return retried(ask, self._retry, self._line.pause)
            except ZoomCalError as error:
                self._line.close()
                if self._cancel.is_set():
                    raise SignInCancelled from None
                if watch.timed_out:
                    raise Offline(detail=f"the sign-in service took longer than {_BEGIN_S:.0f} s") from error
                raise

    @property
    @abstractmethod
    def url(self) -> str:
        """The page to open in a browser."""

    @property
    @abstractmethod
    def user_code(self) -> str:
        """What to type in on that page; empty where nothing is."""

    @abstractmethod
    def _answer(self, cancel: Event, timeout_s: float) -> dict[str, Any]:
        """Wait for the person, and return msal's answer: tokens, or a refusal."""

    def wait(self, cancel: Event, timeout_s: float = 300.0) -> Grant:
        """Block until the person has signed in, then ask whose account it is.

        Raises:
            SignInCancelled, SignInTimedOut: As they say.
            SignInRefused: The person allowed nothing.
            SignInError: Another account than the one to connect anew, or an answer that does not hold together.
            NotConfigured: Microsoft does not know the client.
            ProviderError: As in `zoomcal.errors`.
        """
        with until_answered(cancel, self.close):
            return self._grant(self._answer(cancel, timeout_s))

    def close(self) -> None:
        """Drop what is under way; callable from any thread, harmless when it has ended."""
        self._line.close()

    def _grant(self, answer: Mapping[str, Any]) -> Grant:
        access, refresh_token = text(answer.get("access_token")), text(answer.get("refresh_token"))
        if not access:
            raise sign_in_refusal(answer, self._office365)
        scopes = granted(answer.get("scope"), self._scopes)
        calendar, contacts = CALENDAR_SCOPE in scopes, CONTACTS_SCOPE in scopes
        if not (calendar or contacts):
            raise SignInRefused
        if not refresh_token:
            raise SignInError(sentence("Microsoft gave no lasting access. Please sign in again."))
        address = self._address(access, answer.get("id_token_claims"))
        account = AccountId(f"{Service.OFFICE365}:{address.lower()}")
        refuse_another(address, account, self._again)
        CHALLENGES.pop(account, None)
        kept = self._cache.search(msal.TokenCache.CredentialType.REFRESH_TOKEN)
        secret = Secret(
            refresh_token=refresh_token,
            home=next((text(entry.get("home_account_id")) for entry in kept), ""),
            fingerprint=self._office365.fingerprint(),
            scopes=scopes,
        )
        return Grant(
            account=account,
            name=address,
            secret=secret.dumps(),
            calendar=calendar,
            contacts=contacts,
            server=self._office365.server,
        )

    def _address(self, access: str, claims: object) -> str:
        """Return whose account it is: its mail address, or the name it signs in with."""
        api = Api(_Once(access), self._office365.graph_url, self._line, self._retry)
        try:
            person = api.get("/me", {"$select": "id,displayName,mail,userPrincipalName"}, scopes=(ADDRESS_SCOPE,))
        except NeedsConsent:  # to that alone; the id token knows too
            told = claims if isinstance(claims, dict) else NOTHING
            person = {"mail": told.get("email"), "userPrincipalName": told.get("preferred_username")}
        found = [address for name in ("mail", "userPrincipalName") if "@" in (address := text(person.get(name)))]
        wanted = address_of(self._again) if self._again else ""
        address = next((one for one in found if one.lower() == wanted), next(iter(found), ""))
        if not address:
            raise SignInError(sentence("Microsoft did not say which account this is. Please sign in again."))
        return address


class BrowserSignIn(GraphSignIn):
    """A sign-in in the system browser; listens from the moment it is made.

    Args:
        endpoints: Where Microsoft is, and our client there.
        catalogue: The language of the page that the person sees at the end.
        options: As `GraphSignIn` takes them.
    """

    def __init__(self, endpoints: Endpoints, *, catalogue: Catalogue = ENGLISH, **options: Any) -> None:
        super().__init__(endpoints, **options)
        self._loopback = Loopback(host="localhost", catalogue=catalogue)
        self._flow = self._app.initiate_auth_code_flow(
            list(self._scopes),
            redirect_uri=self._loopback.redirect_uri.rstrip("/"),  # registered without a path
            state=self._loopback.state,
            prompt=None if self._again else "select_account",
            login_hint=address_of(self._again) if self._again else None,
            claims_challenge=self._claims or None,
            response_mode="form_post",
        )

    @property
    def url(self) -> str:
        """The sign-in page to open in the system browser."""
        return text(self._flow.get("auth_uri"))

    @property
    def user_code(self) -> str:
        """Nothing is typed in here."""
        return ""

    def close(self) -> None:
        """Stop listening and drop what is under way."""
        super().close()
        self._loopback.close()

    def _answer(self, cancel: Event, timeout_s: float) -> dict[str, Any]:
        fields = dict(self._loopback.wait(cancel, timeout_s))
        return retried(lambda: self._exchanged(fields), self._retry, self._line.pause)

    def _exchanged(self, fields: dict[str, str]) -> dict[str, Any]:
        try:
            return self._app.acquire_token_by_auth_code_flow(dict(self._flow), fields)
        except (*ODD, RuntimeError) as error:  # its text holds what was compared
            raise SignInError(
                sentence("What came back does not belong to this sign-in. Please sign in again."),
                detail=type(error).__name__,
            ) from None


class _Once:
    """An access token that is fresh: refused, it will not do."""

    def __init__(self, token: str) -> None:
        self._token = token

    def access(self) -> str:
        """Return it."""
        return self._token

    def renew(self, claims: str) -> None:
        """Refuse to.

        Raises:
            NeedsReauth: In any case.
        """
        raise self.refused(claims)

    def refused(self, _: str) -> NeedsReauth:
        """Return what it means that it was refused."""
        return NeedsReauth(detail="HTTP 401 right after signing in")
