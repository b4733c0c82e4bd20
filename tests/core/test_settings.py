from __future__ import annotations

import json
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import load_endpoints
from zoomcal.policy import Policy, read_policy
from zoomcal.providers.base import Calendar
from zoomcal.settings import Account, Kept, Settings, SettingsFile

LAN = Account(id=AccountId("google:lan@saomai.example"), service=Service.GOOGLE, name="lan@saomai.example")
WORK = Calendar(id="work", name="Work", colour="#3f6bb0", primary=True)
TEAM = Calendar(id="team", name="Team", colour="#50905c", selected=False, owned=False)


def test_what_is_saved_is_read_by_another_process_at_once(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    here, elsewhere = SettingsFile(path), SettingsFile(path)
    assert elsewhere.read() == Kept()
    here.change(lambda kept: replace(kept.with_account(LAN), settings=Settings(zoom_only=True)))
    assert elsewhere.read() == here.read()
    assert elsewhere.read().account(LAN.id) == LAN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_lock_is_the_persons_alone(tmp_path: Path) -> None:
    modes: list[int] = []

    def look(kept: Kept) -> Kept:
        modes.append(stat.S_IMODE((tmp_path / "settings.lock").stat().st_mode))
        return kept

    SettingsFile(tmp_path / "settings.json").change(look)
    assert modes == [0o600]


def test_changes_from_many_sides_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"

    def connect(number: int) -> None:
        account = replace(LAN, id=AccountId(f"google:{number}"))
        SettingsFile(path).change(lambda kept: kept.with_account(account))

    threads = [threading.Thread(target=connect, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(SettingsFile(path).read().accounts) == 12


def test_an_unreadable_file_is_set_aside_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"settings": {"zoom_only": tru')
    file = SettingsFile(path)
    assert file.read() == Kept()
    assert file.set_aside is not None
    assert file.set_aside.read_text().endswith("tru")


@pytest.mark.parametrize(
    "damaged",
    [
        '{"settings": {"zoom_only": "x"}}',
        '{"settings": {"language": 5}}',
        '{"settings": null}',
        '{"accounts": {}}',
        '{"accounts": [{"id": 5, "service": "google", "name": "Lan"}]}',
        '{"accounts": [{"id": "a", "service": "google", "name": "Lan", "contacts": 1}]}',
        '{"accounts": [{"id": "a", "service": "google", "name": "Lan", "calendars": "x"}]}',
        '{"clients": {"google": {"client_id": 7}}}',
        "[]",
        "[" * 200_000,
    ],
    ids=range(10),
)
def test_a_value_of_the_wrong_type_is_damage(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(damaged)
    file = SettingsFile(path)
    assert file.read() == Kept()
    assert file.set_aside is not None
    assert file.set_aside.read_text() == damaged


def test_a_newer_programs_settings_are_read_as_far_as_they_are_known(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"settings": {"zoom_only": True, "orbit": "low"}, "more": 1}))
    assert SettingsFile(path).read().settings == Settings(zoom_only=True)


def test_what_the_person_chose_of_the_calendars_survives_a_sync() -> None:
    account = LAN.with_calendars((WORK, TEAM))
    assert [(c.id, c.colour, c.shown) for c in account.calendars] == [("work", "denim", True), ("team", "moss", False)]
    chosen = account.with_shown("work", shown=False).with_shown("team", shown=True)
    renamed = replace(TEAM, name="The team")
    again = chosen.with_calendars((renamed,))
    assert [(c.id, c.name, c.shown) for c in again.calendars] == [("team", "The team", True)]


def test_calendars_without_a_colour_get_free_ones_and_keep_them() -> None:
    plain = tuple(Calendar(id=str(number), name="Calendar") for number in range(3))
    account = LAN.with_calendars((*plain, TEAM), taken={"denim", "lagoon"})
    colours = [calendar.colour for calendar in account.calendars]
    assert colours == ["plum", "ochre", "rose", "moss"]
    later = account.with_calendars(plain[::-1], taken={"plum"})
    assert [calendar.colour for calendar in later.calendars] == ["rose", "ochre", "plum"]


def test_a_policy_that_anyone_may_write_does_not_count(tmp_path: Path) -> None:
    folder = tmp_path / "zoomcal"
    folder.mkdir(mode=0o755)
    path = folder / "policy.toml"
    path.write_text("contacts = false\n")
    path.chmod(0o666)
    assert read_policy(path) == Policy()
    assert read_policy(folder / "absent.toml") == Policy()


def test_an_administrators_certificate_is_looked_for_beside_the_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zoomcal.policy._is_administrators", lambda _: True)
    folder = tmp_path / "zoomcal"
    folder.mkdir()
    (folder / "ca.pem").write_text("not looked into")
    (folder / "policy.toml").write_text('contacts = false\nca_file = "ca.pem"\n[google]\nclient_id = "ours"\n')
    policy = read_policy(folder / "policy.toml")
    endpoints = load_endpoints(policy.endpoints, {}, environ={})
    assert (policy.contacts, endpoints.google.client_id) == (False, "ours")
    assert endpoints.ca_file == folder / "ca.pem"
