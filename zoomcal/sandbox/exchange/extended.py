"""Extended properties: MAPI's own, by tag or name, as far as an item's other properties say them ([MS-OXPROPS])."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from zoomcal.sandbox.exchange.soap import attribute, text
from zoomcal.sandbox.mailbox import Contact, Event

Value = str | int
_ATTRIBUTES = (
    "DistinguishedPropertySetId",
    "PropertySetId",
    "PropertyTag",
    "PropertyName",
    "PropertyId",
    "PropertyType",
)
_INSTANCES = {"single": 0, "master": 1, "occurrence": 2, "exception": 3}


def _title(item: Event | Contact) -> str:
    return item.subject if isinstance(item, Event) else item.display_name


_KNOWN: Mapping[str, Callable[[Event | Contact], Value]] = {
    "0x1a": lambda item: "IPM.Appointment" if isinstance(item, Event) else "IPM.Contact",
    "0x37": _title,
    "0xe23": lambda item: item.revision,
    "0x10f3": lambda item: f"{_title(item).replace('/', '_')}.EML",
    "0x3001": _title,
    "0x3007": lambda item: f"{item.created.isoformat()[:19]}Z",
    "0x3008": lambda item: f"{item.changed.isoformat()[:19]}Z",
    "urn:schemas:calendar:instancetype": lambda item: _INSTANCES[item.kind] if isinstance(item, Event) else -1,
}


def key_of(path: etree._Element) -> str:
    """Return the tag or the name of an ExtendedFieldURI element; an id within a property set is none here."""
    tag = path.get("PropertyTag", "")
    try:
        return hex(int(tag, 0)) if tag else path.get("PropertyName", "")
    except ValueError:
        return tag


def value(item: Event | Contact, key: str) -> Value | None:
    """Return an item's property; None where it has no such."""
    found = _KNOWN.get(key)
    return found(item) if found else None


def written(path: etree._Element) -> tuple[str, str]:
    """Return the key of an ExtendedFieldURI element, and the element as an answer repeats it."""
    said = "".join(f" {name}={attribute(path.get(name, ''))}" for name in _ATTRIBUTES if path.get(name))
    return key_of(path), f"<t:ExtendedFieldURI{said}/>"


def properties(item: Event | Contact, asked: tuple[tuple[str, str], ...]) -> str:
    """Return the ExtendedProperty elements of those asked for that an item has."""
    found = [(path, value(item, key)) for key, path in asked]
    return "".join(
        f"<t:ExtendedProperty>{path}<t:Value>{text(str(each))}</t:Value></t:ExtendedProperty>"
        for path, each in found
        if each is not None
    )
