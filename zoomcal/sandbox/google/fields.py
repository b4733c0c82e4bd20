"""Partial responses: the field masks of Google's `fields` parameter.

The syntax is `a,b(c,d/e),f/*`; see https://developers.google.com/workspace/calendar/api/guides/performance#partial.
"""

from __future__ import annotations

import re
from typing import Any

Mask = dict[str, Any]
"""Name to sub-mask; an empty sub-mask keeps everything below the name, and `*` stands for every name."""

_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[*(),/]")


class BadMask(ValueError):
    """The mask is not well formed, or names a field that does not exist; the argument is the selector at fault."""


def parse(text: str) -> Mask:
    """Return the mask that `text` describes.

    Raises:
        BadMask: It is not well formed.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise BadMask(text)
    mask, rest = _selectors(tokens, 0)
    if rest != len(tokens):
        raise BadMask(text)
    return mask


def keep(mask: Mask, value: Any) -> Any:
    """Return the parts of the JSON `value` that `mask` selects."""
    if not mask:
        return value
    if isinstance(value, list):
        return [keep(mask, each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: keep(_below(mask, name), each) for name, each in value.items() if name in mask or "*" in mask}


def check(mask: Mask, names: frozenset[str]) -> None:
    """Raise BadMask where `mask` selects a name that is not among `names`."""
    for name in mask:
        if name not in names and name != "*":
            raise BadMask(name)


def _below(mask: Mask, name: str) -> Mask:
    below: Mask = mask[name] if name in mask else mask["*"]
    return below


def _selectors(tokens: list[str], at: int) -> tuple[Mask, int]:
    mask: Mask = {}
    while True:
        at = _selector(tokens, at, mask)
        if at >= len(tokens) or tokens[at] != ",":
            return mask, at
        at += 1


def _selector(tokens: list[str], at: int, mask: Mask) -> int:
    if at >= len(tokens) or tokens[at] in "(),/":
        raise BadMask("".join(tokens[at : at + 1]))
    name = tokens[at]
    at += 1
    known = mask.get(name)
    if at < len(tokens) and tokens[at] == "/":
        below: Mask = {}
        at = _selector(tokens, at + 1, below)
    elif at < len(tokens) and tokens[at] == "(":
        below, at = _selectors(tokens, at + 1)
        if at >= len(tokens) or tokens[at] != ")":
            raise BadMask(name)
        at += 1
    else:
        mask[name] = {}
        return at
    mask[name] = _merged(known, below)
    return at


def _merged(known: Mask | None, more: Mask) -> Mask:
    if known is None:
        return more
    if not known:
        return known
    return {name: _merged(known.get(name), more[name]) if name in more else known[name] for name in known | more}
