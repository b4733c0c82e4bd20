"""The sandbox in a process of its own, accounts of it signed in, and what its services answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import requests

from zoomcal.app import ZoomCal
from zoomcal.demo import sign_in
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.joinlink.opener import DemoOpener
from zoomcal.localtime import utc_now
from zoomcal.policy import Policy
from zoomcal.providers.http import Line
from zoomcal.secrets import MemoryVault

SERVICES = (Service.GOOGLE, Service.OFFICE365, Service.EXCHANGE)
Described = Mapping[str, Any]


@contextmanager
def sandbox(events: int, contacts: int = 0) -> Iterator[Described]:
    """Run the sandbox, with this much generated for each service, and give its description."""
    command = [sys.executable, "-m", "zoomcal", "sandbox", "--events", str(events), "--contacts", str(contacts)]
    with subprocess.Popen([*command, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        yield json.loads(process.stdout.readline())
        process.stdin.close()


def open_core(described: Described, profile: Path, now: Callable[[], datetime] = utc_now) -> ZoomCal:
    """Return a core that knows the sandbox's addresses and keeps secrets in memory."""
    given = {name: described[name] for name in ("google", "office365", "exchange", "ca_file")}
    endpoints = Endpoints.from_mapping(given)
    return ZoomCal(
        profile,
        vault=MemoryVault,
        opener=lambda: DemoOpener(lambda: described["opened_url"]),
        policy=Policy(),
        endpoints=lambda _: endpoints,
        now=now,
    )


def connect(core: ZoomCal, described: Described, service: Service) -> AccountId:
    """Sign the sandbox's first account of a service in, as a person does; nothing is read yet."""
    account = next(account for account in described["accounts"] if account["service"] == service)
    return sign_in(core, described, account)


class Answer(NamedTuple):
    """What a service sent."""

    content_type: str
    body: bytes


@contextmanager
def answers() -> Iterator[list[Answer]]:
    """Note every answer that providers are given inside, one for each request."""
    heard: list[Answer] = []
    send = Line.send

    def noting(line: Line, request: requests.PreparedRequest, *given: Any, **options: Any) -> requests.Response:
        reply = send(line, request, *given, **options)
        heard.append(Answer(reply.headers.get("Content-Type", ""), reply.content))
        return reply

    setattr(Line, "send", noting)  # noqa: B010 - looked on
    try:
        yield heard
    finally:
        setattr(Line, "send", send)  # noqa: B010
