"""Access to one account through msal: its application, renewal, and what a renewal is refused with (PROTOCOLS 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import time
from typing import Any
from urllib.parse import urlsplit

import msal
import requests

from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Office365Endpoints
from zoomcal.errors import BlockedByPolicy, NeedsReauth, NotConfigured, ProviderError, Throttled, Transient
from zoomcal.providers.answers import ODD, parsed
from zoomcal.providers.graph.grant import CALENDAR_SCOPE, CHALLENGES, CONTACTS_SCOPE, Secret, usable_claims
from zoomcal.providers.graph.refusals import PASSING, UNKNOWN_AUTHORITY, detail_of, lacks_consent, renewal_refusal
from zoomcal.providers.http import Line, retry_after_s

_IN_HAND_S = 300.0
"""How long before its end an access token is no longer used."""
_UNSAID_S = 600.0


def application(office365: Office365Endpoints, line: Line, cache: msal.TokenCache) -> msal.PublicClientApplication:
    """Return msal's application; making it asks the authority where its pages are.

    The authority is configured, so nobody else is asked whether it is genuine.

    Raises:
        NotConfigured: There is no client id.
        BlockedByPolicy: The authority names no organisation, or one that does not exist.
        ProviderError: As in `zoomcal.errors`.
    """
    if not office365.client_id:
        raise NotConfigured
    if not urlsplit(office365.authority).path.strip("/"):
        raise BlockedByPolicy(UNKNOWN_AUTHORITY, detail="the address names no organisation")
    session = _TokenRequests()
    line.mount_on(session)
    with understood():
        return msal.PublicClientApplication(
            office365.client_id,
            authority=office365.authority,
            token_cache=cache,
            http_client=session,
            http_cache=_Forgetful(),
            instance_discovery=False,
            client_capabilities=["CP1"],
        )


@contextmanager
def understood() -> Iterator[None]:
    """Let what msal ends with over an answer that does not hold together be trouble of the service."""
    try:
        yield
    except (*ODD, RuntimeError, NotImplementedError) as error:
        raise Transient(detail=f"the sign-in service’s answer: {type(error).__name__}") from None


class Tokens:
    """Gives access tokens of one account.

    Args:
        account: Whose.
        kept: Its secret.
        office365: Where Microsoft is, and our client there.
        line: The way there.
        save: Gets the changed secret when Microsoft rotates the refresh token, before anything uses what came with it.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        account: AccountId,
        kept: Secret,
        office365: Office365Endpoints,
        line: Line,
        save: Callable[[str], None],
        clock: Callable[[], float] = time,
    ) -> None:
        self._account = account
        self._kept = kept
        self._scopes = kept.scopes
        self._office365 = office365
        self._line = line
        self._save = save
        self._clock = clock
        self._cache = _KeptTokens(self._keep)
        self._made: msal.PublicClientApplication | None = None
        self._access = ""
        self._until = 0.0

    def access(self) -> str:
        """Return an access token, renewed where it is about to end.

        Raises:
            NeedsReauth, BlockedByPolicy: The renewal was refused.
            ProviderError: As in `zoomcal.errors`.
        """
        if self._clock() >= self._until:
            self.renew()
        return self._access

    def renew(self, claims: str = "") -> None:
        """Get a new access token, one that fulfils `claims` (JSON) where the service demands some.

        Raises:
            NeedsReauth, BlockedByPolicy: It was refused.
            ProviderError: As in `zoomcal.errors`.
        """
        answer: Mapping[str, Any] = {}
        for scopes in self._narrower():
            answer = self._asked(scopes, claims)
            if not lacks_consent(answer):
                break
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            if answer and "error" not in answer:
                raise Transient(detail="neither a token nor a refusal")
            raise self._refused(answer, claims)
        self._scopes = scopes
        lasts_s = _seconds(answer.get("expires_in"))
        self._access, self._until = token, self._clock() + max(lasts_s - _IN_HAND_S, lasts_s / 2)
        if claims:
            CHALLENGES.pop(self._account, None)

    def refused(self, claims: str) -> NeedsReauth:
        """Return what it means that a fresh access token was refused; the next sign-in will fulfil `claims`."""
        if claims:
            CHALLENGES[self._account] = claims
        return NeedsReauth(detail="HTTP 401 in spite of a renewal")

    def _asked(self, scopes: tuple[str, ...], claims: str) -> Mapping[str, Any]:
        app = self._application()
        holder = {"home_account_id": self._kept.home, "environment": app.authority.instance}
        with understood():
            answer = app.acquire_token_silent_with_error(
                list(scopes), holder, force_refresh=True, claims_challenge=claims or None
            )
        return answer or {}

    def _narrower(self) -> Iterator[tuple[str, ...]]:
        """Yield the scopes to renew with: all, and where consent to some was withdrawn, what may be left of them."""
        yield self._scopes
        if {CALENDAR_SCOPE, CONTACTS_SCOPE} <= set(self._scopes):
            for withdrawn in (CONTACTS_SCOPE, CALENDAR_SCOPE):
                yield tuple(scope for scope in self._scopes if scope != withdrawn)

    def _refused(self, answer: Mapping[str, Any], claims: str) -> ProviderError:
        error = renewal_refusal(answer, self._office365)
        wanted = usable_claims(answer.get("claims")) or claims
        if isinstance(error, NeedsReauth) and wanted:
            CHALLENGES[self._account] = wanted
        return error

    def _application(self) -> msal.PublicClientApplication:
        if self._made is None:
            self._made = application(self._office365, self._line, self._cache)
            entry = {
                "credential_type": "RefreshToken",
                "secret": self._kept.refresh_token,
                "home_account_id": self._kept.home,
                "environment": self._made.authority.instance.lower(),
                "client_id": self._office365.client_id,
                "target": " ".join(self._kept.scopes),
            }
            self._cache.modify(msal.TokenCache.CredentialType.REFRESH_TOKEN, entry, entry)
        return self._made

    def _keep(self, refresh_token: str) -> None:
        if refresh_token != self._kept.refresh_token:
            self._kept = replace(self._kept, refresh_token=refresh_token)
            self._save(self._kept.dumps())


def _seconds(said: object) -> float:
    try:
        return max(float(str(said)), 0.0)
    except ValueError:
        return _UNSAID_S


class _KeptTokens(msal.TokenCache):
    """A token cache that hands a refresh token on as it is put in."""

    def __init__(self, keep: Callable[[str], None]) -> None:
        super().__init__()
        self._keep = keep

    def modify(
        self,
        credential_type: str,
        old_entry: Mapping[str, Any],
        new_key_value_pairs: Mapping[str, Any] | None = None,
    ) -> None:
        """Put in or change an entry: everything that msal keeps passes here."""
        super().modify(credential_type, old_entry, new_key_value_pairs)
        token = (new_key_value_pairs or {}).get("secret")
        if credential_type == self.CredentialType.REFRESH_TOKEN and isinstance(token, str) and token:
            self._keep(token)


class _TokenRequests(requests.Session):
    """What msal asks with: only last words come through, so that waiting and trying again stay in one place."""

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """Return an answer that is an object: metadata, tokens, or a refusal.

        Raises:
            Throttled, Transient: The service cannot say now.
            BlockedByPolicy: There is no such authority.
        """
        reply = super().request(method, url, *args, **options)
        status, hint_s = reply.status_code, retry_after_s(reply)
        if status == 429 or (status >= 500 and hint_s is not None):
            raise Throttled(hint_s or 0.0, detail=f"HTTP {status}")
        if status == 408 or status >= 500:
            raise Transient(detail=f"HTTP {status}")
        if status != 200 and str(method).upper() == "GET":
            raise BlockedByPolicy(UNKNOWN_AUTHORITY, detail=f"HTTP {status}")
        answer = parsed(reply)
        if answer.get("error") in PASSING:
            raise Transient(detail=detail_of(answer))
        return reply


class _Forgetful(dict[Any, Any]):
    """Where msal would keep refusals to answer from memory; nothing stays."""

    def __setitem__(self, key: object, value: object) -> None:
        """Forget it."""
