"""Signing in with the window and a real browser side by side on one screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import trust
from tests.e2e.desktop import Desktop
from tests.e2e.test_window import connect
from zoomcal.sandbox import Sandbox

CHROMIUM = """#!/bin/sh
export ACCESSIBILITY_ENABLED=1
exec chromium --no-sandbox --test-type --no-first-run --disable-gpu --disable-background-networking --no-proxy-server \\
    --force-renderer-accessibility --password-store=basic --window-size=900,850 --user-data-dir="{folder}/chromium" \\
    "$1" 2>"{folder}/chromium.txt"
"""


@pytest.fixture(name="sandbox")
def behind_tls() -> Iterator[Sandbox]:
    with Sandbox.start(tls=True) as sandbox:
        yield sandbox


def test_a_click_in_the_systems_browser_connects_the_account_that_waits_in_the_window(
    desk: Desktop, sandbox: Sandbox
) -> None:
    trust(Path(desk.env["HOME"]), Path(sandbox.endpoints["ca_file"]))
    Path(desk.env["BROWSER"]).write_text(CHROMIUM.format(folder=desk.folder))
    with desk.window():
        connect(desk)
        other = list(sandbox.google.accounts)[1]
        desk.click(desk.find(role="radio button", contains=other))
        desk.click(desk.find(role="check box", contains="See and download your contacts"))
        desk.click(desk.find(role="push button", name="Allow"))
        desk.find(contains="You can close this page and go back to ZoomCal.")
        desk.find(contains="Contacts were not allowed, so only your calendar is connected.")
    (account,) = json.loads(desk.command("accounts", "--json").stdout)
    assert (account["id"], account["calendar"], account["contacts"]) == (f"google:{other}", True, False)
