"""The sandbox's own pages: what Join would have opened, and the switches for another process."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from zoomcal.sandbox.google.pages import page

if TYPE_CHECKING:
    from zoomcal.sandbox.google.service import Google

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
}


class Desk:
    """Served apart from the services, so that it answers while their network is cut."""

    def __init__(self, google: Google, opened: list[str]) -> None:
        self._google, self._opened = google, opened
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

    async def report(self, _: Request) -> Response:
        """Say what was asked and opened so far, and which faults are on."""
        faults = self._google.faults
        return JSONResponse(
            {
                "asked": [str(each) for each in self._google.asked],
                "opened": self._opened,
                "faults": [vars(fault) for fault in faults.active],
                "waiting": faults.waiting,
                "network": faults.network.up,
            },
            headers=_HEADERS,
        )

    async def control(self, request: Request) -> Response:
        """Turn a switch: `{"do": "fault", "kind": "status", "status": 503, "path": "/events"}` and the like."""
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "Send application/json."}, 415)
        try:
            order = json.loads(await request.body())
            self._obey(order.pop("do"), order)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return Response(status_code=204)

    def _obey(self, do: str, order: dict[str, Any]) -> None:
        google, faults = self._google, self._google.faults
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
            case "end-grants":
                google.tokens.end_grants()
            case "expire-access":
                google.tokens.expire_access()
            case "forget-sync-tokens":
                google.forget_sync_tokens()
            case "empty-first-page":
                google.state.empty_first_page = bool(order["on"])
            case "allow-only":
                google.allow_only(order["scopes"])
            case _:
                raise ValueError(do)
