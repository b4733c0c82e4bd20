"""exchangelib, loaded without what it needs only to find servers and to colour its debug log."""

from __future__ import annotations

from zoomcal.providers.loading import loaded_when_called

_LATE = ("exchangelib.autodiscover", "pygments", "pygments.formatters.terminal", "pygments.lexers.html")
"""Neither is done here; together with dnspython they are 100 modules and 7 MB, a third of the whole."""


def load_exchangelib() -> None:
    """Import exchangelib; to be called before anything else imports it."""
    with loaded_when_called(*_LATE):
        import exchangelib  # noqa: F401 - loaded for what follows
