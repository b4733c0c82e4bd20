"""The eight calendar colours, and which of them stands for a service's own colour."""

from __future__ import annotations

from collections.abc import Collection

PALETTE: dict[str, tuple[str, str]] = {
    "denim": ("#3B6DB3", "#6C9BE0"),
    "moss": ("#4C8A5A", "#6FB481"),
    "plum": ("#8A4F9E", "#BC86D0"),
    "lagoon": ("#1F8595", "#52B4C3"),
    "ochre": ("#A8761A", "#D9A84A"),
    "rose": ("#C04A72", "#E28AA8"),
    "slate": ("#66707C", "#98A2AE"),
    "brick": ("#B4533A", "#E08A70"),
}
"""Name to its colour on a light and on a dark ground; each is at least 3:1 against both."""


def unused(used: Collection[str]) -> str:
    """Return a palette name for a calendar without a colour of its own: a free one, never the Zoom account's."""
    return next((name for name in PALETTE if name not in used and name != "lagoon"), "denim")


def nearest(colour: str, fallback: str = "denim") -> str:
    """Return the palette name nearest to a service's `#RRGGBB`; `fallback` when that is no colour."""
    wanted = _channels(colour)
    if wanted is None:
        return fallback
    return min(PALETTE, key=lambda name: min(_distance(wanted, _channels(shade)) for shade in PALETTE[name]))


def _channels(colour: str) -> tuple[int, int, int] | None:
    try:
        return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
    except ValueError:
        return None


def _distance(one: tuple[int, int, int], other: tuple[int, int, int] | None) -> float:
    """Return the weighted RGB distance, which follows the eye closer than the plain one (red mean approximation)."""
    if other is None:
        return float("inf")
    red = (one[0] + other[0]) / 2
    dr, dg, db = (a - b for a, b in zip(one, other, strict=True))
    return (2 + red / 256) * dr * dr + 4 * dg * dg + (2 + (255 - red) / 256) * db * db
