"""Listening to what is asked and answered, so that a test can hold both against a contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One request and its whole answer, before it is compressed or cut short."""

    method: str
    path: str
    query: str
    request_headers: dict[str, str]
    """Names in lower case."""
    request: bytes
    status: int
    headers: dict[str, str]
    answer: bytes


class Tap:
    """Who listens; called in the sandbox's thread, before the client has the whole answer."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Exchanged], None]] = []

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return the application with listeners to it."""

        async def tapped(scope: Scope, receive: Receive, send: Send) -> None:
            if not self.listeners:
                await app(scope, receive, send)
                return
            heard, said = bytearray(), bytearray()
            start: dict[str, Any] = {}
            gone = False  # what is still answered then, nobody is told

            async def hear() -> Message:
                nonlocal gone
                message = await receive()
                gone = gone or message["type"] == "http.disconnect"
                heard.extend(message.get("body", b""))
                return message

            async def say(message: Message) -> None:
                start.update(message if message["type"] == "http.response.start" else {})
                said.extend(message.get("body", b""))
                if message["type"] == "http.response.body" and not message.get("more_body") and not gone:
                    tell()
                await send(message)

            def tell() -> None:
                exchanged = Exchanged(
                    method=scope["method"],
                    path=scope["path"],
                    query=scope["query_string"].decode(),
                    request_headers=_named(scope["headers"]),
                    request=bytes(heard),
                    status=start["status"],
                    headers=_named(start["headers"]),
                    answer=bytes(said),
                )
                for listener in self.listeners:
                    listener(exchanged)

            await app(scope, hear, say)

        return tapped


def _named(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
