"""The sample data: a day that is never over, the same for the same seed, and as much of it as asked for."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from zoomcal.sandbox.data import texts
from zoomcal.sandbox.data.fill import fill
from zoomcal.sandbox.exchange.service import Exchange
from zoomcal.sandbox.google.events import Event
from zoomcal.sandbox.google.service import Google
from zoomcal.sandbox.mailbox import Mailbox
from zoomcal.sandbox.mailbox.events import NEVER
from zoomcal.sandbox.microsoft.service import Microsoft

ME = "lan.nguyen@saomai.example"
ROLLOUT = "Nordwind rollout call"
DAYS = [
    ("Asia/Ho_Chi_Minh", date(2026, 11, 24)),
    ("Asia/Kathmandu", date(2026, 12, 31)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
]


def made(moment: datetime, zone: ZoneInfo, seed: int = 1, events: int = 0, contacts: int = 0) -> Google:
    return all_made(moment, zone, seed, events, contacts)[0]


def all_made(
    moment: datetime, zone: ZoneInfo, seed: int = 1, events: int = 0, contacts: int = 0
) -> tuple[Google, Microsoft, Exchange]:
    services = Google(lambda: moment), Microsoft(lambda: moment), Exchange(lambda: moment)
    fill(*services, seed=seed, moment=moment, zone=zone, events=events, contacts=contacts)
    return services


def attended_today(google: Google, moment: datetime, zone: ZoneInfo) -> list[Event]:
    """Return the timed meetings that overlap the local day, are not over, cancelled or declined, each once."""
    day = moment.astimezone(zone).date()
    first, last = (datetime.combine(each, time(), zone).timestamp() for each in (day, day + timedelta(days=1)))
    selected = [each for each in google.owner.calendars.values() if each.selected and not each.hidden]
    seen = {
        event.body["iCalUID"]: event
        for event in chain.from_iterable(
            each.expanded(moment - timedelta(days=1), moment + timedelta(days=2)) for each in selected
        )
        if event.end_s > max(first, moment.timestamp())
        and event.start_s < last
        and not event.cancelled
        and "dateTime" in event.body["start"]
        and event.body["eventType"] in {"default", "fromGmail"}
        and not any(
            each.get("self") and each["responseStatus"] == "declined" for each in event.body.get("attendees", ())
        )
    }
    return list(seen.values())


@pytest.mark.parametrize(("name", "day"), DAYS)
def test_at_any_minute_of_any_day_eight_meetings_are_not_over(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    moment = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    moments = [moment + timedelta(minutes=30 * step) for step in range(int((end - moment) / timedelta(minutes=30)))]
    moments += [end - timedelta(seconds=seconds) for seconds in (1, 59, 60, 61, 600, 1201, 2400)]
    assert moments[0].astimezone(zone).date() == moments[-1].astimezone(zone).date() == day
    for now in moments:
        google, microsoft, exchange = all_made(now, zone)
        left = attended_today(google, now, zone)
        assert len(left) >= 8, now
        assert any(each.start_s <= now.timestamp() < each.end_s for each in left), now
        starts = {each.start_s for each in google.events.expanded(now, now + timedelta(minutes=30))}
        assert (now.replace(second=0) + timedelta(minutes=12)).timestamp() in starts
        assert_one_meeting_is_everywhere(google, microsoft, exchange, now, zone)


def assert_one_meeting_is_everywhere(
    google: Google, microsoft: Microsoft, exchange: Exchange, now: datetime, zone: ZoneInfo
) -> None:
    """Hold the rollout call to today, to not being over, and to one start and number in all three services."""
    end_of_day = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    (there,) = (each for each in google.events.events.values() if each.body.get("summary") == ROLLOUT)
    (number,) = set(re.findall(r"zoom\.us_j_(\d+)", there.body["description"]))
    copies = [box.calendar.named(ROLLOUT) for box in (microsoft.owner, exchange.owner)]
    assert {each.begins.timestamp() for each in copies} == {there.start_s}, now
    assert all(number in each.body for each in copies)
    assert there.end_s > now.timestamp(), now
    assert there.start_s < end_of_day.timestamp(), now
    begun = [each.subject for each in microsoft.owner.calendar.view(now, now) if each.kind == "occurrence"]
    began = (now - timedelta(minutes=9)).astimezone(ZoneInfo("Europe/Berlin"))
    assert begun == ["Cutover stand-up"] or began.fold, now  # that hour's wall clock means the one before


def dump(google: Google, *mailboxes: Mailbox) -> str:
    events = (event for box in mailboxes for calendar in box.calendars.values() for event in calendar.events)
    contacts = (contact for box in mailboxes for folder in box.folders.values() for contact in folder.contacts)
    kept = [asdict(replace(event, created=NEVER, changed=NEVER)) for event in events]
    kept += [asdict(replace(contact, created=NEVER, changed=NEVER)) for contact in contacts]
    return json.dumps(kept, default=str) + json.dumps(
        [
            [{**event.body, "updated": ""} for event in calendar.events.values()]
            for account in google.accounts.values()
            for calendar in account.calendars.values()
        ]
        + [[person.body for person in account.contacts.people.values()] for account in google.accounts.values()]
    )


def test_the_same_seed_and_time_give_the_same_data_and_another_seed_other_data() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    now = datetime(2026, 11, 24, 10, 48, tzinfo=zone)
    first, second, other = (all_made(now, zone, seed, events=50, contacts=50) for seed in (7, 7, 8))
    one, same = (dump(made[0], made[1].owner, made[2].owner) for made in (first, second))
    assert one == same
    links, again, others = ([service.issued.links for service in made] for made in (first, second, other))
    assert links == again
    assert all(mine.isdisjoint(theirs) for mine, theirs in zip(links, others, strict=True))
    google, microsoft, exchange = all_made(now + timedelta(hours=3), zone, 7)
    assert {event.id for event in google.events.events.values()} & set(first[0].events.events)
    for box, before in ((microsoft.owner, first[1].owner), (exchange.owner, first[2].owner)):
        assert any(event.id in before.calendar.events for event in box.calendar.events)


def test_added_events_lie_inside_the_synced_window_in_a_realistic_mix() -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 28, 22, 30, tzinfo=zone)
    sample, more = made(now, zone), made(now, zone, events=1000)
    added = [event for identity, event in more.events.events.items() if identity not in sample.events.events]
    assert len(added) == 1000
    first = datetime(2026, 3, 28, tzinfo=zone).timestamp()
    last = datetime(2026, 3, 31, tzinfo=zone).timestamp()
    assert all(first <= event.start_s < event.end_s <= last for event in added)
    sizes = sorted(len(event.body.get("description", "")) for event in added)
    assert sizes[250] < 300
    assert 800 < sizes[700] < 3500
    assert sizes[-1] > 10_000
    linked = [event for event in added if any(link in json.dumps(event.body) for link in ("zoom.us/j/", "zoom.us%2Fj"))]
    assert 300 < len(linked) < 700


def test_every_passcode_and_link_in_the_data_counts_as_handed_out() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    google = made(datetime(2026, 11, 24, 10, 48, tzinfo=zone), zone, events=200)
    for event in google.events.events.values():
        for point in event.body.get("conferenceData", {}).get("entryPoints", ()):
            if "passcode" in point:
                assert point["passcode"] in google.issued.passcodes
                assert point["uri"] in google.issued.links


def test_the_mailboxes_show_every_place_and_state_and_every_link_counts_as_handed_out() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    now = datetime(2026, 11, 24, 10, 48, tzinfo=zone)
    _, microsoft, exchange = all_made(now, zone, events=200, contacts=200)
    for service in (microsoft, exchange):
        box = service.owner
        calendar = box.calendar
        events = [event for each in box.calendars.values() for event in each.events]
        assert {event.answer for event in events} == {"none", "organizer", "accepted", "tentative", "declined"}
        assert {event.body_is_html for event in events if "zoom.us" in event.body} == {True, False}
        assert any("zoom.us" in event.location for event in events)
        assert any("safelinks.protection.outlook.com" in event.body for event in events)
        assert any("teams.microsoft.com" in event.body for event in events)
        assert any(event.cancelled for event in events)
        assert {"zoom.us" in event.body + event.location for event in events if event.all_day} == {True, False}
        (master,) = (event for event in calendar.events if event.kind == "master")
        moved, left_out = calendar.exceptions(master.id)
        assert moved
        assert left_out
        assert len([each for each in box.calendars.values() if each.owner == box.person]) == 2
        assert len(box.folders) == 2
        text = " ".join(f"{event.body} {event.location}" for event in events)
        for link in re.findall(r"https://[a-z0-9.-]*zoom\.us/j/\d+\?pwd=[\w.]+", text):
            assert link in service.issued.links
        for passcode in re.findall(r"Passcode: (\w+)", text.replace(texts.TEAMS_HTML, "").replace(texts.TEAMS, "")):
            assert passcode in service.issued.passcodes
    assert any(each.owner != microsoft.owner.person for each in microsoft.owner.calendars.values())


def test_the_week_shows_every_place_and_state() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    google = made(datetime(2026, 11, 24, 10, 48, tzinfo=zone), zone)
    bodies: list[dict[str, Any]] = [
        event.body for calendar in google.owner.calendars.values() for event in calendar.events.values()
    ]
    text = json.dumps(bodies, ensure_ascii=False)
    for part in (
        "safelinks.protection.outlook.com", "urldefense.proofpoint.com", "urldefense.com/v3/", "zoom-us.example",
        "teams.microsoft.com", "webex.com", "/webinar/register/", "/rec/share/", "/my/", "/w/", "/s/", "/wc/",
        "ミーティングID", "Mật mã", "مراجعة", "🎉", "hangoutsMeet", "addOn", "mimecastprotect.com",
    ):  # fmt: skip
        assert part in text, part
    answers = {each["responseStatus"] for body in bodies for each in body.get("attendees", ()) if each["email"] == ME}
    assert answers == {"accepted", "declined", "tentative", "needsAction"}
    assert any("comment" in each for body in bodies for each in body.get("attendees", ()))
    assert any(len(body.get("description", "")) > 10_000 for body in bodies)
    assert {body["status"] for body in bodies} == {"confirmed", "cancelled"}
    assert any("recurrence" in body for body in bodies)
    assert any(body.get("originalStartTime", body["start"]) != body["start"] for body in bodies)
    assert {"date", "dateTime"} == {key for body in bodies for key in body["start"] if key != "timeZone"}
    zones = {body["start"].get("timeZone") for body in bodies}
    assert {"Europe/Berlin", "Asia/Tokyo", "America/New_York", "Asia/Dubai"} <= zones
