"""Pages over a list that is worked out once and then served from memory."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_KEPT = 24


class BadToken(ValueError):
    """A page or sync token that was not made here, or not for this request."""


def seal(content: dict[str, Any]) -> str:
    """Return an opaque token holding `content`."""
    return urlsafe_b64encode(json.dumps(content, sort_keys=True).encode()).rstrip(b"=").decode()


def unseal(token: str) -> dict[str, Any]:
    """Return what `seal` was given.

    Raises:
        BadToken: The token is not ours.
    """
    try:
        content = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError as error:
        raise BadToken(token) from error
    if not isinstance(content, dict):
        raise BadToken(token)
    return content


class Pages(Generic[T]):
    """Lists that are being paged through, the latest few of them."""

    def __init__(self, *, hesitant: Callable[[], bool] = lambda: False) -> None:
        """While `hesitant` says so, a first page is empty and only carries the next one's token, as Google may do."""
        self._hesitant = hesitant
        self._lists: OrderedDict[str, Sequence[T]] = OrderedDict()

    def page(
        self, asked: str, revision: int, size: int, token: str, listed: Callable[[], Sequence[T]]
    ) -> tuple[Sequence[T], str, int]:
        """Return (items, next page's token or empty, the revision that the list shows).

        A list stays as it was on its first page, whatever changes meanwhile.

        Raises:
            BadToken: The token is not ours, or was made for another request than `asked`.
        """
        at = 0
        if token:
            content = unseal(token)
            if content.get("asked") != asked:
                raise BadToken(token)
            at, revision = content["at"], content["revision"]
        key = f"{revision} {asked}"
        items = self._lists.get(key)
        if items is None:
            items = self._lists[key] = listed()
            while len(self._lists) > _KEPT:
                self._lists.popitem(last=False)
        self._lists.move_to_end(key)
        if not token and self._hesitant():
            return (), seal({"asked": asked, "at": 0, "revision": revision}), revision
        following = seal({"asked": asked, "at": at + size, "revision": revision}) if at + size < len(items) else ""
        return items[at : at + size], following, revision
