"""One request being answered: who asks, about which mailbox, and how answers to its parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from zoomcal.sandbox.exchange import zones
from zoomcal.sandbox.exchange.folders import Access, Folder, Tree
from zoomcal.sandbox.exchange.ids import opened
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.series import Series
from zoomcal.sandbox.exchange.soap import MESSAGES, TYPES, Request, attribute, text
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.mailbox import Event, Mailbox

_EMPTY = {
    "CreateFolder": "<m:Folders/>",
    "CreateItem": "<m:Items/>",
    "GetFolder": "<m:Folders/>",
    "GetItem": "<m:Items/>",
    "MoveItem": "<m:Items/>",
    "SyncFolderHierarchy": "<m:SyncState/><m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange>",
    "SyncFolderItems": "<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>",
    "UpdateItem": "<m:Items/>",
}
"""What a message holds that has nothing to give: the schema, or real clients, insist on it."""
_OPEN = f'xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"'


@dataclass
class Quirks:
    """What real servers have been seen to do; switched on by a test.

    Attributes:
        zone_ids: By an event's id, the time zone id that its items say instead of a Windows one.
        plain_items: Ids of events that are given as items of no certain class, without calendar fields.
        masters_in_views: A calendar's view holds the masters of series instead of their occurrences.
        lacks: Operations that the server does not know.
        denied: Folders, by distinguished name or model id, that nobody may see.
        moved: The mailboxes are being moved.
        redirect: Where every request is sent to, with status 302.
        cas_error: What the X-CasErrorCode header says, with status 500, when not empty.
        html: Answer with a page instead of XML, status 200.
        busy_ms: Answer ErrorServerBusy with that back-off to as many requests as `busy` says.
    """

    zone_ids: dict[str, str] = field(default_factory=dict)
    plain_items: set[str] = field(default_factory=set)
    masters_in_views: bool = False
    lacks: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    moved: bool = False
    redirect: str = ""
    cas_error: str = ""
    html: bool = False
    busy: int = 0
    busy_ms: int = 5000


@dataclass(frozen=True, slots=True)
class Found:
    """An item that a request names, and where it is."""

    item: Item
    tree: Tree
    folder: Folder
    change_key: str = ""
    """The one the request gave."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation is given."""

    request: Request
    user: User
    access: Access
    users: tuple[User, ...]
    quirks: Quirks

    @property
    def mailbox(self) -> Mailbox:
        """The asker's own mailbox."""
        return self.user.mailbox

    @property
    def body(self) -> etree._Element:
        """The operation's element."""
        return self.request.element

    @property
    def zone(self) -> str:
        """The IANA name of the zone that times without an offset are in."""
        return zones.iana_name(self.request.zone) or "UTC"

    def child(self, path: str) -> etree._Element | None:
        """Return the first element at a path of names in the messages' namespace."""
        return self.body.find("/".join(f"{{{MESSAGES}}}{name}" for name in path.split("/")))

    def children(self, name: str) -> list[etree._Element]:
        """Return what is inside a direct child of the operation's element.

        Raises:
            Fault: There is nothing.
        """
        parent = self.child(name)
        if parent is None or not len(parent):
            raise Fault("ErrorSchemaValidation", f"The element '{name}' is missing or has incomplete content.")
        return list(parent)

    def moment(self, said: str) -> datetime:
        """Return a moment in UTC from xs:dateTime.

        Raises:
            Fault: It is none.
        """
        try:
            moment = datetime.fromisoformat(said.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.zone))).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise Fault("ErrorSchemaValidation", f"The value '{said}' is invalid according to 'dateTime'.") from error

    def find(self, reference: etree._Element) -> Found:
        """Return the item that an ItemId, OccurrenceItemId or RecurringMasterItemId element names.

        Raises:
            Problem: There is none.
            Fault: It is against the schema.
        """
        key = reference.get("ChangeKey", "")
        match etree.QName(reference).localname:
            case "ItemId" | "ReferenceItemId":
                found = self._by_id(reference.get("Id", ""))
            case "OccurrenceItemId":
                found = self._by_id(reference.get("RecurringMasterId", ""))
                master = found.item
                if not isinstance(master, Event) or master.kind != "master":
                    raise Problem("ErrorCalendarCannotUseIdForOccurrenceId")
                index = integer(reference.get("InstanceIndex", ""))
                found = Found(Series(self.mailbox, master).nth(index), found.tree, found.folder)
            case "RecurringMasterItemId":
                found = self._by_id(reference.get("OccurrenceId", ""))
                item = found.item
                if not isinstance(item, Event) or not item.master_id:
                    raise Problem("ErrorCalendarCannotUseIdForRecurringMasterId")
                found = self._by_identity(item.master_id)
            case name:
                raise Fault("ErrorSchemaValidation", f"The element '{name}' is not expected here.")
        return Found(found.item, found.tree, found.folder, key)

    def _by_id(self, said: str) -> Found:
        return self._by_identity(opened("item", self.mailbox.address, said))

    def _by_identity(self, identity: str) -> Found:
        tree = self.access.own
        event = self.mailbox.find_event(identity)
        contact = None if event else self.mailbox.find_contact(identity)
        if event is not None:
            return self._seen(Found(event[1], tree, tree.of(event[0])))
        if contact is not None:
            return self._seen(Found(contact[1], tree, tree.of(contact[0])))
        deleted = self.mailbox.deleted.get(identity)
        if deleted is None:
            raise Problem("ErrorItemNotFound")
        return Found(deleted, tree, tree.folders["deleteditems"])

    def _seen(self, found: Found) -> Found:
        if found.folder.key in self.quirks.denied:
            raise Problem("ErrorAccessDenied")
        return found


def integer(said: str | None, default: int | None = None) -> int:
    """Return a number from xs:int.

    Raises:
        Fault: It is none.
    """
    if said is None and default is not None:
        return default
    try:
        number = int(said or "")
    except ValueError as error:
        raise Fault("ErrorSchemaValidation", f"The value '{said}' is invalid according to 'int'.") from error
    if not -(2**31) <= number < 2**31:
        raise Fault("ErrorSchemaValidation", f"The value '{said}' is invalid according to 'int'.")
    return number


def answer(operation: str, messages: Iterable[str]) -> Iterator[str]:
    """Yield the response element of an operation around its response messages."""
    yield f"<m:{operation}Response {_OPEN}><m:ResponseMessages>"
    yield from messages
    yield f"</m:ResponseMessages></m:{operation}Response>"


def success(operation: str, content: str) -> str:
    """Return the response message of a part that went well."""
    name = f"m:{operation}ResponseMessage"
    return f'<{name} ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{content}</{name}>'


def failure(operation: str, problem: Problem, content: str = "", *, severity: str = "Error") -> str:
    """Return the response message of a part that did not."""
    name = f"m:{operation}ResponseMessage"
    details = f"<t:FieldURI FieldURI={attribute(problem.field)}/>" if problem.field else ""
    details += "".join(f"<t:Value Name={attribute(key)}>{text(value)}</t:Value>" for key, value in problem.values)
    details = f"<m:MessageXml>{details}</m:MessageXml>" if details else ""
    content = content or _EMPTY.get(operation, "")
    return (
        f'<{name} ResponseClass="{severity}"><m:MessageText>{text(problem.said)}</m:MessageText>'
        f"<m:ResponseCode>{problem.code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{details}"
        f"{content}</{name}>"
    )


def each(operation: str, parts: Iterable[etree._Element], do: Callable[[etree._Element], str]) -> Iterator[str]:
    """Yield the response element with a message for each part: what `do` returns, or the problem that it raises."""
    return answer(operation, (_tried(operation, part, do) for part in parts))


def _tried(operation: str, part: etree._Element, do: Callable[[etree._Element], str]) -> str:
    try:
        return success(operation, do(part))
    except Problem as problem:
        return failure(operation, problem)
