"""A service behind TLS, Chromium that trusts it, and a sign-in that waits while the person looks at the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pytest

from tests.chromium import Chromium, chromium
from zoomcal.endpoints import Endpoints
from zoomcal.errors import NeedsConsent
from zoomcal.providers.base import Grant, ServiceProvider, Session, SignIn
from zoomcal.sandbox import Sandbox

DONE = "You can close this page and go back to ZoomCal."
"""What the program's own page says at the end."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(tls=True) as running:
        yield running


@pytest.fixture
def endpoints(sandbox: Sandbox) -> Endpoints:
    return Endpoints.from_mapping({key: sandbox.endpoints[key] for key in ("google", "office365", "ca_file")})


@pytest.fixture
def browser(tmp_path: Path, sandbox: Sandbox, endpoints: Endpoints) -> Iterator[Chromium]:
    pages = [urlsplit(url).netloc for url in (endpoints.google.authorize_url, endpoints.office365.authority)]
    with chromium(tmp_path, Path(sandbox.endpoints["ca_file"]), public=pages) as running:
        yield running


class Attempt:
    """A sign-in under way, and how it ends."""

    def __init__(self, sign_in: SignIn, pool: ThreadPoolExecutor) -> None:
        self.sign_in = sign_in
        self.cancel = Event()
        self._ended: Future[Grant] = pool.submit(sign_in.wait, self.cancel, 60.0)

    def grant(self) -> Grant:
        """Return what it ended with, or raise how it failed."""
        return self._ended.result(30)


@pytest.fixture
def attempt() -> Iterator[Callable[[SignIn], Attempt]]:
    """Let sign-ins wait for their person."""
    begun: list[Attempt] = []
    with ThreadPoolExecutor() as pool:

        def begin(sign_in: SignIn) -> Attempt:
            begun.append(Attempt(sign_in, pool))
            return begun[-1]

        yield begin
        for each in begun:
            each.cancel.set()
            each.sign_in.close()


Begin = Callable[[SignIn], Attempt]


def reads(provider: ServiceProvider, grant: Grant) -> tuple[bool, bool]:
    """Return whether calendars and contacts can really be read with a grant."""
    session: Session = provider.open(grant.account, grant.secret, lambda _: None)
    try:
        return _allowed(session.calendars), _allowed(lambda: list(session.changes(None)))
    finally:
        session.close()


def _allowed(read: Callable[[], object]) -> bool:
    try:
        read()
    except NeedsConsent:
        return False
    return True
