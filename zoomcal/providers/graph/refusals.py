"""What Microsoft's sign-in service refuses, as sentences (PROTOCOLS 3.1, 3.2).

Codes: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from zoomcal.catalogue import Sentence, sentence
from zoomcal.endpoints import Office365Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
    NeedsReauth,
    NotConfigured,
    ProviderError,
    SignInError,
    SignInRefused,
    SignInTimedOut,
    ZoomCalError,
)

PASSING = {"server_error", "temporarily_unavailable"}

UNKNOWN_CLIENT = sentence("Microsoft does not know this client id.")
UNKNOWN_AUTHORITY = sentence("Microsoft does not know the organisation whose sign-in page is set here.")
_REDIRECT = sentence(
    "The registration of this client id lacks the redirect address http://localhost for desktop applications."
)
_PUBLIC = sentence("The registration of this client id does not allow public client flows, which ZoomCal needs.")
_CONDITIONAL = sentence(
    "Your organisation’s rules for signing in do not allow this device or place. Ask your administrator."
)
_EXPIRED = sentence("The code was not entered in time. Nothing was connected.")
_OWN_ANSWER = sentence("Microsoft did not accept its own answer. Please sign in again.")

_CODE = re.compile(r"AADSTS([0-9]{4,9})")
_NO_CODE = 10**9
_WORD = re.compile(r"[A-Za-z_]{1,60}")
_UNKNOWN = {70001, 700016}
_CONSENT, _ADMIN_CONSENT = 65001, {90093, 90094, 90095}
_DECLINED = {65004}
_BLOCKED = {50020, 50057, 50105, 500011, 7000112}


def codes_of(answer: Mapping[str, Any]) -> set[int]:
    """Return the numbers of Microsoft's errors in a token endpoint's or a sign-in page's answer."""
    found = {int(code) for code in _CODE.findall(str(answer.get("error_description", "")))}
    numbers = answer.get("error_codes")
    if not isinstance(numbers, list):
        return found
    return found | {code for code in numbers if type(code) is int and 0 < code < _NO_CODE}


def detail_of(answer: Mapping[str, Any]) -> str:
    """Return what may be shown of a refusal: its words and numbers, never its text, which may name the person."""
    word = str(answer.get("error", ""))
    words = [word] if _WORD.fullmatch(word) else []
    return " ".join([*words, *(f"AADSTS{code}" for code in sorted(codes_of(answer)))]) or "refused"


def sign_in_refusal(answer: Mapping[str, Any], office365: Office365Endpoints) -> ZoomCalError:
    """Return what a refused sign-in stands for, whether the page, the token endpoint or the device's code said so."""
    codes, word, detail = codes_of(answer), answer.get("error"), detail_of(answer)
    blocked = _blocked(codes, detail, office365, in_person=True)
    if blocked is not None:
        return blocked
    if codes & _UNKNOWN:
        return NotConfigured(UNKNOWN_CLIENT, detail=detail)
    match word:
        case "access_denied" | "authorization_declined":
            return SignInRefused(detail=detail)
        case _ if codes & _DECLINED:
            return SignInRefused(detail=detail)
        case "consent_required":
            return BlockedByPolicy(_admin_consent(office365), detail=detail)
        case "invalid_client" | "unauthorized_client":
            return NotConfigured(UNKNOWN_CLIENT, detail=detail)
        case "expired_token" | "code_expired":
            return SignInTimedOut(_EXPIRED, detail=detail)
        case _:
            return SignInError(_OWN_ANSWER, detail=detail)


def lacks_consent(answer: Mapping[str, Any]) -> bool:
    """Whether a renewal was refused because something that it asked for is not allowed (any more)."""
    return _CONSENT in codes_of(answer) or answer.get("error") == "consent_required"


def renewal_refusal(answer: Mapping[str, Any], office365: Office365Endpoints) -> ProviderError:
    """Return what a refused renewal stands for."""
    codes, detail = codes_of(answer), detail_of(answer)
    blocked = _blocked(codes, detail, office365, in_person=False)
    if blocked is not None:
        return blocked
    if codes & _UNKNOWN or answer.get("error") in {"invalid_client", "unauthorized_client"}:
        return BlockedByPolicy(UNKNOWN_CLIENT, detail=detail)
    return NeedsReauth(detail=detail)


def expired() -> SignInTimedOut:
    """Return how a code ends that nobody entered."""
    return SignInTimedOut(_EXPIRED)


def _blocked(codes: set[int], detail: str, office365: Office365Endpoints, *, in_person: bool) -> BlockedByPolicy | None:
    """Return what only an administrator can mend; a consent that was withdrawn can be given anew by the person."""
    if codes & _ADMIN_CONSENT or (in_person and _CONSENT in codes):
        return BlockedByPolicy(_admin_consent(office365), detail=detail)
    if any(code in range(53000, 53100) or code in range(530000, 531000) for code in codes):
        return BlockedByPolicy(_CONDITIONAL, detail=detail)
    if 50011 in codes:
        return BlockedByPolicy(_REDIRECT, detail=detail)
    if 7000218 in codes:
        return BlockedByPolicy(_PUBLIC, detail=detail)
    return BlockedByPolicy(detail=detail) if codes & _BLOCKED else None


def _admin_consent(office365: Office365Endpoints) -> Sentence:
    """Return where an administrator allows the program for everybody.

    https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent
    """
    parts = urlsplit(office365.authority)
    tenant = parts.path.strip("/").partition("/")[0]
    tenant = "organizations" if tenant in {"common", "consumers"} else tenant
    url = f"{parts.scheme}://{parts.netloc}/{tenant}/adminconsent?client_id={quote(office365.client_id, safe='')}"
    return sentence("An administrator of your organisation has to allow ZoomCal first, at {url}", url=url)
