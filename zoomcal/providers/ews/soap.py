"""One mailbox's SOAP: exchangelib builds the requests and knows the versions, our own transport carries them.

exchangelib's own way through HTTP is not taken: it keeps sessions, certificates and time-outs for the whole process,
knows one adapter for all accounts, and logs bodies.

https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/ews-operations-in-exchange
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar

from exchangelib.credentials import DELEGATE
from exchangelib.ewsdatetime import UTC, EWSDateTime, EWSTimeZone
from exchangelib.fields import FieldPath
from exchangelib.folders import Folder
from exchangelib.items import ID_ONLY, SHALLOW, CalendarItem, Contact
from exchangelib.properties import CalendarView, DistinguishedFolderId, FolderId, ItemId
from exchangelib.properties import Mailbox as Address
from exchangelib.services import FindFolder, FindItem, GetFolder, GetItem, ResolveNames, SyncFolderItems
from exchangelib.services.common import EWSService
from exchangelib.version import EXCHANGE_2010, Build, Version

from zoomcal.errors import BadRequest, ProviderError, Transient
from zoomcal.providers.ews.answers import Page, Refusal, build_of, each, in_order, messages_of, only, page, parts
from zoomcal.providers.ews.elements import MESSAGES, TYPES, Element, identity, number, text
from zoomcal.providers.ews.errors import TOO_MANY, VERSION
from zoomcal.providers.ews.transport import Transport
from zoomcal.providers.http import Retry, retried

T = TypeVar("T")

log = logging.getLogger(__name__)
_exchangelib = logging.getLogger("exchangelib")
_exchangelib.addHandler(logging.NullHandler())
_exchangelib.propagate = False  # whatever it says may hold headers and bodies

_BUILDS: Mapping[str, Build] = {
    "2007-sp1": Build(8, 1),
    "2010": Build(14, 0),
    "2010-sp1": Build(14, 1),
    "2010-sp2": Build(14, 2),
    "2013": Build(15, 0),
    "2013-sp1": Build(15, 0, 847),
    "2016": Build(15, 1),
    "2019": Build(15, 2),
}
"""The first build of each version of EXCHANGE_VERSIONS, oldest first."""
_LOWEST = {build.api_version(): build for build in reversed([*_BUILDS.values()])}
"""The first build that knows a version of the interface, newest first."""
_AT_ONCE = 512
"""The most changes that a server gives at once (PROTOCOLS 4.4)."""
_FOLDERS_AT_ONCE = 500
_MOST_PAGES = 100
_ONCE = Retry(attempts=1, attempts_unheard=1)
_ENOUGH = 3
"""How many items in a row that cannot be read alone show that it is the server."""

_BRIEF = (
    "subject", "start", "end", "is_all_day", "location", "is_meeting", "is_cancelled", "type", "my_response_type",
)  # fmt: skip
_WHOLE = (
    *_BRIEF, "uid", "is_recurring", "organizer", "required_attendees", "optional_attendees", "resources", "body",
    "net_show_url", "meeting_workspace_url", "_start_timezone", "_meeting_timezone",
)  # fmt: skip
_SERIES = (*_WHOLE, "recurrence", "modified_occurrences", "deleted_occurrences")
_CARD = (
    "display_name", "given_name", "surname", "company_name", "job_title", "email_addresses", "phone_numbers",
)  # fmt: skip
_FOLDER = ("name", "folder_class", "total_count", "parent_folder_id")


class Changes(NamedTuple):
    """What changed in a folder."""

    items: list[Element]
    """Create, Update and Delete, each around an item."""
    state: str
    complete: bool


class Mailbox:
    """The mailbox of whoever signs in: what exchangelib's services see as account, protocol and configuration at once.

    Args:
        transport: How it is reached, and as whom.
        address: Its e-mail address, a hint for the server's own routing; may be empty.
        named: Ask for the folders of that address, not for those of whoever signs in.
        version: A key of EXCHANGE_VERSIONS; empty: the newest that the server accepts.
        retry: How often a request is tried again; a refused password never.
    """

    access_type = DELEGATE
    credentials = None
    affinity_cookie = None

    def __init__(
        self, transport: Transport, *, address: str = "", named: bool = False, version: str = "", retry: Retry
    ) -> None:
        self.transport = transport
        self.primary_smtp_address = address if address.isascii() else ""
        self.version = Version(_BUILDS.get(version, _BUILDS["2019"]))
        self.settled = False
        """Whether the server has accepted the version."""
        self._named = address if named else ""
        self._retry = retry

    @property
    def protocol(self) -> Mailbox:
        """Where a service finds the version and the credentials."""
        return self

    @property
    def default_timezone(self) -> EWSTimeZone | None:
        """What a server takes times without an offset to be in; those before 2010 know no such header."""
        return UTC if self.version.build >= EXCHANGE_2010 else None

    @property
    def build(self) -> str:
        """The server's build, or the lowest that fits."""
        return str(self.version.build)

    def resume(self, api: str, build: str) -> None:
        """Go on with the version that was found before; what cannot be read is found anew."""
        numbers = [each for part in build.split(".") if (each := number(part)) is not None]
        if api in _LOWEST and len(numbers) == 4:
            self.version, self.settled = Version(Build(*numbers), api), True

    def settle(self, api: str, header: Element | None) -> None:
        """Take note that `api` was accepted, and of the build that the server states."""
        if self.settled and api == self.version.api_version:
            return
        self.version, self.settled = Version(self._stated(header, api), api), True

    def _stated(self, header: Element | None, api: str) -> Build:
        """Return the build that an answer's header states, or the lowest that fits what was accepted."""
        stated = build_of(header)
        return Build(*stated) if stated else _LOWEST.get(api, self.version.build)

    def versions(self) -> list[str]:
        """Return what to ask with: the present version first, then the others from the newest."""
        present = self.version.api_version
        return [present, *(api for api in _LOWEST if api != present)]

    # -- folders ------------------------------------------------------------------------------------------------------
    def default_folders(self, *names: str) -> list[Element | ProviderError]:
        """Return the folders that every mailbox has, by their distinguished names, each with an id or why not.

        Raises:
            ProviderError: Not as many came as were asked for; else as in `zoomcal.errors`.
        """

        def ask() -> list[Element | ProviderError]:
            service = _GetFolder(account=self)
            paths = self._paths(Folder, _FOLDER)
            payload = service.get_payload(
                folders=list(map(self._distinguished, names)), additional_fields=paths, shape=ID_ONLY
            )
            found = each(service.ask(payload), "Folders")
            if len(found) != len(names):
                raise Transient(detail=f"{len(found)} folders instead of {len(names)}")
            return [_with_id(folder) for folder in found]

        return self._tried(ask)

    def folders(self) -> list[Element]:
        """Return every folder below the mailbox's root.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        found: list[Element] = []
        offset = 0
        for _ in range(_MOST_PAGES):
            part = self._tried(partial(self._folders, offset))
            found += part.items
            if part.complete or part.next_offset <= offset or self.version.build < EXCHANGE_2010:  # it knows no pages
                return found
            offset = part.next_offset
        raise Transient(detail="the folders do not end")

    def _folders(self, offset: int) -> Page:
        service = _FindFolder(account=self)
        payload = service.get_payload(
            folders=[self._distinguished("msgfolderroot")],
            additional_fields=self._paths(Folder, _FOLDER),
            restriction=None,
            shape=ID_ONLY,
            depth="Deep",
            page_size=_FOLDERS_AT_ONCE,
            offset=offset,
        )
        return page(service.ask(payload), "Folders")

    # -- items --------------------------------------------------------------------------------------------------------
    def view(self, folder: str, start: datetime, end: datetime) -> Page:
        """Return in brief what a calendar shows of a span, series as their occurrences; perhaps incomplete, or nothing.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        span = CalendarView(start=EWSDateTime.from_datetime(start), end=EWSDateTime.from_datetime(end))
        return self._tried(lambda: self._found(folder, span, 0))

    def listing(self, folder: str, offset: int) -> Page:
        """Return in brief what a calendar holds from the `offset`-th item on, series as what they are.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        return self._tried(lambda: self._found(folder, None, offset))

    def _found(self, folder: str, view: CalendarView | None, offset: int) -> Page:
        service = _FindItem(account=self)
        payload = service.get_payload(
            folders=[_AnyFolder(id=folder)],
            additional_fields=self._paths(CalendarItem, _BRIEF),
            restriction=None,
            order_fields=None,
            query_string=None,
            shape=ID_ONLY,
            depth=SHALLOW,
            calendar_view=view,
            page_size=_AT_ONCE,
            offset=offset,
        )
        try:
            return page(service.ask(payload), "Items")
        except Refusal as refusal:
            if view is None or refusal.code not in TOO_MANY:
                raise
            return Page([], complete=False)

    def meetings(self, ids: Sequence[str]) -> list[Element | ProviderError]:
        """Return calendar items whole, each or why not, in the order of `ids`.

        Raises:
            ProviderError: None could be had.
        """
        return self._items(ids, self._paths(CalendarItem, _WHOLE))

    def series(self, ids: Sequence[str]) -> list[Element | ProviderError]:
        """Return series whole, with how they recur; as `meetings` otherwise."""
        return self._items(ids, self._paths(CalendarItem, _SERIES))

    def cards(self, ids: Sequence[str]) -> list[Element | ProviderError]:
        """Return contacts whole; as `meetings` otherwise."""
        return self._items(ids, self._paths(Contact, _CARD))

    def _items(self, ids: Sequence[str], paths: list[FieldPath]) -> list[Element | ProviderError]:
        """Return items in the order of `ids`: an item that spoils the answer for the others is asked for alone."""

        def ask(wanted: Sequence[str]) -> list[Element | ProviderError]:
            service = _GetItem(account=self)
            payload = service.get_payload(
                items=[_AnyItem(id=one) for one in wanted], additional_fields=paths, shape=ID_ONLY
            )
            return in_order(wanted, each(service.ask(payload), "Items"))

        try:
            return self._tried(lambda: ask(ids))
        except (Transient, BadRequest) as error:
            log.warning("%d items cannot be read at once: %s %s", len(ids), type(error).__name__, error.detail)
            return self._one_by_one(ids, ask, error)

    def _one_by_one(
        self, ids: Sequence[str], ask: Callable[[Sequence[str]], list[Element | ProviderError]], error: ProviderError
    ) -> list[Element | ProviderError]:
        """Ask for each item alone, once.

        Raises:
            ProviderError: It is not the items' fault: one after the other fails.
        """
        found: list[Element | ProviderError] = []
        for alone in ids if len(ids) > 1 else ():
            try:
                found += self._tried(partial(ask, [alone]), _ONCE)
            except (Transient, BadRequest) as failed:
                found.append(failed)
            if len(found) == _ENOUGH and all(isinstance(one, Transient | BadRequest) for one in found):
                raise error
        return found or [error]

    def changes(self, folder: str, state: str) -> Changes:
        """Return the ids of what changed in a folder since `state`, or of all it holds when that is empty.

        Raises:
            ResyncNeeded: The state is too old.
            ProviderError: As in `zoomcal.errors`.
        """

        def ask() -> Changes:
            service = _SyncFolderItems(account=self)
            payload = service.get_payload(
                folder=_AnyFolder(id=folder),
                shape=ID_ONLY,
                additional_fields=None,
                sync_state=state or None,
                ignore=None,
                max_changes_returned=_AT_ONCE,
                sync_scope=None,
            )
            message = only(service.ask(payload))
            found = message.find(f"{MESSAGES}Changes")
            last = message.find(f"{MESSAGES}IncludesLastItemInRange")
            given = message.find(f"{MESSAGES}SyncState")
            if given is None or not given.text:
                raise Transient(detail="changes without a state")
            complete = last is None or (last.text or "").strip().lower() != "false"
            return Changes(list(found) if found is not None else [], given.text, complete)

        return self._tried(ask)

    def resolved(self, name: str) -> list[str]:
        """Return the addresses of the mailboxes that a name may stand for; none where the server cannot say."""
        service = _ResolveNames(protocol=self)
        payload = service.get_payload(
            unresolved_entries=[name],
            parent_folders=None,
            return_full_contact_data=False,
            search_scope="ActiveDirectory",
            contact_data_shape=None,
        )
        messages = service.ask(payload)
        found = (message.iterfind(f"{MESSAGES}ResolutionSet/{TYPES}Resolution/{TYPES}Mailbox") for message in messages)
        stated = ((text(box, "EmailAddress"), text(box, "RoutingType")) for boxes in found for box in boxes)
        return [address for address, routing in stated if "@" in address and routing.upper() in {"", "SMTP"}]

    # -- inside -------------------------------------------------------------------------------------------------------
    def _distinguished(self, name: str) -> DistinguishedFolderId:
        if self._named:
            return DistinguishedFolderId(id=name, mailbox=Address(email_address=self._named))
        return _Own(id=name)

    def _paths(self, model: Any, names: Iterable[str]) -> list[FieldPath]:
        fields = [model.get_field_by_fieldname(name) for name in names]
        return [FieldPath(field=field) for field in fields if field.supports_version(self.version)]

    def _tried(self, ask: Callable[[], T], retry: Retry | None = None) -> T:
        """Return what `ask` returns, tried again where that may help."""

        def once() -> T:
            try:
                return ask()
            except Refusal as refusal:
                raise refusal.error() from None

        return retried(once, retry or self._retry, self.transport.line.pause)


class _Own(DistinguishedFolderId):
    """A folder of whoever signs in; naming the mailbox would need its address to be known."""

    def clean(self, version: Version | None = None) -> None:
        """Ask for no mailbox."""


class _AnyFolder(FolderId):
    """A folder by the id that the server gave, however long."""

    def clean(self, version: Version | None = None) -> None:
        """Take it as it is."""


class _AnyItem(ItemId):
    """An item by the id that the server gave, however long."""

    def clean(self, version: Version | None = None) -> None:
        """Take it as it is."""


class _Asking(EWSService):
    """A service of exchangelib that goes our way."""

    protocol: Mailbox

    def ask(self, payload: Any) -> list[Element]:
        """Return the messages of the answer, whatever each of them says, from the first version that is accepted.

        Raises:
            Refusal: The request as a whole was refused.
            ProviderError: As in `zoomcal.errors`.
        """
        box = self.protocol
        headers = {name: value for name, value in self._extra_headers().items() if value}
        refusal = Refusal("ErrorInvalidServerVersion")
        for api in box.versions():
            answer = box.transport.post(self.wrap(content=payload, api_version=api), headers)
            header, body = parts(answer)
            messages, refused = messages_of(body, self._response_tag())
            if refused is None:
                box.settle(api, header)
                return messages
            refusal = refused
            if refused.code not in VERSION and (box.settled or refused.code != "ErrorInvalidRequest"):
                break
        raise refusal


class _GetFolder(_Asking, GetFolder):
    pass


class _FindFolder(_Asking, FindFolder):
    pass


class _FindItem(_Asking, FindItem):
    pass


class _GetItem(_Asking, GetItem):
    pass


class _SyncFolderItems(_Asking, SyncFolderItems):
    pass


class _ResolveNames(_Asking, ResolveNames):
    pass


def _with_id(folder: Element | ProviderError) -> Element | ProviderError:
    """Return a folder, unless nothing could ever be read from it."""
    if isinstance(folder, ProviderError) or identity(folder, "FolderId")[0]:
        return folder
    return Transient(detail="a folder without an id")
