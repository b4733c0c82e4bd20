"""What every kind of test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from zoomcal.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The services of the demo, on loopback, with the sample data around now."""
    with Sandbox.start() as running:
        yield running
