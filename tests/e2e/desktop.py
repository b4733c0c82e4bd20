"""A desktop of its own for one test: screen, window manager, session bus, keychain, accessibility, browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
PATIENCE_S = 40.0


class Missing(AssertionError):
    """What the test waited for did not come."""


@dataclass(frozen=True)
class Control:
    """Something on the screen, as assistive technology sees it; pixels of the screen."""

    name: str
    role: str
    x: int
    y: int
    width: int
    height: int
    checked: bool
    enabled: bool
    focused: bool

    @property
    def middle(self) -> tuple[int, int]:
        """The point to click."""
        return self.x + self.width // 2, self.y + self.height // 2


def wait_for(what: Callable[[], T], described: str, patience_s: float = PATIENCE_S) -> T:
    """Return the first true value of `what`.

    Raises:
        Missing: There was none in time.
    """
    end = time.monotonic() + patience_s
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise Missing(described)
        time.sleep(0.05)


class Desktop:
    """The programs of one desktop, and a person's eyes and hands on it."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = env

    # -- eyes ---------------------------------------------------------------------------------------------------------
    def find(self, patience_s: float = PATIENCE_S, **query: str) -> Control:
        """Return the first control that shows and matches `role`, `name`, `starts`, `contains`."""
        found = self._look(patience_s, [f"{key}={value}" for key, value in query.items()])
        if not found:
            raise Missing(f"{query} is not on the screen; there is {[c.name for c in self.everything()]}")
        return found[0]

    def find_all(self, *, everywhere: bool = False, **query: str) -> list[Control]:
        """Return every control that matches now and shows, or, `everywhere`, may be scrolled away."""
        return self._look(
            0, ["everywhere" if everywhere else "all", *(f"{key}={value}" for key, value in query.items())]
        )

    def everything(self) -> list[Control]:
        """Return every control with a name."""
        return [control for control in self._look(0, ["all"]) if control.name]

    def _look(self, patience_s: float, words: list[str]) -> list[Control]:
        done = subprocess.run(
            [SYSTEM_PYTHON, str(Path(__file__).with_name("accessible.py")), str(patience_s), *words],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise Missing(done.stderr[-2000:])
        return [Control(**json.loads(line)) for line in done.stdout.splitlines()]

    def screenshot(self, path: Path) -> None:
        """Save the whole screen as a PNG."""
        subprocess.run(["import", "-window", "root", str(path)], env=self.env, check=True)

    # -- hands --------------------------------------------------------------------------------------------------------
    def click(self, control: Control) -> None:
        """Click the middle of a control with the mouse."""
        self.click_at(*control.middle)

    def click_at(self, x: int, y: int) -> None:
        """Click a point of the screen."""
        self._xdotool("mousemove", "--sync", str(x), str(y), "click", "1")

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        self._xdotool("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._xdotool("type", "--delay", "8", text)

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self.env, check=True, stdout=subprocess.DEVNULL)

    # -- the browser --------------------------------------------------------------------------------------------------
    @property
    def opened(self) -> list[str]:
        """The addresses handed to the system so far, in order."""
        record = self.folder / "opened"
        return record.read_text().splitlines() if record.exists() else []

    def person_will(self, **behaviour: Any) -> None:
        """Say how the person answers consent pages: `allow`, `without` (scopes to untick), `ignore`."""
        (self.folder / "behaviour.json").write_text(json.dumps(behaviour))

    def install_zoom(self) -> None:
        """Register a client for Zoom's own addresses; it notes them beside those of the browser."""
        applications = Path(self.env["XDG_DATA_HOME"]) / "applications"
        applications.mkdir(parents=True)
        (applications / "Zoom.desktop").write_text(
            "[Desktop Entry]\nType=Application\nName=Zoom\nMimeType=x-scheme-handler/zoommtg;\n"
            f"Exec={self.env['BROWSER']} %u\n"
        )
        default = "[Default Applications]\nx-scheme-handler/zoommtg=Zoom.desktop\n"
        (applications / "mimeapps.list").write_text(default)

    # -- the program --------------------------------------------------------------------------------------------------
    def command(self, *words: str, given: str = "", timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run the program in the terminal to its end; `given` is its standard input."""
        return subprocess.run(
            [*PROGRAM, *words],
            env=self.env,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
        )

    @contextmanager
    def window(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start the program with its window; it is ended afterwards."""
        with (self.folder / "stderr.txt").open("ab") as errors:
            program = subprocess.Popen([*PROGRAM, *words], env=self.env, stderr=errors)
            try:
                yield program
            finally:
                program.terminate()
                program.wait(20)


PROGRAM = [sys.executable, "-m", "ui.launch"]


@contextmanager
def desktop(folder: Path, screen_size: str = "1280x900") -> Iterator[Desktop]:
    """Start a desktop in `folder`; everything of it is ended afterwards."""
    env = _clean_environment(folder)
    with ExitStack() as running:

        def run(*command: str, **options: Any) -> subprocess.Popen[bytes]:
            program = subprocess.Popen(
                command, env=env, stderr=subprocess.DEVNULL, **{"stdout": subprocess.DEVNULL, **options}
            )
            running.enter_context(program)
            running.callback(program.terminate)
            return program

        screen = run(
            "Xvfb", "-displayfd", "1", "-screen", "0", f"{screen_size}x24", "-nolisten", "tcp", stdout=subprocess.PIPE
        )
        env["DISPLAY"] = f":{_line(screen.stdout)}"
        bus = run("dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE)
        env["DBUS_SESSION_BUS_ADDRESS"] = _line(bus.stdout)
        keychain = run(
            "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", stdin=subprocess.PIPE
        )
        assert keychain.stdin
        keychain.stdin.write(b"secret of the test")
        keychain.stdin.close()
        run("openbox")
        wait_for(lambda: _owned(env, "org.freedesktop.secrets"), "the keychain did not start")
        (folder / "behaviour.json").write_text("{}")
        yield Desktop(folder, env)


def _clean_environment(folder: Path) -> dict[str, str]:
    home = folder / "home"
    runtime = folder / "runtime"
    home.mkdir()
    runtime.mkdir(mode=0o700)
    browser = folder / "browser"
    script = Path(__file__).with_name("browser.py")
    browser.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "{folder}" "$1"\n')
    browser.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "TZ")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "NO_AT_BRIDGE": "0",
        "BROWSER": str(browser),
        "ZOOMCAL_PROFILE": str(folder / "profile"),
        "ZOOMCAL_ENDPOINTS": str(folder / "endpoints.toml"),
    }


def _line(stream: IO[bytes] | None) -> str:
    assert stream
    return stream.readline().decode().strip()


def _owned(env: dict[str, str], name: str) -> bool:
    asked = ["--print-reply=literal", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"]
    done = subprocess.run(
        ["dbus-send", "--session", *asked, f"string:{name}"], env=env, capture_output=True, text=True, check=False
    )
    return "true" in done.stdout


def missing_programs() -> list[str]:
    """Return what a desktop needs and the machine lacks."""
    needed = ("Xvfb", "dbus-daemon", "dbus-send", "gnome-keyring-daemon", "openbox", "xdotool", "xdg-open")
    return [name for name in needed if shutil.which(name) is None]
