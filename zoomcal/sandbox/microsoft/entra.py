"""Entra's sign-in for public clients: discovery, the authorize page, and the token endpoint.

Sources: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow, RFC 6749, RFC 7636,
https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from zoomcal.sandbox import pages
from zoomcal.sandbox.microsoft.device import Devices
from zoomcal.sandbox.microsoft.problems import UNKNOWN_CLIENT, Refusal, Refused
from zoomcal.sandbox.microsoft.tokens import (
    CLIENT_ID,
    OIDC_SCOPES,
    TENANT_ID,
    Authorization,
    Tokens,
    bare,
    claims_of,
    client_info,
    public_keys,
)

Json = dict[str, Any]
PERMISSIONS = {
    "User.Read": "Sign you in and read your profile",
    "Calendars.Read": "Read your calendars",
    "Calendars.Read.Shared": "Read calendars you can access",
    "Calendars.ReadBasic": "Read basic details of your calendars",
    "Calendars.ReadWrite": "Have full access to your calendars",
    "Calendars.ReadWrite.Shared": "Read and write to your and shared calendars",
    "Contacts.Read": "Read your contacts",
    "Contacts.Read.Shared": "Read your and shared contacts",
    "Contacts.ReadWrite": "Have full access of your contacts",
    "Contacts.ReadWrite.Shared": "Read and write to your and shared contacts",
    "MailboxSettings.Read": "Read your mailbox settings",
    "People.Read": "View your relevant people list",
}
"""Graph's delegated permissions that may be asked for, and what the consent page says of them."""
_KNOWN = {name.casefold(): name for name in (*PERMISSIONS, *OIDC_SCOPES)}
_REGISTERED = {".default": ("User.Read", "Calendars.ReadWrite", "Contacts.Read")}
_NATIVE_CLIENT = "https://login.microsoftonline.com/common/oauth2/nativeclient"
NO_STORE = {"cache-control": "no-store, no-cache"}
_MODES = {"query", "fragment", "form_post"}
_TENANTS = {"common", "organizations", "consumers", TENANT_ID}


@dataclass(kw_only=True)
class Entra:
    """The sign-in side of the sandbox."""

    tokens: Tokens
    devices: Devices
    pages_url: str = ""
    """Where a browser finds the pages, as it may not trust our certificate; empty: where programs find the rest."""
    only_scopes: frozenset[str] | None = None
    """When set, consent grants no other permission (in lower case), whatever is ticked."""
    admin_approval: bool = False
    """Whether allowing leads to the page that says that an administrator has to."""
    _open: dict[str, Authorization] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Return the addresses served."""
        v2 = "/{tenant}/oauth2/v2.0"
        return [
            Route("/{tenant}/v2.0/.well-known/openid-configuration", answered(self.describe), methods=["GET"]),
            Route("/{tenant}/discovery/v2.0/keys", self.keys, methods=["GET"]),
            Route(f"{v2}/authorize", self.authorize, methods=["GET"]),
            Route(f"{v2}/authorize", self.decide, methods=["POST"]),
            Route(f"{v2}/token", answered(self.token), methods=["POST"]),
            Route(f"{v2}/devicecode", answered(self.device_code), methods=["POST"]),
            Route(f"{v2}/deviceauth", self.enter_code, methods=["GET"]),
            Route(f"{v2}/deviceauth", self.decide_device, methods=["POST"]),
        ]

    async def describe(self, request: Request, _: Mapping[str, str]) -> Response:
        """Answer with the OpenID configuration of a tenant."""
        tenant, base = self._tenant(request), _base(request)
        issuer = "{tenantid}" if tenant in {"common", "organizations", "consumers"} else tenant
        return JSONResponse(
            {
                "token_endpoint": f"{base}/{tenant}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "jwks_uri": f"{base}/{tenant}/discovery/v2.0/keys",
                "response_modes_supported": sorted(_MODES),
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code"],
                "scopes_supported": list(OIDC_SCOPES),
                "issuer": f"{base}/{issuer}/v2.0",
                "request_uri_parameter_supported": False,
                "authorization_endpoint": f"{self.pages_url or base}/{tenant}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/devicecode",
                "http_logout_supported": False,
                "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid"],
                "tenant_region_scope": "EU",
            }
        )

    async def keys(self, _: Request) -> Response:
        """Answer with the keys that id tokens are signed with."""
        return JSONResponse(public_keys())

    async def authorize(self, request: Request) -> Response:
        """Show the consent page."""
        try:
            self._tenant(request)
            asked = self._checked(request.query_params)
        except Refused as refused:
            return blocked(refused.refusal)
        try:
            asked = replace(asked, scopes=checked_scopes(request.query_params))
        except Refused as refused:
            return _back(asked, {"error": refused.refusal.error, "error_description": str(refused)})
        if request.query_params.get("prompt") == "none":
            text = "AADSTS50058: A silent sign-in request was sent but no user is signed in."
            return _back(asked, {"error": "login_required", "error_description": text})
        return HTMLResponse(self.consent_page(asked), headers=NO_STORE)

    def consent_page(self, asked: Authorization) -> str:
        """Return the page that asks for consent, and remember what it is about."""
        ticket = secrets.token_urlsafe(16)
        self._open[ticket] = asked
        names = self.tokens.names()
        chosen = next((each for each in names if each.casefold() == asked.login_hint.casefold()), next(iter(names)))
        permissions = ((scope, _KNOWN[bare(scope)]) for scope in asked.scopes)
        boxes = [(scope, PERMISSIONS[name]) for scope, name in permissions if name in PERMISSIONS]
        return pages.consent("ZoomCal wants access to your Microsoft account", ticket, names, chosen, boxes)

    async def decide(self, request: Request) -> Response:
        """Take the person's decision and send the browser back to the program."""
        form = parse_qs((await request.body()).decode())
        try:
            asked, account, scopes = self.decided(form)
        except Refused as refused:
            return blocked(refused.refusal)
        if form.get("decision") == ["allow"] and self.admin_approval:
            return HTMLResponse(self._approval_page(asked), headers=NO_STORE)
        if form.get("decision") != ["allow"]:
            text = "AADSTS65004: User declined to consent to access the app."
            if form.get("decision") == ["return"]:
                text = "AADSTS90094: An administrator has to grant consent to this application."
            return _back(asked, {"error": "access_denied", "error_subcode": "cancel", "error_description": text})
        answer = {"code": self.tokens.code(asked, account, scopes)}
        if asked.client_info:
            answer["client_info"] = client_info(account)
        return _back(asked, answer | {"session_state": str(uuid4())})

    def decided(self, form: Mapping[str, list[str]]) -> tuple[Authorization, str, tuple[str, ...]]:
        """Return what a consent page was about, who answered it, and what is allowed by that.

        Raises:
            Refused: It was answered already, or by nobody known.
        """
        asked = self._open.pop(form.get("ticket", [""])[0], None)
        account = form.get("account", [""])[0]
        if asked is None or (account not in self.tokens.names() and form.get("decision") == ["allow"]):
            raise Refused(Refusal("invalid_request", 900561, "This page was answered already."))
        ticked = {bare(scope) for scope in form.get("scope", ())}
        if self.only_scopes is not None:
            ticked &= self.only_scopes
        kept = tuple(scope for scope in asked.scopes if bare(scope) in ticked or scope in OIDC_SCOPES)
        return asked, account, kept

    async def token(self, request: Request, form: Mapping[str, str]) -> Response:
        """Exchange a code, or refresh."""
        tenant = self._tenant(request)
        _check_client(request, form)
        issuer = f"{_base(request)}/{TENANT_ID if tenant in _TENANTS else tenant}/v2.0"
        match form.get("grant_type", ""):
            case "authorization_code":
                answer = self.tokens.exchange(form, issuer)
            case "refresh_token":
                answer = self.tokens.refresh(form, issuer)
            case "urn:ietf:params:oauth:grant-type:device_code":
                answer = self.devices.exchange(form, issuer)
            case other:
                text = f"The app requested an unsupported grant type '{other}'."
                raise Refused(Refusal("unsupported_grant_type", 70003, text))
        return JSONResponse(answer, headers=NO_STORE)

    async def device_code(self, request: Request, form: Mapping[str, str]) -> Response:
        """Start a sign-in on another device (RFC 8628 section 3.2)."""
        tenant = self._tenant(request)
        _check_client(request, form)
        scopes = checked_scopes(form)
        asked = Authorization(client_id=form["client_id"], scopes=scopes, claims=claims_of(form))
        page_url = f"{self.pages_url or _base(request)}/{tenant}/oauth2/v2.0/deviceauth"
        return JSONResponse(self.devices.begin(asked, page_url), headers=NO_STORE)

    async def enter_code(self, _: Request) -> Response:
        """Show the page that asks for the code."""
        return HTMLResponse(pages.code_entry(""), headers=NO_STORE)

    async def decide_device(self, request: Request) -> Response:
        """Take the code, then the person's decision."""
        form = parse_qs((await request.body()).decode())
        if "code" in form:
            asked = self.devices.asked_with(form["code"][0])
            if asked is None:
                return HTMLResponse(pages.code_entry("That code didn’t work. Check it and try again."), 400, NO_STORE)
            return HTMLResponse(self.consent_page(asked), headers=NO_STORE)
        try:
            asked, account, scopes = self.decided(form)
        except Refused as refused:
            return blocked(refused.refusal)
        allowed = form.get("decision") == ["allow"]
        self.devices.decide(asked, self.tokens.consent(asked, account, scopes) if allowed else None)
        said = "You have signed in to ZoomCal on your device." if allowed else "You declined to sign in on your device."
        return HTMLResponse(
            pages.page("ZoomCal", pages.paragraph(f"{said} You may close this page.")), headers=NO_STORE
        )

    def _approval_page(self, asked: Authorization) -> str:
        ticket = secrets.token_urlsafe(16)
        self._open[ticket] = asked
        return pages.page(
            "Need admin approval",
            "<p>ZoomCal needs permission to access resources in your organization that only an admin can grant.</p>"
            f'<form method="post" action=""><input type="hidden" name="ticket" value="{ticket}"><div class="buttons">'
            '<button name="decision" value="return" id="return">Return to the application without granting consent'
            "</button></div></form>",
        )

    def _tenant(self, request: Request) -> str:
        tenant = str(request.path_params["tenant"])
        domains = {address.partition("@")[2] for address in self.tokens.names()}
        if tenant.casefold() not in _TENANTS | domains:
            raise Refused(Refusal("invalid_tenant", 90002, f"Tenant '{tenant}' not found."))
        return tenant

    def _checked(self, query: Mapping[str, str]) -> Authorization:
        if query.get("client_id") != CLIENT_ID or self.tokens.policy == "unknown-client":
            raise Refused(UNKNOWN_CLIENT)
        redirect_uri = query.get("redirect_uri", "")
        if not (_is_loopback(redirect_uri) or redirect_uri == _NATIVE_CLIENT):
            text = f"The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs "
            raise Refused(Refusal("invalid_request", 50011, text + "configured for the application."))
        if query.get("response_type") != "code":
            raise Refused(Refusal("unsupported_response_type", 700054, "Only response_type 'code' is enabled."))
        mode = query.get("response_mode", "query")
        if mode not in _MODES:
            raise Refused(Refusal("invalid_request", 70007, f"'{mode}' is not a supported value of 'response_mode'."))
        method = query.get("code_challenge_method", "plain")
        if method not in {"S256", "plain"}:
            raise Refused(Refusal("invalid_request", 9002313, "Invalid code_challenge_method."))
        return Authorization(
            client_id=query["client_id"],
            scopes=(),
            redirect_uri=redirect_uri,
            challenge=query.get("code_challenge", ""),
            method=method,
            state=query.get("state", ""),
            response_mode=mode,
            nonce=query.get("nonce", ""),
            claims=claims_of(query),
            login_hint=query.get("login_hint", ""),
            client_info=query.get("client_info") == "1",
        )


def checked_scopes(query: Mapping[str, str]) -> tuple[str, ...]:
    """Return the scopes asked for; `.default` stands for those that the application is registered with.

    Raises:
        Refused: There are none, or one does not exist.
    """
    given = query.get("scope", "").split()
    scopes = tuple(dict.fromkeys(each for scope in given for each in _REGISTERED.get(bare(scope), (scope,))))
    if not scopes:
        text = "The request body must contain the following parameter: 'scope'."
        raise Refused(Refusal("invalid_request", 900144, text))
    unknown = [scope for scope in scopes if bare(scope) not in _KNOWN]
    if unknown:
        text = f"The application asked for scope '{unknown[0]}' that doesn't exist on the resource."
        raise Refused(Refusal("invalid_client", 650053, text))
    return scopes


Handler = Callable[[Request, Mapping[str, str]], Awaitable[Response]]


def answered(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads the form, calls `handler` and words a refusal as the token endpoint does."""

    async def endpoint(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        try:
            return await handler(request, form)
        except Refused as refused:
            correlation_id = request.headers.get("client-request-id") or str(uuid4())
            body = refused.refusal.body(correlation_id, request.app.state.now())
            return JSONResponse(body, refused.refusal.status, NO_STORE)

    return endpoint


def blocked(refusal: Refusal) -> Response:
    """Return the page that Entra shows instead of consent."""
    page = pages.page("Sorry, but we’re having trouble signing you in", pages.paragraph(str(refusal)))
    return HTMLResponse(page, 400, NO_STORE)


def _back(asked: Authorization, answer: Mapping[str, str]) -> Response:
    answer = {**answer, **({"state": asked.state} if asked.state else {})}
    if asked.response_mode == "form_post":
        return HTMLResponse(pages.posting(asked.redirect_uri, answer), headers=NO_STORE)
    mark = "#" if asked.response_mode == "fragment" else "?"
    return RedirectResponse(f"{asked.redirect_uri}{mark}{urlencode(answer)}", 302, NO_STORE)


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _is_loopback(url: str) -> bool:
    """Return whether a redirect fits the registered `http://localhost`, whose port is ignored."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme == "http" and parts.hostname == "localhost" and port != 0 and plain and parts.path in {"", "/"}


def _check_client(request: Request, form: Mapping[str, str]) -> None:
    if request.url.scheme != "https":
        raise Refused(Refusal("invalid_request", 900561, "Tokens are only handed out over TLS."))
    if "client_secret" in form or "client_assertion" in form or "authorization" in request.headers:
        text = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."
        raise Refused(Refusal("invalid_client", 700025, text, status=401))
    if "client_id" not in form:
        text = "The request body must contain the following parameter: 'client_id'."
        raise Refused(Refusal("invalid_request", 900144, text))
    if form["client_id"] != CLIENT_ID:
        raise Refused(UNKNOWN_CLIENT)
