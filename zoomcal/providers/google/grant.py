"""What an account's secret holds, and the scopes that are asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Self

from zoomcal.providers.kept import opened

_PREFIX = "https://www.googleapis.com/auth/"
CALENDAR_SCOPES = (f"{_PREFIX}calendar.events", f"{_PREFIX}calendar.calendarlist.readonly")
CONTACTS_SCOPES = (f"{_PREFIX}contacts.readonly",)
ADDRESS_SCOPE = f"{_PREFIX}userinfo.email"
"""Tells whose account it is where the calendars may not be read: contacts alone do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What the vault keeps of a Google account; access tokens stay in memory."""

    refresh_token: str = field(repr=False)
    fingerprint: str
    """Of the endpoints that issued the token."""
    scopes: tuple[str, ...]
    """Those granted."""

    def dumps(self) -> str:
        """Return the text for the vault."""
        return json.dumps(
            {"refresh_token": self.refresh_token, "endpoints": self.fingerprint, "scopes": list(self.scopes)}
        )

    @classmethod
    def loads(cls, text: str, fingerprint: str) -> Self:
        """Return the secret that `text` holds.

        Raises:
            NeedsReauth: It is damaged, or endpoints other than those of `fingerprint` issued it.
        """
        return opened(
            text,
            fingerprint,
            lambda kept: cls(
                refresh_token=str(kept["refresh_token"]), fingerprint=kept["endpoints"], scopes=tuple(kept["scopes"])
            ),
        )
