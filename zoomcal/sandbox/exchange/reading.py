"""GetItem and FindItem ([MS-OXWSCORE] section 3.1.4.4, [MS-OXWSSRCH] section 3.1.4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call, each, integer
from zoomcal.sandbox.exchange.folders import Folder, Tree
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.rendering import Renderer
from zoomcal.sandbox.exchange.restrictions import ordered, passing
from zoomcal.sandbox.exchange.shapes import shape_of
from zoomcal.sandbox.exchange.soap import MESSAGES
from zoomcal.sandbox.mailbox import Calendar, ContactFolder

FIND_LIMIT = 1000
"""How many entries a FindItem or FindFolder gives at most (throttling policy: EWSFindCountLimit)."""
_LONGEST_VIEW = timedelta(days=2 * 366)
_VIEWS = ("IndexedPageItemView", "FractionalPageItemView", "CalendarView", "ContactsView")


def get_item(call: Call) -> Iterator[str]:
    """Give items by their ids."""
    renderer = Renderer(call, shape_of(call.child("ItemShape")))

    def one(reference: etree._Element) -> str:
        found = call.find(reference)
        return f"<m:Items>{renderer.write(found.item, found.tree, found.folder)}</m:Items>"

    return each("GetItem", call.children("ItemIds"), one)


def find_item(call: Call) -> Iterator[str]:
    """Give what is in folders: a window of a calendar, or a page of everything."""
    if call.body.get("Traversal") not in {"Shallow", "SoftDeleted", "Associated"}:
        raise Fault("ErrorSchemaValidation", "The 'Traversal' attribute is missing or invalid.")
    renderer = Renderer(call, shape_of(call.child("ItemShape")), brief=True)
    view = next((found for name in _VIEWS if (found := call.child(name)) is not None), None)

    def one(reference: etree._Element) -> str:
        tree, folder = call.access.folder(reference)
        if view is not None and view.tag == f"{{{MESSAGES}}}CalendarView":
            return _window(call, renderer, tree, folder, view)
        items = passing(call, _everything(tree, folder) if call.body.get("Traversal") == "Shallow" else [])
        return _page(renderer, tree, folder, ordered(call, items), view)

    return each("FindItem", call.children("ParentFolderIds"), one)


def _window(call: Call, renderer: Renderer, tree: Tree, folder: Folder, view: etree._Element) -> str:
    if not isinstance(folder.content, Calendar):
        raise Problem("ErrorCalendarFolderIsInvalidForCalendarView")
    start, end = call.moment(view.get("StartDate", "")), call.moment(view.get("EndDate", ""))
    if end < start:
        raise Problem("ErrorCalendarEndDateIsEarlierThanStartDate")
    if end - start > _LONGEST_VIEW:
        raise Problem("ErrorCalendarViewRangeTooBig")
    if call.child("Restriction") is not None or call.child("SortOrder") is not None:
        raise Problem("ErrorInvalidRestriction")
    most = integer(view.get("MaxEntriesReturned") or None, FIND_LIMIT)
    if most < 1:
        raise Problem("ErrorInvalidPagingMaxRows")
    found = folder.content.view(start, end)
    if call.quirks.masters_in_views:
        masters = dict.fromkeys(each.master_id for each in found if each.master_id)
        singles = [each for each in found if not each.master_id]
        found = singles + [each for identity in masters if (each := folder.content.get(identity)) is not None]
    given = found[: min(most, FIND_LIMIT)]
    whole = "true" if len(given) == len(found) else "false"
    items = "".join([renderer.write(item, tree, folder) for item in given])
    return (
        f'<m:RootFolder TotalItemsInView="{len(found)}" IncludesLastItemInRange="{whole}">'
        f"<t:Items>{items}</t:Items></m:RootFolder>"
    )


def _page(renderer: Renderer, tree: Tree, folder: Folder, items: Sequence[Item], view: etree._Element | None) -> str:
    first, most = page_of(view, len(items))
    given = items[first : first + most]
    after = first + len(given)
    whole = "true" if after >= len(items) else "false"
    inside = "".join([renderer.write(item, tree, folder) for item in given])
    return (
        f'<m:RootFolder IndexedPagingOffset="{after}" TotalItemsInView="{len(items)}" '
        f'IncludesLastItemInRange="{whole}"><t:Items>{inside}</t:Items></m:RootFolder>'
    )


def page_of(view: etree._Element | None, total: int) -> tuple[int, int]:
    """Return where a page begins and how many entries it may hold; without a view it holds all that is allowed.

    Raises:
        Problem: The page is none.
        Fault: The view is against the schema.
    """
    if view is None:
        return 0, FIND_LIMIT
    most = integer(view.get("MaxEntriesReturned") or None, FIND_LIMIT)
    if most < 1:
        raise Problem("ErrorInvalidPagingMaxRows")
    most = min(most, FIND_LIMIT)
    if etree.QName(view).localname.startswith("Fractional"):
        part, of = integer(view.get("Numerator")), integer(view.get("Denominator"))
        if of < 1 or not 0 <= part <= of:
            raise Problem("ErrorInvalidFractionalPagingParameters")
        return total * part // of, most
    if etree.QName(view).localname == "ContactsView":
        return 0, most
    offset = integer(view.get("Offset"), 0)
    if offset < 0:
        raise Problem("ErrorInvalidIndexedPagingParameters")
    if view.get("BasePoint") == "End":
        last = max(total - offset, 0)
        return max(last - most, 0), min(most, last)
    return min(offset, total), most


def _everything(tree: Tree, folder: Folder) -> list[Item]:
    if isinstance(folder.content, Calendar):
        return list(folder.content.events)
    if isinstance(folder.content, ContactFolder):
        return list(folder.content.contacts)
    return list(tree.mailbox.deleted.values()) if folder.key == "deleteditems" else []
