from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.google.stage import GoogleStage
from zoomcal.sandbox import Sandbox


@pytest.fixture(scope="session")
def services() -> Iterator[Sandbox]:
    """One sandbox for all of them; every test opens an account of its own."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def google(services: Sandbox) -> Iterator[GoogleStage]:
    """A connected account."""
    stage = GoogleStage(services)
    yield stage
    stage.session.close()
    services.google.faults.clear()
    services.google.allow_only(None)
