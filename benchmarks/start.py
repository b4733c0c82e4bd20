"""Start to first paint, memory, and the longest stall of the event loop during the first sync, of three accounts.

One of each service, on a virtual screen with a keychain of its own. Start and memory stand against a bare QMainWindow
of the same run.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.mailboxes import SERVICES, Described, sandbox
from benchmarks.sync import EVENTS
from tests.e2e.desktop import Desktop, desktop
from zoomcal.catalogue import sentence
from zoomcal.domain.agenda import sync_window
from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId, Meeting, Person, Service, Timed
from zoomcal.joinlink import find
from zoomcal.joinlink.model import Fields
from zoomcal.localtime import local_zone, utc_now
from zoomcal.providers.base import Calendar, ContactPage
from zoomcal.settings import Account, Kept, SettingsFile
from zoomcal.store import Store

ROUNDS = 15


def run(rounds: int = ROUNDS) -> dict[str, float]:
    """Return the figures; ratios are of medians."""
    with tempfile.TemporaryDirectory() as folder, desktop(Path(folder)) as desk:
        desk.env.pop("QT_LINUX_ACCESSIBILITY_ALWAYS_ON")
        fill(Path(desk.env["ZOOMCAL_PROFILE"]))
        bare, window = [], []
        for _ in range(rounds):
            bare.append(_probe(desk, "bare"))
            window.append(_probe(desk, "painted"))
    synced, busy = _synced(events=300, contacts=2_000), _synced(events=EVENTS, contacts=0)
    bare_kb = _median(bare, "pss_kb")
    return {
        "bare_start_s": _median(bare, "start_s"),
        "start_s": _median(window, "start_s"),
        "start_ratio": _median(window, "start_s") / _median(bare, "start_s"),
        "bare_mib": bare_kb / 1024,
        "painted_mib": _median(window, "pss_kb") / 1024,
        "painted_ratio": _median(window, "pss_kb") / bare_kb,
        "synced_mib": synced["pss_kb"] / 1024,
        "synced_ratio": synced["pss_kb"] / bare_kb,
        "busy_mib": busy["pss_kb"] / 1024,
        "longest_gap_ms": busy["longest_gap_ms"],
    }


def _synced(events: int, contacts: int) -> dict[str, float]:
    """Return what the window measures of itself from its first paint to half a second after every first sync."""
    with (
        tempfile.TemporaryDirectory() as folder,
        desktop(Path(folder)) as desk,
        sandbox(events, contacts) as described,
    ):
        desk.env.pop("QT_LINUX_ACCESSIBILITY_ALWAYS_ON")
        _write_endpoints(Path(desk.env["ZOOMCAL_ENDPOINTS"]), described)
        login = next(account for account in described["accounts"] if account["service"] == Service.EXCHANGE)
        given = ("--username", login["username"], "--ews-url", described["exchange"]["url"])
        for service in SERVICES:
            words, password = (given, login["password"]) if service is Service.EXCHANGE else ((), "")
            wanted = ["--contacts" if contacts else "--no-contacts"]
            connected = desk.command("connect", service, *words, *wanted, given=f"{password}\n")
            assert connected.returncode == 0, connected.stderr
        return _probe(desk, "synced")


def fill(profile: Path, meetings: int = 300, contacts: int = 20_000) -> None:
    """Put an account of each service into a profile, with this many meetings together, most of today, and contacts."""
    settings, store = SettingsFile(profile / "settings.json"), Store(profile / "cache.db")
    now = utc_now()
    window = sync_window(now, local_zone())
    for place, service in enumerate(SERVICES):
        calendar = Calendar(id="work", name="Work", primary=True)
        account = Account(id=_id(service), service=service, name="lan@saomai.example").with_calendars((calendar,))
        settings.change(partial(Kept.with_account, account=account))
        rows = [_meeting(service, number, now) for number in range(place, meetings, len(SERVICES))]
        store.replace_window(account.id, "work", window, rows)
        with store.staging(account.id) as staging:
            people = [_contact(service, number) for number in range(place, contacts, len(SERVICES))]
            staging.add(ContactPage(changed=people, next_cursor="kept"))
            staging.commit()
    store.close()


def _id(service: Service) -> AccountId:
    return AccountId(f"{service}:lan@saomai.example")


def _meeting(service: Service, number: int, now: datetime) -> Meeting:
    start = now + timedelta(minutes=number % 200 - 20)
    fields = Fields(location=f"https://us02web.zoom.us/j/8{number:010d}?pwd=x{number}" if number % 3 else "Room 4")
    return Meeting(
        account=_id(service),
        calendar_id="work",
        uid=f"event{number}",
        title=f"Weekly review number {number}",
        when=Timed(start, start + timedelta(minutes=45)),
        finding=find(fields),
        host=Person("Trần Minh Đức", "duc.tran@saomai.example"),
        location=fields.location,
        description=str(sentence("Numbers of last week, and what comes next.")) * 20,
    )


def _contact(service: Service, number: int) -> Contact:
    return Contact(
        account=_id(service),
        uid=f"people/c{number}",
        name=f"Phạm Thu Hà {number}",
        company="Sao Mai",
        emails=(Email(f"ha{number}@saomai.example"),),
        phones=(Phone(f"+84 28 {number:07d}"),),
    )


def _probe(desk: Desktop, mode: str) -> dict[str, float]:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.probe", mode], env=desk.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {**figures, "start_s": figures["painted"] - began}


def _median(runs: list[dict[str, float]], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def _write_endpoints(path: Path, described: Described) -> None:
    lines = [f'ca_file = "{described["ca_file"]}"']
    for service in SERVICES:
        table = {name: value for name, value in described[service].items() if (service, name) != ("exchange", "url")}
        lines += [f"[{service}]", *(f'{name} = "{value}"' for name, value in table.items())]
    path.write_text("\n".join(lines))
