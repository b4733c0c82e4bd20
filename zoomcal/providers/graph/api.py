"""Microsoft Graph's REST interface: authorised reads, and what every answer stands for.

Errors: https://learn.microsoft.com/en-us/graph/errors
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import SplitResult, quote, urlsplit
from uuid import uuid4

import requests

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
from zoomcal.providers.answers import Json, chained, parsed
from zoomcal.providers.graph.grant import usable_claims
from zoomcal.providers.http import Line, Retry, retried, retry_after_s

log = logging.getLogger(__name__)

Query = Mapping[str, str]

_NO_MAILBOX = sentence(
    "This account has no mailbox in Microsoft’s cloud. If your organisation runs its own Exchange server, connect it"
    " as Exchange."
)
_NO_ODATA = sentence(
    "Your organisation does not let this program read mailboxes in Microsoft’s cloud. Ask your administrator."
)
_NOT_ALLOWED = sentence("Microsoft does not allow this.")

_THROTTLED = {"applicationthrottled", "toomanyrequests", "activitylimitreached"}
_RESYNC = {
    "syncstatenotfound",
    "syncstateinvalid",
    "resyncrequired",
    "resyncchangesapplydifferences",
    "resyncchangesuploaddifferences",
}
_CONFLICT = {"errorirresolvableconflict"}
_DENIED = {"erroraccessdenied", "accessdenied", "authorization_requestdenied"}
_NO_ITEM = {"erroritemnotfound", "itemnotfound"}
_MAILBOX_ELSEWHERE = {"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi"}
_RESOURCE, _EXTENSION = "resourcenotfound", "extensionerror"
_KNOWN = {*_THROTTLED, *_RESYNC, *_CONFLICT, *_DENIED, *_NO_ITEM, *_MAILBOX_ELSEWHERE, _RESOURCE, _EXTENSION}
_DEEPEST = 10
_CODE = re.compile(r"[A-Za-z_.]{1,60}")
_CLAIMS = re.compile(r'\bclaims="([^"]*)"')
_PORTS = {"https": 443, "http": 80}


class Access(Protocol):
    """Where access tokens come from."""

    def access(self) -> str:
        """Return one."""

    def renew(self, claims: str) -> None:
        """Get a new one that fulfils `claims`; or raise NeedsReauth."""

    def refused(self, claims: str) -> NeedsReauth:
        """Return what it means that the new one was refused too."""


class Api:
    """Authorised reads for one account.

    One thread uses it, so that a mailbox never sees more than one request of ours at once; Microsoft allows four.
    """

    def __init__(self, access: Access, base: str, line: Line, retry: Retry) -> None:
        self._access = access
        self._base = base
        self._place = _place(base)
        self._line = line
        self._retry = retry
        self._session = requests.Session()
        line.mount_on(self._session)

    def get(
        self, path: str, query: Query | None = None, *, prefer: Sequence[str] = (), scopes: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return the JSON object at `path`.

        Args:
            path: Below the base; or a whole address that `owns` accepts.
            query: Its parameters.
            prefer: What the answer should be like; immutable ids are always asked for.
            scopes: What the service wants for it, for the error when it is missing.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        url = path if self.owns(path) else self._base + path
        if not self.owns(url):
            raise BadRequest(detail="the address leads elsewhere")
        return retried(lambda: self._get(url, query or {}, prefer, scopes), self._retry, self._line.pause)

    def pages(
        self,
        path: str,
        query: Query | None = None,
        *,
        prefer: Sequence[str] = (),
        scopes: tuple[str, ...] = (),
        most: int = 200,
    ) -> Iterator[dict[str, Any]]:
        """Yield the page at `path` and those after it, `most` at the most; an address elsewhere is not followed.

        Raises:
            Transient: There are more, or the same ones again.
            ProviderError: As in `zoomcal.errors`.
        """

        def following(page: Json) -> str:
            link = page.get("@odata.nextLink")
            if not link:
                return ""
            if not isinstance(link, str) or not self.owns(link):
                raise Transient(detail="the next page is elsewhere")
            return link

        return chained(
            lambda link: self.get(link or path, None if link else query, prefer=prefer, scopes=scopes), following, most
        )

    def owns(self, address: str) -> bool:
        """Whether a whole address is below the base, so that an access token may go there."""
        try:
            place, path = _place(address)
        except ValueError:
            return False
        return place == self._place[0] and path.startswith(self._place[1] + "/") and not _CLIMBS.search(path)

    def _get(self, url: str, query: Query, prefer: Sequence[str], scopes: tuple[str, ...]) -> dict[str, Any]:
        reply = self._sent(url, query, prefer)
        if reply.status_code == 401:
            claims = _claims(reply)
            self._access.renew(claims)
            reply = self._sent(url, query, prefer)
            if reply.status_code == 401:
                raise self._access.refused(_claims(reply) or claims)
        return parsed(checked(reply, scopes))

    def _sent(self, url: str, query: Query, prefer: Sequence[str]) -> requests.Response:
        request_id = str(uuid4())
        headers = {
            "Authorization": f"Bearer {self._access.access()}",
            "Accept": "application/json",
            "Prefer": ", ".join(('IdType="ImmutableId"', *prefer)),
            "client-request-id": request_id,
        }
        reply = self._session.get(url, params=query, headers=headers)
        log.debug("client-request-id %s: %s", request_id, reply.status_code)
        return reply


def segment(identity: str) -> str:
    """Return an id as one segment of a path; empty where it is none that could be: a path would climb by its dots."""
    return "" if identity in {".", ".."} else quote(identity, safe="")


def checked(reply: requests.Response, scopes: tuple[str, ...] = ()) -> requests.Response:
    """Return `reply`, or raise the error that it stands for. Every authorised call passes here."""
    if reply.status_code == 200:
        return reply
    error = error_of(reply)
    raise NeedsConsent(scopes, detail=error.detail) if isinstance(error, NeedsConsent) else error


def error_of(reply: requests.Response) -> ProviderError:
    """Return the error that an answer other than 200 stands for (PROTOCOLS 3.4)."""
    status, hint_s = reply.status_code, retry_after_s(reply)
    code, message = _code(reply)
    detail = f"HTTP {status} {code}".rstrip()
    known = code.lower()
    if status == 429 or known in _THROTTLED or (status >= 500 and hint_s is not None):
        return Throttled(hint_s or 0.0, detail=detail)
    if known in _RESYNC or (status == 410 and "Location" in reply.headers):
        return ResyncNeeded(detail=detail)
    if known in _MAILBOX_ELSEWHERE or (status == 404 and known in {_RESOURCE, _EXTENSION}):
        return BlockedByPolicy(_NO_MAILBOX, detail=detail)
    if known in _CONFLICT:
        return Conflict(detail=detail)
    match status:
        case 401:
            return NeedsReauth(detail=detail)
        case 403:
            return _forbidden(known, message, detail)
        case 404 | 410:
            return Gone(detail=detail)
        case 409 | 412:
            return Conflict(detail=detail)
        case 501:
            return BadRequest(detail=detail)
        case 408 | 425:
            return Transient(detail=detail)
        case _ if 400 <= status < 500:
            return BadRequest(detail=detail)
        case _:
            return Transient(detail=detail)


def _forbidden(known: str, message: str, detail: str) -> ProviderError:
    # The one text that is looked at: the code alone does not tell a switched-off interface from a missing scope
    # (https://github.com/microsoftgraph/microsoft-graph-docs/issues/19788).
    if known == _EXTENSION or "access to odata is disabled" in message.lower():
        return BlockedByPolicy(_NO_ODATA, detail=detail)
    if known in _DENIED:
        return NeedsConsent(detail=detail)
    return Forbidden(_NOT_ALLOWED, detail=detail)


def _code(reply: requests.Response) -> tuple[str, str]:
    """Return the deepest error code that is known here, else the outermost, and the outermost message."""
    try:
        level = parsed(reply).get("error")
    except Transient:
        return "", ""
    codes: list[str] = []
    message = level.get("message") if isinstance(level, dict) else ""
    while isinstance(level, dict) and len(codes) < _DEEPEST:
        code = level.get("code")
        codes.append(code if isinstance(code, str) and _CODE.fullmatch(code) else "")
        level = level.get("innerError", level.get("innererror"))
    known = [code for code in codes if code.lower() in _KNOWN]
    first = next(filter(None, codes), "")
    return (known[-1] if known else first), message if isinstance(message, str) else ""


def _claims(reply: requests.Response) -> str:
    """Return the claims that a 401 demands, as JSON; empty where there are none that can be read.

    https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge
    """
    found = _CLAIMS.search(reply.headers.get("WWW-Authenticate", ""))
    if not found:
        return ""
    packed = found[1].replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return usable_claims(base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True).decode())
    except ValueError:
        return ""


_CLIMBS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)|\\", re.IGNORECASE)


def _place(address: str) -> tuple[tuple[str, str, int | None], str]:
    """Return where an address is, comparable, and its path.

    Raises:
        ValueError: It is none.
    """
    parts: SplitResult = urlsplit(address)
    if "@" in parts.netloc:
        raise ValueError("user-info")
    return (parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)), parts.path.rstrip("/")
