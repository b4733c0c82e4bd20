"""Snapshots become rows; rows become sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.ui.meetings.samples import DUC, LOOK_ALIKE, NO_LINK, NOW, WORK, ZOOM, agenda, at, item, running, usual
from ui.meetings.model import MeetingsModel
from ui.meetings.rows import Action, Row, StateKind, row_of
from zoomcal.domain.meetings import Answer, Person, Role


@pytest.fixture
def model() -> Iterator[MeetingsModel]:
    model = MeetingsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    del tester


class Heard:
    """What a model told."""

    def __init__(self, model: MeetingsModel) -> None:
        self.resets = 0
        self.changed: list[tuple[int, int]] = []
        model.modelReset.connect(self._reset)
        model.dataChanged.connect(self._changed)

    def _reset(self) -> None:
        self.resets += 1

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self.changed.append((first.row(), last.row()))


def test_a_snapshot_becomes_headings_and_meetings(model: MeetingsModel) -> None:
    model.set_agenda(usual(), NOW)
    shown = [model.index(row).data() for row in range(model.rowCount())]
    assert shown == [
        "Now",
        "Weekly product review",
        "Next",
        "1:1 with Hà",
        "Later today",
        "Meeting a",
        "Meeting b",
        "Meeting c",
        "Meeting d",
    ]
    selectable = [bool(model.flags(model.index(row)) & Qt.ItemFlag.ItemIsSelectable) for row in range(9)]
    assert selectable == [False, True, False, True, False, True, True, True, True]


def test_the_model_tells_no_more_than_what_changed(model: MeetingsModel) -> None:
    model.set_agenda(usual(), NOW)
    heard = Heard(model)
    model.set_agenda(usual(), NOW)
    assert (heard.resets, heard.changed) == (0, [])
    changed = agenda(
        [running()],
        [item("next", at(11), 30, title="Moved on", role=Role.HOST, sources=(WORK, ZOOM))],
        [
            item("a", at(14), title="Changed"),
            item("b", at(15), finding=NO_LINK, title="Changed too"),
            item("c", at(15, 30), finding=LOOK_ALIKE),
            item("d", at(16)),
        ],
    )
    model.set_agenda(changed, NOW)
    assert (heard.resets, heard.changed) == (0, [(3, 3), (5, 6)])
    assert model.index(5).data() == "Changed"
    model.set_agenda(agenda(later=[item("a")]), NOW)
    assert heard.resets == 1


def test_words_are_made_only_for_rows_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def counted(what: object, now: object) -> Row:
        made.append(what)
        return row_of(what, now)  # type: ignore[arg-type]

    monkeypatch.setattr("ui.meetings.model.row_of", counted)
    quiet = MeetingsModel()
    quiet.set_agenda(agenda(later=[item(str(number)) for number in range(3500)]), NOW)
    assert made == []
    assert quiet.index(7).data() == "Meeting 6"
    assert quiet.row(7) is quiet.row(7)
    assert len(made) == 1


@pytest.mark.parametrize(
    ("start", "minutes", "state", "kind", "filled"),
    [
        (at(10, 30), 45, "27 min left", StateKind.NOW, True),
        (at(10, 0), 120, "1 h 12 min left", StateKind.NOW, True),
        (at(9, 48), 120, "1 h left", StateKind.NOW, True),
        (at(10, 58), 30, "in 10 min", StateKind.SOON, True),
        (at(10, 59), 30, "in 11 min", StateKind.SOON, False),
        (at(11, 48), 30, "in 60 min", StateKind.SOON, False),
        (at(11, 49), 30, "", StateKind.NONE, False),
    ],
)
def test_the_clock_decides_state_and_loudness(
    start: object, minutes: int, state: str, kind: StateKind, filled: bool
) -> None:
    row = row_of(item("x", start, minutes), NOW)  # type: ignore[arg-type]
    assert (row.state, row.state_kind, row.filled) == (state, kind, filled)


def test_role_and_link_decide_the_button() -> None:
    assert row_of(item("x"), NOW).action is Action.JOIN
    assert row_of(item("x", role=Role.HOST), NOW).action is Action.START
    nothing = row_of(item("x", finding=NO_LINK, role=Role.HOST), NOW)
    assert (nothing.action, nothing.state, nothing.who) == (Action.NONE, "Not a Zoom meeting", "You")
    refused = row_of(item("x", at(10, 30), finding=LOOK_ALIKE), NOW)
    assert (refused.action, refused.filled, refused.state_kind) == (Action.NONE, False, StateKind.REFUSED)
    assert refused.who == "Look-alike link refused"


@pytest.mark.parametrize(
    ("meeting", "spoken"),
    [
        (
            item("x", at(10, 30), 45, title="Weekly product review"),
            "Weekly product review, now until 11:15, 27 minutes left, host Trần Minh Đức, calendar Work. Enter joins.",
        ),
        (
            item("x", at(11), 30, title="1:1", role=Role.HOST, sources=(WORK, ZOOM)),
            "1:1, 11:00 to 11:30, in 12 minutes, You host, calendar Work and Zoom. Enter starts.",
        ),
        (
            item("x", at(14), title="Call", finding=LOOK_ALIKE, answer=Answer.TENTATIVE, host=Person()),
            "Call, 14:00 to 15:00, Tentative, calendar Work, Not a Zoom meeting, Look-alike link refused.",
        ),
        (
            item("x", at(9, 0, 26), title="", all_day=True, host=DUC, answer=Answer.DECLINED),
            "No topic, All day, Declined, host Trần Minh Đức, calendar Work. Enter joins.",
        ),
        (
            item("x", at(9, 0, 26), title="Later", host=Person()),
            "Later, Thursday 26 November, 09:00 to 10:00, calendar Work. Enter joins.",
        ),
    ],
)
def test_a_row_is_one_sentence_to_a_screen_reader(model: MeetingsModel, meeting: object, spoken: str) -> None:
    model.set_agenda(agenda(later=[meeting]), NOW)  # type: ignore[list-item]
    assert model.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == spoken


def test_a_hostile_title_stays_on_its_line() -> None:
    row = row_of(item("x", title="a\nb\u202e<b>\x00 " + "x" * 9000), NOW)
    assert row.topic.startswith("a b <b> xxx")
    assert len(row.topic) <= 500
