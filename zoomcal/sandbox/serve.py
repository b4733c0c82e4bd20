"""The sandbox as a process of its own: `zoomcal sandbox`."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import TextIO

from zoomcal.sandbox.server import Clock, Sandbox, system_clock


def serve(
    *,
    port: int = 0,
    tls: bool = False,
    events: int = 0,
    contacts: int = 0,
    seed: int = 1,
    until_stdin_closes: bool = False,
    now: Clock = system_clock,
    out: TextIO | None = None,
) -> int:
    """Run a sandbox until it is told to stop, and return the exit status.

    One line of JSON with every base URL, the CA file, client ids and sample accounts goes to `out` (standard output).
    It ends with SIGTERM or SIGINT and, where asked for, when standard input closes, so that a parent that dies takes it
    along. Call it from the main thread.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    out = out or sys.stdout
    with Sandbox.start(seed=seed, events=events, contacts=contacts, now=now, port=port, tls=tls) as sandbox:
        out.write(json.dumps(sandbox.endpoints) + "\n")
        out.flush()
        if until_stdin_closes:
            threading.Thread(target=_wait_for_end, args=(stopped,), name="stdin", daemon=True).start()
        while not stopped.wait(1.0):
            continue
    return 0


def _wait_for_end(stopped: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        continue
    stopped.set()
