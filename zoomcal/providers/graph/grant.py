"""What an account's secret holds, and the scopes that are asked for.

Short names stand for Microsoft Graph's scopes in the national clouds too:
https://learn.microsoft.com/en-us/graph/sdks/national-clouds
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Self

from zoomcal.domain.meetings import AccountId
from zoomcal.providers.kept import opened

CALENDAR_SCOPE = "Calendars.ReadWrite"
CONTACTS_SCOPE = "Contacts.Read"
ADDRESS_SCOPE = "User.Read"
"""Tells whose account it is."""

CHALLENGES: dict[AccountId, str] = {}
"""What Microsoft wants of an account's next sign-in (JSON, no secret): kept while the program runs.

https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What the vault keeps of an Office 365 account; access tokens stay in memory."""

    refresh_token: str = field(repr=False)
    home: str
    """Microsoft's own id of the account (`home_account_id`), by which renewals are routed; may be empty."""
    fingerprint: str
    """Of the endpoints that issued the token."""
    scopes: tuple[str, ...]
    """Those granted, by their short names."""

    def dumps(self) -> str:
        """Return the text for the vault."""
        return json.dumps(
            {
                "refresh_token": self.refresh_token,
                "home": self.home,
                "endpoints": self.fingerprint,
                "scopes": list(self.scopes),
            }
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
                refresh_token=str(kept["refresh_token"]),
                home=str(kept["home"]),
                fingerprint=kept["endpoints"],
                scopes=tuple(kept["scopes"]),
            ),
        )


def usable_claims(said: object) -> str:
    """Return demanded claims if they are what a sign-in can be asked with, an object in JSON; else nothing."""
    try:
        return said if isinstance(said, str) and isinstance(json.loads(said), dict) else ""
    except (ValueError, RecursionError):
        return ""


def granted(said: object, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of the scopes in `wanted` were granted.

    Args:
        said: The token answer's `scope`; names may be short or whole addresses, in any case. Without it all were
            granted (RFC 6749, 5.1).
        wanted: Short names.
    """
    if said is None:
        return wanted
    names = said.split() if isinstance(said, str) else said if isinstance(said, list | tuple) else ()
    short = {str(name).rpartition("/")[2].lower() for name in names}
    return tuple(scope for scope in wanted if scope.lower() in short)
