from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.contract.graph_recorder import GraphRecorder, recording
from tests.contract.sandbox_graph.client import ADA, HANOI, Graph
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.mailbox import Mailbox


@pytest.fixture(autouse=True)
def messages(sandbox: Sandbox) -> Iterator[GraphRecorder]:
    """Everything said is held against Microsoft's contract at the end."""
    with recording(sandbox) as recorder:
        yield recorder


@pytest.fixture
def box(sandbox: Sandbox) -> Mailbox:
    """An empty mailbox."""
    return sandbox.microsoft.open_account(ADA, "Ada Lovelace", HANOI)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A plain session."""
    with requests.Session() as plain:
        plain.trust_env = False
        yield plain


@pytest.fixture
def graph(sandbox: Sandbox, box: Mailbox, session: requests.Session) -> Graph:
    """Whoever the mailbox belongs to, with all that ZoomCal asks for."""
    assert box.address == ADA
    return Graph(sandbox, session)
