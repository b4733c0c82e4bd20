"""The sandbox's own pages: what Join would have opened, and the switches for another process."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from html import escape
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from zoomcal.sandbox.faults import Asked, Faults
from zoomcal.sandbox.pages import page

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
}


class Service(Protocol):
    """What the desk knows of every service."""

    faults: Faults
    asked: deque[Asked]

    def obey(self, do: str, order: dict[str, Any]) -> None:
        """Turn a switch of its own; ValueError or KeyError where there is none, or the order is not complete."""


class Desk:
    """Served apart from the services, so that it answers while their network is cut."""

    def __init__(self, services: Mapping[str, Service], opened: list[str]) -> None:
        """`services` by name; orders and reports that name none are about the first."""
        self._services, self._opened = services, opened
        self.endpoints: dict[str, Any] = {}
        """Every base URL, once they are known."""

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/endpoints", self.describe, methods=["GET"]),
                Route("/opened", self.show_opened, methods=["GET"]),
                Route("/control", self.report, methods=["GET"]),
                Route("/control", self.control, methods=["POST"]),
            ]
        )

    async def describe(self, _: Request) -> Response:
        """Say where everything is, as the one line on standard output does."""
        return JSONResponse(self.endpoints, headers=_HEADERS)

    async def show_opened(self, request: Request) -> Response:
        """Show, and remember, the address that the program would have handed to the system."""
        url = request.query_params.get("url", "")
        if url:
            self._opened.append(url)
        said = f"<p>ZoomCal would have opened:</p><p><code>{escape(url)}</code></p>" if url else "<p>Nothing yet.</p>"
        note = (
            "<p><small>Sample meeting numbers may belong to strangers, so the demo opens this page instead.</small></p>"
        )
        return HTMLResponse(page("Opened", said + note), headers=_HEADERS)

    async def report(self, request: Request) -> Response:
        """Say what a service (`?service=office365`) was asked and what was opened so far, and which faults are on."""
        try:
            service = self._service(request.query_params.get("service"))
        except KeyError as error:
            return JSONResponse({"error": f"No service {error}."}, 404)
        faults = service.faults
        return JSONResponse(
            {
                "asked": [str(each) for each in service.asked],
                "opened": self._opened,
                "faults": [vars(fault) for fault in faults.active],
                "waiting": faults.waiting,
                "network": faults.network.up,
            },
            headers=_HEADERS,
        )

    async def control(self, request: Request) -> Response:
        """Turn a switch: `{"do": "fault", "kind": "status", "status": 503, "path": "/events"}` and the like.

        `"service"` says whose: google, where it is left out, office365 or exchange.
        """
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "Send application/json."}, 415)
        try:
            order = json.loads(await request.body())
            _obey(self._service(order.pop("service", None)), order.pop("do"), order)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return Response(status_code=204)

    def _service(self, name: str | None) -> Service:
        return self._services[next(iter(self._services)) if name is None else name]


def _obey(service: Service, do: str, order: dict[str, Any]) -> None:
    faults = service.faults
    match do:
        case "fault":
            faults.add(**order)
        case "clear":
            faults.clear()
        case "release":
            faults.release()
        case "cut-network":
            faults.cut_network()
        case "restore-network":
            faults.restore_network()
        case _:
            service.obey(do, order)
