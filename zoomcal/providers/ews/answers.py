"""Taking SOAP answers apart: what each message holds, or in which words it refuses.

Response messages: https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsemessages
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree

from zoomcal.errors import ProviderError, Transient
from zoomcal.providers.ews.elements import MESSAGES, TYPES, Element, identity, number, text
from zoomcal.providers.ews.errors import NO_CODE, VERSION, error_of_code

_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_ERRORS = "{http://schemas.microsoft.com/exchange/services/2006/errors}"

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
_CHARACTERS = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))


class Refusal(Exception):
    """The server understood and said no, in its own code."""

    def __init__(self, code: str, back_off_s: float | None = None) -> None:
        super().__init__(code)
        self.code, self.back_off_s = code, back_off_s

    def error(self) -> ProviderError:
        """Return what it stands for."""
        return error_of_code(self.code, self.back_off_s)


class Page(NamedTuple):
    """A part of what a folder holds."""

    items: list[Element]
    complete: bool
    """Whether nothing is left out after these."""
    next_offset: int = 0


def parts(answer: bytes) -> tuple[Element | None, Element]:
    """Return an answer's header and body; one that breaks off is none, however much of it can be read.

    Raises:
        Transient: It is no SOAP.
    """
    try:
        root = _parsed(answer)
    except etree.XMLSyntaxError:
        try:
            root = _parsed(_mended(answer))
        except etree.XMLSyntaxError:
            raise Transient(detail="an answer that is no XML, or only half of it") from None
    body = root.find(f"{_SOAP}Body")
    if body is None:
        raise Transient(detail="an answer that is no SOAP")
    return root.find(f"{_SOAP}Header"), body


def messages_of(body: Element, tag: str) -> tuple[list[Element], Refusal | None]:
    """Return the messages of an answer's body, or why there are none."""
    fault, answer = body.find(f"{_SOAP}Fault"), body.find(tag)
    if answer is None:
        return [], _fault(fault) if fault is not None else Refusal("an answer to something else")
    around = answer.find(f"{MESSAGES}ResponseMessages")
    messages = _elements(around) if around is not None else [answer]
    refused = [refusal for message in messages if (refusal := _refusal(message)) is not None]
    if refused and len(refused) == len(messages) and refused[0].code in VERSION:
        return [], refused[0]
    return messages, None


def only(messages: Sequence[Element]) -> Element:
    """Return the one message that was asked for.

    Raises:
        Refusal: It is no success.
        Transient: There is not just one.
    """
    if len(messages) != 1:
        raise Transient(detail=f"{len(messages)} messages instead of one")
    refused = _refusal(messages[0])
    if refused is not None:
        raise refused
    return messages[0]


def each(messages: Sequence[Element], container: str) -> list[Element | ProviderError]:
    """Return what each message holds, or why it holds nothing."""
    found: list[Element | ProviderError] = []
    for message in messages:
        refused = _refusal(message)
        inside = _elements(message.find(f"{MESSAGES}{container}"))
        if refused is not None:
            found.append(refused.error())
        else:
            found.append(inside[0] if inside else Transient(detail="a message that holds nothing"))
    return found


def in_order(ids: Sequence[str], found: list[Element | ProviderError]) -> list[Element | ProviderError]:
    """Return one result for each id, also where the server gave fewer or more than was asked for."""
    if len(found) == len(ids):
        return found
    by_id = {identity(item)[0]: item for item in found if not isinstance(item, ProviderError)}
    return [by_id.get(wanted, Transient(detail="an item that was not answered")) for wanted in ids]


def page(messages: Sequence[Element], container: str) -> Page:
    """Return the page that the one message holds.

    Raises:
        Refusal: It is no success.
        Transient: It holds none.
    """
    root = only(messages).find(f"{MESSAGES}RootFolder")
    if root is None:
        raise Transient(detail="a page without a root")
    complete = (root.get("IncludesLastItemInRange") or "true").strip().lower() not in {"false", "0"}
    return Page(
        _elements(root.find(f"{TYPES}{container}")), complete, number(root.get("IndexedPagingOffset") or "") or 0
    )


def build_of(header: Element | None) -> tuple[int, ...]:
    """Return the build that a server states in its answer's header, four numbers; empty where it states none."""
    info = header.find(f"{TYPES}ServerVersionInfo") if header is not None else None
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
    numbers = [number(info.get(name) or "0") for name in names] if info is not None else []
    stated = tuple(each for each in numbers if each is not None)
    return stated if len(stated) == len(names) and any(stated) else ()


def _parsed(answer: bytes) -> etree._Element:
    return etree.fromstring(answer, etree.XMLParser(resolve_entities=False, no_network=True))


def _mended(answer: bytes) -> bytes:
    """Return an answer without the characters that XML does not know and Exchange lets pass."""
    text = _CONTROL.sub(b"", answer).decode("utf-8", "replace").encode()
    return _REFERENCE.sub(lambda found: found[0] if _is_character(found) else b"", text)


def _is_character(reference: re.Match[bytes]) -> bool:
    """Whether a reference names a character of XML 1.0 (its production 2)."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return number in {0x9, 0xA, 0xD} or any(low <= number <= high for low, high in _CHARACTERS)


def _elements(around: Element | None) -> list[Element]:
    return [element for element in around if isinstance(element.tag, str)] if around is not None else []


def _fault(fault: Element) -> Refusal:
    detail = fault.find("detail")
    code = detail.find(f"{_ERRORS}ResponseCode") if detail is not None else None
    stated = (code.text or "").strip() if code is not None else ""
    back_off_s = _back_off_s(detail.find(f"{TYPES}MessageXml")) if detail is not None else None
    return Refusal(stated or NO_CODE, back_off_s)


def _refusal(message: Element) -> Refusal | None:
    """Return why a message is no success."""
    code = message.find(f"{MESSAGES}ResponseCode")
    stated = (code.text or "").strip() if code is not None else ""
    if message.get("ResponseClass") == "Success" or stated == "NoError":
        return None
    return Refusal(stated or "an answer without a code", _back_off_s(message.find(f"{MESSAGES}MessageXml")))


def _back_off_s(stated: Element | None) -> float | None:
    """Return how long a busy server asks to wait, in seconds."""
    for value in stated.iterfind(f"{TYPES}Value") if stated is not None else ():
        if value.get("Name") == "BackOffMilliseconds" and (stated_ms := number(text(value))) is not None:
            return stated_ms / 1000
    return None
