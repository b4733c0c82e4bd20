"""A signed-in session at the sandbox's Graph, and a mailbox for it that a test fills."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.mailbox import Event, Person
from zoomcal.sandbox.recurrence import Moment

Json = dict[str, Any]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HANOI = "Asia/Ho_Chi_Minh"
NINE = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""Nine o'clock in Hanoi, on a Monday."""
ADA = "ada@example.org"
ZOE = Person(name="Zoe", address="zoe@example.org")
PERMISSIONS = ("User.Read", "Calendars.ReadWrite", "Contacts.Read")


class Graph:
    """Asks as one person."""

    def __init__(self, sandbox: Sandbox, session: requests.Session, permissions: tuple[str, ...] = PERMISSIONS) -> None:
        self.root: str = sandbox.endpoints["office365"]["graph_url"]
        self._session = session
        self.token = sandbox.microsoft.tokens.grant(ADA, *permissions)

    def ask(
        self, path: str, *, method: str = "GET", prefer: str = "", headers: Json | None = None, body: Any = None
    ) -> requests.Response:
        """Ask for a path below the root, or a whole address."""
        url = path if path.startswith("http") else f"{self.root}{path}"
        sent = {"Authorization": f"Bearer {self.token}", **({"Prefer": prefer} if prefer else {}), **(headers or {})}
        return self._session.request(method, url, headers=sent, json=body, timeout=30)

    def values(self, path: str, **options: Any) -> list[Json]:
        """Return every item of a list, page after page."""
        found: list[Json] = []
        while path:
            page = self.ask(path, **options)
            assert page.ok, page.text
            found += page.json()["value"]
            path = page.json().get("@odata.nextLink", "")
        return found

    def view(self, start: datetime, end: datetime, more: str = "", **options: Any) -> list[Json]:
        """Return what the default calendar has between two moments in UTC."""
        return self.values(f"/me/calendarView?{window(start, end)}{more}", **options)


def window(start: datetime, end: datetime) -> str:
    """Return the query options of a window of moments in UTC."""
    return f"startDateTime={start:%Y-%m-%dT%H:%M:%SZ}&endDateTime={end:%Y-%m-%dT%H:%M:%SZ}"


def planned(subject: str, start: Moment = NINE, length: timedelta = HOUR, **fields: Any) -> Event:
    """Return an event to add."""
    return Event(subject=subject, start=start, end=start + length, **{"zone": HANOI, **fields})
