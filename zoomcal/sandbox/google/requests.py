"""What every call of a Google API has in common: its standard parameters and how a refusal becomes an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from zoomcal.sandbox.google.answers import Problem, refusal
from zoomcal.sandbox.google.events import Calendar
from zoomcal.sandbox.google.fields import BadMask, Mask, check, parse
from zoomcal.sandbox.paging import BadToken

STANDARD = frozenset(
    "alt fields key prettyPrint quotaUser userIp oauth_token access_token callback $.xgafv uploadType".split()
)
Handler = Callable[[Request, bytes], Response]


def answered(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads the body, calls `handler` and turns what it refuses into Google's own words."""

    async def endpoint(request: Request) -> Response:
        content = await request.body()
        try:
            with request.app.state.google.lock:
                return handler(request, content)
        except Problem as problem:
            return refusal(request.url.path, problem)
        except BadToken:
            return refusal(
                request.url.path, Problem(400, "invalidParameter", "Invalid page token.", location="pageToken")
            )

    return endpoint


def mask_of(query: Mapping[str, str], names: frozenset[str], item_names: frozenset[str] | None = None) -> Mask:
    """Return the mask that `fields` asks for; `item_names` are the names below `items`.

    Raises:
        Problem: The mask is malformed or selects a field that does not exist.
    """
    text = query.get("fields", "")
    if not text:
        return {}
    try:
        mask = parse(text)
        check(mask, names)
        if item_names is not None:
            check(mask.get("items", {}), item_names)
    except BadMask as error:
        raise Problem(400, "invalidParameter", f"Invalid field selection {error}", location="fields") from error
    return mask


def integer(query: Mapping[str, str], name: str, default: int, largest: int) -> int:
    """Return a number of at least 1, cut to `largest`, as Google treats sizes.

    Raises:
        Problem: It is no number, or too small.
    """
    text = query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise Problem(400, "invalidParameter", f"Invalid value '{text}'.", location=name)
    return min(int(text), largest)


def switch(query: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """Return a boolean parameter.

    Raises:
        Problem: It is neither true nor false.
    """
    text = query.get(name, "true" if default else "false").lower()
    if text not in {"true", "false"}:
        raise Problem(400, "invalidParameter", f"Invalid boolean value: '{text}'.", location=name)
    return text == "true"


def zone_of(query: Mapping[str, str], calendar: Calendar) -> ZoneInfo:
    """Return the zone that an answer's times are given in.

    Raises:
        Problem: There is no such zone.
    """
    name = query.get("timeZone") or calendar.zone
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        raise Problem(400, "invalid", f"Unknown time zone {name!r}.", location="timeZone") from error
