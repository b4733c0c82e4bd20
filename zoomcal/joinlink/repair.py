"""Undoing what mail and calendar software left in a text: quoted-printable, hard wraps, JSON and iCalendar escapes."""

from __future__ import annotations

import re
from binascii import a2b_qp
from html import unescape

_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,30};)")
_ENTITY_LAYERS = 3
_LETTER_ENTITY = re.compile(
    r"&#(?:0{0,4}(?:4[5-9]|5[0-8]|6[5-9]|[7-9][0-9]|1[01][0-9]|12[0-2])|x0{0,4}(?:2[d-f]|3[0-9a]|[46][1-9a-f]|[57][0-9a]));?",
    re.IGNORECASE,
)
_PATH_OVER_LINES = re.compile(r"://[^\s?<>\"=]++(?:=\r?\n[^\s?<>\"=]++)*+")
_SOFT_BREAK = re.compile(r"=\r?\n")
_ESCAPED_EQUALS = re.compile(r"=3d", re.IGNORECASE)
_PLAIN_PARAMETER = re.compile(r"[?&;][A-Za-z_]+=(?!3[dD]|\r?\n)")
_HARD_WRAPPED = re.compile(
    r"(?<=<)(?:https?|zoommtg|zoomus):[^\s<>]++(?:[^\S\r\n]*+[\r\n]\s*+[^\s<>]++)++(?=>)", re.IGNORECASE
)
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
_ESCAPED_ADDRESS = re.compile(r"https?://(?:[^\s<>\"=]|=3[dD]|=\r?\n)+", re.IGNORECASE)
_ESCAPE = re.compile(r"(?<!\\)\\(?:u00(?:26|3[dDfF]|2[fF])|[nN,;]|\\{0,2}/)")
_ESCAPES = {"/": "/", "n": "\n", "N": "\n", ",": ",", ";": ";"}


def may_hide_letters(text: str) -> bool:
    """Whether damage may hide a word of `text` that is there once it is repaired."""
    return (
        ("=" in text and ("=\n" in text or "=\r" in text))
        or ("&" in text and "&#" in text and _LETTER_ENTITY.search(text) is not None)
        or ("<" in text and "<http" in text and _HARD_WRAPPED.search(text) is not None)
    )


def repaired(text: str) -> str:
    """Return `text` as it was before it was escaped for transport; most texts come back as they are."""
    if "=" in text:
        text = _without_quoted_printable(text)
    if "\\" in text:
        text = _ESCAPE.sub(_escaped, text)
    if "<" in text and "<http" in text and "\n" in text:
        text = _HARD_WRAPPED.sub(lambda match: _LINE_BREAK.sub("", match.group()), text)
    if "&" in text and "&#" in text:
        text = _LETTER_ENTITY.sub(lambda match: unescape(match.group()), text)
    return text


def entities_resolved(text: str) -> str:
    """Return `text` with its character references replaced, doubled ones too; a bare name without `;` is left."""
    for _ in range(_ENTITY_LAYERS):
        if "&" not in text:
            break
        resolved = _ENTITY.sub(lambda match: unescape(match.group()), text)
        if resolved == text:
            break
        text = resolved
    return text


def _without_quoted_printable(text: str) -> str:
    if "=3" in text and _ESCAPED_EQUALS.search(text):
        if _PLAIN_PARAMETER.search(text):
            return _ESCAPED_ADDRESS.sub(_unquoted_address, text)
        return _unquoted(text)
    if "=\n" in text or "=\r" in text:
        return _PATH_OVER_LINES.sub(lambda match: _SOFT_BREAK.sub("", match.group()), text)
    return text


def _unquoted(text: str) -> str:
    return a2b_qp(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _unquoted_address(match: re.Match[str]) -> str:
    """Undo the escaping of an address whose parameters all are escaped, beside others that are not."""
    address = match.group()
    return address if _PLAIN_PARAMETER.search(address) else _unquoted(address)


def _escaped(match: re.Match[str]) -> str:
    code = match.group().lstrip("\\")
    return _ESCAPES.get(code) or chr(int(code[1:], 16))
