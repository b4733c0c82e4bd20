"""Who allowed which client what: codes, grants and tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from zoomcal.sandbox.google.answers import Problem
from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.pkce import challenge_of

SCOPE_PREFIX = "https://www.googleapis.com/auth/"
CLIENT_ID = "900000000001-zoomcalsandbox.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-loopback-only"  # noqa: S105 (a desktop client's secret is none, and this one opens nothing)
ACCESS_LIFE = timedelta(seconds=3599)
_CODE_LIFE = timedelta(minutes=10)


@dataclass(kw_only=True, eq=False)
class Grant:
    """One consent of one account for the client."""

    account: str
    scopes: frozenset[str]
    alive: bool = True

    def allows(self, *any_of: str) -> bool:
        """Return whether one of the scopes, named without their prefix, was granted."""
        return any(f"{SCOPE_PREFIX}{scope}" in self.scopes for scope in any_of)


@dataclass(frozen=True, kw_only=True)
class Authorization:
    """What an authorize page was opened with, once it has been found in order."""

    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str
    state: str = ""
    offline: bool = False
    consent: bool = False
    login_hint: str = ""


@dataclass(frozen=True, kw_only=True)
class _Code:
    asked: Authorization
    grant: Grant
    expires: datetime


@dataclass(kw_only=True)
class Tokens:
    """Every code and token in circulation; tests reach in to end them."""

    now: Callable[[], datetime]
    issued: Issued
    grants: list[Grant] = field(default_factory=list)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)

    def code(self, asked: Authorization, account: str, scopes: frozenset[str]) -> str:
        """Return a code for what the person allowed."""
        code = self.issued.token(f"4/0A{secrets.token_urlsafe(42)}")
        grant = Grant(account=account, scopes=scopes)
        self._codes[code] = _Code(asked=asked, grant=grant, expires=self.now() + _CODE_LIFE)
        return code

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> dict[str, object]:
        """Turn a code into tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

        Raises:
            Problem: The code is used, old or somebody else's.
        """
        known = self._codes.pop(code, None)
        if known is None or known.expires <= self.now():
            raise Problem(400, "invalid_grant", "Malformed auth code.")
        if redirect_uri != known.asked.redirect_uri:
            raise Problem(400, "redirect_uri_mismatch", "Bad Request")
        if not verifier:
            raise Problem(400, "invalid_grant", "Missing code verifier.")
        if challenge_of(verifier) != known.asked.challenge:
            raise Problem(400, "invalid_grant", "Invalid code verifier.")
        grant = known.grant
        first = not any(each.alive and each.account == grant.account for each in self.grants)
        self.grants.append(grant)
        answer = self._fresh_access(grant)
        if known.asked.offline and (first or known.asked.consent):
            refresh = self.issued.token(f"1//0{secrets.token_urlsafe(60)}")
            self._refresh[refresh] = grant
            answer["refresh_token"] = refresh
        return answer

    def refresh(self, token: str) -> dict[str, object]:
        """Return a new access token.

        Raises:
            Problem: The refresh token is dead.
        """
        grant = self._refresh.get(token)
        if grant is None or not grant.alive:
            raise Problem(400, "invalid_grant", "Token has been expired or revoked.")
        return self._fresh_access(grant)

    def revoke(self, token: str) -> None:
        """End the grant behind an access or refresh token.

        Raises:
            Problem: It is dead already.
        """
        access = self._access.get(token)
        grant = access[0] if access else self._refresh.get(token)
        if grant is None or not grant.alive:
            raise Problem(400, "invalid_token", "Token expired or revoked")
        grant.alive = False

    def grant(self, account: str, *scopes: str) -> str:
        """Return an access token for an account without a sign-in; scopes are named without their prefix."""
        granted = Grant(account=account, scopes=frozenset(f"{SCOPE_PREFIX}{scope}" for scope in scopes))
        self.grants.append(granted)
        return str(self._fresh_access(granted)["access_token"])

    def grant_of(self, access_token: str) -> Grant:
        """Return what an access token stands for.

        Raises:
            Problem: It is unknown, expired or revoked.
        """
        grant, expires = self._access.get(access_token, (None, self.now()))
        if grant is None or not grant.alive or expires <= self.now():
            raise Problem(401, "authError")
        return grant

    def end_grants(self) -> None:
        """End every consent, as when a person changes the password or withdraws access."""
        for grant in self.grants:
            grant.alive = False

    def expire_access(self) -> None:
        """Let every access token expire; refreshing still works."""
        self._access.clear()

    def _fresh_access(self, grant: Grant) -> dict[str, object]:
        access = self.issued.token(f"ya29.a0{secrets.token_urlsafe(90)}")
        self._access[access] = (grant, self.now() + ACCESS_LIFE)
        return {
            "access_token": access,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }
