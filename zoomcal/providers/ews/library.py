"""exchangelib, loaded without what it needs only to find servers, to colour its debug log, or for coroutines."""

from __future__ import annotations

from zoomcal.providers.loading import loaded_when_called

_LATE = ("exchangelib.autodiscover", "pygments", "pygments.formatters.terminal", "pygments.lexers.html", "asyncio")
"""None is done here; with dnspython they are 130 modules and 8 MB, more than a third of the whole."""


def load_exchangelib() -> None:
    """Import exchangelib; to be called before anything else imports it."""
    with loaded_when_called(*_LATE):
        import exchangelib  # noqa: F401 - loaded for what follows
