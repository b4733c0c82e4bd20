"""The list of meetings as Qt sees it: one immutable agenda, mapped to roles."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.meetings.rows import Heading, Row, row_of
from zoomcal.domain.agenda import Agenda, AgendaItem
from zoomcal.domain.meetings import Key

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class MeetingRole(IntEnum):
    """What the model gives beside Qt's own roles; a heading has neither."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """A `Row`: the words."""
    ITEM = Qt.ItemDataRole.UserRole + 2
    """The `AgendaItem`."""


class MeetingsModel(QAbstractListModel):
    """Headings and meetings in order; a row's words are made when first asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Heading | AgendaItem, ...] = ()
        self._words: dict[int, Row] = {}
        self._now: datetime | None = None

    def set_agenda(self, agenda: Agenda, now: datetime) -> None:
        """Show `agenda` at `now` (aware): a reset where rows came, went or moved, else only what changed is told."""
        old = self._entries
        new: list[Heading | AgendaItem] = []
        for group in agenda.groups:
            new.append(Heading(group.section, group.day))
            new.extend(group.items)
        if [entry.key for entry in old] != [entry.key for entry in new]:
            self.beginResetModel()
            self._entries, self._now = tuple(new), now
            self._words.clear()
            self.endResetModel()
            return
        self._entries, self._now = tuple(new), now
        self._words.clear()
        for first, last in _runs([number for number, entry in enumerate(new) if entry != old[number]]):
            self.dataChanged.emit(self.index(first), self.index(last))

    @property
    def entries(self) -> tuple[Heading | AgendaItem, ...]:
        """Every row in order."""
        return self._entries

    def item(self, row: int) -> AgendaItem | None:
        """Return the meeting of a row; None for a heading or outside the list."""
        entry = self._entries[row] if 0 <= row < len(self._entries) else None
        return entry if isinstance(entry, AgendaItem) else None

    def row(self, number: int) -> Row | None:
        """Return the words of a meeting's row; None for a heading or outside the list."""
        item = self.item(number)
        if item is None or self._now is None:
            return None
        if number not in self._words:
            self._words[number] = row_of(item, self._now)
        return self._words[number]

    def find(self, key: Key | None) -> int:
        """Return the row of a meeting, or -1."""
        return next((number for number, entry in enumerate(self._entries) if entry.key == key), -1)

    def beside(self, row: int) -> int:
        """Return the meeting at `row`, else the nearest one below it, else above it, else -1."""
        order = (*range(max(row, 0), len(self._entries)), *range(min(row, len(self._entries)) - 1, -1, -1))
        return next((number for number in order if self.item(number)), -1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """As Qt asks."""
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """As Qt asks; a heading can be neither selected nor reached."""
        if self.item(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """As Qt asks."""
        number = index.row()
        if not index.isValid() or number >= len(self._entries):
            return None
        entry = self._entries[number]
        if isinstance(entry, Heading):
            spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return entry.text if role in spoken else None
        if role == MeetingRole.ITEM:
            return entry
        if role not in _WORDS:
            return None
        row = self.row(number)
        return row and _WORDS[role](row)


_WORDS = {
    int(Qt.ItemDataRole.DisplayRole): lambda row: row.topic,
    int(Qt.ItemDataRole.AccessibleTextRole): lambda row: row.spoken,
    int(MeetingRole.ROW): lambda row: row,
}


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Return neighbouring numbers as first and last of each run."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
