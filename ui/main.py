"""Where the window's objects are built and joined."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

# The core comes first: PySide6 reads the source of every module that is imported after it.
from zoomcal import cli
from zoomcal.app import AccountView, HealthKind, Settings, ZoomCal
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import ZoomCalError

# isort: split
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from ui import icons
from ui.bridge.desk import Desk
from ui.bridge.garbage import Garbage, give_back
from ui.bridge.tasks import TaskRunner
from ui.bridge.triggers import Triggers
from ui.i18n import say, speak
from ui.meetings.page import MeetingsPage
from ui.shell import MEETINGS, PROFILE, Shell
from ui.theme import look

log = logging.getLogger(__name__)


def run(options: argparse.Namespace) -> int:
    """Show the window until it is closed; return the exit status.

    Args:
        options: As `zoomcal.cli` read them; with `screenshot`, the picture is taken and the window closed once every
            account has been read.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop runs no Python in which Ctrl+C could be raised
    application = QApplication(sys.argv[:1])
    application.setApplicationName("ZoomCal")
    application.setDesktopFileName("zoomcal")
    try:
        core = cli.open_core(options)
    except ZoomCalError as error:
        speak("")
        if options.screenshot is None:
            _alert(None, error)
        raise
    window = Window(core, Path(options.screenshot) if options.screenshot else None)
    window.ended.connect(application.exit)
    window.shell.painted.connect(lambda: _watch(window))
    window.show()
    status = application.exec()
    at_rest = window.close()
    if not at_rest:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


class Window(QObject):
    """One core, its lanes, its window, and what makes it look again.

    Args:
        core: The profile's core.
        screenshot: Where to save a picture once every account has been read; the program ends then.
    """

    ended = Signal(int)
    """The picture is taken, or cannot be; the exit status."""

    def __init__(self, core: ZoomCal, screenshot: Path | None = None) -> None:
        super().__init__()
        settings = core.settings()
        look().choose(settings.theme)
        speak(settings.language)
        self._core, self._screenshot = core, screenshot
        self._unread: set[AccountId] = set()
        self._language, self._place = settings.language, settings.window
        self.tasks = TaskRunner(self)
        self.desk = Desk(core, self.tasks, self)
        self.triggers = Triggers(lambda: core.now().timestamp(), self)
        self.shell = Shell({MEETINGS: self._make_meetings, PROFILE: self._make_profile})
        self.shell.put(settings.window)
        self.shell.painted.connect(self._start)
        self.shell.refresh_asked.connect(self.desk.refresh)
        self.desk.settings_changed.connect(self._follow)

    def show(self) -> None:
        """Show the window; the rest begins after its first paint."""
        self.shell.show()

    def close(self) -> bool:
        """Remember the place, stop everything; whether every lane came to rest."""
        place = self.shell.place()
        if place != self._place and self._screenshot is None:
            return self.desk.close(window=place)
        return self.desk.close()

    # -- pages --------------------------------------------------------------------------------------------------------
    def _make_meetings(self) -> QWidget:
        page = MeetingsPage(self.desk)
        page.connect_requested.connect(self.connect_service)
        page.continue_requested.connect(self.connect_service)
        page.accounts_requested.connect(lambda: self.shell.show_page(PROFILE))
        return page

    def _make_profile(self) -> QWidget:
        from ui.profile.page import ProfilePage

        return ProfilePage(self.desk, self.connect_service)

    def connect_service(self, again: AccountView | None = None) -> None:
        """Open the wizard, for a new account or to re-authorise one."""
        from ui.profile.wizard import ConnectWizard

        self.shell.show_page(PROFILE)
        ConnectWizard(self.desk, again, self.shell).open()

    # -- after the first paint ----------------------------------------------------------------------------------------
    def _start(self) -> None:
        log.info("the window is painted")
        garbage = Garbage(self)
        self.desk.syncing_changed.connect(garbage.keep_up)
        self.desk.syncing_changed.connect(lambda syncing: syncing or self.tasks.submit("view", give_back))
        QApplication.setWindowIcon(icons.application_icon())
        self.tasks.submit("user", self._core.prepare, lambda _: self.desk.reread(self._first_sync), self._not_prepared)

    def _first_sync(self) -> None:
        self.desk.synced.connect(self._picture_when_read)
        self._unread = {account.id for account in self.desk.accounts if account.calendar or account.contacts}
        self.desk.refresh()
        self.triggers.minute.connect(self.desk.reread)
        self.triggers.polled.connect(self._sync_due)
        self.triggers.returned.connect(self.desk.refresh)
        self.desk.accounts_changed.connect(self._watch_network)
        self.triggers.start()
        hints = QApplication.instance()
        if isinstance(hints, QApplication):
            hints.applicationStateChanged.connect(self._activated)
        if not self._unread:
            self._picture_when_read(None)

    def _not_prepared(self, error: ZoomCalError) -> None:
        if self._screenshot is not None:
            log.error("%s", error)
            self.ended.emit(1)
            return
        _alert(self.shell, error)

    def _sync_due(self) -> None:
        self.desk.sync_due(visible=self.shell.isVisible() and not self.shell.isMinimized())

    def _watch_network(self, accounts: Sequence[AccountView]) -> None:
        if any(account.health.kind is HealthKind.OFFLINE for account in accounts):
            self.triggers.watch_network()

    def _activated(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.desk.refresh()

    def _follow(self, settings: Settings) -> None:
        look().choose(settings.theme)
        if settings.language != self._language:
            self._language = settings.language
            speak(settings.language)
            self.shell.rebuild()

    # -- the picture --------------------------------------------------------------------------------------------------
    def _picture_when_read(self, account: AccountId | None) -> None:
        self._unread.discard(account) if account else None
        if self._screenshot is not None and not self._unread:
            QTimer.singleShot(300, self, self._take_picture)

    def _take_picture(self) -> None:
        saved = self.shell.grab().save(str(self._screenshot))
        self.ended.emit(0 if saved else 1)


def _watch(window: Window) -> None:
    from ui.bugs import tell_of_bugs

    tell_of_bugs(window.shell, window.desk)


def _alert(parent: QWidget | None, error: ZoomCalError) -> None:
    from PySide6.QtWidgets import QMessageBox

    QMessageBox.critical(parent, "ZoomCal", say(error.sentence))
