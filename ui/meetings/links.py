"""A meeting's other links: which can be opened, what they are called, and the question before a foreign page opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ui.i18n import say, tr
from ui.meetings.words import grouped_id
from zoomcal.domain.agenda import AgendaItem
from zoomcal.domain.description import safe_address
from zoomcal.domain.lines import one_line
from zoomcal.joinlink.model import Candidate

LONGEST_SHOWN = 300
"""How much of an address is shown before it is opened, in characters."""


def other_links(item: AgendaItem, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return what can be opened beside the link that Join opens; refused addresses are only explained."""
    chosen = item.meeting.finding.link
    return tuple(
        candidate
        for candidate in candidates
        if (candidate.link is not None and candidate.link != chosen)
        or (candidate.link is None and candidate.service and safe_address(candidate.url))
    )


def link_text(candidate: Candidate) -> str:
    """Return a menu's words for a link: what it is and where it was found."""
    what = candidate.service or candidate.host
    if candidate.link is not None and candidate.link.meeting_id:
        what = f"{candidate.host} {grouped_id(candidate.link.meeting_id)}".strip()
    return f"{one_line(what)} · {one_line(say(candidate.why))}".replace("&", "&&")


def confirm_opening(parent: QWidget, host: str, address: str, go_on: Callable[[], object]) -> None:
    """Ask before a page opens that is not Zoom's: the host first, since the words of a link may say anything."""
    box = QMessageBox(parent)
    box.setObjectName("open-link")
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("Open {host} in your browser?", host=host))
    box.setInformativeText(address if len(address) <= LONGEST_SHOWN else address[:LONGEST_SHOWN] + "…")
    box.addButton(tr("Open"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.accepted.connect(go_on)
    box.open()
