"""Connecting a service: choose it, sign in in the browser, see it arrive."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.bridge.desk import Desk
from ui.bridge.tasks import Task
from ui.i18n import say, tr, tr_in
from ui.profile.steps import BrowserStep, ClientStep, ConnectedStep, ServiceStep, Step
from ui.sidebar import base_px
from ui.theme import look
from ui.widgets.buttons import Button, Kind
from ui.widgets.scrolling import slim
from ui.widgets.text import small
from zoomcal.app import AccountView, PendingSignIn
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import NotConfigured, ZoomCalError
from zoomcal.sync.engine import SyncProgress

SERVICES = (Service.GOOGLE,)
_WIDTH, _HEIGHT = 520, 500


class ConnectWizard(QDialog):
    """The wizard; it may be cancelled at any moment.

    Args:
        desk: The core and its snapshot.
        again: An account to re-authorise in place; None to connect another.
        parent: The window it stands before.
    """

    connected = Signal(object)
    """The AccountId that is connected now."""

    def __init__(self, desk: Desk, again: AccountView | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wizard")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Connect"))
        self.setBackgroundRole(QPalette.ColorRole.Base)
        scale = max(1.0, base_px() / 13)
        self.setFixedSize(round(_WIDTH * scale), round(_HEIGHT * scale))
        self._desk, self._again = desk, again
        self._service = again.service if again else SERVICES[0]
        self._account: AccountId | None = again.id if again else None
        self._pending: PendingSignIn | None = None
        self._task: Task | None = None
        self._missing: tuple[str, ...] = ()
        self._begun = self._ended = self._arriving = False
        self._forward: Callable[[], object] = self._begin
        self._build()
        desk.accounts_changed.connect(self._show_account)
        desk.agenda_changed.connect(self._arrived)
        desk.progressed.connect(self._show_progress)
        desk.synced.connect(self._synced)
        if again is None:
            self._show_service()
        else:
            self.service_step.calendar.setChecked(again.calendar or not again.contacts)
            self.service_step.contacts.setChecked(again.contacts)
            self._show_browser()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Begin at once where an account is authorised again."""
        super().showEvent(event)
        if self._again is not None and not self._begun:
            self._begin()

    # -- building -----------------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self.service_step = ServiceStep(SERVICES)
        self.client_step = ClientStep()
        self.browser_step = BrowserStep()
        self.connected_step = ConnectedStep()
        self._steps = QStackedWidget()
        for step in (self.service_step, self.client_step, self.browser_step, self.connected_step):
            self._steps.addWidget(_scrolling(step))
        self.service_step.changed.connect(self._check)
        self.client_step.changed.connect(self._check)
        self.browser_step.open_again.connect(self._open_browser)
        self.browser_step.copy_asked.connect(self._copy_address)
        self.connected_step.calendar_shown.connect(self._choose_calendar)
        self._number = small()
        self.main = Button("", Kind.PRIMARY)
        self.main.setObjectName("main-action")
        self.main.clicked.connect(self._go_on)
        self.back = Button(tr("Back"))
        self.back.setObjectName("back")
        self.back.clicked.connect(self._go_back)
        self.cancel = Button(tr("Cancel"))
        self.cancel.setObjectName("cancel")
        self.cancel.clicked.connect(self.reject)
        for button in (self.back, self.cancel, self.browser_step.again, self.browser_step.copy):
            button.setAutoDefault(False)
        buttons = QDialogButtonBox()
        buttons.addButton(self.main, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.back, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.cancel, QDialogButtonBox.ButtonRole.RejectRole)
        foot = _Foot()
        row = QHBoxLayout(foot)
        row.setContentsMargins(24, 12, 24, 12)
        row.addWidget(self._number)
        row.addStretch()
        row.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._steps, 1)
        column.addWidget(foot)

    # -- steps --------------------------------------------------------------------------------------------------------
    def _show_step(self, step: Step, number: int, main: str, forward: Callable[[], object]) -> None:
        for index in range(self._steps.count()):
            area = self._steps.widget(index)
            if isinstance(area, QScrollArea) and area.widget() is step:
                self._steps.setCurrentIndex(index)
        self._number.setText(tr("Step {n} of {total}", n=number, total=3))
        self._forward = forward
        self.main.setDefault(True)
        self.main.set_text(main)
        self.main.stop_working()
        self.main.setVisible(bool(main))
        self.cancel.set_text(tr("Cancel"))
        self.cancel.show()
        self.back.setVisible(step in (self.client_step, self.browser_step) and self._again is None)
        self._check()

    def _show_service(self) -> None:
        self._show_step(self.service_step, 1, tr_in("wizard", "Next"), self._begin)

    def _show_client(self) -> None:
        self._show_step(self.client_step, 2, tr("Sign in"), self._configure)
        self.client_step.client_id.setFocus()

    def _check(self) -> None:
        complete = True
        why = ""
        if self._forward == self._begin:
            complete, why = self.service_step.complete, tr("Tick at least one of the two.")
        elif self._forward == self._configure:
            complete, why = self.client_step.complete, tr("Enter the client ID.")
        self.main.setEnabled(complete)
        self.main.setToolTip("" if complete else why)

    def _go_on(self) -> None:
        self._forward()

    def _go_back(self) -> None:
        self._drop()
        self._show_service()

    # -- signing in ---------------------------------------------------------------------------------------------------
    def _begin(self) -> None:
        self._drop()
        self._begun = True
        if self._again is None:
            self._service = self.service_step.service
        calendar, contacts = self.service_step.calendar.isChecked(), self.service_step.contacts.isChecked()
        service, account = self._service, self._account
        self.main.start_working(tr("Opening the browser…"))
        self._task = self._desk.tasks.submit(
            "connect",
            lambda: self._desk.core.begin_connect(service, calendar=calendar, contacts=contacts, again=account),
            self._wait,
            self._not_begun,
        )

    def _not_begun(self, error: ZoomCalError) -> None:
        if isinstance(error, NotConfigured):
            self._show_client()
            return
        if self._again is not None:
            self._failed(error)
            return
        self._show_service()
        self.service_step.show_error(say(error.sentence), error.detail)

    def _configure(self) -> None:
        step, core, service = self.client_step, self._desk.core, self._service
        client_id, secret = step.client_id.text(), step.client_secret.text()
        step.show_error("")
        self.main.start_working(tr("Saving…"))

        def failed(error: ZoomCalError) -> None:
            self.main.stop_working()
            step.show_error(say(error.sentence), error.detail)

        self._task = self._desk.tasks.submit(
            "connect", lambda: core.configure_client(service, client_id, secret), lambda _: self._begin(), failed
        )

    def _wait(self, pending: PendingSignIn) -> None:
        self._pending = pending
        self.service_step.show_error("")
        self._show_browser()
        self._open_browser()
        self._task = self._desk.tasks.submit("connect", pending.finish, self._connected, self._failed)

    def _show_browser(self) -> None:
        calendar, contacts = self.service_step.calendar.isChecked(), self.service_step.contacts.isChecked()
        self.browser_step.wait(self._service, calendar=calendar, contacts=contacts)
        self._show_step(self.browser_step, 2, "", self._begin)

    def _open_browser(self) -> None:
        pending = self._pending
        if pending is not None:
            core = self._desk.core
            self.browser_step.show_opened()
            self._desk.tasks.submit(
                "user",
                lambda: core.open_consent(pending),
                on_error=lambda error: self._not_opened(pending, error),
            )

    def _not_opened(self, pending: PendingSignIn, error: ZoomCalError) -> None:
        if self._pending is pending:
            self.browser_step.show_not_opened(say(error.sentence), error.detail)

    def _copy_address(self) -> None:
        if self._pending is not None:
            QGuiApplication.clipboard().setText(self._pending.url)
            self.browser_step.say_copied()

    def _failed(self, error: ZoomCalError) -> None:
        self._drop()
        self.browser_step.fail(self._service, say(error.sentence), error.detail)
        self._show_step(self.browser_step, 2, tr("Try again"), self._begin)

    def _connected(self, account: AccountId) -> None:
        self._missing = self._pending.missing if self._pending else ()
        self._pending = None
        self._account = account
        self._ended = self._arriving = True
        self._desk.sync(account, contacts=True)
        self._desk.reread()

    def _arrived(self) -> None:
        if not self._arriving:
            return
        self._arriving = False
        self.connected.emit(self._account)
        if not self._missing:
            self._show_connected()
            return
        self.browser_step.lack(self._service, self._missing)
        self._show_step(self.browser_step, 2, tr("Ask again"), self._begin)
        self.back.hide()
        without_contacts = "contacts" in self._missing
        self.cancel.set_text(
            tr("Continue without contacts") if without_contacts else tr("Continue without the calendar")
        )

    # -- connected ----------------------------------------------------------------------------------------------------
    def _show_connected(self) -> None:
        self._show_step(self.connected_step, 3, tr("Done"), self.accept)
        self.cancel.hide()
        self._show_account()

    def _show_account(self) -> None:
        view = self._desk.account(self._account) if self._account else None
        if view is not None and self._forward == self.accept:
            self.connected_step.show_account(view, syncing=self._desk.is_syncing(view.id))

    def _show_progress(self, progress: SyncProgress) -> None:
        if progress.account == self._account:
            self.connected_step.show_progress(progress)

    def _synced(self, account: AccountId) -> None:
        if account == self._account:
            self._show_account()

    def _choose_calendar(self, calendar: str, shown: bool) -> None:
        if self._account is not None:
            self._desk.show_calendar(self._account, calendar, shown)

    # -- leaving ------------------------------------------------------------------------------------------------------
    def reject(self) -> None:
        """Cancel; where an account is connected already, go on without what was not allowed."""
        if self._ended and self._forward != self.accept:
            self._drop()
            self._show_connected()
            return
        super().reject()

    def done(self, result: int) -> None:
        """Stop listening for the browser, whatever way the wizard is left."""
        self._drop()
        self._desk.reread()
        super().done(result)

    def _drop(self) -> None:
        if self._task is not None:
            self._task.drop()
            self._task = None
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None


class _Foot(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        theme = look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("window"))
        painter.fillRect(0, 0, self.width(), 1, theme.colour("line"))


def _scrolling(step: Step) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    slim(area)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setBackgroundRole(QPalette.ColorRole.Base)
    area.setWidget(step)
    step.setBackgroundRole(QPalette.ColorRole.Base)
    return area
