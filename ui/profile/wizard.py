"""Connecting a service: choose it, sign in, see it arrive."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QDialog, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from ui.bridge.desk import Desk
from ui.bridge.tasks import Task
from ui.i18n import tr, tr_in
from ui.profile.attempt import Attempt, Search
from ui.profile.client import ClientStep
from ui.profile.connected import ConnectedStep
from ui.profile.exchange import ExchangeStep
from ui.profile.foot import Foot
from ui.profile.office365 import Method, MethodStep
from ui.profile.service import ServiceStep
from ui.profile.step import Step, scrolling
from ui.profile.waiting import BrowserStep, DeviceStep
from ui.sidebar import base_px
from zoomcal.app import AccountView, PendingSignIn
from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.errors import NeedsReauth, NotConfigured, ZoomCalError
from zoomcal.providers.base import ExchangeLogin, How
from zoomcal.sync.engine import SyncProgress

_WIDTH, _HEIGHT = 520, 500

Show = Callable[[], object]


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
        self._service = again.service if again else Service.GOOGLE
        self._account: AccountId | None = again.id if again else None
        self._how: How = "browser"
        self._attempt: Attempt | None = None
        self._task: Task | None = None
        self._search: Search | None = None
        self._missing: tuple[str, ...] = ()
        self._begun = self._ended = self._arriving = False
        self._forward: Show = self._choose_service
        self._backward: Show | None = None
        self._origin: Show | None = None
        self._before_client: Show | None = None
        self._build()
        desk.accounts_changed.connect(self._show_account)
        desk.agenda_changed.connect(self._arrived)
        desk.progressed.connect(self._show_progress)
        desk.synced.connect(self._synced)
        if again is None:
            self._show_service()
            return
        self.service_step.calendar.setChecked(again.calendar or not again.contacts)
        self.service_step.contacts.setChecked(again.contacts)
        if again.service is Service.EXCHANGE:
            self._show_entered(again)
        else:
            self._show_browser()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Begin at once where an account is authorised again in the browser."""
        super().showEvent(event)
        if self._again is not None and not self._begun and self._again.service is not Service.EXCHANGE:
            self._sign_in("browser")

    # -- building -----------------------------------------------------------------------------------------------------
    def _build(self) -> None:
        core = self._desk.core
        services, fixed = core.services, core.fixed_exchange_url
        microsoft = Service.OFFICE365 in services
        self.service_step = ServiceStep(services, calendar=core.calendar_allowed, contacts=core.contacts_allowed)
        self.method_step = MethodStep(password=Service.EXCHANGE in services)
        self.exchange_step = ExchangeStep(fixed_url=fixed, microsoft=microsoft)
        self.password_step = ExchangeStep(fixed_url=fixed, microsoft=microsoft, office365=True)
        self.client_step = ClientStep()
        self.browser_step = BrowserStep()
        self.device_step = DeviceStep()
        self.connected_step = ConnectedStep()
        self._step: Step = self.service_step
        self._steps = QStackedWidget()
        self._areas: dict[Step, QScrollArea] = {}
        for step in (
            *(self.service_step, self.method_step, self.exchange_step, self.password_step),
            *(self.client_step, self.browser_step, self.device_step, self.connected_step),
        ):
            self._areas[step] = scrolling(step)
            self._steps.addWidget(self._areas[step])
        for changed in (self.service_step.changed, self.client_step.changed):
            changed.connect(self._check)
        self.method_step.changed.connect(self._name_method)
        for form in (self.exchange_step, self.password_step):
            form.changed.connect(self._check)
            form.find_asked.connect(self._find)
            form.microsoft_asked.connect(self._go_to_microsoft)
        self.browser_step.open_again.connect(self._open_browser)
        self.browser_step.code_asked.connect(lambda: self._sign_in("device-code", lambda: self._sign_in("browser")))
        self.device_step.open_asked.connect(self._open_browser)
        self.connected_step.calendar_shown.connect(self._choose_calendar)
        foot = self._foot = Foot()
        self.main, self.back, self.cancel = foot.main, foot.back, foot.cancel
        self.main.clicked.connect(self._go_on)
        self.back.clicked.connect(self._go_back)
        self.cancel.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._steps, 1)
        column.addWidget(foot)

    # -- steps --------------------------------------------------------------------------------------------------------
    def _show_step(self, step: Step, main: str, forward: Show, back: Show | None = None) -> None:
        self._step = step
        self._steps.setCurrentWidget(self._areas[step])
        self._forward, self._backward = forward, back
        self._foot.show_step(step.number, main, back=back is not None)
        self._check()

    def _show_service(self) -> None:
        self._show_step(self.service_step, tr_in("wizard", "Next"), self._choose_service)
        if not self._desk.core.services:
            self.service_step.show_error(sentence("Your organisation has switched this off."))

    def _show_method(self) -> None:
        calendar, contacts = self._asked()
        self.method_step.show_scopes(calendar=calendar, contacts=contacts)
        self._show_step(self.method_step, self.method_step.action, self._choose_method, self._show_service)
        self.method_step.focus_choice()

    def _show_form(self, form: ExchangeStep, back: Show | None) -> None:
        self._show_step(form, tr("Sign in"), lambda: self._try(form, back), back)
        form.focus_first()

    def _show_exchange(self) -> None:
        self._show_form(self.exchange_step, None if self._again else self._show_service)

    def _show_password(self) -> None:
        self._show_form(self.password_step, self._show_method)

    def _check(self) -> None:
        why = self._step.lacking()
        if not self.main.working:
            self.main.setEnabled(not why)
        self.main.setToolTip(why)

    def _name_method(self) -> None:
        if not self.main.working:
            self.main.set_text(self.method_step.action)

    def _asked(self) -> tuple[bool, bool]:
        return self.service_step.calendar.isChecked(), self.service_step.contacts.isChecked()

    def _go_on(self) -> None:
        self._forward()

    def _go_back(self) -> None:
        self._drop()
        if self._backward is not None:
            self._backward()

    def _choose_service(self) -> None:
        self._service = self.service_step.service
        match self._service:
            case Service.OFFICE365:
                self._show_method()
            case Service.EXCHANGE:
                self._show_exchange()
            case _:
                self._sign_in("browser", self._show_service)

    def _choose_method(self) -> None:
        match self.method_step.method:
            case Method.BROWSER:
                self._sign_in("browser", self._show_method)
            case Method.DEVICE_CODE:
                self._sign_in("device-code", self._show_method)
            case Method.PASSWORD:
                self._show_password()

    def _go_to_microsoft(self) -> None:
        back = self._show_password if self._step is self.password_step else self._show_exchange
        self._service, self._account = Service.OFFICE365, None
        self._sign_in("browser", back)

    # -- signing in ---------------------------------------------------------------------------------------------------
    def _sign_in(self, how: How, back: Show | None = None) -> None:
        """Begin to sign in; `back` shows where that was chosen."""
        self._drop()
        self._begun = True
        self._how, self._origin = how, back
        calendar, contacts = self._asked()
        core, service, account = self._desk.core, self._service, self._account
        said = {"browser": tr("Opening the browser…"), "device-code": tr("Getting a code…")}
        self.main.start_working(said[how] if isinstance(how, str) else tr("Trying…"))
        self._attempt = attempt = Attempt(self._desk, self)
        attempt.begun.connect(self._wait)
        attempt.not_begun.connect(self._not_begun)
        attempt.not_opened.connect(self._not_opened)
        attempt.connected.connect(self._connected)
        attempt.failed.connect(self._failed)
        attempt.start(
            lambda cancel: core.begin_connect(
                service, calendar=calendar, contacts=contacts, again=account, how=how, cancel=cancel
            )
        )

    def _again_the_same(self) -> None:
        self._sign_in(self._how, self._origin)

    def _try(self, form: ExchangeStep, back: Show | None) -> None:
        form.start_trying()
        self._sign_in(form.login(), back)

    def _wait(self, pending: PendingSignIn) -> None:
        for step in (self.service_step, self.method_step):
            step.show_error()
        calendar, contacts = self._asked()
        if pending.user_code:
            self.device_step.wait(self._service, pending.url, pending.user_code, calendar=calendar, contacts=contacts)
            self._show_step(self.device_step, "", self._again_the_same, self._origin)
        elif pending.url:
            self._show_browser()
            self._open_browser()

    def _show_browser(self) -> None:
        calendar, contacts = self._asked()
        address = self._attempt.pending.url if self._attempt and self._attempt.pending else ""
        self.browser_step.wait(self._service, address, calendar=calendar, contacts=contacts)
        self.browser_step.offer_code(self._again is not None and self._service is Service.OFFICE365)
        self._show_step(self.browser_step, "", self._again_the_same, self._origin)

    def _not_begun(self, error: ZoomCalError) -> None:
        chosen_there = isinstance(self._how, str) and self._origin in (self._show_service, self._show_method)
        if self._origin is None or not chosen_there or isinstance(error, NotConfigured):
            self._failed(error)
            return
        self._drop()
        self._origin()
        self._step.show_error(error.sentence, error.detail)

    def _failed(self, error: ZoomCalError) -> None:
        self._drop()
        if isinstance(error, NotConfigured):
            self._ask_for_client(error)
            return
        if isinstance(self._how, ExchangeLogin):
            self.main.stop_working()
            form = self._step
            if isinstance(form, ExchangeStep):
                form.fail(error)
            self._check()
            return
        step = self.device_step if self._how == "device-code" else self.browser_step
        step.fail(self._service, error)
        self._show_step(step, tr("Try again"), self._again_the_same, self._origin)

    def _ask_for_client(self, error: NotConfigured) -> None:
        """Ask for a client id; where one is set, and is not known to the service, say so."""
        if self._origin != self._show_client:
            self.client_step.ask_for(self._service)
            self._before_client = self._origin
        self._show_client()
        if error.sentence != NotConfigured.default:
            self.client_step.show_error(error.sentence, error.detail)

    def _show_client(self) -> None:
        self._show_step(self.client_step, tr("Sign in"), self._configure, self._before_client)
        self.client_step.client_id.setFocus()
        self.client_step.client_id.selectAll()

    def _configure(self) -> None:
        step, core, service = self.client_step, self._desk.core, self._service
        client_id, secret = step.client_id.text(), step.client_secret.text()
        step.show_error()
        self.main.start_working(tr("Saving…"))

        def failed(error: ZoomCalError) -> None:
            self.main.stop_working()
            step.show_error(error.sentence, error.detail)

        self._task = self._desk.tasks.submit(
            "user",
            lambda: core.configure_client(service, client_id, secret),
            lambda _: self._sign_in(self._how, self._show_client),
            failed,
        )

    def _open_browser(self) -> None:
        if self._attempt is not None:
            self.browser_step.show_opened()
            self.device_step.show_error()
            self._attempt.open_page()

    def _not_opened(self, error: ZoomCalError) -> None:
        if self._step is self.device_step:
            self.device_step.show_error(error.sentence, error.detail)
        else:
            self.browser_step.show_not_opened(error)

    # -- a server of one's own ----------------------------------------------------------------------------------------
    def _show_entered(self, again: AccountView) -> None:
        """Show what the account was connected with; where that is not known any more, what its card says."""
        form, core = self.exchange_step, self._desk.core
        form.prefill(ExchangeLogin(username=again.name, password="", url=again.server))

        def shown(login: ExchangeLogin) -> None:
            form.prefill(login)
            form.focus_first()

        def failed(error: ZoomCalError) -> None:
            if not isinstance(error, NeedsReauth):
                form.show_error(error.sentence, error.detail)

        self._show_exchange()
        self._task = self._desk.tasks.submit("user", lambda: core.entered(again.id), shown, failed)

    def _find(self, address: str) -> None:
        form = self._step
        if isinstance(form, ExchangeStep):
            self._end_search()
            self._search = Search(self._desk, address, form.authority.file, self)
            self._search.found.connect(form.found)
            self._search.failed.connect(form.fail)

    def _end_search(self) -> None:
        if self._search is not None:
            self._search.give_up()
            self._search = None

    # -- connected ----------------------------------------------------------------------------------------------------
    def _connected(self, account: AccountId) -> None:
        pending = self._attempt.pending if self._attempt else None
        self._missing = pending.missing if pending else ()
        self._attempt = None
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
        self._show_step(self.browser_step, tr("Ask again"), self._again_the_same)
        without_contacts = "contacts" in self._missing
        self.cancel.set_text(
            tr("Continue without contacts") if without_contacts else tr("Continue without the calendar")
        )

    def _show_connected(self) -> None:
        self._show_step(self.connected_step, tr("Done"), self.accept)
        self.cancel.hide()
        self._show_account()

    def _show_account(self) -> None:
        view = self._desk.account(self._account) if self._account else None
        if view is not None and self._step is self.connected_step:
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
        if self._ended and self._step is not self.connected_step:
            self._drop()
            self._show_connected()
            return
        super().reject()

    def done(self, result: int) -> None:
        """Stop waiting for whatever is waited for, whatever way the wizard is left."""
        self._drop()
        self._desk.reread()
        super().done(result)

    def _drop(self) -> None:
        self._end_search()
        if self._task is not None:
            self._task.drop()
            self._task = None
        if self._attempt is not None:
            self._attempt.give_up()
            self._attempt = None
