"""Items as XML: which element, with which fields."""

from __future__ import annotations

from collections.abc import Callable

from zoomcal.sandbox.exchange import calendar_fields, contact_fields, item_fields
from zoomcal.sandbox.exchange.calls import Call
from zoomcal.sandbox.exchange.folders import Folder, Tree
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.shapes import Setting, Shape
from zoomcal.sandbox.mailbox import Contact, Event


class Renderer:
    """Writes the items of one answer in the shape that it asks for."""

    def __init__(self, call: Call, shape: Shape, *, brief: bool = False) -> None:
        """`brief` is what FindItem gives."""
        self._call, self._shape, self._brief = call, shape, brief
        self._events: dict[str, Callable[[Event], str]] = {}
        self._contacts: dict[str, Callable[[Contact], str]] = {}
        self._settings: dict[str, Setting] = {}

    def write(self, item: Item, tree: Tree, folder: Folder) -> str:
        """Return an item's element.

        Raises:
            Problem: The shape asks for a field that the item cannot have.
        """
        if isinstance(item, Event):
            if item.id in self._call.quirks.plain_items:
                return f"<t:Item>{item_fields.item_id(item, self.setting(tree, folder))}</t:Item>"
            writer = self._events.get(folder.key)
            if writer is None:
                setting = self.setting(tree, folder)
                writer = self._shape.writer(calendar_fields.FIELDS, setting)
                self._events[folder.key] = writer
            return f"<t:CalendarItem>{writer(item)}</t:CalendarItem>"
        kind = "DistributionList" if item.members else "Contact"
        other = self._contacts.get(f"{kind} {folder.key}")
        if other is None:
            fields = contact_fields.LIST_FIELDS if item.members else contact_fields.FIELDS
            other = self._shape.writer(fields, self.setting(tree, folder))
            self._contacts[f"{kind} {folder.key}"] = other
        return f"<t:{kind}>{other(item)}</t:{kind}>"

    def setting(self, tree: Tree, folder: Folder) -> Setting:
        """Return what writing the items of a folder depends on."""
        found = self._settings.get(folder.key)
        if found is None:
            found = self._settings[folder.key] = Setting(
                mailbox=tree.mailbox,
                version=self._call.request.version,
                folder_id=tree.attributes(folder),
                modify=folder.can_edit,
                brief=self._brief,
                body_type=self._shape.body_type,
                extended=self._shape.extended,
                zone_ids=self._call.quirks.zone_ids,
            )
        return found
