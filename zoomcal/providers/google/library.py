"""google-auth, loaded without what it needs only where programs are asynchronous."""

from __future__ import annotations

from zoomcal.providers.loading import loaded_when_called


def load_google_auth() -> None:
    """Import google-auth; to be called before anything else imports it. asyncio is 29 modules and 1.6 MB."""
    with loaded_when_called("asyncio"):
        import google.auth.transport.requests
        import google.oauth2.credentials  # noqa: F401 - loaded for what follows
