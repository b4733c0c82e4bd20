from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zoomcal.endpoints import Endpoints, GoogleEndpoints, load_endpoints
from zoomcal.errors import SettingsError


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_text("not looked into", encoding="ascii")
    return path


def test_nothing_said_means_googles_own_addresses_and_no_client() -> None:
    google = load_endpoints({}, {}, environ={}).google
    assert google == GoogleEndpoints()
    assert (google.server, google.client_id) == ("", "")
    assert google.token_url == "https://oauth2.googleapis.com/token"


def test_policy_beats_the_file_and_the_file_beats_the_settings_key_by_key(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.toml"
    file.write_text('[google]\nclient_id = "file"\npeople_url = "https://people.example/v1/"\n', encoding="utf-8")
    settings = {"google": {"client_id": "settings", "client_secret": "kept", "calendar_url": "https://s.example/"}}
    policy = {"google": {"client_id": "policy"}}
    google = load_endpoints(policy, settings, file, {}).google
    assert (google.client_id, google.client_secret) == ("policy", "kept")
    assert (google.people_url, google.calendar_url) == ("https://people.example/v1", "https://s.example")


def test_the_command_line_beats_the_environments_file(tmp_path: Path, ca_file: Path) -> None:
    named, given = tmp_path / "environment.toml", tmp_path / "given.toml"
    named.write_text('ca_file = "ca.pem"\n[google]\nclient_id = "environment"\n', encoding="utf-8")
    given.write_text('[google]\nclient_id = "given"\n', encoding="utf-8")
    environ = {"ZOOMCAL_ENDPOINTS": str(named)}
    from_environment = load_endpoints({}, {}, environ=environ)
    assert (from_environment.google.client_id, from_environment.ca_file) == ("environment", ca_file)
    assert load_endpoints({}, {}, given, environ).google.client_id == "given"


@pytest.mark.parametrize(
    "given",
    [
        {"gogle": {}},
        {"google": {"client": "x"}},
        {"google": "text"},
        {"google": {"client_id": 7}},
        {"google": {"calendar_url": "http://calendar.example/v3"}},
        {"google": {"calendar_url": "ftp://127.0.0.1/v3"}},
        {"google": {"calendar_url": "https://person@calendar.example/v3"}},
        {"google": {"calendar_url": "https://calendar.example/v3?key=1"}},
        {"google": {"calendar_url": "https://calendar.example/v3#part"}},
        {"google": {"calendar_url": "https:///v3"}},
        {"google": {"calendar_url": "https://calendar.example:port/v3"}},
        {"google": {"calendar_url": "https://calendar.example\\@evil.example"}},
        {"google": {"calendar_url": "https://calendar.example/ v3"}},
        {"google": {"calendar_url": "https://ca\u200blendar.example"}},
        {"google": {"calendar_url": "http://127.0.0.1.evil.example/v3"}},
        {"google": {"token_url": "http://127.0.0.1:8000/token"}},
        {"google": {"revoke_url": "http://localhost:8000/revoke"}},
        {"office365": {"authority": "http://127.0.0.1:8000/common"}},
        {"office365": {"graph_url": "http://graph.example/v1.0"}},
        {"office365": {"cloud": "moon"}},
        {"office365": {"client_secret": "x"}},
        {"exchange": {"url": "http://127.0.0.1:8000/EWS/Exchange.asmx"}},
        {"exchange": {"url": "https://me:pw@mail.example/EWS/Exchange.asmx"}},
        {"exchange": {"url": "https://outlook.office365.com/EWS/Exchange.asmx"}},
        {"exchange": {"hosts": "mail.{domain}/path"}},
        {"exchange": {"hosts": "{account}"}},
        {"exchange": "mail.example"},
        {"ca_file": "/nowhere/ca.pem"},
        {"ca_file": 1},
    ],
)
def test_what_is_unknown_or_not_safe_is_refused_in_a_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        Endpoints.from_mapping(given)
    assert caught.value.sentence != SettingsError.default


@pytest.mark.parametrize("content", ["[google", "\xff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"broken\.toml"):
        load_endpoints({}, {}, file, {})
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load_endpoints({}, {}, tmp_path / "absent.toml", {})


def test_plain_http_is_for_this_machine_alone_and_its_host_is_shown() -> None:
    for host in ("127.0.0.1:8443", "[::1]:8443", "localhost:8443"):
        endpoints = Endpoints.from_mapping({"google": {"calendar_url": f"http://{host}/google/calendar/v3"}})
        assert endpoints.google.server == host


@pytest.mark.parametrize(
    ("given", "authority", "graph", "server"),
    [
        ({}, "https://login.microsoftonline.com/common", "https://graph.microsoft.com/v1.0", ""),
        (
            {"cloud": "us-government"},
            "https://login.microsoftonline.us/organizations",
            "https://graph.microsoft.us/v1.0",
            "login.microsoftonline.us",
        ),
        (
            {"authority": "https://login.microsoftonline.com/saomai.example/"},
            "https://login.microsoftonline.com/saomai.example",
            "https://graph.microsoft.com/v1.0",
            "",
        ),
        (
            {"graph_url": "https://graph.example/v1.0"},
            "https://login.microsoftonline.com/common",
            "https://graph.example/v1.0",
            "graph.example",
        ),
    ],
)
def test_microsofts_cloud_names_its_addresses_and_what_is_given_beats_it(
    given: dict[str, str], authority: str, graph: str, server: str
) -> None:
    microsoft = Endpoints.from_mapping({"office365": given}).office365
    assert (microsoft.authority, microsoft.graph_url, microsoft.server) == (authority, graph, server)


@pytest.mark.parametrize("part", ["authorize_url", "token_url", "revoke_url", "calendar_url", "people_url"])
def test_a_foreign_host_is_shown_wherever_it_stands(part: str) -> None:
    google = Endpoints.from_mapping({"google": {part: "https://www.googleapis.com.evil.example/x"}}).google
    assert google.server == "www.googleapis.com.evil.example"


def test_an_account_is_bound_to_every_address_and_to_the_client_but_not_to_its_secret() -> None:
    fingerprint = GoogleEndpoints(client_id="one").fingerprint()
    others = [
        GoogleEndpoints(client_id="two"),
        GoogleEndpoints(client_id="one", token_url="https://other.example/token"),
        GoogleEndpoints(client_id="one", calendar_url="https://other.example/v3"),
        GoogleEndpoints(client_id="one", people_url="https://other.example/v1"),
    ]
    assert len({fingerprint, *(other.fingerprint() for other in others)}) == 5
    assert GoogleEndpoints(client_id="one", client_secret="new").fingerprint() == fingerprint


def test_a_clients_secret_stays_out_of_reprs() -> None:
    assert "hush" not in repr(Endpoints(google=GoogleEndpoints(client_secret="hush")))
