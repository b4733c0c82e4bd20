"""Words that break anywhere: topics of at most three lines, addresses without spaces, descriptions with links."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from ui.i18n import tr
from ui.theme import BODY, look, scaled
from ui.widgets.buttons import Button
from ui.widgets.text import Text, plain_tip
from zoomcal.domain.description import Description

BARE_PADDING = 4
"""What a text button keeps free on its left; words above it do not."""


class Wrapped(Text):
    """Plain words that break between letters where no space comes in time.

    Args:
        text: Already translated.
        most_lines: How many lines are shown; what is left over is cut with an ellipsis and the whole is the tooltip.
        factor, weight, colour: As for `Text`.
    """

    def __init__(
        self,
        text: str,
        *,
        most_lines: int = 1000,
        factor: float = BODY,
        weight: QFont.Weight = QFont.Weight.Normal,
        colour: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, factor=factor, weight=weight, colour=colour, parent=parent)
        self._most = most_lines
        self._quiet_from = -1
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_words(self, loud: str, quiet: str) -> None:
        """Show `loud`, then `quiet` in the secondary colour."""
        self._quiet_from = len(loud.encode("utf-16-le")) // 2
        self.setText(loud + quiet)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Return that its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Return how high its lines are at a width."""
        layout, _ = self._laid_out(width)
        return round(layout.boundingRect().height() + 0.5)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size of one line."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()), metrics.lineSpacing())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return room for a few letters."""
        return QSize(40, self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the lines."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        layout, cut = self._laid_out(self.width())
        self.setToolTip(plain_tip(self.text()) if cut else "")
        quiet = QTextLayout.FormatRange()
        if self._quiet_from >= 0:
            quiet.start, quiet.length = self._quiet_from, len(self.text())
            quiet.format.setForeground(look().theme.colour("text2"))
        layout.draw(painter, QPointF(0, 0), [quiet] if self._quiet_from >= 0 else [])

    def last_line(self, width: int) -> QRectF:
        """Return where the last line's words are at a width."""
        layout, _ = self._laid_out(width)
        return layout.lineAt(layout.lineCount() - 1).naturalTextRect() if layout.lineCount() else QRectF()

    def _laid_out(self, width: int) -> tuple[QTextLayout, bool]:
        text = self.text()
        layout = _broken(text, self.font(), width)
        if layout.lineCount() <= self._most:
            return layout, False
        units = text.encode("utf-16-le")
        last = 2 * layout.lineAt(self._most - 1).textStart()
        rest = units[last:].decode("utf-16-le", "replace")
        shown = QFontMetrics(self.font()).elidedText(rest, Qt.TextElideMode.ElideRight, width)
        return _broken(units[:last].decode("utf-16-le", "replace") + shown, self.font(), width), True


def _broken(text: str, font: QFont, width: int) -> QTextLayout:
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


class Followed(QWidget):
    """A sentence with a button right behind its last word, or below it where there is no room.

    Args:
        words: The sentence.
        button: What follows it.
    """

    def __init__(self, words: Wrapped, button: Button) -> None:
        super().__init__()
        self._words, self._button = words, button
        for widget in (words, button):
            widget.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Return that its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Return how high it is at a width."""
        words = self._words.heightForWidth(width)
        return words if self._fits(width) or self._button.isHidden() else words + self._button.sizeHint().height()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size of one line."""
        return self._words.sizeHint() + QSize(self._button.sizeHint().width(), 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return room for the button."""
        return QSize(self._button.sizeHint().width(), self._words.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Place both."""
        super().resizeEvent(event)
        height = self._words.heightForWidth(self.width())
        self._words.setGeometry(0, 0, self.width(), height)
        size, last = self._button.sizeHint(), self._words.last_line(self.width())
        top = round(last.center().y() - size.height() / 2)
        corner = QPoint(round(last.right()), top) if self._fits(self.width()) else QPoint(-BARE_PADDING, height)
        self._button.setGeometry(QRect(corner, size))
        self._button.raise_()

    def _fits(self, width: int) -> bool:
        return self._words.last_line(width).right() + self._button.sizeHint().width() <= width


class DescriptionView(QTextBrowser):
    """A description as high as it needs; it loads nothing and opens nothing by itself."""

    link_asked = Signal(str)
    """The https address of a link that was pressed."""

    def __init__(self, description: Description, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._description = description
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Description"))
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.document().setDefaultFont(scaled())
        self.document().setUndoRedoEnabled(False)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.anchorClicked.connect(self._asked)
        look().changed.connect(self._fill)
        self._fill()

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: ARG002, N802
        """Return nothing, whatever is asked for."""
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave the keys that scroll to the pane around it."""
        scrolls = (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        )
        if event.key() in scrolls and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _fill(self) -> None:
        words, link = QTextCharFormat(), QTextCharFormat()
        words.setForeground(look().theme.colour("text"))
        link.setForeground(look().theme.colour("link"))
        link.setAnchor(True)
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
        for number, span in enumerate(self._description.spans):
            if span.url:
                link.setAnchorHref(f"#{number}")
                link.setToolTip(span.url)
            cursor.insertText(span.text, link if span.url else words)
        cursor.endEditBlock()

    def _fit(self, size: QSizeF) -> None:
        self.setFixedHeight(round(size.height() + 1))

    def _asked(self, link: QUrl) -> None:
        self.link_asked.emit(self._description.spans[int(link.fragment())].url)
