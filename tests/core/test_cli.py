"""The terminal's edges: arguments, exit statuses, what goes where."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from zoomcal import cli
from zoomcal.app import AccountView
from zoomcal.catalogue import Catalogue, sentence
from zoomcal.domain.agenda import make_agenda
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.sync.health import Health, HealthKind
from zoomcal.terminal import accounts_json, accounts_text, agenda_text


def zoomcal(*words: str, profile: Path, given: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zoomcal", "--profile", str(profile), *words],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(cli.__file__).parents[1]), "LANG": "C.UTF-8", **env},
    )


def test_a_start_without_arguments_is_understood_as_the_parser_would() -> None:
    assert vars(cli.parse([])) == vars(cli._options().parse_known_args([], cli.Options(command=None))[0])


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["agenda", "--date", "soon"],
        ["agenda", "--date", "9999-12-31"],
        ["connect", "myspace"],
        ["connect", "google", "--no-calendar", "--no-contacts"],
        ["connect", "google", "--timeout", "nan"],
        ["connect", "google", "--timeout", "-1"],
        ["fly"],
    ],
)
def test_wrong_usage_ends_with_two_and_says_nothing_on_standard_output(words: list[str], tmp_path: Path) -> None:
    done = zoomcal(*words, profile=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("connect", "google", "--timeout", "0"), "“0” is no number of seconds above 0"),
        (("agenda", "--date", "abc"), "“abc” is no day, such as 2026-11-30"),
    ],
)
def test_a_value_that_cannot_be_used_is_said_in_words(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    assert zoomcal(*words, profile=tmp_path).stderr.splitlines()[-1].endswith(f": {said}")


def test_a_failure_ends_with_one_and_a_sentence(tmp_path: Path) -> None:
    done = zoomcal("sync", "google:nobody@example.org", profile=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "No account has the id google:nobody@example.org.\n"


def test_a_sentence_is_in_the_persons_language(tmp_path: Path) -> None:
    done = zoomcal("agenda", profile=tmp_path, LANG="vi_VN.UTF-8")
    assert "Hôm nay không còn cuộc họp" in done.stdout


def test_an_empty_profile_has_an_empty_agenda_and_no_accounts(tmp_path: Path) -> None:
    assert json.loads(zoomcal("agenda", "--json", profile=tmp_path).stdout) == []
    assert json.loads(zoomcal("accounts", "--json", profile=tmp_path).stdout) == []


def test_links_answers_every_line_in_order_and_fails_only_for_the_bad_one(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": 1, "fields": {"location": "https://us02web.zoom.us/j/81234567890?pwd=a.1"}}),
        "no json",
        json.dumps({"id": "last", "fields": {"description": None}}),
    ]
    done = zoomcal("links", profile=tmp_path, given="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, None, "last"]
    assert [answer["is_zoom"] for answer in answers] == [True, False, False]
    assert done.returncode == 1
    assert "2" in done.stderr


def test_endpoints_that_cannot_be_used_are_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.toml"
    file.write_text('[google]\ntoken_url = "http://evil.example/token"\n')
    done = zoomcal("--endpoints", str(file), "connect", "google", profile=tmp_path / "profile")
    assert done.returncode == 1
    assert "token_url" in done.stderr


def test_the_demo_answers_at_the_time_it_is_told(tmp_path: Path) -> None:
    done = zoomcal("--demo", "agenda", "--json", profile=tmp_path, ZOOMCAL_NOW="2026-03-29T01:30:00+00:00", TZ="UTC")
    rows = json.loads(done.stdout)
    assert done.returncode == 0
    assert len(rows) >= 8
    assert {row["status"] for row in rows} == {"now", "next", "later"}
    assert all(row["end"] > "2026-03-29T01:30" for row in rows)
    assert not any("pwd=" in (row["join_url"] or "") or "passcode" in row for row in rows)
    assert not list(tmp_path.rglob("*.pem"))


def test_standard_output_is_utf8_whatever_the_system_would_take(tmp_path: Path) -> None:
    done = zoomcal("agenda", profile=tmp_path, LANG="vi_VN.UTF-8", PYTHONIOENCODING="cp1252", PYTHONUTF8="1")
    assert (done.returncode, "Hôm nay không còn cuộc họp" in done.stdout) == (0, True)


def test_the_demo_runs_where_pipes_take_few_characters_and_keeps_its_files_private(tmp_path: Path) -> None:
    profile = tmp_path / "new" / "profile"
    done = zoomcal("--demo", "agenda", "--json", profile=profile, PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)
    if os.name == "posix":
        modes = {path: path.stat().st_mode & 0o777 for path in (profile, profile / "logs", profile / "demo.json")}
        assert list(modes.values()) == [0o700, 0o700, 0o600]


@pytest.mark.parametrize("note", ["[]", '{"address": 7}', '{"address": "file:///etc"}', '{"seed": 1, "address": []}'])
def test_a_note_of_another_shape_does_not_stop_the_demo(note: str, tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text(note)
    assert zoomcal("--demo", "accounts", profile=tmp_path).returncode == 0


def test_settings_that_were_set_aside_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    done = zoomcal("accounts", "--json", profile=tmp_path)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert "The settings could not be read." in done.stderr


def test_diagnostics_claim_nothing_of_a_keychain_that_was_not_asked(tmp_path: Path) -> None:
    assert "keychain persistent or not asked yet," in zoomcal("diagnostics", profile=tmp_path).stdout


def test_a_profile_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    profile = tmp_path / "file" / "profile"
    done = zoomcal("accounts", profile=profile)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"The profile {profile} cannot be used.\n"


def test_a_day_that_is_not_kept_is_said_to_be_unknown_and_a_kept_one_is_named(tmp_path: Path) -> None:
    far = zoomcal("agenda", "--date", "2031-05-06", profile=tmp_path)
    assert "nothing is known of 2031-05-06" in far.stderr
    assert far.stdout.startswith("Meetings of 2031-05-06\n")
    assert zoomcal("agenda", profile=tmp_path).stderr == ""


def test_the_heading_names_the_day_shown() -> None:
    now, day = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 3)
    text = agenda_text(make_agenda((), {}, now, UTC, day=day), UTC, Catalogue(), now, day)
    assert text == "Meetings of 2026-03-03\nNo meetings on 2026-03-03"


def test_nothing_from_a_service_reaches_the_terminal_as_a_command() -> None:
    account = AccountView(
        id=AccountId("google:\x1b[2Ja\u202eb\x9b"),
        service=Service.GOOGLE,
        name="\x1b\u202e\x9b\u2066é",
        server="",
        calendar=True,
        contacts=True,
        calendar_locked=False,
        contacts_locked=False,
        calendars=(),
        health=Health(kind=HealthKind.OFFLINE, sentence=sentence("{what} failed", what="\x1b]0;x\x07")),
    )
    written = accounts_json([account])
    for text in (written, accounts_text([account], Catalogue())):
        assert not set(text) & set("\x1b\x07\x9b\u202e\u2066")
    assert json.loads(written)[0]["name"] == account.name
    assert "é" in written


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the stream")
def test_links_without_an_input_fails_with_a_sentence() -> None:
    command = shlex.join([sys.executable, "-m", "zoomcal", "links"]) + " <&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(cli.__file__).parents[1],
    )
    assert (done.returncode, done.stderr) == (1, "Standard input and output must be open.\n")


def test_connecting_again_an_unknown_account_fails_before_the_browser(tmp_path: Path) -> None:
    done = zoomcal("connect", "google", "--again", "google:nobody", profile=tmp_path)
    assert (done.returncode, done.stderr) == (1, "No account has the id google:nobody.\n")


def test_without_a_browser_the_address_is_shown_and_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.toml"
    file.write_text('[google]\nclient_id = "a"\nclient_secret = "b"\n')
    done = zoomcal(
        *("--endpoints", str(file), "connect", "google", "--timeout", "0.2"), profile=tmp_path / "p", PATH="/nowhere"
    )
    lines = done.stderr.splitlines()
    assert lines[0].startswith("https://accounts.google.com/")
    assert "Open this address yourself." in lines
    assert "Finish signing in in your browser." in lines
    assert lines[-1] == "Nothing came back from the browser. Nothing was connected."
    assert done.returncode == 1


def test_connecting_again_asks_for_what_the_account_uses_unless_told(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.toml"
    file.write_text('[google]\nclient_id = "a"\nclient_secret = "b"\n')
    account = {"id": "google:a@example.org", "service": "google", "name": "a@example.org", "contacts": False}
    (tmp_path / "settings.json").write_text(json.dumps({"accounts": [{**account, "server": "", "calendar": True}]}))
    words = ("--endpoints", str(file), "connect", "google", "--timeout", "0.2", "--again", "google:a@example.org")
    asked = [zoomcal(*words, *more, profile=tmp_path, PATH="/nowhere").stderr for more in ((), ("--contacts",))]
    assert ["contacts" in said.splitlines()[0] for said in asked] == [False, True]
    assert all("calendar" in said.splitlines()[0] for said in asked)


def test_a_missing_keychain_is_told_of_after_the_work(tmp_path: Path) -> None:
    account = {"id": "google:a@example.org", "service": "google", "name": "a@example.org", "contacts": False}
    (tmp_path / "settings.json").write_text(json.dumps({"accounts": [{**account, "server": "", "calendar": True}]}))
    done = zoomcal("sync", profile=tmp_path, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    assert done.returncode == 1
    assert (
        done.stderr.splitlines()[-1] == "No keychain was found. What you sign in to here lasts for this command only."
    )
