"""Our own controls behave like the platform's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QRadioButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.test_theme import ratio
from ui.theme import DARK, LIGHT, THEMES, look
from ui.widgets.buttons import HIT, Button, IconButton, Kind
from ui.widgets.chip import Chip
from ui.widgets.edge import edged
from ui.widgets.fields import Choice, Entry
from ui.widgets.flow import FlowLayout
from ui.widgets.focus import FocusRing
from ui.widgets.frames import Avatar, EmptyState, HealthLine, Tone, initials
from ui.widgets.switch import CalendarCheck, Switch
from ui.widgets.text import ElidedText, Text

_windows: list[QWidget] = []


@pytest.fixture(autouse=True)
def close_windows() -> Iterator[None]:
    yield
    for window in _windows:
        window.close()
    _windows.clear()


def shown(qtbot: QtBot, *widgets: QWidget, width: int = 400) -> QWidget:
    window = QWidget()
    _windows.append(window)
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    window.resize(width, 300)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    return window


def test_a_working_button_keeps_its_width_and_its_focus_and_cannot_be_pressed_again(qtbot: QtBot) -> None:
    button = Button("Join the meeting", Kind.PRIMARY)
    shown(qtbot, button, Button("Other"))
    presses: list[str] = []
    button.clicked.connect(lambda: presses.append(button.text()))
    button.setFocus()
    width = button.width()
    button.start_working("Joining…")
    button.click()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert (button.text(), button.width(), presses, button.working) == ("Joining…", width, [], True)
    button.stop_working()
    button.click()
    assert (button.text(), len(presses), button.hasFocus()) == ("Join the meeting", 1, True)


@pytest.mark.parametrize("kind", list(Kind))
def test_no_hit_area_is_too_small_and_no_word_is_cut(qtbot: QtBot, kind: Kind) -> None:
    button = Button("Ok", kind)
    shown(qtbot, button)
    assert min(button.width(), button.height()) >= HIT
    button.set_text("Kết nối dịch vụ lịch và danh bạ")
    QApplication.processEvents()
    assert button.width() > button.fontMetrics().horizontalAdvance(button.text())


def test_the_ring_is_for_the_keyboard_alone_and_lies_outside_the_control(qtbot: QtBot) -> None:
    first, second = Button("First"), Switch("Second")
    window = shown(qtbot, first, second)
    first.setFocus(Qt.FocusReason.MouseFocusReason)
    assert window.findChildren(FocusRing) == []
    QApplication.processEvents()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    (ring,) = window.findChildren(FocusRing)
    corner = second.mapTo(window, QPoint(0, 0))
    assert ring.geometry() == second.rect().translated(corner).adjusted(-4, -4, 4, 4)
    window.resize(500, 400)
    QApplication.processEvents()
    assert ring.geometry().center() == second.rect().translated(second.mapTo(window, QPoint(0, 0))).center()
    second.clearFocus()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(FocusRing) == []


def test_the_ring_scrolls_with_its_control(qtbot: QtBot) -> None:
    inside = QWidget()
    column = QVBoxLayout(inside)
    buttons = [Button(f"Button {number}") for number in range(30)]
    for button in buttons:
        column.addWidget(button)
    area = QScrollArea()
    area.setWidget(inside)
    shown(qtbot, area)
    buttons[1].setFocus(Qt.FocusReason.TabFocusReason)
    (ring,) = area.findChildren(FocusRing)
    assert ring.parentWidget() is inside


@pytest.mark.parametrize("make", [lambda: Switch("Calendar"), lambda: CalendarCheck("R&D", "plum")])
def test_a_toggle_is_a_check_box_to_everyone(qtbot: QtBot, make: Callable[[], QCheckBox]) -> None:
    toggle = make()
    shown(qtbot, toggle)
    heard: list[bool] = []
    toggle.clicked.connect(lambda: heard.append(toggle.isChecked()))
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    QTest.mouseClick(toggle, Qt.MouseButton.LeftButton, pos=QPoint(toggle.width() - 4, toggle.height() // 2))
    assert heard == [True, False]
    seen = QAccessible.queryAccessibleInterface(toggle)
    assert seen.role() == QAccessible.Role.CheckBox
    assert seen.text(QAccessible.Text.Name) in ("Calendar", "R&D")
    assert toggle.height() >= HIT


def test_a_locked_switch_says_who_locked_it(qtbot: QtBot) -> None:
    switch = Switch("Contacts")
    shown(qtbot, switch)
    switch.lock("Set by your organisation")
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert not switch.isChecked()
    seen = QAccessible.queryAccessibleInterface(switch)
    assert seen.text(QAccessible.Text.Description) == "Set by your organisation"


def test_a_health_line_wraps_its_sentence_and_its_button_mends(qtbot: QtBot) -> None:
    line = HealthLine(Tone.AMBER, "warning", "Google needs your consent again. " * 3, "Continue")
    shown(qtbot, line, width=300)
    assert line.button is not None
    assert line.words.height() > 2 * line.words.fontMetrics().height()
    with qtbot.waitSignal(line.pressed):
        line.button.click()


def test_words_are_never_read_as_html_and_are_cut_with_their_whole_as_a_tooltip(qtbot: QtBot) -> None:
    plain, cut = Text("<b>bold</b>"), ElidedText("a long name " * 20)
    shown(qtbot, plain, cut, width=200)
    assert plain.textFormat() == Qt.TextFormat.PlainText
    qtbot.waitUntil(lambda: cut.text() in cut.toolTip())
    assert cut.window().width() == 200


def test_painted_controls_take_the_colours_of_the_theme(qtbot: QtBot) -> None:
    button, line, words = Button("Join", Kind.PRIMARY), HealthLine(Tone.RED, "error", "x"), Text("x", colour="danger")
    window = shown(qtbot, button, line, words, Chip("Up to date", "ok", "check"), Avatar("Trần Minh Đức"))
    try:
        for theme in (DARK, LIGHT):
            look().choose(theme.name)
            QApplication.processEvents()
            assert button.grab().toImage().pixelColor(8, 6).name() == theme.accent.lower()
            assert line.grab().toImage().pixelColor(6, line.height() // 2).name() == theme.dangertint.lower()
            assert words.palette().color(words.foregroundRole()).name() == theme.danger.lower()
    finally:
        look().choose("")
    assert window.isVisible()


@pytest.mark.parametrize("make", [lambda: Entry("entry"), lambda: edged(QRadioButton())])
def test_an_edge_of_the_platforms_control_is_seen_on_every_ground(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    control = make()
    window = shown(qtbot, control)
    window.setFocus()
    try:
        for theme in THEMES:
            look().choose(theme.name)
            QApplication.processEvents()
            middle = window.grab(control.geometry()).toImage()
            across = {middle.pixelColor(x, middle.height() // 2).name() for x in range(middle.width())}
            assert max(ratio(colour, theme.surface) for colour in across) >= 3, theme.name
    finally:
        look().choose("")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Trần Minh Đức", "TĐ"),
        ("Sofia", "S"),
        ("lan.nguyen@saomai.example", "L"),
        ("", ""),
        ("“Anna” (Nordwind)", "“N"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_row_flows_into_the_next_line_where_the_width_ends(qtbot: QtBot) -> None:
    holder = QWidget()
    flow = FlowLayout(8, holder)
    for name in ("Work", "Clients", "Team holidays", "A calendar with a name that is wider than the whole window is"):
        flow.addWidget(CalendarCheck(name, "moss"))
    shown(qtbot, holder, width=200)
    assert flow.heightForWidth(180) >= 3 * HIT
    assert flow.heightForWidth(5000) < 2 * HIT
    assert all(check.geometry().right() <= holder.width() for check in holder.findChildren(CalendarCheck))


def test_an_icon_button_says_what_it_does_and_turns_while_it_works(qtbot: QtBot) -> None:
    button = IconButton("refresh", "Refresh")
    shown(qtbot, button)
    assert QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name) == "Refresh"
    still = button.grab().toImage()
    button.set_turning(turning=True)
    assert button._turning is not None
    qtbot.waitUntil(lambda: button._angle != 0)
    assert button.grab().toImage() != still
    button.set_turning(turning=False)
    assert button.grab().toImage() == still


def test_an_empty_state_keeps_its_buttons(qtbot: QtBot) -> None:
    connect = Button("Connect")
    empty = EmptyState("empty-day", "Nothing more today", "Your next meeting is Thursday.", (connect,))
    shown(qtbot, empty)
    assert connect.isVisible()
    assert empty.text.text() == "Your next meeting is Thursday."


@pytest.mark.parametrize("side", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_words_of_a_choice_begin_where_those_of_an_entry_do(qtbot: QtBot, side: Qt.LayoutDirection) -> None:
    entry, choice = Entry("entry"), Choice("choice")
    words = "IIII" if side is Qt.LayoutDirection.LeftToRight else "\N{HEBREW LETTER VAV}" * 4
    entry.setText(words)
    choice.addItem(words)
    window = shown(qtbot, entry, choice, Button("Other"))
    window.setLayoutDirection(side)
    window.findChildren(Button)[0].setFocus()
    edges = []
    for control in (entry, choice):
        image = control.grab().toImage()
        line = [image.pixelColor(x, image.height() // 2).lightness() < 128 for x in range(image.width())]
        if side is Qt.LayoutDirection.RightToLeft:
            line.reverse()
        edges.append(line.index(True, 4))
    assert abs(edges[0] - edges[1]) <= 3
