"""What an event's description says: hostile HTML or text in, plain text with safe links out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from zoomcal.domain.lines import UNSAFE
from zoomcal.joinlink.pages import LONGEST_PAGE, is_public_page

SHOWN = 12_000
"""How many characters of a description are shown unasked: what can be laid out in a moment."""
READ_AT_FIRST, READ = 60_000, 1_000_000
"""How many characters of a description, markup included, are looked at unasked, and at all."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, line breaks included; `url` is the https address it leads to, or empty."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """The readable part of a description; no text in it is markup."""

    spans: tuple[Span, ...] = ()
    shortened: bool = False
    """Whether the source holds more."""

    @property
    def text(self) -> str:
        """The whole text, its links as their words."""
        return "".join(span.text for span in self.spans)


def read_description(source: str, shown: int = SHOWN, read: int = READ_AT_FIRST) -> Description:
    """Return the first `shown` characters of what the first `read` of `source` say.

    It never raises and takes time linear in what it reads.

    Text stands as it was written. HTML loses its tags, scripts, styles and comments; block elements end a line.
    Only https addresses of public host names stay links (`safe_address`).
    """
    whole = len(source) <= read
    source = source[:read]
    page = _Page(shown)
    pieces = _html_pieces(source) if _MARKUP.search(source) else _text_pieces(source)
    fits = all(page.add(text, url) for text, url in pieces)
    return Description(page.spans(), shortened=not (fits and whole))


def safe_address(address: str) -> str:
    """Return the https address if a person may be asked whether to open it (`is_public_page`), else an empty text."""
    return address if is_public_page(address) else ""


def _text_pieces(source: str) -> Iterator[tuple[str, str]]:
    at = 0
    for found in _BARE_ADDRESS.finditer(source):
        words = found.group().rstrip(".,;:!?'*_|)]}")
        if url := safe_address(words):
            yield source[at : found.start()], ""
            yield words, url
            at = found.start() + len(words)
    yield source[at:], ""


def _html_pieces(source: str) -> Iterator[tuple[str, str]]:
    url, pre, at = "", 0, 0
    for start, end, name, closing, tag in _tags(source):
        yield from _words(source[at:start], url, pre > 0)
        at = end
        if name == "a":
            url = "" if closing else safe_address(_href(tag))
        elif name == "pre":
            pre = max(0, pre + (-1 if closing else 1))
        if name in _BREAKS:
            yield _BREAKS[name], ""
        if name == "li" and not closing:
            yield "• ", ""
    yield from _words(source[at:], url, pre > 0)


def _words(raw: str, url: str, pre: bool) -> Iterator[tuple[str, str]]:
    text = _unescape(raw)
    if not pre:
        text = _SPACES.sub(" ", text)
    if url:
        yield text, url
    elif text:
        yield from _text_pieces(text)


def _unescape(text: str) -> str:
    """As `html.unescape`, which raises where a number has thousands of digits."""
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text


def _tags(source: str) -> Iterator[tuple[int, int, str, bool, str]]:
    """Yield start, end, lower-case name, whether it closes, and text of each tag; comments have no name.

    Each search either moves on or, once it has failed, is not made again: linear also for hostile input.
    """
    at = 0
    while found := _TAG_START.search(source, at):
        start, name, closing = found.start(), (found["name"] or "").lower(), bool(found["slash"])
        if name:
            end = _tag_end(source, found.end())
        else:
            end = source.find("-->" if found.group() == "<!--" else ">", found.end())
            end = end + 3 if found.group() == "<!--" and end >= 0 else end + 1
        if end <= 0:
            yield start, len(source), "", False, ""
            return
        if name in _SILENT and not closing:
            over = re.compile(rf"</{name}", re.IGNORECASE).search(source, end)
            end = (source.find(">", over.end()) + 1 if over else 0) or len(source)
        yield start, end, name, closing, source[found.end() : min(end, found.end() + 2 * LONGEST_PAGE)]
        at = end


def _tag_end(source: str, at: int) -> int:
    """Return where the tag whose attributes begin at `at` is over; 0 where it never is."""
    while found := _TAG_STEP.search(source, at):
        if found.group() == ">":
            return found.end()
        at = source.find(found.group()[-1], found.end()) + 1
        if at == 0:
            return 0
    return 0


def _href(tag: str) -> str:
    found = _HREF.search(tag)
    return _unescape(found.group(1).strip("\"'")).strip() if found else ""


class _Page:
    """Gathers pieces up to a bound: at most one empty line in a row, none at either end."""

    def __init__(self, bound: int) -> None:
        self._left = bound
        self._runs: list[tuple[list[str], str]] = []
        self._newlines = 2

    def add(self, text: str, url: str) -> bool:
        """Return False once something had to be left out."""
        for number, found in enumerate(UNSAFE.sub("", _NEWLINE.sub("\n", text)).split("\n")):
            if number and self._newlines < 2:
                self._put("\n", "")
                self._newlines += 1
            line = _ONE_SPACE.sub("", found) if self._newlines else found
            if self._newlines and (not line or line.isspace()):
                continue
            if len(line) > self._left:
                self._put(line[: self._left], url)
                return False
            self._put(line, url)
            self._newlines = 0 if line else self._newlines
        return True

    def spans(self) -> tuple[Span, ...]:
        """Return what was gathered."""
        spans = [Span("".join(parts), url) for parts, url in self._runs]
        while spans and not spans[-1].text.strip():
            spans.pop()
        if spans:
            spans[-1] = Span(spans[-1].text.rstrip(), spans[-1].url)
        return tuple(spans)

    def _put(self, text: str, url: str) -> None:
        if not text:
            return
        self._left -= min(len(text), self._left)
        if not self._runs or self._runs[-1][1] != url:
            self._runs.append(([], url))
        self._runs[-1][0].append(text)


_NEWLINE = re.compile("\r\n?|[\u2028\u2029]")
_ONE_SPACE = re.compile(r"^ (?! )")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HUGE_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
_BARE_ADDRESS = re.compile(r"https://[^\s<>\"\x00-\x1f]{1,2000}")
_MARKUP = re.compile(
    r"</?(?:a|p|div|br|span|b|i|u|em|strong|ul|ol|li|table|tr|td|h[1-6]|html|body|head|script|style|font|pre|hr|img"
    r"|blockquote|iframe|svg|object|meta|link|center|html-blob)(?:\s[^<>]{0,2000})?/?>|<!--|<!doctype\s"
    r"|&(?:nbsp|amp|lt|gt|quot|#\d{1,8});",
    re.IGNORECASE,
)
_TAG_START = re.compile(r"<(?:(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]*)(?=[\s/>])|!--|[!?])")
_TAG_STEP = re.compile(r">|=\s*[\"']")
_HREF = re.compile(r"(?:^|\s)href\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>\"']+)", re.IGNORECASE)
_SILENT = frozenset({"script", "style", "head", "title", "template", "iframe", "object", "svg", "textarea", "select"})
_BREAKS = dict.fromkeys(
    ("br", "div", "li", "tr", "ul", "ol", "table", "hr", "dt", "dd", "section", "pre"), "\n"
) | dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"), "\n\n")
