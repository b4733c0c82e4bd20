"""GetFolder, FindFolder and SyncFolderHierarchy ([MS-OXWSFOLD], [MS-OXWSSYNC])."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import blake2b

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call, answer, each, failure, success
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.reading import page_of
from zoomcal.sandbox.exchange.restrictions import passing
from zoomcal.sandbox.exchange.shapes import shape_of


def get_folder(call: Call) -> Iterator[str]:
    """Give folders by their ids or names."""
    shape = shape_of(call.child("FolderShape"))

    def one(reference: etree._Element) -> str:
        tree, folder = call.access.folder(reference)
        return f"<m:Folders>{tree.xml(folder, shape, call.request.version)}</m:Folders>"

    return each("GetFolder", call.children("FolderIds"), one)


def find_folder(call: Call) -> Iterator[str]:
    """Give the folders below others."""
    shape = shape_of(call.child("FolderShape"))
    traversal = call.body.get("Traversal")
    if traversal not in {"Shallow", "Deep", "SoftDeleted"}:
        raise Fault("ErrorSchemaValidation", "The 'Traversal' attribute is missing or invalid.")
    views = (call.child("IndexedPageFolderView"), call.child("FractionalPageFolderView"))
    view = next((found for found in views if found is not None), None)

    def one(reference: etree._Element) -> str:
        tree, parent = call.access.folder(reference)
        below = [] if traversal == "SoftDeleted" else list(tree.children(parent.key, deep=traversal == "Deep"))
        below = list(passing(call, below))
        first, most = page_of(view, len(below))
        given = below[first : first + most]
        whole = "true" if first + len(given) >= len(below) else "false"
        inside = "".join(tree.xml(folder, shape, call.request.version) for folder in given)
        return (
            f'<m:RootFolder IndexedPagingOffset="{first + len(given)}" TotalItemsInView="{len(below)}" '
            f'IncludesLastItemInRange="{whole}"><t:Folders>{inside}</t:Folders></m:RootFolder>'
        )

    return each("FindFolder", call.children("ParentFolderIds"), one)


def sync_folder_hierarchy(call: Call) -> Iterator[str]:
    """Give the folders that came, changed or went since a state."""
    name = "SyncFolderHierarchy"
    try:
        return answer(name, [success(name, _changes(call))])
    except Problem as problem:
        return answer(name, [failure(name, problem)])


def _changes(call: Call) -> str:
    shape = shape_of(call.child("FolderShape"))
    reference = call.child("SyncFolderId")
    tree, parent = call.access.own, call.access.own.folders["msgfolderroot"]
    if reference is not None and len(reference):
        tree, parent = call.access.folder(reference[0])
    below = list(tree.children(parent.key, deep=True))
    now = {
        folder.key: blake2b(f"{folder.name} {folder.parent}".encode(), digest_size=6).hexdigest() for folder in below
    }
    state = call.child("SyncState")
    before = _state(state.text) if state is not None and state.text else {}
    changes = [
        f"<t:{'Update' if folder.key in before else 'Create'}>{tree.xml(folder, shape, call.request.version)}"
        f"</t:{'Update' if folder.key in before else 'Create'}>"
        for folder in below
        if before.get(folder.key) != now[folder.key]
    ]
    gone = [key for key in before if key not in now]
    changes += [f"<t:Delete><t:FolderId {tree.identity(key)}/></t:Delete>" for key in gone]
    written = b64encode("\n".join(f"{key} {value}" for key, value in now.items()).encode()).decode()
    return (
        f"<m:SyncState>{written}</m:SyncState><m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange>"
        f"<m:Changes>{''.join(changes)}</m:Changes>"
    )


def _state(said: str) -> dict[str, str]:
    try:
        lines = b64decode(said, validate=True).decode().splitlines()
        return dict(line.split(" ") for line in lines)
    except ValueError as error:
        raise Problem("ErrorInvalidSyncStateData") from error
