"""Take the pictures of docs/screenshots anew: `python docs/make_screenshots.py [NAME…]`.

Each shows the real program on a virtual screen, with accounts of the sandbox's three services signed in.
Needs what the tests on a screen need, and ImageMagick's `import`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import connect_all, write_endpoints  # noqa: E402
from tests.e2e.desktop import Desktop, desktop, wait_for  # noqa: E402
from tests.e2e.test_window import ONLY_ON, REVIEW, row  # noqa: E402
from zoomcal.sandbox import Sandbox  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
ZONES = (
    "Asia/Ho_Chi_Minh",
    "Asia/Kolkata",
    "Europe/Berlin",
    "Atlantic/Azores",
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Honolulu",
    "Pacific/Auckland",
    "Asia/Tokyo",
)
ZONE = min(ZONES, key=lambda name: abs(datetime.now(ZoneInfo(name)).hour - 10))
"""Where it is about ten in the morning: a day with most of it ahead shows most."""
Act = Callable[[Desktop, Sandbox], object]


@dataclass(frozen=True)
class Picture:
    """One picture: settings of the program, size in logical pixels, and what happens before it is taken."""

    theme: str = "light"
    language: str = "en"
    scale: int = 1
    size: tuple[int, int] = (1120, 800)
    connected: bool = True
    window: str = "ZoomCal"
    """The title of the one that is taken."""
    before_start: Act = lambda _desk, _sandbox: None
    act: Act = lambda _desk, _sandbox: None


def nothing_left_today(_: Desktop, sandbox: Sandbox) -> None:
    """Remove what is left of today from every calendar."""
    midnight = datetime.now(ZoneInfo(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for account in sandbox.google.accounts.values():
        for calendar in account.calendars.values():
            for event in list(calendar.events.values()):
                body = event.body
                start = body.get("start", {})
                recurring = "recurrence" in body or "recurringEventId" in body
                moment = start.get("dateTime") and datetime.fromisoformat(start["dateTime"]).astimezone(UTC)
                if recurring or "date" in start or (moment and moment < midnight):
                    calendar.remove(event.id)
    for mailbox in (sandbox.microsoft.owner, sandbox.exchange.owner):
        for folder in mailbox.calendars.values():
            for item in list(folder.events):
                if item.rule or item.all_day or item.begins < midnight:
                    folder.remove(item.id)


def lose_the_network(desk: Desktop, sandbox: Sandbox) -> None:
    """Cut it and look again."""
    see_the_list(desk, sandbox)
    for service in (sandbox.google, sandbox.microsoft, sandbox.exchange):
        service.faults.cut_network()
    desk.press("F5")
    desk.find(starts="You are offline.")


def see_the_review(desk: Desktop, sandbox: Sandbox) -> None:
    """Wait for the list and select its first meeting."""
    see_the_list(desk, sandbox)
    review = desk.find(role="list item", contains=REVIEW)
    desk.click_at(review.x + 150, review.y + review.height // 2)
    desk.find(contains="Safe Links")


def see_the_list(desk: Desktop, _: Sandbox) -> None:
    """Wait for the list, until every account has been read."""
    for title in (REVIEW, *ONLY_ON.values()):
        wait_for(partial(row, desk, title), f"{title} is not listed")
    for updating in ("Updating…", "Đang cập nhật…"):
        wait_for(partial(_gone, desk, updating), "an account is not read")


def _gone(desk: Desktop, words: str) -> bool:
    return not desk.find_all(name=words)


def lose_one_service(desk: Desktop, sandbox: Sandbox) -> None:
    """Cut the network of one and look again."""
    see_the_list(desk, sandbox)
    sandbox.exchange.faults.cut_network()
    desk.press("F5")
    desk.find(starts="Exchange (")


def see_the_ways(desk: Desktop, _: Sandbox) -> None:
    """Go to the wizard's page for Office 365."""
    choose(desk, "Office 365")
    desk.find(contains="Authorization method")


def see_a_refusal(desk: Desktop, sandbox: Sandbox) -> None:
    """Enter a wrong password for the Exchange server."""
    choose(desk, "Exchange")
    for field, role, text in (
        ("Exchange login username or UPN", "text", r"SAOMAI\lan"),
        ("Password", "password text", "not the right one"),
        ("EWS URL", "text", sandbox.endpoints["exchange"]["url"]),
    ):
        desk.click(desk.find(role=role, name=field))
        desk.press("ctrl+a")
        desk.type(text)
    desk.click(desk.find(role="push button", name="Sign in"))
    desk.find(contains="refused this password")


def see_it_arrive(desk: Desktop, _: Sandbox) -> None:
    """Sign in to Office 365 and wait for all of it."""
    see_the_ways(desk, _)
    desk.click(desk.find(role="push button", name="Sign in with Microsoft"))
    desk.find(contains="Office 365 is connected")
    desk.find(contains="Calendars to show")


def choose(desk: Desktop, service: str) -> None:
    """Open the wizard and choose a service."""
    desk.click(desk.find(role="push button", name="Connect to Calendar and Contact Service"))
    desk.click(desk.find(role="radio button", starts=service))
    desk.click(desk.find(role="push button", name="Next"))


def see_the_profile(desk: Desktop, sandbox: Sandbox) -> None:
    """Go to the Profile page."""
    see_the_list(desk, sandbox)
    desk.press("ctrl+2")
    wait_for(lambda: len(desk.find_all(everywhere=True, contains="Up to date")) == 3, "an account is not read")


PICTURES = {
    "light": Picture(act=see_the_review),
    "dark": Picture(theme="dark", act=see_the_review),
    "scale200": Picture(scale=2, act=see_the_review),
    "vietnamese": Picture(language="vi", act=see_the_list),
    "empty": Picture(
        size=(720, 520),
        before_start=nothing_left_today,
        act=lambda desk, _: desk.find(contains="Nothing more today"),
    ),
    "first-start": Picture(
        size=(720, 520), connected=False, act=lambda desk, _: desk.find(contains="Your meetings will be here")
    ),
    "offline": Picture(theme="dark", size=(720, 640), act=lose_the_network),
    "trouble": Picture(size=(720, 640), act=lose_one_service),
    "narrow": Picture(size=(420, 700), act=see_the_list),
    "profile": Picture(act=see_the_profile),
    "wizard-office365": Picture(connected=False, window="Connect", act=see_the_ways),
    "wizard-exchange": Picture(connected=False, window="Connect", act=see_a_refusal),
    "wizard-connected": Picture(connected=False, window="Connect", act=see_it_arrive),
}


def take(name: str, picture: Picture) -> None:
    """Take one picture."""
    width, height = (length * picture.scale for length in picture.size)
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox.start(zone=ZoneInfo(ZONE)) as sandbox,
        desktop(Path(folder), f"{width + 200}x{height + 200}") as desk,
    ):
        desk.env |= {"QT_SCALE_FACTOR": str(picture.scale), "TZ": ZONE}
        write_endpoints(Path(desk.env["ZOOMCAL_ENDPOINTS"]), sandbox)
        profile = Path(desk.env["ZOOMCAL_PROFILE"])
        profile.mkdir()
        chosen = {"theme": picture.theme, "language": picture.language}
        (profile / "settings.json").write_text(json.dumps({"settings": chosen}))
        picture.before_start(desk, sandbox)
        if picture.connected:
            connect_all(desk, sandbox)
        with desk.window():
            window = wait_for(lambda: _window(desk, "ZoomCal"), "no window came")
            _run(desk, "xdotool", "windowsize", "--sync", window, str(width), str(height))
            picture.act(desk, sandbox)
            _run(desk, "xdotool", "mousemove", "0", "0")
            _run(desk, "import", "-window", _window(desk, picture.window), "-strip", str(FOLDER / f"{name}.png"))


def _window(desk: Desktop, title: str) -> str:
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"],
        env=desk.env,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip().splitlines()[-1] if found.stdout.strip() else ""


def _run(desk: Desktop, *command: str) -> None:
    subprocess.run(command, env=desk.env, check=True)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or PICTURES:
        take(wanted, PICTURES[wanted])
