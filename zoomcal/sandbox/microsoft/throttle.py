"""The limit of requests at the same time that Outlook's part of Graph has for one program and one mailbox.

Source: https://learn.microsoft.com/en-us/graph/throttling-limits#limits-per-app-id-and-mailbox-combination.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from zoomcal.sandbox.faults import Asked
from zoomcal.sandbox.microsoft.answers import Problem


class AtOnce:
    """Refuses what comes while `limit` requests for the same mailbox are being answered."""

    def __init__(
        self, *, whose: Callable[[str], str], asked: deque[Asked], refuse: Callable[[Problem], Response]
    ) -> None:
        """`whose(authorization)` names the mailbox that a header opens."""
        self.limit = 4
        self.refused = 0
        """How many requests were too many."""
        self._whose, self._asked, self._refuse = whose, asked, refuse
        self._under_way: Counter[str] = Counter()

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return the application with its limit."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            header = Headers(scope=scope).get("authorization", "")
            whose = self._whose(header) if header and scope["path"].startswith("/v1.0/") else ""
            if not whose:
                await app(scope, receive, send)
                return
            if self._under_way[whose] >= self.limit:
                self.refused += 1
                self._asked.append(Asked(scope["method"], scope["path"], scope["query_string"].decode()))
                refusal = self._refuse(Problem(429, "ApplicationThrottled", headers={"retry-after": "1"}))
                await refusal(scope, receive, send)
                return
            self._under_way[whose] += 1
            try:
                await app(scope, receive, send)
            finally:
                self._under_way[whose] -= 1

        return limited
