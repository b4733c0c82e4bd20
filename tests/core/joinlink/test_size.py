"""Work grows with the size of the text, not with its square."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from zoomcal.joinlink import Fields, find, survey
from zoomcal.joinlink.finder import LONGEST_READ

LINK = "https://us02web.zoom.us/j/81234567890?pwd=abc.1"
REPEATED = [
    *("a", "a.", "1", "1 ", "<a ", "<a =zoom", "&#122;", "&amp;zoom", "&pwd=", "\\/zoom.us", "=3Dzoom.us", "zoom"),
    *(
        "zoom.us/",
        "zoom.us>",
        "https://us02web.zoom.us/j/1",
        "https://zoom.us/a=\n",
        "https://zoom.us/j/1<https://zoom.us/j/2>",
    ),
    *(
        '<a href="zoom.us ',
        "<a href='zoom.us/j/1'>zoom</a>",
        "<!-- zoom ",
        "<http:zoom\n",
        "<style>zoom ",
        '<p title="zoom>',
    ),
    *("zoom meeting id ", "zoom meeting id 812 3456 7890 ", "zoom id(", "zoom passcode ", "zoom passcode: ab1\n"),
    *("-----\nzoom\n", "topic: zoom\n", "zoom teams ", "[zoom.us](https://", "https://urldefense.com/v3/__*zoom"),
    "https://nam02.safelinks.protection.outlook.com/?url=",
]


def steps(text: str) -> int:
    """Count the calls made, those of C functions included, while `text` is searched."""
    count = 0

    def counted(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        find(Fields(description=text))
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("unit", REPEATED)
def test_twice_the_text_is_at_most_about_twice_the_work(unit: str) -> None:
    small, large = steps(unit * (8_000 // len(unit))), steps(unit * (32_000 // len(unit)))
    assert large <= 5 * small + 500


@pytest.mark.parametrize("unit", REPEATED)
def test_hostile_texts_are_read_to_their_end(unit: str) -> None:
    text = unit * (120_000 // len(unit))
    assert find(Fields(location=LINK, description=text)).link is not None
    fields = Fields(description=text, body_html=text)
    assert str(find(fields).why)
    assert isinstance(survey(fields), tuple)


@pytest.mark.parametrize("filling", ["x ", "<p>Zoom is fine</p>\n", "会議の資料。", "https://example.org/a "])
def test_a_link_at_the_end_of_a_long_body_is_found(filling: str) -> None:
    found = find(Fields(body_html=filling * (400_000 // len(filling)) + LINK)).link
    assert found is not None
    assert found.meeting_id == "81234567890"


def test_a_text_of_a_megabyte_is_read_whole() -> None:
    found = find(Fields(description="x" * (1 << 20) + " " + LINK)).link
    assert found is not None


def test_an_absurd_text_is_read_in_part_and_says_so() -> None:
    finding = find(Fields(description="zoom " + "x" * LONGEST_READ + " " + LINK))
    assert finding.link is None
    assert "first 2 million characters" in str(finding.why)
    assert "first 2 million characters" in str(find(Fields(description="x " * LONGEST_READ)).why)
    finding = find(Fields(location=LINK, description="zoom " * LONGEST_READ))
    assert finding.link is not None
