from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.contract.ews.secure import ScriptedExchange, scripted_exchange
from tests.contract.ews.stage import EwsStage
from tests.contract.ews_recorder import Recorder, recording
from zoomcal.sandbox import Sandbox


@pytest.fixture(scope="session")
def services() -> Iterator[Sandbox]:
    """One sandbox for all of them; every test opens an account of its own."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def messages(services: Sandbox) -> Iterator[Recorder]:
    """What is said; all of it keeps to the published schemas."""
    with recording(services) as recorder:
        yield recorder


@pytest.fixture
def ews(services: Sandbox, messages: Recorder) -> Iterator[EwsStage]:  # noqa: ARG001 - records from the start
    """A connected account, by Basic."""
    stage = EwsStage(services)
    yield stage
    stage.session.close()
    stage.put_right()


@pytest.fixture
def ntlm(services: Sandbox, messages: Recorder) -> Iterator[EwsStage]:  # noqa: ARG001 - records from the start
    """A connected account, by NTLM."""
    stage = EwsStage(services, ("NTLM",))
    yield stage
    stage.session.close()
    stage.put_right()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedExchange]:
    """A server that says over TLS what a test prepares; `server.ca_file` is its authority's."""
    with scripted_exchange(tmp_path) as running:
        yield running


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor
