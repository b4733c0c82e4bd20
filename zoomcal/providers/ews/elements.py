"""Reading EWS's XML without stumbling: a missing or odd element is an empty text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Protocol

TYPES = "{http://schemas.microsoft.com/exchange/services/2006/types}"
MESSAGES = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
_DIGITS = 9


class Element(Protocol):
    """What is asked of an element of lxml."""

    @property
    def tag(self) -> str:
        """The name, the namespace in braces before it."""

    @property
    def text(self) -> str | None:
        """What stands before the first child."""

    def get(self, key: str) -> str | None:
        """Return an attribute."""

    def find(self, path: str) -> Element | None:
        """Return the first element at `path`."""

    def iterfind(self, path: str) -> Iterator[Element]:
        """Yield the elements at `path`."""

    def __iter__(self) -> Iterator[Element]:
        """Yield the children."""


@cache
def path_of(*names: str) -> str:
    """Return the path of elements of the types' namespace, one inside the other."""
    return "/".join(f"{TYPES}{name}" for name in names)


def child(element: Element, *names: str) -> Element | None:
    """Return what stands under these names, one inside the other."""
    return element.find(path_of(*names))


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield all that stand under these names."""
    return element.iterfind(path_of(*names))


def text(element: Element, *names: str) -> str:
    """Return the text under these names; empty when there is none."""
    found = child(element, *names) if names else element
    return (found.text or "") if found is not None else ""


def number(stated: str) -> int | None:
    """Return a whole number, at most a thousand million, however large it is; None where it is none or below zero."""
    bare = stated.strip()
    if not (bare.isascii() and bare.isdecimal()):
        return None
    return int(bare[-9:]) if len(bare.lstrip("0")) <= _DIGITS else 10**_DIGITS


def flag(element: Element, *names: str) -> bool | None:
    """Return whether it says true under these names; None when it says nothing."""
    said = text(element, *names).strip().lower()
    return said in {"true", "1"} if said else None


def identity(element: Element, name: str = "ItemId") -> tuple[str, str]:
    """Return an element's id and its change key; empty where it has none."""
    found = child(element, name)
    return (found.get("Id") or "", found.get("ChangeKey") or "") if found is not None else ("", "")


def kind(element: Element) -> str:
    """Return an element's name without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
