"""Connecting an Exchange server: what was entered is tried, and a password just once (PROTOCOLS 4.2, 4.3)."""

from __future__ import annotations

from threading import Event
from urllib.parse import urlsplit

from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BadRequest,
    BlockedByPolicy,
    Cancelled,
    CloudMailbox,
    EntryError,
    NeedsReauth,
    Offline,
    ProviderError,
    SignInRefused,
    SignInTimedOut,
    Throttled,
    Transient,
    ZoomCalError,
)
from zoomcal.providers.asking import refuse_another, until_answered
from zoomcal.providers.base import EXCHANGE_VERSIONS, ExchangeLogin, Grant
from zoomcal.providers.ews.address import completed, domain_of, leads_to_cloud
from zoomcal.providers.ews.elements import Element
from zoomcal.providers.ews.errors import NO_MAILBOX, VERSION, WrongDoor
from zoomcal.providers.ews.grant import Secret, certificates
from zoomcal.providers.ews.line import EwsLine
from zoomcal.providers.ews.owner import Owner
from zoomcal.providers.ews.probing import root_leads_to_cloud, unreached, way_in
from zoomcal.providers.ews.soap import Mailbox
from zoomcal.providers.ews.transport import Transport
from zoomcal.providers.http import Retry
from zoomcal.providers.watching import watched

_ONCE = Retry(attempts=1, attempts_unheard=1)
_REFUSED = sentence("The server refused this password. It was tried once.")
_PROXY = (
    "Where the password is right: a proxy that re-encrypts TLS on the way makes a server with Extended Protection"
    " refuse it too (NTLM is bound to the TLS channel); ask the IT team to let this host pass."
)
_WHO = sentence("The server did not say which mailbox this is. Enter its e-mail address.")
_NO_ADDRESS = sentence("This is no e-mail address.")
_LATE = sentence("The server did not answer in time. Nothing was connected.")
_VERSION = sentence("The server does not know this version. Choose Detect automatically.")
_NOT_YOURS = sentence("This name and password do not open that mailbox. Check its address.")
_NO_MAILBOX = sentence("Exchange has no mailbox for this. Enter the mailbox’s e-mail address, or ask your IT team.")


class EwsSignIn:
    """One try of what was entered.

    Args:
        endpoints: Which server is fixed, if any, and certificates to trust.
        login: What was entered.
        calendar: Ask for the calendars.
        contacts: Ask for the contacts.
        again: The account to connect anew; signing in as somebody else is an error.

    Raises:
        EntryError: What was entered cannot be right, seen without asking anybody.
        CloudMailbox: The server is Microsoft's own cloud.
        SettingsError: The certificates to trust cannot be used.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        login: ExchangeLogin,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
    ) -> None:
        self._calendar, self._contacts, self._again = calendar, contacts, again
        self._login = login
        self._username = login.username.strip()
        self._given_address = login.address.strip()
        self._endpoint = completed(endpoints.exchange.url or login.url)
        if not self._username or not self._username.isprintable():
            raise EntryError("username", sentence("Enter the name that you sign in with."))
        if not login.password:
            raise EntryError("password", sentence("Enter the password."))
        if self._given_address and not domain_of(self._given_address):
            raise EntryError("address", _NO_ADDRESS)
        if login.version and login.version not in EXCHANGE_VERSIONS:
            raise EntryError("version", _VERSION)
        self._ca_pem = certificates(login.ca_file) if login.ca_file is not None else login.ca_pem
        self._line = EwsLine(endpoints.ca_file, self._ca_pem)

    @property
    def url(self) -> str:
        """There is no page to open."""
        return ""

    @property
    def user_code(self) -> str:
        """Nothing is typed in elsewhere."""
        return ""

    def wait(self, cancel: Event, timeout_s: float = 300.0) -> Grant:
        """Ask the server how one signs in, then try the password once and ask whose mailbox it is.

        Raises:
            SignInCancelled, SignInTimedOut: As they say.
            EntryError: What was entered in a field does not work.
            CloudMailbox: The server leads to Microsoft's own cloud.
            SignInRefused: The mailbox lets neither its calendar nor its contacts be read.
            SignInError: Another account than the one to connect anew.
            ProviderError: As in `zoomcal.errors`.
        """
        with until_answered(cancel, self.close), watched(self._line, cancel, timeout_s) as watch:
            try:
                return self._tried()
            except Cancelled:
                if watch.timed_out:
                    raise SignInTimedOut(_LATE) from None
                raise

    def close(self) -> None:
        """Drop what is under way; callable from any thread, harmless when it has ended."""
        self._line.close()

    def _tried(self) -> Grant:
        method = way_in(self._endpoint, self._line, has_ca_file=bool(self._ca_pem))
        transport = Transport(self._endpoint, self._line, method, self._username, self._login.password)
        given = self._given_address
        mailbox = Mailbox(transport, address=given, named=bool(given), version=self._login.version, retry=_ONCE)
        folders = self._allowed(mailbox, method)
        if not folders:
            raise EntryError("address", _NOT_YOURS) if self._given_address else SignInRefused
        address = self._given_address or Owner(mailbox, self._username, *next(iter(folders.items()))).address()
        if not address:
            raise EntryError("address", _WHO)
        account = AccountId(f"{Service.EXCHANGE}:{address.lower()}")
        refuse_another(address, account, self._again)
        secret = Secret(
            url=self._endpoint,
            username=self._username,
            password=self._login.password,
            address=address,
            given_address=self._given_address,
            version=self._login.version,
            api=mailbox.version.api_version,
            build=mailbox.build,
            method=method,
            ca_pem=self._ca_pem,
        )
        return Grant(
            account=account,
            name=self._username,
            secret=secret.dumps(),
            calendar="calendar" in folders,
            contacts="contacts" in folders,
            server=urlsplit(self._endpoint).netloc,
        )

    def _allowed(self, mailbox: Mailbox, method: str) -> dict[str, Element]:
        """Return the folders of what is wanted that may be read, by name: the first request with a password."""
        wanted = [name for name, asked in (("calendar", self._calendar), ("contacts", self._contacts)) if asked]
        try:
            folders = mailbox.default_folders(*wanted)
        except ProviderError as error:
            raise self._explained(error, mailbox.transport, method) from error
        found = dict(zip(wanted, folders, strict=True))
        errors = [error for error in found.values() if isinstance(error, ProviderError)]
        if (len(errors) == len(wanted) and not isinstance(errors[0], BlockedByPolicy)) or _is_of(errors, NO_MAILBOX):
            raise self._explained(errors[0], mailbox.transport, method)
        return {name: folder for name, folder in found.items() if not isinstance(folder, ProviderError)}

    def _explained(self, error: ProviderError, transport: Transport, method: str) -> ZoomCalError:
        """Return an error under the field that would mend it."""
        not_let_in = isinstance(error, NeedsReauth | BlockedByPolicy) and error.detail.startswith("HTTP 40")
        to_cloud = leads_to_cloud(self._line.head.target)
        if to_cloud or (not_let_in and root_leads_to_cloud(self._endpoint, self._line)):
            return CloudMailbox("url", detail=error.detail, sent=transport.sent)
        match error:
            case WrongDoor():
                return EntryError("url", error.sentence, detail=error.detail)
            case NeedsReauth() if error.detail.startswith("HTTP 401"):
                return EntryError("password", _REFUSED, detail=f"{error.detail}, {method}. {_PROXY}")
            case NeedsReauth():
                return EntryError("password", error.sentence, detail=error.detail)
            case Offline():
                return unreached(self._endpoint, error, has_ca_file=bool(self._ca_pem))
            case Throttled() | Transient():
                return error
        if error.detail in VERSION:
            return EntryError("version", _VERSION, detail=error.detail)
        if error.detail in NO_MAILBOX:
            field = "address" if self._given_address else "username"
            return EntryError(field, _NO_MAILBOX, detail=error.detail)
        if isinstance(error, BadRequest):
            return EntryError("url", error.sentence, detail=error.detail)
        return error


def _is_of(errors: list[ProviderError], codes: frozenset[str]) -> bool:
    return bool(errors) and errors[0].detail in codes
