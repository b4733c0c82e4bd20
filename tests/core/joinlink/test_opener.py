from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from zoomcal.errors import Refused, ZoomCalError
from zoomcal.joinlink import Fields, Link, find
from zoomcal.joinlink.opener import DemoOpener, Opener
from zoomcal.joinlink.opening import Purpose

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="stands in for the programs of xdg-utils")

URL = "https://us02web.zoom.us/j/81234567890?pwd=secret.1"
NATIVE = "zoommtg://us02web.zoom.us/join?action=join&confno=81234567890&pwd=secret.1"


class Programs:
    """Stand-ins for the system's programs, found first on PATH; each writes down the arguments it was given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()

    def install(self, name: str, status: int = 0, says: str = "") -> Path:
        program = self.bin / name
        notes = self._folder / f"{name}.txt"
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{notes}"\necho "{says}"\nexit {status}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    def given(self, name: str) -> list[str]:
        notes = self._folder / f"{name}.txt"
        return notes.read_text().splitlines() if notes.exists() else []


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    found = Programs(tmp_path)
    monkeypatch.setenv("PATH", str(found.bin) + os.pathsep + os.environ["PATH"])
    monkeypatch.delenv("BROWSER", raising=False)
    return found


def link(url: str = URL) -> Link:
    found = find(Fields(location=url)).link
    assert found is not None
    return found


def test_join_uses_the_client_where_one_is_registered(programs: Programs) -> None:
    programs.install("xdg-mime", says="Zoom.desktop")
    programs.install("xdg-open")
    assert Opener().join(link()) == NATIVE
    assert programs.given("xdg-open") == [NATIVE]
    assert programs.given("xdg-mime") == ["query", "default", "x-scheme-handler/zoommtg"]


def test_join_uses_the_browser_without_a_client_or_on_demand(programs: Programs) -> None:
    programs.install("xdg-mime", says="")
    programs.install("xdg-open")
    assert Opener().join(link()) == URL
    programs.install("xdg-mime", says="Zoom.desktop")
    assert Opener().join(link(), native=False) == URL
    assert programs.given("xdg-open") == [URL, URL]


def test_a_client_that_cannot_start_gives_way_to_the_browser(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.install("xdg-mime", says="Zoom.desktop")
    programs.install("xdg-open", status=4)
    monkeypatch.setenv("BROWSER", str(programs.install("surfer")))
    assert Opener().join(link()) == URL
    assert programs.given("xdg-open") == [NATIVE]
    assert programs.given("surfer") == [URL]


def test_browser_is_honoured_with_its_placeholder_and_in_turn(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    surfer, broken = programs.install("surfer"), programs.install("broken", status=1)
    monkeypatch.setenv("BROWSER", os.pathsep.join([str(broken), "no-such-program", f"'{surfer}' --new %s --end"]))
    Opener().open_consent("http://127.0.0.1:4000/authorize?state=a")
    assert programs.given("surfer") == ["--new", "http://127.0.0.1:4000/authorize?state=a", "--end"]


def test_a_browser_that_cannot_be_understood_gives_way_to_the_next(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", 'foo "bar')
    with pytest.raises(ZoomCalError, match="Copy Link"):
        Opener().open_web("https://example.org/")
    monkeypatch.setenv("BROWSER", f'foo "bar{os.pathsep}{programs.install("surfer")}')
    Opener().open_web("HTTPS://example.org/")
    assert programs.given("surfer") == ["HTTPS://example.org/"]


def test_a_failure_offers_to_copy_the_link(programs: Programs) -> None:
    programs.install("xdg-open", status=3)
    with pytest.raises(ZoomCalError, match="Copy Link"):
        Opener().open_web("https://example.org/")


def test_nothing_is_started_for_an_address_the_gate_stops(programs: Programs) -> None:
    programs.install("xdg-open")
    for address in ("file:///etc/passwd", "https://localhost/", "https://example.org/;touch x"):
        with pytest.raises(Refused):
            Opener().open(address, Purpose.PAGE)
    with pytest.raises(Refused, match="no join link"):
        Opener().join(None)
    assert programs.given("xdg-open") == []


def test_the_log_names_scheme_and_host_alone(programs: Programs, caplog: pytest.LogCaptureFixture) -> None:
    programs.install("xdg-mime", says="Zoom.desktop")
    programs.install("xdg-open")
    with caplog.at_level(logging.DEBUG):
        Opener().join(link())
        Opener().join(link(), native=False)
    assert "us02web.zoom.us" in caplog.text
    assert "81234567890" not in caplog.text
    assert "secret" not in caplog.text


def test_the_demo_shows_on_its_page_what_would_be_opened(programs: Programs) -> None:
    programs.install("xdg-open")
    demo = DemoOpener(lambda: "http://127.0.0.1:4000/opened")
    assert demo.join(link()) == NATIVE
    demo.open_consent("http://127.0.0.1:4000/authorize")
    with pytest.raises(Refused):
        demo.open_web("file:///etc/passwd")
    assert programs.given("xdg-open") == [
        f"http://127.0.0.1:4000/opened?url={quote(NATIVE, safe='')}",
        "http://127.0.0.1:4000/authorize",
    ]
