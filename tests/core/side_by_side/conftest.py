from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.side_by_side.desk import HANOI, Clock, Desk
from zoomcal.providers.http import Retry
from zoomcal.sandbox import Sandbox


@pytest.fixture(name="desk")
def a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(Retry, "backoff_s", lambda *_: 0.001)
    clock = Clock()
    with Sandbox.start(now=clock, zone=HANOI) as sandbox:
        desk = Desk(sandbox, tmp_path / "profile", clock)
        yield desk
        desk.core.close()
