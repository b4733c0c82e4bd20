from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zoomcal.localtime import local_zone, utc_now

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


def test_a_change_of_zone_is_followed_without_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    berlin = local_zone()
    assert [moment.astimezone(berlin).hour for moment in (WINTER, SUMMER)] == [13, 14]
    assert WINTER.astimezone().hour == 13
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    assert WINTER.astimezone(local_zone()).hour == 19
    assert WINTER.astimezone().hour == 19
    monkeypatch.undo()
    local_zone()


def test_a_zone_that_nobody_knows_reads_as_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Mars/Olympus_Mons")
    assert local_zone().utcoffset(utc_now()) == UTC.utcoffset(None)
    monkeypatch.undo()
    local_zone()
