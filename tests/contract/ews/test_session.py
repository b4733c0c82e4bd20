from __future__ import annotations

import pytest

from tests.contract.ews.stage import EwsStage
from tests.contract.provider_contract import Contract


class TestExchange(Contract):
    @pytest.fixture
    def stage(self, ews: EwsStage) -> EwsStage:
        return ews
