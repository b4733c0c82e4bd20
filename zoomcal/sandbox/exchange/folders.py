"""The folders of a mailbox: those that hold something here, and the others that every mailbox has.

Sources: [MS-OXWSFOLD], [MS-OXWSCDATA] section 2.2.5.10 (distinguished names).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from zoomcal.sandbox.exchange.ids import folder_key, made, opened
from zoomcal.sandbox.exchange.item_fields import element
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.shapes import Shape
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.exchange.versions import RANKS
from zoomcal.sandbox.mailbox import Calendar, ContactFolder, Mailbox

_TOP = "msgfolderroot"
_PLAIN = (
    ("root", "", "", "Folder", ""),
    (_TOP, "root", "Top of Information Store", "Folder", "IPF"),
    ("inbox", _TOP, "Inbox", "Folder", "IPF.Note"),
    ("outbox", _TOP, "Outbox", "Folder", "IPF.Note"),
    ("sentitems", _TOP, "Sent Items", "Folder", "IPF.Note"),
    ("deleteditems", _TOP, "Deleted Items", "Folder", "IPF.Note"),
    ("drafts", _TOP, "Drafts", "Folder", "IPF.Note"),
    ("junkemail", _TOP, "Junk Email", "Folder", "IPF.Note"),
    ("journal", _TOP, "Journal", "Folder", "IPF.Journal"),
    ("notes", _TOP, "Notes", "Folder", "IPF.StickyNote"),
    ("tasks", _TOP, "Tasks", "TasksFolder", "IPF.Task"),
    ("searchfolders", "root", "Finder", "Folder", ""),
    ("recoverableitemsroot", "root", "Recoverable Items", "Folder", ""),
    ("recoverableitemsdeletions", "recoverableitemsroot", "Deletions", "Folder", ""),
)
_2010, _2013 = RANKS["Exchange2010"], RANKS["Exchange2013"]
ORDER = (
    "FolderId ParentFolderId FolderClass DisplayName TotalCount ChildFolderCount EffectiveRights DistinguishedFolderId"
    " PermissionSet UnreadCount"
).split()


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder; `key` is its distinguished name where it has one."""

    key: str
    parent: str
    name: str
    kind: str
    folder_class: str
    content: Calendar | ContactFolder | None = None
    can_edit: bool = True

    @property
    def distinguished(self) -> str:
        """Its distinguished name; empty where it has none."""
        named = {each[0] for each in _PLAIN} | {"calendar", "contacts"}
        return self.key if self.key in named else ""


class Tree:
    """The folders of one mailbox that somebody may see."""

    def __init__(self, mailbox: Mailbox, *, shared: bool) -> None:
        """`shared`: somebody else looks, and sees what the owner of the calendars lets them."""
        self.mailbox, self.shared = mailbox, shared
        self.folders = {each.key: each for each in _folders(mailbox)}

    def attributes(self, folder: Folder) -> str:
        """Return what identifies a folder in XML: its id and its change key."""
        return self.identity(folder.key)

    def identity(self, key: str) -> str:
        """Return the same for a folder that may be gone."""
        return f'Id="{made("folder", self.mailbox.address, key)}" ChangeKey="{folder_key(key)}"'

    def children(self, key: str, *, deep: bool) -> Iterator[Folder]:
        """Yield the folders below one, with all of theirs where `deep`, each after the one it is in."""
        for folder in self.folders.values():
            if folder.parent == key:
                yield folder
                if deep:
                    yield from self.children(folder.key, deep=True)

    def of(self, content: Calendar | ContactFolder) -> Folder:
        """Return the folder that holds a calendar or contacts."""
        return next(each for each in self.folders.values() if each.content is content)

    def by_id(self, text: str) -> Folder:
        """Return the folder of an id.

        Raises:
            Problem: There is none.
        """
        found = self.folders.get(opened("folder", self.mailbox.address, text))
        if found is None:
            raise Problem("ErrorFolderNotFound")
        return found

    def xml(self, folder: Folder, shape: Shape, version: int) -> str:
        """Return a folder's element, with what the shape asks for."""
        wanted = _wanted(shape, version)
        parts = [self._property(name, folder) for name in ORDER if name in wanted]
        return f"<t:{folder.kind}>{''.join(parts)}</t:{folder.kind}>"

    def _property(self, name: str, folder: Folder) -> str:
        match name:
            case "FolderId":
                return f"<t:FolderId {self.attributes(folder)}/>"
            case "ParentFolderId":
                parent = self.folders.get(folder.parent)
                return f"<t:ParentFolderId {self.attributes(parent)}/>" if parent else ""
            case "FolderClass":
                return element("FolderClass", folder.folder_class)
            case "DisplayName":
                return element("DisplayName", folder.name) or "<t:DisplayName/>"
            case "TotalCount":
                return element("TotalCount", str(_count(folder, self.mailbox)))
            case "ChildFolderCount":
                return element("ChildFolderCount", str(sum(1 for _ in self.children(folder.key, deep=False))))
            case "EffectiveRights":
                return _rights(modify=folder.can_edit and not (self.shared and folder.content is None))
            case "DistinguishedFolderId":
                return element("DistinguishedFolderId", folder.distinguished)
            case "PermissionSet":
                return _permissions(folder)
            case _:
                return "<t:UnreadCount>0</t:UnreadCount>" if folder.kind in {"Folder", "TasksFolder"} else ""


class Access:
    """Which mailboxes and folders a signed-in user may see."""

    def __init__(self, user: User, everybody: Iterable[User], denied: frozenset[str]) -> None:
        """`denied` holds keys of folders that nobody may see for now."""
        self._user, self._everybody, self._denied = user, everybody, denied
        self.own = Tree(user.mailbox, shared=False)

    def folder(self, reference: etree._Element) -> tuple[Tree, Folder]:
        """Return what a FolderId or DistinguishedFolderId element means.

        Raises:
            Problem: There is no such folder, or it is not for this user.
            Fault: It is against the schema.
        """
        name, said = etree.QName(reference).localname, reference.get("Id", "")
        if name == "FolderId":
            return self._allowed(self.own, self.own.by_id(said))
        if name != "DistinguishedFolderId":
            raise Fault("ErrorSchemaValidation", f"The element '{name}' is not expected here.")
        address = (reference.findtext(f"{{{TYPES}}}Mailbox/{{{TYPES}}}EmailAddress") or "").strip()
        if not address or address.casefold() == self.own.mailbox.address.casefold():
            found = self.own.folders.get(said)
            if found is None:
                raise Problem("ErrorFolderNotFound")
            return self._allowed(self.own, found)
        if said == "calendar":
            for folder in self.own.folders.values():
                if (
                    isinstance(folder.content, Calendar)
                    and folder.content.owner.address.casefold() == address.casefold()
                ):
                    return self._allowed(self.own, folder)
        known = any(each.mailbox.address.casefold() == address.casefold() for each in self._everybody)
        raise Problem("ErrorAccessDenied" if known else "ErrorNonExistentMailbox")

    def _allowed(self, tree: Tree, folder: Folder) -> tuple[Tree, Folder]:
        if folder.key in self._denied:
            raise Problem("ErrorAccessDenied")
        return tree, folder


def _folders(mailbox: Mailbox) -> Iterator[Folder]:
    for plain in _PLAIN:
        yield Folder(*plain)
    for calendar in mailbox.calendars.values():
        own = calendar.owner.address.casefold() == mailbox.address.casefold()
        key, parent = ("calendar", _TOP) if calendar.is_default else (calendar.id, "calendar" if own else "")
        yield Folder(key, parent, calendar.name, "CalendarFolder", "IPF.Appointment", calendar, calendar.can_edit)
    keys = {each.id: each.id if each.parent_id else "contacts" for each in mailbox.folders.values()}
    for contacts in mailbox.folders.values():
        parent = keys[contacts.parent_id] if contacts.parent_id else _TOP
        yield Folder(keys[contacts.id], parent, contacts.name, "ContactsFolder", "IPF.Contact", contacts)


def _wanted(shape: Shape, version: int) -> set[str]:
    wanted = {"FolderId"} | {uri.partition(":")[2] for uri in shape.asked if uri.startswith("folder:")}
    if shape.base != "IdOnly":
        wanted |= {"DisplayName", "TotalCount", "ChildFolderCount", "UnreadCount"}
    if shape.base == "AllProperties":
        wanted |= {"ParentFolderId", "FolderClass", "EffectiveRights"}
        wanted |= {"DistinguishedFolderId"} if version >= _2013 else set()
    if "DistinguishedFolderId" in wanted and version < _2013:
        raise Problem("ErrorInvalidPropertyRequest", field="folder:DistinguishedFolderId")
    return wanted


def _count(folder: Folder, mailbox: Mailbox) -> int:
    if isinstance(folder.content, Calendar):
        return len(folder.content.events)
    if isinstance(folder.content, ContactFolder):
        return len(folder.content.contacts)
    return len(mailbox.deleted) if folder.key == "deleteditems" else 0


def _rights(*, modify: bool) -> str:
    yes = "true" if modify else "false"
    return (
        f"<t:EffectiveRights><t:CreateAssociated>{yes}</t:CreateAssociated><t:CreateContents>{yes}</t:CreateContents>"
        f"<t:CreateHierarchy>{yes}</t:CreateHierarchy><t:Delete>{yes}</t:Delete><t:Modify>{yes}</t:Modify>"
        "<t:Read>true</t:Read><t:ViewPrivateItems>true</t:ViewPrivateItems></t:EffectiveRights>"
    )


def _permissions(folder: Folder) -> str:
    name = "CalendarPermission" if folder.kind == "CalendarFolder" else "Permission"
    entries = "".join(
        f"<t:{name}><t:UserId><t:DistinguishedUser>{who}</t:DistinguishedUser></t:UserId>"
        "<t:CanCreateItems>false</t:CanCreateItems><t:CanCreateSubFolders>false</t:CanCreateSubFolders>"
        "<t:IsFolderOwner>false</t:IsFolderOwner><t:IsFolderVisible>false</t:IsFolderVisible>"
        "<t:IsFolderContact>false</t:IsFolderContact><t:EditItems>None</t:EditItems>"
        f"<t:DeleteItems>None</t:DeleteItems><t:ReadItems>None</t:ReadItems><t:{name}Level>None</t:{name}Level>"
        f"</t:{name}>"
        for who in ("Default", "Anonymous")
    )
    return f"<t:PermissionSet><t:{name}s>{entries}</t:{name}s></t:PermissionSet>"
