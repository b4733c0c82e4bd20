"""Signing in on another device with a code (RFC 8628), in Entra's words.

Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-device-code.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from zoomcal.sandbox.microsoft.problems import Refusal, Refused
from zoomcal.sandbox.microsoft.tokens import Authorization, Grant, Tokens

Json = dict[str, Any]
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PATIENCE = 0.5
"""Entra's own measure is not told: polling in less than this part of the interval is too fast."""


@dataclass(kw_only=True, eq=False)
class _Device:
    asked: Authorization
    user_code: str
    expires: datetime
    polled_s: float = float("-inf")
    grant: Grant | None = None
    refused: bool = False
    redeemed: bool = False


@dataclass(kw_only=True)
class Devices:
    """The device codes in circulation."""

    tokens: Tokens
    interval_s: int = 1
    """How often a program may ask; Entra says 5."""
    life: timedelta = timedelta(minutes=15)
    _devices: dict[str, _Device] = field(default_factory=dict)

    def begin(self, asked: Authorization, page_url: str) -> Json:
        """Return a new device code and the user code to enter at `page_url`."""
        issued = self.tokens.issued
        code = issued.token(secrets.token_urlsafe(150))
        user_code = issued.token("".join(secrets.choice(_LETTERS) for _ in range(9)))
        self._devices[code] = _Device(asked=asked, user_code=user_code, expires=self.tokens.now() + self.life)
        return {
            "user_code": user_code,
            "device_code": code,
            "verification_uri": page_url,
            "expires_in": int(self.life.total_seconds()),
            "interval": self.interval_s,
            "message": f"To sign in, open the page {page_url} and enter the code {user_code} to authenticate.",
        }

    def asked_with(self, user_code: str) -> Authorization | None:
        """Return what the program with that user code asks for; None where the code is wrong, old or answered."""
        wanted = user_code.strip().replace("-", "").upper()
        for device in self._devices.values():
            waiting = device.grant is None and not device.refused and device.expires > self.tokens.now()
            if device.user_code == wanted and waiting:
                return device.asked
        return None

    def decide(self, asked: Authorization, grant: Grant | None) -> None:
        """Take the decision on what `asked_with` returned; no grant is a refusal."""
        for device in self._devices.values():
            if device.asked is asked:
                device.grant, device.refused = grant, grant is None

    def exchange(self, form: Mapping[str, str], issuer: str) -> Json:
        """Turn a device code into tokens (RFC 8628 section 3.5).

        Raises:
            Refused: It is not decided yet, or refused, old, used or none.
        """
        device = self._devices.get(form.get("device_code", ""))
        if device is None or device.redeemed or device.asked.client_id != form.get("client_id"):
            text = "The verification code was not found or was redeemed already."
            raise Refused(Refusal("bad_verification_code", 70018, text))
        if device.expires <= self.tokens.now():
            raise Refused(Refusal("expired_token", 70020, "The provided value for 'device_code' has expired."))
        before, device.polled_s = device.polled_s, time.monotonic()
        if device.refused:
            text = "The end user denied the authorization request."
            raise Refused(Refusal("authorization_declined", 70017, text))
        if device.grant is None:
            if device.polled_s - before < self.interval_s * _PATIENCE:
                raise Refused(Refusal("slow_down", 70016, "The program asks too often."))
            text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling."
            raise Refused(Refusal("authorization_pending", 70016, text))
        device.redeemed = True
        return self.tokens.first(device.asked, device.grant, form, issuer)
