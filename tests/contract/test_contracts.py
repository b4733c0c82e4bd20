"""Where the published contracts are absent, nothing counts as held against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import contracts
from tests.contract import ews_recorder
from tests.contract.sandbox_exchange.client import soap

MESSAGE = soap(
    "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
    '<t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>'
)


def test_a_message_counts_as_held_against_the_schemas_only_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    contracts.taken()
    if ews_recorder.at_hand():
        assert ews_recorder.problems(MESSAGE) == []
        assert contracts.taken() == ({"EWS schemas, exchange2016": 1}, {})
    monkeypatch.setenv("ZOOMCAL_SHARED", str(tmp_path))
    assert ews_recorder.problems(MESSAGE) == []
    assert contracts.taken() == ({}, {"EWS schemas are absent": 1})
