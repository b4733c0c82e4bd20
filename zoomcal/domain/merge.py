"""The same meeting seen through several calendars is one meeting (SPEC M-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from zoomcal.domain.meetings import Answer, Meeting, Role, Timed
from zoomcal.joinlink.model import Finding

_ATTENDING = (Answer.ACCEPTED, Answer.TENTATIVE, Answer.NONE, Answer.DECLINED)


def merged(meetings: Iterable[Meeting]) -> list[tuple[Meeting, Sequence[Meeting]]]:
    """Return every meeting once, with all of its copies, itself first.

    Two entries are one meeting when they begin at the same instant and share the Zoom meeting number or the iCalendar
    UID. The copy with the strongest role stands for all; the best link and passcode of any copy is kept. The order of
    `meetings` does not matter.
    """
    groups: list[list[Meeting]] = []
    group_of: dict[tuple[object, ...], list[Meeting]] = {}
    for meeting in sorted(meetings, key=_strength):
        identities = _identities(meeting)
        known = {id(group): group for identity in identities if (group := group_of.get(identity)) is not None}
        if not known:
            home: list[Meeting] = []
            groups.append(home)
        else:
            home, *others = known.values()
            for other in others:
                home += other
                groups = [group for group in groups if group is not other]
                group_of.update({identity: home for member in other for identity in _identities(member)})
        home.append(meeting)
        group_of.update(dict.fromkeys(identities, home))
    return [(_best(copies), copies) for copies in (sorted(group, key=_strength) for group in groups)]


def _identities(meeting: Meeting) -> list[tuple[object, ...]]:
    start = meeting.when.start if isinstance(meeting.when, Timed) else meeting.when.first
    found: list[tuple[object, ...]] = []
    if meeting.finding.link and meeting.finding.is_zoom and meeting.finding.link.meeting_id:
        found.append(("number", meeting.finding.link.meeting_id, start))
    if meeting.ical_uid:
        found.append(("uid", meeting.ical_uid, start))
    return found


def _strength(meeting: Meeting) -> tuple[object, ...]:
    return (
        meeting.role is not Role.HOST,
        _ATTENDING.index(meeting.answer),
        _link_rank(meeting.finding),
        meeting.key,
    )


def _link_rank(finding: Finding) -> int:
    if finding.link is None:
        return 3
    if not finding.is_zoom:
        return 2
    return 0 if finding.link.passcode else 1


def _best(copies: Sequence[Meeting]) -> Meeting:
    strongest = copies[0]
    finding = min((copy.finding for copy in copies), key=_link_rank)
    if _link_rank(finding) < _link_rank(strongest.finding):
        return replace(strongest, finding=finding)
    return strongest
