"""The sample data: a day that is never over, the same for the same seed, and as much of it as asked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from zoomcal.sandbox.data.fill import fill
from zoomcal.sandbox.exchange.service import Exchange
from zoomcal.sandbox.google.events import Event
from zoomcal.sandbox.google.service import Google
from zoomcal.sandbox.microsoft.service import Microsoft

ME = "lan.nguyen@saomai.example"
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
        google = made(now, zone)
        left = attended_today(google, now, zone)
        assert len(left) >= 8, now
        assert any(each.start_s <= now.timestamp() < each.end_s for each in left), now
        starts = {each.start_s for each in google.events.expanded(now, now + timedelta(minutes=30))}
        assert (now.replace(second=0) + timedelta(minutes=12)).timestamp() in starts


def dump(google: Google) -> str:
    return json.dumps(
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
    first, second, other = (made(now, zone, seed, events=50, contacts=50) for seed in (7, 7, 8))
    assert dump(first) == dump(second)
    assert set(first.issued) == set(second.issued)
    assert set(first.issued).isdisjoint(other.issued.links)
    later = made(now + timedelta(hours=3), zone, 7)
    assert {event.id for event in later.events.events.values()} & {event.id for event in first.events.events.values()}


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
