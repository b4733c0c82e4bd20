"""What goes wrong at an Exchange server, as an error of ours: judged by status and code, never by a message's text.

Messages are neither shown nor logged: they hold headers and bodies (PROTOCOLS 4.3).
Codes: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsecode
"""

from __future__ import annotations

import re
from collections.abc import Callable

from zoomcal.catalogue import Sentence, sentence
from zoomcal.errors import (
    BadRequest,
    BlockedByPolicy,
    Conflict,
    Forbidden,
    Gone,
    NeedsReauth,
    ProviderError,
    ResyncNeeded,
    Throttled,
    Transient,
)
from zoomcal.providers.ews.address import enterable, leads_to_cloud
from zoomcal.providers.ews.line import Head

ACCESS_DENIED = "ErrorAccessDenied"
TOO_MANY = frozenset({"ErrorExceededFindCountLimit", "ErrorTooManyObjectsOpened"})
"""The answer would hold more than the server gives at once."""
NO_MAILBOX = frozenset({"ErrorNonExistentMailbox", "ErrorMissingEmailAddress"})
NO_CODE = "a fault without a code"
"""How another server than Exchange says that it does not know an operation."""
VERSION = frozenset(
    {"ErrorInvalidServerVersion", "ErrorIncorrectSchemaVersion", "ErrorInvalidSchemaVersionForMailboxVersion"}
)
"""The version that was asked with is higher than the server's, or the mailbox's."""

_LOCKED = sentence("The server says that this account is locked. Ask your IT team.")
_EXPIRED = sentence("The server says that this password has expired. Set a new one first.")
_REFUSED = sentence("The server does not take this password any more.")
_TO_THE_CLOUD = sentence("This mailbox has moved to Microsoft’s cloud. Connect Office 365 with Sign in with Microsoft.")
LOGON_PAGE = sentence(
    "A web page answers there in place of Exchange, perhaps a proxy’s logon page. Sign in to it in a browser first,"
    " or ask your IT team for the EWS URL."
)
NO_SERVICE = sentence("There is no Exchange service at this address. Ask your IT team for the EWS URL.")
_NOT_LET_IN = sentence("Exchange does not let this account or this program in. Ask your administrator.")
_NO_MAILBOX = sentence("Exchange has no mailbox for this account. Ask your administrator.")
_ON_THE_MOVE = sentence("This mailbox is being moved to another server.")


class WrongDoor(NeedsReauth):
    """Something else than the service answers, and the password goes there no more until the person says so."""


_LOCKED_OUT = b"currently locked out"
_CODE = re.compile(r"[A-Za-z][\w .-]{0,80}")

_BY_CODE: dict[str, Callable[[str], ProviderError]] = {
    **dict.fromkeys(("ErrorItemNotFound", "ErrorFolderNotFound"), lambda code: Gone(detail=code)),
    **dict.fromkeys(
        (ACCESS_DENIED, "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorAccountDisabled"),
        lambda code: BlockedByPolicy(_NOT_LET_IN, detail=code),
    ),
    **dict.fromkeys(NO_MAILBOX, lambda code: BlockedByPolicy(_NO_MAILBOX, detail=code)),
    **dict.fromkeys(("ErrorIrresolvableConflict", "ErrorStaleObject"), lambda code: Conflict(detail=code)),
    **dict.fromkeys(
        ("ErrorPasswordExpired", "ErrorPasswordChangeRequired"), lambda code: NeedsReauth(_EXPIRED, detail=code)
    ),
    **dict.fromkeys(
        ("ErrorServerBusy", "ErrorExceededConnectionCount", *TOO_MANY), lambda code: Throttled(0.0, detail=code)
    ),
    NO_CODE: lambda code: BadRequest(detail=code),
    "ErrorCalendarIsNotOrganizer": lambda code: Forbidden(detail=code),
    "ErrorInvalidSyncStateData": lambda code: ResyncNeeded(detail=code),
    "ErrorMailboxMoveInProgress": lambda code: Transient(_ON_THE_MOVE, detail=code),
}
_OUR_FAULT = re.compile(
    r"Error(?:Invalid|IncorrectSchema|SchemaValidation|Cannot|Missing|Unsupported|NotSupported|PropertyValidation)\w*"
)
_NOT_THEIRS = re.compile(r"ErrorCalendarIs(?:Organizer|Delegated|Cancelled)For\w+")


def error_of_code(code: str, back_off_s: float | None = None) -> ProviderError:
    """Return what a response code stands for; `back_off_s` is the server's own word on how long to wait."""
    if back_off_s:
        return Throttled(min(max(back_off_s, 0.0), 3600.0), detail=_plain(code))
    known = _BY_CODE.get(code)
    if known is not None:
        return known(code)
    if _NOT_THEIRS.fullmatch(code):
        return Forbidden(detail=code)
    return BadRequest(detail=_plain(code)) if _OUR_FAULT.fullmatch(code) else Transient(detail=_plain(code))


def leads_on(target: str) -> Sentence:
    """Return that another endpoint is named instead, for the person to enter."""
    return sentence("This address leads on to {target}. Enter that one if it is your server.", target=target)


def error_of_answer(head: Head, body: bytes) -> ProviderError:
    """Return what an answer stands for that is neither 200 nor a SOAP fault."""
    status, cas = head.status, head.headers.get("X-CasErrorCode", "")
    detail = f"HTTP {status}" + (f" {_plain(cas)}" if cas else "")
    hint_s = head.retry_after_s
    match status:
        case _ if leads_to_cloud(head.target):
            return BlockedByPolicy(_TO_THE_CLOUD, detail=detail)
        case _ if _LOCKED_OUT in body:
            return NeedsReauth(_LOCKED, detail=detail)
        case 401:
            return NeedsReauth(_REFUSED, detail=detail)
        case _ if cas:
            return BlockedByPolicy(_NOT_LET_IN, detail=detail)
        case 403:
            return BlockedByPolicy(_NOT_LET_IN, detail=detail)
        case 404 | 405 | 410:
            return BadRequest(NO_SERVICE, detail=detail)
        case 429 | 503:
            return Throttled(hint_s or 0.0, detail=detail)
        case 301 | 302 | 303 | 307 | 308 if "genericerrorpage" in head.target.lower():
            return Transient(detail=detail)
        case 301 | 302 | 303 | 307 | 308 if other := enterable(head.target):
            return WrongDoor(leads_on(other), detail=detail)
        case 301 | 302 | 303 | 307 | 308 | 407 | 440 | 511:
            return WrongDoor(LOGON_PAGE, detail=detail)
        case _ if 400 <= status < 500 and status != 408:
            return BadRequest(detail=detail)
        case _:
            return Transient(detail=detail)


def _plain(code: str) -> str:
    """Return a server's word where it is a code and no prose."""
    return code if _CODE.fullmatch(code) else "an unknown code"
