"""The signed-in person, and their contacts in folders, with delta links; Graph shows no distribution lists.

Sources: https://learn.microsoft.com/en-us/graph/api/resources/contact, …/contact-delta, …/delta-query-overview.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zoomcal.sandbox.mailbox import Contact, ContactFolder, Mailbox
from zoomcal.sandbox.microsoft import contacts, ids
from zoomcal.sandbox.microsoft.answers import Problem, dumps, reply
from zoomcal.sandbox.microsoft.changes import delta_query, opened
from zoomcal.sandbox.microsoft.events import etag
from zoomcal.sandbox.microsoft.listing import (
    LIST_OPTIONS,
    answer_count,
    answer_page,
    chosen,
    following,
    service_root,
    with_values,
)
from zoomcal.sandbox.microsoft.options import Prefer, prefer_of, query_of, selected
from zoomcal.sandbox.microsoft.state import GraphState, Handler
from zoomcal.sandbox.microsoft.tokens import object_id
from zoomcal.sandbox.paging import seal

Json = dict[str, Any]
_READ = ("Contacts.Read", "Contacts.ReadWrite", "Contacts.Read.Shared", "Contacts.ReadWrite.Shared")
_DELTA = frozenset(("select", "skiptoken", "deltatoken"))
_DELTA_PAGE = 200
_KEPT = 120_000
_ROUNDS = 24
_FOLDER_NAMES = {name.casefold(): name for name in ("id", "parentFolderId", "displayName")}
_ME = {
    name.casefold(): name
    for name in (
        "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname "
        "userPrincipalName id".split()
    )
}
_WELL_KNOWN = "contacts"


class PeopleApi:
    """The handlers."""

    def __init__(self, state: GraphState) -> None:
        self._state = state
        self._ready: OrderedDict[tuple[str, int, bool, tuple[str, ...] | None], bytes] = OrderedDict()
        self._rounds: OrderedDict[str, Sequence[Contact | str]] = OrderedDict()

    def routes(self) -> list[Route]:
        """Return the addresses served."""
        folder = "/v1.0/me/contactFolders/{folder}"
        handlers = {
            "/v1.0/me/contactFolders": self.list_folders,
            "/v1.0/me/contactFolders/delta": self.folder_changes,
            folder: self.get_folder,
            f"{folder}/childFolders": self.list_folders,
            f"{folder}/contacts": self.list_contacts,
            f"{folder}/contacts/$count": self.count,
            f"{folder}/contacts/delta": self.delta,
            f"{folder}/contacts/{{contact}}": self.get_contact,
            f"{folder}/contacts/{{contact}}/photo/$value": self.photo,
            "/v1.0/me/contacts": self.list_contacts,
            "/v1.0/me/contacts/$count": self.count,
            "/v1.0/me/contacts/delta": self.delta,
            "/v1.0/me/contacts/{contact}": self.get_contact,
            "/v1.0/me/contacts/{contact}/photo/$value": self.photo,
        }
        routes = [
            Route(path, self._state.answered(Handler(_READ, handler)), methods=["GET"])
            for path, handler in handlers.items()
        ]
        return [Route("/v1.0/me", self._state.answered(Handler(("User.Read",), self.me)), methods=["GET"]), *routes]

    def me(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Get the signed-in person."""
        person: Json = {
            "businessPhones": [],
            "displayName": mailbox.name,
            "givenName": mailbox.name.partition(" ")[0],
            "jobTitle": None,
            "mail": mailbox.address,
            "mobilePhone": None,
            "officeLocation": None,
            "preferredLanguage": None,
            "surname": mailbox.name.rpartition(" ")[2],
            "userPrincipalName": mailbox.address,
            "id": object_id(mailbox.address),
        }
        names = selected(query_of(request, {"select"}), _ME, "user")
        told = f"({','.join(names)})" if names else ""
        context = f"{service_root(request)}/$metadata#users{told}/$entity"
        return reply(request, {"@odata.context": context} | {name: person[name] for name in names or tuple(person)})

    def list_folders(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """List the folders below one; what has no folder named is below the mailbox's own or, switched on, the root."""
        top = "folder" not in request.path_params and self._state.lists_default_folder
        parent = "" if top else _folder_of(request, mailbox).id
        query = query_of(request, LIST_OPTIONS)
        names = selected(query, _FOLDER_NAMES, "contactFolder")
        below = [each for each in mailbox.folders.values() if each.parent_id == parent]
        return answer_page(
            request,
            chosen(below, query, _FOLDER_NAMES, _folder),
            query,
            context=f"users('{mailbox.address}')/contactFolders",
            prefer=prefer_of(request),
            told=lambda each: dumps(_folder(each, names)),
            hesitant=self._state.empty_first_page,
        )

    def get_folder(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Get one folder."""
        names = selected(query_of(request, {"select"}), _FOLDER_NAMES, "contactFolder")
        context = f"{service_root(request)}/$metadata#users('{mailbox.address}')/contactFolders/$entity"
        return reply(request, {"@odata.context": context} | _folder(_folder_of(request, mailbox), names))

    def list_contacts(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """List the contacts of a folder."""
        folder, query, prefer = _folder_of(request, mailbox), query_of(request, LIST_OPTIONS), prefer_of(request)
        names = selected(query, contacts.NAMES, "contact")
        people = [each for each in folder.contacts if not each.members]
        return answer_page(
            request,
            chosen(people, query, contacts.NAMES, lambda each: contacts.told(each, folder, prefer)),
            query,
            context=f"users('{mailbox.address}')/contacts",
            prefer=prefer,
            told=lambda each: self._rendered(each, folder, prefer, names),
            hesitant=self._state.empty_first_page,
        )

    def count(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Count the contacts of a folder."""
        folder, prefer = _folder_of(request, mailbox), prefer_of(request)
        people = [each for each in folder.contacts if not each.members]
        return answer_count(request, people, contacts.NAMES, lambda each: contacts.told(each, folder, prefer))

    def folder_changes(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Answer with the folders that came, changed or went since a delta link; the link holds what it was of."""
        query = delta_query(request, _DELTA, "ContactFolders")
        sealed = query.get("deltatoken")
        token: Json = {"folders": {}, "names": selected(query, _FOLDER_NAMES, "contactFolder"), "until": None}
        if sealed is not None:
            token = opened(sealed)
            if token.keys() != {"folders", "names", "until"}:
                raise Problem(400, "ErrorInvalidUrlQuery", "The token of the request is invalid.")
            if not mailbox.contacts.contacts.remembers(token["until"]):
                raise self._forgotten(request)
        known, names = token["folders"], token["names"]
        now = {each.id: [each.name, each.parent_id] for each in mailbox.folders.values()}
        told = [_folder(each, names) for each in mailbox.folders.values() if known.get(each.id) != now[each.id]]
        told += [{"id": ids.shown(each), "@removed": {"reason": "deleted"}} for each in known if each not in now]
        kept = seal({"folders": now, "names": names, "until": mailbox.contacts.revision})
        head = {
            "@odata.context": f"{service_root(request)}/$metadata#users('{mailbox.address}')/contactFolders/$delta",
            "@odata.deltaLink": following(request, {"deltatoken": kept}, without=_DELTA),
        }
        return reply(request, with_values(head, map(dumps, told)))

    def get_contact(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Get one contact."""
        folder, contact = _found(request, mailbox)
        prefer = prefer_of(request)
        names = selected(query_of(request, {"select"}), contacts.NAMES, "contact")
        context = f"{service_root(request)}/$metadata#users('{mailbox.address}')/contacts/$entity"
        return reply(
            request,
            {"@odata.context": context} | contacts.told(contact, folder, prefer, names),
            headers=prefer.headers | {"etag": etag(contact.change_key)},
        )

    def photo(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Get a contact's picture."""
        contact = _found(request, mailbox)[1]
        if not contact.photo:
            raise Problem(404, "ImageNotFound", "The photo wasn't found.")
        return Response(contact.photo, media_type="image/jpeg")

    def delta(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Answer with what changed in a folder since a delta link, everything where there is none, by pages.

        A round of pages shows the folder as it was at its first one. The options of the first request go on in the
        links.
        """
        folder, query, prefer = (
            _folder_of(request, mailbox),
            delta_query(request, _DELTA, "Contacts"),
            prefer_of(request),
        )
        token = self._token(query, folder, request)
        names = tuple(token["names"]) if token["names"] is not None else None
        size = prefer.page_size or _DELTA_PAGE
        at = int(token["at"])
        if at == 0 and "skiptoken" not in query and self._state.empty_first_page:
            size = 0
        items = self._round(folder, token)
        page = items[at : at + size]
        context = f"{service_root(request)}/$metadata#Collection(microsoft.graph.contact)"
        head: Json = {"@odata.context": context}
        if at + size < len(items) or not size:
            sealed = seal(token | {"at": at + size})
            head["@odata.nextLink"] = following(request, {"skiptoken": sealed}, without=_DELTA)
        else:
            sealed = seal(token | {"since": token["until"], "at": 0, "until": 0})
            head["@odata.deltaLink"] = following(request, {"deltatoken": sealed}, without=_DELTA)
        rendered = (self._changed(each, folder, prefer, names) for each in page)
        return reply(request, with_values(head, rendered), headers=prefer.headers)

    def _token(self, query: dict[str, str], folder: ContactFolder, request: Request) -> Json:
        """Return what the request goes on from: names selected, since and until which revision, and where."""
        sealed = query.get("skiptoken") or query.get("deltatoken")
        if sealed is None:
            names = selected(query, contacts.NAMES, "contact")
            fresh: Json = {"folder": folder.id, "names": names, "since": 0, "at": 0}
            return fresh | {"until": folder.revision}
        token = opened(sealed)
        try:
            since, until = int(token["since"]), int(token["until"])
        except (KeyError, TypeError, ValueError) as error:
            raise Problem(400, "ErrorInvalidUrlQuery", "The token of the request is invalid.") from error
        if token.get("folder") != folder.id or not folder.contacts.remembers(until if "skiptoken" in query else since):
            raise self._forgotten(request)
        return token if "skiptoken" in query else token | {"until": folder.revision}

    def _round(self, folder: ContactFolder, token: Json) -> Sequence[Contact | str]:
        key = f"{folder.id} {token['since']} {token['until']}"
        items = self._rounds.get(key)
        if items is None:
            changed, removed = folder.contacts.since(token["since"])
            items = self._rounds[key] = [*(each for each in changed if not each.members), *removed]
            while len(self._rounds) > _ROUNDS:
                self._rounds.popitem(last=False)
        return items

    def _forgotten(self, request: Request) -> Problem:
        text = "The sync state generation is not found; a full synchronization is required."
        match self._state.forgetting:
            case "gone":
                return Problem(410, "syncStateNotFound", text)
            case "moved":
                start = str(request.url.replace(query="")).rstrip("?")
                return Problem(410, "resyncRequired", text, {"location": start})
            case "refused":
                return Problem(400, "SyncStateInvalid", text)

    def _changed(
        self, item: Contact | str, folder: ContactFolder, prefer: Prefer, names: tuple[str, ...] | None
    ) -> bytes:
        if isinstance(item, Contact):
            return self._rendered(item, folder, prefer, names)
        identity = ids.shown(item, immutable=prefer.immutable)
        gone = {"@odata.type": "#microsoft.graph.contact", "id": identity, "@removed": {"reason": "deleted"}}
        return dumps(gone)

    def _rendered(
        self, contact: Contact, folder: ContactFolder, prefer: Prefer, names: tuple[str, ...] | None
    ) -> bytes:
        key = (contact.id, contact.revision, prefer.immutable, names)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = dumps(contacts.told(contact, folder, prefer, names))
            while len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
        return ready


def _folder(folder: ContactFolder, names: Sequence[str] | None = None) -> Json:
    parent = ids.shown(folder.parent_id or "root")
    told: Json = {"id": ids.shown(folder.id), "parentFolderId": parent, "displayName": folder.name}
    return told if names is None else {name: told[name] for name in dict.fromkeys(("id", *names))}


def _folder_of(request: Request, mailbox: Mailbox) -> ContactFolder:
    identity = request.path_params.get("folder", _WELL_KNOWN)
    if identity.casefold() == _WELL_KNOWN:
        return mailbox.contacts
    found = mailbox.folders.get(ids.meant(identity))
    if found is None:
        raise Problem(404, "ErrorItemNotFound")
    return found


def _found(request: Request, mailbox: Mailbox) -> tuple[ContactFolder, Contact]:
    found = mailbox.find_contact(ids.meant(request.path_params["contact"]))
    if (
        found is None
        or found[1].members
        or ("folder" in request.path_params and found[0] is not _folder_of(request, mailbox))
    ):
        raise Problem(404, "ErrorItemNotFound")
    return found
