"""The main job on a real screen: an empty profile, a sign-in in the browser, a click on Join."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.e2e.conftest import connect_all
from tests.e2e.desktop import Desktop, wait_for
from zoomcal.sandbox import Sandbox

CONNECT = "Connect to Calendar and Contact Service"
REVIEW = "Weekly product review"


def connect(desk: Desktop) -> None:
    """Go through the wizard with the mouse, up to the consent page."""
    desk.click(desk.find(role="push button", name=CONNECT))
    desk.click(desk.find(role="push button", name="Next"))


def click_join(desk: Desktop, topic: str) -> None:
    """Click the painted button at the end of a row."""
    row = desk.find(role="list item", contains=topic)
    desk.click_at(row.x + row.width - 48, row.y + row.height // 2)


def row(desk: Desktop, title: str) -> str:
    """Return what a row says, scrolled away or not; empty where there is none."""
    return next((found.name for found in desk.find_all(role="list item", everywhere=True, contains=title)), "")


def calendars(said: str) -> set[str]:
    """Return the calendars that a row names."""
    return set(re.split(", | and ", said.partition(" calendar ")[2].partition(". Enter")[0]))


def review_link(sandbox: Sandbox) -> str:
    """Return the link inside the Safe Links wrapper in the review's location, as the sandbox put it there."""
    account = next(iter(sandbox.google.accounts.values()))
    places = {
        event.body["location"] for event in account.primary.events.values() if event.body.get("summary") == REVIEW
    }
    (place,) = places
    (link,) = parse_qs(str(urlsplit(place).query))["url"]
    assert link in sandbox.google.issued.links
    return link


def test_a_stranger_connects_google_and_joins_with_one_click(desk: Desktop, sandbox: Sandbox) -> None:
    with desk.window():
        connect(desk)
        desk.find(contains="Google is connected")
        desk.click(desk.find(role="push button", name="Done"))
        desk.click(desk.find(name="Meetings"))
        click_join(desk, REVIEW)
        consent, joined = wait_for(lambda: desk.opened if len(desk.opened) == 2 else [], "nothing was opened")
    assert consent.startswith(sandbox.endpoints["google"]["authorize_url"])
    assert joined == review_link(sandbox)


def test_the_keyboard_alone_joins_in_zooms_own_client_where_it_is_installed(desk: Desktop, sandbox: Sandbox) -> None:
    desk.install_zoom()
    assert desk.command("connect", "google", "--no-contacts").returncode == 0
    with desk.window():
        desk.find(role="list item", contains=REVIEW)
        desk.press("F6", "Home", "Return")
        wait_for(lambda: len(desk.opened) == 2, "nothing was opened")
    link = urlsplit(review_link(sandbox))
    number, passcode = link.path.removeprefix("/j/"), parse_qs(link.query)["pwd"][0]
    assert desk.opened[1] == f"zoommtg://{link.hostname}/join?action=join&confno={number}&pwd={passcode}"


def test_refusing_consent_is_said_and_connects_nothing(desk: Desktop) -> None:
    desk.person_will(allow=False)
    with desk.window():
        connect(desk)
        desk.find(contains="Access was not allowed. Nothing was connected.")
        desk.click(desk.find(role="push button", name="Cancel"))
        desk.find(role="push button", name=CONNECT)
    assert json.loads(desk.command("accounts", "--json").stdout) == []


def test_a_cut_network_leaves_the_cached_meetings_and_one_quiet_line(desk: Desktop, sandbox: Sandbox) -> None:
    assert desk.command("connect", "google").returncode == 0
    sandbox.google.faults.add("reset", path="/events", after=1, times=None)
    with desk.window():
        line = desk.find(starts="You are offline.")
        assert desk.find_all(role="list item")
        assert len(desk.find_all(starts="You are offline.")) == 1
        sandbox.google.faults.clear()
        desk.click(desk.find(role="push button", name="Try again"))
        wait_for(lambda: not desk.find_all(starts=line.name), "the line stayed")


ROLLOUT = "Nordwind rollout call"
ONLY_ON = {"google": "Dentist, Sài Gòn Dental", "office365": "Leipzig pilot", "exchange": "Đối chiếu công nợ"}


def test_three_services_share_one_list_and_the_one_in_trouble_is_named(desk: Desktop, sandbox: Sandbox) -> None:
    connect_all(desk, sandbox)
    with desk.window():
        for title in (ROLLOUT, *ONLY_ON.values()):
            wait_for(partial(row, desk, title), f"{title} is not listed")
        wait_for(lambda: calendars(row(desk, ROLLOUT)) == {"Work", "Calendar", "Lịch"}, "a calendar is not named")
        sandbox.exchange.faults.cut_network()
        desk.press("F5")
        line = desk.find(starts=r"Exchange (SAOMAI\lan) cannot be reached. Its meetings are as of")
        assert not desk.find_all(starts="Google (") + desk.find_all(starts="Office 365 (")
        for title in (ROLLOUT, *ONLY_ON.values()):
            assert row(desk, title)
        sandbox.exchange.faults.restore_network()
        desk.click(desk.find(role="push button", name="Try now"))
        wait_for(lambda: not desk.find_all(starts=line.name), "the line stayed")


def test_the_terminal_says_what_the_window_shows(desk: Desktop, sandbox: Sandbox) -> None:
    connect_all(desk, sandbox)
    assert desk.command("sync").returncode == 0
    with desk.window():
        desk.find(role="list item", contains=REVIEW)
        shown = [row.name for row in desk.find_all(everywhere=True, role="list item")]
        listed = json.loads(desk.command("agenda", "--json").stdout)
    topics = [entry["title"] for entry in listed]
    rows = [name for name in shown if any(topic in name for topic in topics)]
    assert len(rows) == len(topics)
    for row, entry in zip(rows, listed, strict=True):
        assert entry["title"] in row
        end = {"host": "Enter starts.", "invitee": "Enter joins."}[entry["role"]]
        assert row.endswith(end) == entry["is_zoom"]
        assert ("Not a Zoom meeting" in row) != entry["is_zoom"]
        assert entry["role"] == "host" or entry["host"]["name"] in row
        assert all(source["calendar"] in row for source in entry["sources"])


def test_no_secret_is_in_any_file_and_none_in_a_log(desk: Desktop, sandbox: Sandbox) -> None:
    connect_all(desk, sandbox)
    with desk.window("--verbose"):
        click_join(desk, REVIEW)
        wait_for(lambda: len(desk.opened) == 3, "nothing was opened")
    diagnostics = desk.command("--verbose", "diagnostics").stdout
    profile = Path(desk.env["ZOOMCAL_PROFILE"])
    home = Path(desk.env["HOME"])
    files = {path: path.read_bytes() for folder in (profile, home) for path in folder.rglob("*") if path.is_file()}
    said = b"".join(content for path, content in files.items() if "logs" in path.parts)
    said += diagnostics.encode() + (desk.folder / "stderr.txt").read_bytes()
    assert said
    for service in (sandbox.google, sandbox.microsoft, sandbox.exchange):
        assert service.issued.tokens
        assert service.issued.links
        for path, content in files.items():
            for secret in service.issued.tokens:
                assert secret.encode() not in content, path
        for secret in service.issued.passcodes | {urlsplit(link).query for link in service.issued.links} - {""}:
            assert secret.encode() not in said
    cache = profile / "cache.db"
    assert cache.stat().st_mode & 0o777 == 0o600
