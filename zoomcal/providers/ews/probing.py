"""Asking a server who it is without saying who asks: no name and no password leaves here."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from zoomcal.catalogue import Sentence, sentence
from zoomcal.errors import CloudMailbox, EntryError, Offline, Transient
from zoomcal.providers.ews.address import enterable, host_of, leads_to_cloud
from zoomcal.providers.ews.errors import LOGON_PAGE, NO_SERVICE, leads_on
from zoomcal.providers.ews.line import EwsLine, certificate_fault, is_tls_fault, names_another
from zoomcal.providers.ews.transport import Transport, offered

_QUESTION = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    b' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>'
    b"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    b'<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to somebody unknown."""

    status: int
    method: str
    """How it lets people sign in, the best way; empty when it named none that is known here."""
    target: str
    """Where it points to; empty when it does not."""
    is_soap: bool
    """Whether it answered in SOAP."""


def asked(url: str, line: EwsLine) -> Answer:
    """Return what an EWS endpoint says to a request without credentials.

    Raises:
        Offline, Transient, Cancelled: As the line says.
    """
    transport = Transport(url, line)
    try:
        body = transport.probe(_QUESTION)
    except Transient:
        if not line.head.moved:
            raise
        body = b""
    head = line.head
    method = offered(head.headers.get("WWW-Authenticate", "")) if head.status == 401 else ""
    return Answer(head.status, method, head.target, b"schemas.xmlsoap.org/soap/envelope" in body[:2000])


def way_in(url: str, line: EwsLine, *, has_ca_file: bool) -> str:
    """Return how one signs in at an EWS endpoint.

    Raises:
        CloudMailbox: It leads to Microsoft's own cloud.
        EntryError: It cannot be reached or trusted, or is no EWS endpoint.
        Transient, Cancelled: As they say.
    """
    try:
        answer = asked(url, line)
    except Offline as error:
        raise unreached(url, error, has_ca_file=has_ca_file) from error
    host = host_of(url)
    if leads_to_cloud(answer.target):
        raise CloudMailbox("url", detail=f"HTTP {answer.status}")
    if answer.method:
        return answer.method
    detail = f"HTTP {answer.status}"
    if answer.status in {401, 403} and root_leads_to_cloud(url, line):
        raise CloudMailbox("url", detail=detail)
    match answer.status:
        case 401:
            said = sentence(
                "{host} offers no way of signing in that ZoomCal knows (NTLM or Basic). Ask your IT team.", host=host
            )
        case 403:
            said = sentence("{host} does not let programs in. Ask your IT team whether EWS is switched on.", host=host)
        case 200 | 500 if answer.is_soap:
            said = sentence(
                "{host} answers without asking who you are. Your password was not sent. Ask your IT team.", host=host
            )
        case 301 | 302 | 303 | 307 | 308 if (other := enterable(answer.target)) and other != url:
            said = leads_on(other)
        case 301 | 302 | 303 | 307 | 308 | 407 | 440 | 511:
            said = LOGON_PAGE
        case status if status == 429 or status >= 500:
            raise Transient(detail=detail)
        case _:
            said = NO_SERVICE
    raise EntryError("url", said, detail=detail)


def root_leads_to_cloud(url: str, line: EwsLine) -> bool:
    """Whether the host's front page sends people to Microsoft's own cloud."""
    parts = urlsplit(url)
    session = requests.Session()
    line.mount_on(session)
    try:
        session.get(f"{parts.scheme}://{parts.netloc}/", allow_redirects=False)
    except (Offline, Transient):
        return line.head.moved and leads_to_cloud(line.head.target)
    return False


def unreached(url: str, error: Offline, *, has_ca_file: bool) -> EntryError:
    """Return why a server that a person entered was not reached, under the field that would mend it."""
    host = host_of(url)
    fault = certificate_fault(error)
    if fault is not None and names_another(fault):
        return EntryError(
            "url",
            sentence(
                "The certificate there is for another name than {host}. Ask your IT team for the EWS URL.", host=host
            ),
            detail=error.detail,
        )
    if fault is not None:
        return EntryError("ca_file", _untrusted(host, has_ca_file=has_ca_file), detail=error.detail)
    if is_tls_fault(error):
        said = sentence(
            "{host} speaks no form of TLS that is safe today. Ask your IT team to bring the server up to date.",
            host=host,
        )
        return EntryError("url", said, detail=error.detail)
    said = sentence("{host} cannot be reached. Check the address and your network.", host=host)
    return EntryError("url", said, detail=error.detail)


def _untrusted(host: str, *, has_ca_file: bool) -> Sentence:
    if has_ca_file:
        return sentence(
            "The certificate of {host} was not issued by the authority in this file, or has expired.", host=host
        )
    return sentence(
        "The certificate of {host} is not trusted on this computer."
        " Ask your IT team for the file of its certificate authority (PEM).",
        host=host,
    )
