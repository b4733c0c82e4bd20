from __future__ import annotations

import pytest

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
from zoomcal.providers.ews.errors import error_of_code
from zoomcal.providers.ews.transport import offered


@pytest.mark.parametrize(
    ("challenge", "method"),
    [
        ('Negotiate, NTLM, Basic realm="mail"', "NTLM"),
        ("Negotiate", "Negotiate"),
        ("Negotiate,Basic", "Negotiate"),
        ('Basic realm="NTLM, and more"', "Basic"),
        ('basic realm="x", ntlm', "NTLM"),
        ('Bearer client_id="Basic", trusted_issuers="a, NTLM", NTLM', "NTLM"),
        ("Bearer error=NTLM", ""),
        ('Digest qop="auth", realm="x"', ""),
        ("", ""),
    ],
)
def test_the_best_way_to_sign_in_that_is_known_is_chosen(challenge: str, method: str) -> None:
    assert offered(challenge) == method


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ErrorItemNotFound", Gone),
        ("ErrorFolderNotFound", Gone),
        ("ErrorAccessDenied", BlockedByPolicy),
        ("ErrorImpersonateUserDenied", BlockedByPolicy),
        ("ErrorNonExistentMailbox", BlockedByPolicy),
        ("ErrorMailboxMoveInProgress", Transient),
        ("ErrorIrresolvableConflict", Conflict),
        ("ErrorStaleObject", Conflict),
        ("ErrorInvalidSyncStateData", ResyncNeeded),
        ("ErrorCalendarIsNotOrganizer", Forbidden),
        ("ErrorCalendarIsOrganizerForAccept", Forbidden),
        ("ErrorServerBusy", Throttled),
        ("ErrorExceededConnectionCount", Throttled),
        ("ErrorTooManyObjectsOpened", Throttled),
        ("ErrorTimeoutExpired", Transient),
        ("ErrorInternalServerTransientError", Transient),
        ("ErrorInternalServerError", Transient),
        ("ErrorPasswordExpired", NeedsReauth),
        ("ErrorSchemaValidation", BadRequest),
        ("ErrorInvalidRequest", BadRequest),
        ("ErrorThatNobodyKnows", Transient),
    ],
)
def test_every_code_stands_for_one_error(code: str, error: type[ProviderError]) -> None:
    found = error_of_code(code)
    assert type(found) is error
    assert found.detail == code


def test_what_is_prose_and_no_code_is_not_repeated() -> None:
    assert error_of_code("<b>secret: body</b>").detail == "an unknown code"
