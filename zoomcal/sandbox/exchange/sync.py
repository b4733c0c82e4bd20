"""SyncFolderItems: what came, changed and went in a folder since a state ([MS-OXWSSYNC] section 3.1.4.2).

A state of this server is (folder, base, start, cursor, gone): the client had everything up to revision `base` when this
round of pages began at revision `start`; it was given what changed up to `cursor`, and `gone` removed items.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from zoomcal.sandbox.exchange.calls import Call, answer, failure, integer, success
from zoomcal.sandbox.exchange.folders import Folder, Tree
from zoomcal.sandbox.exchange.ids import made
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.rendering import Renderer
from zoomcal.sandbox.exchange.shapes import shape_of
from zoomcal.sandbox.exchange.soap import MESSAGES
from zoomcal.sandbox.mailbox import Calendar, ContactFolder
from zoomcal.sandbox.mailbox.ledger import Ledger

_NAME = "SyncFolderItems"
_MOST = 512


@dataclass(frozen=True, slots=True)
class _State:
    folder: str
    base: int = 0
    start: int = 0
    cursor: int = 0
    gone: int = 0

    def __str__(self) -> str:
        said = f"{self.folder} {self.base} {self.start} {self.cursor} {self.gone}"
        return b64encode(said.encode()).decode()


class Sync:
    """The operation, with the items of each folder in the order of their changes as long as nothing changes."""

    def __init__(self) -> None:
        self._orders: WeakKeyDictionary[Ledger[Item], tuple[int, list[int], list[Item]]] = WeakKeyDictionary()

    def sync_folder_items(self, call: Call) -> Iterator[str]:
        """Give a page of changes and the state after it."""
        most = integer(call.body.findtext(_path("MaxChangesReturned")))
        if not 1 <= most <= _MOST:
            raise Fault("ErrorSchemaValidation", f"The 'MaxChangesReturned' element is invalid: {most}.")
        reference = call.children("SyncFolderId")[0]
        renderer = Renderer(call, shape_of(call.child("ItemShape")))
        said = (call.body.findtext(_path("SyncState")) or "").strip()
        try:
            tree, folder = call.access.folder(reference)
            return answer(_NAME, [success(_NAME, self._changes(call, renderer, tree, folder, said, most))])
        except Problem as problem:
            return answer(_NAME, [failure(_NAME, problem)])

    def _changes(self, call: Call, renderer: Renderer, tree: Tree, folder: Folder, said: str, most: int) -> str:
        ledger, now = _ledger(folder), call.mailbox.journal.revision
        state = _read(said, folder, now) if said else _State(folder.key, start=now)
        if ledger is None:
            return _page(_State(folder.key, now, now, now), [], whole=True)
        if said and not ledger.remembers(state.start):
            raise Problem("ErrorInvalidSyncStateData")
        ignored = {element.get("Id") for element in call.body.iterfind(f"{_path('Ignore')}/*")}
        revisions, items = self._order(ledger, now)
        first = bisect_right(revisions, state.cursor)
        given = items[first : first + most]
        pieces = []
        for item in given:
            if not ignored or made("item", tree.mailbox.address, item.id) not in ignored:
                kind = "Create" if ledger.born(item.id) > state.base else "Update"
                pieces.append(f"<t:{kind}>{renderer.write(item, tree, folder)}</t:{kind}>")
        removed = ledger.since(state.base or state.start)[1] if first + most > len(items) else []
        removed = removed[state.gone : state.gone + most - len(given)]
        for identity in removed:
            reference = f'<t:ItemId Id="{made("item", tree.mailbox.address, identity)}"/>'
            pieces.append(f"<t:Delete>{reference}</t:Delete>")
        room = most - len(given) - len(removed)
        if first + len(given) == len(items) and (room or not ledger.since(state.base or state.start)[1]):
            return _page(_State(folder.key, now, now, now), pieces, whole=True)
        cursor = given[-1].revision if given else state.cursor
        after = _State(folder.key, state.base, state.start, cursor, state.gone + len(removed))
        return _page(after, pieces, whole=False)

    def _order(self, ledger: Ledger[Item], now: int) -> tuple[list[int], list[Item]]:
        kept = self._orders.get(ledger)
        if kept is None or kept[0] != now:
            items = sorted(ledger, key=lambda item: item.revision)
            kept = self._orders[ledger] = (now, [item.revision for item in items], items)
        return kept[1], kept[2]


def _page(state: _State, pieces: list[str], *, whole: bool) -> str:
    return (
        f"<m:SyncState>{state}</m:SyncState><m:IncludesLastItemInRange>{'true' if whole else 'false'}"
        f"</m:IncludesLastItemInRange><m:Changes>{''.join(pieces)}</m:Changes>"
    )


def _ledger(folder: Folder) -> Ledger[Item] | None:
    match folder.content:
        case Calendar() as calendar:
            return calendar.events  # type: ignore[return-value]
        case ContactFolder() as contacts:
            return contacts.contacts  # type: ignore[return-value]
    return None


def _read(said: str, folder: Folder, now: int) -> _State:
    try:
        key, *numbers = b64decode(said, validate=True).decode().split(" ")
        state = _State(key, *map(int, numbers))
    except (binascii.Error, ValueError, TypeError) as error:
        raise Problem("ErrorInvalidSyncStateData") from error
    if state.folder != folder.key or state.start > now or len(numbers) != 4:
        raise Problem("ErrorInvalidSyncStateData")
    return state


def _path(name: str) -> str:
    return f"{{{MESSAGES}}}{name}"
