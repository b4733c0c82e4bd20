"""CreateItem, UpdateItem, DeleteItem and MoveItem ([MS-OXWSCORE] section 3.1.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call, Found, each
from zoomcal.sandbox.exchange.contact_writing import ContactDraft
from zoomcal.sandbox.exchange.event_writing import EventDraft
from zoomcal.sandbox.exchange.folders import Folder
from zoomcal.sandbox.exchange.ids import is_change_key
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.meetings import RESPONSES, respond, tell
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.rendering import Renderer
from zoomcal.sandbox.exchange.shapes import EXTENDED, Shape, path_of
from zoomcal.sandbox.exchange.trash import throw_away
from zoomcal.sandbox.mailbox import Calendar, Contact, ContactFolder, Event

_CREATED_HOW = frozenset({"SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy"})
_UPDATED_HOW = _CREATED_HOW | {"SendOnlyToChanged", "SendToChangedAndSaveCopy"}


def create_item(call: Call) -> Iterator[str]:
    """Make items, or respond to meetings."""
    target = call.child("SavedItemFolderId")

    def one(element: etree._Element) -> str:
        folder = call.access.folder(target[0])[1] if target is not None and len(target) else None
        match etree.QName(element).localname:
            case "CalendarItem":
                return _items(call, _create_event(call, element, folder))
            case "Contact":
                return _items(call, _create_contact(call, element, folder))
            case name if name in RESPONSES:
                return _items(call, respond(call, element))
        raise Problem("ErrorInvalidItemForOperationCreateItem")

    return each("CreateItem", call.children("Items"), one)


def update_item(call: Call) -> Iterator[str]:
    """Change properties of items."""
    resolution = call.body.get("ConflictResolution")
    if resolution not in {"NeverOverwrite", "AutoResolve", "AlwaysOverwrite"}:
        raise Fault("ErrorSchemaValidation", "The 'ConflictResolution' attribute is missing or invalid.")

    def one(change: etree._Element) -> str:
        if len(change) != 2:
            raise Fault("ErrorSchemaValidation", "The element 'ItemChange' has incomplete content.")
        found = call.find(change[0])
        _check_key(found, resolution)
        _check_rights(found.folder)
        item = _updated(call, found, change[1])
        return f"{_items(call, Found(item, found.tree, found.folder))}{_NO_CONFLICTS}"

    return each("UpdateItem", call.children("ItemChanges"), one)


def delete_item(call: Call) -> Iterator[str]:
    """Take items away, for good or into Deleted Items."""
    how = call.body.get("DeleteType")
    if how not in {"HardDelete", "SoftDelete", "MoveToDeletedItems"}:
        raise Fault("ErrorSchemaValidation", "The 'DeleteType' attribute is missing or invalid.")
    send = call.body.get("SendMeetingCancellations")

    def one(reference: etree._Element) -> str:
        found = call.find(reference)
        _check_rights(found.folder)
        if isinstance(found.item, Event):
            if send not in _CREATED_HOW:
                raise Problem("ErrorSendMeetingCancellationsRequired")
            if send != "SendToNone" and found.item.answer == "organizer":
                call.mailbox.notify(found.item, "cancelled")
        throw_away(call.mailbox, found, keep=how == "MoveToDeletedItems")
        return ""

    return each("DeleteItem", call.children("ItemIds"), one)


def move_item(call: Call) -> Iterator[str]:
    """Put items into another folder, where they get new ids."""
    target = call.children("ToFolderId")[0]
    tell_ids = call.body.findtext(f"{call.body.tag[: -len('MoveItem')]}ReturnNewItemIds") not in {"false", "0"}

    def one(reference: etree._Element) -> str:
        tree, folder = call.access.folder(target)
        found = call.find(reference)
        for each_folder in (found.folder, folder):
            _check_rights(each_folder)
        if isinstance(found.item, Event) and found.item.master_id:
            raise Problem("ErrorCalendarCannotMoveOrCopyOccurrence")
        moved = _put(call, found, folder)
        return _items(call, Found(moved, tree, folder)) if tell_ids else "<m:Items/>"

    return each("MoveItem", call.children("ItemIds"), one)


_NO_CONFLICTS = "<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>"


def _create_event(call: Call, element: etree._Element, folder: Folder | None) -> Found:
    send = call.body.get("SendMeetingInvitations")
    if send not in _CREATED_HOW:
        raise Problem("ErrorSendMeetingInvitationsRequired")
    folder = folder or call.access.own.folders["calendar"]
    if not isinstance(folder.content, Calendar):
        raise Problem("ErrorCannotCreateCalendarItemInNonCalendarFolder")
    _check_rights(folder)
    draft = EventDraft(call, None)
    for part in element:
        draft.set(part)
    fields = {"subject": "", **draft.changes()}
    try:
        event = folder.content.add(Event(**fields))
    except ValueError as error:
        raise Problem("ErrorRecurrenceHasNoOccurrence") from error
    if send != "SendToNone":
        call.mailbox.notify(event, "invited")
    return Found(event, call.access.own, folder)


def _create_contact(call: Call, element: etree._Element, folder: Folder | None) -> Found:
    folder = folder or call.access.own.folders["contacts"]
    if not isinstance(folder.content, ContactFolder):
        raise Problem("ErrorCannotCreateContactInNonContactFolder")
    draft = ContactDraft(call, None)
    for part in element:
        draft.set(part)
    return Found(folder.content.add(Contact(**draft.changes())), call.access.own, folder)


def _updated(call: Call, found: Found, updates: etree._Element) -> Item:
    before, content = found.item, found.folder.content
    if isinstance(before, Event) and isinstance(content, Calendar):
        send = call.body.get("SendMeetingInvitationsOrCancellations")
        if send not in _UPDATED_HOW:
            raise Problem("ErrorSendMeetingInvitationsOrCancellationsRequired")
        event_draft = EventDraft(call, before)
        _collect(event_draft, updates)
        fields = event_draft.changes()
        if not fields:
            return before
        try:
            after = content.change(before.id, **fields)
        except ValueError as error:
            raise Problem("ErrorRecurrenceHasNoOccurrence") from error
        if after.attendees and after.answer == "none" and content.organizes(after):
            after = content.change(after.id, answer="organizer")
        tell(call.mailbox, before, after, send)
        return after
    if isinstance(before, Contact) and isinstance(content, ContactFolder):
        contact_draft = ContactDraft(call, before)
        _collect(contact_draft, updates)
        changes: Mapping[str, object] = contact_draft.changes()
        return content.change(before.id, **changes) if changes else before
    raise Problem("ErrorInvalidOperation")


def _collect(draft: EventDraft | ContactDraft, updates: etree._Element) -> None:
    for update in updates:
        name = etree.QName(update).localname
        if not len(update):
            raise Fault("ErrorSchemaValidation", f"The element '{name}' has incomplete content.")
        uri, key = path_of(update[0])
        if uri == EXTENDED:
            continue
        if name == "DeleteItemField":
            _clear(draft, uri, key)
            continue
        if name not in {"SetItemField", "AppendToItemField"}:
            raise Fault("ErrorSchemaValidation", f"The element '{name}' is not expected here.")
        values = list(update[1]) if len(update) == 2 else []
        if len(values) != 1:
            raise Problem("ErrorIncorrectUpdatePropertyCount")
        if etree.QName(values[0]).localname != uri.partition(":")[2]:
            raise Problem("ErrorUpdatePropertyMismatch", field=uri)
        if name == "SetItemField":
            draft.set(values[0])
        else:
            draft.append(values[0])


def _clear(draft: EventDraft | ContactDraft, uri: str, key: str | None) -> None:
    name = uri.partition(":")[2]
    if isinstance(draft, ContactDraft):
        draft.clear(name, key)
    else:
        draft.clear(name)


def _put(call: Call, found: Found, folder: Folder) -> Item:
    item = found.item
    if folder.key == "deleteditems":
        kept = throw_away(call.mailbox, found, keep=True)
        return item if kept is None else kept
    if isinstance(item, Event) and isinstance(folder.content, Calendar):
        throw_away(call.mailbox, found, keep=False)
        return folder.content.add(replace(item, id="", kind="single"))
    if isinstance(item, Contact) and isinstance(folder.content, ContactFolder):
        throw_away(call.mailbox, found, keep=False)
        return folder.content.add(replace(item, id=""))
    raise Problem("ErrorInvalidOperation")


def _check_key(found: Found, resolution: str) -> None:
    if not found.change_key:
        if resolution != "AlwaysOverwrite":
            raise Problem("ErrorChangeKeyRequiredForWriteOperations")
        return
    if not is_change_key(found.change_key):
        raise Problem("ErrorInvalidChangeKey")
    if resolution == "NeverOverwrite" and found.change_key != found.item.change_key:
        raise Problem("ErrorIrresolvableConflict")


def _check_rights(folder: Folder) -> None:
    if not folder.can_edit:
        raise Problem("ErrorAccessDenied")


def _items(call: Call, *found: Found) -> str:
    renderer = Renderer(call, Shape("IdOnly"))
    return f"<m:Items>{''.join(renderer.write(each.item, each.tree, each.folder) for each in found)}</m:Items>"
