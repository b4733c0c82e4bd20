"""The language of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ui.i18n import speak


@pytest.fixture(autouse=True)
def english(qapp: object) -> Iterator[None]:  # noqa: ARG001
    speak("en")
    yield
    speak("")
