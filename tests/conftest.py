"""What every kind of test may ask for."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.contract_summary import keep_counts, summarize
from zoomcal.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The services of the demo, on loopback, with the sample data around now."""
    with Sandbox.start() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Count what the test and its fixtures held against published contracts."""
    try:
        return (yield)
    finally:
        keep_counts(item)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the contract tests."""
    summarize(terminalreporter)
