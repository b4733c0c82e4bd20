"""Google's REST interfaces: authorised reads, and what every answer stands for.

Errors: https://developers.google.com/workspace/calendar/api/guides/errors,
https://cloud.google.com/apis/design/errors (People).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import requests
from google.auth.exceptions import RefreshError
from google.auth.transport import Request, Response
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials

from zoomcal.catalogue import sentence
from zoomcal.errors import (
    BadRequest,
    BlockedByPolicy,
    Conflict,
    Forbidden,
    Gone,
    NeedsConsent,
    NeedsReauth,
    ProviderError,
    ResyncNeeded,
    Throttled,
    Transient,
)
from zoomcal.providers.answers import parsed
from zoomcal.providers.http import USER_AGENT, Line, Retry, retried, retry_after_s

Query = Mapping[str, str | Sequence[str]]

UNKNOWN_CLIENT = sentence("Google does not know this client id, or its secret does not fit.")
_API_OFF = sentence("The Google project of this client id has not switched on the interface that ZoomCal needs.")
_NOT_ALLOWED = sentence("Google does not allow this.")

_QUOTA = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_SCOPE = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
_SWITCHED_OFF = {"accessNotConfigured", "SERVICE_DISABLED"}
_ADMIN = {"domainPolicy", "accountDisabled", "admin_policy_enforced", "ADMIN_POLICY_ENFORCED"}
_RESYNC = {"fullSyncRequired", "updatedMinTooLongAgo", "EXPIRED_SYNC_TOKEN"}
_PASSING = {"server_error", "temporarily_unavailable", "internal_failure"}
_CODE = re.compile(r"[A-Za-z_]{1,60}")


class Api:
    """Authorised reads for one account; `refreshed` gets a changed refresh token before it is used."""

    def __init__(self, credentials: Credentials, line: Line, retry: Retry) -> None:
        self._line = line
        self._retry = retry
        plain = requests.Session()
        line.mount_on(plain)
        self.plain = plain
        """Without authorisation: for the token endpoints."""
        self._session = AuthorizedSession(credentials, max_refresh_attempts=1, auth_request=TokenRequest(plain))
        line.mount_on(self._session)
        # The word without which Google packs no answer:
        # https://developers.google.com/workspace/calendar/api/guides/performance
        self._session.headers["User-Agent"] = f"{USER_AGENT} (gzip)"

    def get(self, url: str, query: Query, scopes: Collection[str]) -> dict[str, Any]:
        """Return the JSON object at `url`.

        Args:
            url: An address below one of the configured ones.
            query: Its parameters.
            scopes: What the service wants for it, for the error when it is missing.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        return retried(lambda: self._get(url, query, scopes), self._retry, self._line.pause)

    def _get(self, url: str, query: Query, scopes: Collection[str]) -> dict[str, Any]:
        try:
            reply = self._session.get(url, params=query)
        except RefreshError as error:
            raise refusal_of(error) from error
        return parsed(checked(reply, scopes))


class KeptCredentials(Credentials):
    """Credentials that hand a rotated refresh token on before anything uses what came with it."""

    def __init__(self, keep: Callable[[str], None], **known: Any) -> None:
        super().__init__(**known)
        self._keep = keep

    def refresh(self, request: Request) -> None:
        """Get a new access token.

        Raises:
            RefreshError: It was refused.
        """
        before = self.refresh_token
        super().refresh(request)
        if self.refresh_token and self.refresh_token != before:
            self._keep(self.refresh_token)


class TokenRequest(Request):
    """What google-auth refreshes with: one try, so that waiting and trying again stay in one place."""

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the line's own rule holds
        **_: Any,
    ) -> Response:
        """Return the answer.

        Raises:
            Throttled, Transient: The service cannot say now.
        """
        return TokenAnswer(settled(self._session.request(method, url, data=body, headers=headers)))


class TokenAnswer(Response):
    """A token endpoint's answer as google-auth reads it."""

    def __init__(self, reply: requests.Response) -> None:
        self._reply = reply

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._reply.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whatever their case."""
        return self._reply.headers

    @property
    def data(self) -> bytes:
        """The body."""
        return self._reply.content


def settled(reply: requests.Response) -> requests.Response:
    """Return a token endpoint's answer if it is a last word: tokens, or a refusal.

    Raises:
        Throttled, Transient: It is not.
    """
    status = reply.status_code
    if status in {408, 429} or status >= 500:
        raise error_of(reply)
    answer = parsed(reply)
    if answer.get("error") in _PASSING:
        raise Transient(detail=_detail(reply, {str(answer["error"])}))
    if status == 200 and not isinstance(answer.get("access_token"), str):
        raise Transient(detail="HTTP 200 without a token")
    return reply


def refusal_of(error: RefreshError) -> ProviderError:
    """Return what a refused refresh stands for (RFC 6749, 5.2; PROTOCOLS 2.3)."""
    answer = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    code = answer.get("error")
    detail = code if isinstance(code, str) and _CODE.fullmatch(code) else "refused"
    match code:
        case "invalid_client" | "unauthorized_client":
            return BlockedByPolicy(UNKNOWN_CLIENT, detail=detail)
        case "admin_policy_enforced" | "org_internal":
            return BlockedByPolicy(detail=detail)
        case "invalid_scope":
            return NeedsConsent(detail=detail)
        case _:
            return NeedsReauth(detail=detail)


def checked(reply: requests.Response, scopes: Collection[str] = ()) -> requests.Response:
    """Return `reply`, or raise the error that it stands for. Every authorised call passes here."""
    if reply.status_code == 200:
        return reply
    error = error_of(reply)
    raise NeedsConsent(tuple(scopes), detail=error.detail) if isinstance(error, NeedsConsent) else error


def error_of(reply: requests.Response) -> ProviderError:
    """Return the error that an answer other than 200 stands for (PROTOCOLS 2.6)."""
    status = reply.status_code
    reasons, message = _reasons(reply)
    detail = _detail(reply, reasons)
    hint_s = retry_after_s(reply)
    if status == 429 or (status == 403 and reasons & _QUOTA) or (status == 503 and hint_s is not None):
        return Throttled(hint_s or 0.0, detail=detail)
    if reasons & _RESYNC or (status == 400 and "sync token is expired" in message.lower()):
        return ResyncNeeded(detail=detail)
    match status:
        case 401:
            return NeedsReauth(detail=detail)
        case 403:
            return _forbidden(reasons, detail)
        case 404 | 410:
            return Gone(detail=detail)
        case 409 | 412:
            return Conflict(detail=detail)
        case 408:
            return Transient(detail=detail)
        case _ if 400 <= status < 500:
            return BadRequest(detail=detail)
        case _:
            return Transient(detail=detail)


def _forbidden(reasons: set[str], detail: str) -> ProviderError:
    if reasons & _SCOPE:
        return NeedsConsent(detail=detail)
    if reasons & _SWITCHED_OFF:
        return BlockedByPolicy(_API_OFF, detail=detail)
    if reasons & _ADMIN:
        return BlockedByPolicy(detail=detail)
    return Forbidden(_NOT_ALLOWED, detail=detail)


def _reasons(reply: requests.Response) -> tuple[set[str], str]:
    """Return the error's reasons and codes in Calendar's, People's and OAuth's form, and its message."""
    try:
        error = parsed(reply).get("error")
    except Transient:
        return set(), ""
    if not isinstance(error, dict):
        return {error} if isinstance(error, str) else set(), ""
    found = [error.get("status")]
    for name in ("errors", "details"):
        entries = error.get(name)
        if isinstance(entries, list):
            found += [entry.get("reason") for entry in entries if isinstance(entry, dict)]
    return {reason for reason in found if isinstance(reason, str)}, str(error.get("message", ""))


def _detail(reply: requests.Response, reasons: set[str]) -> str:
    known = sorted(reason for reason in reasons if _CODE.fullmatch(reason))
    return " ".join([f"HTTP {reply.status_code}", *known])
