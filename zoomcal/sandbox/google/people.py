"""People API v1: the signed-in person's own address, and their connections.

Source: https://developers.google.com/people/api/rest/v1/people/get and …/people.connections/list.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zoomcal.sandbox.google.answers import Problem, dumps, reply
from zoomcal.sandbox.google.fields import keep
from zoomcal.sandbox.google.requests import STANDARD, answered, integer, mask_of, switch
from zoomcal.sandbox.paging import BadToken, Pages, seal, unseal

if TYPE_CHECKING:
    from zoomcal.sandbox.google.state import GoogleState

Json = dict[str, Any]
_TOKEN_LIFE = timedelta(days=7)
_PERSON_FIELDS = frozenset(
    "addresses ageRanges biographies birthdays calendarUrls clientData coverPhotos emailAddresses events externalIds "
    "genders imClients interests locales locations memberships metadata miscKeywords names nicknames occupations "
    "organizations phoneNumbers photos relations sipAddresses skills urls userDefined".split()
)
_HELD = frozenset(("names", "emailAddresses", "phoneNumbers", "organizations", "photos", "metadata"))
"""The fields that contacts of the sandbox have; asking for all of them is the common case and the quick one."""
_PARAMETERS = STANDARD | {
    "personFields", "pageSize", "pageToken", "requestSyncToken", "syncToken",
}  # fmt: skip
_FIELDS = frozenset(("connections", "nextPageToken", "nextSyncToken", "totalPeople", "totalItems"))


class Person:
    """One contact as Google holds it; replaced, never changed in place.

    Kept as JSON text: 100,000 of them as dictionaries would keep the garbage collector busy for seconds.
    """

    __slots__ = ("_json", "deleted", "revision")

    def __init__(self, body: Json, revision: int) -> None:
        self._json = dumps(body)
        self.revision = revision
        self.deleted: bool = body["metadata"].get("deleted", False)

    @property
    def body(self) -> Json:
        """The contact with all its fields."""
        body: Json = json.loads(self._json)
        return body

    def answer(self, names: frozenset[str]) -> bytes:
        """Return the JSON with the person fields `names`; a deleted one comes whole, that is with its metadata."""
        if self.deleted or names >= _HELD:
            return self._json
        return dumps({name: value for name, value in self.body.items() if name in names | {"resourceName", "etag"}})


@dataclass(kw_only=True, eq=False)
class AddressBook:
    """The contacts of one account."""

    lock: threading.RLock
    now: Callable[[], datetime]
    revision: int = 1
    forgotten: int = 0
    """Sync tokens older than this revision are dead."""
    people: dict[str, Person] = field(default_factory=dict)
    living: int = 0
    """How many of them are not deleted."""

    def add(self, body: Json) -> Json:
        """Put a contact into the book (`names`, `phoneNumbers` … as Google has them) and return it complete."""
        with self.lock:
            if not body.keys() <= _HELD | {"resourceName"}:
                raise ValueError(f"not kept here: {sorted(body.keys() - _HELD)}")
            number = f"c{7_000_000_000_000_000_000 + len(self.people)}"
            resource = body.get("resourceName", f"people/{number}")
            return self._store({"resourceName": resource, **body})

    def change(self, resource_name: str, **fields: Any) -> Json:
        """Change fields of a contact."""
        with self.lock:
            return self._store(self.people[resource_name].body | fields)

    def remove(self, name: str) -> None:
        """Delete the contact with that resource name or display name."""
        with self.lock:
            resource = name if name in self.people else self.named(name)["resourceName"]
            gone: Json = {"resourceName": resource, "etag": "", "metadata": {"deleted": True}}
            self._store(gone)

    def named(self, display_name: str) -> Json:
        """Return the first contact of that name."""
        living = (p.body for p in self.people.values() if not p.deleted)
        return next(b for b in living if any(n.get("displayName") == display_name for n in b.get("names", ())))

    def forget_sync_tokens(self) -> None:
        """Let every sync token be expired."""
        with self.lock:
            self.revision += 1
            self.forgotten = self.revision

    def _store(self, body: Json) -> Json:
        self.revision += 1
        etag = f"%EgUBAgMuNxoEAQIFByIM{self.revision:08d}"
        deleted = body.get("metadata", {}).get("deleted", False)
        source: Json = {"type": "CONTACT", "id": f"{self.revision:x}", "etag": f"#{self.revision:08d}"}
        metadata: Json = {"sources": [source], "objectType": "PERSON"} | ({"deleted": True} if deleted else {})
        stored = body | {"etag": etag, "metadata": metadata}
        before = self.people.get(stored["resourceName"])
        self.people[stored["resourceName"]] = Person(stored, self.revision)
        self.living += (not deleted) - (before is not None and not before.deleted)
        return stored


class PeopleApi:
    """The handler of People v1."""

    def __init__(self, state: GoogleState) -> None:
        self._state = state
        self._lists: Pages[Person] = Pages(hesitant=lambda: state.empty_first_page)

    def routes(self) -> list[Route]:
        """Return the addresses served."""
        return [
            Route("/google/people/v1/people/me", answered(self.me), methods=["GET"]),
            Route("/google/people/v1/people/me/connections", answered(self.connections), methods=["GET"]),
        ]

    def me(self, request: Request, _: bytes) -> Response:
        """Answer people.get for the signed-in person; the address itself needs its own scope."""
        account = self._state.account(request, "userinfo.email", "contacts", "contacts.readonly")
        names = _person_fields(request.query_params)
        body: Json = {"resourceName": f"people/{1_000 + list(self._state.accounts).index(account.email)}", "etag": "%E"}
        if "emailAddresses" in names and self._state.allows(request, "userinfo.email"):
            body["emailAddresses"] = [{"metadata": {"primary": True, "verified": True}, "value": account.email}]
        return reply(body)

    def connections(self, request: Request, _: bytes) -> Response:
        """Answer people.connections.list."""
        book = self._state.account(request, "contacts", "contacts.readonly").contacts
        query = request.query_params
        for name in query:
            if name not in _PARAMETERS:
                text = f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
                raise Problem(400, "invalid", text)
        names = _person_fields(query)
        key = ",".join(sorted(names))
        since = _since(query, book, key)

        def listed() -> list[Person]:
            if since is None:
                return [person for person in book.people.values() if not person.deleted]
            return [person for person in book.people.values() if person.revision > since]

        size = integer(query, "pageSize", 100, 1000)
        page, following, revision = self._lists.page(
            f"{id(book)} {key} {since}", book.revision, size, query.get("pageToken", ""), listed
        )
        head: Json = {}
        if following:
            head["nextPageToken"] = following
        elif switch(query, "requestSyncToken") or since is not None:
            asked_at = self._state.now().timestamp()
            head["nextSyncToken"] = seal({"revision": revision, "fields": key, "since": asked_at})
        if since is None:
            head |= {"totalPeople": book.living, "totalItems": book.living}
        mask = mask_of(query, _FIELDS)
        if mask and mask.get("connections"):
            people = [keep(mask["connections"], person.body) for person in page]
            return reply(keep(mask, head) | {"connections": people})
        body = dumps(keep(mask, head))
        if page and (not mask or "connections" in mask):
            items = b",".join(person.answer(names) for person in page)
            body = b'{"connections":[' + items + b"]" + (b"," if len(body) > 2 else b"") + body[1:]
        return reply(body)


def _person_fields(query: QueryParams) -> frozenset[str]:
    text = query.get("personFields", "")
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise Problem(400, "invalid", "personFields mask is required. Please specify one or more valid paths.")
    unknown = names - _PERSON_FIELDS
    if unknown:
        raise Problem(400, "invalid", f'Invalid personFields mask path: "{min(unknown)}".')
    return names


def _since(query: QueryParams, book: AddressBook, key: str) -> int | None:
    token = query.get("syncToken")
    if not token:
        return None
    try:
        content = unseal(token)
    except BadToken as error:
        raise Problem(400, "invalid", "Sync token is invalid.") from error
    age_s = book.now().timestamp() - content.get("since", 0.0)
    if content.get("revision", -1) < book.forgotten or age_s > _TOKEN_LIFE.total_seconds():
        text = "Sync token is expired. Clear local cache and retry call without the sync token."
        raise Problem(400, "EXPIRED_SYNC_TOKEN", text)
    if content.get("fields") != key:
        raise Problem(400, "invalid", "Sync token does not match the request parameters.")
    return int(content["revision"])
