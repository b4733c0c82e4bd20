from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP
from tzlocal.windows_tz import win_tz

from zoomcal.providers.zones import iana, zone_of

OF_OLD = {
    "Armenian Standard Time",
    "Kamchatka Standard Time",
    "Mexico Standard Time",
    "Mexico Standard Time 2",
    "Mid-Atlantic Standard Time",
}


@pytest.mark.parametrize("around", ["{}", " {} \n", "{}\t"])
@pytest.mark.parametrize("case", [str, str.lower, str.upper])
def test_every_zone_of_windows_has_its_place_however_it_is_written(around: str, case: type[str]) -> None:
    names = {*win_tz, *MS_TIMEZONE_TO_IANA_MAP, *OF_OLD}
    assert {name for name in names if not iana(around.format(case(name)))} == set()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("SE Asia Standard Time", "Asia/Bangkok"),
        ("W.  Europe Standard Time", "Europe/Berlin"),
        ("Alberta Standard Time", "America/Edmonton"),
        ("utc", "UTC"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Coordinated Universal Time", "UTC"),
        ("Europe/Zurich", "Europe/Zurich"),
        ("europe/berlin", "Europe/Berlin"),
        ("tzone://Microsoft/Custom", ""),
        ("Customized", ""),
        ("/Europe/CUSTOM", ""),
        ("../../etc/passwd", ""),
        ("zone.tab", ""),
        ("localtime", ""),
        ("posixrules", ""),
        ("posix/Europe/Berlin", ""),
        ("right/Europe/Berlin", ""),
        ("Factory", ""),
        (".", ""),
        ("", ""),
    ],
)
def test_a_zone_gets_its_iana_name_or_none(name: str, known: str) -> None:
    assert iana(name) == known


def test_a_zone_is_had_by_either_name() -> None:
    assert zone_of("UTC") is UTC
    assert zone_of("Manitoba Standard Time") == ZoneInfo("America/Winnipeg")
    with pytest.raises(ValueError, match="unknown"):
        zone_of("Nowhere")
