"""Draws a meeting's row, its button included (LOOK 5)."""

from __future__ import annotations

import re
from typing import NamedTuple

from PySide6.QtCore import QLocale, QPoint, QRect, QRectF, Qt, QTime
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from ui import icons
from ui.i18n import tongue, tr
from ui.meetings.layout import BAR_WIDTH, Measures, Rects, place
from ui.meetings.model import MeetingsModel
from ui.meetings.rows import Action, Heading, Row, StateKind, action_text
from ui.theme import RADIUS_CONTROL, RADIUS_ROW, SMALL, TOPIC, Theme, look, scaled
from zoomcal.domain.agenda import Section

_SHIELD, _SHIELD_GAP = 16, 6
_SEPARATOR = " · "
_LOUD = frozenset({StateKind.NOW, StateKind.SOON})
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class Laid(NamedTuple):
    """A row that is ready to be drawn, its top at 0."""

    row: Row
    rects: Rects
    topic: str
    """Elided."""
    lead: str
    """The state, where it leads the second line."""
    second: str
    """The rest of the second line, elided."""


class RowDrawing:
    """Measures, elides and draws; what it laid out is kept until words, width or fonts change.

    Args:
        model: Whose rows it draws.
    """

    def __init__(self, model: MeetingsModel) -> None:
        self._model = model
        self._narrow = False
        self._laid: dict[int, Laid] = {}
        self._width = -1
        self.hot = -1
        """The row whose button is under the pointer, or -1."""
        self.down = -1
        """The row whose button is held down, or -1."""
        self.refresh()

    def refresh(self) -> None:
        """Measure anew: the font or the language is another one."""
        self._topic_font = scaled(TOPIC, QFont.Weight.Medium)
        self._struck_font = QFont(self._topic_font)
        self._struck_font.setStrikeOut(True)
        self._start_font = scaled(weight=QFont.Weight.DemiBold, tabular=True)
        self._small_font = scaled(SMALL)
        self._end_font = scaled(SMALL, tabular=True)
        self._loud_font = scaled(SMALL, QFont.Weight.DemiBold, tabular=True)
        self._heading_font = scaled(SMALL, QFont.Weight.DemiBold)
        self._button_font = scaled(weight=QFont.Weight.Medium)
        self._filled_font = scaled(weight=QFont.Weight.DemiBold)
        short = QLocale.FormatType.ShortFormat
        times = [tongue().locale.toString(QTime(hour, 58), short) for hour in (10, 20, 22)]
        words = [action_text(action) for action in (Action.JOIN, Action.START)]
        self.measures = Measures(
            time_width=max(
                40,
                QFontMetrics(self._heading_font).horizontalAdvance(tr("All day")),
                *(QFontMetrics(self._start_font).horizontalAdvance(text) for text in times),
            ),
            button_width=max(72, *(QFontMetrics(self._filled_font).horizontalAdvance(word) + 24 for word in words)),
            topic_height=QFontMetrics(self._topic_font).height(),
            small_height=QFontMetrics(self._small_font).height(),
        )
        self.forget()

    def forget(self) -> None:
        """Lay everything out anew: words have changed."""
        self._laid.clear()

    def set_narrow(self, narrow: bool) -> None:
        """Use the form of a window below 560."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.forget()

    def laid(self, number: int, width: int) -> Laid | None:
        """Return a meeting's row laid out in `width`, its top at 0; None for a heading."""
        if width != self._width:
            self._width = width
            self.forget()
        if number not in self._laid:
            row = self._model.row(number)
            if row is None:
                return None
            self._laid[number] = self._lay(row, width)
        return self._laid[number]

    def button_at(self, number: int, rect: QRect, position: QPoint) -> bool:
        """Return whether `position` is on the button of the row drawn in `rect`."""
        laid = self.laid(number, rect.width())
        return (
            laid is not None
            and laid.rects.button is not None
            and laid.rects.button.translated(rect.topLeft()).contains(position)
        )

    def draw(
        self, painter: QPainter, number: int, rect: QRect, *, selected: bool, hovered: bool, focused: bool
    ) -> None:
        """Draw a row or a heading over `rect`, which is as wide as the list; `focused` rings it for the keyboard."""
        theme = look().theme
        entry = self._model.entries[number]
        laid = self.laid(number, rect.width())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.topLeft())
        if isinstance(entry, Heading):
            self._paint_heading(painter, theme, entry, rect.width())
        elif laid is not None:
            if selected or hovered or focused:
                self._paint_ground(painter, theme, laid.rects.ground, selected=selected, focused=focused)
            self._paint_times(painter, theme, laid)
            self._paint_bar(painter, theme, laid)
            self._paint_text(painter, theme, laid)
            self._paint_state(painter, theme, laid)
            self._paint_button(painter, theme, laid, number, selected)
        painter.restore()

    def _lay(self, row: Row, width: int) -> Laid:
        small, loud = QFontMetrics(self._small_font), QFontMetrics(self._loud_font)
        metrics = loud if row.state_kind in _LOUD else small
        sign = _SHIELD + _SHIELD_GAP if row.state_kind is StateKind.REFUSED else 0
        state_width = metrics.horizontalAdvance(row.state) + sign + 1 if row.state else 0
        rects = place(
            QRect(0, 0, width, self.measures.row_height),
            self.measures,
            narrow=self._narrow,
            button=row.action is not Action.NONE,
            state_width=state_width,
        )
        inline = rects.state is None and bool(row.state)
        lead = row.state if inline and row.state_kind in _LOUD else ""
        parts = (row.mark, row.short_who if inline else row.who, "" if self._narrow else row.source)
        rest = _SEPARATOR.join(_isolated(part) for part in parts if part)
        room = rects.second.width()
        if lead:
            rest = rest and _SEPARATOR + rest
            lead = loud.elidedText(lead, Qt.TextElideMode.ElideRight, room)
            room -= loud.horizontalAdvance(lead)
        topic = QFontMetrics(self._topic_font).elidedText(row.topic, Qt.TextElideMode.ElideRight, rects.topic.width())
        return Laid(
            row, rects, _isolated(topic), lead, small.elidedText(rest, Qt.TextElideMode.ElideRight, max(0, room))
        )

    def _paint_heading(self, painter: QPainter, theme: Theme, heading: Heading, width: int) -> None:
        left = 16 if self._narrow else 20
        room = QRect(left, 16, width - 2 * left, self.measures.small_height)
        painter.setFont(self._heading_font)
        painter.setPen(theme.colour("now" if heading.section is Section.NOW else "text2"))
        text = QFontMetrics(self._heading_font).elidedText(heading.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, text)

    def _paint_ground(self, painter: QPainter, theme: Theme, ground: QRect, *, selected: bool, focused: bool) -> None:
        edge = (selected and theme.edges) or focused
        painter.setPen(QPen(theme.colour("focus"), 2) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("selected" if selected else "hover"))
        inset = 1 if edge else 0
        painter.drawRoundedRect(QRectF(ground).adjusted(inset, inset, -inset, -inset), RADIUS_ROW, RADIUS_ROW)

    def _paint_times(self, painter: QPainter, theme: Theme, laid: Laid) -> None:
        start = laid.rects.start if laid.row.end else laid.rects.start.united(laid.rects.end)
        painter.setFont(self._start_font if laid.row.end else self._heading_font)
        painter.setPen(theme.colour("text"))
        painter.drawText(start, _LEFT, laid.row.start)
        painter.setFont(self._end_font)
        painter.setPen(theme.colour("text2"))
        painter.drawText(laid.rects.end, _LEFT, laid.row.end)

    def _paint_bar(self, painter: QPainter, theme: Theme, laid: Laid) -> None:
        colour = QColor(theme.calendar(laid.row.colour))
        bar = QRectF(laid.rects.bar)
        if laid.row.declined:
            colour.setAlphaF(0.5)
        if laid.row.tentative:
            painter.setPen(QPen(colour, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            bar.adjust(0.25, 0.75, -0.25, -0.75)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
        painter.drawRoundedRect(bar, BAR_WIDTH / 2, BAR_WIDTH / 2)

    def _paint_text(self, painter: QPainter, theme: Theme, laid: Laid) -> None:
        painter.setFont(self._struck_font if laid.row.declined else self._topic_font)
        painter.setPen(theme.colour("text"))
        painter.drawText(laid.rects.topic, _LEFT, laid.topic)
        second = QRect(laid.rects.second)
        if laid.lead:
            painter.setFont(self._loud_font)
            painter.setPen(theme.colour("now"))
            painter.drawText(second, _LEFT, laid.lead)
            second.setLeft(second.left() + QFontMetrics(self._loud_font).horizontalAdvance(laid.lead))
        painter.setFont(self._small_font)
        painter.setPen(theme.colour("text2"))
        painter.drawText(second, _LEFT, laid.second)

    def _paint_state(self, painter: QPainter, theme: Theme, laid: Laid) -> None:
        room = laid.rects.state
        if room is None:
            return
        kind = laid.row.state_kind
        colour = theme.colour("now" if kind in _LOUD else "warn" if kind is StateKind.REFUSED else "text2")
        if kind is StateKind.REFUSED:
            sign = QRect(room.left(), room.center().y() - _SHIELD // 2 + 1, _SHIELD, _SHIELD)
            icons.paint(painter, "shield", sign, colour)
        painter.setFont(self._loud_font if kind in _LOUD else self._small_font)
        painter.setPen(colour)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, laid.row.state)

    def _paint_button(self, painter: QPainter, theme: Theme, laid: Laid, number: int, selected: bool) -> None:
        rect = laid.rects.button
        if rect is None:
            return
        hot, down = self.hot == number, self.down == number
        edge = ""
        if laid.row.filled:
            ground, label = "accent_press" if hot and down else "accent_hover" if hot else "accent", "onaccent"
        else:
            ground, label = "softsel" if selected else "soft", "text"
            edge = "line" if theme.edges else "control" if hot else ""
        painter.setPen(QPen(theme.colour(edge), 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        inset = 0.5 if edge else 0.0
        painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setFont(self._filled_font if laid.row.filled else self._button_font)
        painter.setPen(theme.colour(label))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, action_text(laid.row.action))


_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def _isolated(text: str) -> str:
    """Keep a right-to-left name from reordering what stands beside it."""
    return f"\u2068{text}\u2069" if _RIGHT_TO_LEFT.search(text) else text
