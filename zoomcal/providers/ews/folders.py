"""Which folders of a mailbox hold meetings and contacts: the default ones and the person's own."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from zoomcal.errors import BadRequest, BlockedByPolicy, ProviderError
from zoomcal.providers.base import Calendar
from zoomcal.providers.ews.elements import Element, identity, kind, number, text
from zoomcal.providers.ews.soap import Mailbox

log = logging.getLogger(__name__)

_CALENDAR, _CONTACTS = "IPF.Appointment", "IPF.Contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of a mailbox."""

    id: str
    name: str
    folder_class: str
    count: int
    """How many items it holds, as the server says."""


def default_calendar(mailbox: Mailbox) -> Calendar:
    """Return the calendar that every mailbox has.

    Raises:
        ProviderError: As in `zoomcal.errors`.
    """
    folder = _default(mailbox, "calendar")
    return Calendar(id=folder.id, name=folder.name, primary=True)


def default_contacts(mailbox: Mailbox) -> Folder:
    """Return the folder of contacts that every mailbox has.

    Raises:
        ProviderError: As in `zoomcal.errors`.
    """
    return _default(mailbox, "contacts")


def own_folders(mailbox: Mailbox) -> list[Folder]:
    """Return all folders but what was deleted; none where the server does not list them.

    Raises:
        ProviderError: As in `zoomcal.errors`.
    """
    try:
        found = [each for each in mailbox.folders() if kind(each) != "SearchFolder" and identity(each, "FolderId")[0]]
    except (BadRequest, BlockedByPolicy) as error:
        log.warning("folders are not listed: %s %s", type(error).__name__, error.detail)
        return []
    (deleted,) = mailbox.default_folders("deleteditems")
    gone = {identity(deleted, "FolderId")[0]} if not isinstance(deleted, ProviderError) else set()
    parents = {identity(each, "FolderId")[0]: identity(each, "ParentFolderId")[0] for each in found}
    return [_folder(each) for each in found if not _is_below(identity(each, "FolderId")[0], gone, parents)]


def calendars(folders: Sequence[Folder], default: Calendar) -> list[Calendar]:
    """Return the calendars among `folders`, `default` first."""
    others = [each for each in folders if _is_a(each, _CALENDAR) and each.id != default.id]
    return [default, *(Calendar(id=each.id, name=each.name) for each in others)]


def address_books(folders: Sequence[Folder], default: Folder) -> list[Folder]:
    """Return the folders of contacts among `folders`, `default` first; not those that Exchange fills by itself."""
    return [default, *(each for each in folders if each.folder_class == _CONTACTS and each.id != default.id)]


def _is_a(folder: Folder, wanted: str) -> bool:
    return folder.folder_class == wanted or folder.folder_class.startswith(f"{wanted}.")


def _is_below(folder: str, above: set[str], parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    while folder and folder not in seen:
        if folder in above:
            return True
        seen.add(folder)
        folder = parents.get(folder, "")
    return False


def _default(mailbox: Mailbox, name: str) -> Folder:
    (found,) = mailbox.default_folders(name)
    if isinstance(found, ProviderError):
        raise found
    return _folder(found)


def _folder(stated: Element) -> Folder:
    folder_id, _ = identity(stated, "FolderId")
    return Folder(
        id=folder_id,
        name=text(stated, "DisplayName") or folder_id,
        folder_class=text(stated, "FolderClass").strip(),
        count=number(text(stated, "TotalCount")) or 0,
    )
