"""The terminal's edges: arguments, exit statuses, what goes where."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from zoomcal import cli


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


@pytest.mark.parametrize("words", [["--nonsense"], ["agenda", "--date", "soon"], ["connect", "myspace"], ["fly"]])
def test_wrong_usage_ends_with_two_and_says_nothing_on_standard_output(words: list[str], tmp_path: Path) -> None:
    done = zoomcal(*words, profile=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage" in done.stderr


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
