"""What a start loads: the window and the cache, and none of the libraries that talk to services."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from functools import partial
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.core.test_imports import HEAVY
from zoomcal.domain.contacts import Contact, Email
from zoomcal.domain.meetings import AccountId, Meeting, Service, Timed
from zoomcal.joinlink import find
from zoomcal.joinlink.model import Fields
from zoomcal.localtime import utc_now
from zoomcal.providers.base import Calendar, ContactPage
from zoomcal.settings import Account, Kept, SettingsFile
from zoomcal.store import Store

ROOT = Path(__file__).resolve().parents[2]
START = """
import json, sys
at_rest = set(sys.modules)
from ui import launch
launch.load_qt()
import ui.main
from PySide6.QtWidgets import QApplication

class Watched(ui.main.Window):
    def _start(self):
        QApplication.quit()
        loaded = sorted(set(sys.modules) - at_rest)
        print(json.dumps({"loaded": loaded, "shown": sorted(item.meeting.account for item in self.desk.agenda.items)}))

ui.main.Window = Watched
sys.exit(launch.main([]))
"""


def fill(profile: Path) -> list[str]:
    """Put an account of every service into a profile, with a meeting that is on now and a contact each."""
    settings = SettingsFile(profile / "settings.json")
    store = Store(profile / "cache.db")
    now = utc_now()
    for number, service in enumerate(Service):
        fields = Fields(location=f"https://us02web.zoom.us/j/8591234567{number}?pwd=x")
        account = AccountId(f"{service}:ada@example.org")
        calendar = Calendar(id="work", name="Work", primary=True)
        known = Account(id=account, service=service, name="ada@example.org").with_calendars((calendar,))
        settings.change(partial(Kept.with_account, account=known))
        meeting = Meeting(
            account=account,
            calendar_id="work",
            uid="review",
            title=f"Review at {service}",
            when=Timed(now, now + timedelta(minutes=45)),
            finding=find(fields),
            location=fields.location,
        )
        store.replace_window(account, "work", Timed(now - timedelta(days=1), now + timedelta(days=1)), [meeting])
        with store.staging(account) as staging:
            person = Contact(account=account, uid="one", name="Phạm Thu Hà", emails=(Email("ha@example.org"),))
            staging.add(ContactPage(changed=[person], next_cursor="kept"))
            staging.commit()
    store.close()
    return sorted(f"{service}:ada@example.org" for service in Service)


def test_with_every_service_connected_no_library_of_a_service_is_loaded_before_the_first_paint(tmp_path: Path) -> None:
    accounts = fill(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", START],
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "ZOOMCAL_PROFILE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["shown"] == accounts
    loaded = {name.partition(".")[0] for name in said["loaded"]}
    packages = set(packages_distributions())
    assert packages >= {"PySide6", "exchangelib", "google", "keyring", "lxml", "msal", "requests"}
    assert (loaded & packages) - {"zoomcal", "ui", "resources"} == {"PySide6", "shiboken6"}
    assert not loaded & HEAVY
