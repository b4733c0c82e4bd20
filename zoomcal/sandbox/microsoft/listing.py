"""Lists with their pages: order, size, and the links that lead on.

Source: https://learn.microsoft.com/en-us/graph/paging.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from zoomcal.sandbox.microsoft.answers import Problem, dumps, reply
from zoomcal.sandbox.microsoft.filtering import filter_of
from zoomcal.sandbox.microsoft.options import LARGEST_PAGE, Prefer, number, query_of

Json = dict[str, Any]
T = TypeVar("T")
LIST_OPTIONS = frozenset(("top", "skip", "select", "filter", "orderby", "count"))
_PAGE = 10


def chosen(
    items: Sequence[T], query: Mapping[str, str], names: Mapping[str, str], told: Callable[[T], Json]
) -> Sequence[T]:
    """Return the items that `$filter` lets through in the order of `$orderby`, by properties as they are told.

    Raises:
        Problem: There is no such property, or one of the two is not well formed.
    """
    if "filter" in query:
        test = filter_of(query["filter"], names)
        items = [item for item in items if test(told(item))]
    for part in reversed([part for part in query.get("orderby", "").split(",") if part.strip()]):
        path, _, direction = part.strip().partition(" ")
        first, *rest = path.split("/")
        if first.casefold() not in names or direction.strip().casefold() not in {"", "asc", "desc"}:
            raise Problem(400, "RequestBroker--ParseUri", f"Could not find a property named '{path}'.")
        steps = (names[first.casefold()], *rest)

        def key(item: T, steps: tuple[str, ...] = steps) -> tuple[bool, str]:
            value: Any = told(item)
            for step in steps:
                value = value.get(step) if isinstance(value, dict) else None
            return value is not None, str(value).casefold()

        items = sorted(items, key=key, reverse=direction.strip().casefold() == "desc")
    return items


def answer_page(
    request: Request,
    items: Sequence[T],
    query: Mapping[str, str],
    *,
    context: str,
    prefer: Prefer,
    told: Callable[[T], bytes],
    hesitant: bool = False,
) -> Response:
    """Answer with one page of a list.

    Args:
        request: What asks.
        items: The whole list.
        query: As `query_of` gives it.
        context: The end of `@odata.context`.
        prefer: The preferences followed.
        told: Renders one item.
        hesitant: Whether a first page is to be empty, with a link to the next one.
    """
    size = number(query, "top", 1, LARGEST_PAGE) or prefer.page_size or _PAGE
    at = number(query, "skip", 0)
    if at is None and hesitant:
        at = size = 0
    at = at or 0
    head: Json = {"@odata.context": f"{service_root(request)}/$metadata#{context}"}
    if query.get("count", "").casefold() == "true":
        head["@odata.count"] = len(items)
    if at + size < len(items) or (hesitant and not size):
        head["@odata.nextLink"] = following(request, {"skip": str(at + size)})
    return reply(request, with_values(head, map(told, items[at : at + size])), headers=prefer.headers)


def answer_count(request: Request, items: Sequence[T], names: Mapping[str, str], told: Callable[[T], Json]) -> Response:
    """Answer with how many items there are that `$filter` lets through, as plain text.

    Raises:
        Problem: The filter is not well formed, or another option is given.
    """
    found = chosen(items, query_of(request, {"filter"}), names, told)
    return PlainTextResponse(str(len(found)))


def with_values(head: Json, values: Any) -> bytes:
    """Return the JSON of a list: `head`, and the values that are JSON already."""
    return dumps(head)[:-1] + b',"value":[' + b",".join(values) + b"]}"


def following(request: Request, changed: Mapping[str, str], *, without: frozenset[str] = frozenset()) -> str:
    """Return the address of the request with system options changed, added or (`without`) left out."""
    kept = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name.removeprefix("$").casefold() not in changed.keys() | without
    ]
    options = [*kept, *((f"${name}", value) for name, value in changed.items())]
    query = "&".join(f"{quote(name, safe='$')}={quote(value, safe=':/,')}" for name, value in options)
    return f"{request.url.replace(query='')}".rstrip("?") + f"?{query}"


def service_root(request: Request) -> str:
    """Return the address that the service's paths are below."""
    return f"{request.url.scheme}://{request.url.netloc}/v1.0"
