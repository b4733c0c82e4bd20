"""JSON answers as every provider reads them: patient with odd fields, never with a page that is none."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
import requests

from zoomcal.errors import Transient

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
T = TypeVar("T")

NOTHING: Json = {}
ODD = (KeyError, TypeError, ValueError, AttributeError, OverflowError, IndexError)
"""What reading a field of another shape than documented ends with."""


def parsed(reply: requests.Response) -> dict[str, Any]:
    """Return the JSON object that the answer holds.

    Raises:
        Transient: It holds none.
    """
    try:
        found = _read(reply.content)
    except (ValueError, RecursionError):
        raise Transient(detail=f"HTTP {reply.status_code}, not JSON") from None
    if not isinstance(found, dict):
        raise Transient(detail=f"HTTP {reply.status_code}, not an object")
    return found


def objects(page: Json, name: str) -> list[Any]:
    """Return the objects in a page's list.

    Raises:
        Transient: It is no list.
    """
    found = page.get(name, [])
    if not isinstance(found, list):
        raise Transient(detail=f"{name} is not a list")
    return [entry for entry in found if isinstance(entry, dict)]


def text(value: object) -> str:
    """Return a text; whatever is none counts as empty."""
    return value if isinstance(value, str) else ""


def listed(value: object) -> list[Json]:
    """Return the objects of a list; whatever is none is left out."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def read_each(items: Iterable[Any], read: Callable[[Any], T | None], what: str) -> list[T]:
    """Return what `read` makes of each item; one that it cannot read is left out and logged without its content."""
    found = []
    for item in items:
        try:
            made = read(item)
        except ODD as error:
            known = repr(item.get("id") if isinstance(item, dict) else "").encode(errors="replace")
            log.warning("%s %s skipped: %s", what, hashlib.sha256(known).hexdigest()[:8], type(error).__name__)
            continue
        if made is not None:
            found.append(made)
    return found


def chained(
    read: Callable[[str], dict[str, Any]], following: Callable[[Json], str], most: int
) -> Iterator[dict[str, Any]]:
    """Yield a list's first page and those after it.

    Args:
        read: Reads the page that a token or address stands for; the first one for an empty text.
        following: Returns what stands for the page after the given one; empty after the last.
        most: How many may follow the first.

    Raises:
        Transient: There are more, or the same ones again.
    """
    seen: set[str] = set()
    page = read("")
    while True:
        yield page
        after = following(page)
        if not after:
            return
        if after in seen or len(seen) >= most:
            raise Transient(detail="the pages do not end")
        seen.add(after)
        page = read(after)


def rfc3339(moment: datetime) -> str:
    """Return a moment in UTC, to the millisecond."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _mended(json.loads(body))  # it may hold half a character, which only the patient parser takes


def _mended(value: Any) -> Any:
    """Return JSON without halves of characters: an escape may stand for one, and no text can be stored with it."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_mended(key): _mended(inner) for key, inner in value.items()}
        case list():
            return [_mended(inner) for inner in value]
        case _:
            return value
