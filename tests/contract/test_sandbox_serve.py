"""The sandbox as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from zoomcal.sandbox import Sandbox


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "zoomcal", "sandbox", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("ending", ["terminated", "interrupted", "parent gone"])
def test_it_says_where_it_is_in_one_line_and_leaves_nothing_behind(ending: str) -> None:
    with running("--events", "10", "--contacts", "10", "--until-stdin-closes") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        endpoints = json.loads(process.stdout.readline())
        assert requests.get(endpoints["opened_url"], timeout=30).status_code == 200
        ca_file = Path(endpoints["ca_file"])
        assert "BEGIN CERTIFICATE" in ca_file.read_text("ascii")
        if ending == "parent gone":
            process.stdin.close()
        else:
            process.send_signal(signal.SIGTERM if ending == "terminated" else signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stdout.read() == ""
    assert not ca_file.exists()


def test_a_port_is_kept_and_one_that_is_taken_is_refused() -> None:
    with Sandbox.start() as first:
        port = urlsplit(first.endpoints["google"]["calendar_url"]).port or 0
        with pytest.raises(OSError, match="in use"):
            Sandbox.start(port=port)
    first.stop()
    with Sandbox.start(port=port) as second:
        assert urlsplit(second.endpoints["google"]["authorize_url"]).port == port


def test_everything_is_served_over_tls_when_asked_for() -> None:
    with running("--tls") as process:
        assert process.stdout is not None
        endpoints = json.loads(process.stdout.readline())
        addresses = [url for url in [*endpoints["google"].values(), endpoints["opened_url"]] if "://" in url]
        assert len(addresses) == 6
        assert all(each.startswith("https://127.0.0.1:") for each in addresses)
        page = requests.get(endpoints["opened_url"], verify=endpoints["ca_file"], timeout=30)
        assert page.status_code == 200
