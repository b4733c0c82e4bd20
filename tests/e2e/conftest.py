from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desktop import Desktop, desktop, missing_programs
from zoomcal.sandbox import Sandbox


@pytest.fixture(name="sandbox")
def a_sandbox() -> Iterator[Sandbox]:
    """Local services of the test's own."""
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture(name="desk")
def a_desktop(tmp_path: Path, sandbox: Sandbox) -> Iterator[Desktop]:
    """A screen, a keychain and a browser, with the program's endpoints at the sandbox."""
    missing = missing_programs()
    assert not missing, f"install {missing}: `python3 run.py test` does it"
    with desktop(tmp_path) as found:
        write_endpoints(Path(found.env["ZOOMCAL_ENDPOINTS"]), sandbox)
        yield found


def write_endpoints(path: Path, sandbox: Sandbox) -> None:
    """Write an endpoints file that leads to the sandbox; an EWS address is for the person to enter."""
    given = sandbox.endpoints
    tables = {name: given[name] for name in ("google", "office365")} | {
        "exchange": {"hosts": given["exchange"]["hosts"]}
    }
    lines = [f'ca_file = "{given["ca_file"]}"']
    for name, table in tables.items():
        lines += [f"[{name}]", *(f'{key} = "{value}"' for key, value in table.items())]
    path.write_text("\n".join(lines))


def connect_all(desk: Desktop, sandbox: Sandbox) -> None:
    """Connect a sample account of every service in the terminal, Google's first."""
    given = sandbox.endpoints
    login = next(account for account in given["accounts"] if account["service"] == "exchange")
    server = ("--username", login["username"], "--ews-url", given["exchange"]["url"])
    for words, password in (("google",), ""), (("office365",), ""), (("exchange", *server), login["password"] + "\n"):
        done = desk.command("--verbose", "connect", *words, given=password)
        assert done.returncode == 0, done.stderr
