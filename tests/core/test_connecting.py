"""Connecting in a terminal: what is asked, what is said where, and who gets a password."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.test_cli import zoomcal
from tests.e2e.conftest import write_endpoints
from zoomcal import cli
from zoomcal.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
USERNAME, PASSWORD, ADDRESS = r"SAOMAI\lan", "Hoa-sen-05", "lan@noibo.saomai.example"
ONCE = "No keychain was found. What you sign in to here lasts for this command only."
NO_KEYCHAIN = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


@pytest.fixture
def endpoints(tmp_path: Path, sandbox: Sandbox) -> tuple[str, str]:
    """The options that lead to the sandbox."""
    file = tmp_path / "endpoints.toml"
    write_endpoints(file, sandbox)
    return "--endpoints", str(file)


def failed(sandbox: Sandbox) -> int:
    """Return how often a sign-in at Exchange went wrong."""
    return sum(user.failed for user in sandbox.exchange.accounts.values())


@pytest.mark.parametrize(
    "words",
    [
        ["google", "--method", "device-code"],
        ["google", "--username", "lan"],
        ["office365", "--ews-url", "mail.example.org"],
        ["office365", "--method", "telepathy"],
        ["exchange"],
        ["exchange", "--username", r"SAOMAI\lan"],
        ["exchange", "--username", "lan", "--exchange-version", "2003"],
        ["exchange", "--username", "lan", "--password", "secret"],
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(words: list[str], tmp_path: Path) -> None:
    done = zoomcal("connect", *words, profile=tmp_path, given="secret\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage" in done.stderr


def test_an_account_is_renewed_at_its_own_service_alone(tmp_path: Path) -> None:
    account = '{"id": "exchange:a@b", "service": "exchange", "name": "a", "server": "", "calendar": true}'
    (tmp_path / "settings.json").write_text(f'{{"accounts": [{account[:-1]}, "contacts": true}}]}}')
    done = zoomcal("connect", "google", "--again", "exchange:a@b", profile=tmp_path)
    assert done.returncode == 2
    assert "exchange" in done.stderr


def test_a_password_on_standard_input_connects_a_server_and_is_told_to_nobody(
    sandbox: Sandbox, endpoints: tuple[str, str], tmp_path: Path
) -> None:
    words = ("--verbose", *endpoints, "connect", "exchange", "--username", USERNAME)
    url = sandbox.endpoints["exchange"]["url"]
    done = zoomcal(*words, "--ews-url", url, profile=tmp_path / "p", given=f"{PASSWORD}\nnot this\n", **NO_KEYCHAIN)
    assert (done.returncode, done.stdout) == (1, f"exchange:{ADDRESS}\n"), done.stderr
    assert done.stderr.splitlines()[-1] == ONCE
    assert failed(sandbox) == 0
    written = done.stderr + "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in (tmp_path / "p").rglob("*") if path.is_file()
    )
    assert PASSWORD not in written
    again = ("--again", f"exchange:{ADDRESS}", "--ews-url", url)
    renewed = zoomcal(*endpoints, "connect", "exchange", *again, profile=tmp_path / "p", given=PASSWORD, **NO_KEYCHAIN)
    assert renewed.stdout == f"exchange:{ADDRESS}\n", renewed.stderr


def test_a_certificate_that_is_not_trusted_is_said_with_the_option_that_mends_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    url = sandbox.endpoints["exchange"]["url"]
    words = ("connect", "exchange", "--username", USERNAME, "--ews-url", url)
    done = zoomcal(*words, profile=tmp_path / "p", given=f"{PASSWORD}\n", **NO_KEYCHAIN)
    assert (done.returncode, done.stdout) == (1, "")
    (said, *_) = done.stderr.splitlines()
    assert "is not trusted on this computer" in said
    assert said.endswith("Give the authority’s file with --ca-file.")
    assert "here" not in said


@pytest.mark.parametrize(
    ("service", "needed"),
    [("google", ("Google", "type Desktop app")), ("office365", ("Office 365", "mobile and desktop"))],
)
def test_without_a_client_id_it_says_what_to_register_and_how_to_give_it(
    service: str, needed: tuple[str, ...], tmp_path: Path
) -> None:
    done = zoomcal("connect", service, profile=tmp_path, **NO_KEYCHAIN)
    assert (done.returncode, done.stdout) == (1, "")
    for words in (*needed, "--endpoints", "ZOOMCAL_ENDPOINTS", "README.md"):
        assert words in done.stderr
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"## Connecting {needed[0]}\n" in readme


def test_a_wrong_password_is_one_try_and_one_sentence(
    sandbox: Sandbox, endpoints: tuple[str, str], tmp_path: Path
) -> None:
    words = (*endpoints, "connect", "exchange", "--username", USERNAME)
    url = sandbox.endpoints["exchange"]["url"]
    done = zoomcal(*words, "--ews-url", url, profile=tmp_path / "p", given="wrong\n", **NO_KEYCHAIN)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == "The server refused this password. It was tried once."
    assert failed(sandbox) == 1
    silent = zoomcal(*words, "--ews-url", url, profile=tmp_path / "p", given="", **NO_KEYCHAIN)
    assert silent.stderr.splitlines()[0] == "No password was given."


def test_a_server_that_was_only_found_gets_no_password_where_nobody_can_be_asked(
    sandbox: Sandbox, endpoints: tuple[str, str], tmp_path: Path
) -> None:
    words = (*endpoints, "connect", "exchange", "--username", USERNAME, "--email", ADDRESS)
    for more in ((), ("--ews-url", "find")):
        done = zoomcal(*words, *more, profile=tmp_path / "p", given=f"{PASSWORD}\n", **NO_KEYCHAIN)
        assert (done.returncode, done.stdout) == (1, "")
        found = re.match(r"Found (\S+)\. If it is right, give it with --ews-url\.", done.stderr)
        assert found is not None, done.stderr
        assert found[1].lower() == sandbox.endpoints["exchange"]["url"].lower()
    assert not sandbox.exchange.operations


def test_microsofts_cloud_is_refused_with_the_command_that_works(endpoints: tuple[str, str], tmp_path: Path) -> None:
    words = ("connect", "office365", "--method", "password", "--email", "lan@nordwind.example")
    done = zoomcal(*endpoints, *words, "--ews-url", "outlook.office365.com", profile=tmp_path / "p", given="secret\n")
    assert done.returncode == 1
    assert "Type zoomcal connect office365 instead." in done.stderr


def test_a_code_for_another_device_is_printed_with_its_address_and_connects(
    sandbox: Sandbox, endpoints: tuple[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "zoomcal", "--profile", str(tmp_path / "p"), *endpoints, "connect", "office365"]
    env = {"PATH": "/nowhere", "PYTHONPATH": str(Path(cli.__file__).parents[1]), "LANG": "C.UTF-8", **NO_KEYCHAIN}
    with subprocess.Popen(
        [*command, "--method", "device-code"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        line = running.stderr.readline()
        shown = re.fullmatch(r"On any device, open (https?://\S+) and enter the code (\S+)\.\n", line)
        assert shown is not None, line + running.stderr.read()
        asked = sandbox.microsoft.devices.asked_with(shown[2])
        assert asked is not None
        (address, *_) = sandbox.microsoft.mailboxes
        sandbox.microsoft.devices.decide(asked, sandbox.microsoft.tokens.consent(asked, address, asked.scopes))
        assert running.stdout.read() == f"office365:{address}\n"
        running.stderr.read()
    assert running.returncode == 1  # nothing lasting: there is no keychain


class Terminal:
    """A terminal with a person before it: the program's standard input and standard error are one."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        import pty  # not on Windows

        self._master, slave = pty.openpty()
        device = os.ttyname(slave)
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", f": <{device}; exec {shlex.join(command)}"],  # what a session opens first controls it
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=slave,
            text=True,
            env=env,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""

    def read_until(self, text: str) -> None:
        """Read on until `text` has been seen, or the end."""
        while text not in self.seen:
            try:
                more = os.read(self._master, 4096)
            except OSError:  # Linux: the program has closed its side
                return
            if not more:
                return
            self.seen += more.decode()

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def close(self) -> None:
        """Let it end."""
        self.read_until("\0")
        self.process.communicate(timeout=60)
        os.close(self._master)


@pytest.fixture
def terminal(sandbox: Sandbox, endpoints: tuple[str, str], tmp_path: Path) -> Iterator[Terminal]:
    """`connect exchange` without an address, where somebody can be asked."""
    assert sandbox
    words = ("connect", "exchange", "--username", USERNAME, "--email", ADDRESS)
    command = [sys.executable, "-m", "zoomcal", "--profile", str(tmp_path / "p"), *endpoints, *words]
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(cli.__file__).parents[1]), "LANG": "C.UTF-8", **NO_KEYCHAIN}
    terminal = Terminal(command, env)
    yield terminal
    terminal.close()


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
@pytest.mark.parametrize("confirmed", [True, False])
def test_on_a_terminal_the_found_server_is_confirmed_before_the_password_is_asked_for(
    sandbox: Sandbox, terminal: Terminal, confirmed: bool
) -> None:
    terminal.read_until("Type yes if it is right:")
    assert "Password" not in terminal.seen
    if not confirmed:
        terminal.type("\n")
        terminal.read_until("Nothing was sent.")
        assert not sandbox.exchange.operations
        return
    terminal.type("yes\n")
    terminal.read_until(f"Password of {USERNAME}:")
    terminal.type(f"{PASSWORD}\n")
    assert terminal.process.stdout is not None
    assert terminal.process.stdout.readline() == f"exchange:{ADDRESS}\n"
    assert PASSWORD not in terminal.seen
