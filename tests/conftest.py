"""What every kind of test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract_summary import summarize
from zoomcal.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The services of the demo, on loopback, with the sample data around now."""
    with Sandbox.start() as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the contract tests."""
    summarize(terminalreporter)
