"""Everything secret that a sandbox ever handed out, so that a test can look for leaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Issued:
    """What must never stand in a log, a crash report or a diagnostic; iterating gives all of it."""

    tokens: set[str] = field(default_factory=set)
    """Codes, access and refresh tokens."""
    passcodes: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    """Join links with their query, as they stand in the events."""

    def token(self, value: str) -> str:
        """Remember a token or code and return it."""
        self.tokens.add(value)
        return value

    def link(self, url: str, passcode: str = "") -> str:
        """Remember a join link and its passcode and return the link."""
        self.links.add(url)
        if passcode:
            self.passcodes.add(passcode)
        return url

    def __iter__(self) -> Iterator[str]:
        yield from self.tokens
        yield from self.passcodes
        yield from self.links

    def __contains__(self, value: str) -> bool:
        return value in self.tokens or value in self.passcodes or value in self.links
