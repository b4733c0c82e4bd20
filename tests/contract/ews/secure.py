"""A server over TLS that says what no sane Exchange does, and remembers with which credentials it was asked."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import trustme

from tests.contract.ews.stage import PASSWORD
from tests.contract.provider_contract import ME
from zoomcal.endpoints import Endpoints
from zoomcal.errors import ZoomCalError
from zoomcal.providers.base import ExchangeLogin
from zoomcal.providers.ews.signin import EwsSignIn

Told = tuple[int, dict[str, str], bytes]
_FAULT = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
    "<faultcode>s:Client</faultcode><faultstring>no</faultstring><detail>"
    '<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">{}</e:ResponseCode>'
    "</detail></s:Fault></s:Body></s:Envelope>"
)


_SAID = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:{name}Response>'
    "<m:ResponseMessages>{said}</m:ResponseMessages></m:{name}Response></s:Body></s:Envelope>"
)
_MESSAGE = (
    '<m:{name}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{inside}'
    "</m:{name}ResponseMessage>"
)


def folders(body: bytes) -> bytes:
    """Return the answer to GetFolder of a server that gives anybody the same folders, whosever were asked for."""
    wanted = re.findall(rb'DistinguishedFolderId Id="(\w+)"', body)
    given = (f'<m:Folders><t:Folder><t:FolderId Id="{name.decode()}"/></t:Folder></m:Folders>' for name in wanted)
    return _said("GetFolder", *given)


def names(addresses: Sequence[str]) -> bytes:
    """Return the answer to ResolveNames that finds mailboxes of these addresses."""
    found = "".join(
        f"<t:Resolution><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox></t:Resolution>"
        for address in addresses
    )
    return _said("ResolveNames", f"<m:ResolutionSet>{found}</m:ResolutionSet>")


def _said(name: str, *inside: str) -> bytes:
    return _SAID.format(name=name, said="".join(_MESSAGE.format(name=name, inside=each) for each in inside)).encode()


@cache
def authority() -> trustme.CA:
    """Return a certificate authority that nobody trusts by itself."""
    return trustme.CA()


class ScriptedExchange(ThreadingHTTPServer):
    """Gives its answers one after the other, the last one again and again."""

    daemon_threads = True

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Told] = [(404, {}, b"")]
        self.answer: Callable[[bytes], Told] | None = None
        """Says what to answer to a body, in place of `answers`."""
        self.front: Told = (404, {}, b"")
        """What its front page answers."""
        self.hangs_up = False
        """End every connection after an answer, without saying so."""
        self.hung_up = Event()
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.authorised: list[str] = []
        """The credentials that came, as they came."""
        self.ca_file = folder / "authority.pem"
        authority().cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority().issue_cert(*names).configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """Where EWS would be."""
        return f"https://127.0.0.1:{self.server_port}/EWS/Exchange.asmx"

    @staticmethod
    def challenge(*methods: str) -> Told:
        """Return the answer to somebody unknown."""
        return 401, {"WWW-Authenticate": ", ".join(methods)}, b""

    @staticmethod
    def fault(code: str) -> Told:
        """Return a SOAP fault."""
        return 500, {"Content-Type": "text/xml; charset=utf-8"}, _FAULT.format(code).encode()

    def shutdown_request(self, request: Any) -> None:
        """Hang up, and remember it."""
        super().shutdown_request(request)
        self.hung_up.set()

    def handle_error(self, *_: Any) -> None:
        """Say nothing: a client that does not trust us hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedExchange
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._tell(self.server.front)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.bodies.append(body)
        answers = self.server.answers
        if self.server.answer is not None:
            self._tell(self.server.answer(body))
        else:
            self._tell(answers.pop(0) if len(answers) > 1 else answers[0])

    def _tell(self, told: Told) -> None:
        status, headers, body = told
        self.server.asked.append(f"{self.command} {self.path}")
        if given := self.headers.get("Authorization"):
            self.server.authorised.append(given)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.close_connection or self.server.hangs_up

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def scripted_exchange(folder: Path, names: Sequence[str] = ("127.0.0.1",)) -> Iterator[ScriptedExchange]:
    """Run one."""
    with ScriptedExchange(folder, names) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def at(server: ScriptedExchange, **entered: Any) -> EwsSignIn:
    """Return a sign-in there, its authority trusted."""
    login = ExchangeLogin(username=ME, password=PASSWORD, url=server.url, ca_file=server.ca_file)
    return EwsSignIn(Endpoints(), replace(login, **entered), calendar=True, contacts=True)


def refused(sign_in: EwsSignIn) -> ZoomCalError:
    """Return why it does not succeed."""
    with pytest.raises(ZoomCalError) as caught:
        sign_in.wait(Event(), 20.0)
    return caught.value
