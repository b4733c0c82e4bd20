from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoomcal.domain.agenda import sync_window
from zoomcal.localtime import local_zone

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
ZONES = ["Europe/Berlin", "Asia/Ho_Chi_Minh", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.fixture(autouse=True)
def _the_machines_own_zone_comes_back() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


@given(st.sampled_from(ZONES), moments)
def test_every_moment_reads_as_the_zones_own_rules_say(name: str, moment: datetime) -> None:
    os.environ["TZ"] = name
    here, there = moment.astimezone(local_zone()), moment.astimezone(ZoneInfo(name))
    assert here.replace(tzinfo=None) == there.replace(tzinfo=None)
    assert (here.fold, here.utcoffset()) == (there.fold, there.utcoffset())
    assert here.astimezone(UTC) == moment


@given(st.sampled_from(ZONES), moments)
def test_the_window_to_read_is_the_one_of_the_zones_own_midnights(name: str, moment: datetime) -> None:
    os.environ["TZ"] = name
    assert sync_window(moment, local_zone()) == sync_window(moment, ZoneInfo(name))


def test_a_change_of_zone_is_followed_without_a_restart() -> None:
    os.environ["TZ"] = "Europe/Berlin"
    assert WINTER.astimezone(local_zone()).hour == WINTER.astimezone().hour == 13
    os.environ["TZ"] = "Asia/Ho_Chi_Minh"
    assert WINTER.astimezone(local_zone()).hour == WINTER.astimezone().hour == 19
