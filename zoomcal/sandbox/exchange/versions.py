"""The versions of Exchange: what a request may ask for, and what a server says that it is."""

from __future__ import annotations

from dataclasses import dataclass

_ORDER = (
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
)
RANKS = {name: rank for rank, name in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True)
class Build:
    """A server's version."""

    version: str
    """The newest version that it lets a request ask for."""
    numbers: tuple[int, int, int, int]
    label: str
    """How it names its schema; empty where it does not."""

    @property
    def rank(self) -> int:
        """Where it stands among the versions."""
        return RANKS[self.version]

    @property
    def attributes(self) -> str:
        """The attributes of the ServerVersionInfo header."""
        names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
        said = " ".join(f'{name}="{number}"' for name, number in zip(names, self.numbers, strict=True))
        return f'{said} Version="{self.label}"' if self.label else said


BUILDS = {
    build.version: build
    for build in (
        Build("Exchange2007_SP1", (8, 3, 83, 6), ""),
        Build("Exchange2010", (14, 0, 722, 0), "Exchange2010"),
        Build("Exchange2010_SP1", (14, 1, 438, 0), "Exchange2010_SP1"),
        Build("Exchange2010_SP2", (14, 3, 513, 0), "Exchange2010_SP2"),
        Build("Exchange2013", (15, 0, 712, 24), "Exchange2013"),
        Build("Exchange2013_SP1", (15, 0, 1497, 48), "V2_23"),
        Build("Exchange2016", (15, 1, 2507, 55), "V2017_07_11"),
    )
}


def rank(version: str) -> int | None:
    """Return where a version stands among those a request may ask for; None for none of them."""
    return RANKS.get(version)
