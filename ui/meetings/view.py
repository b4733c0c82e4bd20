"""The Meetings page without the core: the list, the details, and what stands in their places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QSplitter,
    QSplitterHandle,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.i18n import plural, say, tongue, tr
from ui.meetings import states, words
from ui.meetings.head import Head, Trouble, TroubleLines, troubles
from ui.meetings.listview import MeetingList
from ui.meetings.model import MeetingsModel
from ui.meetings.rows import topic_of
from ui.meetings.states import State, state_of
from ui.sidebar import base_px
from ui.widgets.buttons import Button, Kind
from ui.widgets.text import fill, small
from zoomcal.app import AccountView
from zoomcal.domain.agenda import Agenda, AgendaItem

if TYPE_CHECKING:
    from ui.meetings.details import Details

LIST_WIDTH, LIST_LEAST, LIST_MOST = 504, 360, 640
DETAILS_LEAST = 300
ALONE_BELOW, NARROW_BELOW = 860 / 13, 560 / 13
"""Widths of the window in units of the font's size: the list alone; the narrow rows."""


class Snapshot(NamedTuple):
    """What the page shows at one moment."""

    agenda: Agenda
    accounts: tuple[AccountView, ...]
    now: datetime
    """Aware."""
    zone: tzinfo
    zoom_only: bool = False
    syncing: bool = False
    notices: tuple[str, ...] = ()
    """What is to be known once, already translated."""


class MeetingsView(QWidget):
    """Two panes where there is room, one where there is not; it asks for everything by signals."""

    refresh_requested = Signal()
    cancel_requested = Signal()
    connect_requested = Signal()
    accounts_requested = Signal()
    retry_requested = Signal(object)
    """An AccountId, or None for all."""
    continue_requested = Signal(object)
    """An AccountId."""
    zoom_only_changed = Signal(bool)
    notice_dismissed = Signal(str)
    join_requested = Signal(object, object)
    """AgendaItem; a Candidate, or None for the meeting's own link."""
    web_requested = Signal(object, str)
    """AgendaItem, and the https address of a link in its description that the person agreed to open."""
    browser_requested = Signal(object)
    """AgendaItem: open its link as a web page."""
    copy_requested = Signal(object)
    """AgendaItem: copy its link."""
    hide_requested = Signal(object)
    """AgendaItem."""
    silence_requested = Signal(object, bool)
    """AgendaItem, and whether it is to be silent."""
    shown_again = Signal(object)
    """AgendaItem that was hidden."""
    selected = Signal(object)
    """AgendaItem whose details are shown from now on, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._placed: tuple[object, ...] = ()
        self._alone = self._narrow = self._reading = False
        self.model = MeetingsModel(self)
        self.list = MeetingList(self.model)
        self.head = Head()
        self.troubles = TroubleLines()
        self._details: Details | None = None
        self._details_place = _DetailsPlace()
        self._in_place: QWidget = QWidget()
        self._places = QStackedWidget()
        self._places.addWidget(self.list)
        self._places.addWidget(self._in_place)
        self.hidden_line = _HiddenLine()
        self._left = QWidget()
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, self.troubles):
            column.addWidget(widget)
        column.addWidget(self._places, 1)
        column.addWidget(self.hidden_line)
        self._splitter = _Splitter()
        self._splitter.addWidget(self._left)
        self._splitter.addWidget(self._details_place)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([LIST_WIDTH, LIST_WIDTH])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        whole.addWidget(self._splitter)
        self._connect()

    def _connect(self) -> None:
        self.head.refresh_requested.connect(self.refresh_requested)
        self.head.zoom_only_changed.connect(self.zoom_only_changed)
        self.troubles.retry_requested.connect(self.retry_requested)
        self.troubles.continue_requested.connect(self.continue_requested)
        self.troubles.accounts_requested.connect(self.accounts_requested)
        self.troubles.dismissed.connect(self.notice_dismissed)
        self.list.verticalScrollBar().rangeChanged.connect(self._make_room)
        self.list.join_requested.connect(lambda item: self.join_requested.emit(item, None))
        self.list.selected.connect(self._select)
        self.list.opened.connect(self._open)
        self.list.menu_requested.connect(self._open_menu)
        self._details_place.painted.connect(self._make_details)
        self.hidden_line.shown_again.connect(self.shown_again)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the moment; what did not change is not touched."""
        self._snapshot = snapshot
        agenda, now = snapshot.agenda, snapshot.now
        self.head.show_day(agenda.today)
        self.head.show_filter(snapshot.zoom_only)
        freshness = words.last_sync(snapshot.accounts)
        self.head.show_freshness(freshness, now, updating=snapshot.syncing)
        self.head.set_useful(bool(snapshot.accounts))
        found = troubles([(account.id, account.health) for account in snapshot.accounts if account.calendar])
        self.troubles.show_troubles((*found, *(Trouble(None, notice) for notice in snapshot.notices)))
        before: QWidget = self.head.zoom_only
        for line in self.troubles.lines:
            if line.button is not None:
                QWidget.setTabOrder(before, line.button)
                before = line.button
        self.hidden_line.show_items(agenda.hidden)
        self.model.set_agenda(agenda, now)
        self.list.tick()
        self._show_place(snapshot)
        self._show_details()

    @property
    def details(self) -> Details:
        """Everything about the selected meeting; made when first asked for, or once its place has been painted."""
        return self._details or self._make_details()

    def show_list(self) -> None:
        """Put the list back in the details' place."""
        self._reading = False
        self._arrange()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def panes(self) -> list[QWidget]:
        """Return what takes the focus in each pane that is visible."""
        panes: list[QWidget] = []
        if self._left.isVisible():
            panes.append(self.list if self.list.isVisible() else self._in_place)
        if self._details_place.isVisible():
            panes.append(self.details.first_control())
        return panes

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Choose the form for the window's width."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Choose the form once the window is known."""
        super().showEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the least row; the panes' own minima only bound what the splitter's handle may do."""
        return QSize(312, 240)

    # -- forms --------------------------------------------------------------------------------------------------------
    def _fit(self) -> None:
        width = self.window().width() / max(1, base_px())
        too_tight = self.width() <= LIST_LEAST + DETAILS_LEAST
        alone, narrow = too_tight or width < ALONE_BELOW, width < NARROW_BELOW
        if (alone, narrow) == (self._alone, self._narrow):
            return
        if narrow != self._narrow:
            self.list.set_narrow(narrow)
            self.head.set_narrow(narrow)
            self.troubles.set_narrow(narrow)
            self.hidden_line.set_narrow(narrow)
        self._alone, self._narrow = alone, narrow
        self._arrange()
        self._make_room()

    def _make_room(self) -> None:
        bar = self.list.verticalScrollBar()
        shown = bar.maximum() > 0 and self._places.currentWidget() is self.list
        taken = bar.sizeHint().width() if shown else 0
        self.head.set_foreign(taken)
        self.troubles.set_foreign(taken)

    def _arrange(self) -> None:
        listed = self._places.currentWidget() is self.list
        reading = self._alone and self._reading and listed and self.list.item() is not None
        self._left.setVisible(not reading)
        self._left.setMinimumWidth(0 if self._alone else LIST_LEAST)
        self._left.setMaximumWidth(LIST_MOST if listed and not self._alone else _UNBOUND)
        self._details_place.setVisible(reading or (listed and not self._alone))
        self._details_place.setMinimumWidth(0 if self._alone else DETAILS_LEAST)
        if self._details is not None or reading:
            self.details.set_back(reading)

    def _show_place(self, snapshot: Snapshot) -> None:
        agenda, accounts = snapshot.agenda, snapshot.accounts
        state = state_of(agenda, accounts, syncing=snapshot.syncing)
        placed = (state, agenda.filtered, agenda.upcoming, agenda.today, len(accounts))
        if placed == self._placed:
            return
        self._placed = placed
        makers: dict[State, Callable[[], QWidget]] = {
            State.FIRST_START: lambda: states.first_start(self.connect_requested.emit),
            State.SWITCHED_OFF: lambda: states.switched_off(self.accounts_requested.emit),
            State.LOADING: lambda: states.Loading(accounts, self.cancel_requested.emit),
            State.NEVER_READ: states.never_read,
            State.EMPTY: lambda: states.empty(agenda, snapshot.now),
            State.FILTERED: lambda: states.filtered(agenda, self.head.zoom_only.click),
        }
        if state in makers:
            old, self._in_place = self._in_place, makers[state]()
            self._places.addWidget(self._in_place)
            self._places.removeWidget(old)
            old.deleteLater()
        self._places.setCurrentWidget(self.list if state is State.LIST else self._in_place)
        self._arrange()
        self._make_room()

    # -- the selected meeting -----------------------------------------------------------------------------------------
    def _make_details(self) -> Details:
        from ui.meetings.details import Details

        details = self._details = Details()
        for signal, ours in (
            (details.join_requested, self.join_requested),
            (details.web_requested, self.web_requested),
            (details.browser_requested, self.browser_requested),
            (details.copy_requested, self.copy_requested),
            (details.hide_requested, self.hide_requested),
            (details.silence_requested, self.silence_requested),
            (details.back_requested, self.show_list),
        ):
            signal.connect(ours)
        self._details_place.hold(details)
        self._show_details()
        return details

    def _show_details(self) -> None:
        if self._details is None or self._snapshot is None:
            return
        item = self.list.item()
        new = item != self._details.item
        self._details.show_item(item, self._snapshot.now, self._snapshot.zone)
        if new:
            self.selected.emit(item)

    def _select(self, item: AgendaItem | None) -> None:
        self._show_details()
        if item is None and self._reading:
            self.show_list()

    def _open(self, item: AgendaItem) -> None:
        self._select(item)
        self._reading = True
        self._arrange()
        if self._alone:
            self.details.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_menu(self, item: AgendaItem, position: QPoint) -> None:
        self.details.menu(item, self.list).popup(position)


class _DetailsPlace(QWidget):
    """The pane of the details, empty at first: what a person looks at first is the list, and it is there sooner."""

    painted = Signal()
    """Once, while it is empty: it is on the screen and the event loop is free again."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._waiting = True

    def hold(self, details: Details) -> None:
        """Fill the pane."""
        self._waiting = False
        details.resize(self.size())
        self._column.addWidget(details)
        details.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint nothing; the window's ground shows through."""
        super().paintEvent(event)
        if self._waiting:
            self._waiting = False
            QTimer.singleShot(0, self, self.painted.emit)


class _HiddenLine(QWidget):
    """*1 hidden meeting* and the way to bring it back."""

    shown_again = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._items: tuple[AgendaItem, ...] = ()
        self._row = QHBoxLayout(self)
        self.words = small()
        self.button = Button(tr("Show"), Kind.TEXT)
        self.button.clicked.connect(self._ask)
        self._row.addWidget(self.words)
        self._row.addWidget(self.button)
        self._row.addStretch()
        self.set_narrow(False)
        self.hide()

    def set_narrow(self, narrow: bool) -> None:
        """Keep the list's edges."""
        edge = 16 if narrow else 20
        self._row.setContentsMargins(edge, 4, edge, 8)

    def show_items(self, items: tuple[AgendaItem, ...]) -> None:
        """Say how many are hidden; nothing where none is."""
        self._items = items
        self.words.setText(say(plural("{n} hidden meeting", "{n} hidden meetings", len(items))))
        self.setVisible(bool(items))

    def _ask(self) -> None:
        if len(self._items) == 1:
            self.shown_again.emit(self._items[0])
            return
        from PySide6.QtGui import QAction
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self)
        for item in self._items:
            action = QAction(f"{topic_of(item)}\t{tongue().time(item.start)}".replace("&", "&&"), menu)
            action.triggered.connect(lambda _=False, item=item: self.shown_again.emit(item))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))


class _Handle(QSplitterHandle):
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        fill(self, event.rect(), "line")


class _Splitter(QSplitter):
    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def createHandle(self) -> QSplitterHandle:  # noqa: N802
        return _Handle(self.orientation(), self)


_UNBOUND = (1 << 24) - 1
