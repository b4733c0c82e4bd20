"""Nothing that a service issued, and no password, is ever written down."""

from __future__ import annotations

import json
import logging
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.core.side_by_side.desk import EXCHANGE, NAMES, Desk
from tests.core.side_by_side.troubles import TROUBLES, mend
from zoomcal.domain.meetings import Service
from zoomcal.logs import start_logging


def forms(secret: str) -> set[bytes]:
    """Return a secret as it may stand in a file."""
    return {text.encode() for text in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])}


@pytest.fixture(name="start_log")
def a_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Log as the program does with --verbose, until the test ends."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for module in (sys, threading):
        monkeypatch.setattr(module, "excepthook", module.excepthook)
    yield lambda folder: start_logging(folder, verbose=True, to_stderr=True)
    for handler in set(root.handlers).difference(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_no_secret_of_any_service_is_in_a_file_a_log_a_diagnostic_or_a_crash_report(
    desk: Desk, capfd: pytest.CaptureFixture[str], start_log: Callable[[Path], None]
) -> None:
    start_log(desk.profile / "logs")
    for service, account in desk.accounts.items():
        for trouble in TROUBLES[service].values():
            trouble.start(desk)
            desk.read(account)
            mend(desk, service)
            desk.connect(service)

        def fail(_: object, service: Service = service) -> None:
            raise RuntimeError(f"a bug while reading {service}")

        desk.read_aside(account, fail).join(20)
        assert f"a bug while reading {service}" in (desk.profile / "logs" / "crash.txt").read_text()
    said = desk.core.diagnostics().encode()
    desk.core.close()
    files = {path: path.read_bytes() for path in desk.profile.rglob("*") if path.is_file()}
    shown = {path: content for path, content in files.items() if path.parent.name == "logs"}
    assert len(shown) == 2
    printed = capfd.readouterr()
    shown |= {Path("diagnostics"): said, Path("screen"): (printed.out + printed.err).encode()}
    exchange = desk.sandbox.exchange.issued.tokens
    basic = {b64encode(f"{NAMES[EXCHANGE]}:{password}".encode()).decode() for password in exchange}
    for service in NAMES:
        issued = desk.served(service).issued
        assert issued.tokens
        for secret in issued.tokens | basic:
            for path, content in (files | shown).items():
                assert not [form for form in forms(secret) if form in content], (service, path)
        for secret in issued.passcodes | {urlsplit(link).query for link in issued.links} - {""}:
            for path, content in shown.items():
                assert not [form for form in forms(secret) if form in content], (service, path)
