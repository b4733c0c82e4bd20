"""How each account is doing, in one sentence with one button (SPEC G-4, M-11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from zoomcal.catalogue import Sentence
from zoomcal.domain.meetings import Service

SERVICE_NAMES: Mapping[Service, str] = {
    Service.GOOGLE: "Google",
    Service.OFFICE365: "Office 365",
    Service.EXCHANGE: "Exchange",
    Service.ZOOM: "Zoom",
}


class HealthKind(StrEnum):
    """What a health line looks like and which button it carries."""

    OK = "ok"
    SYNCING = "syncing"
    OFFLINE = "offline"
    """Grey, *Try again*."""
    FAILING = "failing"
    """Red, *Try now*."""
    NEEDS_CONSENT = "needs-consent"
    """Amber, *Continue*."""
    WAITING = "waiting"
    """Grey, no button: the service asked us to wait."""
    BLOCKED = "blocked"
    """Red, no button."""


class Health(NamedTuple):
    """One account's state in one sentence."""

    kind: HealthKind = HealthKind.OK
    sentence: Sentence | None = None
    """For the health line of the Meetings page, the account named in it; None when all is well."""
    cause: Sentence | None = None
    """For the account's own card: what happened and what comes next."""
    detail: str = ""
    """Technical detail, one click away."""
    last_sync: datetime | None = None
    """When its meetings were last read in full; aware, UTC."""
    retry_at: datetime | None = None
    """When it is tried again by itself; aware, UTC."""
