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

from zoomcal.sandbox.exchange.problems import Problem

Kind = Literal["item", "folder"]
_HEAD = b"\x00\x03\x24\x00"
"""Every id of a mailbox begins with these bytes, hence with the letters AAMkA."""
_ROOM: dict[Kind, int] = {"item": 61, "folder": 37}
"""Bytes for the identity: ids are then as long as Exchange's, by which some clients know them."""
_MARKS: dict[Kind, bytes] = {"item": b"F", "folder": b"."}


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
    raise Problem("ErrorInvalidIdMalformed")


def owner(text: str, addresses: Iterable[str]) -> str:
    """Return the mailbox that an id is of.

    Raises:
        Problem: It is no id, or of none of these.
    """
    for address in addresses:
        raw = _raw(text)
        if any(raw.startswith(_head(kind, address)) for kind in _MARKS):
            return address
    raise Problem("ErrorInvalidIdMalformed")


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


@lru_cache(maxsize=256)
def _head(kind: Kind, address: str) -> bytes:
    return _HEAD + _MARKS[kind] + blake2b(address.casefold().encode(), digest_size=48).digest()
