"""The whole window on the real core: it paints, reads, listens to the keyboard and remembers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Open
from ui.bridge.desk import Desk
from ui.i18n import speak, tongue
from ui.main import Window
from ui.profile.page import ProfilePage
from ui.profile.wizard import ConnectWizard
from ui.shell import MEETINGS, PROFILE
from ui.sidebar import RAIL
from ui.theme import DARK, look
from zoomcal.domain.meetings import AccountId
from zoomcal.sandbox import Sandbox

Connected = tuple[Desk, AccountId]
Show = Callable[..., Window]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    windows: list[Window] = []

    def show(desk: Desk, screenshot: Path | None = None) -> Window:
        window = Window(desk.core, screenshot)
        windows.append(window)
        with qtbot.waitSignal(window.shell.painted):
            window.show()
        return window

    yield show
    for window in windows:
        window.shell.close()
        assert window.close()
    look().choose("")
    speak("")


def test_stored_meetings_are_painted_before_anything_is_asked_of_the_service(
    qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox
) -> None:
    desk, _ = connected
    asked = len(sandbox.google.asked)
    window = show(desk)
    assert [item.key for item in window.desk.agenda.items] == [item.key for item in desk.agenda.items]
    assert len(sandbox.google.asked) == asked
    qtbot.waitUntil(lambda: len(sandbox.google.asked) > asked, timeout=20_000)


def test_refresh_keys_read_every_account_at_once(
    qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox
) -> None:
    desk, account = connected
    window = show(desk)
    with qtbot.waitSignal(window.desk.synced, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: not window.desk.syncing, timeout=20_000)
    for key, modifier in ((Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_R, _CTRL)):
        asked = len(sandbox.google.asked)
        with qtbot.waitSignal(window.desk.synced, timeout=20_000) as ended:
            QTest.keyClick(window.shell, key, modifier)
        assert ended.args == [account]
        assert len(sandbox.google.asked) > asked


def test_the_network_is_watched_once_an_account_is_offline(
    qtbot: QtBot, connected: Connected, show: Show, sandbox: Sandbox
) -> None:
    window = show(connected[0])
    with qtbot.waitSignal(window.desk.synced, timeout=20_000):
        pass
    assert not window.triggers.watches_network
    sandbox.google.faults.cut_network()
    with qtbot.waitSignal(window.desk.synced, timeout=20_000):
        window.desk.refresh()
    assert window.triggers.watches_network


def test_pages_are_reached_by_keyboard_and_the_profile_is_made_only_then(desk: Desk, show: Show) -> None:
    window = show(desk)
    assert window.shell.findChildren(ProfilePage) == []
    QTest.keyClick(window.shell, Qt.Key.Key_2, _CTRL)
    assert window.shell.current == PROFILE
    QTest.keyClick(window.shell, Qt.Key.Key_1, _CTRL)
    assert window.shell.current == MEETINGS


def test_the_side_bar_is_a_rail_where_the_window_is_narrow(desk: Desk, show: Show) -> None:
    window = show(desk)
    bar = window.shell.findChildren(type(window.shell.sidebar))[0]
    assert bar.width() > RAIL
    window.shell.resize(500, 600)
    QApplication.processEvents()
    assert bar.width() == RAIL
    assert bar.buttons[MEETINGS].toolTip() == "Meetings"
    assert bar.buttons[MEETINGS].accessibleName() == "Meetings"


def test_the_first_account_is_connected_from_the_empty_page(qtbot: QtBot, desk: Desk, show: Show) -> None:
    window = show(desk)
    window.connect_service()
    (wizard,) = window.shell.findChildren(ConnectWizard)
    wizard.main.click()
    qtbot.waitUntil(wizard.connected_step.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: bool(window.desk.agenda.items), timeout=20_000)
    wizard.main.click()


def test_language_and_theme_change_the_whole_window_at_once(qtbot: QtBot, connected: Connected, show: Show) -> None:
    desk, _ = connected
    window = show(desk)
    window.desk.change_settings(language="vi", theme="dark")
    qtbot.waitUntil(lambda: tongue().language == "vi")
    assert look().theme is DARK
    labels = {label.text() for label in window.shell.findChildren(QLabel)}
    assert tongue().long_date(window.desk.agenda.today) in labels
    assert window.shell.sidebar.buttons[MEETINGS].accessibleName() == "Cuộc họp"


def test_the_window_comes_back_where_it_was(connected: Connected, open_desk: Open, show: Show) -> None:
    desk, _ = connected
    window = show(desk)
    window.shell.resize(777, 555)
    window.shell.close()
    window.close()
    again = show(open_desk())
    assert (again.shell.width(), again.shell.height()) == (777, 555)


def test_a_settings_file_in_use_holds_up_no_end(connected: Connected, show: Show) -> None:
    desk, _ = connected
    window = show(desk)
    window.shell.resize(777, 555)
    window.shell.close()
    with FileLock(desk.core.profile / "settings.lock"):
        began = time.monotonic()
        assert not window.close()
        assert time.monotonic() - began < 3


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_program(qtbot: QtBot, tmp_path: Path) -> None:
    def is_painted() -> bool:
        return any("the window is painted" in log.read_text("utf-8") for log in (tmp_path / "logs").glob("*"))

    program = subprocess.Popen([sys.executable, "-m", "ui.launch", "--verbose", "--profile", str(tmp_path)])
    try:
        qtbot.waitUntil(is_painted, timeout=20_000)
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == -signal.SIGINT
    finally:
        program.kill()
        program.wait()


def test_a_picture_is_taken_when_every_account_has_been_read(
    qtbot: QtBot, connected: Connected, show: Show, tmp_path: Path
) -> None:
    desk, _ = connected
    picture = tmp_path / "window.png"
    window = show(desk, picture)
    with qtbot.waitSignal(window.ended, timeout=20_000) as ended:
        pass
    assert ended.args == [0]
    image = QImage(str(picture))
    assert image.width() >= 1120
    assert len({image.pixel(x, 200) for x in range(0, image.width(), 3)}) > 10


_CTRL = Qt.KeyboardModifier.ControlModifier
