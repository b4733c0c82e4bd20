"""Google's error bodies, in the shape that each of its services gives them.

Sources: https://developers.google.com/workspace/calendar/api/guides/errors, https://google.aip.dev/193,
https://developers.google.com/identity/protocols/oauth2/native-app.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

Json = dict[str, Any]

_DEFAULT_REASON = {
    400: "badRequest",
    401: "authError",
    403: "rateLimitExceeded",
    404: "notFound",
    409: "duplicate",
    410: "deleted",
    412: "conditionNotMet",
    429: "rateLimitExceeded",
}
_DOMAIN = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "quotaExceeded": "usageLimits",
    "accessNotConfigured": "usageLimits",
    "forbiddenForNonOrganizer": "calendar",
    "timeRangeEmpty": "calendar",
    "requiredAccessLevel": "calendar",
    "fullSyncRequired": "calendar",
    "updatedMinTooLongAgo": "calendar",
}
_MESSAGE = {
    "authError": "Invalid Credentials",
    "required": "Login Required.",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "quotaExceeded": "Calendar usage limits exceeded.",
    "accessNotConfigured": "Google Calendar API has not been used in project 900000000001 before or it is disabled.",
    "forbidden": "Forbidden",
    "forbiddenForNonOrganizer": "Shared properties can only be changed by the organizer of the event.",
    "requiredAccessLevel": "You need to have writer access to this calendar.",
    "notFound": "Not Found",
    "duplicate": "The requested identifier already exists.",
    "deleted": "Resource has been deleted",
    "fullSyncRequired": "Sync token is no longer valid, a full sync is required.",
    "updatedMinTooLongAgo": "The requested minimum modification time lies too far in the past.",
    "conditionNotMet": "Precondition Failed",
    "timeRangeEmpty": "The specified time range is empty.",
    "backendError": "Backend Error",
}
_PEOPLE_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_ERROR_INFO = {
    "authError": "ACCESS_TOKEN_EXPIRED",
    "insufficientPermissions": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "accessNotConfigured": "SERVICE_DISABLED",
    "rateLimitExceeded": "RATE_LIMIT_EXCEEDED",
    "userRateLimitExceeded": "RATE_LIMIT_EXCEEDED",
    "quotaExceeded": "RATE_LIMIT_EXCEEDED",
}
_OAUTH_TEXT = {
    "invalid_grant": "Token has been expired or revoked.",
    "invalid_client": "Unauthorized",
    "invalid_token": "Token expired or revoked",
    "rate_limit_exceeded": "Rate Limit Exceeded",
    "internal_failure": "Internal error.",
}


class Problem(Exception):
    """A request that is answered with an error; `style` is the service's way to say it."""

    def __init__(self, status: int, reason: str = "", message: str = "", *, location: str = "") -> None:
        super().__init__(status, reason, message)
        self.status = status
        self.reason = reason
        self.message = message
        self.location = location


def dumps(value: object) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON; bytes are taken as JSON already."""
    body = value if isinstance(value, bytes) else dumps(value)
    return Response(body, status, {"cache-control": "private", **(headers or {})}, "application/json; charset=UTF-8")


def refusal(path: str, problem: Problem) -> Response:
    """Answer with an error as the service behind `path` words it."""
    body = error_body(path, problem)
    headers = {"www-authenticate": 'Bearer realm="https://accounts.google.com/"'} if problem.status == 401 else {}
    return reply(body, problem.status, headers)


def error_body(path: str, problem: Problem) -> Json:
    """Return the JSON body of an error as the service behind `path` words it."""
    if "/oauth2/" in path:
        return oauth_error(problem)
    reason = problem.reason or _DEFAULT_REASON.get(problem.status, "backendError")
    message = problem.message or _MESSAGE.get(reason, "Bad Request")
    if "/people/" in path:
        return people_error(problem.status, reason, message)
    entry: Json = {"domain": _DOMAIN.get(reason, "global"), "reason": reason, "message": message}
    if problem.status == 401:
        entry |= {"locationType": "header", "location": "Authorization"}
    elif reason == "conditionNotMet":
        entry |= {"locationType": "header", "location": "If-Match"}
    elif problem.location:
        entry |= {"locationType": "parameter", "location": problem.location}
    error: Json = {"errors": [entry], "code": problem.status, "message": message}
    if reason in {"insufficientPermissions", "accessNotConfigured"}:
        error |= {"status": "PERMISSION_DENIED", "details": [_error_info(reason, "calendar-json.googleapis.com")]}
    return {"error": error}


def people_error(status: int, reason: str, message: str) -> Json:
    """Return an error of the People API (google.rpc.Status as JSON)."""
    error: Json = {"code": status, "message": message, "status": _PEOPLE_STATUS.get(status, "UNKNOWN")}
    if reason in _ERROR_INFO:
        error["details"] = [_error_info(reason, "people.googleapis.com")]
    elif reason == "EXPIRED_SYNC_TOKEN":
        error["status"] = "FAILED_PRECONDITION"
        error["details"] = [_error_info(reason, "people.googleapis.com")]
    return {"error": error}


def oauth_error(problem: Problem) -> Json:
    """Return an error of the token and revocation endpoints (RFC 6749 section 5.2)."""
    by_status = {400: "invalid_grant", 401: "invalid_client", 429: "rate_limit_exceeded"}
    code = problem.reason or by_status.get(problem.status, "internal_failure")
    return {"error": code, "error_description": problem.message or _OAUTH_TEXT.get(code, "Bad Request")}


def _error_info(reason: str, service: str) -> Json:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": _ERROR_INFO.get(reason, reason),
        "domain": "googleapis.com",
        "metadata": {"service": service},
    }
