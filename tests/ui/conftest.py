"""Everything here runs without a screen, on the real core and the real sandbox; only the browser is a stand-in."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from zoomcal.app import AccountView, ZoomCal
from zoomcal.demo import consent
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.joinlink.opener import Opener
from zoomcal.joinlink.opening import Purpose
from zoomcal.policy import Policy
from zoomcal.sandbox import Sandbox
from zoomcal.secrets import MemoryVault

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from ui.bridge.desk import Desk
from ui.bridge.tasks import TaskRunner
from ui.profile.wizard import ConnectWizard
from ui.widgets.frames import HealthLine

LAN = "lan.nguyen@saomai.example"
LAN_365 = "lan.nguyen@nordwind.example"


@dataclass
class Browser(Opener):
    """The person's browser: notes every address, and answers consent pages as the test says.

    A `fault` is raised in place of opening.
    """

    ca_file: str = ""
    opened: list[str] = field(default_factory=list)
    silent: bool = False
    fault: Exception | None = None
    answer: dict[str, object] = field(default_factory=dict)
    _threads: list[Thread] = field(default_factory=list)

    def _hand_over(self, address: str, purpose: Purpose) -> None:
        self.opened.append(address)
        if self.fault is not None:
            raise self.fault
        if purpose is Purpose.CONSENT and not self.silent:
            account = LAN_365 if "/oauth2/v2.0/" in address else LAN
            answer = {"account": account, "ca_file": self.ca_file, **self.answer}
            thread = Thread(target=lambda: consent(address, **answer))  # type: ignore[arg-type]
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        for thread in self._threads:
            thread.join(20)


@pytest.fixture(autouse=True)
def _garbage_is_collected_on_the_gui_thread() -> Iterator[None]:
    """As the program does it, see `ui.bridge.garbage`."""
    gc.disable()
    yield
    gc.unfreeze()  # what is loaded later may look for who refers to whom
    gc.collect()


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    browser = Browser(ca_file=sandbox.endpoints["ca_file"])
    yield browser
    browser.close()


Open = Callable[..., Desk]


@pytest.fixture
def open_desk(qapp: QApplication, sandbox: Sandbox, browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Make the desk of a profile.

    `clientless` is without OAuth clients, as a stranger finds it; `trusting` trusts the sandbox's authority.
    """
    assert qapp
    desks: list[Desk] = []
    given = sandbox.endpoints

    def endpoints(clients: Mapping[str, Mapping[str, str]], clientless: bool, trusting: bool) -> Endpoints:
        tables: dict[str, object] = {"exchange": {"hosts": given["exchange"]["hosts"]}}
        for name in ("google", "office365"):
            known = {k: v for k, v in given[name].items() if not clientless or not k.startswith("client_")}
            tables[name] = {**known, **clients.get(name, {})}
        return Endpoints.from_mapping(tables | ({"ca_file": given["ca_file"]} if trusting else {}))

    def open_desk(*, policy: Policy | None = None, clientless: bool = False, trusting: bool = True) -> Desk:
        core = ZoomCal(
            tmp_path / "profile",
            vault=MemoryVault,
            opener=lambda: browser,
            policy=policy or Policy(),
            endpoints=lambda clients: endpoints(clients, clientless, trusting),
        )
        desk = Desk(core, TaskRunner())
        desks.append(desk)
        return desk

    yield open_desk
    for service in (sandbox.google, sandbox.microsoft, sandbox.exchange):
        service.faults.clear()
    for desk in desks:
        assert desk.close()


@pytest.fixture
def desk(open_desk: Open) -> Desk:
    return open_desk()


@pytest.fixture
def connected(open_desk: Open, qtbot: QtBot) -> tuple[Desk, AccountId]:
    """A desk with one Google account, read once."""
    desk = open_desk()
    pending = desk.core.begin_connect(Service.GOOGLE, calendar=True, contacts=True)
    desk.core.open_consent(pending)
    account = pending.finish(20)
    with qtbot.waitSignal(desk.synced, timeout=20_000):
        desk.sync(account, contacts=True)
    return desk, account


ShowWizard = Callable[..., ConnectWizard]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[ShowWizard]:
    """Open the wizard on a desk."""
    wizards: list[ConnectWizard] = []

    def show(desk: Desk, again: AccountView | None = None) -> ConnectWizard:
        wizard = ConnectWizard(desk, again)
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        wizards.append(wizard)
        wizard.show()
        qtbot.waitExposed(wizard)
        return wizard

    yield show
    for wizard in wizards:
        wizard.close()


def words(wizard: QWidget) -> list[str]:
    """Return every word that is seen."""
    return [label.text() for label in wizard.findChildren(QLabel) if label.isVisible()]


def errors(wizard: QWidget) -> list[str]:
    """Return what is said to have gone wrong."""
    seen = [line for line in wizard.findChildren(HealthLine, "error") if line.isVisible()]
    return [line.words.text().replace("\u200b", "") for line in seen]


def is_connected(wizard: ConnectWizard) -> bool:
    """Return whether it has come to its last page."""
    return wizard.connected_step.isVisible()
