"""Everything about the selected meeting, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.i18n import plural, say, tr
from ui.meetings import words
from ui.meetings.announce import announce
from ui.meetings.fields import COPIED_MS, HostField, LinkField, NumberField, PasscodeField, PeopleField, SourcesField
from ui.meetings.links import confirm_opening, link_text, other_links
from ui.meetings.prose import BARE_PADDING, DescriptionView, Wrapped
from ui.meetings.rows import Action, action_of, action_text, host_text, topic_of
from ui.sidebar import base_px
from ui.theme import TITLE
from ui.widgets.buttons import HIT, Button, IconButton, Kind
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.frames import HealthLine, Tone
from ui.widgets.scrolling import slim
from ui.widgets.text import Line, Text
from zoomcal.catalogue import Sentence
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.description import READ, read_description
from zoomcal.domain.meetings import Answer, Role
from zoomcal.joinlink.model import Candidate

LABEL_WIDTH = 92
SLIM_BELOW = 27
"""The pane's width in units of the font's size below which labels stand above their fields."""


class Details(QScrollArea):
    """One meeting. It is made anew where the meeting changed; the minute changes only its countdown."""

    join_requested = Signal(object, object)
    """AgendaItem; a Candidate for one of its other links, else None."""
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
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item: AgendaItem | None = None
        self._now = datetime.now(UTC)
        self._zone: tzinfo = UTC
        self._candidates: tuple[Candidate, ...] = ()
        self._can_go_back = False
        self._problem: HealthLine | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        slim(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()

    # -- what is shown ------------------------------------------------------------------------------------------------
    def show_item(self, item: AgendaItem | None, now: datetime, zone: tzinfo) -> None:
        """Show a meeting at `now` (aware), its times in `zone`; None shows nothing."""
        same_meeting = item is not None and self.item is not None and item.key == self.item.key
        changed = item != self.item or zone != self._zone
        self.item, self._now, self._zone = item, now, zone
        if not changed:
            self._show_moment()
            return
        position = self.verticalScrollBar().value() if same_meeting else 0
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        if not same_meeting:
            self._candidates = ()
        self._build()
        self.verticalScrollBar().setValue(position)
        if had_focus:
            self.first_control().setFocus()

    def show_candidates(self, item: AgendaItem, candidates: Sequence[Candidate]) -> None:
        """Show what else was seen in the meeting; passed over when another one is shown by now."""
        if item != self.item:
            return
        self._candidates = tuple(candidates)
        self._link.set_candidates(candidates)
        others = other_links(item, candidates)
        self.others.setVisible(bool(others))
        self.others.set_text(say(plural("{n} other link", "{n} other links", len(others))))

    def show_joining(self, *, joining: bool) -> None:
        """Say that the meeting is being opened, or that this is over."""
        if self.item is None:
            return
        if joining and not self.join.working:
            self.join.start_working(tr("Joining…") if self._action is Action.JOIN else tr("Starting…"))
        elif not joining and self.join.working:
            self.join.stop_working()

    def show_problem(self, problem: Sentence) -> None:
        """Say why something could not be opened."""
        if self.item is None:
            return
        self._clear_problem()
        self._problem = HealthLine(Tone.AMBER, "warning", say(problem))
        self._column.insertWidget(self._column.indexOf(self._buttons) + 1, self._problem)
        announce(self, say(problem))

    def set_back(self, back: bool) -> None:
        """Offer *Back*, where the details stand in the list's place."""
        self._can_go_back = back
        self.back.setVisible(back)

    def first_control(self) -> QWidget:
        """Return what takes the focus when the pane is reached by a key."""
        if self.item is not None and self._action is not Action.NONE:
            return self.join
        return self.back if self._can_go_back or self.item is None else self.more

    def menu(self, item: AgendaItem, parent: QWidget) -> QMenu:
        """Return the … menu of a meeting."""
        menu = QMenu(parent)
        has_link = item.meeting.finding.is_zoom
        entries = (
            (tr("Copy Link"), has_link, lambda: self.copy_requested.emit(item)),
            (tr("Open in Browser"), has_link, lambda: self.browser_requested.emit(item)),
            (
                tr("Remind Me Again") if item.silenced else tr("Don’t Remind Me"),
                True,
                lambda: self.silence_requested.emit(item, not item.silenced),
            ),
            (tr("Hide This Meeting"), True, lambda: self.hide_requested.emit(item)),
        )
        for text, offered, act in entries:
            if offered:
                action = QAction(text, menu)
                action.triggered.connect(act)
                menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def say_copied(self) -> None:
        """Confirm, seen and heard, that something is on the clipboard."""
        self._copied.show()
        QTimer.singleShot(COPIED_MS, self._copied, self._copied.hide)
        announce(self, tr("Copied"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put the labels above their fields where there is no room beside them."""
        super().resizeEvent(event)
        if self._is_slim() != self._slim:
            self._build()

    def _is_slim(self) -> bool:
        return self.width() < SLIM_BELOW * base_px()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape goes back to the list."""
        if self._can_go_back and (event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Back)):
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    # -- building -----------------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self._slim = self._is_slim()
        page = QWidget()
        self._outer = QVBoxLayout(page)
        self._outer.setContentsMargins(24, 24, 24 - _SIGN_INSET, 24)
        self._outer.setSpacing(8)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, _SIGN_INSET, 0)
        self._column.setSpacing(8)
        self._problem = None
        self._action = action_of(self.item) if self.item else Action.NONE
        self.back = Button(tr("Back"), Kind.TEXT, icon="chevron-left")
        self.back.clicked.connect(self.back_requested)
        self._outer.addWidget(self.back)
        self.back.setVisible(self._can_go_back)
        self._moment = Chip("", "now")
        if self.item is not None:
            self._build_top(self.item)
            self._build_buttons(self.item)
            self._build_people(self.item)
            self._build_link(self.item)
            self._build_description(self.item)
        self._outer.addLayout(self._column)
        self._outer.addStretch()
        self.setWidget(page)
        if self.item is not None and self._candidates:
            self.show_candidates(self.item, self._candidates)
        page.setAutoFillBackground(False)

    def _build_top(self, item: AgendaItem) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        chips = FlowLayout(8)
        chips.addWidget(self._moment)
        for text, colour, icon in _chips(item):
            chips.addWidget(Chip(text, colour, icon))
        line.addLayout(chips, 1)
        self._copied = Chip(tr("Copied"), "ok", "check")
        self._copied.hide()
        line.addWidget(self._copied, 0, Qt.AlignmentFlag.AlignTop)
        self.more = IconButton("more", tr("More"))
        self.more.clicked.connect(self._open_menu)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self._outer.addLayout(line)
        topic = Wrapped(topic_of(item), most_lines=3, factor=TITLE, weight=QFont.Weight.DemiBold)
        self._column.addWidget(topic)
        self._time = Wrapped("")
        self._column.addWidget(self._time)
        self._show_moment()

    def _build_buttons(self, item: AgendaItem) -> None:
        self._buttons = QWidget()
        flow = FlowLayout(8, self._buttons)
        icon = "start" if self._action is Action.START else "join"
        self.join = Button(action_text(self._action), Kind.PRIMARY, icon=icon)
        self.join.setAccessibleName(f"{action_text(self._action)} {topic_of(item)}")
        self.join.clicked.connect(lambda: self.join_requested.emit(item, None))
        self.others = Button("", Kind.SECONDARY, trailing="chevron-down")
        self.others.clicked.connect(self._open_others)
        self.others.hide()
        flow.addWidget(self.join)
        self.join.setVisible(self._action is not Action.NONE)
        flow.addWidget(self.others)
        self._column.addSpacing(4)
        self._column.addWidget(self._buttons)
        self._column.addSpacing(4)

    def _build_people(self, item: AgendaItem) -> None:
        fields: list[tuple[str, QWidget]] = []
        host = item.meeting.host
        if item.meeting.role is Role.HOST:
            fields.append((tr("Host"), HostField(tr("You"), host)))
        elif host.name or host.email:
            fields.append((tr("Host"), HostField(host_text(item), host)))
        if people := words.guests(item):
            fields.append((tr("People"), PeopleField(people)))
        self._add_fields(fields)

    def _build_link(self, item: AgendaItem) -> None:
        meeting, link = item.meeting, item.meeting.finding.link
        fields: list[tuple[str, QWidget]] = []
        if place := words.place(item):
            fields.append((tr("Location"), Wrapped(place, most_lines=3)))
        if link and link.meeting_id:
            number = NumberField(link.meeting_id)
            number.copied.connect(partial(announce, self, tr("Copied")))
            fields.append((tr("Meeting ID"), number))
        if link and link.passcode:
            passcode = PasscodeField(link.passcode)
            passcode.copied.connect(partial(announce, self, tr("Copied")))
            fields.append((tr("Passcode"), passcode))
        if item.sources:
            fields.append((tr("Calendar"), SourcesField(item.sources)))
        self._link = LinkField(meeting.finding)
        fields.append((tr("Link"), self._link))
        self._add_fields(fields)

    def _build_description(self, item: AgendaItem) -> None:
        description = read_description(item.meeting.description)
        if not description.spans:
            return
        self._add_line()
        view = DescriptionView(description)
        view.link_asked.connect(self._ask_to_open)
        self._column.addWidget(view)
        if description.shortened:
            whole = Button(tr("Show all"), Kind.TEXT)
            whole.clicked.connect(lambda: self._show_whole(item))
            self._column.addWidget(whole)

    def _add_fields(self, fields: Sequence[tuple[str, QWidget]]) -> None:
        if not fields:
            return
        self._add_line()
        grid = QGridLayout()
        grid.setHorizontalSpacing(12 - BARE_PADDING)
        grid.setVerticalSpacing(2)
        grid.setColumnMinimumWidth(0, 0 if self._slim else LABEL_WIDTH)
        grid.setColumnStretch(0 if self._slim else 1, 1)
        for number, (name, field) in enumerate(fields):
            label = Text(name, colour="text2")
            label.setMinimumHeight(HIT)
            row = 2 * number if self._slim else number
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(
                _centred(field, indented=not self._slim), row + 1 if self._slim else row, 0 if self._slim else 1
            )
        self._column.addLayout(grid)

    def _add_line(self) -> None:
        self._column.addSpacing(6)
        self._column.addWidget(Line())
        self._column.addSpacing(6)

    # -- doing --------------------------------------------------------------------------------------------------------
    def _show_moment(self) -> None:
        if self.item is None:
            return
        text = words.moment_chip(self.item, self._now)
        self._moment.setVisible(bool(text))
        if text != self._moment.text():
            self._moment.show_state(text, "now")
        time, zone = words.when(self.item, self._now), f" · {words.zone_text(self._zone, self.item.start)}"
        if time + zone != self._time.text():
            self._time.set_words(time, zone)

    def _clear_problem(self) -> None:
        if self._problem is not None:
            self._problem.deleteLater()
            self._problem = None

    def _open_menu(self) -> None:
        if self.item is not None:
            self.menu(self.item, self).popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _open_others(self) -> None:
        item = self.item
        if item is None:
            return
        menu = QMenu(self)
        for candidate in other_links(item, self._candidates)[:20]:
            action = QAction(link_text(candidate), menu)
            action.triggered.connect(partial(self._open_other, item, candidate))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.others.mapToGlobal(QPoint(0, self.others.height())))

    def _open_other(self, item: AgendaItem, candidate: Candidate) -> None:
        if candidate.link is not None:
            self.join_requested.emit(item, candidate)
        else:
            confirm_opening(self, candidate.host, candidate.url, lambda: self.join_requested.emit(item, candidate))

    def _ask_to_open(self, address: str) -> None:
        item, host = self.item, urlsplit(address).hostname
        if item is None or not host:
            return
        for candidate in self._candidates:
            if candidate.url == address and candidate.link is not None:
                self.join_requested.emit(item, candidate)
                return
        confirm_opening(self, host, address, lambda: self.web_requested.emit(item, address))

    def _show_whole(self, item: AgendaItem) -> None:
        window = QDialog(self)
        window.setWindowTitle(topic_of(item))
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = QPlainTextEdit(read_description(item.meeting.description, READ, READ).text)
        text.setReadOnly(True)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Done"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(window.reject)
        column = QVBoxLayout(window)
        column.addWidget(text)
        column.addWidget(buttons)
        window.resize(560, 600)
        window.open()


def _chips(item: AgendaItem) -> list[tuple[str, str, str]]:
    """Return words, colour and sign of what stands beside the countdown."""
    answer = item.meeting.answer
    refused = bool(item.meeting.finding.look_alike)
    chips = [
        (tr("Tentative"), "text2", "question") if answer is Answer.TENTATIVE else None,
        (tr("Declined"), "text2", "close") if answer is Answer.DECLINED else None,
        (words.role_chip(item), "text2", "") if words.role_chip(item) else None,
        (tr("Not a Zoom meeting"), "warn" if refused else "text2", "shield" if refused else "")
        if not item.meeting.finding.is_zoom
        else None,
        (tr("No reminder"), "text2", "bell-off") if item.silenced else None,
    ]
    return [chip for chip in chips if chip]


def _centred(field: QWidget, *, indented: bool) -> QVBoxLayout:
    """Put a field's first line on the middle of its label, which is as high as a button."""
    box = QVBoxLayout()
    line = 0 if isinstance(field, NumberField | PasscodeField) else max(0, HIT - field.fontMetrics().height())
    left = BARE_PADDING if indented and not isinstance(field, PeopleField) else 0
    box.setContentsMargins(left, line // 2, 0, line // 2)
    box.addWidget(field)
    return box


_SIGN_INSET = 8
"""How far a sign is inside its button: the button stands out so that the sign ends with the text below."""
