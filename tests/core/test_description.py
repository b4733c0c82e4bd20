"""What is left of a hostile description."""

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomcal.domain.description import READ_AT_FIRST, Span, read_description, safe_address
from zoomcal.domain.lines import one_line
from zoomcal.errors import Refused
from zoomcal.joinlink.opening import Purpose, check


def test_html_becomes_paragraphs_with_its_links() -> None:
    read = read_description(
        "<p>Hi &amp; <b>welcome</b></p><ul><li>one<li>two</ul>"
        '<a class=x href="https://wiki.example/a?b=1&amp;c=2">the <i>notes</i></a><br>See you'
    )
    assert read.text == "Hi & welcome\n\n• one\n• two\nthe notes\nSee you"
    assert [span for span in read.spans if span.url] == [Span("the notes", "https://wiki.example/a?b=1&c=2")]


def test_plain_text_stands_as_written_and_its_addresses_become_links() -> None:
    source = "Agenda:\n\n\n\n  1. cost < 5 & more\nLan <lan@x.example> (https://wiki.example/x)."
    read = read_description(source)
    assert read.text == "Agenda:\n\n  1. cost < 5 & more\nLan <lan@x.example> (https://wiki.example/x)."
    assert [span.url for span in read.spans if span.url] == ["https://wiki.example/x"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<SCRIPT\n>alert(1)</ScRiPt >",
        "<style>alert(1)</style>",
        "<!-- alert(1) -->",
        "<iframe src='javascript:alert(1)'>alert(1)</iframe>",
        "<svg onload=alert(1)><text>alert(1)</text></svg>",
        '<img src="https://tracker.example/alert(1)" onerror="alert(1)">',
        "<script>alert(1)",
        '<p title="> alert(1)">',
    ],
)
def test_nothing_that_is_not_text_is_shown(hostile: str) -> None:
    read = read_description(f"<p>before</p>{hostile}")
    assert read.text == "before"
    assert not any(span.url for span in read.spans)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://wiki.example/",
        "data:text/html,x",
        "zoommtg://zoom.us/join",
        "https://localhost/",
        "https://printer.local/",
        "https://intranet/",
        "https://10.0.0.1/",
        "https://192.168.1.1:8443/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0x0.0x0.0x1/",
        "https://a.0x7f/",
        "https://[::1]/",
        "https://good.example@evil.example/",
        "https://good.example\\@evil.example/",
        "https://wiki.example:99999/",
        "https://wiki.example/\u202egpj.exe",
        "https:///x",
        "https:/wiki.example/",
        "https://8.8.8.8/",
        "https://b\u00fccher.example/",
        "https://example.org:8443/",
        "https://intranet.corp/",
        "https://router.lan./",
        "https://nas.home.arpa/",
        "https://db.internal/",
        "https://wiki.example/\u200bx",
        "https://wiki.example/" + "x" * 3000,
    ],
)
def test_an_unsafe_address_is_no_link(address: str) -> None:
    assert safe_address(address) == ""
    with pytest.raises(Refused):
        check(address, Purpose.PAGE)
    assert not any(span.url for span in read_description(f'<p><a href="{address}">words</a></p>').spans)


@pytest.mark.parametrize(
    "address",
    [
        "https://wiki.example",
        "HTTPS://Wiki.Example:443/a?b=1&c=%20#d",
        "https://xn--bcher-kva.example/",
        "https://wiki.example/b\u00fccher",
        "https://wiki.example/" + "x" * 1900,
    ],
)
def test_what_a_person_is_asked_about_opens(address: str) -> None:
    assert safe_address(address) == address
    check(address, Purpose.PAGE)


def test_a_description_is_cut_where_asked() -> None:
    read = read_description("word " * 100_000, shown=1_000)
    assert read.shortened
    assert 900 < len(read.text) <= 1_000
    assert not read_description("word " * 100).shortened
    assert read_description(" " * (READ_AT_FIRST + 1)).shortened


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a ",
        "<p><a ='",
        "<p><!-",
        "<!--",
        "<p><script>",
        "</p",
        "&#9",
        "https://",
        "<p></p>",
        "<a href='",
        "<a href=>",
    ],
)
def test_time_grows_with_the_size_alone(piece: str) -> None:
    def seconds(size: int) -> float:
        source = "<p>" + piece * (size // len(piece))
        begun = time.process_time()
        read_description(source, read=len(source))
        return time.process_time() - begun

    small, large = min(seconds(50_000) for _ in range(3)), seconds(400_000)
    assert large < 40 * small + 0.1


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "<a href='https://w.example'>", "</a>", "<", ">", "'", '"', "&#x", "\ud800", "é", " \n", "--"]
        )
        | st.text(max_size=4)
    )
)
def test_any_input_gives_bounded_text_without_control_characters(pieces: list[str]) -> None:
    source = "".join(pieces)
    read = read_description(source, shown=50)
    assert len(read.text) <= 50
    assert read.text == read.text.strip("\n")
    assert all(character == "\n" or character >= " " or character == "\t" for character in read.text)
    assert "\n\n\n" not in read.text
    read.text.encode()
    assert all(safe_address(span.url) == span.url for span in read.spans)


@given(st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" \n")))
def test_escaped_text_comes_back_word_for_word(text: str) -> None:
    assert read_description(f"<p>{html.escape(text)}</p>").text.split() == text.split()


@given(st.text())
def test_one_line_has_no_breaks(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() in ([], [line])
    line.encode()
