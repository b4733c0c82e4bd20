"""What a request to Graph may ask for in its query and in its Prefer header.

Sources: https://learn.microsoft.com/en-us/graph/query-parameters,
https://learn.microsoft.com/en-us/graph/api/calendar-list-calendarview, …/event-get, …/contact-delta.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from tzlocal.windows_tz import tz_win, win_tz

from zoomcal.sandbox.microsoft.answers import Problem

_SYSTEM = frozenset("top skip select orderby filter count expand search skiptoken deltatoken format".split())
_PREFERENCE = re.compile(r'\s*([\w.-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]+)))?[^,]*')
LARGEST_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Prefer:
    """The preferences of a request that were followed."""

    zone_name: str = "UTC"
    """As it was asked for: an IANA name or a Windows one."""
    text: bool = False
    immutable: bool = False
    page_size: int | None = None
    applied: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times are told in."""
        return zone_named(self.zone_name)

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says of them."""
        return {"preference-applied": self.applied} if self.applied else {}


def prefer_of(request: Request) -> Prefer:
    """Read the preferences; those that are unknown are passed over (RFC 7240).

    Raises:
        Problem: There is no such time zone.
    """
    given: dict[str, str] = {}
    for header in request.headers.getlist("prefer"):
        for found in _PREFERENCE.finditer(header):
            given.setdefault(found[1].casefold(), found[2] or found[3] or "")
    applied = []
    zone_name, kind = given.get("outlook.timezone", ""), given.get("outlook.body-content-type", "").casefold()
    if zone_name:
        zone_named(zone_name)
        applied.append(f'outlook.timezone="{zone_name}"')
    if kind in {"text", "html"}:
        applied.append(f'outlook.body-content-type="{kind}"')
    immutable = given.get("idtype", "").casefold() == "immutableid"
    if immutable:
        applied.append('IdType="ImmutableId"')
    size = given.get("odata.maxpagesize", "")
    if size.isdecimal() and int(size):
        applied.append(f"odata.maxpagesize={size}")
    return Prefer(
        zone_name=zone_name or "UTC",
        text=kind == "text",
        immutable=immutable,
        page_size=min(int(size), LARGEST_PAGE) if size.isdecimal() and int(size) else None,
        applied=", ".join(applied),
    )


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA or a Windows name.

    Raises:
        Problem: There is no such time zone.
    """
    try:
        return ZoneInfo(win_tz.get(name, name))
    except (ValueError, KeyError, OSError) as error:
        text = f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'."
        raise Problem(400, "TimeZoneNotSupportedException", text) from error


def windows_name(zone: str) -> str:
    """Return the Windows name of an IANA zone; UTC's where it has none."""
    return tz_win.get(zone, "UTC")


def query_of(request: Request, allowed: Collection[str]) -> dict[str, str]:
    """Return the query options by their names, in lower case and without `$`, as Graph takes them either way.

    Options of the service's own (without `$`) that it does not know are passed over.

    Raises:
        Problem: A system option does not exist, is not served here, or comes twice.
    """
    given: dict[str, str] = {}
    for raw, value in request.query_params.multi_items():
        name = raw.removeprefix("$").casefold()
        if name not in _SYSTEM:
            if raw.startswith("$"):
                raise _unparsed(f"The query parameter '{raw}' is not supported.")
            if name not in allowed:
                continue
        elif name not in allowed:
            text = f"The query parameter '${name}' is not supported for this request."
            raise Problem(400, "ErrorInvalidUrlQuery", text)
        if name in given:
            raise _unparsed(
                f"Query option '{raw}' was specified more than once, but it must be specified at most once."
            )
        given[name] = value
    return given


def number(query: Mapping[str, str], name: str, least: int, most: int | None = None) -> int | None:
    """Return a number of the query, None where it is absent.

    Raises:
        Problem: It is none, or out of bounds.
    """
    text = query.get(name)
    if text is None:
        return None
    if not text.isdecimal() or int(text) < least:
        raise _unparsed(
            f"Invalid value '{text}' for ${name} query option found. The ${name} query option requires a non-negative "
            "integer value."
        )
    if most is not None and int(text) > most:
        limit = f"The limit of '{most}' for {name.title()} query has been exceeded."
        raise Problem(400, "ErrorInvalidUrlQuery", f"{limit} The value from the incoming request is '{text}'.")
    return int(text)


def selected(query: Mapping[str, str], names: Mapping[str, str], kind: str) -> tuple[str, ...] | None:
    """Return the properties that `$select` names, None for all of them.

    Args:
        query: As `query_of` gives it.
        names: Every property, by its name in lower case.
        kind: What an error calls the type.

    Raises:
        Problem: There is no such property.
    """
    text = query.get("select", "").strip()
    if not text or text == "*":
        return None
    chosen = []
    for each in filter(None, (part.strip() for part in text.split(","))):
        name = names.get(each.partition("/")[0].casefold())
        if name is None:
            raise _unparsed(f"Could not find a property named '{each}' on type 'microsoft.graph.{kind}'.")
        chosen.append(name)
    return tuple(dict.fromkeys(chosen))


def moment(query: Mapping[str, str], name: str) -> datetime:
    """Return a required moment of the query; one without an offset is in UTC, whatever the request prefers.

    Raises:
        Problem: It is missing or none.
    """
    text = query.get(name.casefold(), "")
    if not text:
        needed = "This request requires a time window specified by the query string parameters"
        raise Problem(400, "ErrorInvalidParameter", f"{needed} StartDateTime and EndDateTime.")
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Problem(400, "ErrorInvalidParameter", f"The value '{text}' of parameter '{name}' is invalid.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _unparsed(message: str) -> Problem:
    return Problem(400, "RequestBroker--ParseUri", message)
