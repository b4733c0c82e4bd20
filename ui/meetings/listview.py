"""The list itself: where rows lie, the keyboard, the painted buttons under the mouse.

`QListView` asks model and delegate about every row whenever it lays itself out: thousands of calls into Python, each of
which may wait for a syncing thread. Here a row's height depends only on whether it is a heading, so one sum does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from ui.i18n import tr
from ui.meetings.drawing import RowDrawing
from ui.meetings.layout import ROW_GAP, offsets
from ui.meetings.model import MeetingsModel
from ui.meetings.rows import Action, Heading
from ui.theme import look
from ui.widgets.scrolling import slim
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.meetings import Key

if TYPE_CHECKING:
    from PySide6.QtCore import QItemSelection
    from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent

Index = QModelIndex | QPersistentModelIndex
_FOOT = 12
_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class MeetingList(QListView):
    """Meetings under their headings."""

    join_requested = Signal(object)
    """An `AgendaItem`: its button was pressed, or Enter."""
    selected = Signal(object)
    """The `AgendaItem` that is selected now, or None."""
    opened = Signal(object)
    """An `AgendaItem` whose details are wanted: it was clicked, or Space was pressed."""
    menu_requested = Signal(object, QPoint)
    """An `AgendaItem` and where on the screen its menu belongs."""

    def __init__(self, model: MeetingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tops: list[int] = [0]
        self._by_keyboard = False
        self._selected_row = -1
        self._selected_key: Key | None = None
        self._chosen = False
        """Whether the person has selected or opened a row; until then the first one is selected."""
        self.rows = model
        self.drawing = RowDrawing(model)
        self.setViewport(QWidget(self))  # to wrap one that Qt has made, PySide loads every class of widget first
        self.setModel(model)
        self.setUniformItemSizes(False)
        slim(self)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Meetings"))
        self.clicked.connect(self._open_clicked)
        model.modelReset.connect(self._restore)
        model.dataChanged.connect(self._selection_may_have_changed)
        look().changed.connect(self.viewport().update)

    def item(self) -> AgendaItem | None:
        """Return the selected meeting."""
        return self.rows.item(self.currentIndex().row())

    def select(self, key: Key) -> None:
        """Select a meeting and bring it into view; nothing happens where it is not listed."""
        number = self.rows.find(key)
        if number >= 0:
            self.setCurrentIndex(self.rows.index(number))
            self.scrollTo(self.rows.index(number))

    def set_narrow(self, narrow: bool) -> None:
        """Use the form of a window below 560."""
        self.drawing.set_narrow(narrow)
        self.viewport().update()

    def tick(self) -> None:
        """Draw the countdowns anew."""
        self.drawing.forget()
        self.viewport().update()

    # -- where rows lie -----------------------------------------------------------------------------------------------
    def doItemsLayout(self) -> None:  # noqa: N802
        """Sum up the rows' heights."""
        headings = [isinstance(entry, Heading) for entry in self.rows.entries]
        self._tops = offsets(headings, self.drawing.measures)
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:  # noqa: N802
        """Give the scroll bar its range."""
        bar, room = self.verticalScrollBar(), self.viewport().height()
        total = self._tops[-1] + _FOOT if len(self._tops) > 1 else 0
        bar.setRange(0, max(0, total - room))
        bar.setPageStep(room)
        bar.setSingleStep(self.drawing.measures.row_height // 2)
        QAbstractItemView.updateGeometries(self)

    def visualRect(self, index: Index) -> QRect:  # noqa: N802
        """Return where a row is on the viewport."""
        number = index.row()
        if not 0 <= number < len(self._tops) - 1:
            return QRect()
        top, bottom = self._tops[number], self._tops[number + 1]
        gap = ROW_GAP if self.rows.item(number) else 0
        return QRect(0, top - self.verticalOffset(), self.viewport().width(), bottom - top - gap)

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802
        """Return the row at a point of the viewport."""
        number = bisect_right(self._tops, point.y() + self.verticalOffset()) - 1
        index = self.rows.index(number) if 0 <= number < len(self._tops) - 1 else QModelIndex()
        return index if self.visualRect(index).contains(point) else QModelIndex()

    def scrollTo(  # noqa: N802
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Scroll as little as shows the row, and its heading where it is the first below one."""
        rect = self.visualRect(index)
        if rect.isNull():
            return
        number, bar = index.row(), self.verticalScrollBar()
        first = number - 1 if number and self.rows.item(number - 1) is None else number
        top, bottom = self._tops[first], self._tops[number + 1]
        if hint == QAbstractItemView.ScrollHint.PositionAtTop or top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height())

    def verticalOffset(self) -> int:  # noqa: N802
        """Return how far it is scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:  # noqa: N802
        """Return 0: it never scrolls sideways."""
        return 0

    def isIndexHidden(self, index: Index) -> bool:  # noqa: ARG002, N802
        """Return False: every row is shown."""
        return False

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002, N802
        """Scroll the pixels."""
        self.viewport().scroll(0, dy)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:  # noqa: N802
        """Select the row at the corner of `rect`, as a click asks."""
        index = self.indexAt(rect.topLeft())
        self.selectionModel().select(index, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802
        """Return what a change of the selection redraws."""
        region = QRegion()
        for span in selection.toList():
            region = region.united(self.visualRect(span.topLeft()).united(self.visualRect(span.bottomRight())))
        return region

    def moveCursor(  # noqa: N802
        self,
        action: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,  # noqa: ARG002
    ) -> QModelIndex:
        """Return where a key leads: to a meeting, never to a heading."""
        moves = QAbstractItemView.CursorAction
        now, last = self.currentIndex().row(), len(self.rows.entries) - 1
        page = self.viewport().height() - self.drawing.measures.row_height
        down = range(now + 1, last + 1)
        up = range(now - 1, -1, -1)
        match action:
            case moves.MoveUp | moves.MovePrevious | moves.MoveLeft:
                wanted: Sequence[int] = up
            case moves.MoveDown | moves.MoveNext | moves.MoveRight:
                wanted = down
            case moves.MoveHome:
                wanted = range(last + 1)
            case moves.MoveEnd:
                wanted = range(last, -1, -1)
            case moves.MovePageUp:
                wanted = range(max(0, bisect_right(self._tops, self._tops[max(now, 0)] - page) - 1), last + 1)
            case _:
                wanted = range(min(last, bisect_right(self._tops, self._tops[max(now, 0)] + page) - 1), -1, -1)
        found = next((number for number in wanted if self.rows.item(number)), now)
        return self.rows.index(found)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:  # noqa: N802
        """Draw changed rows anew; none changes its height."""
        self.drawing.forget()
        QAbstractItemView.dataChanged(self, first, last, list(roles))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows in view."""
        painter = QPainter(self.viewport())
        shown = event.rect()
        offset = self.verticalOffset()
        first = max(0, bisect_right(self._tops, shown.top() + offset) - 1)
        last = min(bisect_right(self._tops, shown.bottom() + offset), len(self._tops) - 1)
        pointed = (
            self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())) if self.underMouse() else QModelIndex()
        )
        current = self.currentIndex().row()
        ringed = self._by_keyboard and self.hasFocus()
        for number in range(first, last):
            self.drawing.draw(
                painter,
                number,
                self.visualRect(self.rows.index(number)),
                selected=number == current,
                hovered=number == pointed.row(),
                focused=ringed and number == current,
            )

    # -- keyboard and mouse -------------------------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter joins, Space opens, the rest moves."""
        item = self.item()
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if item:
                self._join(self.currentIndex().row())
            case Qt.Key.Key_Space if item:
                self._chosen = True
                self.opened.emit(item)
            case _:
                self._by_keyboard = True
                super().keyPressEvent(event)
                self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Ask for the menu of the row under the pointer, or of the selected one."""
        keyboard = event.reason() == event.Reason.Keyboard
        index = self.currentIndex() if keyboard else self.indexAt(event.pos())
        if item := self.rows.item(index.row()):
            position = self.viewport().mapToGlobal(self.visualRect(index).center()) if keyboard else event.globalPos()
            self.menu_requested.emit(item, position)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Hold the painted button down; anywhere else, select."""
        self._by_keyboard = False
        number = self._button_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self.drawing.hot = self.drawing.down = number
            self.viewport().update()
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Join where the painted button was pressed and let go."""
        held, self.drawing.down = self.drawing.down, -1
        if held < 0:
            super().mouseReleaseEvent(event)
            return
        self.viewport().update()
        if self._button_at(event.position().toPoint()) == held:
            self._join(held)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Follow the pointer over rows and buttons."""
        if self.drawing.down < 0:
            super().mouseMoveEvent(event)
        self.drawing.hot = self._button_at(event.position().toPoint())
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take the second press of a double click as a press of its own, so that a button hears it."""
        self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Let go of what the pointer was over."""
        super().leaveEvent(event)
        self.drawing.hot = -1
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the ring for the keyboard."""
        self._by_keyboard = event.reason() in _KEYS
        super().focusInEvent(event)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Measure anew with another font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange, QEvent.Type.StyleChange):
            self.remeasure()
        super().changeEvent(event)

    def remeasure(self) -> None:
        """Measure anew: the font or the language is another one."""
        self.drawing.refresh()
        self.scheduleDelayedItemsLayout()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        """Say which meeting is selected."""
        super().currentChanged(current, previous)
        self.viewport().update()
        item = self.rows.item(current.row())
        if item is not None:
            self._selected_row, self._selected_key, self._chosen = current.row(), item.key, True
        self.selected.emit(item)

    def _button_at(self, position: QPoint) -> int:
        index = self.indexAt(position)
        on_button = index.isValid() and self.drawing.button_at(index.row(), self.visualRect(index), position)
        return index.row() if on_button else -1

    def _join(self, number: int) -> None:
        item, row = self.rows.item(number), self.rows.row(number)
        if item and row and row.action is not Action.NONE:
            self.join_requested.emit(item)

    def _open_clicked(self, index: Index) -> None:
        if item := self.rows.item(index.row()):
            self._chosen = True
            self.opened.emit(item)

    def _restore(self) -> None:
        """Select what the person selected, else the meeting that took its place; the first where nothing was chosen."""
        self.drawing.hot = self.drawing.down = -1
        self.drawing.forget()
        self.doItemsLayout()
        chosen = self._chosen
        number = self.rows.find(self._selected_key) if chosen else -1
        number = number if number >= 0 else self.rows.beside(self._selected_row if chosen else 0)
        if number < 0:
            self.selected.emit(None)
            return
        offset = self.verticalOffset()
        self.selectionModel().setCurrentIndex(self.rows.index(number), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._chosen = chosen
        self.verticalScrollBar().setValue(offset)

    def _selection_may_have_changed(self, first: Index, last: Index) -> None:
        if first.row() <= self.currentIndex().row() <= last.row():
            self.selected.emit(self.item())
