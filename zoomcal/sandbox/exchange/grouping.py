"""Groups of FindItem: items with the same value of a property, the groups in order ([MS-OXWSSRCH] section 2.2.4.9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.restrictions import arranged_by, sort_key, value_of
from zoomcal.sandbox.exchange.shapes import stamp
from zoomcal.sandbox.exchange.soap import TYPES


def grouped(call: Call, items: Sequence[Item]) -> tuple[Sequence[Item], Callable[[Item], str] | None]:
    """Return the items group by group, and what names an item's group; None where no groups are asked for.

    Within a group they stay in the order that they came in.

    Raises:
        Problem: The grouping is one that nothing here has a property for.
        Fault: It is against the schema.
    """
    if call.child("DistinguishedGroupBy") is not None:
        raise Problem("ErrorUnsupportedPathForSortGroup")
    asked = call.child("GroupBy")
    if asked is None:
        return items, None
    aggregate = asked.find(f"{{{TYPES}}}AggregateOn")
    kind, order = _of(aggregate, "Aggregate"), asked.get("Order")
    if aggregate is None or kind not in {"Minimum", "Maximum"} or order not in {"Ascending", "Descending"}:
        raise Fault("ErrorSchemaValidation", "The element 'GroupBy' has incomplete content.")
    uri, ranked_by = arranged_by(asked), arranged_by(aggregate)

    def name(item: Item) -> str:
        found = value_of(item, uri)
        if isinstance(found, bool):
            return str(found).lower()
        return stamp(found) if isinstance(found, datetime) else str("" if found is None else found)

    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(name(item), []).append(item)
    chosen = min if kind == "Minimum" else max

    def rank(members: Sequence[Item]) -> tuple[bool, object]:
        return chosen(sort_key(item, ranked_by) for item in members)

    ranked = sorted(groups.values(), key=rank, reverse=order == "Descending")
    return [item for members in ranked for item in members], name


def _of(element: etree._Element | None, name: str) -> str:
    return element.get(name, "") if element is not None else ""
