"""A contact as Graph tells it.

Source: https://learn.microsoft.com/en-us/graph/api/resources/contact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zoomcal.sandbox.mailbox import Contact, ContactFolder
from zoomcal.sandbox.microsoft.events import etag, stamp
from zoomcal.sandbox.microsoft.ids import shown
from zoomcal.sandbox.microsoft.options import Prefer

Json = dict[str, Any]


def told(contact: Contact, folder: ContactFolder, prefer: Prefer, names: Sequence[str] | None = None) -> Json:
    """Return the JSON of a contact in a folder, with the properties `names` or all."""
    out: Json = {
        "@odata.etag": etag(contact.change_key),
        "id": shown(contact.id, immutable=prefer.immutable),
        "parentFolderId": shown(folder.id),
    }
    for name in _TELLERS if names is None else names:
        if name not in out:
            out[name] = _TELLERS[name](contact)
    if names is not None and "parentFolderId" not in names:
        del out["parentFolderId"]
    return out


def _birthday(contact: Contact) -> str | None:
    return f"{contact.birthday:%Y-%m-%d}T11:59:00Z" if contact.birthday else None


_TELLERS: Mapping[str, Callable[[Contact], Any]] = {
    "createdDateTime": lambda each: stamp(each.created),
    "lastModifiedDateTime": lambda each: stamp(each.changed),
    "changeKey": lambda each: each.change_key,
    "categories": lambda each: list(each.categories),
    "birthday": _birthday,
    "fileAs": lambda each: each.file_as or each.display_name,
    "displayName": lambda each: each.display_name,
    "givenName": lambda each: each.given_name or None,
    "initials": lambda _: None,
    "middleName": lambda each: each.middle_name or None,
    "nickName": lambda each: each.nickname or None,
    "surname": lambda each: each.surname or None,
    "title": lambda each: each.title or None,
    "yomiGivenName": lambda _: None,
    "yomiSurname": lambda _: None,
    "yomiCompanyName": lambda _: None,
    "generation": lambda each: each.generation or None,
    "imAddresses": lambda _: [],
    "jobTitle": lambda each: each.job_title or None,
    "companyName": lambda each: each.company or None,
    "department": lambda each: each.department or None,
    "officeLocation": lambda each: each.office or None,
    "profession": lambda _: None,
    "businessHomePage": lambda _: None,
    "assistantName": lambda _: None,
    "manager": lambda _: None,
    "homePhones": lambda each: list(each.home_phones),
    "mobilePhone": lambda each: each.mobile_phone or None,
    "businessPhones": lambda each: list(each.business_phones),
    "spouseName": lambda _: None,
    "personalNotes": lambda each: each.notes,
    "children": lambda _: [],
    "emailAddresses": lambda each: [{"name": email.name, "address": email.address} for email in each.emails],
    "homeAddress": lambda _: {},
    "businessAddress": lambda _: {},
    "otherAddress": lambda _: {},
}
NAMES = {name.casefold(): name for name in ("id", "parentFolderId", *_TELLERS)}
"""Every property that is told, by its name in lower case."""
