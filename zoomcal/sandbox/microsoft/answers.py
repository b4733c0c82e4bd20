"""Graph's answers and errors, in the shape that the service gives them.

Source: https://learn.microsoft.com/en-us/graph/errors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zoomcal.sandbox.microsoft.tokens import GRAPH_ID

Json = dict[str, Any]
_MEDIA = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
_BY_STATUS = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "ErrorAccessDenied",
    404: "ErrorItemNotFound",
    409: "ErrorIrresolvableConflict",
    410: "syncStateNotFound",
    412: "ErrorIrresolvableConflict",
    429: "ApplicationThrottled",
    500: "InternalServerError",
    501: "NotImplemented",
    503: "serviceNotAvailable",
    504: "UnknownError",
}
_MESSAGES = {
    "ApplicationThrottled": "Application is over its MailboxConcurrency limit.",
    "ErrorAccessDenied": "Access is denied. Check credentials and try again.",
    "ErrorInvalidIdMalformed": "Id is malformed.",
    "ErrorIrresolvableConflict": "The send or update operation could not be performed because the change key passed in "
    "the request does not match the current change key for the item.",
    "ErrorItemNotFound": "The specified object was not found in the store.",
    "ExtensionError": "Operation: Read; Exception: [Status Code: Forbidden; Reason: Access to OData is disabled.]",
    "InvalidAuthenticationToken": "Lifetime validation failed, the token is expired.",
    "MailboxNotEnabledForRESTAPI": "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    "TooManyRequests": "Too many requests.",
    "syncStateNotFound": "The sync state generation is not found.",
}
_CHALLENGE = 'Bearer realm="", authorization_uri="{authority}/common/oauth2/authorize", client_id="{client}"'


class Problem(Exception):
    """A request to Graph that is answered with an error."""

    def __init__(
        self, status: int, code: str = "", message: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message = status, code, message
        self.headers = dict(headers or {})


def refusal(problem: Problem, now: datetime, *, authority: str, client_request_id: str = "") -> Response:
    """Answer with an error."""
    code = problem.code or _BY_STATUS.get(problem.status, "UnknownError")
    request_id = str(uuid4())
    inner = {
        "date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "request-id": request_id,
        "client-request-id": client_request_id or request_id,
    }
    message = problem.message or _MESSAGES.get(code, "An error occurred while processing the request.")
    headers = {**_common(request_id, client_request_id), **problem.headers}
    if problem.status == 401:
        headers.setdefault("www-authenticate", _CHALLENGE.format(authority=authority, client=GRAPH_ID))
    body = {"error": {"code": code, "message": message, "innerError": inner}}
    return JSONResponse(body, problem.status, headers)


def dumps(value: object) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def reply(
    request: Request, value: Json | bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with JSON; bytes are taken as JSON already."""
    body = value if isinstance(value, bytes) else dumps(value)
    common = _common(str(uuid4()), request.headers.get("client-request-id", ""))
    return Response(body, status, {**common, "odata-version": "4.0", **(headers or {})}, _MEDIA)


def nothing(request: Request, status: int = 204) -> Response:
    """Answer without a body."""
    return Response(None, status, _common(str(uuid4()), request.headers.get("client-request-id", "")))


def _common(request_id: str, client_request_id: str) -> dict[str, str]:
    return {
        "cache-control": "private",
        "request-id": request_id,
        "client-request-id": client_request_id or request_id,
        "x-ms-ags-diagnostic": '{"ServerInfo":{"DataCenter":"Loopback","Slice":"E","Ring":"0"}}',
    }
