"""A session bus, a screen and a keychain of a test's own."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PASSWORD = "pass phrase"
TIMEOUT_S = 30.0
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  {services}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def need(*programs: str) -> None:
    """Skip a test, saying why, where the machine lacks a program (`run.py test` installs them)."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"NOT TESTED: {', '.join(missing)} missing")


class VaultProcess:
    """A vault in another process; errors of the core come back as `(name, sentence)`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, *call: object) -> None:
        assert self.process.stdin is not None
        print(json.dumps(call), file=self.process.stdin, flush=True)

    def has_answer(self) -> bool:
        """Return whether the call under way has ended; wait for a moment."""
        assert self.process.stdout is not None
        return bool(select.select([self.process.stdout], [], [], 0.3)[0])

    def answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise EOFError
        error, value = json.loads(line)
        return (error, value) if error else value

    def __call__(self, *call: object) -> Any:
        self.begin(*call)
        return self.answer()


class Desktop:
    """What a person's session offers; everything in it ends with the test."""

    def __init__(self, folder: Path, stack: ExitStack, *, screen: bool = False, prompter: bool = False) -> None:
        need("dbus-daemon", "gnome-keyring-daemon")
        self._folder = folder
        self._stack = stack
        self.env = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")}
        self.env |= {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "XDG_DATA_HOME": str(folder / "data")}
        self.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        if screen:
            need("Xvfb", "xdotool")
            self.env["DISPLAY"] = self._screen()
        self._bus(prompter)

    def keychain(self, *, unlocked: bool = True) -> subprocess.Popen[str]:
        """Start the keychain, with a collection that is open, or with none at all."""
        command = [
            "gnome-keyring-daemon",
            "--foreground",
            "--components=secrets",
            f"--control-directory={self._folder}",
        ]
        process = self._start([*command, "--unlock"] if unlocked else command)
        assert process.stdin is not None
        process.stdin.write(PASSWORD if unlocked else "")
        process.stdin.close()
        ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
        name = "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"
        self._until(lambda: "true" in self.run(*ask, *name))
        return process

    @contextmanager
    def vault(self, profile: Path, dies_at_change: int = 0) -> Iterator[VaultProcess]:
        """Yield a vault in a process of its own."""
        command = [sys.executable, "-W", "error", "-m", "tests.core.secrets.driver", str(profile), str(dies_at_change)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with process:
            try:
                yield VaultProcess(process)
            finally:
                process.kill()

    def run(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.env, stdout=subprocess.PIPE, text=True, check=True, timeout=TIMEOUT_S
        ).stdout

    def answer_prompt(self, vault: VaultProcess, *presses: tuple[str, ...]) -> Any:
        """Press keys in the keychain's dialog, until the vault's call has an answer; return that."""

        def answered() -> bool:
            window = self._prompt()
            if window:
                for press in (("windowfocus", window), *presses):
                    self._xdotool(*press)
            return vault.has_answer()

        self._until(answered)
        return vault.answer()

    def _prompt(self) -> str:
        """Return the dialog's window, or nothing while it is not shown."""
        return " ".join(self._xdotool("search", "--onlyvisible", "--class", "gcr-prompter").split()[-1:])

    def _xdotool(self, *command: str) -> str:
        """Run it; what it asks for may be gone already."""
        return subprocess.run(
            ["xdotool", *command],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        ).stdout

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            assert time.monotonic() < deadline

    def _screen(self) -> str:
        process = self._start(["Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"])
        assert process.stdout is not None
        return f":{process.stdout.readline().strip()}"

    def _bus(self, prompter: bool) -> None:
        config = self._folder / "bus.conf"
        services = "<standard_session_servicedirs/>" if prompter else ""
        config.write_text(_BUS.format(folder=self._folder, services=services), encoding="utf-8")
        process = self._start(["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"])
        assert process.stdout is not None
        self.env["DBUS_SESSION_BUS_ADDRESS"] = process.stdout.readline().strip()

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._stack.enter_context(process)
        self._stack.callback(process.kill)
        return process
