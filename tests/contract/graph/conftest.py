from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.graph.stage import GraphStage
from tests.contract.graph_recorder import recording
from zoomcal.providers.graph.grant import CHALLENGES
from zoomcal.sandbox import Sandbox


@pytest.fixture(scope="session")
def services() -> Iterator[Sandbox]:
    """One sandbox for all of them; every test opens an account of its own."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def graph(services: Sandbox) -> Iterator[GraphStage]:
    """A connected account; everything said to Graph is held against Microsoft's contract."""
    with recording(services) as recorder:
        stage = GraphStage(services)
        yield stage
        stage.session.close()
        stage.put_right()
        CHALLENGES.clear()
        assert recorder.unchecked == set()
