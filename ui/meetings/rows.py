"""The words of a meeting's row: from the core's values and the clock, in the window's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ui.i18n import plural, say, tongue, tr
from zoomcal.domain.agenda import SOON, AgendaItem, Section
from zoomcal.domain.lines import one_line
from zoomcal.domain.meetings import Answer, Key, Role
from zoomcal.joinlink.model import Kind

COUNTDOWN = timedelta(minutes=60)
"""From how long before the start a row says *in 12 min*."""


class StateKind(StrEnum):
    """How a row's state is drawn."""

    NONE = "none"
    NOW = "now"
    SOON = "soon"
    NOT_ZOOM = "not-zoom"
    REFUSED = "refused"


class Action(StrEnum):
    """What the row's button does."""

    NONE = "none"
    JOIN = "join"
    START = "start"


class Heading(NamedTuple):
    """A row that names the group below it."""

    section: Section
    day: date | None = None

    @property
    def text(self) -> str:
        """Its words."""
        match self.section:
            case Section.NOW:
                return tr("Now")
            case Section.NEXT:
                return tr("Next")
            case Section.LATER:
                return tr("Later today")
        return tongue().long_date(self.day) if self.day else ""

    @property
    def key(self) -> Key | Heading:
        """What tells it from every other row."""
        return self


class Row(NamedTuple):
    """Everything that is drawn or read aloud of one meeting."""

    topic: str
    start: str
    """A time of day, or *All day*."""
    end: str
    """Empty for an all-day meeting."""
    mark: str
    """*Tentative*, *Declined* or nothing."""
    who: str
    """The host, or what stands in the host's place."""
    short_who: str
    """The same where there is no room for the state beside it."""
    source: str
    state: str
    state_kind: StateKind
    action: Action
    filled: bool
    """Whether the button is the loud one: running, or about to."""
    colour: str
    """The calendar's palette name."""
    tentative: bool
    declined: bool
    spoken: str
    """The whole row as one sentence."""


def row_of(item: AgendaItem, now: datetime) -> Row:
    """Return the words of `item` at `now` (aware)."""
    meeting = item.meeting
    action = action_of(item)
    state, kind = _state(item, now)
    who = host_text(item)
    tentative, declined = meeting.answer is Answer.TENTATIVE, meeting.answer is Answer.DECLINED
    mark = tr("Tentative") if tentative else tr("Declined") if declined else ""
    short_who = who
    if kind is StateKind.REFUSED:
        who, short_who = tr("Look-alike link refused"), tr("Not a Zoom meeting, look-alike refused")
    elif kind is StateKind.NOT_ZOOM:
        short_who = state
    return Row(
        topic=topic_of(item),
        start=tr("All day") if item.all_day else tongue().time(item.start),
        end="" if item.all_day else tongue().time(item.end),
        mark=mark,
        who=who,
        short_who=short_who,
        source=source_names(item),
        state=state,
        state_kind=kind,
        action=action,
        filled=action is not Action.NONE and item.start - SOON <= now,
        colour=item.sources[0].colour if item.sources else "",
        tentative=tentative,
        declined=declined,
        spoken=_spoken(item, now, action, mark, state if kind in _NOT_JOINED else ""),
    )


def action_of(item: AgendaItem) -> Action:
    """Return what the meeting's button does (SPEC M-2, M-4)."""
    if not item.meeting.finding.is_zoom:
        return Action.NONE
    return Action.START if item.meeting.role is Role.HOST else Action.JOIN


def action_text(action: Action) -> str:
    """Return the button's word."""
    return {Action.JOIN: tr("Join"), Action.START: tr("Start"), Action.NONE: ""}[action]


def topic_of(item: AgendaItem) -> str:
    """Return the topic fit for one line."""
    return one_line(item.meeting.title) or tr("No topic")


def host_text(item: AgendaItem) -> str:
    """Return *You host*, *You* where there is nothing to start, or the host's name."""
    if item.meeting.role is Role.HOST:
        return tr("You host") if item.meeting.finding.is_zoom else tr("You")
    return one_line(str(item.meeting.host))


def source_names(item: AgendaItem) -> str:
    """Return the calendars' names: *Work and Zoom*."""
    names = [text for name in item.source_names if (text := one_line(name))]
    if len(names) < 2:
        return "".join(names)
    return tr("{first} and {last}", first=", ".join(names[:-1]), last=names[-1])


def minutes_until(moment: datetime, now: datetime) -> int:
    """Return the whole minutes from `now` to `moment`, a begun one counted."""
    return -((now - moment) // timedelta(minutes=1))


def countdown(item: AgendaItem, now: datetime) -> str:
    """Return *27 min left* or *in 12 min*; empty more than an hour before the start and for whole days."""
    if item.all_day or item.end <= now:
        return ""
    if item.start > now:
        return tr("in {n} min", n=minutes_until(item.start, now)) if item.start - now <= COUNTDOWN else ""
    hours, minutes = divmod(minutes_until(item.end, now), 60)
    if hours == 0:
        return tr("{n} min left", n=minutes)
    return tr("{h} h {n} min left", h=hours, n=minutes) if minutes else tr("{h} h left", h=hours)


def _state(item: AgendaItem, now: datetime) -> tuple[str, StateKind]:
    finding = item.meeting.finding
    if finding.is_zoom:
        text = countdown(item, now)
        running = StateKind.NOW if item.start <= now else StateKind.SOON
        return text, running if text else StateKind.NONE
    if finding.link is not None and finding.link.kind is Kind.REGISTER:
        return tr("Registration page"), StateKind.NOT_ZOOM
    return tr("Not a Zoom meeting"), StateKind.REFUSED if finding.look_alike else StateKind.NOT_ZOOM


_NOT_JOINED = frozenset({StateKind.NOT_ZOOM, StateKind.REFUSED})


def _spoken(item: AgendaItem, now: datetime, action: Action, mark: str, state: str) -> str:
    host = "" if item.meeting.role is Role.HOST else host_text(item)
    parts = [
        topic_of(item),
        *_spoken_time(item, now),
        mark,
        (tr("host {name}", name=host) if host else ""),
        (tr("You host") if action is Action.START else ""),
        tr("calendar {name}", name=source_names(item)) if item.sources else "",
        state,
        tr("Look-alike link refused") if item.meeting.finding.look_alike and state else "",
    ]
    does = {Action.JOIN: tr("Enter joins."), Action.START: tr("Enter starts."), Action.NONE: ""}[action]
    return f"{', '.join(part for part in parts if part)}. {does}".rstrip()


def _spoken_time(item: AgendaItem, now: datetime) -> list[str]:
    if item.all_day:
        return [tr("All day")]
    end = tongue().time(item.end)
    if item.start <= now:
        left = minutes_until(item.end, now)
        return [tr("now until {end}", end=end), say(plural("{n} minute left", "{n} minutes left", left))]
    times = [tr("{start} to {end}", start=tongue().time(item.start), end=end)]
    if item.start.astimezone().date() != now.astimezone().date():
        times.insert(0, tongue().long_date(item.start.astimezone().date()))
    if item.start - now <= COUNTDOWN:
        times.append(say(plural("in {n} minute", "in {n} minutes", minutes_until(item.start, now))))
    return times
