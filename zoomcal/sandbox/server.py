"""The sandbox as a whole: its listeners, its certificate authority, its data, its addresses."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import trustme
from dateutil.tz import tzlocal

from zoomcal.sandbox.data.fill import fill
from zoomcal.sandbox.desk import Desk
from zoomcal.sandbox.exchange.service import EWS_PATH, Exchange
from zoomcal.sandbox.google.service import Google
from zoomcal.sandbox.google.tokens import CLIENT_ID, CLIENT_SECRET
from zoomcal.sandbox.listener import Listener, Network, ServerThread
from zoomcal.sandbox.microsoft.service import Microsoft
from zoomcal.sandbox.microsoft.tokens import CLIENT_ID as MICROSOFT_CLIENT_ID

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the time now, aware, in the machine's zone."""
    return datetime.now(tzlocal())


class Sandbox:
    """Local services that speak the real protocols on 127.0.0.1, until `stop`.

    Attributes:
        google: The sandbox Google: events, contacts, faults, `asked`, `issued`.
        microsoft: The sandbox Microsoft: Entra, Graph, mailboxes, faults, `asked`, `issued`.
        exchange: The sandbox Exchange server: mailboxes, faults, `asked`, `issued`.
        endpoints: Every base URL, `ca_file`, client ids and sample accounts; JSON-ready.
        opened: The addresses that were shown on the page that stands in for Zoom's client.
    """

    def __init__(
        self, google: Google, microsoft: Microsoft, exchange: Exchange, *, port: int = 0, tls: bool = False
    ) -> None:
        self.google, self.microsoft, self.exchange = google, microsoft, exchange
        self.opened: list[str] = []
        services = {each.name: each for each in (google, microsoft, exchange)}
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own = authority.issue_cert("127.0.0.1", "localhost")
        own.configure_cert(context)
        exchange.authentication.certificate = ssl.PEM_cert_to_DER_cert(own.cert_chain_pems[0].bytes().decode())
        desk = Desk(services, self.opened)
        self._plain, self._secure = _pair(google, context, port=port, tls=tls)
        self._graph, self._entra = _pair(microsoft, context, tls=tls)
        microsoft.served_at(authority=self._entra.url, pages=self._graph.url)
        self._ews = Listener(exchange.app(), tls=context, network=exchange.faults.network)
        self._desk = Listener(desk.app(), tls=context if tls else None, network=Network())
        self._folder = tempfile.TemporaryDirectory(prefix="zoomcal-sandbox-")
        self._ca_file = Path(self._folder.name) / "ca.pem"
        authority.cert_pem.write_to_path(str(self._ca_file))
        listeners = {self._plain, self._secure, self._graph, self._entra, self._ews, self._desk}
        self._thread = ServerThread(list(listeners))
        for service in services.values():
            service.faults.run_on(self._thread.loop)
        self.endpoints = desk.endpoints = self._endpoints()

    @classmethod
    def start(
        cls,
        seed: int = 1,
        events: int | None = None,
        contacts: int | None = None,
        now: Clock = system_clock,
        port: int = 0,
        *,
        tls: bool = False,
        zone: tzinfo | None = None,
    ) -> Self:
        """Make the data and serve it.

        Args:
            seed: The same seed and the same time give the same data.
            events: How many generated events each service gets inside the synced window (today and two days more).
            contacts: How many generated contacts each service gets.
            now: The clock that tokens expire by and that the data lies around; aware.
            port: Where the Google pages and APIs listen; 0 for any free one.
            tls: Serve everything over TLS, not Exchange and what hands out tokens alone.
            zone: Where *today* is; by default the clock's zone when it has a name, else the machine's.
        """
        google, microsoft, exchange = Google(now), Microsoft(now), Exchange(now)
        fill(
            google, microsoft, exchange, seed=seed, moment=now(), zone=zone or zone_of(now()), events=events or 0,
            contacts=contacts or 0,
        )  # fmt: skip
        sandbox = cls(google, microsoft, exchange, port=port, tls=tls)
        sandbox._thread.start()
        return sandbox

    def stop(self) -> None:
        """End the services and delete the certificate file; harmless when repeated."""
        for service in (self.google, self.microsoft, self.exchange):
            service.faults.clear()
        self._thread.stop()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _endpoints(self) -> dict[str, Any]:
        plain, secure = f"{self._plain.url}/google", f"{self._secure.url}/google"
        return {
            "google": {
                "authorize_url": f"{plain}/o/oauth2/v2/auth",
                "token_url": f"{secure}/oauth2/token",
                "revoke_url": f"{secure}/oauth2/revoke",
                "calendar_url": f"{plain}/calendar/v3",
                "people_url": f"{plain}/people/v1",
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
            },
            "office365": {
                "authority": f"{self._entra.url}/common",
                "graph_url": f"{self._graph.url}/v1.0",
                "client_id": MICROSOFT_CLIENT_ID,
            },
            "exchange": {"url": f"{self._ews.url}{EWS_PATH}", "hosts": f"127.0.0.1:{self._ews.port}"},
            "ca_file": str(self._ca_file),
            "opened_url": f"{self._desk.url}/opened",
            "control_url": f"{self._desk.url}/control",
            "accounts": [*self._accounts()],
        }

    def _accounts(self) -> Iterator[dict[str, str]]:
        for account in self.google.accounts.values():
            yield {"service": "google", "email": account.email, "name": account.name}
        for mailbox in self.microsoft.mailboxes.values():
            yield {"service": "office365", "email": mailbox.address, "name": mailbox.name}
        for login in self.exchange.accounts.values():
            yield {
                "service": "exchange",
                "email": login.mailbox.address,
                "name": login.mailbox.name,
                "username": login.username,
                "password": login.password,
            }


def _pair(
    service: Google | Microsoft, context: ssl.SSLContext, *, port: int = 0, tls: bool = False
) -> tuple[Listener, Listener]:
    """Return where a service listens in the clear and where over TLS: the same listener when all is to be TLS."""
    app, network = service.app(), service.faults.network
    plain = Listener(app, port=port, tls=context if tls else None, network=network)
    return plain, plain if tls else Listener(app, tls=context, network=network)


def zone_of(moment: datetime) -> tzinfo:
    """Return the zone of an aware moment where it is a named one, else the machine's."""
    return moment.tzinfo if isinstance(moment.tzinfo, ZoneInfo) else tzlocal()
