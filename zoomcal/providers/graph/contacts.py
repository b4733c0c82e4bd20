"""An account's address books: every contact folder, by what changed in it since last time.

https://learn.microsoft.com/en-us/graph/api/contact-delta
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from zoomcal.domain.meetings import AccountId
from zoomcal.errors import BadRequest, Gone, ResyncNeeded, Transient
from zoomcal.providers.answers import objects, text
from zoomcal.providers.base import ContactPage
from zoomcal.providers.graph.api import Api, segment
from zoomcal.providers.graph.grant import CONTACTS_SCOPE
from zoomcal.providers.graph.mapping import to_contacts

_SCOPES = (CONTACTS_SCOPE,)
_FIELDS = (
    "displayName",
    "givenName",
    "surname",
    "companyName",
    "jobTitle",
    "emailAddresses",
    "businessPhones",
    "homePhones",
    "mobilePhone",
)
_SELECT = {"$select": ",".join(_FIELDS)}
_ON_A_PAGE = 250
_PREFER = (f"odata.maxpagesize={_ON_A_PAGE}",)
_MOST_FOLDERS = 500
_MOST_PAGES = 2_000
_WELL_KNOWN = "contacts"
"""What the default folder is called where its id is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the folders were read up to."""

    default: str = ""
    """The id of the default folder, which the list of folders leaves out; empty while it is unknown."""
    links: dict[str, str] = field(default_factory=dict)
    """Folder id to the service's own address for what changes next; empty for a folder that has none."""

    def dumps(self) -> str:
        """Return the text to keep."""
        return json.dumps({"default": self.default, "folders": self.links})

    @classmethod
    def loads(cls, kept: str, api: Api) -> Self:
        """Return the cursor that a text holds.

        Raises:
            ResyncNeeded: It holds none, one that cannot be continued, or one that leads elsewhere.
        """
        try:
            found = json.loads(kept)
            default, links = found["default"], dict(found["folders"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ResyncNeeded(detail="the cursor cannot be read") from None
        if not isinstance(default, str) or not all(isinstance(link, str) and api.owns(link) for link in links.values()):
            raise ResyncNeeded(detail="the cursor cannot be continued")
        return cls(default=default, links=links)


class AddressBooks:
    """Reads the contacts of one account."""

    def __init__(self, api: Api, account: AccountId) -> None:
        self._api = api
        self._account = account

    def changes(self, kept: str | None) -> Iterator[ContactPage]:
        """Yield pages of changed contacts; ids that are gone come last, for a contact may only have moved.

        Raises:
            ResyncNeeded: The cursor is too old, or a folder is gone, and with it the knowledge of what was in it.
            ProviderError: As in `zoomcal.errors`.
        """
        known = Cursor() if kept is None else Cursor.loads(kept, self._api)
        folders = self._folders()
        default, total = (known.default, None) if known.default else self._default()
        if any(folder not in {*folders, default} for folder in known.links):
            raise ResyncNeeded(detail="a folder is gone")
        links: dict[str, str] = {}
        live: set[str] = set()
        gone: set[str] = set()
        for folder in dict.fromkeys(filter(None, (default, *folders))):
            here: set[str] = set()
            link: str | None = None
            for page in self._pages(folder, known.links.get(folder), is_default=folder == default):
                contacts, removed = to_contacts(objects(page, "value"), self._account)
                here.update(contact.uid for contact in contacts)
                here.difference_update(removed)
                gone.update(removed)
                link = self._link(page)
                yield ContactPage(changed=contacts, total=None if folders else total)
            live |= here
            if link is not None:
                links[folder] = link
        next_cursor = Cursor(default=default, links=links).dumps()
        yield ContactPage(deleted=sorted(gone - live), next_cursor=next_cursor)

    def _link(self, page: dict[str, Any]) -> str:
        link = text(page.get("@odata.deltaLink"))
        if link and not self._api.owns(link):
            raise Transient(detail="the delta link leads elsewhere")
        return link

    def _pages(self, folder: str, link: str | None, *, is_default: bool) -> Iterator[dict[str, Any]]:
        if link:
            yield from self._since(link)
            return
        here = f"/me/contactFolders/{segment(folder)}/contacts"
        ways = [f"{here}/delta", "/me/contacts/delta", "/me/contacts"] if is_default else [f"{here}/delta", here]
        for way in ways:
            pages = self._api.pages(way, _SELECT | _size(way), prefer=_PREFER, scopes=_SCOPES, most=_MOST_PAGES)
            try:
                first = next(pages)
            except (Gone, BadRequest) as error:
                if way == ways[-1] and not isinstance(error, Gone):
                    raise
                continue  # not every server keeps track of every folder; and one may be gone by now
            yield first
            yield from pages
            return

    def _since(self, link: str) -> Iterator[dict[str, Any]]:
        try:
            for page in self._api.pages(link, prefer=_PREFER, scopes=_SCOPES, most=_MOST_PAGES):
                yield page | {"value": [self._whole(item) for item in objects(page, "value")]}
        except (Gone, BadRequest) as error:
            raise ResyncNeeded(detail=error.detail) from error

    def _whole(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return a changed contact with all that is shown of it: a delta need only tell what changed."""
        uid = text(item.get("id"))
        if not segment(uid) or "@removed" in item or all(name in item for name in _FIELDS):
            return item
        try:
            return self._api.get(f"/me/contacts/{segment(uid)}", _SELECT, scopes=_SCOPES) | {"id": uid}
        except Gone:
            return {"id": uid, "@removed": {"reason": "deleted"}}

    def _folders(self) -> list[str]:
        """Return the ids of the folders below the default one, at every depth."""
        found: dict[str, None] = {}
        waiting = ["/me/contactFolders"]
        while waiting:
            for folder in self._listed(waiting.pop()):
                if folder not in found and len(found) < _MOST_FOLDERS:
                    found[folder] = None
                    waiting.append(f"/me/contactFolders/{segment(folder)}/childFolders")
        return list(found)

    def _listed(self, way: str) -> list[str]:
        try:
            pages = list(self._api.pages(way, {"$select": "id", "$top": "100"}, scopes=_SCOPES))
        except Gone:
            return []
        found = (text(entry.get("id")) for page in pages for entry in objects(page, "value"))
        return [folder for folder in found if segment(folder)]

    def _default(self) -> tuple[str, int | None]:
        """Return the default folder's id, empty while nothing is in it, and how many contacts it holds."""
        query = {"$select": "parentFolderId", "$top": "1", "$count": "true"}
        total: int | None = None
        for page in self._api.pages("/me/contacts", query, scopes=_SCOPES):
            count = page.get("@odata.count")
            total = count if isinstance(count, int) else total
            entries = objects(page, "value")
            if entries:
                told = text(entries[0].get("parentFolderId"))
                return told if segment(told) else _WELL_KNOWN, total
        return "", total


def _size(way: str) -> dict[str, str]:
    return {} if way.endswith("/delta") else {"$top": str(_ON_A_PAGE)}
