"""The main window: side bar and pages, shortcuts, and where the window was."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from ui.i18n import tr
from ui.sidebar import SideBar, base_px
from ui.widgets.text import Line

MEETINGS, PROFILE = "meetings", "profile"
_ICONS = {MEETINGS: "nav-meetings", PROFILE: "nav-profile"}
_RAIL_BELOW = 720 / 13
"""In units of the font's size."""


@runtime_checkable
class Paned(Protocol):
    """A page with several panes; F6 goes from one to the next."""

    def panes(self) -> list[QWidget]:
        """Return what takes the focus in each pane that is visible."""


class Shell(QMainWindow):
    """The window.

    Args:
        pages: What makes each page; it is made when it is first shown.
    """

    refresh_asked = Signal()
    """F5, or Ctrl+R."""
    painted = Signal()
    """Once: the first paint is done and the event loop is free again."""
    closed = Signal()
    """The person closed the window."""

    def __init__(self, pages: Mapping[str, Callable[[], QWidget]]) -> None:
        super().__init__()
        self.setObjectName("shell")
        self.setWindowTitle("ZoomCal")
        self.setMinimumSize(380, 480)
        self.resize(1120, 800)
        self._makers = pages
        self._made: dict[str, QWidget] = {}
        self._current = next(iter(pages))
        self._build()
        self.sidebar.installEventFilter(self)
        self.painted.connect(self._listen_to_keys)

    # -- pages --------------------------------------------------------------------------------------------------------
    @property
    def current(self) -> str:
        """The name of the page shown."""
        return self._current

    def page(self, name: str) -> QWidget:
        """Return a page, made now if it was not yet."""
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._stack.addWidget(self._made[name])
        return self._made[name]

    def show_page(self, name: str) -> None:
        """Show a page."""
        self._current = name
        self._stack.setCurrentWidget(self.page(name))
        self.sidebar.set_current(name)

    def rebuild(self) -> None:
        """Make everything anew in the language in use."""
        for page in self._made.values():
            page.deleteLater()
        self._made.clear()
        self._build()
        self._fit()

    def _build(self) -> None:
        ground = QWidget()
        ground.setBackgroundRole(QPalette.ColorRole.Base)
        ground.setAutoFillBackground(True)
        words = {MEETINGS: tr("Meetings"), PROFILE: tr("Profile")}
        self.sidebar = SideBar([(name, _ICONS[name], words[name]) for name in self._makers])
        self.sidebar.chosen.connect(self.show_page)
        self._stack = QStackedWidget()
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(Line(upright=True))
        row.addWidget(self._stack, 1)
        self.setCentralWidget(ground)
        self.show_page(self._current)

    # -- keys ---------------------------------------------------------------------------------------------------------
    def _listen_to_keys(self) -> None:
        for number, name in enumerate(self._makers, start=1):
            self._shortcut(f"Ctrl+{number}", partial(self.show_page, name))
        for keys in ("F5", "Ctrl+R"):
            self._shortcut(keys, self.refresh_asked.emit)
        self._shortcut("F6", lambda: self._next_pane(1))
        self._shortcut("Shift+F6", lambda: self._next_pane(-1))
        self._shortcut("Ctrl+,", lambda: self.show_page(PROFILE))
        self._shortcut("Ctrl+Q", self.close)

    def _shortcut(self, keys: str, act: Callable[[], object]) -> None:
        from PySide6.QtGui import QKeySequence, QShortcut

        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(act)

    def _next_pane(self, step: int) -> None:
        page = self.page(self._current)
        inside = page.panes() if isinstance(page, Paned) else [page]
        panes = [self.sidebar.buttons[self._current], *inside]
        here = next((i for i, pane in enumerate(panes) if pane.hasFocus() or _holds_focus(pane)), 0)
        panes[(here + step) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- the window ---------------------------------------------------------------------------------------------------
    def place(self) -> str:
        """Return where the window is, for `put`."""
        return base64.b64encode(bytes(self.saveGeometry().data())).decode("ascii")

    def put(self, place: str) -> None:
        """Go where the window was; an old or broken place is passed over."""
        if place:
            self.restoreGeometry(QByteArray.fromBase64(place.encode("ascii", "replace")))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Turn the side bar into a rail, and back."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Say when the first paint is done: the side bar is part of every one."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self.painted.emit)
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Say so."""
        super().closeEvent(event)
        self.closed.emit()

    def _fit(self) -> None:
        self.sidebar.set_rail(self.width() < _RAIL_BELOW * base_px())


def _holds_focus(pane: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and pane.isAncestorOf(focused)
