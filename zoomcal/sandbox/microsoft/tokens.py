"""Who allowed which client what: codes, device codes, grants and tokens, signed as Entra signs them.

Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow and …/access-tokens.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.microsoft.problems import ADMIN_CONSENT, CLAIMS_FOR_POLICY, POLICIES, Refusal, Refused
from zoomcal.sandbox.pkce import challenge_of

Json = dict[str, Any]
CLIENT_ID = "5c8f0d3e-7b1a-4c55-9d4e-2a6c1f0b9e77"
TENANT_ID = "7d3a1f52-90c4-4b8e-a1d6-3c5e8f207b94"
GRAPH_ID = "00000003-0000-0000-c000-000000000000"
ACCESS_LIFE = timedelta(seconds=4200)
_CODE_LIFE = timedelta(minutes=10)
_KEY_ID = "sandbox-1"
OIDC_SCOPES = ("openid", "profile", "email", "offline_access")


@dataclass(kw_only=True, eq=False)
class Grant:
    """One consent of one person for a client."""

    client_id: str
    account: str
    scopes: tuple[str, ...]
    """As they were asked for."""
    claims: Json = field(default_factory=dict)
    """What the authorize request demanded of the sign-in."""
    alive: bool = True

    def allows(self, *any_of: str) -> bool:
        """Return whether one of Graph's permissions was granted."""
        return not {bare(scope) for scope in self.scopes}.isdisjoint(name.casefold() for name in any_of)


@dataclass(frozen=True, kw_only=True)
class Authorization:
    """What an authorize page was opened with, once it has been found in order."""

    client_id: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    challenge: str = ""
    method: str = ""
    state: str = ""
    response_mode: str = "query"
    nonce: str = ""
    claims: Json = field(default_factory=dict)
    login_hint: str = ""
    client_info: bool = False


@dataclass(frozen=True, kw_only=True)
class _Code:
    asked: Authorization
    grant: Grant
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class Access:
    """What an access token stands for."""

    grant: Grant
    expires: datetime
    claims: Json
    """What the request for it demanded below `access_token`."""

    @property
    def knows_challenges(self) -> bool:
        """Whether the client said that it can answer claims challenges (capability CP1)."""
        capabilities = self.claims.get("xms_cc", {}).get("values", ())
        return "cp1" in {str(each).casefold() for each in capabilities}


@dataclass(kw_only=True)
class Tokens:
    """Every code and token in circulation; tests reach in to end them."""

    now: Callable[[], datetime]
    issued: Issued
    names: Callable[[], Mapping[str, str]]
    """Address to name of everybody who may sign in."""
    policy: str = ""
    """A key of POLICIES that holds every token back; empty for none."""
    demanded: Json = field(default_factory=dict)
    """Claims that an access token has to have, from clients that can answer a challenge."""
    sign_in_again: bool = False
    """Whether the demanded claims are only to be had by signing in."""
    grants: list[Grant] = field(default_factory=list)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access: dict[str, Access] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def code(self, asked: Authorization, account: str, scopes: tuple[str, ...]) -> str:
        """Return a code for what the person allowed."""
        code = self.issued.token(f"1.{secrets.token_urlsafe(96)}")
        grant = self.consent(asked, account, scopes)
        self._codes[code] = _Code(asked=asked, grant=grant, expires=self.now() + _CODE_LIFE)
        return code

    def consent(self, asked: Authorization, account: str, scopes: tuple[str, ...]) -> Grant:
        """Return a new grant of what the person allowed."""
        return Grant(client_id=asked.client_id, account=account, scopes=scopes, claims=asked.claims)

    def exchange(self, form: Mapping[str, str], issuer: str) -> Json:
        """Turn a code into tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

        Raises:
            Refused: The code is used, old or somebody else's, or a policy is in the way.
        """
        known = self._codes.pop(form.get("code", ""), None)
        if known is None or known.asked.client_id != form.get("client_id"):
            raise Refused(Refusal("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."))
        if known.expires <= self.now():
            raise Refused(
                Refusal("invalid_grant", 70008, "The provided authorization code or refresh token has expired.")
            )
        if form.get("redirect_uri") != known.asked.redirect_uri:
            raise Refused(
                Refusal("invalid_grant", 50011, "The redirect URI does not match the one of the authorize request.")
            )
        verifier = form.get("code_verifier", "")
        if known.asked.challenge and challenge_of(verifier, known.asked.method) != known.asked.challenge:
            text = "The Code_Verifier does not match the code_challenge supplied in the authorization request."
            raise Refused(Refusal("invalid_grant", 501481, text))
        return self.first(known.asked, known.grant, form, issuer)

    def first(self, asked: Authorization, grant: Grant, form: Mapping[str, str], issuer: str) -> Json:
        """Return the tokens of a sign-in that has just been made.

        Raises:
            Refused: A policy is in the way.
        """
        self._check_policy(grant)
        self.grants.append(grant)
        return self._answer(grant, form, issuer, nonce=asked.nonce)

    def refresh(self, form: Mapping[str, str], issuer: str) -> Json:
        """Return a new access token, and the refresh token that takes the place of the one given.

        Raises:
            Refused: The refresh token is dead, more is asked for than was allowed, or a policy is in the way.
        """
        token = form.get("refresh_token", "")
        grant = self._refresh.get(token)
        if grant is None or grant.client_id != form.get("client_id"):
            raise Refused(Refusal("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."))
        if not grant.alive:
            text = "The provided grant has expired due to it being revoked, a fresh auth token is needed."
            raise Refused(Refusal("invalid_grant", 50173, text, suberror="bad_token"))
        self._check_policy(grant)
        wanted = [scope for scope in form.get("scope", "").split() if bare(scope) not in {*OIDC_SCOPES, ".default"}]
        if not all(grant.allows(bare(scope)) for scope in wanted):
            raise Refused(ADMIN_CONSENT)
        if self.sign_in_again and self.demanded and not _includes(grant.claims, self.demanded):
            text = "Due to a configuration change, the user has to sign in again."
            raise Refused(Refusal("interaction_required", 50078, text, "basic_action", json.dumps(self.demanded)))
        self._used.add(token)
        return self._answer(grant, form, issuer)

    def grant(self, account: str, *scopes: str) -> str:
        """Return an access token for an account without a sign-in."""
        granted = Grant(client_id=CLIENT_ID, account=account, scopes=scopes)
        self.grants.append(granted)
        return self._access_token(granted, {}, "https://sandbox.invalid/v2.0")

    def access(self, token: str) -> Access | None:
        """Return what an access token stands for; None where it is unknown, expired or withdrawn."""
        found = self._access.get(token)
        return found if found and found.grant.alive and found.expires > self.now() else None

    def lacks_claims(self, access: Access) -> bool:
        """Return whether the token has to be renewed with what a claims challenge demands."""
        return access.knows_challenges and not _includes({"access_token": access.claims}, self.demanded)

    def challenge(self, *, sign_in_again: bool = False) -> None:
        """Ask for new claims from now on, as when an account's rights change; True: only a sign-in brings them."""
        before = int(self.demanded["access_token"]["nbf"]["value"]) if self.demanded else 0
        moment = max(before + 1, int(self.now().timestamp()))
        self.demanded = {"access_token": {"nbf": {"essential": True, "value": str(moment)}}}
        self.sign_in_again = sign_in_again

    def end_grants(self) -> None:
        """End every consent, as when a person changes the password or withdraws access."""
        for grant in self.grants:
            grant.alive = False

    def expire_access(self) -> None:
        """Let every access token expire; refreshing still works."""
        self._access.clear()

    def drop_used_refresh_tokens(self) -> None:
        """Let every refresh token be dead that a newer one has replaced."""
        for token in self._used:
            self._refresh.pop(token, None)

    def _check_policy(self, grant: Grant) -> None:
        refusal = POLICIES.get(self.policy)
        if refusal and not (refusal.claims and _includes(grant.claims, CLAIMS_FOR_POLICY)):
            raise Refused(refusal)

    def _answer(self, grant: Grant, form: Mapping[str, str], issuer: str, nonce: str = "") -> Json:
        claims = {**grant.claims.get("access_token", {}), **claims_of(form).get("access_token", {})}
        told = [scope for scope in grant.scopes if scope != "offline_access"]
        answer: Json = {
            "token_type": "Bearer",
            "scope": " ".join(told),
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "ext_expires_in": int(ACCESS_LIFE.total_seconds()),
            "access_token": self._access_token(grant, claims, issuer),
        }
        if "offline_access" in grant.scopes:
            refresh = self.issued.token(f"1.{secrets.token_urlsafe(300)}")
            self._refresh[refresh] = grant
            answer["refresh_token"] = refresh
        if "openid" in grant.scopes:
            answer["id_token"] = self.issued.token(self._id_token(grant, issuer, nonce))
        if form.get("client_info") == "1":
            answer["client_info"] = client_info(grant.account)
        return answer

    def _access_token(self, grant: Grant, claims: Json, issuer: str) -> str:
        now = self.now()
        record = Access(grant=grant, expires=now + ACCESS_LIFE, claims=claims)
        scopes = [scope.rpartition("/")[2] for scope in grant.scopes if scope != "offline_access"]
        content = self._who(grant, issuer) | {
            "aud": GRAPH_ID,
            "appid": grant.client_id,
            "scp": " ".join(scopes),
            "upn": grant.account,
            "uti": secrets.token_urlsafe(16),
        }
        content |= {"xms_cc": ["cp1"]} if record.knows_challenges else {}
        token = self.issued.token(_signed(content))
        self._access[token] = record
        return token

    def _id_token(self, grant: Grant, issuer: str, nonce: str) -> str:
        content = self._who(grant, issuer) | {
            "aud": grant.client_id,
            "sub": secrets.token_urlsafe(32),
            "name": self.names()[grant.account],
            "preferred_username": grant.account,
            "auth_time": int(self.now().timestamp()),
        }
        content |= {"nonce": nonce} if nonce else {}
        content |= {"email": grant.account} if "email" in grant.scopes else {}
        return _signed(content)

    def _who(self, grant: Grant, issuer: str) -> Json:
        moment = int(self.now().timestamp())
        return {
            "iss": issuer,
            "iat": moment,
            "nbf": moment,
            "exp": moment + int(ACCESS_LIFE.total_seconds()),
            "oid": object_id(grant.account),
            "tid": TENANT_ID,
            "ver": "2.0",
        }


def bare(scope: str) -> str:
    """Return a scope without the resource before it, in lower case."""
    return scope.rpartition("/")[2].casefold()


def object_id(address: str) -> str:
    """Return the directory's id of a person."""
    return str(uuid5(NAMESPACE_URL, f"mailto:{address}"))


def client_info(address: str) -> str:
    """Return who signed in, as msal reads it."""
    told = json.dumps({"uid": object_id(address), "utid": TENANT_ID})
    return urlsafe_b64encode(told.encode()).rstrip(b"=").decode()


def claims_of(form: Mapping[str, str]) -> Json:
    """Return the `claims` of a request, empty where there are none.

    Raises:
        Refused: They are not a JSON object of objects.
    """
    try:
        claims: Json = json.loads(form.get("claims") or "{}")
        fine = all(isinstance(below, dict) for below in claims.values())
    except (ValueError, AttributeError):
        fine = False
    if not fine:
        raise Refused(Refusal("invalid_request", 50146, "The claims parameter is not valid JSON."))
    return claims


def public_keys() -> Json:
    """Return the keys that tokens are signed with (RFC 7517)."""
    known = json.loads(RSAAlgorithm.to_jwk(_key().public_key()))
    return {"keys": [known | {"kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}


def _includes(given: Json, demanded: Json) -> bool:
    return all(
        given.get(part, {}).get(name) == value for part, claims in demanded.items() for name, value in claims.items()
    )


def _signed(content: Json) -> str:
    return jwt.encode(content, _key(), "RS256", {"kid": _KEY_ID})


@cache
def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)
