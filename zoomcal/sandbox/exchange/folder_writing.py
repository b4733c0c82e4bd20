"""CreateFolder and DeleteFolder ([MS-OXWSFOLD]), for folders that hold something here: calendars and contacts."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call, each
from zoomcal.sandbox.exchange.folders import Tree
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.shapes import Shape
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.mailbox import Calendar, ContactFolder

_CLASSES = {"CalendarFolder": "IPF.Appointment", "ContactsFolder": "IPF.Contact"}


def create_folder(call: Call) -> Iterator[str]:
    """Make folders: a calendar below the default one, contacts below the folder that is named."""
    target = call.children("ParentFolderId")[0]

    def one(element: etree._Element) -> str:
        _, parent = call.access.folder(target)
        name = (element.findtext(f"{{{TYPES}}}DisplayName") or "").strip()
        kind = element.findtext(f"{{{TYPES}}}FolderClass") or _CLASSES.get(etree.QName(element).localname, "")
        if not name:
            raise Problem("ErrorInvalidValueForProperty", field="folder:DisplayName")
        if any(known.name == name and known.folder_class == kind for known in call.access.own.folders.values()):
            raise Problem("ErrorFolderExists")
        content: Calendar | ContactFolder
        if kind.startswith("IPF.Appointment"):
            content = call.mailbox.add_calendar(name)
        elif kind.startswith("IPF.Contact"):
            above = parent.content if isinstance(parent.content, ContactFolder) else None
            content = call.mailbox.add_folder(name, above)
        else:
            raise Problem("ErrorCreateItemAccessDenied")
        tree = Tree(call.mailbox, shared=False)
        return f"<m:Folders>{tree.xml(tree.of(content), Shape('IdOnly'), call.request.version)}</m:Folders>"

    return each("CreateFolder", call.children("Folders"), one)


def delete_folder(call: Call) -> Iterator[str]:
    """Take folders away with all that is in them."""
    if call.body.get("DeleteType") not in {"HardDelete", "SoftDelete", "MoveToDeletedItems"}:
        raise Fault("ErrorSchemaValidation", "The 'DeleteType' attribute is missing or invalid.")

    def one(reference: etree._Element) -> str:
        _, folder = call.access.folder(reference)
        if folder.distinguished:
            raise Problem("ErrorDeleteDistinguishedFolder")
        if not folder.can_edit:
            raise Problem("ErrorAccessDenied")
        call.mailbox.calendars.pop(folder.key, None)
        call.mailbox.folders.pop(folder.key, None)
        return ""

    return each("DeleteFolder", call.children("FolderIds"), one)
