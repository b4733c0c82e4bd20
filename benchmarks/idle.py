"""How many requests an account makes while nothing changes and nobody does anything, a minute."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event

from benchmarks.mailboxes import SERVICES, Described, answers, connect, open_core, sandbox
from zoomcal.domain.meetings import Service
from zoomcal.localtime import utc_now

MINUTES = 60
_LOOK = timedelta(seconds=5)
"""How often the window looks what is due: see ui.bridge.triggers."""


def run(minutes: int = MINUTES) -> dict[str, float]:
    """Return the requests per minute of each service, with the window visible and hidden, over this long after a sync.

    Hidden is without a meeting in the next hour: before one, it is read as often as when visible.
    """
    figures = {}
    with sandbox(events=300, contacts=2_000) as described:
        for service in SERVICES:
            for name, visible in (("visible", True), ("hidden", False)):
                figures[f"{service}_{name}"] = _requests(described, service, minutes, visible=visible) / minutes
    return figures


def _requests(described: Described, service: Service, minutes: int, *, visible: bool) -> int:
    """Let the clock run through the minutes at once; the services' own stands meanwhile."""
    now = utc_now()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_core(described, Path(folder), lambda: now)) as core,
    ):
        account = connect(core, described, service)
        core.sync(account, Event())
        end = now + timedelta(minutes=minutes)
        with answers() as heard:
            while now < end:
                now += _LOOK
                for due in core.due(visible=visible):
                    health = core.sync(due, Event())
                    assert health.sentence is None, health.sentence
        return len(heard)
