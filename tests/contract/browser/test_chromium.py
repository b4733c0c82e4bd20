"""What the other tests here rest on: Chromium trusts nobody unasked, and tells the public network from this machine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from tests.chromium import chromium
from zoomcal.endpoints import Endpoints
from zoomcal.sandbox import Sandbox


def test_a_page_behind_an_unknown_authority_is_not_shown(tmp_path: Path, endpoints: Endpoints) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    with chromium(tmp_path, stranger) as browser:
        browser.open(endpoints.google.authorize_url)
        browser.wait_for("ERR_CERT_AUTHORITY_INVALID")


@pytest.mark.parametrize("public", [True, False])
def test_only_a_page_of_the_public_network_is_kept_from_asking_this_machine(
    tmp_path: Path, sandbox: Sandbox, endpoints: Endpoints, public: bool
) -> None:
    page = endpoints.google.authorize_url
    servers = [urlsplit(page).netloc] if public else []
    with chromium(tmp_path, Path(sandbox.endpoints["ca_file"]), public=servers) as browser:
        browser.open(page)
        assert browser.reaches(sandbox.endpoints["opened_url"]) == (not public)
