"""The demo as a program of its own, on sandboxes that the test can look into."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from zoomcal import cli
from zoomcal.sandbox import Sandbox

MORNING = datetime(2026, 11, 24, 10, 48, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
ROOT = Path(__file__).resolve().parents[2]
SERVICES = ["google", "google", "office365", "exchange"]


@contextmanager
def services(profile: Path) -> Iterator[Sandbox]:
    """Run the services of the profile's demo, as a window that stands open does."""
    with Sandbox.start(now=lambda: MORNING) as sandbox:
        address = urlsplit(sandbox.endpoints["opened_url"])
        profile.mkdir(exist_ok=True)
        (profile / "demo.json").write_text(json.dumps({"seed": 1, "address": f"http://{address.netloc}"}))
        yield sandbox


def demo(profile: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the demo to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "zoomcal", "--demo", "--verbose", "--profile", str(profile), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(cli.__file__).parents[1]),
            "LANG": "C.UTF-8",
            "TZ": "Asia/Ho_Chi_Minh",
            "ZOOMCAL_NOW": MORNING.isoformat(),
        },
    )
    assert done.returncode == 0, done.stderr
    return done


def answered(profile: Path, *words: str) -> list[dict[str, Any]]:
    """Return the JSON that a command of the demo prints."""
    found: list[dict[str, Any]] = json.loads(demo(profile, *words, "--json").stdout)
    return found


def test_the_demo_signs_in_everywhere_and_keeps_nothing_secret_on_disk(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with services(profile) as sandbox:
        done = demo(profile, "agenda", "--json", "--sync")
        rows = {row["title"]: row for row in json.loads(done.stdout)}
        assert len({source["account"] for source in rows["Nordwind rollout call"]["sources"]}) == 3
        assert [each["service"] for each in answered(profile, "accounts")] == SERVICES
        login = sandbox.exchange.accounts[r"SAOMAI\lan"]
        assert not login.failed
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        assert all(f"`{text}`" in readme for text in (login.username, login.mailbox.address, login.password))
        issued = [
            secret for each in (sandbox.google, sandbox.microsoft, sandbox.exchange) for secret in each.issued.tokens
        ]
    written = done.stderr.encode() + b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file())
    assert not [secret for secret in issued if secret.encode() in written]


def test_a_later_command_signs_in_again_where_the_services_are_now_and_switches_and_rows_stay(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with services(profile):
        first = answered(profile, "accounts")
        before = answered(profile, "agenda")
        demo(profile, "accounts", "disable", first[-1]["id"])
    with services(profile):
        second = answered(profile, "accounts")
        after = answered(profile, "agenda")
    assert [each["id"] for each in second] == [each["id"] for each in first]
    assert [each["calendar"] for each in second] == [True, True, True, False]
    gone = first[-1]["name"]
    kept = [row for row in before if {source["account"] for source in row["sources"]} != {gone}]
    assert len(kept) < len(before)
    assert [row["start"] for row in after] == [row["start"] for row in kept]


def test_a_sandbox_of_an_earlier_program_is_not_used(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with services(profile) as sandbox:
        del sandbox.endpoints["office365"]
        assert [each["service"] for each in answered(profile, "accounts")] == SERVICES
        assert not sandbox.google.asked
