"""GetItem and FindItem ([MS-OXWSCORE] section 3.1.4.4, [MS-OXWSSRCH] section 3.1.4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call, each, integer
from zoomcal.sandbox.exchange.folders import Folder, Tree
from zoomcal.sandbox.exchange.grouping import grouped
from zoomcal.sandbox.exchange.item_fields import Item, element
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.querying import matching
from zoomcal.sandbox.exchange.rendering import Renderer
from zoomcal.sandbox.exchange.restrictions import ordered, passing, sought
from zoomcal.sandbox.exchange.shapes import shape_of
from zoomcal.sandbox.exchange.soap import MESSAGES
from zoomcal.sandbox.mailbox import Calendar, Contact, ContactFolder

FIND_LIMIT = 1000
"""How many entries a FindItem or FindFolder gives at most (throttling policy: EWSFindCountLimit)."""
_LONGEST_VIEW = timedelta(days=2 * 366)
_VIEWS = (
    "IndexedPageItemView", "FractionalPageItemView", "SeekToConditionPageItemView", "CalendarView", "ContactsView"
)  # fmt: skip
_NOT_IN_A_WINDOW = ("Restriction", "SortOrder", "GroupBy", "DistinguishedGroupBy", "QueryString")
"""What the entries of a CalendarView, which are no rows of the folder, cannot be chosen or arranged by."""


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
        items = _everything(tree, folder) if call.body.get("Traversal") == "Shallow" else []
        return _page(call, renderer, tree, folder, ordered(call, matching(call, passing(call, items))), view)

    return each("FindItem", call.children("ParentFolderIds"), one)


def _window(call: Call, renderer: Renderer, tree: Tree, folder: Folder, view: etree._Element) -> str:
    if not isinstance(folder.content, Calendar):
        raise Problem("ErrorCalendarFolderIsInvalidForCalendarView")
    start, end = call.moment(view.get("StartDate", "")), call.moment(view.get("EndDate", ""))
    if end < start:
        raise Problem("ErrorCalendarEndDateIsEarlierThanStartDate")
    if end - start > _LONGEST_VIEW:
        raise Problem("ErrorCalendarViewRangeTooBig")
    for name in _NOT_IN_A_WINDOW:
        if call.child(name) is not None:
            raise Problem("ErrorInvalidRestriction", f"{name} cannot be used together with CalendarView.")
    most = _most(view)
    found = folder.content.view(start, end)
    if call.quirks.masters_in_views:
        masters = dict.fromkeys(each.master_id for each in found if each.master_id)
        singles = [each for each in found if not each.master_id]
        found = singles + [each for identity in masters if (each := folder.content.get(identity)) is not None]
    given = found[:most]
    whole = "true" if len(given) == len(found) else "false"
    items = "".join([renderer.write(item, tree, folder) for item in given])
    return (
        f'<m:RootFolder TotalItemsInView="{len(found)}" IncludesLastItemInRange="{whole}">'
        f"<t:Items>{items}</t:Items></m:RootFolder>"
    )


def _page(
    call: Call, renderer: Renderer, tree: Tree, folder: Folder, items: Sequence[Item], view: etree._Element | None
) -> str:
    items, group_of = grouped(call, items)
    name = etree.QName(view).localname if view is not None else ""
    if view is not None and name == "ContactsView":
        items = _named(folder, items, view)
        first, most = 0, _most(view)
    elif view is not None and name == "SeekToConditionPageItemView":
        if isinstance(folder.content, Calendar):
            raise Problem("ErrorCalendarSeekToConditionNotSupported")
        first, most = sought(call, view, items), _most(view)
    else:
        first, most = page_of(view, len(items))
    given = items[first : first + most]
    after = first + len(given)
    whole = "true" if after >= len(items) else "false"
    if group_of is None:
        inside = f"<t:Items>{''.join([renderer.write(item, tree, folder) for item in given])}</t:Items>"
    else:
        groups = [
            f"<t:GroupedItems>{element('GroupIndex', name) or '<t:GroupIndex/>'}<t:Items>"
            f"{''.join([renderer.write(item, tree, folder) for item in members])}</t:Items></t:GroupedItems>"
            for name, members in groupby(given, group_of)
        ]
        inside = f"<t:Groups>{''.join(groups)}</t:Groups>"
    return (
        f'<m:RootFolder IndexedPagingOffset="{after}" TotalItemsInView="{len(items)}" '
        f'IncludesLastItemInRange="{whole}">{inside}</m:RootFolder>'
    )


def _named(folder: Folder, items: Sequence[Item], view: etree._Element) -> Sequence[Item]:
    """Return the contacts between a view's names, both included, in whatever letter case."""
    if not isinstance(folder.content, ContactFolder):
        raise Problem("ErrorInvalidOperation", "ContactsView can only be used with a contacts folder.")
    first, last = view.get("InitialName", "").casefold(), view.get("FinalName", "").casefold()
    names = ((item, item.display_name.casefold()) for item in items if isinstance(item, Contact))
    return [item for item, name in names if first <= name and (not last or name <= last)]


def _most(view: etree._Element) -> int:
    most = integer(view.get("MaxEntriesReturned") or None, FIND_LIMIT)
    if most < 1:
        raise Problem("ErrorInvalidPagingMaxRows")
    return min(most, FIND_LIMIT)


def page_of(view: etree._Element | None, total: int) -> tuple[int, int]:
    """Return where a page begins and how many entries it may hold; without a view it holds all that is allowed.

    Raises:
        Problem: The page is none.
        Fault: The view is against the schema.
    """
    if view is None:
        return 0, FIND_LIMIT
    most = _most(view)
    if etree.QName(view).localname.startswith("Fractional"):
        part, of = integer(view.get("Numerator")), integer(view.get("Denominator"))
        if of < 1 or not 0 <= part <= of:
            raise Problem("ErrorInvalidFractionalPagingParameters")
        return total * part // of, most
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
