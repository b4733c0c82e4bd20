"""Delta links: their query options and tokens, and what changed in a window of a calendar.

Sources: https://learn.microsoft.com/en-us/graph/api/event-delta, …/delta-query-overview.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from zoomcal.sandbox.mailbox import Calendar, Event
from zoomcal.sandbox.microsoft import events, ids
from zoomcal.sandbox.microsoft.answers import Problem, dumps, reply
from zoomcal.sandbox.microsoft.listing import following, service_root, with_values
from zoomcal.sandbox.microsoft.options import Prefer, moment, prefer_of, query_of
from zoomcal.sandbox.paging import BadToken, seal, unseal

Json = dict[str, Any]
_WINDOW = frozenset(("startdatetime", "enddatetime"))
_TOKENS = frozenset(("skiptoken", "deltatoken"))
_PAGE = 50
_KEPT = 200
_OF_AN_OCCURRENCE = ("id", "start", "end", "seriesMasterId", "type")
"""All that is told of an occurrence that is like its master, which is told beside it."""


@dataclass(frozen=True, slots=True)
class _Round:
    """The pages of one round, and what the client knows after them: revisions by id."""

    calendar: str
    start: datetime
    end: datetime
    until: int
    changes: Sequence[Event | str]
    known: Mapping[str, int]


class WindowChanges:
    """What changed in windows of calendars."""

    def __init__(self) -> None:
        self._rounds: OrderedDict[str, _Round] = OrderedDict()

    def answer(self, request: Request, calendar: Calendar, gone: Problem) -> Response:
        """Answer with a page of what changed since a link, everything in the window where there is none.

        Raises:
            Problem: The query is none; `gone` where the link is too old.
        """
        query, prefer = delta_query(request, _WINDOW | _TOKENS, "CalendarView"), prefer_of(request)
        sealed, at = query.get("skiptoken") or query.get("deltatoken"), 0
        if sealed is None:
            start, end = moment(query, "startDateTime"), moment(query, "endDateTime")
            if end < start:
                raise Problem(400, "ErrorInvalidParameter", "The end of the window lies before its start.")
            key, found = self._begun(calendar, start, end, {})
        else:
            token = opened(sealed)
            key, at = str(token.get("round")), int(token.get("at", 0))
            kept = self._rounds.get(key)
            if kept is None or kept.calendar != calendar.id or not calendar.events.remembers(kept.until):
                raise gone
            found = kept
            if "deltatoken" in query:
                key, found = self._begun(calendar, kept.start, kept.end, kept.known)
        size = prefer.page_size or _PAGE
        head: Json = {"@odata.context": f"{service_root(request)}/$metadata#Collection(event)"}
        if at + size < len(found.changes):
            option = {"skiptoken": seal({"round": key, "at": at + size})}
            head["@odata.nextLink"] = following(request, option, without=_WINDOW | _TOKENS)
        else:
            option = {"deltatoken": seal({"round": key})}
            head["@odata.deltaLink"] = following(request, option, without=_WINDOW | _TOKENS)
        told = (_told(each, calendar, prefer) for each in found.changes[at : at + size])
        return reply(request, with_values(head, told), headers=prefer.headers)

    def _begun(
        self, calendar: Calendar, start: datetime, end: datetime, known: Mapping[str, int]
    ) -> tuple[str, _Round]:
        shown = [each for each in calendar.view(start, end) if each.ends > start or each.begins == each.ends == start]
        masters = dict.fromkeys(each.master_id for each in shown if each.master_id)
        whole = [each for each in map(calendar.get, masters) if each is not None] + shown
        now = {each.id: each.revision for each in whole}
        changes = [each for each in whole if known.get(each.id) != each.revision]
        found = _Round(
            calendar.id, start, end, calendar.revision, [*changes, *(each for each in known if each not in now)], now
        )
        key = uuid4().hex
        self._rounds[key] = found
        while len(self._rounds) > _KEPT:
            self._rounds.popitem(last=False)
        return key, found


def opened(sealed: str) -> Json:
    """Return what a link's token holds.

    Raises:
        Problem: It was not made here.
    """
    try:
        return unseal(sealed)
    except BadToken as error:
        raise Problem(400, "ErrorInvalidUrlQuery", "The token of the request is invalid.") from error


def delta_query(request: Request, allowed: frozenset[str], resource: str) -> dict[str, str]:
    """Return the query options of a request for changes, which takes few.

    Raises:
        Problem: There is another one.
    """
    try:
        return query_of(request, allowed)
    except Problem as problem:
        if problem.code != "ErrorInvalidUrlQuery":
            raise
        refused = ("orderby", "filter", "select", "expand", "search", "top", "skip")
        said = ", ".join(f"${name}" for name in refused if name not in allowed)
        text = f"The following parameters are not supported with change tracking over the '{resource}' resource: "
        raise Problem(400, "ErrorInvalidUrlQuery", f"{text}'{said}'.") from None


def _told(item: Event | str, calendar: Calendar, prefer: Prefer) -> bytes:
    kind = {"@odata.type": "#microsoft.graph.event"}
    if isinstance(item, str):
        identity = ids.shown(item, immutable=prefer.immutable)
        return dumps(kind | {"id": identity, "@removed": {"reason": "deleted"}})
    names = _OF_AN_OCCURRENCE if item.kind == "occurrence" else None
    return dumps(kind | events.told(item, calendar, events.Shape(prefer=prefer, names=names)))
