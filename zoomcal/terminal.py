"""The agenda and the accounts as text and as JSON, for terminals and scripts. The JSON's shape is kept stable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from zoomcal.app import AccountView
from zoomcal.catalogue import Catalogue, plural, sentence
from zoomcal.domain.agenda import Agenda, AgendaItem, Section
from zoomcal.domain.lines import one_line
from zoomcal.domain.meetings import Role
from zoomcal.joinlink.opening import address_for
from zoomcal.sync.health import SERVICE_NAMES

_HEADINGS = {
    Section.NOW: sentence("Now"),
    Section.NEXT: sentence("Next"),
    Section.LATER: sentence("Later today"),
}
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What a terminal obeys or hides, and JSON leaves as it is."""


def agenda_json(agenda: Agenda, zone: tzinfo, *, show_passcodes: bool = False) -> str:
    """Return the agenda's rows in order as a JSON list.

    Args:
        agenda: What the Meetings page shows.
        zone: The person's; times carry its offset.
        show_passcodes: Include passcodes and whole join links; else links lose their query.
    """
    rows = [
        _row(item, group.section, zone, show_passcodes=show_passcodes)
        for group in agenda.groups
        for item in group.items
    ]
    return _json(rows)


def _row(item: AgendaItem, section: Section, zone: tzinfo, *, show_passcodes: bool) -> dict[str, object]:
    finding = item.meeting.finding
    link = finding.link
    url = address_for(link, native=False) if link and finding.is_zoom else None
    return {
        "start": item.start.astimezone(zone).isoformat(),
        "end": item.end.astimezone(zone).isoformat(),
        "all_day": item.all_day,
        "title": item.meeting.title,
        "role": item.meeting.role.value,
        "is_zoom": finding.is_zoom,
        "kind": link.kind.value if link else None,
        "meeting_id": (link.meeting_id or None) if link else None,
        **({"passcode": (link.passcode or None) if link else None} if show_passcodes else {}),
        "join_url": url if show_passcodes or url is None else url.partition("?")[0],
        "host": {"name": item.meeting.host.name, "email": item.meeting.host.email},
        "sources": [{"account": source.account_name, "calendar": source.name} for source in item.sources],
        "answer": item.meeting.answer.value,
        "status": section.value,
    }


def _json(rows: list[dict[str, object]]) -> str:
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def agenda_text(agenda: Agenda, zone: tzinfo, catalogue: Catalogue, now: datetime, day: date) -> str:
    """Return the agenda, made for `day`, as lines for a person at a terminal."""
    lines = [catalogue.say(sentence("Meetings of {day}", day=day))]
    for group in agenda.groups:
        heading = _HEADINGS.get(group.section)
        lines += ["", catalogue.say(heading) if heading else str(group.day)]
        lines += [_line(item, zone, catalogue, now) for item in group.items]
    if not agenda.groups:
        nothing = sentence("Nothing more today") if day == agenda.today else sentence("No meetings on {day}", day=day)
        lines.append(catalogue.say(nothing))
    if agenda.filtered:
        hidden = plural("{n} other meeting is hidden.", "{n} other meetings are hidden.", agenda.filtered)
        lines += ["", catalogue.say(hidden)]
    return "\n".join(lines)


def _line(item: AgendaItem, zone: tzinfo, catalogue: Catalogue, now: datetime) -> str:
    finding = item.meeting.finding
    if item.all_day:
        times = catalogue.text("All day")
    else:
        times = f"{item.start.astimezone(zone):%H:%M}–{item.end.astimezone(zone):%H:%M}"
    hosting = item.meeting.role is Role.HOST
    if finding.is_zoom:
        action = catalogue.text("Start") if hosting else catalogue.text("Join")
    else:
        action = catalogue.text("Not a Zoom meeting")
    host = catalogue.text("You host") if hosting else str(item.meeting.host)
    title = one_line(item.meeting.title) or catalogue.text("No topic")
    names = ", ".join(item.source_names)
    parts = [action, countdown(item, now, catalogue), one_line(host), one_line(names)]
    return f"  {times:<11}  {title}  [{' · '.join(part for part in parts if part)}]"


def countdown(item: AgendaItem, now: datetime, catalogue: Catalogue) -> str:
    """Return *27 min left* or *in 12 min*, empty when the meeting is more than an hour away or lasts all day."""
    if item.all_day:
        return ""
    if item.start <= now:
        return catalogue.text("{n} min left", n=_minutes(item.end, now))
    away = _minutes(item.start, now)
    return catalogue.text("in {n} min", n=away) if away <= 60 else ""


def _minutes(moment: datetime, now: datetime) -> int:
    """Return the minutes until `moment`, begun ones counted whole."""
    return int(-((now - moment).total_seconds() // 60))


def accounts_json(accounts: Iterable[AccountView]) -> str:
    """Return the integrations as a JSON list."""
    rows: list[dict[str, object]] = [
        {
            "id": account.id,
            "service": account.service.value,
            "name": account.name,
            "calendar": account.calendar,
            "contacts": account.contacts,
            "health": account.health.kind.value,
            "last_sync": account.health.last_sync.isoformat() if account.health.last_sync else None,
        }
        for account in accounts
    ]
    return _json(rows)


def accounts_text(accounts: Iterable[AccountView], catalogue: Catalogue) -> str:
    """Return the integrations as lines for a person at a terminal."""
    lines = []
    for account in accounts:
        on = [
            text
            for text, switched in (
                (catalogue.text("Calendar"), account.calendar),
                (catalogue.text("Contacts"), account.contacts),
            )
            if switched
        ]
        said = account.health.sentence
        state = one_line(catalogue.say(said)) if said else catalogue.text("Up to date")
        lines.append(f"{one_line(account.id)}  {SERVICE_NAMES[account.service]}  {' + '.join(on) or '–'}  {state}")
    return "\n".join(lines) or catalogue.text("No account is connected.")
