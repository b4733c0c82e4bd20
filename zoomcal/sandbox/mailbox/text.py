"""Bodies as text and as HTML, whichever of the two was written."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from html.parser import HTMLParser

_BLOCKS = frozenset("p div br tr li h1 h2 h3 h4 h5 h6 table ul ol blockquote hr pre".split())
_HIDDEN = frozenset(("style", "script", "title"))


@lru_cache(maxsize=20_000)
def plain(html: str) -> str:
    """Return the text of HTML: its blocks on lines of their own, a link's address after its words as Exchange does."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.pieces).splitlines()
    return "\r\n".join(" ".join(line.split()) for line in lines).strip()


def marked_up(text: str) -> str:
    """Return a page of HTML that shows `text`."""
    lines = escape(text, quote=False).replace("\n", "<br>\n")
    return f"<html>\n<head></head>\n<body>\n<div>{lines}</div>\n</body>\n</html>\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0
        self._link: tuple[str, int] = ("", 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self.pieces))

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        if tag == "a":
            target, at = self._link
            if target.startswith("http") and "".join(self.pieces[at:]).strip() != target:
                self.pieces.append(f"<{target}>")
            self._link = ("", 0)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data.replace("\n", " "))
