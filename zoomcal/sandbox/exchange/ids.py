"""Ids and change keys in Exchange's form: base64, case-sensitive, opaque to a client.

An id says which mailbox it is of, so that one mailbox's ids mean nothing in another.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Literal
from urllib.parse import quote, unquote

from zoomcal.sandbox.exchange.problems import Problem

Kind = Literal["item", "folder"]
_HEAD = b"\x00\x03\x24\x00"
"""Every id of a mailbox begins with these bytes, hence with the letters AAMkA."""
_ROOM: dict[Kind, int] = {"item": 61, "folder": 37}
"""Bytes for the identity: ids are then as long as Exchange's, by which some clients know them."""
_MARKS: dict[Kind, bytes] = {"item": b"F", "folder": b"."}
_LEGACY_HEAD = b"\x00\x00"
"""What the ids of Exchange 2007 before its first service pack begin with; the mailbox's address follows."""
_STORED: dict[Kind, bytes] = {"item": b"\x09", "folder": b"\x01"}
FORMS = ("EwsLegacyId", "EwsId", "EntryId", "HexEntryId", "StoreId", "OwaId")


def made(kind: Kind, address: str, identity: str) -> str:
    """Return the id of an item or a folder in a mailbox."""
    return b64encode(_head(kind, address) + identity.encode().ljust(_ROOM[kind], b"\0")).decode()


def opened(kind: Kind, address: str, text: str) -> str:
    """Return what `made` was given as identity.

    Raises:
        Problem: The text is no id, one of the other kind, or one of another mailbox.
    """
    raw, head = _raw(text), _head(kind, address)
    if raw.startswith(head):
        try:
            return raw[len(head) :].rstrip(b"\0").decode()
        except UnicodeDecodeError as error:
            raise Problem("ErrorInvalidIdMalformed") from error
    other: Kind = "folder" if kind == "item" else "item"
    if raw.startswith(_HEAD + _MARKS[other]):
        raise Problem("ErrorCannotUseFolderIdForItemId" if kind == "item" else "ErrorCannotUseItemIdForFolderId")
    if raw.startswith(_HEAD):
        raise Problem("ErrorItemNotFound" if kind == "item" else "ErrorFolderNotFound")
    if _legacy_entry(raw):
        raise Problem("ErrorInvalidIdMalformedEwsLegacyIdFormat")
    raise Problem("ErrorInvalidIdMalformed")


def converted(text: str, source: str, target: str, addresses: Iterable[str]) -> tuple[str, str]:
    """Return an id in another form, and the address of the mailbox that it is of.

    An entry id is what of an id comes after its head; a store id says with one more byte what it is of, and OWA's is
    that one as it stands in a URL ([MS-OXWSCVTID] section 2.2.5.1).

    Args:
        text: The id.
        source: Its form, one of `FORMS`.
        target: The form wanted, one of `FORMS`.
        addresses: Of all mailboxes.

    Raises:
        Problem: It is no id of that form, or of none of these mailboxes.
    """
    entry = _entry(text, source)
    for address in addresses:
        kind = next((kind for kind in _MARKS if entry.startswith(_sign(kind, address))), None)
        if kind is not None:
            return _written(entry, target, kind, address), address
    raise Problem("ErrorInvalidIdMalformed")


def _entry(text: str, form: str) -> bytes:
    raw = _unhexed(text) if form == "HexEntryId" else _raw(unquote(text) if form == "OwaId" else text)
    match form:
        case "EwsId" if raw.startswith(_HEAD):
            return raw[len(_HEAD) :]
        case "EwsLegacyId":
            return _legacy_entry(raw)
        case "EntryId" | "HexEntryId":
            return raw
        case "StoreId" | "OwaId":
            return raw[:-1]
    raise Problem("ErrorInvalidIdMalformed")


def _legacy_entry(raw: bytes) -> bytes:
    size = int.from_bytes(raw[2:4], "little")
    return raw[4 + size :] if raw.startswith(_LEGACY_HEAD) and b"@" in raw[4 : 4 + size] else b""


def _written(entry: bytes, form: str, kind: Kind, address: str) -> str:
    match form:
        case "HexEntryId":
            return entry.hex().upper()
        case "EwsLegacyId":
            mailbox = address.encode()
            return b64encode(_LEGACY_HEAD + len(mailbox).to_bytes(2, "little") + mailbox + entry).decode()
        case "EntryId":
            return b64encode(entry).decode()
        case "StoreId":
            return b64encode(entry + _STORED[kind]).decode()
        case "OwaId":
            return quote(b64encode(entry + _STORED[kind]).decode(), safe="")
    return b64encode(_HEAD + entry).decode()


def folder_key(identity: str) -> str:
    """Return the change key of a folder, which no request here changes."""
    return b64encode(b"\x02\x00\x00\x00\x16\x00\x00\x00" + blake2b(identity.encode(), digest_size=10).digest()).decode()


def is_change_key(text: str) -> bool:
    """Return whether a text has the form of a change key."""
    try:
        return len(b64decode(text, validate=True)) >= 4
    except (binascii.Error, ValueError):
        return False


def _raw(text: str) -> bytes:
    if not text:
        raise Problem("ErrorInvalidIdEmpty")
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem("ErrorInvalidIdMalformed") from error


def _unhexed(text: str) -> bytes:
    try:
        return binascii.unhexlify(text)
    except ValueError as error:
        raise Problem("ErrorInvalidIdMalformed") from error


@lru_cache(maxsize=256)
def _head(kind: Kind, address: str) -> bytes:
    return _HEAD + _sign(kind, address)


def _sign(kind: Kind, address: str) -> bytes:
    return _MARKS[kind] + blake2b(address.casefold().encode(), digest_size=48).digest()
