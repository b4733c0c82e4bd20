"""Texts of strangers on one line: titles, names, places."""

from __future__ import annotations

import re

LONGEST_LINE = 500
"""Topics, names and places are cut here before they reach a line on the screen."""
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def one_line(text: str) -> str:
    """Return `text` fit for a single line: no line breaks, no control or direction-forcing characters."""
    return " ".join(UNSAFE.sub(" ", text[:LONGEST_LINE]).split())
