"""A connected Exchange account: its calendars, its meetings in a window, its contacts."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple
from zlib import compress, decompress

from zoomcal.domain.contacts import Contact
from zoomcal.domain.meetings import AccountId, Meeting, Timed
from zoomcal.endpoints import Endpoints
from zoomcal.errors import (
    BlockedByPolicy,
    EntryError,
    Forbidden,
    Gone,
    NeedsReauth,
    ProviderError,
    ResyncNeeded,
    Transient,
)
from zoomcal.providers.answers import ODD
from zoomcal.providers.base import Calendar, ContactPage
from zoomcal.providers.ews import mapping
from zoomcal.providers.ews.address import completed
from zoomcal.providers.ews.elements import Element, identity, kind, text
from zoomcal.providers.ews.errors import ACCESS_DENIED
from zoomcal.providers.ews.folders import (
    Folder,
    address_books,
    calendars,
    default_calendar,
    default_contacts,
    own_folders,
)
from zoomcal.providers.ews.grant import Secret
from zoomcal.providers.ews.line import EwsLine
from zoomcal.providers.ews.mapping import MeetingMapper
from zoomcal.providers.ews.moments import instant
from zoomcal.providers.ews.soap import Mailbox
from zoomcal.providers.ews.transport import METHODS, Transport
from zoomcal.providers.http import Retry

log = logging.getLogger(__name__)

_AT_ONCE = 50
"""Items that are read whole in one request: few requests, and no answer so large that one item spoils many."""
_CARDS_AT_ONCE = 128
_KEPT_AT_ONCE = 256
_FOLDERS_KEEP_S = 600.0
_STUMBLE_S = 600.0
"""How long an item that could not be read whole is shown in brief before it is tried again."""
_SHORTEST = timedelta(hours=1)
_MOST_PAGES = 2_000


class _Dense(Exception):
    """A calendar holds more in an hour than the server shows at once."""


class _Kept:
    """A meeting that takes little room: its description, most of what it is, is packed."""

    __slots__ = ("_meeting", "_packed")

    def __init__(self, meeting: Meeting) -> None:
        self._meeting = replace(meeting, description="")
        self._packed = compress(meeting.description.encode())

    def meeting(self) -> Meeting:
        """Return it as it was."""
        return replace(self._meeting, description=decompress(self._packed).decode())


class _Known(NamedTuple):
    """What was read of an item."""

    change_key: str
    meetings: tuple[_Kept, ...]
    window: Timed | None
    """Where that counts: of a series, which was expanded there."""
    until: float
    """The monotonic time until which it holds."""


class EwsSession:
    """Reads one account. One thread at a time; `close` may come from another.

    Args:
        account: `exchange:address`.
        secret: As `Grant.secret`.
        endpoints: Which server is fixed, if any, and certificates to trust.
        retry: How often a read is tried again; a refused password never is.
        clock: Seconds, monotonic.

    Raises:
        NeedsReauth: The secret is damaged, or the organisation has fixed another server since.
    """

    def __init__(
        self,
        account: AccountId,
        secret: str,
        endpoints: Endpoints,
        *,
        retry: Retry | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        kept = Secret.loads(secret)
        self._account = account
        self._clock = clock
        self._line = _line(kept, endpoints)
        transport = Transport(kept.url, self._line, kept.method, kept.username, kept.password)
        self._mailbox = Mailbox(
            transport,
            address=kept.address,
            named=bool(kept.given_address),
            version=kept.version,
            retry=retry or Retry(),
        )
        self._mailbox.resume(kept.api, kept.build)
        self._folders: tuple[float, list[Folder]] = (float("-inf"), [])
        self._known: dict[str, dict[str, _Known]] = {}

    def calendars(self) -> Sequence[Calendar]:
        """Return the default calendar, asked for each time, and the person's own others, known for ten minutes.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        default = default_calendar(self._mailbox)
        return calendars(self._own_folders(), default)

    def meetings(self, calendar: Calendar, window: Timed) -> Iterator[Sequence[Meeting]]:
        """Yield pages with every meeting that overlaps `window`; only what is new or changed is read whole.

        Raises:
            Gone: The calendar no longer exists.
            ProviderError: As in `zoomcal.errors`.
        """
        try:
            listed = self._listed(calendar.id, window)
        except BlockedByPolicy as error:
            if calendar.primary or error.detail != ACCESS_DENIED:
                raise
            raise Forbidden(detail=error.detail) from None
        before = self._known.get(calendar.id, {})
        kept = self._known[calendar.id] = {
            uid: before[uid] for uid, item in listed.items() if uid in before and self._holds(before[uid], item, window)
        }
        for uids in _batches([*kept], _KEPT_AT_ONCE):
            yield [each.meeting() for uid in uids for each in kept[uid].meetings]
        fresh = [uid for uid in listed if uid not in kept]
        reader = _Reader(self._mailbox, MeetingMapper(self._account, calendar.id), window, listed.keys())
        for uids in _batches(fresh):
            read = reader.read({uid: listed[uid] for uid in uids})
            now = self._clock()
            for uid, (meetings, whole, series) in read.items():
                kept[uid] = _Known(
                    identity(listed[uid])[1],
                    tuple(map(_Kept, meetings)),
                    window if series else None,
                    float("inf") if whole else now + _STUMBLE_S,
                )
            yield [meeting for meetings, _, _ in read.values() for meeting in meetings]

    def changes(self, cursor: str | None) -> Iterator[ContactPage]:
        """Yield pages of changed contacts; the cursor holds Exchange's sync state of every folder of contacts.

        Raises:
            ResyncNeeded: The cursor is too old, or not one of ours, or a folder has gone.
            ProviderError: As in `zoomcal.errors`.
        """
        states = _opened(cursor)
        books = address_books(self._own_folders(), default_contacts(self._mailbox))
        if states.keys() - {book.id for book in books}:
            raise ResyncNeeded(detail="a folder of contacts has gone")
        total = sum(book.count for book in books) if cursor is None else None
        after: dict[str, str] = {}
        for book in books:
            for page, state in self._changes_of(book, states.get(book.id, "")):
                after[book.id] = state
                yield ContactPage(changed=page.changed, deleted=page.deleted, total=total)
        yield ContactPage(next_cursor=json.dumps({"ews": 1, "folders": after}), total=total)

    def revoke(self) -> None:
        """Do nothing: a password leaves nothing behind at the server."""

    def close(self) -> None:
        """Cut the connections; a call under way in another thread ends with Cancelled."""
        self._line.close()

    # -- meetings -----------------------------------------------------------------------------------------------------
    def _own_folders(self) -> list[Folder]:
        read_at, folders = self._folders
        if not 0 <= self._clock() - read_at < _FOLDERS_KEEP_S:
            folders = own_folders(self._mailbox)
            self._folders = (self._clock(), folders)
        return folders

    def _holds(self, known: _Known, item: Element, window: Timed) -> bool:
        change_key = identity(item)[1]
        same = bool(change_key) and change_key == known.change_key
        return same and known.window in {None, window} and self._clock() < known.until

    def _listed(self, folder: str, window: Timed) -> dict[str, Element]:
        """Return in brief, by their ids, the calendar items that overlap the window and take place."""
        found: dict[str, Element] = {}
        try:
            self._collect(folder, window.start, window.end, found)
        except _Dense:
            found = self._everything(folder)  # occurrences seen so far would stand beside their series
        others = sum(kind(item) != "CalendarItem" for item in found.values())
        if others:
            log.info("%d items of a calendar are no meetings", others)
        return {
            uid: item
            for uid, item in found.items()
            if kind(item) == "CalendarItem" and not mapping.is_cancelled(item) and _may_overlap(item, window)
        }

    def _collect(self, folder: str, start: datetime, end: datetime, found: dict[str, Element]) -> None:
        """Add what a span shows; one that the server does not show in full is halved.

        Raises:
            _Dense: It cannot be halved any more.
        """
        page = self._mailbox.view(folder, start, end)
        _add(page.items, found)
        if page.complete:
            return
        if end - start <= _SHORTEST:
            raise _Dense
        middle = start + (end - start) / 2
        self._collect(folder, start, middle, found)
        self._collect(folder, middle, end, found)

    def _everything(self, folder: str) -> dict[str, Element]:
        """Return what a calendar holds, page by page, series as what they are."""
        found: dict[str, Element] = {}
        offset = 0
        for _ in range(_MOST_PAGES):
            before = len(found)
            page = self._mailbox.listing(folder, offset)
            _add(page.items, found)
            if page.complete or not page.items:
                return found
            if len(found) == before:
                break
            offset = max(page.next_offset, offset + 1)
        raise Transient(detail="the pages do not end")

    # -- contacts -----------------------------------------------------------------------------------------------------
    def _changes_of(self, book: Folder, state: str) -> Iterator[tuple[ContactPage, str]]:
        """Yield a folder's changes, and the state after them."""
        for _ in range(_MOST_PAGES):
            try:
                changes = self._mailbox.changes(book.id, state)
            except Gone:
                raise ResyncNeeded(detail="a folder of contacts has gone") from None
            deleted = [identity(each)[0] for each in changes.items if kind(each) == "Delete"]
            items = [item for each in changes.items if kind(each) in {"Create", "Update"} for item in each]
            cards = [uid for item in items if kind(item) == "Contact" and (uid := identity(item)[0])]
            for uids in _batches(cards, _CARDS_AT_ONCE):
                contacts, gone = self._contacts(uids)
                yield ContactPage(changed=contacts, deleted=gone), changes.state
            yield ContactPage(deleted=[uid for uid in deleted if uid]), changes.state
            if changes.complete:
                return
            if changes.state == state:
                break
            state = changes.state
        raise Transient(detail="the changes do not end")

    def _contacts(self, uids: Sequence[str]) -> tuple[list[Contact], list[str]]:
        contacts: list[Contact] = []
        gone: list[str] = []
        for uid, item in zip(uids, self._mailbox.cards(uids), strict=True):
            if isinstance(item, Gone):
                gone.append(uid)
            elif isinstance(item, ProviderError):
                log.warning("contact %s skipped: %s %s", mapping.trace(uid), type(item).__name__, item.detail)
            elif (contact := mapping.to_contact(item, self._account)) is not None:
                contacts.append(contact)
        return contacts, gone


class _Reader:
    """Reads items whole, and as much of them as there is where that fails."""

    def __init__(self, mailbox: Mailbox, mapper: MeetingMapper, window: Timed, listed: Container[str]) -> None:
        self._mailbox, self._mapper, self._window, self._listed = mailbox, mapper, window, listed

    def read(self, listed: dict[str, Element]) -> dict[str, tuple[tuple[Meeting, ...], bool, bool]]:
        """Return each item's meetings, whether it was read whole, and whether it is a series."""
        series = [uid for uid, item in listed.items() if mapping.is_series(item)]
        single = [uid for uid in listed if uid not in set(series)]
        found = dict(zip(single, self._mailbox.meetings(single), strict=True)) if single else {}
        if series:
            found |= zip(series, self._mailbox.series(series), strict=True)
        return {uid: self._meetings(uid, found[uid], listed[uid]) for uid in listed}

    def _meetings(
        self, uid: str, item: Element | ProviderError, brief: Element
    ) -> tuple[tuple[Meeting, ...], bool, bool]:
        recurs = mapping.is_series(brief)
        if isinstance(item, Gone):
            return (), True, recurs
        if not isinstance(item, ProviderError):
            try:
                return self._whole(item, recurs=recurs), True, recurs
            except ODD as error:
                log.warning("item %s is shown in brief: %s", mapping.trace(uid), type(error).__name__)
        else:
            log.warning("item %s is shown in brief: %s %s", mapping.trace(uid), type(item).__name__, item.detail)
        try:
            return (self._mapper.meeting(brief),), False, recurs
        except ODD as error:
            log.warning("item %s skipped: %s", mapping.trace(uid), type(error).__name__)
            return (), False, recurs

    def _whole(self, item: Element, *, recurs: bool) -> tuple[Meeting, ...]:
        if mapping.is_cancelled(item):
            return ()
        if not recurs:
            return (self._mapper.meeting(item),)
        found = self._mapper.expanded(item, self._window.start, self._window.end)
        expanded = [(shown, uid) for shown, uid in found if uid not in self._listed]
        own = [uid for _, uid in expanded if uid]
        changed: dict[str, Meeting | None] = {}
        for uids in _batches(own):
            for uid, one in zip(uids, self._mailbox.meetings(uids), strict=True):
                if isinstance(one, ProviderError):
                    log.warning("item %s: %s %s", mapping.trace(uid), type(one).__name__, one.detail)
                    continue
                try:
                    changed[uid] = None if mapping.is_cancelled(one) else self._mapper.meeting(one)
                except ODD as error:
                    log.warning("occurrence %s is shown in brief: %s", mapping.trace(uid), type(error).__name__)
        return tuple(meeting for shown, uid in expanded if (meeting := changed.get(uid, shown)) is not None)


def _line(kept: Secret, endpoints: Endpoints) -> EwsLine:
    """Return the way to the server that the secret is for, and to no other.

    Raises:
        NeedsReauth: The organisation has fixed another one, or this is none that a password may go to.
    """
    fixed = endpoints.exchange.url
    try:
        if kept.method not in METHODS or completed(kept.url) != kept.url:
            raise NeedsReauth(detail="the kept secret cannot be used")
        if fixed and completed(fixed) != kept.url:
            raise NeedsReauth(detail="the server's address has changed")
        return EwsLine(endpoints.ca_file, kept.ca_pem)
    except (EntryError, ssl.SSLError):
        raise NeedsReauth(detail="the kept secret cannot be used") from None


def _add(items: Sequence[Element], found: dict[str, Element]) -> None:
    for item in items:
        uid, _ = identity(item)
        if uid:
            found.setdefault(uid, item)
        else:
            log.warning("an item without an id was skipped")


def _may_overlap(item: Element, window: Timed) -> bool:
    """Whether an item in brief may take place in the window: not what ends as it starts, which EWS shows too."""
    if mapping.is_series(item):
        return True
    try:
        start, end = instant(text(item, "Start")), instant(text(item, "End"))
    except ODD:
        return True
    return start < window.end and (end > window.start or start >= window.start)


def _batches(uids: Sequence[str], most: int = _AT_ONCE) -> Iterator[Sequence[str]]:
    for first in range(0, len(uids), most):
        yield uids[first : first + most]


def _opened(cursor: str | None) -> dict[str, str]:
    if cursor is None:
        return {}
    try:
        kept = json.loads(cursor)
        states: dict[str, str] = dict(kept["folders"]) if kept["ews"] == 1 else {}
    except (ValueError, TypeError, KeyError):
        raise ResyncNeeded(detail="the cursor cannot be read") from None
    if not states or not all(isinstance(state, str) and state for state in states.values()):
        raise ResyncNeeded(detail="the cursor cannot be read")
    return states
