"""The Meetings page on its core: snapshots in, the person's commands out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.bridge.desk import Desk
from ui.i18n import say
from ui.meetings.announce import announce
from ui.meetings.view import MeetingsView, Snapshot
from zoomcal.catalogue import sentence
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import ZoomCalError
from zoomcal.joinlink.model import Candidate, Place
from zoomcal.sync.health import HealthKind

SURVEY_AFTER_MS = 120
"""How long a meeting stays selected before its other links are looked up: not while arrow keys pass it by."""


class MeetingsPage(QWidget):
    """Today's meetings.

    Args:
        desk: What the pages share.
    """

    connect_requested = Signal()
    """The person wants to connect their first account."""
    continue_requested = Signal(object)
    """The AccountView that needs consent again."""
    accounts_requested = Signal()
    """The person wants to see the accounts."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._dismissed: set[str] = set()
        self._joining: AgendaItem | None = None
        self._kinds: dict[AccountId, HealthKind] = {}
        self.view = MeetingsView(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self._survey = QTimer(self, singleShot=True, interval=SURVEY_AFTER_MS)
        self._listen()
        self._show()

    def panes(self) -> list[QWidget]:
        """Return what takes the focus in each pane that is visible."""
        return self.view.panes()

    def _listen(self) -> None:
        desk, view = self._desk, self.view
        desk.agenda_changed.connect(self._show)
        desk.syncing_changed.connect(self._show)
        view.refresh_requested.connect(desk.refresh)
        view.cancel_requested.connect(desk.cancel)
        view.retry_requested.connect(self._retry)
        view.zoom_only_changed.connect(lambda only: desk.change_settings(zoom_only=only))
        view.notice_dismissed.connect(self._dismiss)
        view.connect_requested.connect(self.connect_requested)
        view.accounts_requested.connect(self.accounts_requested)
        view.continue_requested.connect(lambda account: self.continue_requested.emit(desk.account(account)))
        view.selected.connect(lambda _: self._survey.start())
        self._survey.timeout.connect(self._look_up)
        view.join_requested.connect(self._join)
        view.shown_again.connect(lambda item: desk.do(lambda: desk.core.hide(item.key, hidden=False)))
        view.hide_requested.connect(lambda item: desk.do(lambda: desk.core.hide(item.key, hidden=True)))
        view.silence_requested.connect(lambda item, silenced: desk.do(lambda: desk.core.silence(item.key, silenced)))
        view.copy_requested.connect(self._copy_link)
        view.browser_requested.connect(lambda item: self._open(item, lambda: desk.core.open_in_browser(item)))
        view.web_requested.connect(self._open_web)

    # -- what is shown ------------------------------------------------------------------------------------------------
    def _show(self) -> None:
        desk = self._desk
        notices = (say(notice) for notice in desk.core.notices())
        self.view.show_snapshot(
            Snapshot(
                agenda=desk.agenda,
                accounts=desk.accounts,
                now=desk.core.now(),
                zone=desk.core.zone(),
                zoom_only=desk.settings.zoom_only,
                syncing=desk.syncing,
                notices=tuple(notice for notice in notices if notice not in self._dismissed),
            )
        )
        self._announce_troubles()

    def _announce_troubles(self) -> None:
        before, self._kinds = self._kinds, {view.id: view.health.kind for view in self._desk.accounts}
        for account in self._desk.accounts:
            health = account.health
            if health.kind in _TOLD and before.get(account.id, health.kind) is not health.kind and health.sentence:
                announce(self, say(health.sentence))

    def _look_up(self) -> None:
        item = self.view.details.item
        if item is None:
            return
        core = self._desk.core
        self._desk.tasks.submit(
            "survey", lambda: core.candidates(item), lambda found: self.view.details.show_candidates(item, found)
        )

    def _dismiss(self, notice: str) -> None:
        self._dismissed.add(notice)
        self._show()

    # -- commands -----------------------------------------------------------------------------------------------------
    def _retry(self, account: AccountId | None) -> None:
        if account is None:
            self._desk.refresh()
        else:
            self._desk.sync(account)

    def _join(self, item: AgendaItem, candidate: Candidate | None) -> None:
        core = self._desk.core
        self._open(item, lambda: core.join(item, candidate), joining=candidate is None)

    def _open_web(self, item: AgendaItem, address: str) -> None:
        why = sentence("Found in the description.")
        page = Candidate(place=Place.DESCRIPTION, url=address, host="", why=why)
        core = self._desk.core
        self._open(item, lambda: core.join(item, page))

    def _open(self, item: AgendaItem, work: Callable[[], object], *, joining: bool = False) -> None:
        if self._joining is not None:
            return
        self._joining = item
        details = self.view.details
        if joining and details.item is not None and details.item.key == item.key:
            details.show_joining(joining=True)
        self._desk.tasks.submit("user", work, on_error=self._not_opened, at_end=self._opened)

    def _opened(self) -> None:
        self._joining = None
        self.view.details.show_joining(joining=False)

    def _not_opened(self, error: ZoomCalError) -> None:
        self.view.details.show_problem(error.sentence)

    def _copy_link(self, item: AgendaItem) -> None:
        QGuiApplication.clipboard().setText(self._desk.core.link_text(item))
        self.view.details.say_copied()


_TOLD = frozenset({HealthKind.OFFLINE, HealthKind.NEEDS_CONSENT})
