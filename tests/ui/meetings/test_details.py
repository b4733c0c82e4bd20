"""What the details say, hide and refuse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.meetings.samples import LOOK_ALIKE, NO_LINK, NOW, WORK, ZOOM, at, found, item, running, zoom_link
from ui.meetings import words
from ui.meetings.details import Details
from ui.meetings.fields import COPIED_MS, CopyButton
from ui.meetings.prose import DescriptionView, Wrapped
from ui.widgets.chip import Chip
from ui.widgets.text import ElidedText
from zoomcal.catalogue import sentence
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.description import SHOWN
from zoomcal.domain.meetings import Answer, Attendee, Person, Role
from zoomcal.joinlink.model import Candidate, Place
from zoomcal.localtime import local_zone

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def details(qtbot: QtBot) -> Iterator[Details]:
    pane = Details()
    qtbot.addWidget(pane)
    pane.resize(440, 900)
    with qtbot.waitExposed(pane):
        pane.show()
    yield pane
    QApplication.clipboard().clear()


def show(details: Details, meeting: AgendaItem, now: datetime = NOW) -> None:
    details.show_item(meeting, now, ZONE)
    QApplication.processEvents()


def said(widget: QWidget) -> list[str]:
    """Return every text that can be seen."""
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]
    return labels + [button.text() for button in widget.findChildren(QPushButton) if button.isVisible()]


def press(widget: QWidget, text: str) -> None:
    (found_button,) = (button for button in widget.findChildren(QPushButton) if button.text() == text)
    found_button.click()


def people(count: int) -> tuple[Attendee, ...]:
    answers = (Answer.ACCEPTED, Answer.TENTATIVE, Answer.NONE)
    return tuple(
        Attendee(person=Person(f"Guest {number}", f"g{number}@x.example"), answer=answers[number % 3])
        for number in range(count)
    )


def candidate(host: str, *, service: str = "", zoom: bool = False) -> Candidate:
    link = zoom_link("954210337") if zoom else None
    url = link.url if link else f"https://{host}/x"
    return Candidate(
        place=Place.DESCRIPTION,
        url=url,
        host=host,
        why=sentence("Found in the description."),
        link=link,
        service=service,
    )


class Windows(QObject):
    """Notes what appears as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QObject] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_no_part_of_it_is_ever_a_window_of_its_own(details: Details, qapp: QApplication) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    show(details, replace(running(), meeting=replace(running().meeting, attendees=people(9), description="Read.")))
    details.set_back(True)
    show(details, item("x"))
    details.resize(240, 600)
    QApplication.processEvents()
    qapp.removeEventFilter(windows)
    assert windows.seen == []


def test_everything_known_is_said(details: Details) -> None:
    guests = (*people(2), Attendee(person=Person("Khoa"), answer=Answer.TENTATIVE, comment="10 min\nlate"))
    meeting = replace(
        running(),
        meeting=replace(running().meeting, attendees=guests, location="Room Lotus", description="Read\nthe note."),
        sources=(WORK, ZOOM),
    )
    show(details, meeting)
    texts = said(details)
    for text in (
        "Now, 27 min left",
        "Invited",
        "Weekly product review",
        "Trần Minh Đức",
        "duc@saomai.example",
        "3 invited: 1 yes, 2 maybe",
        "Maybe, “10 min late”",
        "Room Lotus",
        "812 3456 7890",
        "••••••",
        "Work, lan@saomai.example",
        "Zoom, lan@saomai.example",
        "Found in the location.",
        "Join",
    ):
        assert text in texts
    (view,) = details.findChildren(DescriptionView)
    assert view.toPlainText() == "Read\nthe note."
    assert details.join.accessibleName() == "Join Weekly product review"


def test_nothing_empty_is_shown(details: Details) -> None:
    show(details, item("x", finding=NO_LINK, host=Person(), sources=()))
    texts = said(details)
    assert not {"Host", "People", "Location", "Meeting ID", "Passcode", "Calendar", "Join", "Start"} & set(texts)
    assert "Not a Zoom meeting" in texts
    assert "No Zoom link was found." in texts
    assert not details.findChildren(DescriptionView)


def test_a_host_starts(details: Details, qtbot: QtBot) -> None:
    meeting = item("x", role=Role.HOST, title="1:1")
    show(details, meeting)
    assert details.join.accessibleName() == "Start 1:1"
    assert "You host" in said(details)
    with qtbot.waitSignal(details.join_requested) as asked:
        details.join.click()
    assert asked.args == [meeting, None]
    details.show_joining(joining=True)
    assert not details.join.isEnabled()
    details.show_joining(joining=False)
    assert details.join.isEnabled()


def test_the_minute_changes_the_countdown_alone(details: Details) -> None:
    show(details, running())
    before = details.widget()
    show(details, running(), NOW + timedelta(minutes=1))
    assert details.widget() is before
    assert "Now, 26 min left" in said(details)


def test_a_passcode_is_hidden_until_asked_for_and_can_be_copied(details: Details) -> None:
    show(details, running())
    assert "s3cret" not in " ".join(said(details))
    press(details, "Show")
    assert "s3cret" in said(details)
    press(details, "Hide")
    assert "s3cret" not in said(details)
    number, passcode = details.findChildren(CopyButton)
    passcode.click()
    assert QGuiApplication.clipboard().text() == "s3cret"
    number.click()
    assert QGuiApplication.clipboard().text() == "81234567890"
    assert number.accessibleName() == "Copied"


def test_copied_is_said_for_a_moment(details: Details, qtbot: QtBot) -> None:
    show(details, running())
    number = details.findChildren(CopyButton)[0]
    number.click()
    qtbot.waitUntil(lambda: number.accessibleName() == "Copy meeting ID", timeout=COPIED_MS + 2000)


@pytest.mark.parametrize(("count", "button"), [(4, ""), (5, "Show all 5"), (9, "Show all 9"), (200, "Show 60 more")])
def test_three_people_are_shown_and_the_others_when_asked_for(details: Details, count: int, button: str) -> None:
    show(details, item("x", attendees=people(count)))
    shown = [text for text in said(details) if text.startswith("Guest")]
    assert len(shown) == (3 if button else count)
    if button:
        press(details, button)
        QApplication.processEvents()
        assert len([text for text in said(details) if text.startswith("Guest")]) == min(count, 63)


def test_rooms_hosts_and_the_hosting_person_are_not_guests() -> None:
    guests = (
        *people(2),
        Attendee(person=Person("Room"), is_resource=True),
        Attendee(person=Person("Duc", "DUC@saomai.example")),
        Attendee(person=Person("Me"), is_self=True),
    )
    assert len(words.guests(item("x", attendees=guests))) == 3
    assert len(words.guests(item("x", attendees=guests, role=Role.HOST))) == 2


def test_other_links_say_where_they_came_from(details: Details, qtbot: QtBot) -> None:
    meeting = running()
    show(details, meeting)
    own = Candidate(
        place=Place.LOCATION, url=zoom_link().url, host="us02web.zoom.us", why=sentence("Found."), link=zoom_link()
    )
    second, teams = candidate("zoom.us", zoom=True), candidate("teams.example", service="Teams")
    refused = candidate("zoom-us.example")
    details.show_candidates(meeting, [own, second, teams, refused])
    assert details.others.text() == "2 other links"
    details.others.click()
    menu = QApplication.activePopupWidget()
    assert menu is not None
    texts = [action.text() for action in menu.actions()]
    assert texts == ["zoom.us 954 210 337 · Found in the description.", "Teams · Found in the description."]
    with qtbot.waitSignal(details.join_requested) as asked:
        menu.actions()[0].trigger()
    assert asked.args == [meeting, second]
    menu.close()


def test_why_shows_every_address_that_was_seen(details: Details) -> None:
    meeting = replace(running())
    show(details, meeting)
    assert "Why?" not in said(details)
    details.show_candidates(meeting, [candidate("zoom-us.example")])
    assert "zoom-us.example" not in said(details)
    press(details, "Why?")
    QApplication.processEvents()
    assert "zoom-us.example" in said(details)


def test_candidates_of_another_meeting_are_passed_over(details: Details) -> None:
    show(details, running())
    details.show_candidates(item("other"), [candidate("teams.example", service="Teams")])
    assert details.others.isHidden()


def test_a_look_alike_is_refused_in_words(details: Details) -> None:
    show(details, item("x", finding=LOOK_ALIKE))
    assert "Not joined: zoom-us.example only looks like Zoom. Nothing was opened." in said(details)
    assert details.join.isHidden()
    assert [chip.text() for chip in details.findChildren(Chip) if chip.isVisible()] == ["Invited", "Not a Zoom meeting"]


HOSTILE = (
    "<h1>Hi</h1><script>alert(1)</script><img src='https://tracker.example/x.png'>"
    "<a href='javascript:alert(1)'>one</a> <a href='file:///etc/passwd'>two</a> <a href='https://127.0.0.1/'>three</a> "
    "<a href='https://evil.example/j/81234567890'>https://zoom.us/j/81234567890</a>"
)


def test_a_hostile_description_is_only_text(details: Details) -> None:
    show(details, item("x", description=HOSTILE))
    (view,) = details.findChildren(DescriptionView)
    assert view.toPlainText() == "Hi\n\none two three https://zoom.us/j/81234567890"
    assert view.loadResource(2, QUrl("file:///etc/passwd")) is None
    block, links = view.document().firstBlock(), []
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            if href := fragments.fragment().charFormat().anchorHref():
                links.append((fragments.fragment().text(), href))
            fragments += 1
        block = block.next()
    assert [text for text, _ in links] == ["https://zoom.us/j/81234567890"]


def test_a_foreign_link_opens_only_after_its_host_was_shown(details: Details, qtbot: QtBot) -> None:
    meeting = item("x", description=HOSTILE)
    show(details, meeting)
    (view,) = details.findChildren(DescriptionView)
    number = next(i for i, span in enumerate(view._description.spans) if span.url)
    opened: list[str] = []
    details.web_requested.connect(lambda _, address: opened.append(address))
    for answer in ("Cancel", "Open"):
        view.anchorClicked.emit(QUrl(f"#{number}"))
        (box,) = (box for box in details.findChildren(QMessageBox) if box.isVisible())
        assert box.text() == "Open evil.example in your browser?"
        assert box.textFormat() == Qt.TextFormat.PlainText
        press(box, answer)
        qtbot.waitUntil(lambda: not details.findChildren(QMessageBox))
    assert opened == ["https://evil.example/j/81234567890"]


def test_a_zoom_link_in_the_description_joins(details: Details, qtbot: QtBot) -> None:
    second = candidate("us02web.zoom.us", zoom=True)
    meeting = item("x", description=f"or {second.url}")
    show(details, meeting)
    details.show_candidates(meeting, [second])
    (view,) = details.findChildren(DescriptionView)
    with qtbot.waitSignal(details.join_requested) as asked:
        view.anchorClicked.emit(QUrl("#1"))
    assert asked.args == [meeting, second]


def test_a_huge_description_is_cut_and_whole_when_asked_for(details: Details) -> None:
    show(details, item("x", description="<p>" + "x" * 300_000))
    (view,) = details.findChildren(DescriptionView)
    assert len(view.toPlainText()) == SHOWN
    press(details, "Show all")
    (whole,) = details.findChildren(QPlainTextEdit)
    assert len(whole.toPlainText()) == 300_000


@pytest.mark.parametrize("width", [312, 440, 900])
def test_nothing_is_wider_than_the_pane(details: Details, width: int) -> None:
    long = "x" * 400
    show(
        details,
        item(
            "x",
            title=long,
            finding=found(zoom_link("9" * 9, long)),
            location=long,
            description=long,
            host=Person(long, f"{long}@x.example"),
            attendees=(Attendee(person=Person(long), comment=long), *people(8)),
        ),
    )
    details.resize(width, 700)
    QApplication.processEvents()
    page = details.widget()
    assert page is not None
    assert page.width() <= details.viewport().width()
    topic = next(label for label in details.findChildren(Wrapped) if label.text() == long)
    assert topic.height() <= 3 * topic.fontMetrics().lineSpacing() + 3


def test_tooltips_read_hostile_text_as_text(qtbot: QtBot) -> None:
    hostile = "<img src='file:///etc/passwd'> " * 20
    for label in (ElidedText(hostile), Wrapped(hostile, most_lines=1)):
        qtbot.addWidget(label)
        label.resize(60, 40)
        label.grab()
        assert "<img" not in label.toolTip()
        assert "&lt;img" in label.toolTip()


@pytest.mark.parametrize(
    ("meeting", "text"),
    [
        (running(), "Today, 10:30 – 11:15"),
        (item("x", at(9, 0, 25)), "Tomorrow, 09:00 – 10:00"),
        (item("x", at(9, 0, 26)), "Thursday 26 November, 09:00 – 10:00"),
        (item("x", at(23), 120), "Today, 23:00 – Tomorrow, 01:00"),
        (item("x", at(0), 1440, all_day=True), "Today, all day"),
        (item("x", at(0), 2880, all_day=True), "Today – Tomorrow, all day"),
    ],
)
def test_when_it_is(meeting: AgendaItem, text: str) -> None:
    assert words.when(meeting, NOW) == text


def test_zones_have_a_city_and_an_offset() -> None:
    summer, winter = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert words.zone_text(ZONE, winter) == "Ho Chi Minh City (GMT+7)"
    assert words.zone_text(ZoneInfo("America/New_York"), summer) == "New York (GMT-4)"
    assert words.zone_text(ZoneInfo("America/New_York"), winter) == "New York (GMT-5)"
    assert words.zone_text(ZoneInfo("America/St_Johns"), winter) == "St Johns (GMT-3:30)"
    assert words.zone_text(timezone(timedelta(hours=5, minutes=45)), winter) == "GMT+5:45"
    assert words.zone_text(UTC, winter) == "GMT"


def test_the_computers_own_zone_has_its_city(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    with monkeypatch.context() as patch:
        for name, text in (("Asia/Ho_Chi_Minh", "Ho Chi Minh City (GMT+7)"), ("<+07>-7", "GMT+7"), ("UTC", "GMT")):
            patch.setenv("TZ", name)
            time.tzset()
            assert words.zone_text(local_zone(), moment) == text
    time.tzset()


def test_a_location_does_not_give_the_passcode_away() -> None:
    address = "https://saomai.zoom.us/j/81234567890?pwd=s3cret"
    assert words.place(item("x", location=address)) == ""
    assert words.place(item("x", location=f"Room Lotus; {address}")) == "Room Lotus"
    assert words.place(item("x", location="https://teams.example/x", finding=NO_LINK)) == "https://teams.example/x"


def test_meeting_ids_are_grouped_as_zoom_does() -> None:
    grouped = [words.grouped_id(digits) for digits in ("123456789", "9542103377", "81234567890", "12")]
    assert grouped == ["123 456 789", "954 210 3377", "812 3456 7890", "12"]
