"""The list under keyboard and mouse, and how it draws."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.meetings.samples import LOOK_ALIKE, NOW, agenda, at, item, running, usual
from ui.meetings.listview import MeetingList
from ui.meetings.model import MeetingsModel
from ui.theme import LIGHT, look
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.meetings import Answer, Person


@pytest.fixture
def rows(qtbot: QtBot) -> Iterator[MeetingList]:
    look().choose("light")
    shown = MeetingList(MeetingsModel())
    qtbot.addWidget(shown)
    shown.resize(504, 700)
    shown.rows.set_agenda(usual(), NOW)
    with qtbot.waitExposed(shown):
        shown.show()
    yield shown
    look().choose("")


def joined(rows: MeetingList) -> list[str]:
    """Return what fills up with the topics that were asked to be joined."""
    heard: list[str] = []
    rows.join_requested.connect(lambda meeting: heard.append(meeting.meeting.title))
    return heard


def topic(rows: MeetingList) -> str:
    selected = rows.item()
    return selected.meeting.title if selected else ""


def button(rows: MeetingList, number: int) -> QPoint:
    """Return the middle of a row's painted button."""
    rect = rows.visualRect(rows.rows.index(number))
    laid = rows.drawing.laid(number, rect.width())
    assert laid is not None
    assert laid.rects.button is not None
    return laid.rects.button.translated(rect.topLeft()).center()


def test_the_first_meeting_is_selected_at_once(rows: MeetingList) -> None:
    assert topic(rows) == "Weekly product review"


def test_the_first_meeting_stays_selected_until_the_person_selects_another(rows: MeetingList) -> None:
    earlier = item("earlier", at(10, 0), title="Earlier")
    rows.rows.set_agenda(agenda([earlier, running()]), NOW)
    assert topic(rows) == "Earlier"
    QTest.keyClick(rows, Qt.Key.Key_Down)
    assert topic(rows) == "Weekly product review"
    rows.rows.set_agenda(agenda([item("first", at(9, 30), title="First"), earlier, running()]), NOW)
    assert topic(rows) == "Weekly product review"


def test_arrows_pass_over_headings(rows: MeetingList) -> None:
    seen = [topic(rows)]
    for _ in range(6):
        QTest.keyClick(rows, Qt.Key.Key_Down)
        seen.append(topic(rows))
    assert seen == [
        "Weekly product review",
        "1:1 with Hà",
        "Meeting a",
        "Meeting b",
        "Meeting c",
        "Meeting d",
        "Meeting d",
    ]
    QTest.keyClick(rows, Qt.Key.Key_Home)
    QTest.keyClick(rows, Qt.Key.Key_Up)
    assert topic(rows) == "Weekly product review"
    QTest.keyClick(rows, Qt.Key.Key_End)
    QTest.keyClick(rows, Qt.Key.Key_PageUp)
    assert topic(rows) == "Weekly product review"
    QTest.keyClick(rows, Qt.Key.Key_PageDown)
    assert topic(rows) == "Meeting d"


def test_enter_joins_where_there_is_something_to_join(rows: MeetingList) -> None:
    heard = joined(rows)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    rows.select(rows.rows.entries[6].key)  # type: ignore[arg-type]
    assert topic(rows) == "Meeting b"
    QTest.keyClick(rows, Qt.Key.Key_Enter)
    assert heard == ["Weekly product review"]


def test_space_opens(rows: MeetingList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rows.opened) as opened:
        QTest.keyClick(rows, Qt.Key.Key_Space)
    assert opened.args == [rows.item()]


def test_the_painted_button_joins_and_leaves_the_selection_alone(rows: MeetingList) -> None:
    heard = joined(rows)
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=button(rows, 5))
    assert heard == ["Meeting a"]
    assert topic(rows) == "Weekly product review"


def test_beside_the_button_a_click_only_selects(rows: MeetingList) -> None:
    heard = joined(rows)
    opened: list[AgendaItem] = []
    rows.opened.connect(opened.append)
    for beside in (QPoint(-40, 0), QPoint(0, 18)):
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=button(rows, 5) + beside)
    assert heard == []
    assert topic(rows) == "Meeting a"
    assert [meeting.meeting.title for meeting in opened] == ["Meeting a", "Meeting a"]


def test_letting_go_elsewhere_joins_nothing(rows: MeetingList) -> None:
    heard = joined(rows)
    QTest.mousePress(rows.viewport(), Qt.MouseButton.LeftButton, pos=button(rows, 5))
    QTest.mouseRelease(rows.viewport(), Qt.MouseButton.LeftButton, pos=button(rows, 3))
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.RightButton, pos=button(rows, 5))
    assert heard == []


def test_a_heading_cannot_be_clicked(rows: MeetingList) -> None:
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualRect(rows.rows.index(2)).center())
    assert topic(rows) == "Weekly product review"


def test_the_button_answers_to_the_pointer(rows: MeetingList) -> None:
    spot = button(rows, 1)
    corner = spot - QPoint(30, 8)

    def ground() -> QColor:
        picture = QImage(rows.viewport().grab().toImage())
        return QColor(picture.pixel(corner * picture.devicePixelRatio()))

    def send(kind: QEvent.Type, pressed: Qt.MouseButton) -> None:
        place = QPointF(spot)
        event = QMouseEvent(kind, place, rows.viewport().mapToGlobal(place), pressed, pressed, Qt.KeyboardModifier(0))
        QApplication.sendEvent(rows.viewport(), event)

    assert ground() == QColor(LIGHT.accent)
    send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton)
    assert ground() == QColor(LIGHT.accent_hover)
    send(QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    assert ground() == QColor(LIGHT.accent_press)


def test_the_keyboards_focus_is_ringed_and_the_mouses_is_not(rows: MeetingList, qtbot: QtBot) -> None:
    with qtbot.waitActive(rows):
        rows.activateWindow()

    def edge() -> QColor:
        ground = rows.visualRect(rows.rows.index(1)).adjusted(8, 0, -8, 0)
        picture = rows.viewport().grab().toImage()
        return QColor(picture.pixel(QPoint(ground.center().x(), ground.top() + 1) * picture.devicePixelRatio()))

    rows.setFocus(Qt.FocusReason.MouseFocusReason)
    assert edge() == QColor(LIGHT.selected)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    QTest.keyClick(rows, Qt.Key.Key_Up)
    assert edge() == QColor(LIGHT.focus)
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualRect(rows.rows.index(1)).center())
    assert edge() == QColor(LIGHT.selected)


def test_the_selection_follows_its_meeting(rows: MeetingList) -> None:
    rows.select(rows.rows.entries[7].key)  # type: ignore[arg-type]
    rows.rows.set_agenda(agenda(later=[item("z", at(12)), item("c", at(15, 30), finding=LOOK_ALIKE)]), NOW)
    assert topic(rows) == "Meeting c"
    rows.rows.set_agenda(agenda(later=[item("z", at(12)), item("y", at(13))]), NOW)
    assert topic(rows) == "Meeting y"
    rows.rows.set_agenda(agenda(), NOW)
    assert rows.item() is None


def test_a_new_snapshot_leaves_the_scrolling_alone(rows: MeetingList) -> None:
    many = [item(str(number)) for number in range(200)]
    rows.rows.set_agenda(agenda(later=many), NOW)
    rows.verticalScrollBar().setValue(5000)
    rows.rows.set_agenda(agenda([running()], later=many), NOW)
    assert rows.verticalScrollBar().value() == 5000
    rows.select(many[0].key)
    assert rows.verticalScrollBar().value() < 200


def test_rows_lie_where_they_are_found(rows: MeetingList) -> None:
    for number in range(rows.rows.rowCount()):
        index = rows.rows.index(number)
        rect = rows.visualRect(index)
        assert rect.width() == rows.viewport().width()
        assert rows.indexAt(rect.center()) == index
    assert not rows.indexAt(QPoint(10, 690)).isValid()


class Counting(MeetingsModel):
    """Counts what is asked row by row."""

    asked = 0

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.asked += 1
        return super().data(index, role)

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        self.asked += 1
        return super().flags(index)


def test_thousands_of_rows_are_laid_out_without_a_question_for_each(qtbot: QtBot) -> None:
    model = Counting()
    rows = MeetingList(model)
    qtbot.addWidget(rows)
    rows.resize(504, 700)
    with qtbot.waitExposed(rows):
        rows.show()
    model.set_agenda(agenda(later=[item(str(number)) for number in range(3500)]), NOW)
    QApplication.processEvents()
    rows.verticalScrollBar().setValue(rows.verticalScrollBar().maximum())
    rows.grab()
    assert rows.verticalScrollBar().maximum() > 3500 * 50
    assert model.asked < 100


@pytest.mark.parametrize(
    ("width", "second", "state"),
    [(600, "Trần Minh Đức · Work", True), (330, " · Trần Minh Đức · Work", False), (312, " · Trần", False)],
)
def test_source_then_host_then_state_then_topic_give_way(
    rows: MeetingList, width: int, second: str, state: bool
) -> None:
    laid = rows.drawing.laid(1, width)
    assert laid is not None
    assert (laid.rects.state is not None) == state
    assert laid.lead == ("" if state else "27 min left")
    if width > 312:
        kept = laid.second.removesuffix("…")
        assert second.startswith(kept)
    assert laid.row.start == "10:30"


def test_the_last_to_be_cut_is_the_topic(rows: MeetingList) -> None:
    rows.rows.set_agenda(agenda([item("x", at(10, 30), 45, title="Weekly product review")]), NOW)
    cut: dict[str, int] = {}
    for width in range(700, 311, -1):
        laid = rows.drawing.laid(1, width)
        assert laid is not None
        if "Work" not in laid.second:
            cut.setdefault("source", width)
        if "Trần Minh Đức" not in laid.second:
            cut.setdefault("host", width)
        if laid.topic != "Weekly product review":
            cut.setdefault("topic", width)
        assert laid.rects.state is not None or laid.lead == "27 min left"
    assert cut["source"] >= cut.get("host", 0) >= cut.get("topic", 0)


def test_a_narrow_row_says_the_state_in_the_hosts_place(rows: MeetingList) -> None:
    rows.set_narrow(True)
    said = []
    for number in (1, 6, 7):
        laid = rows.drawing.laid(number, 368)
        assert laid is not None
        said.append(laid.lead + laid.second)
    assert said == ["27 min left · Trần Minh Đức", "Not a Zoom meeting", "Not a Zoom meeting, look-alike refused"]


@pytest.mark.parametrize("width", [312, 504, 1400])
@pytest.mark.parametrize("theme", ["light", "dark", "high-contrast"])
def test_every_kind_of_row_is_drawn(rows: MeetingList, width: int, theme: str) -> None:
    look().choose(theme)
    rows.rows.set_agenda(
        agenda(
            [running()],
            later=[
                item("t", answer=Answer.TENTATIVE),
                item("d", answer=Answer.DECLINED),
                item("r", title="مراجعة المنتج الأسبوعية مع فريق التصميم", host=Person("أحمد")),
                item("e", title="🎉" * 200, host=Person()),
                item("a", all_day=True),
                item("l", finding=LOOK_ALIKE),
            ],
        ),
        NOW,
    )
    rows.resize(width, 700)
    picture = rows.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}
    assert len(colours) > 8
