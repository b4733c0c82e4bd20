"""Signing in at Google: system browser, PKCE, state, loopback (RFC 8252; PROTOCOLS 1.1, 2.1).

https://developers.google.com/identity/protocols/oauth2/native-app
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event
from typing import Any

from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error

from zoomcal.catalogue import ENGLISH, Catalogue, sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
    NotConfigured,
    SignInError,
    SignInRefused,
)
from zoomcal.providers.answers import listed
from zoomcal.providers.asking import address_of, refuse_another, until_answered
from zoomcal.providers.base import Grant
from zoomcal.providers.google.api import UNKNOWN_CLIENT, Api, KeptCredentials, settled
from zoomcal.providers.google.grant import ADDRESS_SCOPE, CALENDAR_SCOPES, CONTACTS_SCOPES, Secret
from zoomcal.providers.http import Line, Retry, retried
from zoomcal.providers.loopback import Loopback

_BLOCKED = {"admin_policy_enforced", "org_internal", "disallowed_useragent"}
_UNKNOWN = {"invalid_client", "unauthorized_client"}


class GoogleSignIn:
    """One sign-in, from the consent page's address to the grant; listens from the moment it is made.

    Args:
        endpoints: Where Google is, and our client there.
        calendar: Ask for the calendars.
        contacts: Ask for the contacts.
        again: The account to connect anew; signing in as somebody else is an error.
        catalogue: The language of the page that the person sees at the end.
        retry: How often the token endpoint is asked.

    Raises:
        NotConfigured: There is no client id.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
        catalogue: Catalogue = ENGLISH,
        retry: Retry | None = None,
    ) -> None:
        google = endpoints.google
        if not google.client_id:
            raise NotConfigured
        self._google = google
        self._again = again
        self._retry = retry or Retry()
        self._scopes = (CALENDAR_SCOPES if calendar else ()) + ((*CONTACTS_SCOPES, ADDRESS_SCOPE) if contacts else ())
        self._line = Line(endpoints.ca_file)
        self._loopback = Loopback(catalogue=catalogue)
        self._flow = Flow.from_client_config(
            {
                "installed": {
                    "client_id": google.client_id,
                    "client_secret": google.client_secret,
                    # oauthlib builds https addresses alone; the page itself is only opened, by the browser
                    "auth_uri": google.authorize_url.replace("http://", "https://", 1),
                    "token_uri": google.token_url,
                }
            },
            scopes=self._scopes,
            redirect_uri=self._loopback.redirect_uri,
            autogenerate_code_verifier=True,
        )
        self._line.mount_on(self._flow.oauth2session)
        self._flow.oauth2session.register_compliance_hook("access_token_response", settled)
        hint = {"login_hint": address_of(again)} if again else {}
        url, _ = self._flow.authorization_url(
            access_type="offline", prompt="consent", state=self._loopback.state, **hint
        )
        self._url = google.authorize_url + url[len(google.authorize_url.replace("http://", "https://", 1)) :]

    @property
    def url(self) -> str:
        """The consent page to open in the system browser."""
        return self._url

    @property
    def user_code(self) -> str:
        """Nothing is typed in at Google."""
        return ""

    def wait(self, cancel: Event, timeout_s: float = 300.0) -> Grant:
        """Block until the browser comes back, then exchange the code and ask whose account it is.

        Raises:
            SignInCancelled, SignInTimedOut: As they say.
            SignInRefused: The person allowed nothing.
            SignInError: Another account than the one to connect anew, or an answer that does not hold together.
            NotConfigured: Google does not know the client.
            ProviderError: As in `zoomcal.errors`.
        """
        with until_answered(cancel, self.close):
            return self._grant(self._exchanged(_code(self._loopback.wait(cancel, timeout_s))))

    def close(self) -> None:
        """Stop listening and drop what is under way; callable from any thread, harmless when it has ended."""
        self._loopback.close()
        self._line.close()

    def _exchanged(self, code: str) -> Mapping[str, Any]:
        try:
            return retried(lambda: self._fetched(code), self._retry, self._line.pause)
        except OAuth2Error as error:
            if error.error in _UNKNOWN:
                raise NotConfigured(UNKNOWN_CLIENT, detail=error.error) from None
            if error.error in _BLOCKED:
                raise BlockedByPolicy(detail=error.error) from None
            raise SignInError(
                sentence("Google did not accept its own answer. Please sign in again."), detail=str(error.error)
            ) from None

    def _fetched(self, code: str) -> Mapping[str, Any]:
        try:
            return self._flow.fetch_token(code=code)
        except Warning as changed:  # how oauthlib says that other scopes were granted than asked for
            token: Mapping[str, Any] = getattr(changed, "token", {})
            return token

    def _grant(self, token: Mapping[str, Any]) -> Grant:
        granted = _scopes(token.get("scope", self._scopes))
        calendar, contacts = granted.issuperset(CALENDAR_SCOPES), granted.issuperset(CONTACTS_SCOPES)
        if not (calendar or contacts):
            raise SignInRefused
        refresh_token = token.get("refresh_token")
        if not isinstance(refresh_token, str) or not refresh_token:
            raise SignInError(sentence("Google gave no lasting access. Please sign in again."))
        address = self._address(str(token["access_token"]), calendar=calendar)
        account = AccountId(f"{Service.GOOGLE}:{address.lower()}")
        refuse_another(address, account, self._again)
        secret = Secret(
            refresh_token=refresh_token, fingerprint=self._google.fingerprint(), scopes=tuple(sorted(granted))
        )
        return Grant(
            account=account,
            name=address,
            secret=secret.dumps(),
            calendar=calendar,
            contacts=contacts,
            server=self._google.server,
        )

    def _address(self, access_token: str, *, calendar: bool) -> str:
        """Return whose account it is: the primary calendar's id is the address."""
        api = Api(KeptCredentials(lambda _: None, token=access_token), self._line, self._retry)
        if calendar:
            url = f"{self._google.calendar_url}/users/me/calendarList"
            query = {"maxResults": "250", "fields": "items(id,primary)"}
            entries = api.get(url, query, CALENDAR_SCOPES).get("items")
            found = [entry.get("id") for entry in listed(entries) if entry.get("primary")]
        else:
            url = f"{self._google.people_url}/people/me"
            entries = api.get(url, {"personFields": "emailAddresses"}, (ADDRESS_SCOPE,)).get("emailAddresses")
            marked = sorted(listed(entries), key=lambda entry: not _is_primary(entry))
            found = [entry.get("value") for entry in marked]
        address = next((address for address in found if isinstance(address, str) and "@" in address), "")
        if not address:
            raise SignInError(sentence("Google did not say which account this is. Please sign in again."))
        return address


def _code(fields: Mapping[str, str]) -> str:
    """Return the code, or raise what the consent page ended with (RFC 6749, 4.1.2.1)."""
    if error := fields.get("error"):
        detail = error if error.replace("_", "").isalpha() else ""
        if error in _BLOCKED:
            raise BlockedByPolicy(detail=detail)
        if error == "access_denied":
            raise SignInRefused(detail=detail)
        raise SignInError(detail=detail)
    if not fields.get("code"):
        raise SignInError(detail="no code came back")
    return fields["code"]


def _scopes(said: object) -> frozenset[str]:
    return frozenset(said.split() if isinstance(said, str) else said if isinstance(said, list | tuple) else ())


def _is_primary(entry: Mapping[str, Any]) -> bool:
    metadata = entry.get("metadata")
    return isinstance(metadata, dict) and bool(metadata.get("primary"))
