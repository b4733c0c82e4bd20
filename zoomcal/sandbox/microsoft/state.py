"""What the sandbox Graph holds, and how a request gets at it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from zoomcal.sandbox.mailbox import Mailbox
from zoomcal.sandbox.microsoft.answers import Problem, refusal
from zoomcal.sandbox.microsoft.tokens import GRAPH_ID, Tokens

Json = dict[str, Any]
Forgetting = Literal["gone", "moved", "refused"]


@dataclass(kw_only=True, eq=False)
class GraphState:
    """All of it."""

    now: Callable[[], datetime]
    tokens: Tokens
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    authority: str = "https://login.microsoftonline.com"
    """Where a refused program is sent to sign in."""
    empty_first_page: bool = False
    """Whether the first page of a list is empty and only carries a link."""
    moving_days: bool = False
    """Whether whole days move with the preferred time zone as moments do."""
    lists_default_folder: bool = False
    """Whether the default folder of contacts is in the list of folders, the others being below it."""
    forgetting: Forgetting = "gone"
    """What a dead delta link is answered with: 410; 410 with the address to start from; or 400."""

    def mailbox(self, request: Request, *permissions: str) -> Mailbox:
        """Return whose mailbox a request may see; one of the permissions is needed.

        Raises:
            Problem: The token is missing, dead, lacks claims, or was not given this permission.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.casefold() != "bearer" or not token:
            raise Problem(401, "InvalidAuthenticationToken", "Access token is empty.")
        access = self.tokens.access(token)
        if access is None:
            if token.count(".") != 2:
                text = "IDX14100: JWT is not well formed, there are no dots (.)."
                raise Problem(401, "InvalidAuthenticationToken", text)
            raise Problem(401)
        if self.tokens.lacks_claims(access):
            raise self._challenge()
        if not access.grant.allows(*permissions):
            raise Problem(403, "ErrorAccessDenied")
        return self.mailboxes[access.grant.account]

    def whose(self, authorization: str) -> str:
        """Return the address of the mailbox that a header opens; the header itself where it opens none."""
        access = self.tokens.access(authorization.partition(" ")[2])
        return access.grant.account if access else authorization

    def answered(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that finds the mailbox, holds its lock, and words what `handler` refuses as Graph does.

        The body has to be a JSON object where there is one.
        """

        async def endpoint(request: Request) -> Response:
            content = await request.body()
            try:
                mailbox = self.mailbox(request, *handler.permissions)
                with mailbox.lock:
                    return handler.answer(request, mailbox, _object(content))
            except Problem as problem:
                return self.refuse(problem, request.headers.get("client-request-id", ""))

        return endpoint

    def refuse(self, problem: Problem, client_request_id: str = "") -> Response:
        """Answer with an error."""
        return refusal(problem, self.now(), authority=self.authority, client_request_id=client_request_id)

    def _challenge(self) -> Problem:
        claims = b64encode(json.dumps(self.tokens.demanded).encode()).decode()
        challenge = (
            f'Bearer realm="", authorization_uri="{self.authority}/common/oauth2/authorize", client_id="{GRAPH_ID}", '
            f'error="insufficient_claims", claims="{claims}"'
        )
        text = "Continuous access evaluation resulted in challenge with result: InteractionRequired."
        return Problem(401, "InvalidAuthenticationToken", text, {"www-authenticate": challenge})


@dataclass(frozen=True)
class Handler:
    """What answers one kind of request, and the permissions of which it needs one."""

    permissions: tuple[str, ...]
    answer: Callable[[Request, Mailbox, Json], Response]


def _object(content: bytes) -> Json:
    if not content:
        return {}
    try:
        body = json.loads(content)
    except ValueError as error:
        raise Problem(400, "RequestBodyRead", "The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise Problem(400, "RequestBodyRead", "The body is not a JSON object.")
    return body
