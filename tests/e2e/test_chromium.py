"""Signing in with the window and a real browser side by side on one screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.chromium import trust
from tests.e2e.desktop import Desktop
from tests.e2e.test_window import CONNECT, connect
from zoomcal.sandbox import Sandbox

CHROMIUM = """#!/bin/sh
export ACCESSIBILITY_ENABLED=1 TMPDIR="{scratch}"
exec chromium --no-sandbox --test-type --no-first-run --disable-gpu --disable-background-networking --no-proxy-server \\
    --force-renderer-accessibility --password-store=basic --window-size=900,850 --user-data-dir="{folder}/chromium" \\
    "$1" 2>"{folder}/chromium.txt"
"""


@pytest.fixture(name="sandbox")
def behind_tls() -> Iterator[Sandbox]:
    with Sandbox.start(tls=True) as sandbox:
        yield sandbox


@pytest.fixture(name="scratch")
def near_the_root() -> Iterator[str]:
    """A folder whose path is short enough for sockets."""
    with TemporaryDirectory(prefix="chromium-") as folder:
        yield folder


@pytest.fixture(name="desk")
def with_chromium(scratch: str, sandbox: Sandbox, desk: Desktop) -> Desktop:
    trust(Path(desk.env["HOME"]), Path(sandbox.endpoints["ca_file"]))
    Path(desk.env["BROWSER"]).write_text(CHROMIUM.format(folder=desk.folder, scratch=scratch))
    return desk


def choose_office365(desk: Desktop) -> None:
    """Go through the wizard up to the ways to sign in."""
    desk.click(desk.find(role="push button", name=CONNECT))
    desk.click(desk.find(role="radio button", starts="Office 365"))
    desk.click(desk.find(role="push button", name="Next"))
    desk.find(contains="Authorization method")


def press(desk: Desktop, button: str) -> None:
    """Click the button with exactly that inscription."""
    desk.click(desk.find(role="push button", name=button))


def test_a_click_in_the_systems_browser_connects_the_account_that_waits_in_the_window(
    desk: Desktop, sandbox: Sandbox
) -> None:
    other = list(sandbox.google.accounts)[1]
    with desk.window():
        connect(desk)
        desk.click(desk.find(role="radio button", contains=other))
        desk.click(desk.find(role="check box", contains="See and download your contacts"))
        press(desk, "Allow")
        desk.find(contains="You can close this page and go back to ZoomCal.")
        desk.find(contains="Contacts were not allowed, so only your calendar is connected.")
    (account,) = json.loads(desk.command("accounts", "--json").stdout)
    assert (account["id"], account["calendar"], account["contacts"]) == (f"google:{other}", True, False)


def test_the_answer_that_microsofts_page_posts_reaches_the_window(desk: Desktop, sandbox: Sandbox) -> None:
    with desk.window():
        choose_office365(desk)
        press(desk, "Sign in with Microsoft")
        press(desk, "Allow")
        desk.find(contains="Office 365 is connected")
    (account,) = json.loads(desk.command("accounts", "--json").stdout)
    assert account["id"] == f"office365:{sandbox.microsoft.owner.address}"


def test_the_code_that_the_window_shows_is_the_one_that_the_browser_wants(desk: Desktop, sandbox: Sandbox) -> None:
    with desk.window():
        choose_office365(desk)
        desk.click(desk.find(role="radio button", contains="with a code on another device"))
        press(desk, "Get a code")
        shown = desk.find(starts="Code: ").name.removeprefix("Code: ")
        press(desk, "Open browser")
        desk.click(desk.find(role="entry", name="Code"))
        desk.type(shown.replace(" ", ""))
        desk.press("Return")
        press(desk, "Allow")
        desk.find(contains="Office 365 is connected")
    (account,) = json.loads(desk.command("accounts", "--json").stdout)
    assert account["id"] == f"office365:{sandbox.microsoft.owner.address}"
