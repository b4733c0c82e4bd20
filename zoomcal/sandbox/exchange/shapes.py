"""What of an item an answer holds: the fields there are, and the ones that a request asks for.

An answer's elements stand in the order of the schema whatever the order of the request: a table of fields is kept in
that order. Source: [MS-OXWSCDATA] section 2.2.4.42 (ItemResponseShapeType).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from lxml import etree

from zoomcal.sandbox.exchange.extended import written
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.exchange.versions import RANKS
from zoomcal.sandbox.mailbox import Mailbox

ITEM_PREFIXES = frozenset(
    "item message calendar meeting meetingRequest contacts distributionlist task postitem conversation persona".split()
)
_FIELD, _INDEXED, _EXTENDED = (f"{{{TYPES}}}{name}" for name in ("FieldURI", "IndexedFieldURI", "ExtendedFieldURI"))
_DICTIONARIES = {"contacts:EmailAddress": "contacts:EmailAddresses", "contacts:PhoneNumber": "contacts:PhoneNumbers"}
"""The field that an indexed URI has an entry of."""
EXTENDED = "item:ExtendedProperty"
Keys = frozenset[str] | None
"""Which entries of a dictionary; None for all."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What writing an item depends on beside the item."""

    mailbox: Mailbox
    version: int
    folder_id: str
    """The ParentFolderId element's attributes."""
    modify: bool
    """Whether the asker may change what is in the folder."""
    brief: bool
    """Whether it is for FindItem: from the folder's own table, where people have names only."""
    body_type: str = "Best"
    extended: tuple[tuple[str, str], ...] = ()
    """The extended properties asked for: key, and path as it is written."""
    zone_ids: Mapping[str, str] = field(default_factory=dict)
    """By an event's id, what stands in the place of its zone's Windows id."""


Writer = Callable[[T, Setting, Keys], str]


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """A property that items of a kind may have."""

    uri: str
    write: Writer[T]
    """Gives the element; empty where the item has no such thing."""
    since: str = "Exchange2007"
    default: bool = False
    """Part of the base shape Default."""
    found: bool = True
    """Whether FindItem can give it."""
    ordinary: bool = True
    """Part of the base shape AllProperties."""

    def known_to(self, version: int) -> bool:
        """Return whether a client of that version knows the field."""
        return RANKS[self.since] <= version


@dataclass(frozen=True, slots=True)
class Shape:
    """What a request asks of items."""

    base: str
    asked: Mapping[str, Keys] = field(default_factory=dict)
    body_type: str = "Best"
    extended: tuple[tuple[str, str], ...] = ()

    def writer(self, table: Sequence[Field[T]], setting: Setting) -> Callable[[T], str]:
        """Return what writes an item; properties of other kinds of items are passed over.

        Raises:
            Problem: A property is asked for that the version does not know, that only folders have, or that FindItem
                cannot give.
        """
        known = {each.uri: each for each in table if each.known_to(setting.version)}
        refused = {each.uri for each in table if each.uri not in known or (setting.brief and not each.found)}
        for uri in self.asked:
            if uri in refused or uri.startswith("folder:"):
                raise Problem("ErrorInvalidPropertyRequest", field=uri)
        chosen = [(each.write, self.asked.get(each.uri)) for each in known.values() if self._wants(each, setting)]

        def write(item: T) -> str:
            return "".join([one(item, setting, keys) for one, keys in chosen])

        return write

    def _wants(self, each: Field[T], setting: Setting) -> bool:
        if each.uri in self.asked or each.uri == "item:ItemId":
            return True
        if setting.brief and not each.found:
            return False
        return each.ordinary if self.base == "AllProperties" else each.default and self.base == "Default"


def shape_of(element: etree._Element | None) -> Shape:
    """Return what an ItemShape or FolderShape element asks for.

    Raises:
        Fault: It is against the schema.
    """
    base = element.findtext(f"{{{TYPES}}}BaseShape") if element is not None else None
    if element is None or base not in {"IdOnly", "Default", "AllProperties"}:
        raise Fault("ErrorSchemaValidation", "The element 'BaseShape' is missing or has an invalid value.")
    body_type = element.findtext(f"{{{TYPES}}}BodyType") or "Best"
    if body_type not in {"Best", "HTML", "Text"}:
        raise Fault("ErrorSchemaValidation", "The element 'BodyType' has an invalid value.")
    mime = element.findtext(f"{{{TYPES}}}IncludeMimeContent") in {"true", "1"}
    asked: dict[str, Keys] = {"item:MimeContent": None} if mime else {}
    extended = []
    for path in element.iterfind(f"{{{TYPES}}}AdditionalProperties/*"):
        uri, key = path_of(path)
        if uri == EXTENDED:
            extended.append(written(path))
        before = asked.get(uri, frozenset())
        asked[uri] = None if key is None or before is None else before | {key}
    return Shape(base, asked, body_type, tuple(extended))


def path_of(element: etree._Element) -> tuple[str, str | None]:
    """Return the URI and the index of a path to a property; `EXTENDED` for any extended property.

    Raises:
        Fault: It is no path, or to a property that no kind of item has.
    """
    if element.tag == _EXTENDED:
        return EXTENDED, None
    uri, index = element.get("FieldURI", ""), element.get("FieldIndex", "")
    prefix = uri.partition(":")[0]
    if element.tag not in {_FIELD, _INDEXED} or prefix not in ITEM_PREFIXES | {"folder"}:
        raise Fault("ErrorSchemaValidation", f"The 'FieldURI' attribute is invalid - The value '{uri}' is invalid.")
    if element.tag == _FIELD:
        return uri, None
    return _DICTIONARIES.get(uri, uri), index


def stamp(moment: datetime) -> str:
    """Return a moment in UTC as Exchange writes it."""
    return f"{moment.isoformat()[:19]}Z"
