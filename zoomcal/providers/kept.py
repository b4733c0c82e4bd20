"""Reading back what the vault keeps of an account."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from zoomcal.errors import NeedsReauth

T = TypeVar("T")


def opened(text: str, fingerprint: str, make: Callable[[dict[str, Any]], T]) -> T:
    """Return what `make` makes of a kept secret, which names under `endpoints` those that issued it.

    Raises:
        NeedsReauth: It is damaged, or endpoints other than those of `fingerprint` issued it.
    """
    try:
        kept = json.loads(text)
        secret, issuer = make(kept), kept["endpoints"]
    except (ValueError, TypeError, KeyError):
        raise NeedsReauth(detail="the kept secret cannot be read") from None
    if issuer != fingerprint:
        raise NeedsReauth(detail="the service's address or the OAuth client has changed")
    return secret
