"""Restrictions and sort orders of FindItem ([MS-OXWSSRCH] section 2.2.4.13), for the properties that a person sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call, integer
from zoomcal.sandbox.exchange.extended import key_of
from zoomcal.sandbox.exchange.extended import value as extended_value
from zoomcal.sandbox.exchange.folders import Folder
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.shapes import EXTENDED, path_of
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.mailbox import Contact, Event
from zoomcal.sandbox.mailbox.text import plain

Value = str | int | bool | datetime
_DEEPEST = 64
_MODES = frozenset({"FullString", "Prefixed", "Substring", "PrefixOnWords", "ExactPhrase"})


def _class_of(item: Item) -> str:
    if isinstance(item, Event):
        return "IPM.Appointment"
    return "IPM.DistList" if item.members else "IPM.Contact"


_SHARED: dict[str, Callable[[Item], Value]] = {
    "item:Subject": lambda item: item.subject if isinstance(item, Event) else item.display_name,
    "item:Body": lambda item: plain(item.body) if isinstance(item, Event) else item.notes,
    "item:ItemClass": _class_of,
    "item:DateTimeCreated": lambda item: item.created,
    "item:DateTimeReceived": lambda item: item.created,
    "item:LastModifiedTime": lambda item: item.changed,
}
_EVENTS: dict[str, Callable[[Event], Value]] = {
    "calendar:Start": lambda event: event.begins,
    "calendar:End": lambda event: event.ends,
    "calendar:Location": lambda event: event.location,
    "calendar:UID": lambda event: event.uid,
    "calendar:IsAllDayEvent": lambda event: event.all_day,
    "calendar:IsCancelled": lambda event: event.cancelled,
    "calendar:IsMeeting": lambda event: event.is_meeting,
    "calendar:IsRecurring": lambda event: event.kind != "single",
}
_CONTACTS: dict[str, Callable[[Contact], Value]] = {
    "contacts:DisplayName": lambda contact: contact.display_name,
    "contacts:GivenName": lambda contact: contact.given_name,
    "contacts:Surname": lambda contact: contact.surname,
    "contacts:CompanyName": lambda contact: contact.company,
    "contacts:JobTitle": lambda contact: contact.job_title,
    "contacts:FileAs": lambda contact: contact.file_as or contact.display_name,
    "contacts:EmailAddresses": lambda contact: " ".join(each.address for each in contact.emails),
}
_FOLDERS: dict[str, Callable[[Folder], Value]] = {
    "folder:DisplayName": lambda folder: folder.name,
    "folder:FolderClass": lambda folder: folder.folder_class,
}
_EXTENDED = "extended "
"""Stands before the key of an extended property; what no item has passes no test."""
_COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "IsEqualTo": lambda one, other: one == other,
    "IsNotEqualTo": lambda one, other: one != other,
    "IsGreaterThan": lambda one, other: one > other,  # type: ignore[operator]
    "IsGreaterThanOrEqualTo": lambda one, other: one >= other,  # type: ignore[operator]
    "IsLessThan": lambda one, other: one < other,  # type: ignore[operator]
    "IsLessThanOrEqualTo": lambda one, other: one <= other,  # type: ignore[operator]
}
Test = Callable[[Item | Folder], bool]
T = TypeVar("T", bound=Item | Folder)


def passing(call: Call, items: Sequence[T]) -> Sequence[T]:
    """Return the items, or folders, that the request's restriction lets through.

    Raises:
        Problem: It is about something that cannot be searched here.
    """
    restriction = call.child("Restriction")
    if restriction is None:
        return items
    if len(restriction) != 1:
        raise Fault("ErrorSchemaValidation", "The element 'Restriction' has incomplete content.")
    test = _test(call, restriction[0], 0)
    return [item for item in items if test(item)]


def sought(call: Call, view: etree._Element, items: Sequence[T]) -> int:
    """Return where the first item is that a SeekToConditionPageItemView looks for; beyond all where none is.

    Raises:
        Problem: Its condition is about something that cannot be searched here.
        Fault: It is against the schema.
    """
    condition, base = view.find(f"{{{TYPES}}}Condition"), view.get("BasePoint")
    if condition is None or len(condition) != 1 or base not in {"Beginning", "End"}:
        raise Fault("ErrorSchemaValidation", "The element 'SeekToConditionPageItemView' has incomplete content.")
    test = _test(call, condition[0], 0)
    places = range(len(items)) if base == "Beginning" else reversed(range(len(items)))
    return next((place for place in places if test(items[place])), len(items))


def ordered(call: Call, items: Sequence[Item]) -> Sequence[Item]:
    """Return the items in the request's order.

    Raises:
        Problem: It is about something that cannot be sorted by.
    """
    order = call.child("SortOrder")
    for each in reversed(list(order if order is not None else ())):
        uri = arranged_by(each)
        items = sorted(items, key=lambda item: sort_key(item, uri), reverse=each.get("Order") == "Descending")
    return items


def sort_key(item: Item, uri: str) -> tuple[bool, object]:
    """Return what puts an item in order by a property; those without it come first."""
    found = value_of(item, uri)
    return found is not None, found.casefold() if isinstance(found, str) else found


def value_of(item: Item | Folder, uri: str) -> Value | None:
    """Return a property of an item or a folder; None where it has none."""
    if isinstance(item, Folder):
        return _FOLDERS[uri](item) if uri in _FOLDERS else None
    if uri.startswith(_EXTENDED):
        return extended_value(item, uri.removeprefix(_EXTENDED))
    if uri in _SHARED:
        return _SHARED[uri](item)
    if isinstance(item, Event):
        return _EVENTS[uri](item) if uri in _EVENTS else None
    return _CONTACTS[uri](item) if uri in _CONTACTS else None


def _test(call: Call, element: etree._Element, depth: int) -> Test:
    if depth > _DEEPEST:
        raise Problem("ErrorRestrictionTooComplex")
    name = etree.QName(element).localname
    match name:
        case "And" | "Or":
            tests = [_test(call, each, depth + 1) for each in element]
            join = all if name == "And" else any
            return lambda item: join(test(item) for test in tests)
        case "Not" if len(element) == 1:
            inner = _test(call, element[0], depth + 1)
            return lambda item: not inner(item)
        case "Exists":
            uri = _searched(element)
            return lambda item: value_of(item, uri) not in {None, ""}
        case "Contains":
            return _contains(element)
        case _ if name in _COMPARISONS:
            return _compares(call, element, _COMPARISONS[name])
    raise Problem("ErrorInvalidRestriction")


def arranged_by(element: etree._Element) -> str:
    """Return the property that an element of a sort order or a grouping begins with.

    Raises:
        Problem: It is none to arrange items by.
    """
    return _path(element, "ErrorUnsupportedPathForSortGroup")


def _path(element: etree._Element, code: str) -> str:
    """Return the URI that an element begins with, or the marked key of an extended property."""
    uri = path_of(element[0])[0] if len(element) else ""
    if uri == EXTENDED:
        return _EXTENDED + key_of(element[0])
    if not any(uri in known for known in (_SHARED, _EVENTS, _CONTACTS, _FOLDERS)):
        raise Problem(code, field=uri)
    return uri


def _searched(element: etree._Element) -> str:
    return _path(element, "ErrorUnsupportedPathForQuery")


def _contains(element: etree._Element) -> Test:
    uri = _searched(element)
    constant = element.find(f"{{{TYPES}}}Constant")
    wanted = constant.get("Value", "") if constant is not None else ""
    exact = element.get("ContainmentComparison", "Exact") == "Exact"
    mode = element.get("ContainmentMode", "FullString")
    if mode not in _MODES:
        raise Fault("ErrorSchemaValidation", f"The 'ContainmentMode' attribute is invalid: '{mode}'.")
    wanted = wanted if exact else wanted.casefold()

    def test(item: Item | Folder) -> bool:
        found = value_of(item, uri)
        if not isinstance(found, str):
            return False
        found = found if exact else found.casefold()
        if mode == "FullString":
            return found == wanted
        if mode == "Prefixed":
            return found.startswith(wanted)
        if mode == "PrefixOnWords":
            return any(word.startswith(wanted) for word in re.findall(r"\w+", found))
        return wanted in found

    return test


def _compares(call: Call, element: etree._Element, compare: Callable[[Value, Value], bool]) -> Test:
    uri = _searched(element)
    other = element.find(f"{{{TYPES}}}FieldURIOrConstant/{{{TYPES}}}Constant")
    if other is None:
        raise Problem("ErrorInvalidRestriction")
    said = other.get("Value", "")

    def test(item: Item | Folder) -> bool:
        found = value_of(item, uri)
        if found is None:
            return False
        wanted: Value = said
        if isinstance(found, datetime):
            wanted = call.moment(said)
        elif isinstance(found, bool):
            wanted = said.casefold() in {"true", "1"}
        elif isinstance(found, int):
            wanted = integer(said)
        return compare(found, wanted)

    return test
