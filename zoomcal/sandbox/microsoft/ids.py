"""Ids in the forms that Graph gives them: opaque, case-sensitive, and where it is asked for immutable.

Source: https://learn.microsoft.com/en-us/graph/outlook-immutable-id.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from zoomcal.sandbox.microsoft.answers import Problem

_MUTABLE, _IMMUTABLE = "AAMkAGRk", "AAkALgAA"


def shown(identity: str, *, immutable: bool = False) -> str:
    """Return the id of an item, or a folder, as an answer gives it."""
    return (_IMMUTABLE if immutable else _MUTABLE) + urlsafe_b64encode(identity.encode() + b"\0").decode()


def meant(text: str) -> str:
    """Return the id that the mailbox knows.

    Raises:
        Problem: The text is no id.
    """
    try:
        decoded = urlsafe_b64decode(text[len(_MUTABLE) :]).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise Problem(400, "ErrorInvalidIdMalformed") from error
    if text[: len(_MUTABLE)] not in {_MUTABLE, _IMMUTABLE} or not decoded.endswith("\0"):
        raise Problem(400, "ErrorInvalidIdMalformed")
    return decoded[:-1]
