"""Where the parts of a meeting's row lie: arithmetic only, in logical pixels (LOOK 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect

BAR_WIDTH = 4
BUTTON_HEIGHT = 28
ROW_GAP = 2
INLINE_BELOW = 160
"""With less room than this for the text, the state moves to the front of the second line."""


class Measures(NamedTuple):
    """What the fonts and words of the moment need; the same for every row."""

    time_width: int
    button_width: int
    topic_height: int
    small_height: int

    @property
    def row_height(self) -> int:
        """Of a meeting, without the gap below it."""
        return self.topic_height + self.small_height + 24

    @property
    def heading_height(self) -> int:
        """Of a heading with the space around it."""
        return 16 + self.small_height + 6


class Rects(NamedTuple):
    """A row's parts; `state` and `button` are None where there is no such part."""

    ground: QRect
    start: QRect
    end: QRect
    bar: QRect
    topic: QRect
    second: QRect
    state: QRect | None
    button: QRect | None


def place(row: QRect, measures: Measures, *, narrow: bool, button: bool, state_width: int) -> Rects:
    """Lay a row out in `row`.

    Args:
        row: The whole row, gap excluded, as wide as the list.
        measures: The fonts' and words' needs.
        narrow: The form of a window below 560.
        button: Whether it has one.
        state_width: Of the state with its sign, in pixels; 0 for none. It gets a place of its own where that leaves
            the text its room; otherwise `state` is None and its words lead the second line.
    """
    outer, gap, tail = (4, 8, 8) if narrow else (8, 12, 12)
    ground = row.adjusted(outer, 0, -outer, 0)
    left, right = ground.left() + 12, ground.right() + 1 - tail
    top = ground.top() + (ground.height() - measures.topic_height - measures.small_height) // 2
    second_top = top + measures.topic_height
    bar = QRect(left + measures.time_width + gap, ground.top() + 11, BAR_WIDTH, ground.height() - 22)
    button_rect = None
    if button:
        height = max(BUTTON_HEIGHT, measures.small_height + 8)
        button_top = ground.top() + (ground.height() - height) // 2
        button_rect = QRect(right - measures.button_width, button_top, measures.button_width, height)
        right = button_rect.left() - gap
    text_left = bar.right() + 1 + gap
    state_rect = None
    if state_width and not narrow and right - state_width - gap - text_left >= INLINE_BELOW:
        state_rect = QRect(right - state_width, ground.top(), state_width, ground.height())
        right = state_rect.left() - gap
    width = max(0, right - text_left)
    return Rects(
        ground=ground,
        start=QRect(left, top, measures.time_width, measures.topic_height),
        end=QRect(left, second_top, measures.time_width, measures.small_height),
        bar=bar,
        topic=QRect(text_left, top, width, measures.topic_height),
        second=QRect(text_left, second_top, width, measures.small_height),
        state=state_rect,
        button=button_rect,
    )


def offsets(headings: Sequence[bool], measures: Measures) -> list[int]:
    """Return the top of every row and, last, the height of all, given which rows are headings."""
    tops, top = [0], 0
    heights = (measures.row_height + ROW_GAP, measures.heading_height)
    for heading in headings:
        top += heights[heading]
        tops.append(top)
    return tops
