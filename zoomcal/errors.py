"""One error tree: what the world did wrong, in sentences fit to show.

Our own bugs reach the excepthook; `OwnFault` tells of one where somebody waits for an outcome. Which account an error
concerns is added by whoever shows it.
"""

from __future__ import annotations

from zoomcal.catalogue import Sentence, sentence


class ZoomCalError(Exception):
    """The world misbehaved, not the program.

    Attributes:
        sentence: What happened and what to do, fit to show.
        detail: The technical detail, one click away; never a secret, a query string or a body.
    """

    default = sentence("Something went wrong.")

    def __init__(self, said: Sentence | None = None, *, detail: str = "") -> None:
        self.sentence = said or self.default
        self.detail = detail
        super().__init__(str(self.sentence), detail)

    def __str__(self) -> str:
        return str(self.sentence)


class OwnFault(ZoomCalError):
    """A bug of ours ended what was waited for; the bug itself goes to the excepthook."""

    default = sentence("ZoomCal made a mistake of its own. Please report it, with the details.")

    @classmethod
    def of(cls, bug: BaseException) -> OwnFault:
        """Return what is told of `bug`: its kind and place, never its text, which may hold anything."""
        place, trace = "", bug.__traceback__
        while trace is not None:
            module = str(trace.tb_frame.f_globals.get("__name__"))
            if module.partition(".")[0] in {"zoomcal", "ui"}:
                place = f"{module}, line {trace.tb_lineno}"
            trace = trace.tb_next
        return cls(detail=": ".join(filter(None, (type(bug).__name__, place))))


class ProviderError(ZoomCalError):
    """A service, or the way to it, failed."""

    default = sentence("The service could not be used.")


class Offline(ProviderError):
    """Name lookup, connecting, TLS or reading failed or timed out: keep the cache, try again later."""

    default = sentence("The service cannot be reached.")


class Transient(ProviderError):
    """The service failed for now (5xx, a broken answer)."""

    default = sentence("The service has a problem of its own.")


class Throttled(ProviderError):
    """The service asked us to wait; `retry_after_s` is its own word in seconds, or our back-off."""

    default = sentence("The service asked us to wait.")

    def __init__(self, retry_after_s: float, *, detail: str = "") -> None:
        super().__init__(detail=detail)
        self.retry_after_s = retry_after_s


class NeedsReauth(ProviderError):
    """Refresh refused, or a password no longer right: only the person can mend it."""

    default = sentence("The service needs your consent again.")


class NeedsConsent(ProviderError):
    """A scope is missing; the feature that needs it rests until it is allowed."""

    default = sentence("The service has not allowed this.")

    def __init__(self, scopes: tuple[str, ...] = (), *, detail: str = "") -> None:
        super().__init__(detail=detail)
        self.scopes = scopes


class BlockedByPolicy(ProviderError):
    """An administrator or the service's own rules refuse the program."""

    default = sentence("Your organisation or the service does not allow this program. Ask your administrator.")


class Conflict(ProviderError):
    """The item changed elsewhere since it was read."""

    default = sentence("This was changed elsewhere in the meantime.")


class Gone(ProviderError):
    """The item no longer exists."""

    default = sentence("This no longer exists.")


class ResyncNeeded(ProviderError):
    """The cursor is too old; read everything again."""

    default = sentence("Everything has to be read again.")


class BadRequest(ProviderError):
    """The service did not understand us: a bug of ours, not to be repeated."""

    default = sentence("The service did not understand the request.")


class Forbidden(ProviderError):
    """The person may not change that one item."""

    default = sentence("You may not change this.")


class SignInError(ZoomCalError):
    """Signing in did not end with an account."""

    default = sentence("Signing in did not succeed.")


class SignInRefused(SignInError):
    """The person, or the service on the consent page, said no."""

    default = sentence("Access was not allowed. Nothing was connected.")


class SignInCancelled(SignInError):
    """The person cancelled in ZoomCal."""

    default = sentence("Signing in was cancelled.")


class SignInTimedOut(SignInError):
    """Nothing came back from the browser in time."""

    default = sentence("Nothing came back from the browser. Nothing was connected.")


class NotConfigured(SignInError):
    """No OAuth client id is set for the service."""

    default = sentence("No client id is set for this service.")


class EntryError(SignInError):
    """What was entered in one field does not work; the sentence stands under that field.

    Attributes:
        field: The name of the field of `zoomcal.providers.base.ExchangeLogin`.
    """

    def __init__(self, field: str, said: Sentence | None = None, *, detail: str = "") -> None:
        super().__init__(said, detail=detail)
        self.field = field


class CloudMailbox(EntryError):
    """The address is Microsoft's own cloud, which takes no password any more: Microsoft Graph is the way.

    Attributes:
        sent: Whether the password had gone to the server that was entered before that was known.
    """

    default = sentence(
        "Microsoft has switched off email and password for its own cloud. Choose Sign in with Microsoft there."
    )

    def __init__(self, field: str, said: Sentence | None = None, *, detail: str = "", sent: bool = False) -> None:
        super().__init__(field, said, detail=detail)
        self.sent = sent


class KeychainError(ZoomCalError):
    """The operating system's keychain refused or is locked."""

    default = sentence("The keychain could not be opened.")


class StoreTooNew(ZoomCalError):
    """The cache was written by a newer ZoomCal; it is left untouched."""

    default = sentence("The local copy was written by a newer ZoomCal. Please update ZoomCal.")


class StoreFailed(ZoomCalError):
    """The cache cannot be read or written for now: disk full, no permission, held by another process, closed."""

    default = sentence("The local copy of your meetings cannot be used.")


class StoreDamaged(StoreFailed):
    """The cache was damaged under way; it has been set aside, and what was being written is lost."""

    default = sentence("The local copy was damaged and has been rebuilt.")


class AccountBusy(ZoomCalError):
    """Another process of ours is at work on the account."""

    default = sentence("Another ZoomCal is working on this account.")


class Refused(ZoomCalError):
    """An address that may not be opened."""

    default = sentence("This address is not opened.")


class SettingsError(ZoomCalError):
    """A settings, policy or endpoints file cannot be used as it is."""

    default = sentence("A settings file cannot be read.")


class Cancelled(ZoomCalError):
    """The person, or the end of the program, stopped it."""

    default = sentence("This was cancelled.")
