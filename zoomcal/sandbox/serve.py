"""The sandbox as a process of its own: `zoomcal sandbox`, and `python -m zoomcal.sandbox`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import TextIO

from zoomcal.sandbox.server import Clock, Sandbox, system_clock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `zoomcal sandbox`."""
    parser.add_argument("--port", type=int, default=0, help="where the services listen; any free port by default")
    parser.add_argument("--tls", action="store_true", help="serve everything over TLS, not the token endpoints alone")
    parser.add_argument("--events", type=int, default=0, metavar="N", help="add N events to the sample's own")
    parser.add_argument("--contacts", type=int, default=0, metavar="N", help="add N contacts to the sample's own")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed gives other sample data")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input does")


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
        out.write(json.dumps(sandbox.endpoints, ensure_ascii=False) + "\n")
        out.flush()
        if until_stdin_closes:
            threading.Thread(target=_wait_for_end, args=(stopped,), name="stdin", daemon=True).start()
        while not stopped.wait(1.0):
            continue
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="zoomcal sandbox", description="Local services that speak the real protocols."
    )
    add_arguments(parser)
    return serve(**vars(parser.parse_args(arguments)))


def _wait_for_end(stopped: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        continue
    stopped.set()
