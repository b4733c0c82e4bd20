from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.ews_recorder import Recorder, recording
from tests.contract.sandbox_exchange.client import a_user, signed_in
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.mailbox import Calendar


@pytest.fixture
def messages(sandbox: Sandbox) -> Iterator[Recorder]:
    """Everything said is held against Microsoft's schemas at the end; for tests that say nothing against them."""
    with recording(sandbox) as recorder:
        yield recorder


@pytest.fixture
def ana(sandbox: Sandbox) -> User:
    """Somebody with an empty mailbox."""
    return a_user(sandbox)


@pytest.fixture
def calendar(ana: User) -> Calendar:
    """Her calendar."""
    return ana.mailbox.calendar


@pytest.fixture
def account(sandbox: Sandbox, ana: User) -> Iterator[Any]:
    """Her account as exchangelib sees it."""
    with signed_in(sandbox, ana) as found:
        yield found


@pytest.fixture
def url(sandbox: Sandbox) -> str:
    """Where EWS is."""
    found: str = sandbox.endpoints["exchange"]["url"]
    return found
