"""A text about the program's state that may be posted in public (SPEC S-2)."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from zoomcal import __version__
from zoomcal.logs import redacted
from zoomcal.secrets import Vault
from zoomcal.settings import Settings

if TYPE_CHECKING:
    from zoomcal.accounts import AccountView

_LOG_LINES = 60


def describe(accounts: Iterable[AccountView], settings: Settings, vault: Vault, log: Path) -> str:
    """Return versions, settings, each account's health without its name, and the end of the redacted log."""
    keychain = "persistent or not asked yet" if vault.persistent else "this session only"
    lines = [
        f"ZoomCal {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"language {settings.language or 'system'}, theme {settings.theme or 'system'}",
        f"Zoom meetings only {settings.zoom_only}, declined shown {settings.show_declined}",
        f"keychain {keychain}, frozen {hasattr(sys, 'frozen')}",
    ]
    for number, account in enumerate(accounts, start=1):
        health = account.health
        lines.append(
            f"account {number}: {account.service}, calendar {account.calendar}, contacts {account.contacts}, "
            f"{sum(c.shown for c in account.calendars)} of {len(account.calendars)} calendars, "
            f"{account.contact_count} contacts, {health.kind}, last sync {health.last_sync}, {redacted(health.detail)}"
        )
    if log.exists():
        lines += ["", *log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]]
    return redacted("\n".join(lines)) + "\n"
