"""The Profile page: the connected accounts and the settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.bridge.desk import Desk
from ui.i18n import say, tr
from ui.profile.card import AccountCard
from ui.sidebar import base_px
from ui.widgets.buttons import Button, Kind
from ui.widgets.fields import Choice
from ui.widgets.frames import Card, HealthLine, Tone
from ui.widgets.scrolling import slim
from ui.widgets.switch import Switch
from ui.widgets.text import Line, Text, breakable, section, title
from zoomcal.app import AccountView, Settings
from zoomcal.catalogue import Sentence
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import ZoomCalError
from zoomcal.sync.engine import SyncProgress

_WIDEST = 760 / 13
_NARROW, _TIGHT = 860 / 13, 560 / 13
"""Widths of the window in units of the font's size."""


class ProfilePage(QScrollArea):
    """Accounts and settings.

    Args:
        desk: The core and its snapshot.
        connect: Opens the wizard: with an account to re-authorise, or None for a new one.
    """

    def __init__(
        self, desk: Desk, connect: Callable[[AccountView | None], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("profile")
        self._desk, self._connect = desk, connect
        self._cards: dict[AccountId, AccountCard] = {}
        self._first_sync = {view.id for view in desk.accounts if view.health.last_sync is None}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        slim(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self._ground = QWidget()
        self._ground.setBackgroundRole(QPalette.ColorRole.Window)
        self._ground.setAutoFillBackground(True)
        self._build()
        self.setWidget(self._ground)
        desk.accounts_changed.connect(self._show_accounts)
        desk.settings_changed.connect(self._show_settings)
        desk.progressed.connect(self._show_progress)
        desk.synced.connect(self._first_sync_ended)
        self._show_accounts(desk.accounts)
        self._show_settings(desk.settings)
        desk.tasks.submit("view", desk.core.notices, self._show_notices)

    def panes(self) -> list[QWidget]:
        """Return what takes the focus: the first thing on the page."""
        cards = list(self._cards.values())
        return [cards[0].delete_button if cards else self.connect_button]

    # -- building -----------------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self._column = QWidget()
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(title(tr("Profile")))
        column.addSpacing(16)
        self._notices = QVBoxLayout()
        self._notices.setSpacing(8)
        column.addLayout(self._notices)
        column.addWidget(section(tr("Calendar and Contact Integration")))
        column.addSpacing(12)
        self._accounts = QVBoxLayout()
        self._accounts.setSpacing(12)
        column.addLayout(self._accounts)
        column.addLayout(self._make_foot())
        column.addSpacing(28)
        column.addWidget(section(tr("Settings")))
        column.addSpacing(12)
        column.addWidget(self._make_settings())
        column.addStretch()
        self._row = QHBoxLayout(self._ground)
        self._row.addStretch(1)
        self._row.addWidget(self._column, 1000)
        self._row.addStretch(1)

    def _make_foot(self) -> QBoxLayout:
        self.connect_button = Button(tr("Connect to Calendar and Contact Service"), icon="plus")
        self.connect_button.setObjectName("connect")
        self.connect_button.let_shrink()
        self.connect_button.clicked.connect(lambda: self._connect(None))
        self.copy_button = Button(tr("Copy diagnostics"), Kind.TEXT)
        self.copy_button.setObjectName("copy-diagnostics")
        self.copy_button.clicked.connect(self._copy_diagnostics)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._foot.addWidget(self.connect_button)
        self._foot.addStretch()
        self._foot.addWidget(self.copy_button)
        return self._foot

    def _make_settings(self) -> Card:
        card = Card()
        card.column.setContentsMargins(16, 4, 16, 4)
        card.column.setSpacing(0)
        self.language = _choice("language", [("", tr("System")), ("en", "English"), ("vi", "Tiếng Việt")])
        self.language.activated.connect(lambda: self._change(language=self.language.currentData()))
        self.theme = _choice("theme", [("", tr("System")), ("light", tr("Light")), ("dark", tr("Dark"))])
        self.theme.activated.connect(lambda: self._change(theme=self.theme.currentData()))
        self.declined = Switch("")
        self.declined.setObjectName("show-declined")
        self.declined.setAccessibleName(tr("Show declined meetings"))
        self.declined.clicked.connect(lambda on: self._change(show_declined=on))
        rows = (
            (tr("Language"), self.language),
            (tr("Appearance"), self.theme),
            (tr("Show declined meetings"), self.declined),
        )
        for number, (words, control) in enumerate(rows):
            if number:
                card.column.addWidget(Line())
            card.column.addWidget(_setting(words, control))
        return card

    # -- showing ------------------------------------------------------------------------------------------------------
    def _show_accounts(self, accounts: tuple[AccountView, ...]) -> None:
        known = {account.id for account in accounts}
        for gone in [account for account in self._cards if account not in known]:
            card = self._cards.pop(gone)
            self._accounts.removeWidget(card)
            card.hide()
            card.deleteLater()
        for account in accounts:
            if account.id in self._cards:
                self._cards[account.id].show_account(account)
            else:
                self._add_card(account)
        self._accounts.setContentsMargins(0, 0, 0, 16 if accounts else 0)

    def _add_card(self, account: AccountView) -> None:
        card = AccountCard(account)
        if account.health.last_sync is None:
            self._first_sync.add(account.id)
        card.delete_asked.connect(partial(self._delete, account.id))
        card.continue_asked.connect(partial(self._continue, account.id))
        card.retry_asked.connect(partial(self._desk.sync, account.id))
        card.switched.connect(partial(self._switch, account.id))
        card.calendar_shown.connect(partial(self._show_calendar, account.id))
        card.set_narrow(self._is_tight())
        self._cards[account.id] = card
        self._accounts.addWidget(card)

    def _show_progress(self, progress: SyncProgress) -> None:
        if progress.account in self._first_sync and progress.account in self._cards:
            self._cards[progress.account].show_progress(progress)

    def _first_sync_ended(self, account: AccountId) -> None:
        self._first_sync.discard(account)
        if account in self._cards:
            self._cards[account].show_progress(None)

    def _show_settings(self, settings: Settings) -> None:
        for box, value in ((self.language, settings.language), (self.theme, settings.theme)):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.declined.set_silently(settings.show_declined)

    def _show_notices(self, notices: Sequence[Sentence]) -> None:
        for notice in notices:
            self._notice(say(notice))

    def _notice(self, text: str) -> None:
        line = HealthLine(Tone.AMBER, "info", breakable(text), tr("Dismiss"))
        line.setObjectName("notice")
        line.pressed.connect(line.hide)
        self._notices.addWidget(line)
        self._notices.setContentsMargins(0, 0, 0, 16)

    # -- doing --------------------------------------------------------------------------------------------------------
    def _change(self, **changes: object) -> None:
        self._desk.change_settings(**changes)

    def _switch(self, account: AccountId, what: str, on: bool) -> None:
        self._desk.switch(account, what, on)

    def _show_calendar(self, account: AccountId, calendar: str, shown: bool) -> None:
        self._desk.show_calendar(account, calendar, shown)

    def _continue(self, account: AccountId) -> None:
        self._connect(self._desk.account(account))

    def _delete(self, account: AccountId) -> None:
        from ui.profile.confirm import DeleteAccount

        view = self._desk.account(account)
        if view is None:
            return
        dialog = DeleteAccount(view, self._desk, self.window())
        dialog.deleted.connect(lambda problem: self._notice(say(problem)) if problem else None)
        dialog.open()

    def _copy_diagnostics(self) -> None:
        def copied(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.copy_button.start_working(tr("Copied"))
            QTimer.singleShot(2000, self.copy_button, self.copy_button.stop_working)

        def failed(error: ZoomCalError) -> None:
            self._notice(say(error.sentence))

        self._desk.tasks.submit("user", self._desk.core.diagnostics, copied, failed)

    # -- room ---------------------------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Give the column its edges."""
        super().resizeEvent(event)
        edge = 16 if self.window().width() < _NARROW * base_px() else 28
        self._row.setContentsMargins(edge, 24, edge, 24)
        self._column.setMaximumWidth(max(760, round(_WIDEST * base_px())))
        tight = self._is_tight()
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._foot.setDirection(down if tight else right)
        for card in self._cards.values():
            card.set_narrow(tight)

    def _is_tight(self) -> bool:
        return self.window().width() < _TIGHT * base_px()


def _choice(name: str, choices: list[tuple[str, str]]) -> Choice:
    box = Choice(name)
    box.setMinimumSize(140, 28)
    for value, words in choices:
        box.addItem(words, value)
    return box


def _setting(words: str, control: QWidget) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 4, 0, 4)
    label = Text(words)
    label.setBuddy(control)
    line.addWidget(label, 1)
    line.addWidget(control)
    row.setMinimumHeight(40)
    return row
