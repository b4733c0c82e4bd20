"""SOAP 1.1 as Exchange speaks it: reading a request safely, writing an answer, and its faults.

Sources: [MS-OXWSCDATA] (SOAP headers, error codes), [MS-OXWSADISC] section 3.1.4 for the fault's shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from zoomcal.sandbox.exchange.problems import Fault
from zoomcal.sandbox.exchange.versions import Build, rank

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
LARGEST_REQUEST = 16 * 1024 * 1024
"""Bytes; Exchange takes 64 MB, which no request here comes near."""

_BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RETURNS = {"\r": "&#xD;"}
"""A parser would drop them otherwise (XML 1.0 section 2.11)."""
_HEAD = (
    f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Header>'
    f'<h:ServerVersionInfo {{version}} xmlns:h="{TYPES}"/></s:Header><s:Body>'
)
_TAIL = "</s:Body></s:Envelope>"


@dataclass(frozen=True, slots=True)
class Request:
    """What one envelope asks."""

    operation: str
    """The name of the body's element."""
    element: etree._Element
    version: int
    """The rank of the version asked for; fields that came later are unknown to the asker."""
    zone: str
    """The Windows id of the time zone that its times without an offset are in; empty for UTC."""
    impersonated: str
    """The address of the mailbox to act as; empty for one's own."""


def text(value: str) -> str:
    """Return text that may stand in an element: escaped, without the characters that XML 1.0 has no form for."""
    return escape(_BAD_CHARACTERS.sub("", value), _RETURNS)


def attribute(value: str) -> str:
    """Return an attribute's value with its quotes."""
    return quoteattr(_BAD_CHARACTERS.sub("", value))


def parsed(content: bytes) -> etree._Element:
    """Return the root of a document that has no document type, hence no entities.

    Raises:
        Fault: It is not well-formed, too large, too deep, or has a document type.
    """
    if len(content) > LARGEST_REQUEST:
        raise Fault("ErrorSchemaValidation", "The maximum message size quota has been exceeded.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (1, 1))
        violation = "The document is not well-formed XML."
        raise Fault("ErrorSchemaValidation", violation, line=max(line, 1), column=max(column, 1)) from error
    if root.getroottree().docinfo.doctype:
        raise Fault("ErrorSchemaValidation", "For security reasons DTD is prohibited in this XML document.")
    return root


def read(content: bytes, build: Build) -> Request:
    """Return what an envelope asks.

    Raises:
        Fault: It is no envelope, or asks for a version that the server does not know.
    """
    root = parsed(content)
    body = root.find(f"{{{SOAP}}}Body") if root.tag == f"{{{SOAP}}}Envelope" else None
    if body is None:
        raise Fault("ErrorSchemaValidation", "The request is no SOAP 1.1 envelope.", line=root.sourceline or 1)
    asked = [each for each in body if isinstance(each.tag, str)]
    if len(asked) != 1 or not asked[0].tag.startswith(f"{{{MESSAGES}}}"):
        raise Fault(
            "ErrorInvalidRequest", said="The request is invalid: its body is not one operation of this service."
        )
    header = root.find(f"{{{SOAP}}}Header")
    return Request(
        etree.QName(asked[0]).localname,
        asked[0],
        _version(header, build),
        _attribute(header, "TimeZoneContext/TimeZoneDefinition", "Id"),
        _first(header, "ExchangeImpersonation/ConnectingSID"),
    )


def envelope(build: Build, body: str | Iterable[str]) -> bytes:
    """Return the bytes of an answer; `body` is XML."""
    head = _HEAD.format(version=build.attributes)
    return "".join((head, body if isinstance(body, str) else "".join(body), _TAIL)).encode()


def fault(problem: Fault) -> bytes:
    """Return the bytes of a SOAP fault."""
    said, code = text(problem.said), problem.code
    details = "".join(f"<t:{name}>{text(value)}</t:{name}>" for name, value in problem.details)
    details += "".join(f"<t:Value Name={attribute(name)}>{text(value)}</t:Value>" for name, value in problem.values)
    if details:
        details = f'<t:MessageXml xmlns:t="{TYPES}">{details}</t:MessageXml>'
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault>'
        f'<faultcode xmlns:a="{TYPES}">a:{code}</faultcode><faultstring xml:lang="en-US">{said}</faultstring><detail>'
        f'<e:ResponseCode xmlns:e="{ERRORS}">{code}</e:ResponseCode>'
        f'<e:Message xmlns:e="{ERRORS}">{said}</e:Message>{details}</detail></s:Fault></s:Body></s:Envelope>'
    ).encode()


def _version(header: etree._Element | None, build: Build) -> int:
    asked = _attribute(header, "RequestServerVersion", "Version") or "Exchange2007"
    known = rank(asked)
    if known is None or known > build.rank:
        raise Fault("ErrorInvalidServerVersion")
    return known


def _attribute(header: etree._Element | None, path: str, name: str) -> str:
    found = header.find(_typed(path)) if header is not None else None
    return found.get(name, "") if found is not None else ""


def _first(header: etree._Element | None, path: str) -> str:
    found = header.find(_typed(path)) if header is not None else None
    return (found[0].text or "").strip() if found is not None and len(found) else ""


def _typed(path: str) -> str:
    return "/".join(f"{{{TYPES}}}{name}" for name in path.split("/"))
