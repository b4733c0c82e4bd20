"""Google's authorize page, token and revocation endpoints for desktop clients.

Rules: https://developers.google.com/identity/protocols/oauth2/native-app, RFC 8252, RFC 7636. PKCE with S256 is
demanded here although Google only recommends it.
"""

from __future__ import annotations

import secrets
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from zoomcal.sandbox import pages
from zoomcal.sandbox.google.answers import Problem, refusal, reply
from zoomcal.sandbox.google.tokens import CLIENT_ID, CLIENT_SECRET, SCOPE_PREFIX, Authorization, Tokens

SCOPES = {
    "calendar": "See, edit, share, and permanently delete all the calendars you can access",
    "calendar.readonly": "See and download any calendar you can access",
    "calendar.events": "View and edit events on all your calendars",
    "calendar.events.owned": "See, create, change, and delete events on calendars you own",
    "calendar.events.readonly": "View events on all your calendars",
    "calendar.events.owned.readonly": "See the events on calendars you own",
    "calendar.calendarlist": "See, add, and remove calendars you are subscribed to",
    "calendar.calendarlist.readonly": "See the list of calendars you are subscribed to",
    "contacts": "See, edit, download, and permanently delete your contacts",
    "contacts.readonly": "See and download your contacts",
    "contacts.other.readonly": "See and download contact info saved in your other contacts",
    "userinfo.email": "See your primary Google Account email address",
}
_NO_STORE = {"cache-control": "no-store"}


class BadAuthorization(Exception):
    """The authorize request cannot be shown to a person: (HTTP status, Google's error code, explanation)."""

    def __init__(self, status: int, error: str, text: str) -> None:
        super().__init__(status, error, text)
        self.status, self.error, self.text = status, error, text


@dataclass(kw_only=True)
class OAuth:
    """The sign-in side of the sandbox."""

    tokens: Tokens
    accounts: Mapping[str, str]
    """Address to name, in the order they are offered."""
    only_scopes: frozenset[str] | None = None
    """When set, consent grants no other scope, whatever is ticked."""
    _open: dict[str, Authorization] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Return the addresses served."""
        return [
            Route("/google/o/oauth2/v2/auth", self.authorize, methods=["GET"]),
            Route("/google/o/oauth2/v2/auth", self.decide, methods=["POST"]),
            Route("/google/oauth2/token", self.token, methods=["POST"]),
            Route("/google/oauth2/revoke", self.revoke, methods=["POST"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """Show the consent page."""
        try:
            asked = _checked(request.query_params)
        except BadAuthorization as error:
            return HTMLResponse(pages.blocked(error.error, error.text), error.status, _NO_STORE)
        if request.query_params.get("prompt") == "none":
            return _back(asked, {"error": "interaction_required"})
        ticket = secrets.token_urlsafe(16)
        self._open[ticket] = asked
        chosen = asked.login_hint if asked.login_hint in self.accounts else next(iter(self.accounts))
        scopes = [(scope, SCOPES[scope.removeprefix(SCOPE_PREFIX)]) for scope in asked.scopes]
        title = "ZoomCal wants access to your Google Account"
        return HTMLResponse(pages.consent(title, ticket, self.accounts, chosen, scopes), headers=_NO_STORE)

    async def decide(self, request: Request) -> Response:
        """Take the person's decision and send the browser back to the program."""
        form = parse_qs((await request.body()).decode())
        asked = self._open.pop(form.get("ticket", [""])[0], None)
        account = form.get("account", [""])[0]
        if asked is None or account not in self.accounts:
            return HTMLResponse(pages.blocked("invalid_request", "This page was answered already."), 400, _NO_STORE)
        granted = frozenset(form.get("scope", ())) & frozenset(asked.scopes)
        if self.only_scopes is not None:
            granted &= self.only_scopes
        if form.get("decision") != ["allow"] or not granted:
            return _back(asked, {"error": "access_denied"})
        code = self.tokens.code(asked, account, granted)
        return _back(asked, {"code": code, "scope": " ".join(sorted(granted)), "authuser": "0", "prompt": "consent"})

    async def token(self, request: Request) -> Response:
        """Exchange a code, or refresh."""
        form = await _form(request)
        try:
            _check_client(request, form)
            answer = self._granted(form)
        except Problem as problem:
            return refusal(request.url.path, problem)
        return reply(answer, headers=_NO_STORE)

    def _granted(self, form: Mapping[str, str]) -> dict[str, object]:
        match form.get("grant_type", ""):
            case "authorization_code":
                code, verifier = form.get("code", ""), form.get("code_verifier", "")
                return self.tokens.exchange(code, verifier, form.get("redirect_uri", ""))
            case "refresh_token":
                return self.tokens.refresh(form.get("refresh_token", ""))
            case other:
                raise Problem(400, "unsupported_grant_type", f"Invalid grant_type: {other}")

    async def revoke(self, request: Request) -> Response:
        """End a grant (RFC 7009, with Google's 400 for a token that is dead already)."""
        form = await _form(request)
        try:
            _demand_tls(request)
            self.tokens.revoke(form.get("token") or request.query_params.get("token", ""))
        except Problem as problem:
            return refusal(request.url.path, problem)
        return reply({}, headers=_NO_STORE)


def _checked(query: Mapping[str, str]) -> Authorization:
    if query.get("client_id") != CLIENT_ID:
        raise BadAuthorization(401, "invalid_client", "The OAuth client was not found.")
    redirect_uri = query.get("redirect_uri", "")
    if not _is_loopback(redirect_uri):
        raise BadAuthorization(400, "redirect_uri_mismatch", "A desktop program may only be answered on loopback.")
    if query.get("response_type") != "code":
        raise BadAuthorization(400, "unsupported_response_type", "Only response_type=code is supported.")
    if not query.get("code_challenge") or query.get("code_challenge_method") != "S256":
        raise BadAuthorization(400, "invalid_request", "PKCE with code_challenge_method=S256 is required.")
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    if not scopes:
        raise BadAuthorization(400, "invalid_request", "Missing required parameter: scope")
    unknown = [scope for scope in scopes if scope.removeprefix(SCOPE_PREFIX) not in SCOPES]
    if unknown:
        raise BadAuthorization(400, "invalid_scope", f"Some requested scopes were invalid: {unknown}")
    return Authorization(
        redirect_uri=redirect_uri,
        scopes=scopes,
        challenge=query["code_challenge"],
        state=query.get("state", ""),
        offline=query.get("access_type") == "offline",
        consent="consent" in query.get("prompt", "").split(),
        login_hint=query.get("login_hint", ""),
    )


def _is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"} and bool(port) and plain


def _back(asked: Authorization, answer: dict[str, str]) -> Response:
    state = {"state": asked.state} if asked.state else {}
    return RedirectResponse(f"{asked.redirect_uri}?{urlencode(state | answer)}", 302, _NO_STORE)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


def _check_client(request: Request, form: Mapping[str, str]) -> None:
    _demand_tls(request)
    given = (form.get("client_id", ""), form.get("client_secret", ""))
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = b64decode(encoded).decode().partition(":")
        except (BadBase64, UnicodeDecodeError) as error:
            raise Problem(401, "invalid_client", "Unauthorized") from error
        given = (unquote(user), unquote(password))
    if given[0] != CLIENT_ID:
        raise Problem(401, "invalid_client", "The OAuth client was not found.")
    if given[1] != CLIENT_SECRET:
        raise Problem(401, "invalid_client", "Unauthorized")


def _demand_tls(request: Request) -> None:
    if request.url.scheme != "https":
        raise Problem(400, "invalid_request", "Tokens are only handed out over TLS.")
