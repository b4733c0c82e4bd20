"""The row's arithmetic at every width."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from ui.meetings.layout import INLINE_BELOW, Measures, offsets, place

MEASURES = Measures(time_width=40, button_width=72, topic_height=19, small_height=17)


def row(width: int) -> QRect:
    return QRect(0, 0, width, MEASURES.row_height)


def test_a_wide_row_is_as_drawn() -> None:
    rects = place(row(504), MEASURES, narrow=False, button=True, state_width=70)
    assert rects.ground == QRect(8, 0, 488, 60)
    assert rects.start.left() == rects.end.left() == 20
    assert rects.bar == QRect(72, 11, 4, 38)
    assert rects.topic.left() == rects.second.left() == 88
    assert rects.button == QRect(412, 16, 72, 28)
    assert rects.state == QRect(330, 0, 70, 60)
    assert rects.topic.right() + 1 == 318


def test_the_state_leaves_its_place_before_the_text_gets_too_narrow() -> None:
    own = [
        width
        for width in range(312, 700)
        if place(row(width), MEASURES, narrow=False, button=True, state_width=90).state
    ]
    assert own == list(range(own[0], 700))
    assert place(row(own[0]), MEASURES, narrow=False, button=True, state_width=90).topic.width() == INLINE_BELOW
    inline = place(row(own[0] - 1), MEASURES, narrow=False, button=True, state_width=90)
    assert inline.topic.width() > INLINE_BELOW


def test_a_narrow_row_never_gives_the_state_a_place() -> None:
    rects = place(row(1000), MEASURES, narrow=True, button=False, state_width=90)
    assert rects.state is None
    assert rects.topic.right() + 1 == 1000 - 4 - 8
    assert rects.start.left() == 16


@given(
    width=st.integers(312, 1500),
    narrow=st.booleans(),
    button=st.booleans(),
    state_width=st.integers(0, 300),
    grown=st.integers(1, 3),
)
def test_no_part_overlaps_another_or_leaves_the_row(
    width: int, narrow: bool, button: bool, state_width: int, grown: int
) -> None:
    measures = Measures(time_width=40 * grown, button_width=72 * grown, topic_height=19, small_height=17)
    rects = place(row(width * grown), measures, narrow=narrow, button=button, state_width=state_width)
    parts = [part for part in (rects.start, rects.bar, rects.topic, rects.state, rects.button) if part is not None]
    ordered = [part for part in parts if part.width() > 0]
    assert all(left.right() < right.left() for left, right in pairwise(ordered))
    assert all(rects.ground.contains(part) for part in ordered)
    assert rects.topic.width() > 40
    assert rects.start.width() == 40 * grown
    assert (rects.button is not None) == button
    assert rects.button is None or rects.button.width() == 72 * grown
    assert rects.second.width() == rects.topic.width()


def test_row_tops_add_up() -> None:
    assert offsets([True, False, False, True, False], MEASURES) == [0, 39, 101, 163, 202, 264]
    assert offsets([], MEASURES) == [0]


@pytest.mark.parametrize("height", [12, 40])
def test_rows_grow_with_the_font(height: int) -> None:
    measures = Measures(time_width=40, button_width=72, topic_height=height, small_height=height)
    assert measures.row_height == 2 * height + 24
