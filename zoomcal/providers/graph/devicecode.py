"""Signing in at Microsoft with a code on another device (RFC 8628).

https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-device-code
"""

from __future__ import annotations

from math import ceil
from threading import Event
from time import monotonic
from typing import Any

from zoomcal.endpoints import Endpoints
from zoomcal.errors import Cancelled, Offline, Refused, SignInCancelled, SignInError, Throttled, Transient
from zoomcal.joinlink.opening import Purpose, check
from zoomcal.providers.answers import text
from zoomcal.providers.graph.refusals import expired, sign_in_refusal
from zoomcal.providers.graph.signin import GraphSignIn
from zoomcal.providers.graph.tokens import understood

_STILL = {"authorization_pending", "slow_down"}
_POLL_S = 0.05
_LONGEST_S = 60
_LONGEST_CODE = 64


class DeviceCodeSignIn(GraphSignIn):
    """A sign-in with a code that the person types in elsewhere.

    Args:
        endpoints: Where Microsoft is, and our client there.
        options: As `GraphSignIn` takes them.

    Raises:
        NotConfigured: There is no client id, or Microsoft does not know it.
        SignInError: What Microsoft gave can neither be shown nor opened.
        BlockedByPolicy: The organisation, or the registration, does not allow codes.
        ProviderError: As in `zoomcal.errors`.
    """

    def __init__(self, endpoints: Endpoints, **options: Any) -> None:
        super().__init__(endpoints, **options)
        self._flow = self._begun(self._initiated)
        self._flow["interval"] = max(self._flow["interval"], 1)

    @property
    def url(self) -> str:
        """The page on which the code is typed in."""
        return _page(self._flow)

    @property
    def user_code(self) -> str:
        """The code."""
        return text(self._flow.get("user_code"))

    def _initiated(self) -> dict[str, Any]:
        with understood():
            flow = self._app.initiate_device_flow(list(self._scopes), claims_challenge=self._claims or None)
        code, page = text(flow.get("user_code")), _page(flow)
        if not code or not page:
            raise sign_in_refusal(flow, self._office365)
        if not (len(code) <= _LONGEST_CODE and code.isprintable()):
            raise SignInError(detail="the code cannot be shown")
        try:
            check(page, Purpose.CONSENT)
        except Refused:
            raise SignInError(detail="the address for the code cannot be opened") from None
        return flow

    def _answer(self, cancel: Event, timeout_s: float) -> dict[str, Any]:
        """Ask, as often as Microsoft likes to be asked, whether the code has been typed in.

        Raises:
            SignInCancelled: `cancel` was set, or the sign-in closed.
            SignInTimedOut: The code has expired, or nobody typed it in for that long.
        """
        deadline = monotonic() + min(timeout_s, float(self._flow["expires_in"]))
        while True:
            self._pause(cancel, deadline)
            answer = self._asked()
            if answer.get("error") not in _STILL:
                return answer

    def _asked(self) -> dict[str, Any]:
        try:
            with understood():
                return self._app.acquire_token_by_device_flow(
                    self._flow, claims_challenge=self._claims or None, exit_condition=lambda _: True
                )
        except (Offline, Throttled, Transient) as error:
            wait_s = error.retry_after_s if isinstance(error, Throttled) else 0.0
            self._flow["interval"] = max(min(self._flow["interval"] * 2, _LONGEST_S), ceil(wait_s))  # RFC 8628, 3.5
            return {"error": "authorization_pending"}

    def _pause(self, cancel: Event, deadline: float) -> None:
        asking = monotonic() + self._flow["interval"]
        while (left_s := asking - monotonic()) > 0 or cancel.is_set():
            if cancel.wait(min(left_s, _POLL_S)):
                raise SignInCancelled
            if self._line.closed.is_set():
                raise Cancelled
            if monotonic() >= deadline:
                raise expired()


def _page(flow: dict[str, Any]) -> str:
    return text(flow.get("verification_uri")) or text(flow.get("verification_url"))
