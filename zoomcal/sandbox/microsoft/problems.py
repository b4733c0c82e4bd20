"""Entra's refusals, with the AADSTS codes that programs go by.

Source: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

Json = dict[str, Any]

CLAIMS_FOR_POLICY: Json = {
    "access_token": {"capolids": {"essential": True, "values": ["2f0ad6b4-7b6a-4cbb-8f3e-6f1a5b0d3c11"]}}
}
"""What the next sign-in has to bring where a policy asks for more than a password."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How Entra refuses a request."""

    error: str
    """OAuth's word for it."""
    code: int
    """The number after AADSTS."""
    text: str
    suberror: str = ""
    claims: str = ""
    """JSON that the next interactive request is to carry as `claims`."""
    status: int = 400

    def body(self, correlation_id: str, now: datetime) -> Json:
        """Return the JSON that the token endpoint answers with."""
        moment = f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
        trace_id = str(uuid4())
        described = f"{self} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {moment}"
        answer: Json = {
            "error": self.error,
            "error_description": described,
            "error_codes": [self.code],
            "timestamp": moment,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
        }
        return answer | {name: value for name in ("suberror", "claims") if (value := getattr(self, name))}

    def __str__(self) -> str:
        return f"AADSTS{self.code}: {self.text}"


class Refused(Exception):
    """A request to Entra that is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


UNKNOWN_CLIENT = Refusal(
    "unauthorized_client", 700016, "Application with this identifier was not found in the directory."
)
ADMIN_CONSENT = Refusal(
    "invalid_grant",
    65001,
    "The user or administrator has not consented to use the application. Send an interactive authorization request.",
    suberror="consent_required",
)
POLICIES: Mapping[str, Refusal] = {
    "admin-consent": ADMIN_CONSENT,
    "conditional-access": Refusal(
        "invalid_grant",
        53003,
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        suberror="message_only",
    ),
    "second-factor": Refusal(
        "interaction_required",
        50076,
        "Due to a configuration change made by your administrator, you must use multi-factor authentication.",
        suberror="basic_action",
        claims=json.dumps(CLAIMS_FOR_POLICY, separators=(",", ":")),
    ),
    "unknown-client": UNKNOWN_CLIENT,
    "unavailable": Refusal(
        "temporarily_unavailable", 90033, "A transient error has occurred. Please try again.", status=503
    ),
}
"""What an organisation, or the weather, may put in the way of tokens: name to refusal."""
